//! The beginning of a day for everybody, and how long reports wait meanwhile.

use crate::database::Database;
use crate::direct::{self, BY_TEACHER};
use crate::figures::Figures;
use crate::load::Latencies;
use crate::{Engine, founding, old};
use domain::report::Answers;
use domain::{Day, Millis, Zone};
use services::clock::{Clock, SystemClock};
use services::demo::Town;
use services::open::Location;
use services::{Actor, Services};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How often somebody reports meanwhile.
const EVERY: Duration = Duration::from_millis(10);

/// A clock that goes as the machine's does, but ahead of it.
#[derive(Debug, Default)]
struct AheadClock(AtomicI64);

impl Clock for AheadClock {
    fn now(&self) -> Millis {
        Millis(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }
}

/// How long reports waited: of those that came while everybody was looked at, and of those that came afterwards, while
/// old data were destroyed.
type Waited = [Latencies; 2];

/// Puts the clock of a town that holds old data forward to just after midnight, and begins the day while reports for it
/// come in.
pub async fn measure(
    figures: &mut Figures,
    engine: Engine,
    location: &Location,
    database: &Database,
    town: &Town,
) {
    let (children, day) = (town.children, town.day.plus(1));
    let due = old::write(database, town.day).await;
    let clock = Arc::new(AheadClock::default());
    let services = founding::open_at(location, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let ahead = Zone::SHANGHAI.at(day, 1).0 - SystemClock.now().0;
    clock.0.store(ahead, Ordering::SeqCst);
    let begun = Instant::now();
    let job = {
        let services = Arc::clone(&services);
        tokio::spawn(async move { services.catch_up(&Actor::job()).await.unwrap() })
    };
    let mut waiting = JoinSet::new();
    // Far apart from each other, as families are.
    let far = |n| u64::from(n) * 7_919 % u64::from(children);
    let mut reporters = (0..children).map(|n| u32::try_from(far(n)).unwrap() + 1);
    let mut has_begun = None;
    while !job.is_finished() {
        let child = reporters
            .next()
            .expect("the day begins before everybody has reported");
        if has_begun.is_none() && is_open(&services, day).await {
            has_begun = Some(begun.elapsed());
        }
        let part = usize::from(has_begun.is_some());
        let waits = report(Arc::clone(&services), child, day);
        waiting.spawn(async move { (part, waits.await) });
        tokio::time::sleep(EVERY).await;
    }
    let took = begun.elapsed();
    job.await.unwrap();
    let mut waited = Waited::default();
    while let Some(report) = waiting.join_next().await {
        let (part, wait) = report.unwrap();
        waited[part].push(wait);
    }
    services.store.close().await;
    assert_eq!(old::left(database, day).await, 0, "old data are destroyed");
    let what = format!("{engine}: midnight, {children} children");
    let took = took.as_secs_f64();
    let has_begun = has_begun.map_or(took, |begun| begun.as_secs_f64());
    let name = format!("{what}: the day has begun for everybody");
    figures.plain(name, has_begun, "s");
    #[expect(clippy::cast_precision_loss, reason = "rows here are far below 2^53")]
    figures.plain(format!("{what}: rows of old data"), due as f64, "rows");
    let name = format!("{what}: until these are destroyed");
    figures.plain(name, took - has_begun, "s");
    let destroying = " while old data are destroyed";
    for (waited, wait, longest) in [
        (&waited[0], " meanwhile", ""),
        (&waited[1], destroying, destroying),
    ] {
        let name = format!("{what}: reports wait{wait}, p99");
        figures.plain(name, waited.p99(), "ms");
        let name = format!("{what}: the longest{longest}");
        figures.plain(name, waited.longest(), "ms");
    }
}

/// Whether everybody has been looked at, so that the day before is closed.
async fn is_open(services: &Services, day: Day) -> bool {
    let mut tx = services.store.read().await.unwrap();
    let closed = tx.closed_days().await.unwrap();
    closed
        .iter()
        .all(|(_, closed)| *closed >= Some(day.plus(-1)))
}

/// How long a report waits.
async fn report(services: Arc<Services>, child: u32, day: Day) -> Duration {
    let begun = Instant::now();
    direct::report(&services, child, day, Answers::all_well(), BY_TEACHER).await;
    begun.elapsed()
}
