//! `server keys`: the keys that sign passes, and the key file.

use super::{Failure, Outcome, must_exist, open, read};
use crate::cli::DataArgs;
use clap::{Args, Subcommand, ValueEnum};
use domain::Millis;
use domain::pass::{KeyExchange, KeyId};
use services::Actor;
use services::clock::{Clock as _, SystemClock, SystemEntropy};
use services::keys::KeyFile;
use services::passes::{KeyState, Purpose};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `keys` is told.
#[derive(Debug, Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    action: KeysAction,
}

#[derive(Debug, Subcommand)]
enum KeysAction {
    /// Make the key file and its recovery sheet before the first start, without a database
    Init(DataArgs),
    /// List the keys that sign passes, where each stands, and the fingerprint of this installation
    List(DataArgs),
    /// Make the successor of a key; it is published at once and signs after two days
    Rotate(RotateArgs),
    /// Revoke a key: everything it signed is refused from now on, and cards it signed must be printed anew
    Revoke(RevokeArgs),
    /// Write the signed file of the public keys, for exchange with another issuer
    File(FileArgs),
    /// Check another issuer's file and print its fingerprint, to be compared by telephone
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct RotateArgs {
    /// What the key is for
    #[arg(value_enum)]
    purpose: KeyPurpose,
    /// Sign with the new key at once, though scanners may not know it yet
    #[arg(long)]
    at_once: bool,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// The key's number, as `keys list` shows it
    key: KeyId,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The other issuer's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The purposes of keys, as the command line names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeyPurpose {
    /// Vouches for the others in the file that issuers exchange
    Issuer,
    /// Signs printed cards
    Cards,
    /// Signs live passes and day letters
    Screens,
}

impl From<KeyPurpose> for Purpose {
    fn from(purpose: KeyPurpose) -> Self {
        match purpose {
            KeyPurpose::Issuer => Self::Issuer,
            KeyPurpose::Cards => Self::Cards,
            KeyPurpose::Screens => Self::Screens,
        }
    }
}

/// Does it and says what came of it.
pub async fn run(args: KeysArgs) -> Outcome {
    match args.action {
        KeysAction::Init(data) => init(&data)?,
        KeysAction::List(data) => list(&data).await?,
        KeysAction::Rotate(args) => rotate(&args).await?,
        KeysAction::Revoke(args) => revoke(&args).await?,
        KeysAction::File(args) => write_file(&args).await?,
        KeysAction::Check(args) => check(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn init(data: &DataArgs) -> Result<(), Failure> {
    let location = data.location();
    if location.server.is_none() && location.database().exists() {
        return Err(Failure::Other(format!(
            "{} is encrypted with a key already; a new one would not open it",
            location.database().display()
        )));
    }
    std::fs::create_dir_all(&location.data).map_err(Failure::io(location.data.display()))?;
    let key = KeyFile::generate(&SystemEntropy);
    key.write_new(&location.key_file)?;
    let sheet = location
        .key_file
        .with_extension(format!("{}.recovery.txt", key.label()));
    key.write_recovery_sheet(&sheet)?;
    println!(
        "wrote {} with key {}\nPrint {} twice, lock the copies away, and delete it.",
        location.key_file.display(),
        key.label(),
        sheet.display()
    );
    Ok(())
}

async fn list(data: &DataArgs) -> Result<(), Failure> {
    let location = data.location();
    must_exist(&location)?;
    let services = open(location).await?;
    let keys = services.list_pass_keys().await;
    let file = services.key_file().await;
    services.store.close().await;
    for key in keys? {
        println!(
            "{}  {:<7}  {:<8}  signs from {}  valid to {}",
            key.id,
            key.purpose.word(),
            word(key.state),
            moment(key.from),
            moment(key.until),
        );
    }
    println!("fingerprint  {}", file?.1);
    Ok(())
}

fn word(state: KeyState) -> &'static str {
    match state {
        KeyState::Coming => "coming",
        KeyState::Signing => "signing",
        KeyState::Retired => "retired",
        KeyState::Ended => "ended",
        KeyState::Revoked => "revoked",
    }
}

/// A moment as people compare it, in UTC.
pub(super) fn moment(at: Millis) -> String {
    let Ok(zone) = "UTC".parse::<domain::Zone>() else {
        return at.0.to_string();
    };
    let second = zone.second_of(at);
    format!(
        "{} {:02}:{:02}:{:02} UTC",
        zone.day_of(at),
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

async fn rotate(args: &RotateArgs) -> Result<(), Failure> {
    let location = args.data.location();
    must_exist(&location)?;
    let services = open(location).await?;
    let made = services
        .rotate_pass_key(&Actor::command(), args.purpose.into(), args.at_once)
        .await;
    services.store.close().await;
    let when = if args.at_once {
        "signs now"
    } else {
        "is published now and signs in two days"
    };
    println!("key {} {when}; what the old one signed stays valid", made?);
    Ok(())
}

async fn revoke(args: &RevokeArgs) -> Result<(), Failure> {
    let location = args.data.location();
    must_exist(&location)?;
    let services = open(location).await?;
    let revoked = services.revoke_pass_key(&Actor::command(), args.key).await;
    services.store.close().await;
    revoked?;
    println!(
        "key {} is revoked; its secret half is destroyed.\nIf it signed cards, print them anew. Give the new key file to whoever recognises your passes.",
        args.key
    );
    Ok(())
}

async fn write_file(args: &FileArgs) -> Result<(), Failure> {
    let location = args.data.location();
    must_exist(&location)?;
    let services = open(location).await?;
    let file = services.key_file().await;
    services.store.close().await;
    let (text, fingerprint) = file?;
    let mut to = std::fs::File::create_new(&args.to).map_err(Failure::io(args.to.display()))?;
    to.write_all(text.as_bytes())
        .map_err(Failure::io(args.to.display()))?;
    println!(
        "wrote {}\nfingerprint  {fingerprint}\nRead it to the other side by telephone.",
        args.to.display()
    );
    Ok(())
}

fn check(args: &CheckArgs) -> Result<(), Failure> {
    let opened = open_exchange(&args.file)?;
    println!("issuer       {} {}", opened.file.issuer, opened.file.name);
    println!("made         {}", moment(Millis(opened.file.iat * 1_000)));
    for key in &opened.file.jwks.keys {
        let kinds: Vec<_> = key.fx_kinds.iter().map(|k| format!("{k:?}")).collect();
        let revoked = key.revoked.as_ref().map_or("", |_| ", revoked");
        println!("key          {} [{}]{revoked}", key.kid, kinds.join(" "));
    }
    println!("fingerprint  {}", opened.fingerprint);
    println!("Compare the fingerprint by telephone before you trust the file.");
    Ok(())
}

/// Reads another issuer's file of keys.
pub(super) fn open_exchange(
    file: &std::path::Path,
) -> Result<domain::pass::OpenedExchange, Failure> {
    let text = String::from_utf8(read(file)?)
        .map_err(|_| Failure::Other(format!("{}: this is not a key file", file.display())))?;
    KeyExchange::open(&text, SystemClock.now())
        .map_err(|e| Failure::Other(format!("{}: {e}", file.display())))
}
