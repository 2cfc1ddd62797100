//! A demo: a sample district of invented children, with a past and a morning in progress.
//!
//! `docs/DEMO.md` says what it holds, what is kept between two starts and what is told anew.

mod accounts;
mod gates;
mod history;
mod life;
mod morning;
mod officer;
mod people;
mod plan;
pub(crate) mod random;
mod roster;
mod story;
mod tally;
mod town;
mod trouble;

#[cfg(test)]
mod tests;

pub use accounts::DemoAccount;
pub use town::Town;

use crate::clock::{Clock, Entropy};
use crate::open::{DEMO, KEY_CHECK, Location, OpenError, open_store};
use crate::{Actor, Error, Result, Services};
use accounts::Stage;
use domain::Day;
use morning::Morning;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const REGIONS: &[u8] = include_bytes!("../../../reference/regions-cn.csv");
/// Grows whenever a demo built earlier would not fit this program.
const VERSION: u32 = 4;
const BUILT: &str = "demo_built";

/// What kind of demo is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoOptions {
    /// About how many children; at least 24.
    pub students: u32,
    /// Begin again, whatever is there.
    pub reset: bool,
    /// The same seed gives the same district.
    pub seed: u64,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            students: 33_000,
            reset: false,
            seed: 2020,
        }
    }
}

/// What the database says about the demo in it. Written last: without it the demo is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Built {
    version: u32,
    students: u32,
    seed: u64,
    day: Day,
}

/// Opens the demo of a folder: builds it where there is none, where another size or seed is wanted or a build was
/// cut short, and moves it to today. The accounts are the same at every start.
///
/// # Errors
/// [`OpenError::DemoMix`] where the folder holds real data, which are never touched; else as [`Services::open`].
pub async fn prepare(
    location: &Location,
    options: &DemoOptions,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> std::result::Result<(Arc<Services>, Vec<DemoAccount>), OpenError> {
    let location = Location {
        demo: true,
        ..location.clone()
    };
    let morning = Morning::new(clock.now());
    let wanted = Built {
        version: VERSION,
        students: options.students,
        seed: options.seed,
        day: morning.today,
    };
    let mut found = look(&location).await?;
    if let Found::Demo(built) = found {
        let fits = built.is_some_and(|b| {
            Built {
                day: wanted.day,
                ..b
            } == wanted
        });
        if options.reset || !fits {
            tracing::info!(reset = options.reset, "the demo begins again");
            remove(&location).await?;
            found = Found::Nothing;
        }
    }
    let is_today = matches!(found, Found::Demo(Some(built)) if built == wanted);
    if !is_today && matches!(found, Found::Demo(_)) {
        close_days(&location, &*entropy, morning.today).await?;
    }
    let services = Services::open(&location, clock, entropy).await?;
    let accounts = services.build(&found, wanted, morning).await?;
    let accounts = services.demo_accounts.get_or_init(|| accounts).clone();
    Ok((services, accounts))
}

enum Found {
    /// The folder is new, or was emptied.
    Nothing,
    /// A demo, with what it says about itself where it is whole.
    Demo(Option<Built>),
}

/// What lies in the folder; refuses real data without needing their key.
async fn look(location: &Location) -> std::result::Result<Found, OpenError> {
    if !location.may_exist() {
        return Ok(Found::Nothing);
    }
    let failed = |error| location.failed(error);
    let store = location.open_database().await?;
    let mut tx = store.read().await.map_err(&failed)?;
    let is_demo = tx.meta(DEMO).await.map_err(&failed)?.is_some();
    let is_empty = tx.meta(KEY_CHECK).await.map_err(&failed)?.is_none();
    let built = tx.meta(BUILT).await.map_err(&failed)?;
    drop(tx);
    store.close().await;
    if is_empty {
        return Ok(Found::Nothing);
    }
    if !is_demo {
        return Err(OpenError::real_data(location));
    }
    Ok(Found::Demo(
        built.and_then(|body| serde_json::from_slice(&body).ok()),
    ))
}

/// Removes the database of a demo, with the files that SQLite keeps beside it, or empties it. The key file stays.
async fn remove(location: &Location) -> std::result::Result<(), OpenError> {
    if location.server.is_some() {
        let store = location.open_database().await?;
        let erased = store.erase().await;
        store.close().await;
        return erased.map_err(|error| location.failed(error));
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut path = location.database().into_os_string();
        path.push(suffix);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(OpenError::Folder(path.into(), e));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Tells the midnight job that it has nothing to catch up with: the days are told anew.
async fn close_days(
    location: &Location,
    entropy: &dyn Entropy,
    today: Day,
) -> std::result::Result<(), OpenError> {
    let failed = |error| location.failed(error);
    let (store, _) = open_store(location, entropy).await?;
    let mut tx = store.write().await.map_err(&failed)?;
    for (zone, _) in tx.closed_days().await.map_err(&failed)? {
        tx.set_closed_day(&zone, today.plus(-1))
            .await
            .map_err(&failed)?;
    }
    tx.commit().await.map_err(&failed)?;
    store.close().await;
    Ok(())
}

impl Services {
    async fn build(
        self: &Arc<Self>,
        found: &Found,
        wanted: Built,
        morning: Morning,
    ) -> Result<Vec<DemoAccount>> {
        let schools = plan::district(wanted.students)?;
        let (seed, joined) = (wanted.seed, morning.first());
        if matches!(found, Found::Nothing) {
            self.import_regions(&Actor::command(), REGIONS).await?;
            self.write_demo_rosters(&schools, seed, morning.today, joined)
                .await?;
        }
        let stage = Stage::find(&mut self.store.read().await?, &schools).await?;
        self.ensure_demo_accounts(&stage, joined).await?;
        if !matches!(found, Found::Demo(Some(built)) if *built == wanted) {
            self.write_demo_days(seed, &stage, &schools, morning)
                .await?;
            self.give_demo_work(&stage, morning.today).await?;
            self.write_demo_gates(&stage, morning).await?;
            let body = serde_json::to_vec(&wanted).map_err(|e| Error::internal(e.to_string()))?;
            let mut tx = self.store.write().await?;
            tx.set_meta(BUILT, &body).await?;
            tx.commit().await?;
            self.store.mark_change();
        }
        accounts::offered(&stage)
    }
}
