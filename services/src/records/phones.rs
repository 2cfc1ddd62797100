//! Finding children by their guardians' phones: a blind index beside each person, made from the roster.

use crate::{Result, Services};
use domain::identity::Phone;
use domain::ids::RegionCode;

/// Set once the phones of everybody on a roster are indexed; earlier versions did not.
const DONE: &str = "phones_indexed";

impl Services {
    /// The blind index of a phone.
    pub(crate) fn phone_index(&self, phone: &Phone) -> Vec<u8> {
        self.vault.index("phone", phone.as_str())
    }

    /// Indexes the phones of rosters that an earlier version imported, school by school.
    pub(crate) async fn index_phones(&self) -> Result<()> {
        let mut tx = self.store.read().await?;
        if tx.meta(DONE).await?.is_some() {
            return Ok(());
        }
        let country = RegionCode::parse(RegionCode::COUNTRY)
            .map_err(|e| crate::Error::internal(e.to_string()))?;
        let schools = tx.schools_within(&country).await?;
        drop(tx);
        for school in schools {
            let mut tx = self.store.read().await?;
            let people = self.roster_of(&mut tx, school.school_id).await?;
            drop(tx);
            for piece in people.chunks(500) {
                let phones: Vec<_> = piece
                    .iter()
                    .map(|p| (p.row.person_id, self.person_indexes(&p.profile).phones))
                    .collect();
                let mut tx = self.store.write().await?;
                tx.set_phones(&phones).await?;
                tx.commit().await?;
            }
        }
        let mut tx = self.store.write().await?;
        tx.set_meta(DONE, b"1").await?;
        Ok(tx.commit().await?)
    }
}
