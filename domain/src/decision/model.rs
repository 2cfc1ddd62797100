//! What a decision says.

use crate::lang::Text;
use crate::rulebook::{Activation, Version};
use crate::{Code, Colour, Day};
use serde::{Deserialize, Serialize};

/// Where the fact behind a reason came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Counted from the days themselves (gaps, discrepancies), not stated by anybody.
    Counted,
    /// Stated in a report.
    SelfReport,
    /// Found by tracing.
    Traced,
    /// A record of an authority.
    Official,
    /// Measured at the school's gate, twice.
    Gate,
}

/// Whether an accepted clearance may, or must, end an isolation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClearanceMode {
    /// Only the days end it.
    #[default]
    None,
    /// A clearance ends it before its days are full.
    May,
    /// It lasts, however many days have counted, until a clearance is accepted.
    Must,
}

/// One reason for a yellow or red code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule that fired, for example `R-02`.
    pub rule_id: String,
    /// The rule's own version, from 1.
    pub rule_version: u32,
    /// The rulebook the rule stands in.
    pub rulebook_id: String,
    /// The reason code, for example `contact_close`: what clearances name and counters count.
    pub code: String,
    /// The colour this reason asks for.
    pub colour: Colour,
    /// The short label for screens, for example 疾控名单密接.
    pub label: Text,
    /// What happened, what to do and until when, in plain words.
    pub text: Text,
    /// What to do next, one sentence each.
    pub next_steps: Vec<Text>,
    /// Where the fact came from.
    pub source: Source,
    /// The date from which the days count; `None` where the rule colours a day only while it fires.
    pub start: Option<Day>,
    /// The day from which it was known; days up to it count without a report.
    pub known: Option<Day>,
    /// Days of isolation that have to count; 0 where the rule colours a day only while it fires.
    pub days: u16,
    /// Days that counted up to and including the decided day.
    pub counted: u16,
    /// Days that were missed up to and including the decided day.
    pub missed: u16,
    /// The last day it covers, if every day from today on is reported; `None` while nobody can say
    /// (a clearance is still needed, or the rule fires until something is settled).
    pub ends: Option<Day>,
    /// Whether a clearance may or must end it.
    pub clearance: ClearanceMode,
    /// The activation of a rulebook that applies to open isolations and judged this one again; it is the reason why
    /// days and end may differ from what they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rederived: Option<Activation>,
}

/// The answer for one person and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The day decided about.
    pub day: Day,
    /// The code of that day.
    pub code: Code,
    /// Whether the day has an accepted report; counted apart from the colour.
    pub reported: bool,
    /// The last day with the shown colour; `None` for green and grey, and while nobody can say.
    pub ends: Option<Day>,
    /// A milder colour that outlasts the shown one, and its last day.
    pub then: Option<(Code, Day)>,
    /// All reasons, the principal one first (worst colour, then latest end, then rulebook order).
    pub reasons: Vec<Reason>,
    /// The rulebooks that were in force, with their versions.
    pub rulebooks: Vec<(String, Version)>,
}

impl Decision {
    /// The reason that counts and lists name.
    pub fn principal(&self) -> Option<&Reason> {
        self.reasons.first()
    }

    /// Whether some reason for the shown colour lasts until a clearance is accepted.
    pub fn needs_clearance(&self) -> bool {
        self.reasons.iter().any(|reason| {
            Code::from(reason.colour) == self.code && reason.clearance == ClearanceMode::Must
        })
    }
}
