//! What a device has taken along, checked: the stamp and the roll that belongs to it.

use super::signed::{self, ROLL, STAMP, SignedError};
use super::{Roll, Stamp};
use crate::pass::JwkSet;

/// A stamp and the roll that it names. There is no other way to one than through the signatures.
#[derive(Debug, Clone, PartialEq)]
pub struct Kit {
    stamp: Stamp,
    roll: Option<Roll>,
}

/// Why what the server sent is not taken along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// A signature, or who made it.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// It is older than what the device has.
    #[error("this is older than what the device has")]
    Old,
    /// The stamp is another school's or device's, or the roll another school's.
    #[error("this is meant for another school or device")]
    NotMeant,
    /// The roll is not the one that the stamp names, and neither is the one that the device has.
    #[error("the roll is not the one that belongs to the stamp")]
    OtherRoll,
}

impl Kit {
    /// The first contact of a device: its keys are those that the stamp brings and is signed with. They are pinned
    /// from then on.
    pub fn first(stamp: &str, roll: Option<&str>) -> Result<Self, TakeError> {
        let stamp = signed::open_pinning(stamp)?;
        let roll = roll.map(|text| open_roll(text, &stamp)).transpose()?;
        Self { stamp, roll }.checked()
    }

    /// A later contact: signed by a key that the device knows already, and not revoked in the new set.
    pub fn next(&self, stamp: &str, roll: Option<&str>) -> Result<Self, TakeError> {
        let known = self.stamp.keys.ring();
        let new: Stamp = signed::open(STAMP, stamp, &known, self.stamp.issuer)?;
        let again: Stamp = signed::open(STAMP, stamp, &new.keys.ring(), self.stamp.issuer)?;
        if again.at < self.stamp.at {
            return Err(TakeError::Old);
        }
        if (again.issuer, again.device) != (self.stamp.issuer, self.stamp.device) {
            return Err(TakeError::NotMeant);
        }
        let roll = match roll {
            Some(text) => Some(open_roll(text, &again)?),
            None => self.roll.clone(),
        };
        Self { stamp: again, roll }.checked()
    }

    fn checked(self) -> Result<Self, TakeError> {
        match &self.roll {
            Some(roll) if roll.school != self.stamp.school => Err(TakeError::NotMeant),
            Some(roll) if roll.digest() != self.stamp.roll => Err(TakeError::OtherRoll),
            _ => Ok(self),
        }
    }

    /// The stamp.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// The roll, where the device has one.
    pub fn roll(&self) -> Option<&Roll> {
        self.roll.as_ref()
    }

    /// The keys that the next stamp must be signed by.
    pub fn pinned(&self) -> &JwkSet {
        &self.stamp.keys
    }
}

fn open_roll(text: &str, stamp: &Stamp) -> Result<Roll, SignedError> {
    signed::open(ROLL, text, &stamp.keys.ring(), stamp.issuer)
}
