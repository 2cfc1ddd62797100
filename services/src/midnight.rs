//! The start of a day: counters begin grey, and those whose colour runs on, or who stay silent, are decided anew.
//!
//! Colours are computed from state and day, so that a late job changes nobody's colour; it only materialises
//! numbers and events.

use crate::actor::Actor;
use crate::recolour::Ledger;
use crate::{Result, Services};
use domain::ids::PersonId;
use domain::{Day, Millis, Zone};

/// People decided about in one piece.
const PAGE: i64 = 1_000;
/// Days that a job which slept long makes up for; earlier ones would show on no screen.
const CATCH_UP_DAYS: i32 = 14;
/// Failed sign-ins are forgotten after a quiet day.
const FORGET_FAILURES: i64 = 86_400_000;

impl Services {
    /// Opens every day that has begun since the last run, in every zone. Running it twice changes nothing.
    pub async fn catch_up(&self, actor: &Actor) -> Result<()> {
        let zones = self.store.read().await?.closed_days().await?;
        for (name, closed) in zones {
            let zone: Zone = name.parse().unwrap_or(Zone::SHANGHAI);
            self.open_day(actor, &name, zone, closed).await?;
        }
        Ok(())
    }

    /// Opens the present day of a zone if that has not happened yet.
    pub(crate) async fn ensure_open(&self, zone: Zone) -> Result<()> {
        let today = zone.day_of(self.clock.now());
        if self.open_days.lock().await.get(zone.name()) == Some(&today) {
            return Ok(());
        }
        self.catch_up(&Actor::job()).await
    }

    async fn open_day(
        &self,
        _actor: &Actor,
        name: &str,
        zone: Zone,
        closed: Option<Day>,
    ) -> Result<()> {
        let mut open = self.open_days.lock().await;
        let today = zone.day_of(self.clock.now());
        if open.get(name) == Some(&today) {
            return Ok(());
        }
        // `closed` is the day before the last opened one.
        let first = closed.map_or(today, |c| c.plus(2).max(today.plus(1 - CATCH_UP_DAYS)));
        for day in (first.0..=today.0).map(Day) {
            self.materialise(name, day).await?;
        }
        if first <= today {
            self.sign_audit_heads(today).await?;
            self.sweep(self.clock.now()).await?;
            tracing::info!(zone = name, day = %today, "opened the day");
        }
        open.insert(name.to_owned(), today);
        self.store.mark_change();
        Ok(())
    }

    async fn materialise(&self, zone: &str, day: Day) -> Result<()> {
        let mut tx = self.store.write().await?;
        tx.clear_counters(zone, day).await?;
        tx.start_counters(zone, day).await?;
        let mut ledger = Ledger::new(self);
        let mut after = PersonId(0);
        loop {
            let rows = tx.states_to_review(zone, day, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.person_id;
            for row in rows {
                let mut opened = self.open_state(row)?;
                if opened.row.day >= day {
                    // Decided about this day already, before its counters were begun anew: the start
                    // counted this person grey.
                    let decided = std::mem::replace(&mut opened.row.day, day.plus(-1));
                    ledger.count(&opened, day, -1);
                    opened.row.day = decided;
                    ledger.count(&opened, day, 1);
                    continue;
                }
                let info = self.school_info(&mut tx, opened.row.school_id).await?;
                let state = opened.kept.state.clone();
                ledger.recolour(&mut opened, state, &info, day, "midnight")?;
            }
        }
        ledger.write(&mut tx).await?;
        tx.set_closed_day(zone, day.plus(-1)).await?;
        tx.delete_slots_before(day.plus(-1)).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets ended sessions, old failures and uploads that were never applied.
    async fn sweep(&self, now: Millis) -> Result<()> {
        let mut tx = self.store.write().await?;
        tx.delete_ended_sessions(now).await?;
        tx.delete_old_signin_failures(Millis(now.0 - FORGET_FAILURES))
            .await?;
        tx.delete_staged_before(Millis(now.0 - crate::roster::STAGED_LIFE))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Writes the numbers of this moment into every zone's five-minute slot.
    pub async fn write_slots(&self) -> Result<()> {
        let zones = self.store.read().await?.closed_days().await?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        for (name, _) in zones {
            let zone: Zone = name.parse().unwrap_or(Zone::SHANGHAI);
            tx.write_slots(&name, zone.day_of(now), i64::from(zone.minute_of(now) / 5))
                .await?;
        }
        Ok(tx.commit().await?)
    }
}
