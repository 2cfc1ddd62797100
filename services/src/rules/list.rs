//! Looking at rulebooks: the list of a region, and one version with everything about it.

use super::file::origin_of;
use super::keeping::entry_of;
use super::view::{BookLine, BookView, May, ScheduleLimits, StepView};
use super::{Book, is_visible};
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{AccountId, RegionCode, RulebookNo};
use domain::rulebook::{Document, Status, Step, difference, findings_against, life};
use domain::{Millis, Text, Zone};
use std::collections::HashMap;
use store::{RulebookStepRow, Tx};

impl Services {
    /// All versions of the rulebooks of a region and those above it, the latest first. Drafts are listed for those
    /// who may draft where they belong.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not see the region.
    pub async fn rulebooks(&self, actor: &Actor, region: &RegionCode) -> Result<Vec<BookLine>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        let books = self.books(&mut tx).await?;
        let mut names = Names::default();
        let mut lines = Vec::new();
        for book in &books {
            if book.row.region_code.contains(region) && is_visible(actor, book) {
                lines.push(self.book_line(&mut tx, &mut names, &books, book).await?);
            }
        }
        lines.sort_by_key(|line| std::cmp::Reverse((line.changed_at, line.no)));
        Ok(lines)
    }

    /// One version with everything about it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not see it from this region.
    pub async fn rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<BookView> {
        let mut tx = self.store.read().await?;
        let book = self
            .book_for(&mut tx, actor, region, no, Action::SeeRegion)
            .await?;
        let books = self.books(&mut tx).await?;
        let base = books
            .iter()
            .find(|base| Some(base.row.rulebook_no) == book.row.base_no);
        let above = documents_above(&books, &book);
        let zone = self.zone_of_region(&mut tx, &book.row.region_code).await?;
        let steps = tx.rulebook_steps(no).await?;
        let not_second = self.not_second(&mut tx, actor, &book, &steps).await?;
        let mut names = Names::default();
        let proposal = open_proposal(&book, &steps, self.clock.now());
        let retirement = match proposal {
            None => Retirement::NotProposed,
            Some((by, _)) => match self.not_second_beside(&mut tx, actor, &[by]).await? {
                None => Retirement::IsSecond,
                Some(_) => Retirement::Waits,
            },
        };
        let proposal = match proposal {
            Some((_, row)) => Some(self.step_view(&mut tx, &mut names, row).await?),
            None => None,
        };
        let line = self.book_line(&mut tx, &mut names, &books, &book).await?;
        let mut history = Vec::with_capacity(steps.len());
        for row in &steps {
            history.push(self.step_view(&mut tx, &mut names, row).await?);
        }
        let origin = match &book.row.origin_key {
            Some(key) => Some(origin_of(&mut tx, self, key).await?),
            None => None,
        };
        Ok(BookView {
            changes: base.map_or_else(Vec::new, |base| {
                difference(&base.document, &book.document, &above)
            }),
            findings: findings_against(&book.document, base.map(|base| &base.document), &above),
            base: base.map(|base| (base.row.rulebook_no, base.document.clone())),
            schedule: limits(&books, &book.row.region_code, self.clock.now(), zone),
            may: may(actor, &book, not_second.is_none(), retirement),
            proposal,
            not_second,
            line,
            revision: book.row.revision,
            document: book.document,
            above,
            steps: history,
            origin,
        })
    }

    async fn book_line(
        &self,
        tx: &mut Tx,
        names: &mut Names,
        books: &[Book],
        book: &Book,
    ) -> Result<BookLine> {
        let row = &book.row;
        let base = books
            .iter()
            .find(|base| Some(base.row.rulebook_no) == row.base_no);
        Ok(BookLine {
            no: row.rulebook_no,
            id: row.rulebook_id.clone(),
            version: book.version,
            title: book.document.title.clone(),
            region: row.region_code.clone(),
            region_name: names.region(tx, &row.region_code).await?,
            status: book.status,
            author: names.account(self, tx, row.author).await?,
            changed_at: row.changed_at,
            from: row.from_day,
            to: row.to_day,
            changes: base.map(|base| difference(&base.document, &book.document, &[]).len()),
            rules: book.document.rules.len(),
            lapses_at: row
                .emergency_at
                .filter(|_| book.status == Status::Emergency)
                .map(life::lapses_at),
            applies_to_open: row.applies_to_open,
        })
    }

    async fn step_view(
        &self,
        tx: &mut Tx,
        names: &mut Names,
        row: &RulebookStepRow,
    ) -> Result<StepView> {
        let failed = || {
            Error::internal(format!(
                "step {} of rulebook {} cannot be read",
                row.step_id, row.rulebook_no
            ))
        };
        let note = match &row.note_enc {
            None => None,
            Some(sealed) => {
                let cell = Cell::new("rulebook_step", "note_enc", row.step_id);
                let plain = self
                    .vault
                    .general()
                    .open(cell, sealed)
                    .map_err(|_| failed())?;
                Some(String::from_utf8(plain).map_err(|_| failed())?)
            }
        };
        Ok(StepView {
            step: row.step.parse().map_err(|_| failed())?,
            by: names.account(self, tx, row.account_id).await?,
            at: row.at,
            revision: row.revision,
            note,
        })
    }

    /// Why the actor cannot be the next person beside those who wrote or activated this version.
    pub(super) async fn not_second(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        book: &Book,
        steps: &[RulebookStepRow],
    ) -> Result<Option<Refusal>> {
        let others = hands(book, steps);
        self.not_second_beside(tx, actor, &others).await
    }

    /// Why the actor is not a second pair of eyes beside these people.
    pub(super) async fn not_second_beside(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        others: &[AccountId],
    ) -> Result<Option<Refusal>> {
        let Some(second) = actor.id() else {
            // A job or a command is nobody's eyes.
            return Ok(Some(Refusal::FourEyesSame));
        };
        let now = self.clock.now();
        let since = Millis(now.0 - life::TIES_DAYS * 86_400_000);
        let mut touches = Vec::new();
        for other in others.iter().filter(|other| **other != second) {
            let found = tx.touches_between(*other, second, since).await?;
            touches.extend(
                found
                    .into_iter()
                    .map(|(by, on, at)| life::Touch { by, on, at }),
            );
        }
        Ok(match life::four_eyes(others, second, &touches, now) {
            Ok(()) => None,
            Err(life::FourEyesFault::Same) => Some(Refusal::FourEyesSame),
            Err(life::FourEyesFault::Tied) => Some(Refusal::FourEyesTied),
        })
    }
}

