//! `server demo`: an invented district on this machine.

use super::serve::{bind, serve_at};
use super::{Failure, Outcome};
use crate::cli::{HttpArgs, KeyArgs};
use crate::edge::TrustedProxies;
use clap::Args;
use services::Services;
use services::clock::{SystemClock, SystemEntropy};
use services::demo::DemoOptions;
use services::open::Location;
use std::path::PathBuf;
use std::sync::Arc;

/// What `demo` is told.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder of the demo's database; a real one is never touched
    #[arg(
        long,
        default_value = "./demo-data",
        env = "FUXUE_DATA",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
    /// How pages are served.
    #[command(flatten)]
    pub http: HttpArgs,
    /// About how many children to invent [default: 33000, the sample district's]
    #[arg(long, value_name = "N")]
    pub students: Option<u32>,
    /// Begin again with a new district
    #[arg(long)]
    pub reset: bool,
    /// Also write the accounts of the sign-in page to this file, as JSON: role, login, password, scope
    #[arg(long, value_name = "FILE")]
    pub accounts_file: Option<PathBuf>,
}

/// Prepares the district, moves it to today, and serves it on this machine only.
pub async fn run(args: DemoArgs) -> Outcome {
    if !args.http.listen.ip().to_canonical().is_loopback() {
        return Err(Failure::Other(format!(
            "a demo listens on this machine only, not on {}; choose 127.0.0.1",
            args.http.listen
        )));
    }
    let listener = bind(&args.http)?;
    let location = args.key.location(args.data.clone(), true);
    let _alone = location.lock()?;
    let services = prepare(&args, &location).await?;
    serve_at(
        listener,
        services,
        args.http,
        TrustedProxies::default(),
        None,
    )
    .await
}

async fn prepare(args: &DemoArgs, location: &Location) -> Result<Arc<Services>, Failure> {
    let sample = DemoOptions::default();
    let options = DemoOptions {
        students: args.students.unwrap_or(sample.students),
        reset: args.reset,
        ..sample
    };
    let (services, accounts) = services::demo::prepare(
        location,
        &options,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .await?;
    if let Some(path) = &args.accounts_file {
        let text = serde_json::to_string_pretty(&accounts).map_err(Failure::other)?;
        std::fs::write(path, text).map_err(Failure::other)?;
    }
    Ok(services)
}
