//! What happens by itself: the start of a day, the screen's slots of five minutes, forgetting quiet clients.

use crate::edge::RateLimits;
use services::{Actor, Services};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often the clock is looked at; a day opens at most this late, which changes nobody's colour.
const TICK: Duration = Duration::from_mins(1);
/// The width of a slot in milliseconds.
const SLOT: i64 = 5 * 60_000;

/// Works until `stop` is cancelled; a step that has begun is finished first.
pub async fn run(services: Arc<Services>, rates: Arc<RateLimits>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut written = None;
    let mut next = async || {
        tokio::select! {
            _ = ticks.tick() => {}
            () = services.day_began() => {}
        }
    };
    while stop.run_until_cancelled(next()).await.is_some() {
        rates.sweep();
        note("catch_up", &services.catch_up(&Actor::job()).await);
        note("write_uses", &services.write_uses().await);
        services.resume_redecisions();
        let slot = services.clock.now().0 / SLOT;
        if written != Some(slot) && note("write_slots", &services.write_slots().await) {
            written = Some(slot);
        }
    }
    note("write_uses", &services.write_uses().await);
}

/// Logs and counts a failure; the next tick tries again.
fn note(job: &'static str, result: &services::Result<()>) -> bool {
    if let Err(error) = result {
        metrics::counter!("fuxue_job_failures_total", "job" => job).increment(1);
        tracing::error!(job, %error, "a background job failed");
    }
    result.is_ok()
}
