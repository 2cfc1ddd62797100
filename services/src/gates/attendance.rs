//! Who of a class is here, by what the gates handed in; which slips wait for the teacher, and which temperatures were high.

use super::{Reading, effects::stands};
use crate::classroom::Entered;
use crate::people::OpenPerson;
use crate::recolour::Opened;
use crate::{Result, Services};
use domain::Day;
use domain::ids::{GateId, PersonId};
use domain::report::Temperature;
use std::collections::HashMap;
use store::{GateEntryRow, Tx};

/// Days for which slips wait for the teacher.
const SLIP_DAYS: i32 = 7;

/// Where somebody of a class is, as far as the gates know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Let in, at a minute of the day and a gate, and not gone since.
    Here(u32, String),
    /// Went out.
    Left(u32, String),
    /// Was at the gate and not let in.
    Stopped(u32, String),
}

/// Somebody of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The seat number; 0 where there is none.
    pub seat: i64,
    /// Where they are; `None` where no gate has seen them today.
    pub presence: Option<Presence>,
}

/// A slip that waits for the teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipView {
    /// Its number.
    pub entry: i64,
    /// Whose.
    pub who: Seen,
    /// The day it speaks of.
    pub day: Day,
    /// When it was handed in, in minutes of that day, and at which gate.
    pub at: (u32, String),
    /// The temperature, in tenths of a degree Celsius; `None` for a child of whom nothing but the check is kept.
    pub tenths: Option<u16>,
    /// Whether the hour by which it was to be confirmed has passed.
    pub is_overdue: bool,
}

/// Where a high temperature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingState {
    /// Measured once; the child rests and is measured again.
    Waits,
    /// Measured twice: a fact.
    Confirmed,
    /// The second measurement was not high.
    Normal,
    /// A second measurement that does not count: too soon, or by nobody named.
    NotCounted,
}

/// A high temperature of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HighReading {
    /// Whose.
    pub who: Seen,
    /// Minute of the day and gate of the latest measurement.
    pub at: (u32, String),
    /// The latest measurement, in tenths of a degree Celsius.
    pub tenths: u16,
    /// Who measured, as typed at the gate.
    pub by: String,
    /// Where it stands.
    pub state: ReadingState,
}

/// What the gates know of a class today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendance {
    /// Whether any gate of the school has let somebody in today; without that nobody is missed.
    pub is_open: bool,
    /// Those who are here, by seat.
    pub here: Vec<Seen>,
    /// Those who may attend by their report and are not here, by seat.
    pub not_here: Vec<Seen>,
    /// Those who came without a report, let in or not, by seat.
    pub unreported: Vec<Seen>,
    /// Slips to be confirmed, the earliest first.
    pub slips: Vec<SlipView>,
    /// High temperatures of today, confirmed ones first.
    pub high: Vec<HighReading>,
    /// The minute of the day by which slips are to be confirmed.
    pub slip_minute: u32,
}

impl Attendance {
    /// How many of the class have a confirmed high temperature today.
    pub fn fevers(&self) -> usize {
        let confirmed = |reading: &&HighReading| reading.state == ReadingState::Confirmed;
        self.high.iter().filter(confirmed).count()
    }
}

