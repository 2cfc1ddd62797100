//! An uploaded roster between its preview and its application: kept encrypted, for two hours at most.

use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::Millis;
use domain::ids::{AccountId, SchoolId};
use domain::roster::Mapping;
use serde::{Deserialize, Serialize};
use store::{StagedRosterRow, Tx};

/// How long an upload waits for its application.
pub(crate) const STAGED_LIFE: i64 = 2 * 3_600_000;

/// An upload as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Upload {
    pub file_name: String,
    /// What a person chose for the columns; without one they are recognised by their headers.
    pub mapping: Option<Mapping>,
    pub bytes: Vec<u8>,
}

fn cell(id: i64) -> Cell<'static> {
    Cell::new("staged_roster", "body_enc", id)
}

/// Uploads belong to an account; the command line never stages.
fn owner(actor: &Actor) -> Result<AccountId> {
    actor.id().ok_or(Error::NotSignedIn)
}

impl Services {
    /// Keeps an upload under a number, in place of the same person's older one.
    pub(super) async fn stage(
        &self,
        actor: &Actor,
        school: SchoolId,
        id: i64,
        upload: &Upload,
    ) -> Result<()> {
        let plain = crate::blob::write(upload)?;
        let now = self.clock.now();
        let row = StagedRosterRow {
            staged_id: id,
            school_id: school,
            account_id: owner(actor)?,
            at: now,
            body_enc: self.vault.general().seal(&*self.entropy, cell(id), &plain),
        };
        let mut tx = self.store.write().await?;
        tx.put_staged_roster(&row, Millis(now.0 - STAGED_LIFE))
            .await?;
        Ok(tx.commit().await?)
    }

    /// An upload of the actor's own for this school.
    ///
    /// # Errors
    /// [`Refusal::UploadGone`] where it is somebody else's, was applied or discarded, or is too old.
    pub(super) async fn staged(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        school: SchoolId,
        id: i64,
    ) -> Result<Upload> {
        let oldest = self.clock.now().0 - STAGED_LIFE;
        let owner = owner(actor)?;
        let row = tx
            .staged_roster(id)
            .await?
            .filter(|r| r.school_id == school && r.account_id == owner && r.at.0 >= oldest)
            .ok_or(Error::Refused(Refusal::UploadGone))?;
        let plain = self
            .vault
            .general()
            .open(cell(id), &row.body_enc)
            .map_err(|_| Error::internal(format!("staged roster {id} does not open")))?;
        crate::blob::read(&plain)
    }
}
