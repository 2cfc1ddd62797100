//! The inboxes of school (yellow) and bureau (red), and what they answer.

use super::view::ClearanceView;
use crate::audit::{Entry, person as person_subject};
use crate::classroom::needed_note;
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, SchoolId};
use domain::{Code, Text};
use store::{ClearanceRow, Tx};

/// Clearances on a page.
pub const CLEARANCES_PAGE: i64 = 30;

/// A page of an inbox: the waiting ones, oldest first, or the settled ones, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearanceInbox {
    /// The school's or region's name.
    pub title: Text,
    /// The clearances.
    pub clearances: Vec<ClearanceView>,
    /// Whether there are more.
    pub has_more: bool,
}

/// Which part of an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxPart {
    /// The waiting ones, or the settled ones.
    pub is_waiting: bool,
    /// How many come before the page.
    pub skip: i64,
}

impl Services {
    /// The clearances for yellow in a school.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the school's administrators.
    pub async fn school_clearances(
        &self,
        actor: &Actor,
        school: SchoolId,
        part: InboxPart,
    ) -> Result<ClearanceInbox> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ClearYellow, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        let rows = tx
            .clearances_of_school(
                school,
                Code::Yellow.number(),
                part.is_waiting,
                part.skip,
                CLEARANCES_PAGE + 1,
            )
            .await?;
        let title = info.row.names();
        let inbox = self.inbox(&mut tx, actor, title, rows).await?;
        drop(tx);
        if !inbox.clearances.is_empty() {
            let subject = format!("school:{school}");
            let today = self.today_at(&info);
            self.audit_list(actor, &place, subject, "clearance.list", today)
                .await?;
        }
        Ok(inbox)
    }

    /// The clearances for red in a region.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the region's health officers.
    pub async fn region_clearances(
        &self,
        actor: &Actor,
        region: &RegionCode,
        part: InboxPart,
    ) -> Result<ClearanceInbox> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ClearRed, &place)?;
        let rows = tx
            .clearances_within(
                region,
                Code::Red.number(),
                part.is_waiting,
                part.skip,
                CLEARANCES_PAGE + 1,
            )
            .await?;
        let title = self.region_name(&mut tx, region).await?;
        let today = self.today_in(&mut tx, region).await?;
        let inbox = self.inbox(&mut tx, actor, title, rows).await?;
        drop(tx);
        if !inbox.clearances.is_empty() {
            let subject = format!("region:{region}");
            self.audit_list(actor, &place, subject, "clearance.list", today)
                .await?;
        }
        Ok(inbox)
    }

    async fn inbox(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        title: Text,
        mut rows: Vec<ClearanceRow>,
    ) -> Result<ClearanceInbox> {
        let has_more = rows.len() > usize::try_from(CLEARANCES_PAGE).unwrap_or_default();
        if has_more {
            rows.pop();
        }
        Ok(ClearanceInbox {
            title,
            clearances: self.clearance_views(tx, actor, rows).await?,
            has_more,
        })
    }

    /// Accepts or refuses a clearance. An accepted one is decided upon in the same transaction; a refused one can be
    /// submitted anew.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not settle this colour there, [`Refusal::OwnSubmission`],
    /// [`Refusal::NoteNeeded`], [`Refusal::AlreadySettled`].
    pub async fn settle_clearance(
        &self,
        actor: &Actor,
        clearance: i64,
        accept: bool,
        note: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let row = tx.clearance(clearance).await?.ok_or(Error::Forbidden)?;
        let (place, _) = self.place_of_person(&mut tx, row.person_id).await?;
        let action = if Code::from_number(row.code) == Code::Red {
            Action::ClearRed
        } else {
            Action::ClearYellow
        };
        actor.require(action, &place)?;
        if actor.id() == Some(row.submitted_by) {
            return Err(Refusal::OwnSubmission.into());
        }
        let note = needed_note(note)?;
        let opened = self.opened_state(&mut tx, row.person_id).await?;
        let cell = Cell::new("clearance", "answer_enc", clearance);
        let sealed = opened.key.seal(&*self.entropy, cell, note.as_bytes());
        let status = if accept { "accepted" } else { "refused" };
        let settled = tx
            .settle_clearance(clearance, status, actor.id(), self.clock.now(), &sealed)
            .await?;
        if !settled {
            return Err(Refusal::AlreadySettled.into());
        }
        if accept {
            self.redecide_now(&mut tx, row.person_id, "clearance")
                .await?;
        }
        let entry = Entry {
            actor,
            place: &place,
            action: if accept {
                "clearance.accept"
            } else {
                "clearance.refuse"
            },
            subject: person_subject(row.person_id),
            detail: Some((&note, Some(&opened.key))),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }
}