/// Everybody who has a hand in this version already: whoever wrote it, and in an emergency whoever activated it.
fn hands(book: &Book, steps: &[RulebookStepRow]) -> Vec<AccountId> {
    let counts = |step: Step| {
        step.is_writing()
            || (book.status == Status::Emergency && matches!(step, Step::Approve | Step::Urgent))
    };
    let mut hands: Vec<AccountId> = steps
        .iter()
        .filter(|row| row.step.parse().is_ok_and(counts))
        .filter_map(|row| row.account_id)
        .chain(book.row.author)
        .collect();
    hands.sort_unstable();
    hands.dedup();
    hands
}

/// The proposal to take a version out of force that waits for a second person, and who made it.
pub(super) fn open_proposal<'a>(
    book: &Book,
    steps: &'a [RulebookStepRow],
    now: Millis,
) -> Option<(AccountId, &'a RulebookStepRow)> {
    let last = steps.last().filter(|_| book.status == Status::Active)?;
    let is_fresh = now.0 - last.at.0 < i64::from(life::PROPOSAL_DAYS) * 86_400_000;
    (last.step == Step::Propose.word() && is_fresh).then_some((last.account_id?, last))
}

fn may(actor: &Actor, book: &Book, is_second: bool, retirement: Retirement) -> May {
    let place = book.place();
    let (drafts, activates) = (
        actor.may(Action::DraftRules, &place),
        actor.may(Action::ActivateRules, &place),
    );
    let can = |step: Step| book.status.after(step).is_some();
    May {
        edit: drafts && can(Step::Save),
        copy: drafts,
        replay: drafts && !book.status.has_days(),
        submit: drafts && can(Step::Submit),
        return_to_author: (drafts && book.status == Status::Submitted || activates)
            && can(Step::Return),
        approve: activates && is_second && can(Step::Approve),
        schedule: activates && can(Step::Schedule),
        cancel: activates && can(Step::Cancel),
        activate_at_once: activates && is_second && can(Step::Urgent),
        ratify: activates && is_second && can(Step::Ratify),
        propose: activates && can(Step::Propose) && retirement == Retirement::NotProposed,
        retire: activates
            && can(Step::Retire)
            && (book.status == Status::Emergency || retirement == Retirement::IsSecond),
    }
}

