//! The interface for other programs: what a key may be good for.

use crate::access::Action;
use std::fmt;
use std::str::FromStr;

/// What a key lets a program do within the key's school or region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Send daily reports.
    Reports,
    /// Send lists of official records.
    Records,
    /// Change the roster.
    Roster,
    /// Read numbers; nobody is named in them.
    Numbers,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 4] = [Self::Reports, Self::Records, Self::Roster, Self::Numbers];

    /// The word in tables and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reports => "reports",
            Self::Records => "records",
            Self::Roster => "roster",
            Self::Numbers => "numbers",
        }
    }

    /// What it allows.
    pub fn actions(self) -> &'static [Action] {
        match self {
            Self::Reports => &[Action::ReportByProxy],
            Self::Records => &[Action::EnterRecords],
            Self::Roster => &[Action::ChangeRoster],
            Self::Numbers => &[Action::SeeRegion, Action::SeeSchool],
        }
    }

    /// Whether a key of one school may have it; a region's key may have every right.
    pub fn is_for_schools(self) -> bool {
        self != Self::Records
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.word().fmt(f)
    }
}

/// There is no right of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown right")]
pub struct UnknownRight;

impl FromStr for Right {
    type Err = UnknownRight;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|right| right.word() == word)
            .ok_or(UnknownRight)
    }
}