impl Services {
    /// What the gates know of a class today; `None` where its school has no gates.
    pub(crate) async fn attendance(
        &self,
        tx: &mut Tx,
        entered: &Entered,
        today: Day,
    ) -> Result<Option<Attendance>> {
        let (school, class) = (entered.row.school_id, entered.row.class_id);
        let gates = tx.gates_of(school).await?;
        if gates.is_empty() {
            return Ok(None);
        }
        let zone = entered.info.zone;
        let gates: HashMap<GateId, String> = gates
            .into_iter()
            .map(|gate| (gate.gate_id, gate.name))
            .collect();
        let place = |row: &GateEntryRow| {
            let gate = gates.get(&row.gate_id).cloned().unwrap_or_default();
            (zone.minute_of(row.at), gate)
        };
        let mut presence: HashMap<PersonId, Presence> = HashMap::new();
        for row in tx.gate_entries_of_class(class, today).await? {
            if let (Some(person), true) = (row.person_id, stands(&row)) {
                let (minute, gate) = place(&row);
                let is_in = row.direction.as_deref() == Some("in");
                let is_here = matches!(presence.get(&person), Some(Presence::Here(..)));
                match (is_in, row.verdict.as_deref()) {
                    (true, Some("admit")) => {
                        // Scanned twice, by two guards or by mistake: somebody came when they came first.
                        if !is_here {
                            presence.insert(person, Presence::Here(minute, gate));
                        }
                    }
                    (true, _) if is_here => {}
                    (true, _) => {
                        presence.insert(person, Presence::Stopped(minute, gate));
                    }
                    (false, _) => {
                        presence.insert(person, Presence::Left(minute, gate));
                    }
                }
            }
        }
        let slip_minute = self.slip_minute(tx, school).await?;
        let mut people: HashMap<PersonId, OpenPerson> = HashMap::new();
        let mut found = Attendance {
            is_open: tx.people_let_in(school, today).await? > 0,
            here: Vec::new(),
            not_here: Vec::new(),
            unreported: Vec::new(),
            slips: Vec::new(),
            high: Vec::new(),
            slip_minute,
        };
        let mut states: HashMap<PersonId, _> = HashMap::new();
        for row in tx.states_of_class(class).await? {
            states.insert(row.person_id, row);
        }
        for row in tx.people_of_class(class).await? {
            let person = self.open_person(row)?;
            let seen = seen(&person, &presence);
            let state = states.get(&person.row.person_id);
            let has_reported = state.is_some_and(|state| state.reported_on(today));
            let may = state.is_some_and(|state| state.code_on(today) == domain::Code::Green);
            match &seen.presence {
                Some(Presence::Here(..) | Presence::Stopped(..)) if !has_reported => {
                    found.unreported.push(seen.clone());
                }
                None if has_reported && may && found.is_open => found.not_here.push(seen.clone()),
                _ => {}
            }
            if matches!(seen.presence, Some(Presence::Here(..))) {
                found.here.push(seen);
            }
            people.insert(person.row.person_id, person);
        }
        let since = today.plus(1 - SLIP_DAYS);
        let minute = zone.minute_of(self.clock.now());
        for row in tx.waiting_gate_slips(class, since).await? {
            let Some(person) = row.person_id.and_then(|id| people.get(&id)) else {
                continue;
            };
            let opened = self.opened_state(tx, person.row.person_id).await?;
            found.slips.push(SlipView {
                entry: row.entry_no,
                who: seen(person, &presence),
                day: row.day,
                at: place(&row),
                tenths: told(&opened, row.day),
                is_overdue: row.day < today || minute >= slip_minute,
            });
        }
        let rows = tx.gate_readings_of_day(school, today).await?;
        let readings = self.open_readings(tx, rows).await?;
        found.high = high(&readings, |reading| {
            let who = seen(people.get(&reading.person)?, &presence);
            Some((who, place(&reading.row)))
        });
        Ok(Some(found))
    }

    /// How many temperatures of a class were confirmed as high today, and how many slips wait: for a page that refreshes
    /// itself. No read of anybody.
    pub(crate) async fn gate_alerts(
        &self,
        tx: &mut Tx,
        entered: &Entered,
        today: Day,
    ) -> Result<(i64, i64)> {
        let (school, class) = (entered.row.school_id, entered.row.class_id);
        let rows = tx.gate_readings_of_day(school, today).await?;
        let readings = self.open_readings(tx, rows).await?;
        let mut fevers = std::collections::BTreeSet::new();
        for reading in readings
            .iter()
            .filter(|reading| reading.confirms(&readings))
        {
            let person = tx.person(reading.person).await?;
            if person.is_some_and(|person| person.class_id == class) {
                fevers.insert(reading.person);
            }
        }
        let slips = tx
            .waiting_gate_slips(class, today.plus(1 - SLIP_DAYS))
            .await?;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Ok((count(fevers.len()), count(slips.len())))
    }
}

fn seen(person: &OpenPerson, presence: &HashMap<PersonId, Presence>) -> Seen {
    Seen {
        person: person.row.person_id,
        name: person.profile.name.clone(),
        seat: person.row.seat,
        presence: presence.get(&person.row.person_id).cloned(),
    }
}

fn told(opened: &Opened, day: Day) -> Option<u16> {
    match opened.kept.state.report_of(day)?.answers.temperature {
        Temperature::Tenths(tenths) => Some(tenths),
        Temperature::BelowThreshold => None,
    }
}

/// The latest high temperature of each person whom `of` knows, those that are facts first.
fn high(
    readings: &[Reading],
    of: impl Fn(&Reading) -> Option<(Seen, (u32, String))>,
) -> Vec<HighReading> {
    let mut latest: Vec<&Reading> = Vec::new();
    for reading in readings.iter().filter(|reading| reading.stands()) {
        latest.retain(|earlier| earlier.person != reading.person);
        latest.push(reading);
    }
    let mut found: Vec<HighReading> = latest
        .into_iter()
        .filter_map(|reading| {
            let (who, at) = of(reading)?;
            let was_confirmed = readings
                .iter()
                .any(|other| other.person == reading.person && other.confirms(readings));
            let state = match (&reading.detail.first, reading.detail.is_high) {
                _ if was_confirmed => ReadingState::Confirmed,
                (None, true) => ReadingState::Waits,
                (_, false) => ReadingState::Normal,
                (Some(_), true) => ReadingState::NotCounted,
            };
            Some(HighReading {
                who,
                at,
                tenths: reading.detail.tenths,
                by: reading.detail.by.clone(),
                state,
            })
        })
        .collect();
    found.sort_by_key(|reading| (reading.state != ReadingState::Confirmed, reading.at.0));
    found
}
