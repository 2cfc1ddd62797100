//! An uploaded list between its preview and its application: kept encrypted, for two hours at most.

use crate::roster::STAGED_LIFE;
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::Millis;
use domain::access::Action;
use domain::ids::RegionCode;
use domain::list::ListKind;
use serde::{Deserialize, Serialize};
use store::{StagedListRow, Tx};

/// What an uploaded list is a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListOf {
    /// Records about people; the kind where the list has no column for it.
    Records(Option<ListKind>),
    /// Risk areas.
    Areas,
    /// The keys of another issuer.
    Keys,
}

impl ListOf {
    pub(crate) fn action(self) -> Action {
        match self {
            Self::Records(_) => Action::EnterRecords,
            Self::Areas => Action::DeclareRiskAreas,
            Self::Keys => Action::TrustIssuers,
        }
    }

    fn is_like(self, other: Self) -> bool {
        self.action() == other.action()
    }
}

/// A list as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListUpload {
    /// What it lists.
    pub of: ListOf,
    /// The authority behind it.
    pub authority: String,
    /// The file's name.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

fn cell(id: i64) -> Cell<'static> {
    Cell::new("staged_list", "body_enc", id)
}

impl Services {
    pub(crate) async fn require_list(
        &self,
        actor: &Actor,
        region: &RegionCode,
        of: ListOf,
    ) -> Result<()> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(of.action(), &place)
    }

    /// Keeps an upload in place of the same person's older one, and gives its number.
    pub(crate) async fn stage_list(
        &self,
        actor: &Actor,
        region: &RegionCode,
        upload: &ListUpload,
    ) -> Result<i64> {
        let id = self.next_id();
        let plain = crate::blob::write(upload)?;
        let now = self.clock.now();
        let row = StagedListRow {
            staged_id: id,
            region_code: region.clone(),
            account_id: actor.id().ok_or(Error::NotSignedIn)?,
            at: now,
            body_enc: self.vault.general().seal(&*self.entropy, cell(id), &plain),
        };
        let mut tx = self.store.write().await?;
        tx.put_staged_list(&row, Millis(now.0 - STAGED_LIFE))
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// An upload of the actor's own.
    ///
    /// # Errors
    /// [`Refusal::UploadGone`] where it is somebody else's, was applied or discarded, or is too old.
    pub(crate) async fn staged_list_of(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        region: &RegionCode,
        of: ListOf,
        id: i64,
    ) -> Result<ListUpload> {
        let oldest = self.clock.now().0 - STAGED_LIFE;
        let gone = || Error::Refused(Refusal::UploadGone);
        let row = tx
            .staged_list(id)
            .await?
            .filter(|row| row.region_code == *region && row.at.0 >= oldest)
            .filter(|row| Some(row.account_id) == actor.id())
            .ok_or_else(gone)?;
        let plain = self
            .vault
            .general()
            .open(cell(id), &row.body_enc)
            .map_err(|_| Error::internal(format!("staged list {id} does not open")))?;
        let upload: ListUpload = crate::blob::read(&plain)?;
        if upload.of.is_like(of) {
            Ok(upload)
        } else {
            Err(gone())
        }
    }

    /// Forgets a kept upload.
    pub async fn discard_list(
        &self,
        actor: &Actor,
        region: &RegionCode,
        of: ListOf,
        staged: i64,
    ) -> Result<()> {
        self.require_list(actor, region, of).await?;
        let mut tx = self.store.write().await?;
        self.staged_list_of(&mut tx, actor, region, of, staged)
            .await?;
        tx.delete_staged_list(staged).await?;
        Ok(tx.commit().await?)
    }
}
