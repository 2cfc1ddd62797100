//! What each subcommand does, one file each.

pub mod account;
pub mod audit;
pub mod backup;
pub mod demo;
pub mod import_records;
pub mod import_regions;
pub mod import_roster;
pub mod keys;
pub mod migrate;
pub mod pass;
pub mod rulebook;
pub mod serve;

use crate::cli::{Cli, Command, PlainListener};
use clap::Parser as _;
use domain::Lang;
use services::clock::{SystemClock, SystemEntropy};
use services::keys::KeyFileError;
use services::open::{Location, open_store};
use services::vault::Vault;
use services::{Error, OpenError, Services};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::{Store, StoreError};

/// Why a command ended without doing its work. Shown to whoever runs it, so each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no database where one is needed.
    #[error("there is no database in {0}; name its folder with --data")]
    NoData(PathBuf),
    /// A use case refused or failed.
    #[error("{}", told(.0))]
    Service(#[from] Error),
    /// The database refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key file cannot be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A listener that would send health data in the clear.
    #[error(transparent)]
    Listener(#[from] PlainListener),
    /// The system refused something.
    #[error("{0}: {1}")]
    Io(String, #[source] std::io::Error),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// A refusal in the words that people are told, anything else as it is.
fn told(error: &Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.text(Lang::En).to_owned(),
        other => other.to_string(),
    }
}

impl Failure {
    /// What the system refused to do with a file or address.
    fn io(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_string();
        move |cause| Self::Io(what, cause)
    }

    fn other(message: impl std::fmt::Display) -> Self {
        Self::Other(message.to_string())
    }
}

/// What a command that did its work exits with.
type Outcome = Result<ExitCode, Failure>;

/// Reads the command line, does it, and says how it went: 0, 1 with a sentence on standard error, 2 for a
/// command line that makes no sense, and what a subcommand's help says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let started = crate::logging::start(cli.log.log_format, &cli.log.log).map_err(Failure::other);
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::io("the runtime"));
    let done = started
        .and(runtime)
        .and_then(|runtime| runtime.block_on(dispatch(cli.command)));
    done.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::FAILURE
    })
}

async fn dispatch(command: Command) -> Outcome {
    match command {
        Command::Serve(args) => serve::run(*args).await,
        Command::Demo(args) => demo::run(*args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::ImportRoster(args) => import_roster::run(args).await,
        Command::ImportRecords(args) => import_records::run(args).await,
        Command::ImportRegions(args) => import_regions::run(args).await,
        Command::Account(args) => account::run(args).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Audit(args) => audit::run(args).await,
        Command::Keys(args) => keys::run(args).await,
        Command::Pass(args) => pass::run(args).await,
        Command::Rulebook(args) => rulebook::run(args),
    }
}

/// Whether there is a database already; commands that only look at one must not make it.
fn must_exist(location: &Location) -> Result<(), Failure> {
    if location.may_exist() {
        Ok(())
    } else {
        Err(Failure::NoData(location.data.clone()))
    }
}

/// Opens the data for a command, be it real or a demo's: only `serve` and `demo` must not mix them up.
async fn open(mut location: Location) -> Result<Arc<Services>, Failure> {
    let opened = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy)).await;
    if !matches!(opened, Err(OpenError::DemoMix(_))) {
        return Ok(opened?);
    }
    location.demo = true;
    Ok(Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?)
}

/// As [`open`], without starting anything.
async fn open_files(mut location: Location) -> Result<(Store, Vault), Failure> {
    let opened = open_store(&location, &SystemEntropy).await;
    if !matches!(opened, Err(OpenError::DemoMix(_))) {
        return Ok(opened?);
    }
    location.demo = true;
    Ok(open_store(&location, &SystemEntropy).await?)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(Failure::io(file.display()))
}