/// How the actor stands to a proposal to take a version out of force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Retirement {
    /// There is none.
    NotProposed,
    /// There is one, and the actor is not the second person beside whoever made it.
    Waits,
    /// The actor may agree.
    IsSecond,
}

/// What is in force above a version.
pub(super) fn documents_above(books: &[Book], book: &Book) -> Vec<Document> {
    let is_above = |other: &&Book| {
        other.status.is_in_force()
            && other.row.region_code != book.row.region_code
            && other.row.region_code.contains(&book.row.region_code)
    };
    books
        .iter()
        .filter(is_above)
        .map(|other| other.document.clone())
        .collect()
}

/// The notice that the rulebooks in force for a region ask for: the longest of them, and the default where none says.
pub(super) fn limits(
    books: &[Book],
    region: &RegionCode,
    now: Millis,
    zone: Zone,
) -> ScheduleLimits {
    let today = zone.day_of(now);
    let judges = |book: &&Book| {
        book.row.region_code.contains(region)
            && entry_of(book)
                .is_some_and(|entry| entry.from <= today && entry.to.is_none_or(|to| today <= to))
    };
    let asked = books
        .iter()
        .filter(judges)
        .flat_map(|book| &book.document.parameters)
        .filter_map(|parameter| match parameter.value {
            domain::rulebook::ParameterValue::Number(hours)
                if parameter.name == life::NOTICE_PARAMETER =>
            {
                Some(hours)
            }
            _ => None,
        });
    let notice_hours = asked.max().unwrap_or(life::NOTICE_HOURS).clamp(0, 24 * 366);
    ScheduleLimits {
        notice_hours,
        earliest: life::earliest_day(now, zone, notice_hours).max(today.plus(1)),
    }
}

/// Names that were looked up already.
#[derive(Default)]
struct Names {
    regions: HashMap<RegionCode, Text>,
    accounts: HashMap<AccountId, Option<String>>,
}

impl Names {
    async fn region(&mut self, tx: &mut Tx, code: &RegionCode) -> Result<Text> {
        if let Some(name) = self.regions.get(code) {
            return Ok(name.clone());
        }
        let row = tx.region(code).await?;
        let name = row.map_or_else(
            || Text::new(code.as_str(), code.as_str()),
            |row| row.names(),
        );
        self.regions.insert(code.clone(), name.clone());
        Ok(name)
    }

    async fn account(
        &mut self,
        services: &Services,
        tx: &mut Tx,
        id: Option<AccountId>,
    ) -> Result<Option<String>> {
        let Some(known) = id.and_then(|id| self.accounts.get(&id)) else {
            let name = services.holder_name(tx, id).await?;
            if let Some(id) = id {
                self.accounts.insert(id, name.clone());
            }
            return Ok(name);
        };
        Ok(known.clone())
    }
}
