//! Into force and out of it: at the start of the chosen day, at once in an emergency, until something takes its place.

use super::keeping::entry_of;
use super::list::open_proposal;
use super::{Book, note_of};
use crate::redecide::{Redecision, Whom};
use crate::{Actor, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::stack::{Entry, stack};
use domain::rulebook::{Status, Step, life};
use domain::{Day, Zone};
use store::Tx;

impl Services {
    /// Puts a version that was handed in or approved into force at once, with author and one approver. It lapses
    /// after 24 hours unless a third person ratifies it.
    ///
    /// # Errors
    /// [`Refusal::FourEyesSame`], [`Refusal::FourEyesTied`], [`Refusal::RulebookFaulty`], and [`Refusal::NoteNeeded`]
    /// without a reason of 4 to 200 characters.
    pub async fn activate_emergency(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        applies_to_open: bool,
        why: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        self.require_second(&mut tx, actor, &book).await?;
        book.step(Step::Urgent)?;
        let why = note_of(why)?;
        self.require_compiling(&mut tx, &book).await?;
        let now = self.clock.now();
        if book.row.signature.is_none() {
            self.sign_book(&mut book)?;
        }
        // In the zone where it is still yesterday too.
        book.row.from_day = Some(self.todays(&mut tx, &book.row.region_code).await?.0);
        book.row.applies_to_open = applies_to_open;
        book.row.emergency_at = Some(now);
        self.put_book(&mut tx, actor, &mut book, Step::Urgent, Some(why))
            .await?;
        self.plan_for(&mut tx, &book).await?;
        tx.commit().await?;
        self.start_redecisions();
        Ok(())
    }

    /// Confirms an emergency as the third person: it stays in force, and the version before it is retired.
    ///
    /// # Errors
    /// [`Refusal::FourEyesSame`] and [`Refusal::FourEyesTied`]; [`Refusal::RulebookState`] where it has lapsed.
    pub async fn ratify_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        self.require_second(&mut tx, actor, &book).await?;
        if book
            .row
            .emergency_at
            .is_none_or(|at| life::lapses_at(at) <= self.clock.now())
        {
            return Err(Refusal::RulebookState.into());
        }
        book.step(Step::Ratify)?;
        self.retire_earlier(&mut tx, actor, &book).await?;
        self.put_book(&mut tx, actor, &mut book, Step::Ratify, None)
            .await?;
        tx.commit().await?;
        self.forget_schools();
        Ok(())
    }

    /// Proposes to take a version out of force without a successor, with a reason. A second person has to agree within
    /// [`life::PROPOSAL_DAYS`].
    ///
    /// # Errors
    /// [`Refusal::RulebookState`] where it is not in force for good, or was proposed already;
    /// [`Refusal::LastRulebook`] and [`Refusal::NoteNeeded`] as in [`Self::retire_rulebook`].
    pub async fn propose_retirement(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        why: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        let steps = tx.rulebook_steps(no).await?;
        if open_proposal(&book, &steps, self.clock.now()).is_some() {
            return Err(Refusal::RulebookState.into());
        }
        book.step(Step::Propose)?;
        let why = note_of(why)?;
        self.require_others(&mut tx, &book).await?;
        self.put_book(&mut tx, actor, &mut book, Step::Propose, Some(why))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Takes a version out of force: today is its last day. Isolations that it began run on. One that is in force for
    /// good needs a second person beside whoever proposed it; an emergency, which two people began, any one can end.
    ///
    /// # Errors
    /// [`Refusal::LastRulebook`] where nothing would judge the region then; [`Refusal::NoteNeeded`] without a reason;
    /// [`Refusal::RetirementNotProposed`], [`Refusal::FourEyesSame`] and [`Refusal::FourEyesTied`].
    pub async fn retire_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        why: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        if book.status == Status::Active {
            let steps = tx.rulebook_steps(no).await?;
            let (by, _) = open_proposal(&book, &steps, self.clock.now())
                .ok_or(Refusal::RetirementNotProposed)?;
            if let Some(refusal) = self.not_second_beside(&mut tx, actor, &[by]).await? {
                return Err(refusal.into());
            }
        }
        book.step(Step::Retire)?;
        let why = note_of(why)?;
        book.row.to_day = Some(self.require_others(&mut tx, &book).await?);
        self.put_book(&mut tx, actor, &mut book, Step::Retire, Some(why))
            .await?;
        tx.commit().await?;
        self.forget_schools();
        Ok(())
    }

    /// Today, which would be the last day of a version.
    ///
    /// # Errors
    /// [`Refusal::LastRulebook`] where nothing would judge its region from tomorrow on.
    async fn require_others(&self, tx: &mut Tx, book: &Book) -> Result<Day> {
        let zone = self.zone_of_region(tx, &book.row.region_code).await?;
        let today = zone.day_of(self.clock.now());
        let mut books = self.books(tx).await?;
        books.retain(|other| other.row.rulebook_no != book.row.rulebook_no);
        books.push(Book {
            row: store::RulebookRow {
                to_day: Some(today),
                ..book.row.clone()
            },
            ..book.clone()
        });
        let entries: Vec<Entry> = books.iter().filter_map(entry_of).collect();
        let left = stack(&entries, &book.row.region_code)
            .map_err(|e| crate::Error::internal(e.to_string()))?;
        if left.iter().any(|book| book.in_force(today.next())) {
            Ok(today)
        } else {
            Err(Refusal::LastRulebook.into())
        }
    }

    /// Lets chosen days come and emergencies lapse, and voids approvals that a later version has overtaken. Which rules
    /// judge a day is in the rows already, so that a late job changes nobody's colour; running it twice changes nothing.
    pub(crate) async fn tend_rulebooks(&self) -> Result<()> {
        // One that begins may overtake others.
        while self.tend_once().await? {}
        Ok(())
    }

    /// Whether anything was due.
    async fn tend_once(&self) -> Result<bool> {
        let mut tx = self.store.read().await?;
        let mut due = Vec::new();
        let books = self.books(&mut tx).await?;
        for book in &books {
            if self.step_due(&mut tx, &books, book).await?.is_some() {
                due.push(book.row.rulebook_no);
            }
        }
        drop(tx);
        let is_any_due = !due.is_empty();
        for no in due {
            let mut tx = self.store.write().await?;
            let Some(row) = tx.rulebook(no).await? else {
                continue;
            };
            let mut book = Book::open(row)?;
            let books = self.books(&mut tx).await?;
            let Some(step) = self.step_due(&mut tx, &books, &book).await? else {
                continue;
            };
            self.verify_book(&book)?;
            book.step(step)?;
            if step == Step::Overtake {
                book.row.signature = None;
                self.put_book(&mut tx, &Actor::job(), &mut book, step, None)
                    .await?;
                tx.commit().await?;
                continue;
            }
            if step == Step::Lapse {
                let zone = self.zone_of_region(&mut tx, &book.row.region_code).await?;
                book.row.to_day = book
                    .row
                    .emergency_at
                    .map(|at| life::last_day_of_lapsed(at, zone));
            } else {
                self.retire_earlier(&mut tx, &Actor::job(), &book).await?;
            }
            self.put_book(&mut tx, &Actor::job(), &mut book, step, None)
                .await?;
            self.plan_for(&mut tx, &book).await?;
            tx.commit().await?;
            tracing::info!(
                rulebook = book.name(),
                step = step.word(),
                "a rulebook moved on"
            );
            self.start_redecisions();
        }
        Ok(is_any_due)
    }

    /// What is to happen to a version by time alone.
    async fn step_due(&self, tx: &mut Tx, books: &[Book], book: &Book) -> Result<Option<Step>> {
        let now = self.clock.now();
        Ok(
            match (book.status, book.row.from_day, book.row.emergency_at) {
                (Status::Scheduled, Some(from), _) => {
                    // Where the day begins first.
                    let (_, today) = self.todays(tx, &book.row.region_code).await?;
                    (from <= today).then_some(Step::Begin)
                }
                (Status::Emergency, _, Some(at)) => {
                    (life::lapses_at(at) <= now).then_some(Step::Lapse)
                }
                (Status::Submitted | Status::Approved, ..) => {
                    is_overtaken(books, book).then_some(Step::Overtake)
                }
                _ => None,
            },
        )
    }

    /// The earliest and the latest of the days that it is now in the zones of a region.
    async fn todays(&self, tx: &mut Tx, region: &RegionCode) -> Result<(Day, Day)> {
        let now = self.clock.now();
        let names = tx.zones_within(region).await?;
        let zones = names.iter().filter_map(|name| name.parse::<Zone>().ok());
        let days: Vec<Day> = zones.map(|zone| zone.day_of(now)).collect();
        let default = Zone::SHANGHAI.day_of(now);
        Ok((
            days.iter().copied().min().unwrap_or(default),
            days.iter().copied().max().unwrap_or(default),
        ))
    }

    /// Retires the versions of the same rulebook that a version takes the place of, the day before its first.
    async fn retire_earlier(&self, tx: &mut Tx, actor: &Actor, book: &Book) -> Result<()> {
        let Some(from) = book.row.from_day else {
            return Ok(());
        };
        for mut earlier in self.books(tx).await? {
            let is_replaced = earlier.row.rulebook_id == book.row.rulebook_id
                && earlier.row.rulebook_no != book.row.rulebook_no
                && earlier.status.is_in_force()
                && earlier.row.from_day.is_some_and(|first| first <= from);
            if is_replaced {
                earlier.step(Step::Retire)?;
                let last = from.plus(-1);
                earlier.row.to_day = Some(earlier.row.to_day.map_or(last, |to| to.min(last)));
                self.put_book(tx, actor, &mut earlier, Step::Retire, None)
                    .await?;
            }
        }
        Ok(())
    }

    async fn plan_for(&self, tx: &mut Tx, book: &Book) -> Result<()> {
        let plan = Redecision {
            whom: Whom::Region(book.row.region_code.clone()),
            region: book.row.region_code.clone(),
            cause: "rulebook".into(),
            subject: book.name(),
        };
        self.plan_redecision(tx, &plan).await?;
        Ok(())
    }
}

/// Whether a later version of the same rulebook is in force for good, or was: what this one was judged beside, in
/// replay and approval, is no more.
fn is_overtaken(books: &[Book], book: &Book) -> bool {
    books.iter().any(|other| {
        other.row.rulebook_id == book.row.rulebook_id
            && other.version > book.version
            && matches!(other.status, Status::Active | Status::Retired)
    })
}
