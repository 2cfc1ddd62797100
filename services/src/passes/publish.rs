//! The public halves of the keys: as they are published, and as a signed file for other issuers.

use super::keys::Purpose;
use crate::{Error, Result, Services};
use domain::ids::RegionCode;
use domain::pass::{JwkSet, KeyExchange};
use store::{RegionRow, Tx};

impl Services {
    /// The public keys, as they are published. Those that have ended are left out.
    pub async fn published_keys(&self) -> Result<JwkSet> {
        let set = self.pass_keys().await?;
        let now = self.clock.now();
        Ok(JwkSet::new(set.ring.keys().filter(|key| now < key.until)))
    }

    /// The signed file of the public keys, for exchange with another issuer, and the fingerprint to compare.
    pub async fn key_file(&self) -> Result<(String, String)> {
        let set = self.pass_keys().await?;
        let now = self.clock.now();
        let (signer, _) = set.signer(Purpose::Issuer, now)?;
        let file = KeyExchange {
            issuer: set.issuer,
            name: self.issuer_name().await?,
            iat: now.0 / 1_000,
            jwks: self.published_keys().await?,
        };
        let text = file
            .sign(signer)
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok((text, signer.fingerprint()))
    }

    /// What people call this installation: the narrowest region around all of its schools.
    async fn issuer_name(&self) -> Result<String> {
        let mut tx = self.store.read().await?;
        let region = self.issuer_region(&mut tx).await?;
        Ok(region.map(|row| row.name).unwrap_or_default())
    }

    /// The narrowest region around all schools; `None` where there are none.
    pub(crate) async fn issuer_region(&self, tx: &mut Tx) -> Result<Option<RegionRow>> {
        let codes: Vec<_> = tx.school_regions().await?;
        let Some(first) = codes.first() else {
            return Ok(None);
        };
        for length in [9, 6, 4, 2] {
            let Some(part) = first.as_str().get(..length) else {
                continue;
            };
            let Ok(region) = RegionCode::parse(part) else {
                continue;
            };
            if codes.iter().all(|code| region.contains(code))
                && let Some(row) = tx.region(&region).await?
            {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}
