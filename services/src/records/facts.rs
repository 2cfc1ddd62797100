//! The facts that authorities, clearances and the gate add to a person's state, read from their tables.

use crate::discrepancies::finding_of;
use crate::gates::{Reading, confirmed};
use crate::recolour::Opened;
use crate::vault::{Cell, CellKey};
use crate::{Error, Result, Services};
use domain::Day;
use domain::ids::{PersonId, RecordId};
use domain::state::{Clearance, OfficialRecord, RecordKind, Settlement, State};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{ClearanceRow, OfficialRecordRow, Tx};

/// Records in force and accepted clearances of some people, as their tables have them.
#[derive(Debug, Default)]
pub(crate) struct Tabled {
    records: HashMap<PersonId, Vec<OfficialRecordRow>>,
    clearances: HashMap<PersonId, Vec<ClearanceRow>>,
    settlements: HashMap<PersonId, Vec<Settlement>>,
    readings: HashMap<PersonId, Vec<Reading>>,
}

impl Services {
    /// What the tables say of some people.
    pub(crate) async fn tabled(&self, tx: &mut Tx, people: &[PersonId]) -> Result<Tabled> {
        let mut tabled = Tabled::default();
        if people.is_empty() {
            return Ok(tabled);
        }
        for row in tx.records_of(people).await? {
            if row.withdrawn_at.is_none() {
                tabled.records.entry(row.person_id).or_default().push(row);
            }
        }
        for row in tx.clearances_of(people).await? {
            if row.status == "accepted" {
                tabled
                    .clearances
                    .entry(row.person_id)
                    .or_default()
                    .push(row);
            }
        }
        for row in tx.settlements_of(people).await? {
            let settlement = Settlement {
                record: RecordId(row.record_id),
                on: row.on_day,
                finding: finding_of(&row.finding),
            };
            let known = tabled.settlements.entry(row.person_id).or_default();
            known.push(settlement);
        }
        for reading in self.readings_kept(tx, people).await? {
            let known = tabled.readings.entry(reading.person).or_default();
            known.push(reading);
        }
        Ok(tabled)
    }

    /// A person's state with records, clearances and temperatures of the gate as the tables have them.
    pub(crate) fn with_tabled(&self, opened: &Opened, tabled: &Tabled) -> Result<State> {
        let person = opened.row.person_id;
        let mut state = opened.kept.state.clone();
        let known = std::mem::take(&mut state.records);
        for row in tabled.records.get(&person).into_iter().flatten() {
            // A record never changes, and one that is known may have got an end when answers were destroyed.
            let known = known.iter().find(|record| record.id.0 == row.record_id);
            state.records.push(match known {
                Some(record) => record.clone(),
                None => open_record(&opened.key, row)?,
            });
        }
        let settlements = tabled.settlements.get(&person);
        state.settlements = settlements.cloned().unwrap_or_default();
        let readings = tabled.readings.get(&person);
        state.gate = readings.map(|all| confirmed(all)).unwrap_or_default();
        state.clearances = Vec::new();
        for row in tabled.clearances.get(&person).into_iter().flatten() {
            let detail = crate::clearances::open_detail(&opened.key, row)?;
            state.clearances.push(Clearance {
                reason: detail.reason,
                date: detail.date,
            });
        }
        Ok(state)
    }
}

/// An official record as the first version stored it, without its number.
#[derive(Debug, Serialize, Deserialize)]
struct FirstRecord {
    kind: RecordKind,
    received: Day,
    authority: String,
}

impl From<FirstRecord> for OfficialRecord {
    fn from(first: FirstRecord) -> Self {
        Self {
            id: RecordId(0),
            kind: first.kind,
            received: first.received,
            authority: first.authority,
        }
    }
}

/// What an official record says.
pub(crate) fn open_record(key: &CellKey, row: &OfficialRecordRow) -> Result<OfficialRecord> {
    let cell = Cell::new("official_record", "detail_enc", row.record_id);
    let plain = key
        .open(cell, &row.detail_enc)
        .map_err(|_| Error::internal(format!("record {} does not open", row.record_id)))?;
    let record =
        crate::blob::read_changed::<OfficialRecord, OfficialRecord, OfficialRecord, FirstRecord>(
            &plain,
        )?;
    Ok(OfficialRecord {
        id: RecordId(row.record_id),
        ..record
    })
}
