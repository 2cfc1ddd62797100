//! The shapes in which earlier versions stored a person's facts, for reading what they left behind.

use super::{Clearance, KeptReason, OfficialRecord, RecordKind, Settlement, Standing, State};
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
            gate: Vec::new(),
        }
    }
}

/// [`State`] before temperatures of the gate were facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondState {
    joined: Day,
    reports: Vec<DayReport>,
    standing: Vec<Standing>,
    records: Vec<OfficialRecord>,
    clearances: Vec<Clearance>,
    asked: Option<Day>,
    settled_before: Day,
    kept: Vec<KeptReason>,
    settlements: Vec<Settlement>,
    destroyed_to: Option<Day>,
}

impl From<SecondState> for State {
    fn from(second: SecondState) -> Self {
        Self {
            joined: second.joined,
            reports: second.reports,
            standing: second.standing,
            records: second.records,
            clearances: second.clearances,
            asked: second.asked,
            settled_before: second.settled_before,
            kept: second.kept,
            settlements: second.settlements,
            destroyed_to: second.destroyed_to,
            gate: Vec::new(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_the_first_version_stored_is_read_with_numbered_records() {
        let first = serde_json::json!({
            "joined": 18_000, "reports": [], "standing": [], "clearances": [], "asked": 18_010,
            "settled_before": 18_001, "kept": [],
            "records": [
                {"kind": {"CloseContact": {"last": 18_002}}, "received": 18_003, "authority": "区疾控"},
                {"kind": {"ConfirmedCase": {"sampled": 18_004}}, "received": 18_005, "authority": "区疾控"},
            ],
        });
        let state: State = serde_json::from_value::<FirstState>(first).unwrap().into();
        let numbers: Vec<_> = state.records.iter().map(|record| record.id.0).collect();
        assert_eq!(numbers, [-1, -2]);
        assert_eq!(state.records[1].received, Day(18_005));
        assert_eq!(
            (state.joined, state.asked),
            (Day(18_000), Some(Day(18_010)))
        );
        assert_eq!((state.settlements, state.destroyed_to), (Vec::new(), None));
    }

    #[test]
    fn what_the_second_version_stored_is_read_without_readings() {
        let mut known = State::new(Day(18_000));
        known.asked = Some(Day(18_010));
        known.destroyed_to = Some(Day(18_002));
        let mut second = serde_json::to_value(&known).unwrap();
        second.as_object_mut().unwrap().remove("gate");
        let state: State = serde_json::from_value::<SecondState>(second)
            .unwrap()
            .into();
        assert_eq!(state, known);
    }
}
