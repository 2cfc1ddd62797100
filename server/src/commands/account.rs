//! `server account`: the first accounts, and the way back in for whoever has nobody above.

use super::{Failure, Outcome, must_exist, open};
use crate::cli::DataArgs;
use clap::{Args, Subcommand, ValueEnum};
use domain::access::{Grant, Role, Scope};
use domain::ids::RegionCode;
use services::accounts::{ActivationCode, NewStaff};
use services::{Actor, Error, Services};
use std::process::ExitCode;

/// What `account` is told.
#[derive(Debug, Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    action: AccountAction,
}

#[derive(Debug, Subcommand)]
enum AccountAction {
    /// Create an account and print the link with which its holder sets a password; once, valid for seven days
    Create(CreateArgs),
    /// Print a new link for an account whose holder cannot sign in; the old password and sessions end when it is used
    Recover(RecoverArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// What the account may do
    #[arg(long, value_enum, value_name = "ROLE")]
    role: StaffRole,
    /// The code of the region, for a role of the bureau
    #[arg(long, required_if_eq_any = [("role", "bureau_admin"), ("role", "bureau_viewer"), ("role", "health_officer")], conflicts_with = "school", value_name = "CODE")]
    region: Option<RegionCode>,
    /// The code of the school, for a role of a school
    #[arg(long, required_if_eq_any = [("role", "school_admin"), ("role", "guard")], value_name = "CODE")]
    school: Option<String>,
    /// A mobile number, or a name of 3 to 40 letters or digits
    #[arg(long)]
    login: String,
    /// What others call them
    #[arg(long)]
    name: String,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Debug, Args)]
struct RecoverArgs {
    /// The account's login
    #[arg(long)]
    login: String,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Debug, Args)]
struct PlaceArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Where the pages are served, for the printed link
    #[arg(
        long,
        default_value = "http://127.0.0.1:3000",
        env = "FUXUE_ADDRESS",
        value_name = "URL"
    )]
    address: String,
}

/// The roles that need a region or school only; teachers are created by their school on its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum StaffRole {
    /// Accounts and schools of a region
    BureauAdmin,
    /// Numbers of a region
    BureauViewer,
    /// Official records of a region
    HealthOfficer,
    /// Roster, staff and classes of a school
    SchoolAdmin,
    /// The gates of a school
    Guard,
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::BureauAdmin => Self::BureauAdmin,
            StaffRole::BureauViewer => Self::BureauViewer,
            StaffRole::HealthOfficer => Self::HealthOfficer,
            StaffRole::SchoolAdmin => Self::SchoolAdmin,
            StaffRole::Guard => Self::Guard,
        }
    }
}

/// Creates or recovers, and prints the link.
pub async fn run(args: AccountArgs) -> Outcome {
    match args.action {
        AccountAction::Create(args) => {
            let services = open(args.place.data.location()).await?;
            let created = create(&services, &args).await;
            services.store.close().await;
            match created? {
                Some(code) => print(&code, &args.place.address),
                None => println!(
                    "{} has an account already; it has the role {} now and keeps its password",
                    args.login,
                    Role::from(args.role)
                ),
            }
        }
        AccountAction::Recover(args) => {
            let location = args.place.data.location();
            must_exist(&location)?;
            let services = open(location).await?;
            let code = recover(&services, &args.login).await;
            services.store.close().await;
            print(&code?, &args.place.address);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(services: &Services, args: &CreateArgs) -> Result<Option<ActivationCode>, Failure> {
    let scope = scope(services, args).await?;
    let new = NewStaff {
        name: args.name.clone(),
        login: args.login.clone(),
        grant: Grant {
            role: args.role.into(),
            scope,
        },
    };
    Ok(services.create_staff(&Actor::command(), &new).await?)
}

async fn scope(services: &Services, args: &CreateArgs) -> Result<Scope, Failure> {
    let mut tx = services.store.read().await?;
    match (&args.region, &args.school) {
        (Some(code), None)
            if Role::from(args.role) != Role::SchoolAdmin && args.role != StaffRole::Guard =>
        {
            let region = tx.region(code).await?;
            region.map(|r| Scope::Region(r.code)).ok_or_else(|| {
                Failure::Other(format!(
                    "there is no region {code}; import the regions first (server import-regions)"
                ))
            })
        }
        (None, Some(code)) if matches!(args.role, StaffRole::SchoolAdmin | StaffRole::Guard) => {
            let school = tx.school_by_code(code).await?;
            school.map(|s| Scope::School(s.school_id)).ok_or_else(|| {
                Failure::Other(format!(
                    "there is no school with the code {code}; the bureau creates it on its pages"
                ))
            })
        }
        _ => Err(Failure::other(
            "a role of the bureau takes --region, a role of a school --school",
        )),
    }
}

async fn recover(services: &Services, login: &str) -> Result<ActivationCode, Failure> {
    let actor = Actor::command();
    let account = match services.staff_by_login(&actor, login).await {
        Err(Error::Forbidden) => {
            return Err(Failure::Other(format!(
                "no member of staff has the login {login}; guardians get a new slip from their school"
            )));
        }
        found => found?,
    };
    Ok(services.recover_staff(&actor, account).await?)
}

fn print(code: &ActivationCode, address: &str) {
    println!(
        "link  {}/activate/{}",
        address.trim_end_matches('/'),
        code.code.as_str()
    );
    println!("code  {}", code.code.grouped());
    println!("Works once, for seven days. Hand it over in person; it is not shown again.");
}
