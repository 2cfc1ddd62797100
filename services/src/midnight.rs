//! The start of a day: counters begin grey, and everybody is looked at: a colour may run on, end, or come with time alone.
//!
//! Colours are computed from state and day, so that a late job changes nobody's colour; it only materialises
//! numbers and events. It begins in one short transaction, after which reports are taken, and goes on in pieces; how
//! far it has come is kept, so that a stop loses nothing.

use crate::actor::Actor;
use crate::context::zones_by_name;
use crate::pace::Pace;
use crate::recolour::{Ledger, Opened};
use crate::redecide::PAGE;
use crate::retention::Old;
use crate::{Result, Services};
use domain::decision::decide;
use domain::ids::{PersonId, SchoolId};
use domain::{Code, Day, Millis, Zone};
use std::collections::HashMap;
use store::{Job, OpeningRow, StateRow, Tx};

/// Days that a job which slept long makes up for; earlier ones would show on no screen.
const CATCH_UP_DAYS: i32 = 14;
/// Schools whose people are counted at once.
const SCHOOLS: i64 = 16;
/// Failed sign-ins are forgotten after a quiet day.
const FORGET_FAILURES: i64 = 86_400_000;
/// The width of a slot in milliseconds.
pub const SLOT: i64 = 5 * 60_000;
/// Finished jobs are shown for two weeks.
const FORGET_JOBS: i64 = 14 * 86_400_000;

impl Services {
    /// Opens every day that has begun since the last run, in every zone. Running it twice changes nothing.
    pub async fn catch_up(&self, _actor: &Actor) -> Result<()> {
        self.tend_rulebooks().await?;
        for (name, zone) in self.zones().await? {
            self.open_day(&name, zone).await?;
        }
        Ok(())
    }

    /// What has to be there before anybody looks, or reports: the day, and the colours that go on. [`Services::catch_up`]
    /// does the rest.
    pub(crate) async fn begin_days(&self) -> Result<()> {
        self.tend_rulebooks().await?;
        for (name, zone) in self.zones().await? {
            let today = zone.day_of(self.clock.now());
            self.begin_present_day(&name, today).await?;
            let mut pace = self.opening.lock().await;
            self.look_at_flagged(&mut pace, &name, today).await?;
        }
        Ok(())
    }

    /// The zones that have schools, by the names that the database has for them.
    async fn zones(&self) -> Result<Vec<(String, Zone)>> {
        let zones = self.store.read().await?.closed_days().await?;
        Ok(zones_by_name(zones.into_iter().map(|(name, _)| name)))
    }

    /// Begins the present day of a zone if that has not happened yet. Nobody has to wait until everybody is looked at:
    /// [`Services::day_began`] calls for that.
    pub(crate) async fn ensure_open(&self, zone: Zone) -> Result<()> {
        let today = zone.day_of(self.clock.now());
        if self.begin_present_day(zone.name(), today).await? {
            self.began.notify_one();
        }
        Ok(())
    }

    /// Waits until a request has begun a day before [`Services::catch_up`] did.
    pub async fn day_began(&self) {
        self.began.notified().await;
    }

    /// Begins a day for which this server has not done so yet; says whether it had not.
    async fn begin_present_day(&self, name: &str, today: Day) -> Result<bool> {
        let has_begun = |open: &HashMap<String, Day>| open.get(name) == Some(&today);
        if has_begun(&*self.open_days.read().await) {
            return Ok(false);
        }
        let mut open = self.open_days.write().await;
        if has_begun(&open) {
            return Ok(false);
        }
        let _held = self.store.hold(Job::BeginDay).await?;
        // Earlier days must be over before today's reports move the rows on.
        self.close_earlier_days(name, today).await?;
        self.begin_day(name, today).await?;
        // Calendars are kept for a window around the day they were read.
        self.forget_schools();
        open.insert(name.to_owned(), today);
        Ok(true)
    }

    async fn open_day(&self, name: &str, zone: Zone) -> Result<()> {
        let today = zone.day_of(self.clock.now());
        self.begin_present_day(name, today).await?;
        let Some(_held) = self.store.try_hold(Job::OpenDay).await? else {
            // Another server looks at everybody. Should it die, the next minute goes on from where it was.
            return Ok(());
        };
        self.look_at_everybody(name, today).await?;
        if self.tended_until(name).await? < Some(today) {
            self.sign_audit_heads(today).await?;
            self.strip_old_answers(zone, today).await?;
            self.sweep(self.clock.now()).await?;
            self.renew_pass_keys().await?;
            self.store.tend(today).await?;
            let mut tx = self.store.write().await?;
            tx.set_meta(&tended(name), &today.0.to_be_bytes()).await?;
            tx.commit().await?;
            tracing::info!(zone = name, day = %today, "opened the day");
            self.store.mark_change();
            let stock = self.store.take_stock();
            // Nobody waits for it, nor do the numbers of the next five minutes.
            tokio::spawn(async {
                if let Err(error) = stock.await {
                    tracing::warn!(%error, "the database did not look at all its tables, and plans by what it knew before");
                }
            });
        }
        Ok(())
    }

