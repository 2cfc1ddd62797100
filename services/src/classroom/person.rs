//! One pupil with everything their teacher may know: decision, grounds, reports, guardians.

use super::answers::ReportView;
use super::class::{Contact, contacts, day_of_isolation, strip};
use super::frame::ClassFrame;
use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::family::{Relation, stands_refused};
use crate::people::OpenPerson;
use crate::recolour::Ledger;
use crate::{Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::decision::{Decision, Outlook, Trace, decide, explain, outlook};
use domain::ids::{ClassId, PersonId};
use domain::report::Channel;
use domain::rulebook::Document;
use domain::{Code, Day, Millis, Text};
use store::{DecisionRow, Tx};

/// Days of reports shown.
const REPORT_DAYS: i32 = 14;
/// Earlier decisions shown.
const DECISIONS: i64 = 10;
/// The reason code of too many gaps, as the shipped rulebook names it.
const GAPS: &str = "gaps";

/// What the family said about online reporting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentSummary {
    /// Nobody has answered.
    Open,
    /// At least one guardian agrees and nobody refuses.
    Given,
    /// A refusal stands: paper only.
    Refused,
}

/// One day with its report's revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayView {
    /// The day.
    pub day: Day,
    /// Its code, as known now; `None` where nothing was due.
    pub code: Option<Code>,
    /// The revisions, the latest first.
    pub revisions: Vec<ReportView>,
}

/// A guardian as the teacher sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardianNote {
    /// The name they gave.
    pub name: String,
    /// Their relation.
    pub relation: Relation,
    /// claimed, confirmed or unlinked.
    pub status: String,
    /// The day they joined.
    pub since: Day,
    /// Somebody else tried their used slip.
    pub alert: bool,
}

/// An earlier decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionNote {
    /// The day it was taken, and minutes since midnight.
    pub at: (Day, u32),
    /// Its code.
    pub code: Code,
    /// The last day of the colour.
    pub until: Option<Day>,
    /// What brought it about: report, correction, midnight …
    pub cause: String,
    /// The principal reason.
    pub label: Option<Text>,
}

/// One pupil.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonView {
    /// What stands around the page.
    pub frame: ClassFrame,
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The seat number; 0 where there is none.
    pub seat: i64,
    /// Today's decision.
    pub decision: Decision,
    /// Which day of how many of the shown isolation this is.
    pub nth: Option<(u16, u16)>,
    /// Why.
    pub trace: Trace,
    /// The rulebooks behind it.
    pub books: Vec<Document>,
    /// What could still change the code.
    pub outlook: Outlook,
    /// How today's facts came in, and at which minute; `None` without a report.
    pub told: Option<(Channel, u32)>,
    /// The last fourteen days; `None` where nothing was due.
    pub strip: Vec<(Day, Option<Code>)>,
    /// The days with reports, the latest first.
    pub days: Vec<DayView>,
    /// Guardians, unlinked ones last.
    pub guardians: Vec<GuardianNote>,
    /// Numbers in the roster.
    pub contacts: Vec<Contact>,
    /// Consent to online reporting.
    pub consent: ConsentSummary,
    /// Whether the code is yellow for gaps that the teacher can ask about.
    pub can_ask: bool,
    /// Earlier decisions, the latest first.
    pub decisions: Vec<DecisionNote>,
}

impl Services {
    /// A person of a class with their place, where the actor may do `action` with them.
    pub(super) async fn enter_person(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        class: ClassId,
        person: PersonId,
        action: Action,
    ) -> Result<(Place, OpenPerson)> {
        let (place, row) = self.place_of_person(tx, person).await?;
        actor.require(action, &place)?;
        if row.class_id != class || row.left_day.is_some() {
            return Err(Error::Forbidden);
        }
        Ok((place, self.open_person(row)?))
    }

