//! Identifiers. Each is its own type, so that a school is never taken for a class.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The text is not an identifier of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct ParseIdError;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map($name).map_err(|_| ParseIdError)
            }
        }
    )*};
}

id! {
    /// A school; a small number, so that it fits into a printed code.
    SchoolId,
    /// A class of one school.
    ClassId,
    /// A student or a member of staff in the roster.
    PersonId,
    /// Somebody who can sign in.
    AccountId,
    /// One revision of one person's report of one day.
    ReportId,
    /// One decision, append-only.
    DecisionId,
    /// One invitation slip.
    SlipId,
    /// One version of a rulebook, from its first draft on.
    RulebookNo,
    /// One official record about one person.
    RecordId,
    /// A gate of a school.
    GateId,
    /// A device at a gate.
    DeviceId,
}

/// A region's code by GB/T 2260: `CN`, then 2 (province), 4 (city), 6 (district) or 9 (town) digits.
///
/// A code that begins with another one lies inside it; `CN` contains all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct RegionCode(String);

impl RegionCode {
    /// The whole country.
    pub const COUNTRY: &'static str = "CN";

    /// Reads a code.
    ///
    /// # Errors
    /// Anything that is not `CN` or 2, 4, 6 or 9 digits.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if text == Self::COUNTRY || (digits && matches!(text.len(), 2 | 4 | 6 | 9)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError)
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this region or lies inside it.
    pub fn contains(&self, other: &Self) -> bool {
        self.0 == Self::COUNTRY || other.0.starts_with(&self.0)
    }

    /// This region after all those around it, the country first.
    pub fn chain(&self) -> impl Iterator<Item = Self> {
        let around = [2, 4, 6].into_iter().filter_map(|digits| {
            let wider = self.0.get(..digits)?;
            (wider.len() < self.0.len()).then(|| Self(wider.to_owned()))
        });
        let country = (self.0 != Self::COUNTRY).then(|| Self(Self::COUNTRY.to_owned()));
        country
            .into_iter()
            .chain(around)
            .chain(std::iter::once(self.clone()))
    }

    /// The level of this region.
    pub fn level(&self) -> RegionLevel {
        match self.0.len() {
            9 => RegionLevel::Town,
            6 => RegionLevel::District,
            4 => RegionLevel::City,
            _ if self.0 == Self::COUNTRY => RegionLevel::Country,
            _ => RegionLevel::Province,
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RegionCode {
    type Err = ParseIdError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

/// The levels of regions, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 国家
    Country,
    /// 省
    Province,
    /// 市
    City,
    /// 区县
    District,
    /// 镇街
    Town,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_region_lies_in_each_of_its_chain() {
        for (code, chain) in [
            ("330503001", "CN 33 3305 330503 330503001"),
            ("3305", "CN 33 3305"),
            ("33", "CN 33"),
            ("CN", "CN"),
        ] {
            let region = RegionCode::parse(code).unwrap();
            let around: Vec<RegionCode> = region.chain().collect();
            assert!(around.iter().all(|wider| wider.contains(&region)));
            let codes: Vec<&str> = around.iter().map(RegionCode::as_str).collect();
            assert_eq!(codes.join(" "), chain);
        }
    }
}
