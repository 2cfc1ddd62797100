//! `server demo`: an invented district on this machine.

use super::serve::{bind, serve_at};
use super::{Failure, Outcome};
use crate::cli::{HttpArgs, KeyArgs};
use crate::edge::TrustedProxies;
use clap::Args;
use services::Services;
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
    pub students: Option<usize>,
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
    let services = prepare(&args).await?;
    serve_at(
        listener,
        services,
        args.http,
        TrustedProxies::default(),
        None,
    )
    .await
}

async fn prepare(args: &DemoArgs) -> Result<Arc<Services>, Failure> {
    let location = args.key.location(args.data.clone(), true);
    let _ = (location, args.students, args.reset, &args.accounts_file);
    std::future::ready(Err(Failure::other(
        "the sample district is not built in yet",
    )))
    .await
}
