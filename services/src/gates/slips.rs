//! A class's teacher confirms slips that were handed in at the gate, or rejects them.

use super::effects::stands;
use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::classroom::needed_note;
use crate::vault::Cell;
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::ClassId;

impl Services {
    /// Confirms a slip; or rejects it, with a note: then its report counts as if it had never been made.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes, [`Refusal::NoteNeeded`] where a slip is rejected without one,
    /// [`Refusal::AlreadySettled`] where it was settled or taken back before, [`Refusal::DayTooLate`] where its day has
    /// been closed for good and it can only be confirmed.
    pub async fn settle_slip(
        &self,
        actor: &Actor,
        class: ClassId,
        entry: i64,
        confirm: bool,
        note: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::ConfirmSlip, &place)?;
        let slip = tx.gate_entry(entry).await?.filter(|row| row.kind == "slip");
        let slip = slip.ok_or(Error::NotFound)?;
        let person = slip.person_id.ok_or(Error::NotFound)?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        if row.class_id != class {
            return Err(Error::NotFound);
        }
        let note = if confirm {
            note.trim().to_owned()
        } else {
            needed_note(note)?
        };
        let info = self.school_info(&mut tx, row.school_id).await?;
        let mut opened = self.opened_state(&mut tx, person).await?;
        let cell = Cell::new("gate_entry", "note_enc", entry);
        let sealed = opened.key.seal(&*self.entropy, cell, note.as_bytes());
        let to = if confirm { "confirmed" } else { "rejected" };
        let is_settled = stands(&slip)
            && tx
                .settle_gate_entry(
                    (entry, slip.day),
                    (Some("waiting"), to),
                    actor.id(),
                    self.clock.now(),
                    (!note.is_empty()).then_some(sealed.as_slice()),
                )
                .await?;
        if !is_settled {
            return Err(Refusal::AlreadySettled.into());
        }
        if let (false, Some(report)) = (confirm, slip.report_id)
            && let Some(report) = tx.report(report).await?
            && tx.strike_report(report.report_id, report.day).await?
        {
            self.undo_report(&mut tx, &info, &mut opened, &report, "slip_rejected")
                .await?;
        }
        let log = Entry {
            actor,
            place: &place,
            action: if confirm {
                "slip.confirm"
            } else {
                "slip.reject"
            },
            subject: person_subject(person),
            detail: (!note.is_empty()).then_some((note.as_str(), Some(&opened.key))),
        };
        self.audit(&mut tx, log).await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }
}
