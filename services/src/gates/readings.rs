//! Temperatures of the gate: sealed so that nobody without the keys learns whose they are, and which of them count.

use super::WAIT;
use crate::family::KEPT_DAYS;
use crate::gather::distinct;
use crate::vault::{Cell, CellKey};
use crate::{Error, Result, Services};
use domain::ids::{PersonId, RecordId};
use domain::state::GateReading;
use domain::{Day, Millis, Zone};
use serde::{Deserialize, Serialize};
use store::{GateEntryRow, Tx};

/// What a temperature says, under its person's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Detail {
    /// Tenths of a degree Celsius.
    pub tenths: u16,
    /// At or above the threshold of its day.
    pub is_high: bool,
    /// Who measured, as typed.
    pub by: String,
    /// The first measurement, by its number on the device, where this is the second.
    pub first: Option<Vec<u8>>,
}

/// A temperature, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub person: PersonId,
    pub row: GateEntryRow,
    pub detail: Detail,
}

impl Reading {
    /// Whether something follows from it: it was neither taken back nor struck, nor made after its device was cut
    /// off.
    pub fn stands(&self) -> bool {
        super::effects::stands(&self.row) && self.row.state.is_none()
    }

    fn as_fact(&self) -> GateReading {
        GateReading {
            id: RecordId(self.row.entry_no),
            day: self.row.day,
            tenths: self.detail.tenths,
        }
    }

    /// Whether this is a second measurement that confirms one of `others`: high like it, of the same day, ten minutes
    /// later, and by somebody who gave their name.
    pub fn confirms(&self, others: &[Self]) -> bool {
        let Some(first) = &self.detail.first else {
            return false;
        };
        let is_named = !self.detail.by.trim().is_empty();
        let is_first = |other: &Self| {
            other.row.entry_key == *first
                && other.stands()
                && other.detail.is_high
                && other.detail.first.is_none()
                && other.person == self.person
                && other.row.day == self.row.day
                && self.row.at >= Millis(other.row.at.0 + WAIT.0)
        };
        self.stands() && self.detail.is_high && is_named && others.iter().any(is_first)
    }
}

/// Those of a person's temperatures that are facts.
pub(crate) fn confirmed(readings: &[Reading]) -> Vec<GateReading> {
    let counts = readings.iter().filter(|reading| reading.confirms(readings));
    counts.map(Reading::as_fact).collect()
}

fn inner(entry: i64) -> Cell<'static> {
    Cell::new("gate_entry", "reading", entry)
}

fn outer(entry: i64) -> Cell<'static> {
    Cell::new("gate_entry", "detail_enc", entry)
}

impl Services {
    /// The blind index of the person of a temperature.
    pub(crate) fn reading_index(&self, person: PersonId) -> Vec<u8> {
        self.vault.index("gate_person", &person.to_string())
    }

    /// Seals a temperature under its person's key, and whose it is under the general one.
    pub(super) fn seal_reading(
        &self,
        key: &CellKey,
        (person, entry): (PersonId, i64),
        detail: &Detail,
    ) -> Result<Vec<u8>> {
        let mut plain = person.0.to_be_bytes().to_vec();
        plain.extend(key.seal(&*self.entropy, inner(entry), &crate::blob::write(detail)?));
        Ok(self
            .vault
            .general()
            .seal(&*self.entropy, outer(entry), &plain))
    }

    /// Opens temperatures; those whose answers or whose person's key were destroyed are left out.
    pub(crate) async fn open_readings(
        &self,
        tx: &mut Tx,
        rows: Vec<GateEntryRow>,
    ) -> Result<Vec<Reading>> {
        let broken = |entry| Error::internal(format!("temperature {entry} does not open"));
        let mut sealed = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(of_somebody) = &row.detail_enc else {
                continue;
            };
            let plain = self.vault.general().open(outer(row.entry_no), of_somebody);
            let plain = plain.map_err(|_| broken(row.entry_no))?;
            let parts = plain.split_first_chunk::<8>();
            let (person, detail) = parts.ok_or_else(|| broken(row.entry_no))?;
            let person = PersonId(i64::from_be_bytes(*person));
            sealed.push((row, person, detail.to_vec()));
        }
        let people = distinct(sealed.iter().map(|(_, person, _)| person.0));
        let keys = self.subject_keys(tx, &people).await?;
        let mut readings = Vec::with_capacity(sealed.len());
        for (row, person, detail) in sealed {
            let Some(key) = keys.get(&person.0) else {
                continue;
            };
            let detail = key.open(inner(row.entry_no), &detail);
            let detail = detail.map_err(|_| broken(row.entry_no))?;
            readings.push(Reading {
                person,
                detail: crate::blob::read(&detail)?,
                row,
            });
        }
        Ok(readings)
    }

    /// All temperatures of several people that are kept.
    pub(crate) async fn readings_kept(
        &self,
        tx: &mut Tx,
        people: &[PersonId],
    ) -> Result<Vec<Reading>> {
        // What midnight destroys is of before this day in every zone, also while it is still at it.
        let since = Zone::SHANGHAI.day_of(self.clock.now()).plus(-KEPT_DAYS - 2);
        let indexes: Vec<_> = people.iter().map(|id| self.reading_index(*id)).collect();
        let rows = tx.gate_readings(&indexes, since).await?;
        self.open_readings(tx, rows).await
    }

    /// All temperatures of a person of one day.
    pub(super) async fn readings_of(
        &self,
        tx: &mut Tx,
        person: PersonId,
        day: Day,
    ) -> Result<Vec<Reading>> {
        let rows = tx
            .gate_readings_on(&self.reading_index(person), day)
            .await?;
        self.open_readings(tx, rows).await
    }

    /// One temperature by its number, where it is one.
    pub(crate) async fn reading(&self, tx: &mut Tx, entry: i64) -> Result<Option<Reading>> {
        let row = tx.gate_entry(entry).await?;
        match row {
            Some(row) => self.reading_in(tx, row).await,
            None => Ok(None),
        }
    }

    /// The temperature that an entry is, where it is one.
    pub(super) async fn reading_in(
        &self,
        tx: &mut Tx,
        row: GateEntryRow,
    ) -> Result<Option<Reading>> {
        if row.kind != "reading" {
            return Ok(None);
        }
        let opened = self.open_readings(tx, vec![row]).await?;
        Ok(opened.into_iter().next())
    }
}
