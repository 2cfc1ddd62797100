//! Rulebooks: drafted, replayed, approved by a second person, signed, scheduled, in force, retired.
//!
//! Nothing here touches a rulebook in force but an activation, which is one transaction: interrupted, it leaves the
//! old one in force. Whom it concerns is then decided about anew in the background.

mod activation;
mod approval;
mod draft;
mod file;
mod keeping;
mod list;
mod public;
mod replay;
mod view;

pub use file::{Imported, RulebookFile, RulebookFileError, read_rulebook_file};
pub use public::{PublicBook, PublicLine, PublicRules};
pub use replay::{
    Flow, REPLAY_DAYS, ReplayExample, ReplayResult, ReplayView, RuleShare, SchoolShare,
};
pub use view::{BookLine, BookView, May, Origin, Saved, ScheduleLimits, StepView};

pub(crate) use replay::Replays;

use crate::actor::Actor;
use crate::audit::Entry;
use crate::vault::Cell;
use crate::{Error, Refusal, Result, Services};
use domain::Zone;
use domain::access::{Action, Place};
use domain::ids::{AccountId, RegionCode, RulebookNo};
use domain::rulebook::{Document, Status, Step, Version};
use store::{RulebookRow, RulebookStepRow, Tx};

/// A row with what its words mean.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub row: RulebookRow,
    pub status: Status,
    pub version: Version,
    pub document: Document,
}

impl Book {
    fn open(row: RulebookRow) -> Result<Self> {
        let failed =
            |e: String| Error::internal(format!("stored rulebook {}: {e}", row.rulebook_no));
        let mut document: Document =
            serde_json::from_str(&row.body).map_err(|e| failed(e.to_string()))?;
        if let Some(from) = row.from_day {
            document.effective_from = from;
        }
        document.retired = row.to_day.map(domain::Day::next);
        Ok(Self {
            status: row
                .status
                .parse()
                .map_err(|_| failed("unknown status".into()))?,
            version: row
                .version
                .parse()
                .map_err(|_| failed("unknown version".into()))?,
            document,
            row,
        })
    }

    fn place(&self) -> Place {
        Place::region(self.row.region_code.clone())
    }

    /// As audit and jobs name it: `cn-base 1.1.0`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.row.rulebook_id, self.row.version)
    }

    /// Moves on by a step of its life.
    fn step(&mut self, step: Step) -> Result<()> {
        let next = self.status.after(step).ok_or(Refusal::RulebookState)?;
        self.status = next;
        next.word().clone_into(&mut self.row.status);
        Ok(())
    }
}

/// A reason that people give: its shortest and longest, in characters.
const NOTE: std::ops::RangeInclusive<usize> = 4..=200;

fn note_of(text: &str) -> Result<&str> {
    let text = text.trim();
    if NOTE.contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(Refusal::NoteNeeded.into())
    }
}

impl Services {
    /// A version that the actor sees from `region`, where they may do `action` with it.
    async fn book_for(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        action: Action,
    ) -> Result<Book> {
        let here = self.place_of_region(tx, region).await?;
        actor.require(Action::SeeRegion, &here)?;
        let row = tx.rulebook(no).await?.ok_or(Error::Forbidden)?;
        let book = Book::open(row)?;
        if !book.row.region_code.contains(region) || !is_visible(actor, &book) {
            return Err(Error::Forbidden);
        }
        if action != Action::SeeRegion {
            actor.require(action, &book.place())?;
        }
        Ok(book)
    }

    /// All versions, opened.
    async fn books(&self, tx: &mut Tx) -> Result<Vec<Book>> {
        tx.rulebooks().await?.into_iter().map(Book::open).collect()
    }

    /// Writes a changed version down with the step that changed it, sealed and audited.
    async fn put_book(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        book: &mut Book,
        step: Step,
        note: Option<&str>,
    ) -> Result<()> {
        let now = self.clock.now();
        book.row.changed_at = now;
        self.seal_book(book)?;
        match tx.put_rulebook(&book.row).await {
            Err(store::StoreError::Conflict) => return Err(Refusal::RulebookVersionTaken.into()),
            done => done?,
        }
        let step_id = self.next_id();
        let cell = Cell::new("rulebook_step", "note_enc", step_id);
        tx.insert_rulebook_step(&RulebookStepRow {
            step_id,
            rulebook_no: book.row.rulebook_no,
            step: step.word().into(),
            revision: book.row.revision,
            account_id: actor.id(),
            at: now,
            note_enc: note.map(|note| {
                self.vault
                    .general()
                    .seal(&*self.entropy, cell, note.as_bytes())
            }),
        })
        .await?;
        self.audit_book(tx, actor, book, step.word(), note).await
    }

    async fn audit_book(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        book: &Book,
        word: &str,
        note: Option<&str>,
    ) -> Result<()> {
        let entry = Entry {
            actor,
            place: &book.place(),
            action: &format!("rulebook.{word}"),
            subject: format!("rulebook:{}", book.row.rulebook_no),
            detail: Some((
                &format!("{} {}", book.name(), note.unwrap_or_default()),
                None,
            )),
        };
        self.audit(tx, entry).await
    }

    /// The zone in which a region's days begin: that of most of its schools.
    pub(crate) async fn zone_of_region(&self, tx: &mut Tx, region: &RegionCode) -> Result<Zone> {
        let names = tx.zones_within(region).await?;
        Ok(names
            .first()
            .and_then(|name| name.parse().ok())
            .unwrap_or(Zone::SHANGHAI))
    }

    /// What others call the holder of an account.
    pub(crate) async fn holder_name(
        &self,
        tx: &mut Tx,
        id: Option<AccountId>,
    ) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        match tx.account(id).await? {
            Some(row) => Ok(Some(self.account_profile(&row)?.name)),
            None => Ok(None),
        }
    }
}

/// Whoever may not draft sees what is or was in force, or will be.
fn is_visible(actor: &Actor, book: &Book) -> bool {
    book.status.has_days() || actor.may(Action::DraftRules, &book.place())
}