    /// The last day of a zone for which all that its beginning brings was done.
    async fn tended_until(&self, zone: &str) -> Result<Option<Day>> {
        let value = self.store.read().await?.meta(&tended(zone)).await?;
        Ok(value
            .and_then(|bytes| bytes.try_into().ok())
            .map(|bytes| Day(i32::from_be_bytes(bytes))))
    }

    /// Opens the days since the last opened one, up to yesterday.
    async fn close_earlier_days(&self, zone: &str, today: Day) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(begun) = last_begun(&mut tx, zone).await? else {
            return Ok(());
        };
        drop(tx);
        let first = begun.max(today.plus(1 - CATCH_UP_DAYS));
        for day in (first.0..today.0).map(Day) {
            self.begin_day(zone, day).await?;
            self.look_at_everybody(zone, day).await?;
        }
        Ok(())
    }

    /// Counts everybody of a zone grey on `day`, unless it was begun already. As reports wait for it, the classes are taken
    /// over as the last day ended with them; people are counted when everybody is looked at.
    pub(crate) async fn begin_day(&self, zone: &str, day: Day) -> Result<()> {
        let mut tx = self.store.write().await?;
        let begun = last_begun(&mut tx, zone).await?;
        if begun >= Some(day) {
            return Ok(());
        }
        tx.take_time().await?;
        if let Some(begun) = begun {
            tx.carry_counters(zone, begun, day).await?;
        }
        let after_person = PersonId(0);
        tx.put_opening(zone, OpeningRow { day, after_person })
            .await?;
        Ok(tx.commit().await?)
    }

    /// Counts the people of all classes, and mends the numbers that the day took over from the last one. Only where there
    /// was none should there be anything to mend.
    async fn recount(&self, zone: &str, day: Day) -> Result<()> {
        let mut after = SchoolId(0);
        loop {
            let mut tx = self.store.read().await?;
            let schools = tx.schools_after(zone, after, SCHOOLS).await?;
            let Some(last) = schools.last() else {
                return Ok(());
            };
            after = *last;
            if tx.uncounted(&schools, day).await?.is_empty() {
                continue;
            }
            drop(tx);
            let mut tx = self.store.write().await?;
            let uncounted = tx.uncounted(&schools, day).await?;
            tracing::warn!(zone, %day, classes = uncounted.len(), "numbers did not fit the rosters, and were counted anew");
            tx.add_counters(&uncounted, &[]).await?;
            tx.commit().await?;
        }
    }

    /// Looks at everybody whom the opening of `day` has not reached yet: first those under a colour, then all.
    /// Says whether that ended the opening.
    async fn look_at_everybody(&self, zone: &str, day: Day) -> Result<bool> {
        let mut pace = self.opening.lock().await;
        let mut tx = self.store.read().await?;
        let Some(mut opening) = tx.opening(zone).await?.filter(|o| o.day == day) else {
            return Ok(false);
        };
        drop(tx);
        self.look_at_flagged(&mut pace, zone, day).await?;
        self.recount(zone, day).await?;
        loop {
            let mut tx = self.store.read().await?;
            let rows = tx.states_of_zone(zone, opening.after_person, PAGE).await?;
            let Some(last) = rows.last().map(|row| row.person_id) else {
                break;
            };
            let people = self.to_open(&mut tx, rows, day).await?;
            drop(tx);
            let to = OpeningRow {
                day,
                after_person: last,
            };
            self.open_people(&mut pace, zone, day, &people, Some(to))
                .await?;
            opening = to;
        }
        let mut tx = self.store.write().await?;
        let is_ours = tx.opening(zone).await? == Some(opening);
        if is_ours {
            tx.delete_opening(zone).await?;
            tx.set_closed_day(zone, day.plus(-1)).await?;
            tx.commit().await?;
            self.destroy(Old::Slots(day.plus(-1))).await?;
        }
        Ok(is_ours)
    }

    /// Looks at everybody who was under a colour the last time.
    async fn look_at_flagged(&self, pace: &mut Pace, zone: &str, day: Day) -> Result<()> {
        let mut after = None;
        loop {
            let mut tx = self.store.read().await?;
            let mut rows = tx
                .flagged_of_zone_before(zone, day, after.as_ref(), PAGE)
                .await?;
            drop(tx);
            let people: Vec<PersonId> = rows.iter().map(|r| r.person_id).collect();
            let Some(last) = rows.pop() else {
                return Ok(());
            };
            after = Some(last);
            self.open_people(pace, zone, day, &people, None).await?;
        }
    }

    /// Those of a page whose row the new day changes.
    async fn to_open(&self, tx: &mut Tx, rows: Vec<StateRow>, day: Day) -> Result<Vec<PersonId>> {
        let infos = self
            .infos_of(tx, rows.iter().map(|row| row.school_id).collect())
            .await?;
        let mut people = Vec::new();
        for row in rows.into_iter().filter(|row| row.day < day) {
            let Some(info) = infos.get(&row.school_id) else {
                continue;
            };
            let opened = self.open_state(row)?;
            let code = decide(&opened.kept.state, &info.context(), day, day).code;
            if is_concerned(&opened, code) {
                people.push(opened.row.person_id);
            }
        }
        Ok(people)
    }

    /// Moves people to `day` in pieces, and with the last one notes how far the opening has come.
    pub(crate) async fn open_people(
        &self,
        pace: &mut Pace,
        zone: &str,
        day: Day,
        people: &[PersonId],
        to: Option<OpeningRow>,
    ) -> Result<()> {
        let mut rest = people;
        loop {
            let (piece, after) = rest.split_at(pace.size().min(rest.len()));
            rest = after;
            let mut tx = self.store.write().await?;
            let began = self.clock.now();
            let rows = tx.states(piece).await?;
            let infos = self
                .infos_of(&mut tx, rows.iter().map(|row| row.school_id).collect())
                .await?;
            let mut ledger = Ledger::new(self);
            // A report of today, or another process, may have been quicker.
            for row in rows.into_iter().filter(|row| row.day < day) {
                let Some(info) = infos.get(&row.school_id) else {
                    continue;
                };
                let mut opened = self.open_state(row)?;
                let state = opened.kept.state.clone();
                ledger.recolour(&mut opened, state, info, day, "midnight")?;
            }
            ledger.write(&mut tx).await?;
            if let Some(to) = to.filter(|_| rest.is_empty())
                && tx
                    .opening(zone)
                    .await?
                    .is_some_and(|o| o.day == to.day && o.after_person < to.after_person)
            {
                tx.put_opening(zone, to).await?;
            }
            tx.commit().await?;
            pace.took(piece.len(), self.clock.now().0 - began.0);
            if rest.is_empty() {
                return Ok(());
            }
            tokio::task::yield_now().await;
        }
    }

    /// Forgets ended sessions, old failures, jobs of long ago and uploads that were never applied.
    async fn sweep(&self, now: Millis) -> Result<()> {
        self.forget_ended_sessions(now).await?;
        let mut tx = self.store.write().await?;
        tx.delete_old_signin_failures(Millis(now.0 - FORGET_FAILURES))
            .await?;
        tx.delete_staged_before(Millis(now.0 - crate::roster::STAGED_LIFE))
            .await?;
        tx.delete_redecisions_before(Millis(now.0 - FORGET_JOBS))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Writes the numbers of this moment into every zone's slot of five minutes that has just ended.
    pub async fn write_slots(&self) -> Result<()> {
        let Some(_held) = self.store.try_hold(Job::Slots).await? else {
            return Ok(());
        };
        let zones = self.zones().await?;
        let ended = Millis(self.clock.now().0 - SLOT);
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        for (name, zone) in zones {
            let slot = i64::from(zone.minute_of(ended) / 5);
            tx.write_slots(&name, zone.day_of(ended), slot).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The last day that was begun in a zone.
async fn last_begun(tx: &mut Tx, zone: &str) -> Result<Option<Day>> {
    let opening = tx.opening(zone).await?.map(|opening| opening.day);
    // Closed is the day before the last opened one.
    let opened = tx.closed_day(zone).await?.map(Day::next);
    Ok(opening.max(opened))
}

/// Under which name it is kept how far a zone has been tended.
fn tended(zone: &str) -> String {
    format!("tended {zone}")
}

/// Whether the new day changes the row: somebody has a colour on it, or had one before.
fn is_concerned(opened: &Opened, code: Code) -> bool {
    code.is_flagged() || Code::from_number(opened.row.code).is_flagged()
}
