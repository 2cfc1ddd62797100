//! A person's daily report: today's answers, changes to standing facts, and how it came in.

mod faults;
mod told;
mod typed;

pub use faults::{AnswerFault, CHANGES_MAX, FaultReason, Field, LOOK_BACK_DAYS, faults};
pub use told::{Told, changes_of};
pub use typed::read_tenths;

use crate::ids::RegionCode;
use crate::{Day, Millis};
use serde::{Deserialize, Serialize};

/// Lowest body temperature a form accepts, in tenths of a degree Celsius.
pub const TEMPERATURE_MIN: u16 = 340;
/// Highest body temperature a form accepts, in tenths of a degree Celsius.
pub const TEMPERATURE_MAX: u16 = 430;

/// What was said about the temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Temperature {
    /// Attested to lie below the active threshold, without a number (one click).
    BelowThreshold,
    /// Measured, in tenths of a degree Celsius, [`TEMPERATURE_MIN`]..=[`TEMPERATURE_MAX`].
    Tenths(u16),
}

/// A set of symptoms by the numbers (0–63) that the rulebook gives them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Symptoms(pub u64);

impl Symptoms {
    /// The set with `number` added; numbers above 63 are ignored.
    #[must_use]
    pub fn with(self, number: u8) -> Self {
        Self(self.0 | 1u64.checked_shl(u32::from(number)).unwrap_or(0))
    }

    /// Whether `number` is in the set.
    pub fn has(self, number: u8) -> bool {
        1u64.checked_shl(u32::from(number))
            .is_some_and(|bit| self.0 & bit != 0)
    }

    /// No symptom at all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers in the set, ascending.
    pub fn numbers(self) -> impl Iterator<Item = u8> {
        (0..64u8).filter(move |n| self.has(*n))
    }
}

/// How sure it is that the other person is a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// 确诊
    Confirmed,
    /// 疑似
    Suspected,
}

/// Who the contact was with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactWho {
    /// Somebody living in the same household.
    Household,
    /// Anybody else.
    Other,
}

/// What is the matter with a member of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdMatter {
    /// Feels ill.
    Symptoms,
    /// Has been told to isolate.
    Isolating,
    /// Came back from elsewhere.
    Returned,
}

/// The result of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestResult {
    /// 阴性
    Negative,
    /// 阳性
    Positive,
}

/// A fact that stays until it is ended or corrected with a date.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StandingFact {
    /// Contact with a confirmed or suspected case.
    Contact {
        /// Confirmed or suspected.
        with: CaseStatus,
        /// Household or other.
        who: ContactWho,
        /// The last day of contact.
        last: Day,
    },
    /// Something about a member of the household.
    Household {
        /// What it is.
        matter: HouseholdMatter,
        /// Since when.
        since: Day,
    },
    /// A stay elsewhere.
    Stay {
        /// Where, as narrow as it is known.
        region: RegionCode,
        /// First day there.
        arrived: Day,
        /// Last day there; `None` while still there.
        left: Option<Day>,
        /// Only passed through without leaving the station.
        transit: bool,
    },
    /// A test with its result.
    Test {
        /// The result.
        result: TestResult,
        /// Day of the sample.
        sampled: Day,
    },
}

/// Names a standing fact of one person: the report day that first stated it, and its place in that report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FactId {
    /// The day of the report that stated it.
    pub day: Day,
    /// Its place among the facts which that report added, from 0.
    pub index: u16,
}

/// What a report does to the standing facts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FactChange {
    /// States a new fact.
    Add(StandingFact),
    /// The fact ended on that day (for a stay: the day of leaving).
    End(FactId, Day),
    /// The fact was wrong and reads thus; its first day of being known stays.
    Correct(FactId, StandingFact),
}

/// The answers of one report.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answers {
    /// The temperature of the day.
    pub temperature: Temperature,
    /// Today's symptoms.
    pub symptoms: Symptoms,
    /// When the symptoms began, where they were asked for.
    pub symptoms_since: Option<Day>,
    /// Changes to standing facts, in the order given.
    pub changes: Vec<FactChange>,
    /// Free words to the teacher, at most [`NOTE_MAX`] characters.
    pub note: String,
    /// Checked on paper at school, and may not attend. Nothing else is kept then.
    pub paper_refused: bool,
}

/// Longest note, in characters.
pub const NOTE_MAX: usize = 500;

impl Answers {
    /// *All well*: below the threshold, no symptoms, nothing new.
    pub fn all_well() -> Self {
        Self {
            temperature: Temperature::BelowThreshold,
            symptoms: Symptoms::default(),
            symptoms_since: None,
            changes: Vec::new(),
            note: String::new(),
            paper_refused: false,
        }
    }

    /// *Checked on paper: may not attend.* For those without consent to online answers.
    pub fn paper_refused() -> Self {
        Self {
            paper_refused: true,
            ..Self::all_well()
        }
    }
}

/// How a report came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By the guardian or the person, on the web page.
    Web,
    /// By a teacher for them.
    Proxy(Learned),
    /// By a teacher from a paper form.
    Paper,
    /// From the all-well slip handed in at the gate.
    GateSlip,
    /// From a message channel.
    Message,
    /// By a teacher from paper forms, in a table.
    Import,
    /// Over the interface for schools' own systems.
    Interface,
}

impl Channel {
    /// The number that tables store.
    pub fn number(self) -> i64 {
        match self {
            Self::Web => 1,
            Self::Proxy(Learned::Call) => 2,
            Self::Proxy(Learned::Paper) => 3,
            Self::Proxy(Learned::InPerson) => 4,
            Self::Paper => 5,
            Self::GateSlip => 6,
            Self::Message => 7,
            Self::Import => 8,
            Self::Interface => 9,
        }
    }

    /// The channel of a stored number.
    pub fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            1 => Self::Web,
            2 => Self::Proxy(Learned::Call),
            3 => Self::Proxy(Learned::Paper),
            4 => Self::Proxy(Learned::InPerson),
            5 => Self::Paper,
            6 => Self::GateSlip,
            7 => Self::Message,
            8 => Self::Import,
            9 => Self::Interface,
            _ => return None,
        })
    }

    /// Which of the three groups progress shows apart.
    pub fn group(self) -> ChannelGroup {
        match self {
            Self::Web | Self::Message | Self::Interface => ChannelGroup::Guardian,
            Self::Paper | Self::GateSlip | Self::Import => ChannelGroup::Paper,
            Self::Proxy(_) => ChannelGroup::Proxy,
        }
    }
}

/// How the teacher learned what a proxy report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned {
    /// By telephone.
    Call,
    /// From a paper.
    Paper,
    /// In person.
    InPerson,
}

/// Progress shows these apart; rankings ignore proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelGroup {
    /// By the guardian or the person.
    Guardian,
    /// From a signed paper.
    Paper,
    /// By a teacher for them.
    Proxy,
}

/// The accepted report of one day, as the state row keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayReport {
    /// The day it speaks of.
    pub day: Day,
    /// Revision of that day, from 1.
    pub revision: u16,
    /// How it came in.
    pub channel: Channel,
    /// When it was acknowledged.
    pub at: Millis,
    /// What it says.
    pub answers: Answers,
}
