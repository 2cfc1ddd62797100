//! The beginning of a day for everybody, and how long reports wait meanwhile.

use crate::direct::{self, BY_TEACHER};
use crate::figures::Figures;
use crate::founding;
use crate::load::Latencies;
use domain::report::Answers;
use domain::{Day, Millis, Zone};
use services::clock::{Clock, SystemClock};
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

/// Puts the clock of a town forward to just after midnight, and begins the day while reports for it come in.
pub async fn measure(figures: &mut Figures, location: &Location, children: u32, today: Day) {
    let clock = Arc::new(AheadClock::default());
    let services = founding::open_at(location, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let day = today.plus(1);
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
    while !job.is_finished() {
        let child = reporters
            .next()
            .expect("the day begins before everybody has reported");
        waiting.spawn(report(Arc::clone(&services), child, day));
        tokio::time::sleep(EVERY).await;
    }
    let took = begun.elapsed().as_secs_f64();
    job.await.unwrap();
    let mut latencies = Latencies::default();
    while let Some(waited) = waiting.join_next().await {
        latencies.push(waited.unwrap());
    }
    services.store.close().await;
    let what = format!("midnight, {children} children");
    figures.plain(
        format!("{what}: the day has begun for everybody"),
        took,
        "s",
    );
    figures.plain(
        format!("{what}: reports wait meanwhile, p99"),
        latencies.p99(),
        "ms",
    );
    figures.plain(format!("{what}: the longest"), latencies.longest(), "ms");
}

/// How long a report waits.
async fn report(services: Arc<Services>, child: u32, day: Day) -> Duration {
    let begun = Instant::now();
    direct::report(&services, child, day, Answers::all_well(), BY_TEACHER).await;
    begun.elapsed()
}
