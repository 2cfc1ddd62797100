//! `server pass inspect`: what a pass says, and why it would be refused.

use super::keys::{moment, open_exchange};
use super::{Failure, Outcome, must_exist, open, read};
use crate::cli::DataArgs;
use clap::{Args, Subcommand};
use domain::Lang;
use domain::pass::{Jwk, PREFIX, Pass, Says, TrustedKey};
use services::passes::Inspection;
use services::recognition::RegionSays;
use services::{Actor, Services};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `pass` is told.
#[derive(Debug, Args)]
pub struct PassArgs {
    #[command(subcommand)]
    action: PassAction,
}

#[derive(Debug, Subcommand)]
enum PassAction {
    /// Explain a pass; exits with 3 where it would be refused
    Inspect(InspectArgs),
}

#[derive(Debug, Args)]
struct InspectArgs {
    /// The text of the pass, or a PNG or JPEG picture of its QR code
    #[arg(value_name = "TEXT|IMAGE")]
    pass: String,
    /// Another issuer's file of keys, to be trusted for this once; may be repeated
    #[arg(long = "keys", value_name = "FILE")]
    keys: Vec<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

/// Explains it.
pub async fn run(args: PassArgs) -> Outcome {
    let PassAction::Inspect(args) = args.action;
    let location = args.data.location();
    must_exist(&location)?;
    let text = if Path::new(&args.pass).is_file() {
        from_picture(Path::new(&args.pass))?
    } else {
        args.pass
    };
    let mut others: Vec<TrustedKey> = Vec::new();
    for file in &args.keys {
        let opened = open_exchange(file)?;
        others.extend(opened.file.jwks.keys.iter().filter_map(Jwk::trusted));
    }
    let services = open(location).await?;
    let explained = explain(&services, &text, others).await;
    services.store.close().await;
    explained
}

/// The text of the QR code in a picture; where there are several, the first that is a pass.
fn from_picture(file: &Path) -> Result<String, Failure> {
    let picture = image::load_from_memory(&read(file)?)
        .map_err(|e| Failure::Other(format!("{}: {e}", file.display())))?
        .into_luma8();
    let (width, height) = picture.dimensions();
    let side = |n: u32| usize::try_from(n).unwrap_or_default();
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(side(width), side(height), |x, y| {
            let at = (u32::try_from(x).ok()).zip(u32::try_from(y).ok());
            at.and_then(|(x, y)| picture.get_pixel_checked(x, y))
                .map_or(255, |pixel| pixel.0[0])
        });
    let texts: Vec<String> = prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect();
    let pass = texts.iter().position(|text| text.starts_with(PREFIX));
    texts
        .into_iter()
        .nth(pass.unwrap_or(0))
        .ok_or_else(|| Failure::Other(format!("{}: no QR code can be read", file.display())))
}

async fn explain(services: &Services, text: &str, others: Vec<TrustedKey>) -> Outcome {
    let found = services
        .inspect_pass(&Actor::command(), text, others)
        .await?;
    println!("text     {} characters", text.trim().len());
    if let Some(key) = found.key {
        println!("key      {key}");
    }
    if let Some(pass) = &found.pass {
        tell(pass, &found, &school_name(services, pass, &found).await?);
    }
    println!("now      {}", moment(found.now));
    for RegionSays { region, says } in &found.regions {
        let said = match says {
            Ok(recognised) => format!("recognised, as a code of {}", recognised.whose.name),
            Err(refused) => format!("refused ({}): {}", refused.code(), refused.text(Lang::En)),
        };
        println!("region   {} {}: {said}", region.0, region.1.zh);
    }
    Ok(match found.refusal {
        None => {
            println!("verdict  accepted");
            ExitCode::SUCCESS
        }
        Some(refusal) => {
            // Whoever trusts its issuer knows better why than that the key is not ours.
            if found.regions.is_empty() {
                println!("verdict  refused ({})", refusal.code());
                println!("         {}", refusal.text(Lang::En));
                println!("         {}", refusal.text(Lang::Zh));
            } else {
                println!("verdict  refused everywhere");
            }
            ExitCode::from(3)
        }
    })
}

async fn school_name(
    services: &Services,
    pass: &Pass,
    found: &Inspection,
) -> Result<String, Failure> {
    if !found.is_own {
        return Ok(String::new());
    }
    let mut tx = services.store.read().await?;
    let school = tx.school(domain::ids::SchoolId(pass.school.into())).await?;
    Ok(school.map(|s| s.name).unwrap_or_default())
}

fn tell(pass: &Pass, found: &Inspection, school: &str) {
    let whose = if found.is_own {
        "this installation"
    } else {
        "another issuer"
    };
    println!("issuer   {} ({whose})", pass.issuer);
    println!("school   {} {school}", pass.school);
    println!("class    {}", pass.class);
    println!("holder   {:016x}", pass.holder);
    println!("name     {}", pass.name);
    match pass.says {
        Says::Card { serial } => println!("kind     printed card no. {serial}, without colour"),
        Says::Live { code, day } => println!("kind     live pass: {} on {day}", code.word()),
        Says::DayLetter { code, day } => println!("kind     day letter: {} on {day}", code.word()),
    }
    println!("issued   {}", moment(pass.issued));
    println!("expires  {}", moment(pass.expires));
}
