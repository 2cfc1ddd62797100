//! Making a pass of a person, and drawing it.

use super::drawing::draw;
use super::keys::{KeySet, Purpose};
use super::whole_second;
use crate::people::OpenPerson;
use crate::{Error, Result, Services};
use domain::Millis;
use domain::gate::{ShortCode, short_code};
use domain::ids::PersonId;
use domain::pass::{CARD_FOR, Kind, LIVE_FOR, Pass, Says};
use std::collections::{BTreeMap, HashMap};
use store::{PassHolderRow, Tx};

/// A pass that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Its text.
    pub text: String,
    /// What can be typed where it cannot be scanned.
    pub short: ShortCode,
    /// The same as a QR code: an SVG element without a quiet zone.
    pub svg: String,
    /// What it says.
    pub says: Says,
    /// When it was signed.
    pub issued: Millis,
    /// Until when it is valid.
    pub expires: Millis,
}

impl Services {
    /// The numbers in passes of several people; drawn for those who have none. `tx` must be able to write.
    pub(crate) async fn ensure_holders(
        &self,
        tx: &mut Tx,
        people: &[PersonId],
    ) -> Result<HashMap<PersonId, PassHolderRow>> {
        let holders = tx.ensure_pass_holders(&self.drawn_for(people)).await?;
        Ok(holders.into_iter().map(|h| (h.person_id, h)).collect())
    }

    /// A number at random for each.
    pub(crate) fn drawn_for(&self, people: &[PersonId]) -> BTreeMap<PersonId, i64> {
        let random = || i64::from_be_bytes(crate::clock::bytes(&*self.entropy));
        people.iter().map(|person| (*person, random())).collect()
    }

    /// Signs a pass that is issued at `issued` and valid until `until` at most.
    pub(super) fn issue(
        &self,
        keys: &KeySet,
        person: &OpenPerson,
        holder: &PassHolderRow,
        says: Says,
        (issued, until): (Millis, Millis),
    ) -> Result<Issued> {
        let (purpose, life) = match says.kind() {
            Kind::Card => (Purpose::Cards, CARD_FOR),
            Kind::Live => (Purpose::Screens, LIVE_FOR),
            Kind::DayLetter => (Purpose::Screens, Kind::DayLetter.longest()),
        };
        let (signer, key) = keys.signer(purpose, issued)?;
        let issued = whole_second(issued);
        let latest = until.0.min(issued.0 + life.0).min(key.until.0);
        let expires = whole_second(Millis(latest));
        let small = |number: i64| u32::try_from(number).map_err(|e| Error::internal(e.to_string()));
        let number = u64::from_be_bytes(holder.holder.to_be_bytes());
        let text = signer
            .sign(&Pass {
                issuer: keys.issuer,
                school: small(person.row.school_id.0)?,
                class: small(person.row.class_id.0)?,
                holder: number,
                name: person.masked(),
                says,
                issued,
                expires,
            })
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok(Issued {
            svg: draw(&text)?,
            short: short_code(number),
            text,
            says,
            issued,
            expires,
        })
    }
}
