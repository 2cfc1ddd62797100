//! A guardian objects to a report that the school made for the family.

use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::recolour::Opened;
use crate::vault::Cell;
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{PersonId, ReportId};
use domain::report::{Channel, ChannelGroup};
use std::collections::HashMap;
use store::{ContestRow, ReportRow, StoreError, Tx};

/// Longest objection or answer, in characters.
const WORDS_MAX: usize = 500;
/// Shortest, in characters.
const WORDS_MIN: usize = 4;

/// An objection, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// The guardian's words; empty once destroyed.
    pub words: String,
    /// Whether the report was struck, and the teacher's words; `None` while it waits.
    pub answer: Option<(bool, String)>,
}

impl Contest {
    /// The report no longer holds.
    pub fn is_struck(&self) -> bool {
        matches!(self.answer, Some((true, _)))
    }
}

/// Whether a guardian may object to a report: one that holds and that the school made for the family.
pub(crate) fn is_contestable(row: &ReportRow) -> bool {
    let by_school = Channel::from_number(row.channel)
        .is_some_and(|channel| channel.group() != ChannelGroup::Guardian);
    by_school && row.status == "accepted"
}

impl Services {
    /// Objects to a report that the school made for the family. The colour holds until the teacher answers.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for somebody else's child; [`Error::NotFound`] where this child has no such report, or none
    /// that the reader sees; [`Refusal::NoteNeeded`]; [`Refusal::AlreadyContested`]; [`Refusal::AlreadySettled`] where it no longer holds; the refusals of missing
    /// consent.
    pub async fn contest_report(
        &self,
        actor: &Actor,
        person: PersonId,
        report: ReportId,
        words: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let (place, _) = self.place_of_person(&mut tx, person).await?;
        let loaded = self
            .load_child(&mut tx, actor, person, Action::ReportForChild)
            .await?;
        // Another child's report is not in this child's place, and so is no more there than one that never was.
        let row = tx
            .report(report)
            .await?
            .filter(|row| row.person_id == person && row.day >= loaded.link.since)
            .ok_or(Error::NotFound)?;
        self.require_consent(&mut tx, actor, person).await?;
        if tx.contest(report).await?.is_some() {
            return Err(Refusal::AlreadyContested.into());
        }
        if !is_contestable(&row) {
            return Err(Refusal::AlreadySettled.into());
        }
        let words = words.trim();
        if !(WORDS_MIN..=WORDS_MAX).contains(&words.chars().count()) {
            return Err(Refusal::NoteNeeded.into());
        }
        let cell = Cell::new("contest", "words_enc", report.0);
        let sealed = loaded
            .person
            .key
            .seal(&*self.entropy, cell, words.as_bytes());
        let inserted = tx
            .insert_contest(&ContestRow {
                report_id: report,
                person_id: person,
                account_id: actor.id().ok_or(Error::NotSignedIn)?,
                at: self.clock.now(),
                words_enc: Some(sealed),
                answer: None,
                answered_by: None,
                answered_at: None,
                answer_enc: None,
            })
            .await;
        match inserted {
            Err(StoreError::Conflict) => return Err(Refusal::AlreadyContested.into()),
            other => other?,
        }
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "report.contest",
                subject: person_subject(person),
                detail: None,
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The objections about a person, by report.
    pub(crate) async fn contests_in(
        &self,
        tx: &mut Tx,
        opened: &Opened,
    ) -> Result<HashMap<ReportId, Contest>> {
        let rows = tx.contests_of(opened.row.person_id).await?;
        Ok(rows
            .iter()
            .map(|row| (row.report_id, open_contest(opened, row)))
            .collect())
    }
}

/// Opens an objection; words that were destroyed are empty.
pub(crate) fn open_contest(opened: &Opened, row: &ContestRow) -> Contest {
    let words = |column: &'static str, sealed: Option<&Vec<u8>>| {
        let cell = Cell::new("contest", column, row.report_id.0);
        sealed
            .and_then(|sealed| opened.key.open(cell, sealed).ok())
            .and_then(|plain| String::from_utf8(plain).ok())
            .unwrap_or_default()
    };
    Contest {
        words: words("words_enc", row.words_enc.as_ref()),
        answer: row.answer.as_ref().map(|answer| {
            (
                answer == "struck",
                words("answer_enc", row.answer_enc.as_ref()),
            )
        }),
    }
}