    /// One pupil with grounds, reports and guardians.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes, or where the person is not in the class.
    pub async fn person_view(
        &self,
        actor: &Actor,
        class: ClassId,
        person: PersonId,
    ) -> Result<PersonView> {
        let mut tx = self.store.read().await?;
        let (place, open) = self
            .enter_person(&mut tx, actor, class, person, Action::SeeClass)
            .await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::SeeClass)
            .await?;
        let info = &entered.info;
        let frame = self.frame_of(&mut tx, actor, &entered).await?;
        let opened = self.opened_state(&mut tx, person).await?;
        let (state, today, ctx) = (&opened.kept.state, frame.today, info.context());
        let decision = decide(state, &ctx, today, today);
        let strip = strip(state, info, today);
        let mut days: Vec<DayView> = Vec::new();
        for row in tx
            .reports_of(person, today.plus(1 - REPORT_DAYS), today)
            .await?
        {
            let report = self.report_view(&mut tx, info, &opened, &row).await?;
            match days.last_mut().filter(|day| day.day == row.day) {
                Some(day) => day.revisions.insert(0, report),
                None => days.push(DayView {
                    day: row.day,
                    code: strip
                        .iter()
                        .find(|(day, _)| *day == row.day)
                        .and_then(|(_, code)| *code),
                    revisions: vec![report],
                }),
            }
        }
        days.reverse();
        let mut decisions = Vec::new();
        for row in tx.decisions_of(person, DECISIONS).await? {
            decisions.push(decision_note(info.zone, &open, &row));
        }
        let trace = explain(state, &ctx, today, today);
        let view = PersonView {
            person,
            name: open.profile.name.clone(),
            seat: open.row.seat,
            nth: decision
                .principal()
                .filter(|reason| reason.days > 0)
                .map(|reason| {
                    (
                        day_of_isolation(reason.start, today, reason.days),
                        reason.days,
                    )
                }),
            books: info.books_behind(&trace),
            outlook: outlook(state, &ctx, today),
            trace,
            told: state
                .report_of(today)
                .map(|report| (report.channel, info.zone.minute_of(report.at))),
            strip,
            days,
            guardians: self.guardian_notes(&mut tx, person, info.zone).await?,
            contacts: contacts(&open.profile),
            consent: consent(&tx.consents_for(person).await?),
            can_ask: decision.reasons.iter().any(|reason| reason.code == GAPS),
            decisions,
            decision,
            frame,
        };
        drop(tx);
        self.audit_read(actor, &place, person, "person.read")
            .await?;
        Ok(view)
    }

    async fn guardian_notes(
        &self,
        tx: &mut Tx,
        person: PersonId,
        zone: domain::Zone,
    ) -> Result<Vec<GuardianNote>> {
        let mut out = Vec::new();
        for link in tx.guardians_of(person).await? {
            let name = match tx.account(link.account_id).await? {
                Some(row) => self.account_profile(&row)?.name,
                None => String::new(),
            };
            out.push(GuardianNote {
                name,
                relation: Relation::parse(&link.relation).unwrap_or(Relation::Other),
                since: zone.day_of(Millis(link.claimed_at.0)),
                alert: link.alert_at.is_some(),
                status: link.status,
            });
        }
        out.sort_by_key(|g| g.status == "unlinked");
        Ok(out)
    }

    /// The teacher has asked the family about missed days: they no longer count as gaps.
    ///
    /// # Errors
    /// [`Refusal::NoteNeeded`], and [`Refusal::AlreadySettled`] where there is nothing to ask about.
    pub async fn ask_about_gaps(
        &self,
        actor: &Actor,
        class: ClassId,
        person: PersonId,
        note: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let (place, open) = self
            .enter_person(&mut tx, actor, class, person, Action::ConfirmCorrection)
            .await?;
        let note = needed_note(note)?;
        let info = self.school_info(&mut tx, open.row.school_id).await?;
        let today = self.today_at(&info);
        let mut opened = self.opened_state(&mut tx, person).await?;
        let decision = decide(&opened.kept.state, &info.context(), today, today);
        if !decision.reasons.iter().any(|reason| reason.code == GAPS) {
            return Err(Refusal::AlreadySettled.into());
        }
        let mut state = opened.kept.state.clone();
        state.asked = Some(today);
        let mut ledger = Ledger::new(self);
        ledger.recolour(&mut opened, state, &info, today, "gaps_asked")?;
        ledger.write(&mut tx).await?;
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "gaps.ask",
                subject: person_subject(person),
                detail: Some((&note, Some(&open.key))),
            },
        )
        .await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }
}

/// Longest note of a teacher, in characters.
const NOTE_MAX: usize = 500;

/// A note that says something.
pub(crate) fn needed_note(note: &str) -> Result<String> {
    let note = note.trim();
    if (4..=NOTE_MAX).contains(&note.chars().count()) {
        Ok(note.to_owned())
    } else {
        Err(Refusal::NoteNeeded.into())
    }
}

fn consent(rows: &[store::ConsentRow]) -> ConsentSummary {
    if stands_refused(rows) {
        ConsentSummary::Refused
    } else if rows.iter().any(|row| row.answer == "given") {
        ConsentSummary::Given
    } else {
        ConsentSummary::Open
    }
}

/// An earlier decision; where its words no longer open, its colour and dates remain.
fn decision_note(zone: domain::Zone, open: &OpenPerson, row: &DecisionRow) -> DecisionNote {
    let cell = crate::vault::Cell::new("decision", "detail_enc", row.decision_id.0);
    let label = open
        .key
        .open(cell, &row.detail_enc)
        .ok()
        .and_then(|plain| serde_json::from_slice::<Decision>(&plain).ok())
        .and_then(|decision| decision.principal().map(|reason| reason.label.clone()));
    DecisionNote {
        at: (zone.day_of(row.at), zone.minute_of(row.at)),
        code: Code::from_number(row.code),
        until: row.ends_day,
        cause: row.cause.clone(),
        label,
    }
}
