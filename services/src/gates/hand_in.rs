//! Taking in what a device hands in: each entry once, whatever the order, with what has to be said about it.

use super::device::device_subject;
use super::intake::Filed;
use super::readings::Detail;
use super::words::{
    can_be_a_temperature, direction_word, holder_of, key_of, kind_word, shown_word, verdict_word,
};
use super::{Device, ENTRIES_MAX, flag};
use crate::audit::Entry as LogEntry;
use crate::context::SchoolInfo;
use crate::vault::Cell;
use crate::{Refusal, Result, Services};
use domain::access::Action;
use domain::gate::{Act, ClockTrust, Direction, Entry, Receipt, ReceiptState, Verdict};
use domain::ids::{ClassId, DeviceId, PersonId};
use domain::{Day, Millis};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{GateEntryRow, Tx};

/// How far a device's time may be ahead of the server's before its entries are marked.
const AHEAD: i64 = 120_000;
/// Longest name of who measured, in characters.
const BY_CHARS: usize = 40;

/// Somebody on the school's roster.
#[derive(Debug, Clone, Copy)]
struct Known {
    person: PersonId,
    class: ClassId,
}

/// An entry that can be kept.
struct Sound<'a> {
    entry: &'a Entry,
    key: [u8; 16],
    day: Day,
}

impl Sound<'_> {
    /// Its place in the order of the device.
    fn seq(&self) -> i64 {
        i64::try_from(self.entry.seq).unwrap_or(i64::MAX)
    }
}

/// What a device has handed in of what a lot names, by its number there.
///
/// The same entry may come on another day than before: one that is ahead of our clock has the day on which it comes. So
/// what may be there is looked up by number alone, in all the months there are. Most of a lot cannot be there: its place
/// in the order of the device is behind all that has come, and what takes an entry back is behind the entry.
struct Earlier {
    entries: HashMap<[u8; 16], GateEntryRow>,
    /// The first undo of each.
    undos: HashMap<[u8; 16], i64>,
    /// The last place in the device's order that has come.
    last_seq: i64,
}

impl Earlier {
    async fn read(tx: &mut Tx, device: DeviceId, lot: &[Option<Sound<'_>>]) -> Result<Self> {
        let row = tx.gate_device(device).await?;
        let last_seq = row.map_or(0, |row| row.last_seq);
        let mut keys = BTreeSet::new();
        for sound in lot.iter().flatten() {
            if sound.seq() <= last_seq {
                keys.insert(sound.key);
            }
            if let Act::Undo { of } = &sound.entry.act {
                keys.extend(key_of(of));
            }
        }
        let keys: Vec<_> = keys.into_iter().collect();
        let rows = tx.gate_entries_by_key(device, &keys).await?.into_iter();
        let mut undos = HashMap::new();
        for (of, undo) in tx.gate_undos_of(device, &keys).await? {
            if let Some(of) = key_in(&of) {
                undos.entry(of).or_insert(undo);
            }
        }
        Ok(Self {
            entries: rows
                .filter_map(|row| Some((key_in(&row.entry_key)?, row)))
                .collect(),
            undos,
            last_seq,
        })
    }

    /// Adds an entry that was kept just now: what follows in the lot may speak of it.
    fn add(&mut self, row: GateEntryRow) {
        let of = row.of_key.as_deref().and_then(key_in);
        if let Some(of) = of.filter(|_| !row.flags.contains(flag::AFTER_CUT_OFF)) {
            self.undos.entry(of).or_insert(row.entry_no);
        }
        self.last_seq = self.last_seq.max(row.seq);
        if let Some(key) = key_in(&row.entry_key) {
            self.entries.insert(key, row);
        }
    }
}

/// What is known when the entries of a lot are written.
struct Lot {
    info: Arc<SchoolInfo>,
    known: HashMap<u64, Known>,
    filed: HashMap<[u8; 16], Filed>,
    earlier: Earlier,
}

impl Services {
    /// Keeps what a device hands in, and says of each entry, in their order, what became of it. The same entry is kept
    /// once, however often it arrives.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] for more than [`ENTRIES_MAX`] entries, [`crate::Error::Overloaded`] when too many
    /// reports wait; nothing that was kept is lost by handing in the same again.
    pub async fn hand_in(&self, device: &Device, entries: &[Entry]) -> Result<Vec<Receipt>> {
        if entries.len() > ENTRIES_MAX {
            return Err(Refusal::FieldInvalid.into());
        }
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, device.school()).await?;
        device.actor().require(Action::WorkGate, &place)?;
        let info = self.school_info(&mut tx, device.school()).await?;
        drop(tx);
        self.ensure_open(info.zone).await?;
        let known = self.known_holders(device, entries).await?;
        let sound: Vec<_> = entries
            .iter()
            .map(|entry| self.sound(&info, &known, entry))
            .collect();
        let filed = self.file_slips(device, &info, &known, &sound).await?;
        // From here on nobody else keeps entries: what is not there now comes once.
        let mut tx = self.store.write().await?;
        let earlier = Earlier::read(&mut tx, device.id(), &sound).await?;
        let mut lot = Lot {
            info,
            known,
            filed,
            earlier,
        };
        let mut receipts = Vec::with_capacity(entries.len());
        let mut touched = BTreeSet::new();
        let mut added = 0;
        for (entry, sound) in entries.iter().zip(&sound) {
            let state = match sound {
                Some(sound) => {
                    let (state, is_new) = self
                        .keep(&mut tx, device, &mut lot, sound, &mut touched)
                        .await?;
                    added += usize::from(is_new);
                    state
                }
                None => ReceiptState::Refused,
            };
            receipts.push(Receipt {
                id: entry.id.clone(),
                state,
            });
        }
        for (person, day) in touched {
            self.follow_up(&mut tx, device, &lot.info, person, day)
                .await?;
        }
        tx.advance_gate_device(device.id(), self.clock.now(), lot.earlier.last_seq)
            .await?;
        if added > 0 {
            let detail = format!("{added} entries");
            let log = LogEntry {
                actor: &device.actor(),
                place: &place,
                action: "gate.hand_in",
                subject: device_subject(device.id()),
                detail: Some((&detail, None)),
            };
            self.audit(&mut tx, log).await?;
        }
        tx.commit().await?;
        if added > 0 {
            self.store.mark_change();
        }
        Ok(receipts)
    }

