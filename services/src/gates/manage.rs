//! The school's gates and devices.

use super::SLIP_MINUTE;
use super::device::device_subject;
use crate::actor::Actor;
use crate::audit::Entry;
use crate::clock::bytes;
use crate::codes::{Code, code_hash};
use crate::{Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::ids::{DeviceId, GateId, SchoolId};
use domain::{Day, Millis, Text};
use std::collections::HashMap;
use store::{GateCodeRow, GateRow, Tx};

/// How long a code can be used.
const CODE_LIFE: i64 = 15 * 60_000;
/// Longest name of a gate or a device, in characters.
const NAME_CHARS: usize = 20;
/// Most gates of a school.
const GATES_MAX: usize = 40;
/// Devices on a page.
pub const DEVICES_PAGE: i64 = 20;

/// A gate as the school sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateView {
    /// Its number.
    pub gate: GateId,
    /// Its name.
    pub name: String,
    /// Whether it was closed for good.
    pub is_closed: bool,
    /// Devices in use there, on the page that is shown or not.
    pub devices: usize,
}

/// A device as the school sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Its number.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub gate: String,
    /// The day on which it was enrolled, and by whose code.
    pub enrolled: (Day, String),
    /// When it was cut off, and by whom.
    pub cut_off: Option<(Day, u32, String)>,
    /// The last contact: day, and minute of that day.
    pub seen: (Day, u32),
    /// How many entries it said it still has.
    pub waiting: Option<i64>,
    /// How many entries before its latest one never arrived.
    pub missing: i64,
    /// What it said of its own program.
    pub app: String,
}

/// The school's gates and a page of its devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatesView {
    /// The school's name.
    pub school_name: Text,
    /// The present day there, and minutes since midnight.
    pub now: (Day, u32),
    /// The gates, in their order.
    pub gates: Vec<GateView>,
    /// The devices of the page: those in use first.
    pub devices: Vec<DeviceView>,
    /// How many devices there are over all pages.
    pub total: i64,
    /// The minute of the day by which teachers confirm slips.
    pub slip_minute: u32,
}

/// A code for one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// The code, known only now.
    pub code: Code,
    /// For which gate.
    pub gate: String,
    /// The minute of the day until which it can be used.
    pub until: u32,
}

