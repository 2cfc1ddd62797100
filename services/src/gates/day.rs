//! A day at a school's gates, as the school's administrators read it.

use super::flag;
use crate::actor::Actor;
use crate::people::{OpenPerson, class_name};
use crate::{Result, SchoolInfo, Services};
use domain::access::{Action, Place};
use domain::ids::{ClassId, DeviceId, GateId, PersonId, SchoolId};
use domain::roster::ClassName;
use domain::{Day, Text};
use std::collections::HashMap;
use std::sync::Arc;
use store::{GateEntryFilter, GateEntryRow, Tx};

/// Entries on a page.
const PAGE: i64 = 50;
/// Days that can be looked back on.
const DAYS_BACK: i32 = 45;

/// Which entries are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GateDayFilter {
    /// The day; today where `None`.
    pub day: Option<Day>,
    /// Of one gate.
    pub gate: Option<GateId>,
    /// `in` or `out`; empty for both.
    pub direction: String,
    /// `admit`, `refuse` or `report_first`; empty for all.
    pub verdict: String,
    /// Only the flagged.
    pub is_flagged: bool,
    /// A part of a name.
    pub search: String,
    /// The page, from 0.
    pub page: i64,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateDayEntry {
    /// Minute of the day.
    pub minute: u32,
    /// The gate.
    pub gate: String,
    /// The device.
    pub device: String,
    /// scan, slip, reading, visitor or refused.
    pub kind: String,
    /// The full name and class, where it is about somebody of the school.
    pub who: Option<(String, ClassName)>,
    /// How they were told by, in a stable word.
    pub shown: Option<String>,
    /// in or out.
    pub direction: Option<String>,
    /// admit, refuse or `report_first`.
    pub verdict: Option<String>,
    /// Why a code was refused, in a stable word.
    pub why: Option<String>,
    /// What has to be said about it, in stable words.
    pub flags: Vec<String>,
    /// Where a slip stands.
    pub state: Option<String>,
    /// Whether it was taken back.
    pub is_undone: bool,
}

/// The numbers of a day, without what was taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GateNumbers {
    /// People let in, each once.
    pub people: i64,
    /// Verdicts on the way in: let in, refused, report first.
    pub verdicts: [i64; 3],
    /// Went out.
    pub out: i64,
    /// Slips handed in.
    pub slips: i64,
    /// Temperatures that were high.
    pub readings: i64,
    /// Visitors.
    pub visitors: i64,
    /// Codes that were not accepted.
    pub refused: i64,
}

/// A page of a day at the gates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateDay {
    /// The school's name.
    pub school_name: Text,
    /// The day.
    pub day: Day,
    /// The present day there.
    pub today: Day,
    /// The gates to choose from.
    pub gates: Vec<(GateId, String)>,
    /// The day's numbers, whatever is filtered.
    pub numbers: GateNumbers,
    /// The entries of the page, the latest first.
    pub entries: Vec<GateDayEntry>,
    /// How many the filter finds.
    pub total: i64,
    /// Entries on a page.
    pub per_page: i64,
}

/// What the entries of a school's day are read with.
struct Around {
    info: Arc<SchoolInfo>,
    gates: Vec<(GateId, String)>,
    devices: HashMap<DeviceId, String>,
    classes: HashMap<ClassId, ClassName>,
}

impl Services {
    /// A page of a day at a school's gates.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for everybody but the school's administrators.
    pub async fn gate_day(
        &self,
        actor: &Actor,
        school: SchoolId,
        filter: &GateDayFilter,
    ) -> Result<GateDay> {
        let (place, day) = self
            .read_gate_day(actor, school, filter, Some(PAGE))
            .await?;
        let subject = format!("school:{school}");
        self.audit_list(actor, &place, subject, "gate.day", day.today)
            .await?;
        Ok(day)
    }

