//! The pass: a signed token in a QR code, never a session.
//!
//! A CBOR Web Token (RFC 8392) in COSE_Sign1 (RFC 9052), signed with Ed25519, written in Base45 (RFC 9285) behind
//! `FX1:`. `docs/PASS.md` gives it byte by byte. There is one way from text to a decision, and the types keep to
//! it: [`Envelope::parse`] reads the headers and nothing else, [`Envelope::authenticate`] checks the signature and
//! gives an [`Authentic`] pass, [`Authentic::at`] looks at the time and gives a [`Verified`] one. Only that tells
//! whether it may be relied on; for a card, [`Verified::check_holder`] asks whether the holder still has it.

mod claims;
mod decode;
mod encode;
mod exchange;
mod jwks;
pub(crate) mod jws;
mod keys;
mod refusal;
#[cfg(test)]
mod tests;

pub use decode::{Authentic, Envelope, HolderStatus, Verified, verify};
pub use encode::{EncodeError, PassSigner};
pub use exchange::{ExchangeError, KeyExchange, OpenedExchange};
pub use jwks::{Jwk, JwkSet, Revoked};
pub use keys::{KeyId, KeyRing, KeyScope, TrustedKey};
pub use refusal::PassRefusal;

use crate::{Code, Day, Millis};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What every pass begins with: the format and its version.
pub const PREFIX: &str = "FX1:";
/// Most characters of a pass: what a QR code of version 11 with error correction Q holds.
pub const CHARACTERS_MAX: usize = 259;
/// How far two clocks may differ.
pub const LEEWAY: Millis = Millis(60_000);
/// How long a live pass is valid; a screenshot goes stale.
pub const LIVE_FOR: Millis = Millis(180_000);
/// How long a day letter is valid at most: a day, and the hour that daylight saving may add.
pub const DAY_LETTER_FOR: Millis = Millis(25 * 3_600_000);
/// How long a printed card is valid at most.
pub const CARD_FOR: Millis = Millis(400 * 86_400_000);

/// Who signs: one installation. Nine digits, drawn at random on first start, so that no two are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct IssuerId(u32);

/// The number has not nine digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an issuer has nine digits")]
pub struct NotAnIssuer;

impl IssuerId {
    /// The issuer of a random number.
    pub fn draw(random: u32) -> Self {
        Self(100_000_000 + random % 900_000_000)
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for IssuerId {
    type Error = NotAnIssuer;
    fn try_from(number: u32) -> Result<Self, NotAnIssuer> {
        if (100_000_000..1_000_000_000).contains(&number) {
            Ok(Self(number))
        } else {
            Err(NotAnIssuer)
        }
    }
}

impl From<IssuerId> for u32 {
    fn from(issuer: IssuerId) -> Self {
        issuer.0
    }
}

impl fmt::Display for IssuerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The three kinds of pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 纸质卡: without colour; the scanner looks it up.
    Card,
    /// 屏幕码: on a guardian's screen, valid for three minutes.
    Live,
    /// 当日证明: printed or saved today, with today's colour.
    DayLetter,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Card, Self::Live, Self::DayLetter];

    /// The number in a pass.
    pub fn number(self) -> u8 {
        match self {
            Self::Card => 1,
            Self::Live => 2,
            Self::DayLetter => 3,
        }
    }

    /// How long such a pass may be valid at most.
    pub fn longest(self) -> Millis {
        match self {
            Self::Card => CARD_FOR,
            Self::Live => LIVE_FOR,
            Self::DayLetter => DAY_LETTER_FOR,
        }
    }
}

/// What a pass says beside whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// A printed card: the how-manieth of its holder.
    Card {
        /// Counts from 1; a newer card voids the older ones.
        serial: u32,
    },
    /// A live pass: the colour of a day.
    Live {
        /// The colour.
        code: Code,
        /// The day.
        day: Day,
    },
    /// A day letter: the colour of a day.
    DayLetter {
        /// The colour.
        code: Code,
        /// The day.
        day: Day,
    },
}

impl Says {
    /// Which kind of pass says this.
    pub fn kind(self) -> Kind {
        match self {
            Self::Card { .. } => Kind::Card,
            Self::Live { .. } => Kind::Live,
            Self::DayLetter { .. } => Kind::DayLetter,
        }
    }

    /// Colour and day, which a card does not have.
    pub fn colour(self) -> Option<(Code, Day)> {
        match self {
            Self::Card { .. } => None,
            Self::Live { code, day } | Self::DayLetter { code, day } => Some((code, day)),
        }
    }
}

/// Everything that a pass holds. No national id, no phone, no reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Who signed it.
    pub issuer: IssuerId,
    /// The school's number at its issuer.
    pub school: u32,
    /// The class's number at its issuer.
    pub class: u32,
    /// The holder's random number, the same in all their passes; it means nothing elsewhere.
    pub holder: u64,
    /// The masked name, at most [`crate::identity::MASKED_NAME_MAX`] bytes.
    pub name: String,
    /// Card, live or day letter, with what it says.
    pub says: Says,
    /// When it was signed; whole seconds.
    pub issued: Millis,
    /// Until when it is valid; whole seconds.
    pub expires: Millis,
}
