//! `server backup --to FILE`: a copy to put away.

use super::{Failure, Outcome, must_exist, open_files};
use crate::cli::DataArgs;
use clap::Args;
use services::keys::KeyFile;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::StoreError;

/// What `backup` is told.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Copies the database as it is at one moment, and says which key the copy needs. The key is never in it.
pub async fn run(args: BackupArgs) -> Outcome {
    let location = args.data.location();
    must_exist(&location)?;
    if location.server.is_some() {
        return Err(StoreError::by_postgres().into());
    }
    let (store, _) = open_files(location.clone()).await?;
    let file = private(&args.to).map_err(Failure::io(args.to.display()))?;
    let written = store.backup(&args.to).await;
    store.close().await;
    if let Err(error) = written {
        // What was begun is of no use; if it cannot be removed, the error above still says what happened.
        let _ = std::fs::remove_file(&args.to);
        return Err(match error {
            StoreError::Foreign(_) => location.failed(error).into(),
            error => error.into(),
        });
    }
    file.sync_all().map_err(Failure::io(args.to.display()))?;
    let key = KeyFile::read(&location.key_file)?
        .map(|key| key.label())
        .unwrap_or_default();
    println!(
        "wrote {}\nIt opens only with key {key}: keep a copy of {} elsewhere.",
        args.to.display(),
        location.key_file.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// A new empty file that only its owner can read.
fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}
