//! Reports that wait for the teacher: corrections that would weaken a colour, and answers from older forms.

use super::answers::ReportView;
use super::contests::ContestView;
use super::frame::ClassFrame;
use super::person::needed_note;
use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::intake::with_report;
use crate::recolour::Ledger;
use crate::vault::Cell;
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::decision::decide;
use domain::ids::{ClassId, PersonId, ReportId};
use domain::report::{Channel, DayReport};
use domain::{Code, Day};
use store::{ReportRow, Tx};

/// One report that waits, beside the one that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingView {
    /// Whose.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The seat number.
    pub seat: i64,
    /// The day it speaks of.
    pub day: Day,
    /// The revision in force; `None` where the day has none.
    pub holds: Option<ReportView>,
    /// The revision that waits.
    pub waits: ReportView,
    /// Today's code now.
    pub now: Code,
    /// Today's code if it is confirmed; `None` where its answers are gone.
    pub then: Option<Code>,
}

/// What waits for a class's teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// What stands around the page.
    pub frame: ClassFrame,
    /// Reports to be settled.
    pub pending: Vec<PendingView>,
    /// Objections to be answered.
    pub contests: Vec<ContestView>,
}

/// A report of somebody in the class. One of anybody else is not in this class, and so is no more there than one that
/// never was.
pub(super) async fn report_in_class(
    tx: &mut Tx,
    class: ClassId,
    report: ReportId,
) -> Result<ReportRow> {
    let row = tx.report(report).await?.ok_or(Error::NotFound)?;
    let person = tx.person(row.person_id).await?;
    person
        .filter(|person| person.class_id == class)
        .ok_or(Error::NotFound)?;
    Ok(row)
}

impl Services {
    /// What waits for a class's teacher: reports and objections, each oldest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes.
    pub async fn class_inbox(&self, actor: &Actor, class: ClassId) -> Result<Inbox> {
        let mut tx = self.store.read().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::ConfirmCorrection)
            .await?;
        let info = &entered.info;
        let frame = self.frame_of(&mut tx, actor, &entered).await?;
        let today = frame.today;
        let mut out = Vec::new();
        for row in tx.pending_reports(class).await? {
            let Some(person) = tx.person(row.person_id).await? else {
                continue;
            };
            let person = self.open_person(person)?;
            let opened = self.opened_state(&mut tx, row.person_id).await?;
            let state = &opened.kept.state;
            let holds = tx
                .reports_of(row.person_id, row.day, row.day)
                .await?
                .into_iter()
                .find(|r| r.status == "accepted");
            let holds = match holds {
                Some(holds) => Some(self.report_view(&mut tx, info, &opened, &holds).await?),
                None => None,
            };
            let ctx = info.context();
            let then = self.open_answers(&opened, &row)?.map(|answers| {
                let after = with_report(state, day_report(&row, answers));
                decide(&after, &ctx, today, today).code
            });
            out.push(PendingView {
                person: row.person_id,
                name: person.profile.name.clone(),
                seat: person.row.seat,
                day: row.day,
                holds,
                waits: self.report_view(&mut tx, info, &opened, &row).await?,
                now: decide(state, &ctx, today, today).code,
                then,
            });
        }
        let contests = self.contests_of_class(&mut tx, &entered).await?;
        let place = entered.place.clone();
        drop(tx);
        if !(out.is_empty() && contests.is_empty()) {
            let subject = crate::audit::class(class);
            self.audit_list(actor, &place, subject, "class.pending", today)
                .await?;
        }
        Ok(Inbox {
            frame,
            pending: out,
            contests,
        })
    }

    /// Confirms a waiting report, which then is the report of its day, or refuses it.
    ///
    /// # Errors
    /// [`Refusal::NoteNeeded`], [`Refusal::AlreadySettled`], [`Refusal::ConsentRefused`] where the answers were
    /// destroyed meanwhile and can only be refused, [`Refusal::DayTooLate`] where its day has been closed for good.
    pub async fn settle_report(
        &self,
        actor: &Actor,
        class: ClassId,
        report: ReportId,
        confirm: bool,
        note: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::ConfirmCorrection)
            .await?;
        let row = report_in_class(&mut tx, class, report).await?;
        let (place, _) = self.place_of_person(&mut tx, row.person_id).await?;
        actor.require(Action::ConfirmCorrection, &place)?;
        let note = needed_note(note)?;
        let info = &entered.info;
        let mut opened = self.opened_state(&mut tx, row.person_id).await?;
        let sealed = opened.key.seal(
            &*self.entropy,
            Cell::new("report", "note_enc", report.0),
            note.as_bytes(),
        );
        let status = if confirm { "accepted" } else { "refused" };
        let (by, now) = (actor.id(), self.clock.now());
        let settled = tx
            .settle_report(report, row.day, status, by, now, Some(&sealed))
            .await?;
        if !settled {
            return Err(Refusal::AlreadySettled.into());
        }
        if confirm {
            let answers = self
                .open_answers(&opened, &row)?
                .ok_or(Error::Refused(Refusal::ConsentRefused))?;
            let today = self.today_at(info);
            if row.day < opened.kept.state.settled_before {
                return Err(Refusal::DayTooLate.into());
            }
            tx.replace_accepted(row.person_id, row.day, report).await?;
            let state = with_report(&opened.kept.state, day_report(&row, answers));
            let mut ledger = Ledger::new(self);
            ledger.count_late(&mut opened, &state, info, row.day, today);
            ledger.recolour(&mut opened, state, info, today, "correction")?;
            ledger.write(&mut tx).await?;
        }
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: if confirm {
                    "report.confirm"
                } else {
                    "report.refuse"
                },
                subject: person_subject(row.person_id),
                detail: Some((&note, Some(&opened.key))),
            },
        )
        .await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }
}

pub(super) fn day_report(row: &store::ReportRow, answers: domain::report::Answers) -> DayReport {
    DayReport {
        day: row.day,
        revision: u16::try_from(row.revision).unwrap_or(u16::MAX),
        channel: Channel::from_number(row.channel).unwrap_or(Channel::Web),
        at: row.at,
        answers,
    }
}