    /// The same without writing down that it was read; everything the filter finds where `page` is `None`.
    pub(super) async fn read_gate_day(
        &self,
        actor: &Actor,
        school: SchoolId,
        filter: &GateDayFilter,
        page: Option<i64>,
    ) -> Result<(Place, GateDay)> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageGates, &place)?;
        let around = self.around(&mut tx, school).await?;
        let today = self.today_at(&around.info);
        let day = filter.day.unwrap_or(today);
        let day = Day(day.0.clamp(today.0 - DAYS_BACK, today.0));
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let rows_of = GateEntryFilter {
            gate: filter.gate,
            direction: word(&filter.direction),
            verdict: word(&filter.verdict),
            is_flagged: filter.is_flagged,
            people: self.people_named(&mut tx, school, &filter.search).await?,
        };
        let total = tx.gate_day_count((school, day), &rows_of).await?;
        let part = page.map_or((total, 0), |size| (size, filter.page.max(0) * size));
        let rows = tx.gate_day((school, day), &rows_of, part).await?;
        let day = GateDay {
            school_name: around.info.row.names(),
            numbers: numbers(&mut tx, school, day).await?,
            entries: self.gate_entries(&mut tx, &around, rows).await?,
            day,
            today,
            gates: around.gates,
            total,
            per_page: PAGE,
        };
        Ok((place, day))
    }

    async fn around(&self, tx: &mut Tx, school: SchoolId) -> Result<Around> {
        let info = self.school_info(tx, school).await?;
        let gates = tx.gates_of(school).await?;
        let count = tx.gate_device_count(school).await?;
        let devices = tx.gate_devices(school, count, 0).await?;
        let classes = tx.classes_of(school).await?;
        Ok(Around {
            info,
            gates: gates
                .into_iter()
                .map(|gate| (gate.gate_id, gate.name))
                .collect(),
            devices: devices
                .into_iter()
                .map(|row| (row.device_id, row.name))
                .collect(),
            classes: classes
                .iter()
                .map(|row| (row.class_id, class_name(row)))
                .collect(),
        })
    }

    /// The people of a school whose name has a part; `None` where nothing is searched.
    async fn people_named(
        &self,
        tx: &mut Tx,
        school: SchoolId,
        search: &str,
    ) -> Result<Option<Vec<PersonId>>> {
        let search = search.trim();
        if search.is_empty() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for row in tx.people_of_school(school).await? {
            let person = self.open_person(row)?;
            if person.profile.name.contains(search) {
                found.push(person.row.person_id);
            }
        }
        Ok(Some(found))
    }

    async fn gate_entries(
        &self,
        tx: &mut Tx,
        around: &Around,
        rows: Vec<GateEntryRow>,
    ) -> Result<Vec<GateDayEntry>> {
        let readings: Vec<_> = rows
            .iter()
            .filter(|row| row.kind == "reading")
            .cloned()
            .collect();
        let of_readings: HashMap<i64, PersonId> = self
            .open_readings(tx, readings)
            .await?
            .into_iter()
            .map(|reading| (reading.row.entry_no, reading.person))
            .collect();
        let who = |row: &GateEntryRow| {
            row.person_id
                .or_else(|| of_readings.get(&row.entry_no).copied())
        };
        let mut ids: Vec<PersonId> = rows.iter().filter_map(who).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut people: HashMap<PersonId, OpenPerson> = HashMap::new();
        for row in tx.people(&ids).await? {
            people.insert(row.person_id, self.open_person(row)?);
        }
        let zone = around.info.zone;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let person = who(&row).and_then(|id| people.get(&id));
            let gate = around.gates.iter().find(|(gate, _)| *gate == row.gate_id);
            entries.push(GateDayEntry {
                minute: zone.minute_of(row.at),
                gate: gate.map(|(_, name)| name.clone()).unwrap_or_default(),
                device: around
                    .devices
                    .get(&row.device_id)
                    .cloned()
                    .unwrap_or_default(),
                who: person.and_then(|person| {
                    let class = around.classes.get(&person.row.class_id)?;
                    Some((person.profile.name.clone(), *class))
                }),
                kind: row.kind,
                shown: row.shown,
                direction: row.direction,
                verdict: row.verdict,
                why: row.why,
                flags: row.flags.split_whitespace().map(str::to_owned).collect(),
                state: row.state,
                is_undone: row.undone_by.is_some(),
            });
        }
        Ok(entries)
    }
}

async fn numbers(tx: &mut Tx, school: SchoolId, day: Day) -> Result<GateNumbers> {
    let mut numbers = GateNumbers {
        people: tx.people_let_in(school, day).await?,
        ..GateNumbers::default()
    };
    for row in tx.gate_counts(school, day).await? {
        let is_in = row.direction.as_deref() == Some("in");
        let slot = match (row.kind.as_str(), row.verdict.as_deref()) {
            ("scan", _) if !is_in => &mut numbers.out,
            ("scan", Some("admit")) => &mut numbers.verdicts[0],
            ("scan", Some("refuse")) => &mut numbers.verdicts[1],
            ("scan", _) => &mut numbers.verdicts[2],
            ("slip", _) => &mut numbers.slips,
            ("reading", _) => &mut numbers.readings,
            ("visitor", _) => &mut numbers.visitors,
            ("refused", _) => &mut numbers.refused,
            _ => continue,
        };
        *slot += row.entries;
    }
    Ok(numbers)
}

impl GateDayEntry {
    /// Whether it was made after its device had been cut off, so that nothing follows from it.
    pub fn is_void(&self) -> bool {
        self.is_undone || self.flags.iter().any(|word| word == flag::AFTER_CUT_OFF)
    }
}
