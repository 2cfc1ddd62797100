//! `server import-roster FILE`: a school's children and staff, as the school keeps them.

use super::{Failure, Outcome, must_exist, open, read};
use crate::cli::DataArgs;
use clap::Args;
use domain::Lang;
use services::roster::{ImportError, ImportOutcome};
use services::{Actor, Error};
use std::path::PathBuf;
use std::process::ExitCode;

/// What `import-roster` is told.
#[derive(Debug, Args)]
pub struct ImportRosterArgs {
    /// The roster: XLSX, or CSV in any usual encoding
    pub file: PathBuf,
    /// The school's code
    #[arg(long, value_name = "CODE")]
    pub school: String,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the result as JSON: new, changed, unchanged, absent, faults (row, column, reason),
    /// ignored_columns
    #[arg(long)]
    pub json: bool,
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Imports the good rows and names the faults of the others; exits with 3 where there are some. Nobody is removed.
pub async fn run(args: ImportRosterArgs) -> Outcome {
    let bytes = read(&args.file)?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let location = args.data.location();
    must_exist(&location)?;
    let services = open(location).await?;
    let imported = services
        .import_roster_file(&Actor::command(), &args.school, &name, bytes, args.dry_run)
        .await;
    services.store.close().await;
    let outcome = imported.map_err(|error| refused(error, &args.school))?;
    if args.json {
        println!(
            "{}",
            serde_json::to_string(&outcome).map_err(Failure::other)?
        );
    } else {
        print(&outcome, args.dry_run);
    }
    Ok(if outcome.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

fn print(outcome: &ImportOutcome, dry_run: bool) {
    for fault in &outcome.faults {
        println!(
            "row {}, {}: {}",
            fault.row,
            fault.column,
            fault.message(Lang::En)
        );
    }
    let ImportOutcome {
        new,
        changed,
        unchanged,
        absent,
        faults,
        ignored_columns,
    } = outcome;
    if !ignored_columns.is_empty() {
        println!("columns that were not used: {}", ignored_columns.join(", "));
    }
    let faults = faults.len();
    let did = if dry_run {
        "would be imported"
    } else {
        "imported"
    };
    println!(
        "{did}: {new} new, {changed} changed, {unchanged} unchanged; {absent} absent from the file, {faults} faults"
    );
}

/// Why nothing was imported, for whoever runs the command.
fn refused(error: ImportError, school: &str) -> Failure {
    match error {
        ImportError::File(error) => Failure::other(error.message(Lang::En)),
        ImportError::Columns(problems) => {
            let words: Vec<_> = problems.iter().map(|p| p.message(Lang::En)).collect();
            Failure::Other(format!(
                "{}. Rename the headers, or import the file on the school's pages, where columns can be named.",
                words.join(". ")
            ))
        }
        ImportError::Other(Error::Forbidden) => Failure::Other(format!(
            "there is no school with the code {school}; the bureau creates it on its pages"
        )),
        ImportError::Other(error) => error.into(),
    }
}