impl Services {
    /// The gates and a page of the devices, from 0.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the school's administrators.
    pub async fn gates(&self, actor: &Actor, school: SchoolId, page: i64) -> Result<GatesView> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageGates, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        let (zone, now) = (info.zone, self.clock.now());
        let gates = tx.gates_of(school).await?;
        let names: HashMap<GateId, &str> = gates
            .iter()
            .map(|gate| (gate.gate_id, gate.name.as_str()))
            .collect();
        let total = tx.gate_device_count(school).await?;
        let all = tx.gate_devices(school, total, 0).await?;
        let handed_in: HashMap<DeviceId, i64> =
            tx.gate_handed_in(school).await?.into_iter().collect();
        let skip = usize::try_from(page.max(0) * DEVICES_PAGE).unwrap_or(usize::MAX);
        let shown = usize::try_from(DEVICES_PAGE).unwrap_or_default();
        let mut devices = Vec::new();
        for row in all.iter().skip(skip).take(shown) {
            let moment = |at: Millis| (zone.day_of(at), zone.minute_of(at));
            let by = self.staff_word(&mut tx, row.enrolled_by).await?;
            let cut_by = self.staff_word(&mut tx, row.cut_off_by).await?;
            let arrived = handed_in.get(&row.device_id).copied().unwrap_or_default();
            devices.push(DeviceView {
                device: row.device_id,
                name: row.name.clone(),
                gate: names
                    .get(&row.gate_id)
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                enrolled: (zone.day_of(row.enrolled_at), by),
                cut_off: row
                    .cut_off_at
                    .map(moment)
                    .map(|(day, minute)| (day, minute, cut_by)),
                seen: moment(row.seen_at),
                waiting: row.waiting,
                missing: (row.last_seq - arrived).max(0),
                app: row.app.clone(),
            });
        }
        let in_use = |gate: GateId| {
            let there = all.iter().filter(|row| row.gate_id == gate);
            there.filter(|row| row.cut_off_at.is_none()).count()
        };
        Ok(GatesView {
            school_name: info.row.names(),
            now: (zone.day_of(now), zone.minute_of(now)),
            gates: gates
                .iter()
                .map(|gate| GateView {
                    gate: gate.gate_id,
                    name: gate.name.clone(),
                    is_closed: gate.closed_at.is_some(),
                    devices: in_use(gate.gate_id),
                })
                .collect(),
            devices,
            total,
            slip_minute: self.slip_minute(&mut tx, school).await?,
        })
    }

    async fn staff_word(
        &self,
        tx: &mut Tx,
        account: Option<domain::ids::AccountId>,
    ) -> Result<String> {
        let Some(account) = account else {
            return Ok(String::new());
        };
        let row = tx.account(account).await?;
        let profile = row.map(|row| self.account_profile(&row)).transpose()?;
        Ok(profile.map(|profile| profile.name).unwrap_or_default())
    }

    pub(super) async fn slip_minute(&self, tx: &mut Tx, school: SchoolId) -> Result<u32> {
        let minute = tx.slip_minute(school).await?.unwrap_or(SLIP_MINUTE);
        Ok(u32::try_from(minute).unwrap_or_default())
    }

    /// Adds a gate.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] without a name of at most 20 characters, or with 40 gates already.
    pub async fn add_gate(&self, actor: &Actor, school: SchoolId, name: &str) -> Result<GateId> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageGates, &place)?;
        let name = short_name(name)?;
        let gates = tx.gates_of(school).await?;
        if gates.len() >= GATES_MAX || gates.iter().any(|gate| gate.name == name) {
            return Err(Refusal::FieldInvalid.into());
        }
        let row = GateRow {
            gate_id: GateId(self.next_id()),
            school_id: school,
            name,
            place: gates.last().map_or(1, |gate| gate.place + 1),
            closed_at: None,
        };
        tx.insert_gate(&row).await?;
        self.audit_gate(&mut tx, actor, &place, "gate.add", &row.name)
            .await?;
        tx.commit().await?;
        Ok(row.gate_id)
    }

    /// Gives a gate another name, closes it for good, or opens it again. A closed gate takes no new device.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] without a name, [`Error::Forbidden`] for a gate of another school.
    pub async fn change_gate(
        &self,
        actor: &Actor,
        school: SchoolId,
        gate: GateId,
        name: &str,
        is_closed: bool,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let (place, mut row) = self.own_gate(&mut tx, actor, school, gate).await?;
        let before = row.clone();
        row.name = short_name(name)?;
        row.closed_at = is_closed.then(|| row.closed_at.unwrap_or(self.clock.now()));
        tx.update_gate(&row).await?;
        if before.name != row.name {
            let detail = format!("{} → {}", before.name, row.name);
            self.audit_gate(&mut tx, actor, &place, "gate.rename", &detail)
                .await?;
        }
        if before.closed_at.is_some() != is_closed {
            let action = if is_closed {
                "gate.close"
            } else {
                "gate.reopen"
            };
            self.audit_gate(&mut tx, actor, &place, action, &row.name)
                .await?;
        }
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// Makes a code with which one device is enrolled at a gate.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] without a name of at most 20 characters or for a closed gate.
    pub async fn make_gate_code(
        &self,
        actor: &Actor,
        school: SchoolId,
        gate: GateId,
        name: &str,
    ) -> Result<EnrolmentCode> {
        let mut tx = self.store.write().await?;
        let (place, row) = self.own_gate(&mut tx, actor, school, gate).await?;
        let name = short_name(name)?;
        if row.closed_at.is_some() {
            return Err(Refusal::FieldInvalid.into());
        }
        let info = self.school_info(&mut tx, school).await?;
        let now = self.clock.now();
        let code = Code::new(bytes(&*self.entropy));
        let expires_at = Millis(now.0 + CODE_LIFE);
        let kept = GateCodeRow {
            code_hash: code_hash(&code),
            gate_id: gate,
            school_id: school,
            name,
            issued_by: actor.id(),
            issued_at: now,
            expires_at,
            used_at: None,
        };
        tx.insert_gate_code(&kept, now).await?;
        let detail = format!("{} · {}", row.name, kept.name);
        self.audit_gate(&mut tx, actor, &place, "device.code", &detail)
            .await?;
        tx.commit().await?;
        Ok(EnrolmentCode {
            code,
            gate: row.name,
            until: info.zone.minute_of(expires_at),
        })
    }

    /// Cuts a device off: it takes nothing any more, and what it still hands in is marked.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a device of another school, [`Refusal::AlreadySettled`].
    pub async fn cut_off_device(
        &self,
        actor: &Actor,
        school: SchoolId,
        device: DeviceId,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageGates, &place)?;
        let row = tx
            .gate_device(device)
            .await?
            .filter(|row| row.school_id == school);
        let row = row.ok_or(Error::Forbidden)?;
        if !tx
            .cut_off_gate_device(device, self.clock.now(), actor.id())
            .await?
        {
            return Err(Refusal::AlreadySettled.into());
        }
        let entry = Entry {
            actor,
            place: &place,
            action: "device.cut_off",
            subject: device_subject(device),
            detail: Some((&row.name, None)),
        };
        self.audit(&mut tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// Sets the minute of the day by which teachers confirm slips.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] for no minute of a day.
    pub async fn set_slip_minute(
        &self,
        actor: &Actor,
        school: SchoolId,
        minute: i64,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageGates, &place)?;
        if !(0..1_440).contains(&minute) {
            return Err(Refusal::FieldInvalid.into());
        }
        tx.set_slip_minute(school, minute).await?;
        let detail = format!("{}:{:02}", minute / 60, minute % 60);
        self.audit_gate(&mut tx, actor, &place, "gate.slip_hour", &detail)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn own_gate(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        school: SchoolId,
        gate: GateId,
    ) -> Result<(Place, GateRow)> {
        let place = self.place_of_school(tx, school).await?;
        actor.require(Action::ManageGates, &place)?;
        let row = tx.gate(gate).await?.filter(|row| row.school_id == school);
        Ok((place, row.ok_or(Error::Forbidden)?))
    }

    async fn audit_gate(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        action: &str,
        detail: &str,
    ) -> Result<()> {
        let school = place.school.map_or(0, |school| school.0);
        let entry = Entry {
            actor,
            place,
            action,
            subject: format!("school:{school}"),
            detail: Some((detail, None)),
        };
        self.audit(tx, entry).await
    }
}

fn short_name(name: &str) -> Result<String> {
    let name = name.trim();
    if (1..=NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(Refusal::FieldInvalid.into())
    }
}
