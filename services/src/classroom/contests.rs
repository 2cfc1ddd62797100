//! Objections of guardians to reports that the school made for them, and the teacher's answer.

use super::answers::ReportView;
use super::frame::Entered;
use super::pending::{day_report, report_in_class};
use super::person::needed_note;
use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::family::{Relation, open_contest};
use crate::intake::{with_report, without_report};
use crate::recolour::{Ledger, Opened};
use crate::vault::Cell;
use crate::{Refusal, Result, SchoolInfo, Services};
use domain::Day;
use domain::access::Action;
use domain::ids::{ClassId, PersonId, ReportId};
use store::{ReportRow, Tx};

/// One objection that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestView {
    /// Whose report.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The seat number.
    pub seat: i64,
    /// The day it speaks of.
    pub day: Day,
    /// The report objected to.
    pub report: ReportView,
    /// Who objects.
    pub by: Relation,
    /// In which words.
    pub words: String,
}

impl Services {
    pub(super) async fn contests_of_class(
        &self,
        tx: &mut Tx,
        entered: &Entered,
    ) -> Result<Vec<ContestView>> {
        let mut out = Vec::new();
        for contest in tx.open_contests(entered.row.class_id).await? {
            let Some(row) = tx.report(contest.report_id).await? else {
                continue;
            };
            let Some(person) = tx.person(contest.person_id).await? else {
                continue;
            };
            let person = self.open_person(person)?;
            let opened = self.opened_state(tx, contest.person_id).await?;
            let link = tx
                .guardianship(contest.account_id, contest.person_id)
                .await?;
            out.push(ContestView {
                person: contest.person_id,
                name: person.profile.name.clone(),
                seat: person.row.seat,
                day: row.day,
                report: self.report_view(tx, &entered.info, &opened, &row).await?,
                by: link
                    .and_then(|link| Relation::parse(&link.relation))
                    .unwrap_or(Relation::Other),
                words: open_contest(&opened, &contest).words,
            });
        }
        Ok(out)
    }

    /// Answers an objection: the report holds on, or is struck. A struck one counts as if it had never been made;
    /// what it replaced holds again.
    ///
    /// # Errors
    /// [`Refusal::NoteNeeded`], [`Refusal::AlreadySettled`], [`Refusal::DayTooLate`] where its day has been closed
    /// for good and it can only be kept.
    pub async fn answer_contest(
        &self,
        actor: &Actor,
        class: ClassId,
        report: ReportId,
        strike: bool,
        words: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::ConfirmCorrection)
            .await?;
        let row = report_in_class(&mut tx, class, report).await?;
        let (place, _) = self
            .enter_person(
                &mut tx,
                actor,
                class,
                row.person_id,
                Action::ConfirmCorrection,
            )
            .await?;
        let words = needed_note(words)?;
        let mut opened = self.opened_state(&mut tx, row.person_id).await?;
        let cell = Cell::new("contest", "answer_enc", report.0);
        let sealed = opened.key.seal(&*self.entropy, cell, words.as_bytes());
        let answer = if strike { "struck" } else { "kept" };
        let answered = tx
            .answer_contest(report, answer, actor.id(), self.clock.now(), &sealed)
            .await?;
        if !answered {
            return Err(Refusal::AlreadySettled.into());
        }
        // A later report may have replaced it meanwhile: then there is nothing to undo.
        if strike && tx.strike_report(report, row.day).await? {
            self.undo_report(&mut tx, &entered.info, &mut opened, &row, "contest")
                .await?;
        }
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: if strike {
                    "report.strike"
                } else {
                    "report.keep"
                },
                subject: person_subject(row.person_id),
                detail: Some((&words, Some(&opened.key))),
            },
        )
        .await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// Takes a struck report out of the facts, and puts back what it had replaced.
    pub(crate) async fn undo_report(
        &self,
        tx: &mut Tx,
        info: &SchoolInfo,
        opened: &mut Opened,
        struck: &ReportRow,
        cause: &str,
    ) -> Result<()> {
        let today = self.today_at(info);
        let facts = &opened.kept.state;
        if struck.day < facts.settled_before {
            return Err(Refusal::DayTooLate.into());
        }
        let earlier = tx
            .reports_of(struck.person_id, struck.day, struck.day)
            .await?
            .into_iter()
            .rev()
            .find(|row| row.status == "replaced" && row.revision < struck.revision);
        let answers = match &earlier {
            Some(row) => self.open_answers(opened, row)?,
            None => None,
        };
        let state = match earlier.zip(answers) {
            Some((row, answers)) => {
                tx.restore_report(row.report_id, row.day).await?;
                with_report(facts, day_report(&row, answers))
            }
            None => without_report(facts, struck.day),
        };
        let mut ledger = Ledger::new(self);
        ledger.count_late(opened, &state, info, struck.day, today);
        if state.reports.is_empty() {
            ledger.forget_reports(opened, today);
        }
        ledger.recolour(opened, state, info, today, cause)?;
        ledger.write(tx).await
    }
}
