//! What a rulebook file says, as it is read and written.

use super::Version;
use crate::decision::ClearanceMode;
use crate::lang::Text;
use crate::{Colour, Day};
use serde::{Deserialize, Serialize};

/// A rulebook file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its name: small letters, digits and hyphens.
    pub id: String,
    /// Its version.
    pub version: Version,
    /// The region it applies to, by its GB/T 2260 code or `CN`.
    pub region: crate::ids::RegionCode,
    /// Its title.
    pub title: Text,
    /// The first day it judges.
    #[serde(with = "iso_day")]
    pub effective_from: Day,
    /// The first day it no longer judges, once it is retired.
    #[serde(
        default,
        with = "iso_day_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub retired: Option<Day>,
    /// Named thresholds and limits.
    pub parameters: Vec<Parameter>,
    /// Parameters of rulebooks above that this one moves in their stricter direction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
    /// The symptoms that forms offer.
    pub symptoms: Vec<Symptom>,
    /// The rules, the weightiest first.
    pub rules: Vec<Rule>,
}

/// A named threshold, limit or policy. Conditions read numbers as `{"var": "param.NAME"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name: small letters, digits and underscores.
    pub name: String,
    /// What it is, for people.
    pub title: Text,
    /// Its value.
    pub value: ParameterValue,
    /// The direction in which a lower region may move it.
    pub stricter: Stricter,
    /// The smallest value that makes sense, where it is a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

impl Parameter {
    /// Whether it may have this value; a policy has no bounds.
    pub fn admits(&self, value: ParameterValue) -> bool {
        let ParameterValue::Number(number) = value else {
            return true;
        };
        self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
    }
}

/// A parameter of a rulebook above, moved for this region and all below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The rulebook above, for example `cn-base`.
    pub rulebook: String,
    /// Its parameter.
    pub parameter: String,
    /// The stricter value. Where the rulebook above becomes stricter than this, its own value holds.
    pub value: ParameterValue,
}

/// The value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A whole number.
    Number(i64),
    /// What a missed day does.
    Policy(Policy),
}

/// Which change of a parameter is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stricter {
    /// A lower number.
    Lower,
    /// A higher number, or a later policy in the order ignore, pause, restart.
    Higher,
}

impl Stricter {
    /// Whether `new` is at least as strict as `old`; values of different kinds never are.
    pub fn allows(self, old: ParameterValue, new: ParameterValue) -> bool {
        match (old, new) {
            (ParameterValue::Number(old), ParameterValue::Number(new)) => match self {
                Self::Lower => new <= old,
                Self::Higher => new >= old,
            },
            // The order of policies is fixed, whatever the direction says.
            (ParameterValue::Policy(old), ParameterValue::Policy(new)) => new >= old,
            _ => false,
        }
    }
}

/// What a missed day of an isolation does. Ordered: a later one is stricter.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// It counts all the same.
    Ignore,
    /// The end moves out by one day.
    #[default]
    Pause,
    /// The days count again from the next reported day.
    Restart,
}

/// A symptom that forms offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// Its number in reports, 0–63; never given to another symptom.
    pub number: u8,
    /// Its word in files and interfaces.
    pub code: String,
    /// Its name on forms.
    pub title: Text,
    /// Calls for isolation by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub severe: bool,
    /// Is the fever itself, so that it is not counted beside a measured one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fever: bool,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, for example `R-01`.
    pub id: String,
    /// Its own version, from 1.
    pub version: u32,
    /// The short label for screens.
    pub label: Text,
    /// When it fires, in CertLogic.
    pub condition: serde_json::Value,
    /// What follows.
    pub outcome: Outcome,
    /// What happened, what to do and until when; may hold `{start}`, `{until}`, `{temperature}`,
    /// `{threshold}`, `{symptoms}`, `{findings}` (temperature and symptoms) and `{place}`.
    pub text: Text,
    /// What to do next, one sentence each.
    pub next_steps: Vec<Text>,
}

/// What follows when a rule fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The colour.
    pub colour: Colour,
    /// The reason code that clearances and counters name.
    pub reason: String,
    /// How long it holds.
    pub hold: Hold,
    /// For an isolation: the dated fact whose date starts the count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// For an isolation: the parameter that says how many days must count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<String>,
    /// Whether a clearance may or must end it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub clearance: ClearanceMode,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn is_none(mode: &ClearanceMode) -> bool {
    *mode == ClearanceMode::None
}

/// How long the outcome of a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// As an isolation that counts days.
    Isolation,
    /// On each day on whose facts the rule fires.
    WhileFired,
}

/// Days written as `2020-09-17`.
mod iso_day {
    use crate::Day;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub fn serialize<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// The same where there may be none.
mod iso_day_option {
    use crate::Day;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    // An `allow`: whether the option is small depends on the machine's word.
    #[allow(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "asked for by serde"
    )]
    pub fn serialize<S: Serializer>(day: &Option<Day>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.collect_str(day),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Day>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}
