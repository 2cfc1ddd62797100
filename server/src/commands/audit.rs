//! `server audit verify`: whether anybody has changed what was written down.

use super::{Outcome, must_exist, open_files};
use crate::cli::DataArgs;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// What `audit` is told.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    action: AuditAction,
}

#[derive(Debug, Subcommand)]
enum AuditAction {
    /// Recompute every hash and check every signed head; exits with 1 where something does not fit
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct VerifyArgs {
    #[command(flatten)]
    data: DataArgs,
}

/// Walks every chain and prints what does not fit.
pub async fn run(args: AuditArgs) -> Outcome {
    let AuditAction::Verify(args) = args.action;
    let location = args.data.location();
    must_exist(&location)?;
    let (store, vault) = open_files(location).await?;
    let found = services::audit::verify(&store, &vault).await;
    store.close().await;
    let found = found?;
    for fault in &found.faults {
        println!("FAULT {fault}");
    }
    println!(
        "{} chains, {} rows, {} signed heads, {} faults",
        found.chains,
        found.rows,
        found.heads,
        found.faults.len()
    );
    if let Some((day, hash)) = &found.manifest {
        let hash: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        println!(
            "last manifest {day} {hash} (keep this line elsewhere: it shows later that nothing was cut off)"
        );
    }
    Ok(if found.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
