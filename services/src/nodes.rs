//! Several servers on one database: what one of them changes, the others notice within about a second.
//!
//! Each transaction that moves numbers or settings moves a mark with it ([`store::Marks`]). A server looks at the marks
//! once a second for what it shows; and whoever writes looks at the mark of the settings in the same transaction, so
//! that nothing is ever decided by rules that were replaced before. On SQLite the others are commands beside the server.

use crate::{Result, Services};
use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::Marks;
use tokio::time::MissedTickBehavior;

/// How often the marks are looked at.
const TICK: Duration = Duration::from_secs(1);
/// After how many looks a server says that it is still there.
const STAY: u64 = 600;

/// Starts looking around; it ends when the services are gone.
pub(crate) fn start(services: Weak<Services>) {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut known, mut count) = (None, 0_u64);
        loop {
            ticks.tick().await;
            let Some(services) = services.upgrade() else {
                return;
            };
            count += 1;
            // The pages and jobs say by themselves when the database does not answer.
            match services.look_around(&mut known).await {
                Ok(()) => {}
                Err(error) => tracing::debug!(%error, "the marks were not read"),
            }
            if count.is_multiple_of(STAY)
                && let Err(error) = services.store.stay().await
            {
                tracing::debug!(%error, "not noted that this server is still there");
            }
        }
    });
}

/// What was found at the last look.
struct Known {
    /// The marks of the database itself.
    here: Marks,
    /// Between which marks the numbers lie that screens see. Of several replicas one may be further than the others.
    shown: (i64, i64),
}

impl Services {
    /// Compares the marks with those of the last look.
    async fn look_around(&self, known: &mut Option<Known>) -> Result<()> {
        let here = self.store.read().await?.marks().await?;
        // Screens look at the replica, where there is one that has by now what was here a look ago.
        let due = known.as_ref().map_or(here, |known| known.here);
        let shown = match self.store.ask_replica(due).await {
            Some(there) => (due.numbers, there.numbers),
            None => (here.numbers, here.numbers),
        };
        let settings = here.settings;
        let before = known.replace(Known { here, shown });
        let (settings_before, shown_before) = before
            .map(|known| (known.here.settings, known.shown))
            .unwrap_or_default();
        if settings_before != settings {
            self.settings_seen.fetch_max(settings, Ordering::AcqRel);
            self.forget_kept();
            // A job that decides anew may follow from it.
            self.resume_redecisions();
        }
        if (settings_before, shown_before) != (settings, shown) {
            self.store.mark_change();
        }
        Ok(())
    }

    /// Another server may have changed settings since what is kept was read: `mark` is theirs as a transaction that
    /// writes has found it.
    pub(crate) fn notice_settings(&self, mark: Option<i64>) {
        if let Some(mark) = mark
            && self.settings_seen.fetch_max(mark, Ordering::AcqRel) < mark
        {
            self.forget_kept();
        }
    }

    /// Reads everything that is kept in memory anew at its next use.
    fn forget_kept(&self) {
        self.forget_schools();
        self.forget_keys();
    }
}
