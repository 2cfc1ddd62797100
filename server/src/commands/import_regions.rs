//! `server import-regions FILE`: places by their official codes.

use super::{Outcome, open, read};
use crate::cli::DataArgs;
use clap::Args;
use services::Actor;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `import-regions` is told.
#[derive(Debug, Args)]
pub struct ImportRegionsArgs {
    /// A CSV file in UTF-8 with the columns code, parent, level and name, such as reference/regions-cn.csv
    pub file: PathBuf,
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Imports the good lines, and names the others on standard error; exits with 3 where there are some.
pub async fn run(args: ImportRegionsArgs) -> Outcome {
    let file = read(&args.file)?;
    let services = open(args.data.location()).await?;
    let import = services.import_regions(&Actor::command(), &file).await;
    services.store.close().await;
    let import = import?;
    for fault in &import.faults {
        eprintln!("line {}: {}", fault.line, fault.reason);
    }
    println!(
        "{} regions new or changed, {} unchanged, {} lines left out",
        import.changed,
        import.unchanged,
        import.faults.len()
    );
    Ok(if import.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}
