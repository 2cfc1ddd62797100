//! All that the decision needs to know of one person, compact enough to be read on every report.

mod earlier;

pub use earlier::{FirstState, SecondState};

use crate::Day;
use crate::decision::{ClearanceMode, Source};
use crate::ids::{RecordId, RegionCode};
use crate::report::{DayReport, FactId, StandingFact};
use crate::rulebook::{Policy, Version};
use serde::{Deserialize, Serialize};

/// Days of reports that the rules look at.
pub const WINDOW_DAYS: i32 = 21;

/// A standing fact with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its name.
    pub id: FactId,
    /// What it says now.
    pub fact: StandingFact,
    /// When it ended, where it did.
    pub ended: Option<Day>,
}

impl Standing {
    /// When it was over, where it is: a stay says so itself, too.
    pub fn until(&self) -> Option<Day> {
        match self.fact {
            StandingFact::Stay { left, .. } => self.ended.or(left),
            _ => self.ended,
        }
    }
}

/// A record of an authority. It outweighs a self-report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialRecord {
    /// Its number, by which it is withdrawn and by which discrepancies name it. A corrected record takes a
    /// new number, so that what was settled about the old one does not speak for it.
    pub id: RecordId,
    /// What the record says.
    pub kind: RecordKind,
    /// The date the record was received; the isolation is known from then at the latest.
    pub received: Day,
    /// The authority that issued it, as shown to people.
    pub authority: String,
}

/// What an official record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordKind {
    /// A confirmed case, by the day of its sample.
    ConfirmedCase {
        /// Day of the sample.
        sampled: Day,
    },
    /// A close contact of a case, by the last day of contact.
    CloseContact {
        /// Last day of contact.
        last: Day,
    },
    /// Found by tracing at depth two.
    ContactOfContact {
        /// Last day of contact.
        last: Day,
    },
    /// A stay elsewhere: a carrier's travel history, a list of a health authority.
    Stay {
        /// Where, as narrow as the record says.
        region: RegionCode,
        /// First day there.
        arrived: Day,
        /// Last day there; `None` where the record does not know of an end.
        left: Option<Day>,
        /// Only passed through without leaving the station.
        transit: bool,
    },
    /// A laboratory's test.
    Test {
        /// Positive or negative.
        positive: bool,
        /// Day of the sample.
        sampled: Day,
    },
    /// A vaccination.
    Vaccination {
        /// The day it was given.
        day: Day,
        /// Which dose of its course, from 1.
        dose: u8,
    },
}

/// What an officer found about a discrepancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The record is right, the report was mistaken.
    RecordRight,
    /// The report is right; the record is to be withdrawn or corrected at its source.
    ReportRight,
    /// Both are true, and it has been explained how.
    BothRight,
}

/// A discrepancy that an officer has settled. Who and why is in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Settlement {
    /// The record in question.
    pub record: RecordId,
    /// The day; the discrepancy is closed from this day on.
    pub on: Day,
    /// What was found.
    pub finding: Finding,
}

/// A high temperature measured at the gate, confirmed by a second measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GateReading {
    /// Its number, of the same kind as an official record's: discrepancies and settlements name it.
    pub id: RecordId,
    /// The day of the measurement.
    pub day: Day,
    /// Tenths of a degree Celsius.
    pub tenths: u16,
}

/// An accepted end of an isolation before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clearance {
    /// The reason code whose isolations it ends.
    pub reason: String,
    /// Its date: ends isolations of that reason that began on or before it.
    pub date: Day,
}

/// A reason that outlives the answers behind it, after consent was withdrawn: the rule and its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReason {
    /// The rulebook.
    pub rulebook_id: String,
    /// Its version then.
    pub rulebook_version: Version,
    /// The rule, which says colour, reason code and label.
    pub rule_id: String,
    /// What of it holds on.
    pub hold: KeptHold,
}

/// What holds on of a kept reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptHold {
    /// An isolation, which counts on as it began. A clearance ends it like any other.
    Isolation(KeptIsolation),
    /// The colour of this one day.
    Day(Day),
    /// No isolation: what is left would start this one, and together with the answers it did not.
    NoIsolation(KeptIsolation),
}

/// What an isolation without its facts is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptIsolation {
    /// The date that starts the count.
    pub start: Day,
    /// The day it became known.
    pub known: Day,
    /// Days that have to count.
    pub days: u16,
    /// What a missed day does.
    pub policy: Policy,
    /// Whether a clearance may or must end it.
    pub clearance: ClearanceMode,
    /// Where the fact behind it came from.
    pub source: Source,
}

/// One person's facts. Everything shown is derived from them; the order in which they arrived does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The first day this person is expected to report.
    pub joined: Day,
    /// The latest accepted report of each day, ascending by day: the last [`WINDOW_DAYS`] days, and all
    /// days since the start of the oldest running isolation.
    pub reports: Vec<DayReport>,
    /// Standing facts stated by reports that are no longer kept, with all that those reports did to them.
    pub standing: Vec<Standing>,
    /// Records of authorities.
    pub records: Vec<OfficialRecord>,
    /// Accepted clearances.
    pub clearances: Vec<Clearance>,
    /// The last day about whose gaps the teacher has asked the family.
    pub asked: Option<Day>,
    /// Reports of earlier days were dropped. Isolations that began and were known before this day are
    /// over; days before it are never counted as missed.
    pub settled_before: Day,
    /// Reasons whose answers were destroyed when consent was withdrawn.
    pub kept: Vec<KeptReason>,
    /// Discrepancies that officers have settled.
    pub settlements: Vec<Settlement>,
    /// The day on which consent was withdrawn last: the answers of reports up to then were destroyed, and
    /// what they leave out says nothing.
    pub destroyed_to: Option<Day>,
    /// Confirmed temperatures of the gate.
    pub gate: Vec<GateReading>,
}

impl State {
    /// A person of whom nothing is known yet.
    pub fn new(joined: Day) -> Self {
        Self {
            joined,
            reports: Vec::new(),
            standing: Vec::new(),
            records: Vec::new(),
            clearances: Vec::new(),
            asked: None,
            settled_before: Day(i32::MIN),
            kept: Vec::new(),
            settlements: Vec::new(),
            destroyed_to: None,
            gate: Vec::new(),
        }
    }

    /// The accepted report of `day`.
    pub fn report_of(&self, day: Day) -> Option<&DayReport> {
        self.reports
            .binary_search_by_key(&day, |r| r.day)
            .ok()
            .and_then(|i| self.reports.get(i))
    }

    /// The highest confirmed temperature of the gate on `day`, in tenths of a degree Celsius.
    pub fn gate_reading_of(&self, day: Day) -> Option<u16> {
        let of_day = self.gate.iter().filter(|reading| reading.day == day);
        of_day.map(|reading| reading.tenths).max()
    }
}
