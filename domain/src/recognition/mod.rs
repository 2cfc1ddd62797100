//! Recognition of other issuers: whose passes count here beside our own, and by which rules.
//!
//! A region keeps a list of issuers whose key files it has accepted ([`Trust`]), and rules about their passes
//! ([`RecognitionRule`]). For a school, the lists and rules of all regions around it apply together: [`combine`]
//! makes of the lists what a gate takes along, [`recognise`] says of one pass whether it counts.

mod check;
mod facts;
mod judge;
#[cfg(test)]
mod tests;
mod trust;
mod visit;

pub use check::{KeptRule, RULES_MAX, RuleFile, RuleFileError, SHIPPED, findings};
pub use facts::RecognitionFact;
pub use judge::{Judged, judge, try_all};
pub use trust::{Trust, combine};
pub use visit::{NotRecognised, Recognised, Whose, recognise};

use crate::ids::RegionCode;
use crate::pass::IssuerId;
use crate::{Code, Day, Text};
use serde::{Deserialize, Serialize};

/// A rule of recognition, of a kind of its own beside the rules of colours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecognitionRule {
    /// Its name within the region.
    pub id: String,
    /// What the guard and the visitor are told.
    pub label: Text,
    /// The condition, in CertLogic over the facts of [`RecognitionFact`]; where it holds, the pass is refused. A
    /// condition without an answer refuses too.
    pub refuse_if: serde_json::Value,
}

/// What a rule may ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignPass {
    /// The issuer.
    pub issuer: IssuerId,
    /// The issuer's region.
    pub region: RegionCode,
    /// The colour.
    pub code: Code,
    /// The day of the colour.
    pub day: Day,
    /// Today.
    pub today: Day,
}
