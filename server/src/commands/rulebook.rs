//! `server rulebook check`: what is wrong or doubtful with a rulebook file, without any database.

use super::{Failure, Outcome, read};
use clap::{Args, Subcommand};
use domain::rulebook::{Severity, findings};
use services::rules::{RulebookFileError, read_rulebook_file};
use std::path::PathBuf;
use std::process::ExitCode;

/// What `rulebook` is told.
#[derive(Debug, Args)]
pub struct RulebookArgs {
    #[command(subcommand)]
    action: RulebookAction,
}

#[derive(Debug, Subcommand)]
enum RulebookAction {
    /// Name everything wrong or doubtful in a rulebook file; exits with 1 where an error stands in the way
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The file: as exported, or a bare document
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Why a file cannot be read, in both languages where there is more to say.
fn unread(error: &RulebookFileError) -> String {
    match error {
        RulebookFileError::Format(what) => format!("{error} / {}", what.text().zh),
        RulebookFileError::Signature => error.to_string(),
    }
}

/// Prints each finding with its place.
pub fn run(args: RulebookArgs) -> Outcome {
    let RulebookAction::Check(args) = args.action;
    let file = read(&args.file)?;
    let (document, key) = read_rulebook_file(&file)
        .map_err(|e| Failure::other(format!("{}: {}", args.file.display(), unread(&e))))?;
    let found = findings(&document);
    for finding in &found {
        let word = match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "warning",
        };
        println!(
            "{word} {}: {} / {}",
            finding.place, finding.text.en, finding.text.zh
        );
    }
    let errors = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let signed = if key.is_some() {
        "signed"
    } else {
        "not signed"
    };
    println!(
        "{} {}, {signed}: {} rules, {errors} errors, {} warnings",
        document.id,
        document.version,
        document.rules.len(),
        found.len() - errors
    );
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
