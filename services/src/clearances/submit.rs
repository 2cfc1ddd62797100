//! Submitting a clearance: which isolations it could end, and the form's rules.

use super::detail::{ClearanceDetail, ClearanceKind};
use super::view::ClearanceView;
use crate::audit::{Entry, person as person_subject};
use crate::family::is_hidden;
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Role};
use domain::decision::{ClearanceMode, Decision, decide};
use domain::ids::{ClassId, PersonId};
use domain::{Code, Day, Text};
use store::{ClearanceRow, Tx};

/// Longest issuer and note in characters.
pub const ISSUER_MAX: usize = 60;
/// Longest note in characters.
pub const NOTE_MAX: usize = 200;

/// A running isolation that a clearance may or must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearable {
    /// The reason's code.
    pub reason: String,
    /// What it is called.
    pub label: Text,
    /// Its colour.
    pub code: Code,
    /// The day from which it counts; a clearance is not older.
    pub start: Day,
    /// Its last day without a clearance, where there is one.
    pub ends: Option<Day>,
    /// Whether it lasts until a clearance is accepted.
    pub is_needed: bool,
    /// Whether one waits to be settled.
    pub is_waiting: bool,
}

/// What the form and the list below it show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearancePage {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The class.
    pub class: ClassId,
    /// Whom families may ask.
    pub contact: String,
    /// The present day at the school.
    pub today: Day,
    /// What could be ended.
    pub clearable: Vec<Clearable>,
    /// What was submitted, the latest first.
    pub submitted: Vec<ClearanceView>,
}

/// What cannot be about a clearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClearanceFault {
    /// None of the isolations that can be ended.
    Reason,
    /// One for it waits already.
    Waiting,
    /// Not a kind.
    Kind,
    /// No date.
    DateMissing,
    /// After today.
    DateInFuture,
    /// Before the isolation began.
    DateBeforeStart,
    /// Empty or too long.
    Issuer,
    /// Too long, or missing where the kind says nothing.
    Note,
}

/// A clearance as a form has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewClearance {
    /// The reason's code.
    pub reason: String,
    /// What kind of paper it is.
    pub kind: Option<ClearanceKind>,
    /// Its date.
    pub date: Option<Day>,
    /// Who issued it.
    pub issuer: String,
    /// What else is to be said.
    pub note: String,
}

impl NewClearance {
    fn faults(&self, clearable: &[Clearable], today: Day) -> Vec<ClearanceFault> {
        let mut faults = Vec::new();
        let target = clearable.iter().find(|c| c.reason == self.reason);
        match target {
            None => faults.push(ClearanceFault::Reason),
            Some(target) if target.is_waiting => faults.push(ClearanceFault::Waiting),
            Some(_) => {}
        }
        if self.kind.is_none() {
            faults.push(ClearanceFault::Kind);
        }
        match (self.date, target) {
            (None, _) => faults.push(ClearanceFault::DateMissing),
            (Some(date), _) if date > today => faults.push(ClearanceFault::DateInFuture),
            (Some(date), Some(target)) if date < target.start => {
                faults.push(ClearanceFault::DateBeforeStart);
            }
            _ => {}
        }
        let issuer = self.issuer.trim().chars().count();
        if !(2..=ISSUER_MAX).contains(&issuer) {
            faults.push(ClearanceFault::Issuer);
        }
        let note = self.note.trim().chars().count();
        if note > NOTE_MAX || (self.kind == Some(ClearanceKind::Other) && note < 4) {
            faults.push(ClearanceFault::Note);
        }
        faults
    }
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// It waits to be settled.
    Waits(i64),
    /// These fields are to be mended.
    Wrong(Vec<ClearanceFault>),
}

