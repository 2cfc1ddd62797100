//! The shape in which the first version stored a person's facts, for reading what it left behind.

use super::{Clearance, KeptReason, OfficialRecord, RecordKind, Standing, State};
use crate::Day;
use crate::ids::RecordId;
use crate::report::DayReport;
use serde::{Deserialize, Serialize};

/// [`State`] before records had numbers and discrepancies could be settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstState {
    joined: Day,
    reports: Vec<DayReport>,
    standing: Vec<Standing>,
    records: Vec<FirstRecord>,
    clearances: Vec<Clearance>,
    asked: Option<Day>,
    settled_before: Day,
    kept: Vec<KeptReason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FirstRecord {
    kind: RecordKind,
    received: Day,
    authority: String,
}

impl From<FirstState> for State {
    /// Records get the numbers −1, −2 …, which no table gives.
    fn from(first: FirstState) -> Self {
        let numbered = (1..).zip(first.records);
        Self {
            joined: first.joined,
            reports: first.reports,
            standing: first.standing,
            records: numbered
                .map(|(number, record): (i64, _)| OfficialRecord {
                    id: RecordId(-number),
                    kind: record.kind,
                    received: record.received,
                    authority: record.authority,
                })
                .collect(),
            clearances: first.clearances,
            asked: first.asked,
            settled_before: first.settled_before,
            kept: first.kept,
            settlements: Vec::new(),
            destroyed_to: None,
        }
    }
}
