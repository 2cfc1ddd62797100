//! What happens by itself: the start of a day, the screen's slots of five minutes, forgetting quiet clients.

use crate::edge::RateLimits;
use services::{Actor, SLOT, Services};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often the clock is looked at, in milliseconds: when a minute begins, and so a day.
const TICK: i64 = 60_000;

/// Works until `stop` is cancelled; a step that has begun is finished first.
pub async fn run(services: Arc<Services>, rates: Arc<RateLimits>, stop: CancellationToken) {
    let slot = || services.clock.now().0 / SLOT;
    let mut present = slot();
    let next = async || {
        let left = TICK - services.clock.now().0.rem_euclid(TICK);
        tokio::select! {
            () = sleep(Duration::from_millis(left.unsigned_abs())) => {}
            () = services.day_began() => {}
        }
    };
    loop {
        let now = slot();
        if present != now && note("write_slots", &services.write_slots().await) {
            present = now;
        }
        rates.sweep();
        note("catch_up", &services.catch_up(&Actor::job()).await);
        note("write_uses", &services.write_uses().await);
        services.resume_redecisions();
        if stop.run_until_cancelled(next()).await.is_none() {
            break;
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