    /// Those holders of a lot who are on the school's roster.
    async fn known_holders(
        &self,
        device: &Device,
        entries: &[Entry],
    ) -> Result<HashMap<u64, Known>> {
        let holders: BTreeSet<u64> = entries.iter().filter_map(|e| holder_of(&e.act)).collect();
        let mut tx = self.store.read().await?;
        let mut known = HashMap::new();
        for holder in holders {
            let number = i64::from_be_bytes(holder.to_be_bytes());
            let Some(row) = tx.pass_holder_of(number).await? else {
                continue;
            };
            let person = tx.person(row.person_id).await?;
            let person = person.filter(|p| p.school_id == device.school() && p.left_day.is_none());
            if let Some(person) = person {
                let (person, class) = (person.person_id, person.class_id);
                known.insert(holder, Known { person, class });
            }
        }
        Ok(known)
    }

    /// An entry that can be kept; `None` for one that never can.
    fn sound<'a>(
        &self,
        info: &SchoolInfo,
        known: &HashMap<u64, Known>,
        entry: &'a Entry,
    ) -> Option<Sound<'a>> {
        let key = key_of(&entry.id)?;
        let fits = match &entry.act {
            Act::Slip { holder, tenths } => {
                known.contains_key(holder) && can_be_a_temperature(*tenths)
            }
            Act::Reading {
                holder,
                tenths,
                first,
                by,
            } => {
                known.contains_key(holder)
                    && can_be_a_temperature(*tenths)
                    && first.as_ref().is_none_or(|first| key_of(first).is_some())
                    && by.chars().count() <= BY_CHARS
            }
            Act::Undo { of } => key_of(of).is_some(),
            Act::Refused { why } => {
                why.len() <= 40 && why.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            }
            Act::Scan { .. } | Act::Visitor { .. } => true,
        };
        let is_number = i64::try_from(entry.seq).is_ok_and(|seq| seq > 0) && entry.at.0 > 0;
        let at = Millis(entry.at.0.min(self.clock.now().0));
        (fits && is_number).then(|| Sound {
            entry,
            key,
            day: info.zone.day_of(at),
        })
    }

    /// Makes reports of the slips of a lot that were not taken back.
    async fn file_slips(
        &self,
        device: &Device,
        info: &SchoolInfo,
        known: &HashMap<u64, Known>,
        lot: &[Option<Sound<'_>>],
    ) -> Result<HashMap<[u8; 16], Filed>> {
        let mut filed = HashMap::new();
        let is_slip = |sound: &Sound<'_>| matches!(sound.entry.act, Act::Slip { .. });
        if !lot.iter().flatten().any(is_slip) {
            return Ok(filed);
        }
        let mut tx = self.store.read().await?;
        let earlier = Earlier::read(&mut tx, device.id(), lot).await?;
        drop(tx);
        for sound in lot.iter().flatten() {
            let Act::Slip { holder, tenths } = &sound.entry.act else {
                continue;
            };
            let Some(who) = known.get(holder) else {
                continue;
            };
            if earlier.entries.contains_key(&sound.key) {
                continue;
            }
            let is_void = self.is_after_cut_off(device, sound.entry)
                || self.is_taken_back(device, lot, &earlier, sound);
            let slip = if is_void {
                Filed::Moot
            } else {
                let what = (sound.key, *tenths);
                self.file_slip(device, info, (who.person, sound.day), what)
                    .await?
            };
            filed.insert(sound.key, slip);
        }
        Ok(filed)
    }

    /// Whether a slip, or the scan that led to it, was taken back before or within the same lot.
    fn is_taken_back(
        &self,
        device: &Device,
        lot: &[Option<Sound<'_>>],
        earlier: &Earlier,
        slip: &Sound<'_>,
    ) -> bool {
        let holder = holder_of(&slip.entry.act);
        let scans = lot.iter().flatten().filter(|other| {
            matches!(other.entry.act, Act::Scan { .. })
                && holder_of(&other.entry.act) == holder
                && other.entry.seq < slip.entry.seq
        });
        let led = scans.max_by_key(|scan| scan.entry.seq).map(|scan| scan.key);
        let keys = [Some(slip.key), led];
        let in_lot = lot.iter().flatten().any(|other| match &other.entry.act {
            Act::Undo { of } if !self.is_after_cut_off(device, other.entry) => {
                keys.iter().flatten().any(|key| key_of(of) == Some(*key))
            }
            _ => false,
        });
        in_lot
            || keys
                .iter()
                .flatten()
                .any(|key| earlier.undos.contains_key(key))
    }

    fn is_after_cut_off(&self, device: &Device, entry: &Entry) -> bool {
        device.row.cut_off_at.is_some_and(|cut| entry.at >= cut)
    }

    /// Keeps one entry, unless it is there; says what became of it and whether it is new.
    async fn keep(
        &self,
        tx: &mut Tx,
        device: &Device,
        lot: &mut Lot,
        sound: &Sound<'_>,
        touched: &mut BTreeSet<(PersonId, Day)>,
    ) -> Result<(ReceiptState, bool)> {
        if let Some(row) = lot.earlier.entries.get(&sound.key) {
            return Ok((state_of(row), false));
        }
        let mut row = self.row(tx, device, lot, sound).await?;
        row.flags = self.flags(tx, device, lot, sound, &row).await?;
        row.undone_by = lot.earlier.undos.get(&sound.key).copied();
        tx.insert_gate_entry(&row).await?;
        if let Some(who) = holder_of(&sound.entry.act).and_then(|holder| lot.known.get(&holder)) {
            touched.insert((who.person, row.day));
        }
        let (state, undo) = (state_of(&row), row.entry_no);
        lot.earlier.add(row);
        if let Act::Undo { of } = &sound.entry.act
            && !self.is_after_cut_off(device, sound.entry)
            && let Some(earlier) = key_of(of).and_then(|of| lot.earlier.entries.get(&of))
        {
            tx.undo_gate_entry(earlier.entry_no, earlier.day, undo)
                .await?;
            let person = match earlier.person_id {
                Some(person) => Some(person),
                None => self
                    .reading_in(tx, earlier.clone())
                    .await?
                    .map(|reading| reading.person),
            };
            if let Some(person) = person {
                self.log_about(tx, device, person, "gate.undo").await?;
                touched.insert((person, earlier.day));
            }
        }
        Ok((state, true))
    }

    async fn row(
        &self,
        tx: &mut Tx,
        device: &Device,
        lot: &Lot,
        sound: &Sound<'_>,
    ) -> Result<GateEntryRow> {
        let entry = sound.entry;
        let who = holder_of(&entry.act).and_then(|holder| lot.known.get(&holder));
        let mut row = GateEntryRow {
            entry_no: self.next_id(),
            device_id: device.id(),
            entry_key: sound.key.to_vec(),
            seq: sound.seq(),
            school_id: device.school(),
            gate_id: device.row.gate_id,
            day: sound.day,
            at: entry.at,
            received_at: self.clock.now(),
            kind: kind_word(&entry.act).to_owned(),
            person_id: who.map(|who| who.person),
            class_id: who.map(|who| who.class),
            person_ix: None,
            shown: None,
            direction: None,
            verdict: None,
            why: None,
            flags: String::new(),
            of_key: None,
            undone_by: None,
            report_id: None,
            state: None,
            settled_by: None,
            settled_at: None,
            note_enc: None,
            detail_enc: None,
        };
        let passage = |row: &mut GateEntryRow, direction, verdict| {
            row.direction = Some(direction_word(direction).to_owned());
            row.verdict = Some(verdict_word(verdict).to_owned());
        };
        match &entry.act {
            Act::Scan {
                shown,
                direction,
                verdict,
                ..
            } => {
                row.shown = Some(shown_word(*shown).to_owned());
                passage(&mut row, *direction, *verdict);
            }
            Act::Slip { .. } => {
                let filed = lot.filed.get(&sound.key).copied().unwrap_or(Filed::Moot);
                passage(&mut row, Direction::In, Verdict::Admit);
                row.report_id = filed.report();
                row.state = Some(filed.state().to_owned());
            }
            Act::Reading {
                tenths, first, by, ..
            } => {
                if let Some(person) = row.person_id.take() {
                    row.class_id = None;
                    row.person_ix = Some(self.reading_index(person));
                    let detail = Detail {
                        tenths: *tenths,
                        is_high: *tenths >= lot.info.context().fever_threshold(sound.day),
                        by: by.trim().to_owned(),
                        first: first.as_ref().and_then(key_of).map(|key| key.to_vec()),
                    };
                    let opened = self.opened_state(tx, person).await?;
                    let sealed = self.seal_reading(&opened.key, (person, row.entry_no), &detail)?;
                    row.detail_enc = Some(sealed);
                }
            }
            Act::Visitor {
                issuer,
                school,
                holder,
                direction,
                verdict,
            } => {
                passage(&mut row, *direction, *verdict);
                let plain = format!("{issuer} {school} {holder}");
                let cell = Cell::new("gate_entry", "detail_enc", row.entry_no);
                let sealed = self
                    .vault
                    .general()
                    .seal(&*self.entropy, cell, plain.as_bytes());
                row.detail_enc = Some(sealed);
            }
            Act::Refused { why } => {
                row.why = Some(why.clone());
            }
            Act::Undo { of } => {
                row.of_key = key_of(of).map(|key| key.to_vec());
            }
        }
        Ok(row)
    }

    /// What has to be said about an entry.
    async fn flags(
        &self,
        tx: &mut Tx,
        device: &Device,
        lot: &Lot,
        sound: &Sound<'_>,
        row: &GateEntryRow,
    ) -> Result<String> {
        let entry = sound.entry;
        let mut flags = Vec::new();
        if device.is_cut_off() {
            flags.push(if self.is_after_cut_off(device, entry) {
                flag::AFTER_CUT_OFF
            } else {
                flag::BEFORE_CUT_OFF
            });
        }
        if entry.clock == ClockTrust::Restarted {
            flags.push(flag::CLOCK);
        }
        if entry.at.0 > row.received_at.0 + AHEAD {
            flags.push(flag::AHEAD);
        }
        if row.seq > lot.earlier.last_seq + 1 {
            flags.push(flag::GAP);
        } else if row.seq <= lot.earlier.last_seq && tx.has_gate_seq(device.id(), row.seq).await? {
            flags.push(flag::TWICE);
        }
        match &entry.act {
            Act::Scan { .. } if row.person_id.is_none() => flags.push(flag::HOLDER),
            Act::Reading {
                first: Some(_), by, ..
            } if by.trim().is_empty() => flags.push(flag::UNNAMED),
            Act::Slip { .. } => {
                flags.extend(lot.filed.get(&sound.key).and_then(|filed| filed.flag()));
            }
            _ => {}
        }
        Ok(if flags.is_empty() {
            String::new()
        } else {
            format!(" {} ", flags.join(" "))
        })
    }
}

/// A device's number of an entry, as a row has it.
fn key_in(bytes: &[u8]) -> Option<[u8; 16]> {
    bytes.try_into().ok()
}

fn state_of(row: &GateEntryRow) -> ReceiptState {
    if row.flags.is_empty() {
        ReceiptState::Kept
    } else {
        ReceiptState::Flagged
    }
}