impl Services {
    /// The running isolations of a person that a clearance can end, and what was submitted so far.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the child's guardians and teachers.
    pub async fn clearance_page(&self, actor: &Actor, person: PersonId) -> Result<ClearancePage> {
        let mut tx = self.store.read().await?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::SubmitClearance, &place)?;
        let page = self.clearance_page_in(&mut tx, actor, person).await?;
        drop(tx);
        if actor.scopes_of(Role::Guardian).all(|s| !place.is_within(s)) {
            self.audit_read(actor, &place, row.person_id, "person.read")
                .await?;
        }
        Ok(page)
    }

    async fn clearance_page_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
    ) -> Result<ClearancePage> {
        let (place, row) = self.place_of_person(tx, person).await?;
        let info = self.school_info(tx, row.school_id).await?;
        let is_guardian = actor
            .scopes_of(Role::Guardian)
            .any(|scope| place.is_within(scope));
        let since = if is_guardian {
            let action = Action::SubmitClearance;
            self.load_child(tx, actor, person, action).await?.link.since
        } else {
            Day(i32::MIN)
        };
        let today = self.today_at(&info);
        let opened = self.opened_state(tx, person).await?;
        let decision = decide(&opened.kept.state, &info.context(), today, today);
        let rows = tx.clearances_of(&[person]).await?;
        let mut submitted = self.clearance_views(tx, actor, rows).await?;
        submitted.reverse();
        let waiting: Vec<&str> = submitted
            .iter()
            .filter(|view| view.is_waiting())
            .map(|view| view.detail.reason.as_str())
            .collect();
        let clearable = clearable(&decision, since, &waiting);
        let class = row.class_id;
        Ok(ClearancePage {
            person,
            name: self.open_person(row)?.profile.name,
            class,
            contact: info.row.contact.clone(),
            today,
            clearable,
            submitted,
        })
    }

    /// Submits a clearance for a child.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the child's guardians and teachers.
    pub async fn submit_clearance(
        &self,
        actor: &Actor,
        person: PersonId,
        new: &NewClearance,
    ) -> Result<Submitted> {
        let account = actor.id().ok_or(Error::NotSignedIn)?;
        let mut tx = self.store.write().await?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::SubmitClearance, &place)?;
        let page = self.clearance_page_in(&mut tx, actor, person).await?;
        let faults = new.faults(&page.clearable, page.today);
        let (true, Some(kind), Some(date)) = (faults.is_empty(), new.kind, new.date) else {
            return Ok(Submitted::Wrong(faults));
        };
        let target = page
            .clearable
            .iter()
            .find(|c| c.reason == new.reason)
            .ok_or(Error::Refused(Refusal::FieldInvalid))?;
        let detail = ClearanceDetail {
            reason: new.reason.clone(),
            kind,
            date,
            issuer: new.issuer.trim().to_owned(),
            note: new.note.trim().to_owned(),
        };
        let opened = self.opened_state(&mut tx, person).await?;
        let id = self.next_id();
        let cell = Cell::new("clearance", "detail_enc", id);
        let plain = crate::blob::write(&detail)?;
        tx.insert_clearance(&ClearanceRow {
            clearance_id: id,
            person_id: person,
            school_id: row.school_id,
            class_id: row.class_id,
            code: target.code.number(),
            detail_enc: opened.key.seal(&*self.entropy, cell, &plain),
            submitted_by: account,
            submitted_at: self.clock.now(),
            status: "waiting".into(),
            settled_by: None,
            settled_at: None,
            answer_enc: None,
        })
        .await?;
        let entry = Entry {
            actor,
            place: &place,
            action: "clearance.submit",
            subject: person_subject(person),
            detail: None,
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(Submitted::Waits(id))
    }
}

/// The reasons that a clearance can end; those from before the reader's first day are not shown to them.
fn clearable(decision: &Decision, since: Day, waiting: &[&str]) -> Vec<Clearable> {
    let mut out: Vec<Clearable> = Vec::new();
    for reason in &decision.reasons {
        let Some(start) = reason.start else { continue };
        let can_end = reason.clearance != ClearanceMode::None && !is_hidden(reason, since);
        if !can_end || out.iter().any(|known| known.reason == reason.code) {
            continue;
        }
        out.push(Clearable {
            reason: reason.code.clone(),
            label: reason.label.clone(),
            code: reason.colour.into(),
            start,
            ends: reason.ends,
            is_needed: reason.clearance == ClearanceMode::Must,
            is_waiting: waiting.contains(&reason.code.as_str()),
        });
    }
    out
}
