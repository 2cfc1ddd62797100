//! `server import-records FILE`: a health authority's list, as a health officer would upload it.

use super::{Failure, Outcome, must_exist, open, read};
use crate::cli::DataArgs;
use clap::Args;
use domain::Lang;
use domain::ids::RegionCode;
use domain::list::ListKind;
use services::records::{ListError, ListOf, ListOutcome, ListUpload};
use services::{Actor, Error, Refusal};
use std::path::PathBuf;
use std::process::ExitCode;

/// What `import-records` is told.
#[derive(Debug, Args)]
pub struct ImportRecordsArgs {
    /// The list: XLSX, or CSV in any usual encoding
    pub file: PathBuf,
    /// The code of the bureau's region; people on its rosters are found
    #[arg(long, value_name = "CODE")]
    pub region: RegionCode,
    /// The authority behind the list, as families read it
    #[arg(long, value_name = "NAME")]
    pub authority: String,
    /// What all rows are, where the list has no column for the kind
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<ListKind>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the result as JSON: new, known, withdrawn, not_found, faults (row, column, reason),
    /// ignored_columns
    #[arg(long)]
    pub json: bool,
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
}

fn kind(word: &str) -> Result<ListKind, String> {
    ListKind::from_word(word).ok_or_else(|| {
        let words: Vec<_> = ListKind::ALL.iter().map(|kind| kind.word()).collect();
        format!("one of {}", words.join(", "))
    })
}

/// Imports the good rows, decides about everybody concerned, and names the faults of the others; exits with 3 where
/// there are some.
pub async fn run(args: ImportRecordsArgs) -> Outcome {
    let bytes = read(&args.file)?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let location = args.data.location();
    must_exist(&location)?;
    let services = open(location).await?;
    let upload = ListUpload {
        of: ListOf::Records(args.kind),
        authority: args.authority,
        file_name: name.into_owned(),
        bytes,
    };
    let imported = services
        .import_records_file(&Actor::command(), &args.region, upload, args.dry_run)
        .await;
    services.store.close().await;
    let outcome = imported.map_err(|error| refused(error, &args.region))?;
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

fn print(outcome: &ListOutcome, dry_run: bool) {
    for fault in &outcome.faults {
        println!(
            "row {}, {}: {}",
            fault.row,
            fault.column,
            fault.reason.message(Lang::En)
        );
    }
    let ListOutcome {
        new,
        known,
        withdrawn,
        not_found,
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
        "{did}: {new} new, {known} known already, {withdrawn} withdrawn before; {not_found} not found here, {faults} faults"
    );
}

/// Why nothing was imported, for whoever runs the command.
fn refused(error: ListError, region: &RegionCode) -> Failure {
    match error {
        ListError::File(error) => Failure::other(error.message(Lang::En)),
        ListError::Columns(columns) => {
            let names: Vec<_> = columns.iter().map(|c| c.title(Lang::Zh)).collect();
            Failure::Other(format!(
                "these columns were not found: {}. Rename the headers, or say with --kind what all rows are.",
                names.join(", ")
            ))
        }
        ListError::Other(Error::Forbidden) => Failure::Other(format!(
            "there is no region {region}; `server import-regions` brings the list of regions"
        )),
        ListError::Other(Error::Refused(Refusal::FieldInvalid)) => {
            Failure::other("--authority has 2 to 40 characters")
        }
        ListError::Other(error) => error.into(),
    }
}
