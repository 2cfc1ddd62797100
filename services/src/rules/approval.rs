//! From a draft to a scheduled version: handed in, approved by a second person, given a day.

use super::draft::{checked, require_sound};
use super::keeping::entry_of;
use super::list::limits;
use super::{Book, note_of};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::Day;
use domain::access::Action;
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::Step;
use domain::rulebook::stack::{Entry, stack};
use store::Tx;

/// The latest first day, counted from today.
const AHEAD: i32 = 366;

impl Services {
    /// Hands a draft in for approval.
    ///
    /// # Errors
    /// [`Refusal::RulebookFaulty`] where a finding stands in the way, [`Refusal::ReplayNeeded`] where this revision was
    /// not replayed, [`Refusal::DraftStale`] where it is not the revision that the reader saw.
    pub async fn submit_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        revision: i64,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        book.step(Step::Submit)?;
        self.require_ready(&mut tx, &book, revision).await?;
        self.put_book(&mut tx, actor, &mut book, Step::Submit, None)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Approves what was handed in, as the second person; the text is signed from now on and never changes.
    ///
    /// # Errors
    /// [`Refusal::FourEyesSame`] and [`Refusal::FourEyesTied`], besides those of [`Self::submit_rulebook`].
    pub async fn approve_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        revision: i64,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        book.step(Step::Approve)?;
        self.require_second(&mut tx, actor, &book).await?;
        self.require_ready(&mut tx, &book, revision).await?;
        self.sign_book(&mut book)?;
        self.put_book(&mut tx, actor, &mut book, Step::Approve, None)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Sends a version back to be worked on, with a reason; an approval is void then.
    ///
    /// # Errors
    /// [`Refusal::NoteNeeded`] without a reason of 4 to 200 characters.
    pub async fn return_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        why: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        if book.row.signature.is_some() {
            actor.require(Action::ActivateRules, &book.place())?;
        }
        book.step(Step::Return)?;
        let why = note_of(why)?;
        book.row.signature = None;
        self.put_book(&mut tx, actor, &mut book, Step::Return, Some(why))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Chooses the first day of an approved version, and whether it applies to isolations that are open then. It comes
    /// into force at the start of that day.
    ///
    /// # Errors
    /// [`Refusal::NoticeTooShort`] for a day before the notice period is over, [`Refusal::FieldInvalid`] for one more
    /// than a year away.
    pub async fn schedule_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        day: Day,
        applies_to_open: bool,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        book.step(Step::Schedule)?;
        let books = self.books(&mut tx).await?;
        let zone = self.zone_of_region(&mut tx, &book.row.region_code).await?;
        if day < limits(&books, &book.row.region_code, self.clock.now(), zone).earliest {
            return Err(Refusal::NoticeTooShort.into());
        }
        if day > zone.day_of(self.clock.now()).plus(AHEAD) {
            return Err(Refusal::FieldInvalid.into());
        }
        // What is in force above may have moved since the approval.
        require_sound(&checked(&books, &book, book.document.clone()).1)?;
        book.row.from_day = Some(day);
        book.row.applies_to_open = applies_to_open;
        let note = day.to_string();
        self.put_book(&mut tx, actor, &mut book, Step::Schedule, Some(&note))
            .await?;
        tx.commit().await?;
        self.forget_schools();
        Ok(())
    }

    /// Takes the chosen day back before it has come.
    ///
    /// # Errors
    /// [`Refusal::RulebookState`] where it is in force already.
    pub async fn cancel_schedule(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::ActivateRules)
            .await?;
        book.step(Step::Cancel)?;
        let zone = self.zone_of_region(&mut tx, &book.row.region_code).await?;
        if book
            .row
            .from_day
            .is_none_or(|day| day <= zone.day_of(self.clock.now()))
        {
            // Its day has come, and only the job is late.
            return Err(Refusal::RulebookState.into());
        }
        (book.row.from_day, book.row.applies_to_open) = (None, false);
        self.put_book(&mut tx, actor, &mut book, Step::Cancel, None)
            .await?;
        tx.commit().await?;
        self.forget_schools();
        Ok(())
    }

    /// # Errors
    /// Why the actor is not one more person beside those who have a hand in this version.
    pub(super) async fn require_second(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        book: &Book,
    ) -> Result<()> {
        let steps = tx.rulebook_steps(book.row.rulebook_no).await?;
        // As it stands in the table: the step in hand must not count.
        let stored = tx
            .rulebook(book.row.rulebook_no)
            .await?
            .ok_or(Error::Forbidden)?;
        match self
            .not_second(tx, actor, &Book::open(stored)?, &steps)
            .await?
        {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }

    async fn require_ready(&self, tx: &mut Tx, book: &Book, revision: i64) -> Result<()> {
        if book.row.revision != revision {
            return Err(Refusal::DraftStale.into());
        }
        self.require_compiling(tx, book).await?;
        let replay = tx.rulebook_replay(book.row.rulebook_no).await?;
        if replay.is_none_or(|replay| replay.revision != revision) {
            return Err(Refusal::ReplayNeeded.into());
        }
        Ok(())
    }

    /// # Errors
    /// [`Refusal::RulebookFaulty`] where the version has faults, or does not work together with those in force.
    pub(super) async fn require_compiling(&self, tx: &mut Tx, book: &Book) -> Result<()> {
        let books = self.books(tx).await?;
        let (_, findings) = checked(&books, book, book.document.clone());
        require_sound(&findings)?;
        let mut entries: Vec<Entry> = books.iter().filter_map(entry_of).collect();
        entries.push(Entry {
            document: book.document.clone(),
            from: Day(i32::MAX - 1),
            to: None,
            applies_to_open: false,
            is_lapsed: false,
        });
        stack(&entries, &book.row.region_code).map_err(|_| Refusal::RulebookFaulty)?;
        Ok(())
    }
}
