//! Explaining a pass to whoever looks after the program.

use crate::actor::Actor;
use crate::recognition::RegionSays;
use crate::{Result, Services};
use domain::Millis;
use domain::pass::{Envelope, HolderStatus, KeyId, KeyRing, Pass, PassRefusal, TrustedKey};

/// What can be said of a pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The key that is said to have signed it, where its headers can be read.
    pub key: Option<KeyId>,
    /// What it holds, where the signature is right.
    pub pass: Option<Pass>,
    /// Whether it was signed here.
    pub is_own: bool,
    /// What the regions say that trust its issuer, where somebody else signed it.
    pub regions: Vec<RegionSays>,
    /// Why it would be refused now; `None` where it would be accepted somewhere.
    pub refusal: Option<PassRefusal>,
    /// The moment of the inspection.
    pub now: Millis,
}

impl Services {
    /// Looks at a pass as a scanner of its own school would, trusting the installation's own keys and `others`; at
    /// somebody else's as the schools of the regions would that trust its issuer.
    /// Only somebody who may run the program on its machine asks this way.
    pub async fn inspect_pass(
        &self,
        actor: &Actor,
        text: &str,
        others: Vec<TrustedKey>,
    ) -> Result<Inspection> {
        let keys = self.pass_keys().await?;
        let ring = KeyRing::new(keys.ring.keys().cloned().chain(others));
        let now = self.clock.now();
        let mut found = Inspection {
            key: None,
            pass: None,
            is_own: false,
            regions: Vec::new(),
            refusal: None,
            now,
        };
        let envelope = match Envelope::parse(text.trim()) {
            Ok(envelope) => envelope,
            Err(refusal) => {
                found.refusal = Some(refusal);
                return Ok(found);
            }
        };
        found.key = Some(envelope.key());
        let authentic = match envelope.authenticate(&ring) {
            Ok(authentic) => authentic,
            Err(refusal) => {
                found.refusal = Some(refusal);
                if refusal == PassRefusal::UnknownKey {
                    self.ask_regions(text, &mut found).await?;
                }
                return Ok(found);
            }
        };
        let pass = authentic.pass().clone();
        found.is_own = pass.issuer == keys.issuer;
        found.refusal = match authentic.at(now) {
            Err(refusal) => Some(refusal),
            Ok(verified) if found.is_own => {
                let status = self.holder_status(actor, &pass).await?;
                verified.check_holder(status.as_ref()).err()
            }
            Ok(_) => None,
        };
        found.pass = Some(pass);
        Ok(found)
    }

    /// What the regions' lists of trusted issuers say.
    async fn ask_regions(&self, text: &str, found: &mut Inspection) -> Result<()> {
        found.regions = self.inspect_foreign(text).await?;
        let accepted = found
            .regions
            .iter()
            .find_map(|says| says.says.as_ref().ok());
        if let Some(recognised) = accepted {
            found.pass = Some(recognised.pass.clone());
            found.refusal = None;
        }
        Ok(())
    }

    /// What the school's list says of a pass's holder; looking is written down.
    async fn holder_status(&self, actor: &Actor, pass: &Pass) -> Result<Option<HolderStatus>> {
        let mut tx = self.store.read().await?;
        let holder = i64::from_be_bytes(pass.holder.to_be_bytes());
        let Some(row) = tx.pass_holder_of(holder).await? else {
            return Ok(None);
        };
        let (place, person) = self.place_of_person(&mut tx, row.person_id).await?;
        drop(tx);
        self.audit_read(actor, &place, row.person_id, "pass.inspect")
            .await?;
        let is_here = person.school_id.0 == i64::from(pass.school);
        Ok(Some(HolderStatus {
            serial: u32::try_from(row.serial).unwrap_or_default(),
            has_left: person.left_day.is_some() || !is_here,
        }))
    }
}
