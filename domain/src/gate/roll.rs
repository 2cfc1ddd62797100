//! What a device takes along, signed by the server.

use crate::pass::{IssuerId, JwkSet};
use crate::roster::ClassName;
use crate::{Code, Day, Millis, Text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The small part, new at each contact: what time it is, whom to trust, how this school does it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// The server's time.
    pub at: Millis,
    /// From here on the device decides nothing any more without a new contact.
    pub good_until: Millis,
    /// Our own issuer.
    pub issuer: IssuerId,
    /// The school's number.
    pub school: u32,
    /// The school's name.
    pub school_name: Text,
    /// The school's time zone, as an offset from UTC in minutes today.
    pub offset_minutes: i32,
    /// The school's today.
    pub today: Day,
    /// This device's number.
    pub device: i64,
    /// Where this device stands.
    pub gate: GateInfo,
    /// Our own keys, revoked ones too.
    pub keys: JwkSet,
    /// The [`Roll::digest`] that holds now; a device with another one asks for the roll.
    pub roll: String,
    /// A reading from here on means *wait and measure again*; tenths of a degree.
    pub fever_tenths: u16,
    /// How long to wait before the second measurement.
    pub wait: Span,
    /// What happens with passes of other schools and issuers.
    pub visitors: VisitorPolicy,
    /// The other issuers whose live passes and day letters are recognised, and by which rules.
    pub trust: Vec<TrustedIssuer>,
    /// The rules of recognition, in order; the first that fires refuses.
    pub recognition: Vec<crate::recognition::RecognitionRule>,
}

/// A span of time, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

/// A gate of a school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateInfo {
    /// Its number.
    pub no: i64,
    /// Its name, as the school wrote it: 东门.
    pub name: String,
}

/// What a school does with passes of other schools of the same issuer, and of other issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorPolicy {
    /// Nobody.
    Refuse,
    /// Whoever is expected today: the guard is asked to look at the visitors' book.
    Ask,
    /// Everybody whose pass is good.
    Admit,
}

/// Another issuer that our region trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedIssuer {
    /// Its number.
    pub issuer: IssuerId,
    /// What people call it.
    pub name: String,
    /// Its region, as our bureau entered it; GB/T 2260.
    pub region: crate::ids::RegionCode,
    /// From when on.
    pub from: Millis,
    /// Until when.
    pub until: Millis,
    /// Its keys, as far as our bureau lets them count.
    pub keys: JwkSet,
}

/// Everybody of a school today, with their colours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// The school's number.
    pub school: u32,
    /// The day that the colours are of.
    pub day: Day,
    /// The classes.
    pub classes: Vec<RollClass>,
    /// The people, by holder.
    pub people: Vec<RollPerson>,
}

impl Roll {
    /// SHA-256 over the roll's JSON, in base64url: what [`Stamp::roll`] compares. The body of the signed roll is that
    /// JSON, with the people in the order of their holders.
    pub fn digest(&self) -> String {
        // Numbers, texts and lists always have a JSON; an empty one would be the digest of no roll.
        let json = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(json))
    }
}

/// A class in a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollClass {
    /// Its number at the issuer.
    pub class: u32,
    /// Its name.
    pub name: ClassName,
}

/// Somebody in a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollPerson {
    /// The random number in their passes.
    pub holder: u64,
    /// Their newest card; 0 where none was printed.
    pub serial: u32,
    /// Their class.
    pub class: u32,
    /// Their seat; 0 where there is none.
    pub seat: u32,
    /// The masked name.
    pub name: String,
    /// Their colour on [`Roll::day`].
    pub code: Code,
    /// The last day of a refusal, where one is known.
    pub until: Option<Day>,
    /// Whether they have been let in provisionally on a slip that the teacher has not confirmed yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// When and at which gate they were last let in today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<(Millis, String)>,
}
