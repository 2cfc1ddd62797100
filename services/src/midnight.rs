//! The start of a day: counters begin grey, and everybody is looked at: a colour may run on, end, or come with time alone.
//!
//! Colours are computed from state and day, so that a late job changes nobody's colour; it only materialises
//! numbers and events.

use crate::actor::Actor;
use crate::recolour::Ledger;
use crate::{Result, Services};
use domain::decision::decide;
use domain::ids::PersonId;
use domain::{Code, Day, Millis, Zone};

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
        // Signing again on the same day changes nothing, so that a start after a crash makes up for it.
        self.sign_audit_heads(today).await?;
        self.strip_old_answers(zone, today).await?;
        self.sweep(self.clock.now()).await?;
        // Calendars are kept for a window around the day they were read.
        self.forget_schools();
        tracing::info!(zone = name, day = %today, "opened the day");
        open.insert(name.to_owned(), today);
        self.store.mark_change();
        Ok(())
    }

    async fn materialise(&self, zone: &str, day: Day) -> Result<()> {
        let mut tx = self.store.write().await?;
        let closed = tx.closed_days().await?;
        if closed
            .iter()
            .any(|(name, closed)| name == zone && closed.is_some_and(|c| c >= day.plus(-1)))
        {
            // Another process was quicker.
            return Ok(());
        }
        tx.clear_counters(zone, day).await?;
        tx.start_counters(zone, day).await?;
        let mut after = PersonId(0);
        loop {
            let rows = tx.states_of_zone(zone, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.person_id;
            let mut ledger = Ledger::new(self);
            for row in rows {
                let mut opened = self.open_state(row)?;
                let info = self.school_info(&mut tx, opened.row.school_id).await?;
                let code = decide(&opened.kept.state, &info.context(), day, day).code;
                let was_flagged = Code::from_number(opened.row.code).is_flagged();
                let has_reported = opened.row.reported_on(day);
                if code.is_flagged() || was_flagged || has_reported {
                    // The start counted everybody grey and unreported.
                    opened.row.day = opened.row.day.min(day.plus(-1));
                    opened.row.reported_day = opened.row.reported_day.filter(|d| *d < day);
                    let state = opened.kept.state.clone();
                    ledger.recolour(&mut opened, state, &info, day, "midnight")?;
                }
            }
            ledger.write(&mut tx).await?;
        }
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
