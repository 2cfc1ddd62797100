//! What follows from the entries about one person on one day: reports taken back, temperatures that become facts.

use super::{Device, flag};
use crate::audit::{Entry, person as person_subject};
use crate::context::SchoolInfo;
use crate::{Result, Services};
use domain::Day;
use domain::ids::PersonId;
use domain::state::GateReading;
use std::collections::BTreeMap;
use store::{GateEntryRow, Tx};

/// Whether anything follows from an entry: it was not taken back, and its device was in use.
pub(super) fn stands(row: &GateEntryRow) -> bool {
    row.undone_by.is_none() && !row.flags.contains(flag::AFTER_CUT_OFF)
}

/// The undo that takes an entry with it: the last scan before it on its device was taken back.
fn led_to<'a>(rows: &'a [GateEntryRow], entry: &GateEntryRow) -> Option<&'a GateEntryRow> {
    rows.iter()
        .filter(|row| row.kind == "scan" && row.device_id == entry.device_id)
        .filter(|row| row.seq < entry.seq)
        .max_by_key(|row| row.seq)
}

impl Services {
    /// Brings reports, facts and colour of a person into line with the entries of a day as they are now.
    pub(super) async fn follow_up(
        &self,
        tx: &mut Tx,
        device: &Device,
        info: &SchoolInfo,
        person: PersonId,
        day: Day,
    ) -> Result<()> {
        let rows = tx.gate_entries_of(person, day).await?;
        let readings = self.readings_of(tx, person, day).await?;
        let mut undone: BTreeMap<i64, i64> = BTreeMap::new();
        let dependent = rows.iter().filter(|row| row.kind == "slip");
        for row in dependent.chain(readings.iter().map(|reading| &reading.row)) {
            let by = led_to(&rows, row).and_then(|scan| scan.undone_by);
            undone.extend(row.undone_by.or(by).map(|by| (row.entry_no, by)));
        }
        for reading in &readings {
            let first = reading.detail.first.as_ref();
            let first = readings
                .iter()
                .find(|other| Some(&other.row.entry_key) == first);
            let by = first
                .and_then(|first| undone.get(&first.row.entry_no))
                .copied();
            if let Some(by) = by {
                undone.entry(reading.row.entry_no).or_insert(by);
            }
        }
        for (entry, by) in &undone {
            tx.undo_gate_entry(*entry, day, *by).await?;
        }
        for slip in rows.iter().filter(|row| undone.contains_key(&row.entry_no)) {
            self.take_back_slip(tx, info, slip).await?;
        }
        if !readings.is_empty() {
            self.weigh_readings(tx, device, (person, day)).await?;
        }
        Ok(())
    }

    /// Takes the report of a slip out of force, where it still is.
    pub(super) async fn take_back_slip(
        &self,
        tx: &mut Tx,
        info: &SchoolInfo,
        slip: &GateEntryRow,
    ) -> Result<()> {
        let Some(report) = slip.report_id else {
            return Ok(());
        };
        let Some(row) = tx.report(report).await? else {
            return Ok(());
        };
        let mut opened = self.opened_state(tx, row.person_id).await?;
        // A later report may have replaced it meanwhile: then there is nothing to undo. And a day that is closed for good stays as it was.
        let is_open = row.day >= opened.kept.state.settled_before;
        if is_open && tx.strike_report(report, row.day).await? {
            self.undo_report(tx, info, &mut opened, &row, "gate_undo")
                .await?;
        }
        Ok(())
    }

    /// Reads the confirmed temperatures of a person anew and decides, where they are others than before.
    async fn weigh_readings(
        &self,
        tx: &mut Tx,
        device: &Device,
        (person, day): (PersonId, Day),
    ) -> Result<()> {
        let opened = self.opened_state(tx, person).await?;
        let tabled = self.tabled(tx, &[person]).await?;
        let before = &opened.kept.state.gate;
        let after = self.with_tabled(&opened, &tabled)?.gate;
        let lacks = |of: &[GateReading], others: &[GateReading]| {
            let mut of_day = of.iter().filter(|reading| reading.day == day);
            of_day.any(|reading| !others.contains(reading))
        };
        let (is_new, is_gone) = (lacks(&after, before), lacks(before, &after));
        if !is_new && !is_gone {
            return Ok(());
        }
        let action = if is_new {
            "gate.fever"
        } else {
            "gate.fever_undone"
        };
        self.log_about(tx, device, person, action).await?;
        self.redecide_now(tx, person, "gate").await
    }

    pub(super) async fn log_about(
        &self,
        tx: &mut Tx,
        device: &Device,
        person: PersonId,
        action: &str,
    ) -> Result<()> {
        let (place, _) = self.place_of_person(tx, person).await?;
        let entry = Entry {
            actor: &device.actor(),
            place: &place,
            action,
            subject: person_subject(person),
            detail: None,
        };
        self.audit(tx, entry).await
    }
}
