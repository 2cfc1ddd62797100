//! A whole province: every child's report through the intake, in one SQLite file.

use crate::database::Database;
use crate::direct;
use crate::figures::Figures;
use crate::founding;
use crate::program::memory;
use crate::recount;
use domain::Day;
use domain::report::{Answers, Channel};
use services::Services;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::task::JoinSet;

/// Reports in flight at a time.
const IN_FLIGHT: usize = 2_048;
/// Minutes that all reports may take.
const MINUTES: f64 = 15.0;
/// Megabytes of memory that this process, services and load together, may take.
const MEMORY: f64 = 1_024.0;
/// From one child to the next who reports, so that neighbours do not come together.
const STRIDE: u64 = 7_368_787;
const BYTES_PER_MB: f64 = 1_048_576.0;
/// How often it says how far it has come, in reports.
const SAY_EVERY: u64 = 1_000_000;

/// Founds the province in a folder, lets everybody report, and recounts.
pub async fn measure(figures: &mut Figures, folder: &Path, children: u32) {
    let location = founding::location(folder, None);
    let services = founding::open(&location).await;
    let begun = Instant::now();
    let town = services.found_town(children, false).await.unwrap();
    let what = format!("SQLite, {children} children");
    figures.plain(
        format!("{what}: founded"),
        begun.elapsed().as_secs_f64(),
        "s",
    );
    let begun = Instant::now();
    everybody(&services, u64::from(children), town.day).await;
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    services.store.close().await;
    figures.at_most(format!("{what}: all reports"), minutes, "min", MINUTES);
    let (_, peak) = memory("self");
    figures.at_most(format!("{what}: memory at its highest"), peak, "MB", MEMORY);
    let size = std::fs::metadata(location.database()).unwrap().len();
    #[expect(clippy::cast_precision_loss, reason = "files are far below 2^53 bytes")]
    figures.plain(format!("{what}: file"), size as f64 / BYTES_PER_MB, "MB");
    let database = Database::file(&location.database()).await;
    recount::must_hold_everybody(&database, town.day, children).await;
    database.close().await;
}

/// Reports *all well* for everybody, as families answer over a message channel, in an order that jumps through the
/// rosters.
async fn everybody(services: &Arc<Services>, children: u64, day: Day) {
    assert!(
        !children.is_multiple_of(STRIDE),
        "the stride meets everybody"
    );
    let next = Arc::new(AtomicU64::new(0));
    let mut reporters = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (services, next) = (Arc::clone(services), Arc::clone(&next));
        reporters.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= children {
                    return;
                }
                if n % SAY_EVERY == 0 {
                    println!("  {n} of {children}");
                }
                let child = u32::try_from(n * STRIDE % children).unwrap() + 1;
                direct::report(&services, child, day, Answers::all_well(), Channel::Message).await;
            }
        });
    }
    while let Some(reporter) = reporters.join_next().await {
        reporter.unwrap();
    }
}
