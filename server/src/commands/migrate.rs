//! `server migrate`: the tables of this version.

use super::{Outcome, open_files};
use crate::cli::DataArgs;
use clap::Args;
use std::process::ExitCode;

/// What `migrate` is told.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Opens the database, which brings its tables up to date, and closes it.
pub async fn run(args: MigrateArgs) -> Outcome {
    let location = args.data.location();
    let (store, _) = open_files(location.clone()).await?;
    store.close().await;
    println!(
        "{} is up to date with version {}",
        location.name(),
        env!("CARGO_PKG_VERSION")
    );
    Ok(ExitCode::SUCCESS)
}
