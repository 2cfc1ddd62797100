//! Clearances as guardians, teachers, schools and bureaus see them.

use super::detail::{ClearanceDetail, open_detail};
use crate::family::Relation;
use crate::people::{OpenPerson, class_name};
use crate::vault::Cell;
use crate::{Actor, Error, Result, Services};
use domain::decision::decide;
use domain::ids::{AccountId, ClassId, PersonId, SchoolId};
use domain::roster::ClassName;
use domain::{Code, Day, Text};
use store::{ClearanceRow, Tx};

/// Who submitted a clearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmittedBy {
    /// The reader.
    You,
    /// A guardian.
    Guardian(Relation),
    /// Somebody of the school.
    School,
}

/// Where a clearance stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClearanceStatus {
    /// It waits.
    Waiting,
    /// It was accepted, on a day, with these words.
    Accepted(Day, String),
    /// It was refused, on a day, with these words.
    Refused(Day, String),
}

/// One clearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearanceView {
    /// Its number.
    pub id: i64,
    /// Whose isolation it would end.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The name as outsiders may see it.
    pub masked: String,
    /// Their class.
    pub class: (ClassId, ClassName),
    /// Their school.
    pub school: (SchoolId, Text),
    /// The colour it would end.
    pub code: Code,
    /// What it says.
    pub detail: ClearanceDetail,
    /// What the reason is called.
    pub label: Text,
    /// The day from which the isolation counts; `None` where it runs no more.
    pub start: Option<Day>,
    /// Who submitted it.
    pub by: SubmittedBy,
    /// When: the day at the school, and the minute.
    pub at: (Day, u32),
    /// Where it stands.
    pub status: ClearanceStatus,
}

impl ClearanceView {
    /// Whether it waits to be settled.
    pub fn is_waiting(&self) -> bool {
        self.status == ClearanceStatus::Waiting
    }

    /// Whether the reader submitted it, who then may not settle it.
    pub fn is_own(&self) -> bool {
        self.by == SubmittedBy::You
    }
}

impl Services {
    pub(super) async fn clearance_views(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        rows: Vec<ClearanceRow>,
    ) -> Result<Vec<ClearanceView>> {
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let person = tx.person(row.person_id).await?.ok_or(Error::Forbidden)?;
            let person = self.open_person(person)?;
            views.push(self.clearance_view(tx, actor, &person, &row).await?);
        }
        Ok(views)
    }

    async fn clearance_view(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: &OpenPerson,
        row: &ClearanceRow,
    ) -> Result<ClearanceView> {
        let info = self.school_info(tx, person.row.school_id).await?;
        let class = tx
            .class(person.row.class_id)
            .await?
            .ok_or(Error::Forbidden)?;
        let detail = open_detail(&person.key, row)?;
        let today = self.today_at(&info);
        let opened = self.opened_state(tx, row.person_id).await?;
        let decision = decide(&opened.kept.state, &info.context(), today, today);
        let running = decision.reasons.iter().find(|r| r.code == detail.reason);
        let rules = info.rulebooks().iter().rev();
        let named = rules
            .flat_map(|book| &book.document().rules)
            .find(|rule| rule.outcome.reason == detail.reason)
            .map(|rule| rule.label.clone());
        let answer = row.answer_enc.as_ref().and_then(|sealed| {
            let cell = Cell::new("clearance", "answer_enc", row.clearance_id);
            String::from_utf8(person.key.open(cell, sealed).ok()?).ok()
        });
        let settled = row.settled_at.map(|at| info.zone.day_of(at));
        let (settled, answer) = (settled.unwrap_or(today), answer.unwrap_or_default());
        Ok(ClearanceView {
            id: row.clearance_id,
            person: row.person_id,
            name: person.profile.name.clone(),
            masked: person.masked(),
            class: (class.class_id, class_name(&class)),
            school: (info.row.school_id, info.row.names()),
            code: Code::from_number(row.code),
            label: named
                .or_else(|| running.map(|r| r.label.clone()))
                .unwrap_or_default(),
            start: running.and_then(|r| r.start),
            by: self
                .submitted_by(tx, actor, row.submitted_by, row.person_id)
                .await?,
            at: (
                info.zone.day_of(row.submitted_at),
                info.zone.minute_of(row.submitted_at),
            ),
            status: match row.status.as_str() {
                "accepted" => ClearanceStatus::Accepted(settled, answer),
                "refused" => ClearanceStatus::Refused(settled, answer),
                _ => ClearanceStatus::Waiting,
            },
            detail,
        })
    }

    async fn submitted_by(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        account: AccountId,
        person: PersonId,
    ) -> Result<SubmittedBy> {
        if actor.id() == Some(account) {
            return Ok(SubmittedBy::You);
        }
        let link = tx.guardianship(account, person).await?;
        Ok(link.map_or(SubmittedBy::School, |link| {
            SubmittedBy::Guardian(Relation::parse(&link.relation).unwrap_or(Relation::Other))
        }))
    }
}
