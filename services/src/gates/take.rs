//! What a device takes along: the stamp, and the roll where it changed.

use super::{Device, WAIT};
use crate::context::SchoolInfo;
use crate::passes::Purpose;
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::gate::{GateInfo, Roll, RollClass, RollPerson, Stamp, signed};
use domain::ids::{GateId, PersonId, SchoolId};
use domain::pass::JwkSet;
use domain::{Day, Millis};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{RollRow, Tx};

/// How long a device decides without a new contact.
const GOOD_FOR: i64 = 4 * 3_600_000;
/// How long a roll is kept at most: another process may change the roster.
const KEPT_FOR: i64 = 10_000;
/// How old the noted contact may become before it is written again.
const TOUCH_EVERY: i64 = 30_000;
/// Longest word that a device may say of its program.
const APP_CHARS: usize = 80;

/// What a device says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// How many entries it still has to hand in.
    pub waiting: Option<u32>,
    /// Its program and state, in a short word.
    pub app: String,
}

/// What a device takes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// The signed stamp.
    pub stamp: String,
    /// The signed roll, unless the device has it.
    pub roll: Option<Arc<str>>,
}

/// What is kept of a school's roll.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The masked names, each with the mark of the row it was read from.
    names: HashMap<PersonId, (Vec<u8>, String)>,
    signed: Option<Signed>,
}

#[derive(Debug, Clone)]
struct Signed {
    mark: u64,
    day: Day,
    at: Millis,
    digest: String,
    text: Arc<str>,
}

impl Services {
    /// Stamp and roll for a device whose roll has `digest`.
    ///
    /// # Errors
    /// [`Refusal::DeviceCutOff`]
    pub async fn take_along(&self, device: &Device, digest: &str, told: &Told) -> Result<Take> {
        if device.is_cut_off() {
            return Err(Refusal::DeviceCutOff.into());
        }
        let school = device.school();
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        device.actor().require(Action::WorkGate, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        drop(tx);
        self.ensure_open(info.zone).await?;
        self.note_contact(device, told).await?;
        let roll = self.signed_roll(school, &info).await?;
        let stamp = self.stamp(device, &info, &roll.digest).await?;
        Ok(Take {
            stamp,
            roll: (roll.digest != digest).then_some(roll.text),
        })
    }

    async fn note_contact(&self, device: &Device, told: &Told) -> Result<()> {
        let (row, now) = (&device.row, self.clock.now());
        let app: String = told.app.chars().take(APP_CHARS).collect();
        let waiting = told.waiting.map(i64::from);
        let is_same = row.waiting == waiting && row.app == app;
        if is_same && (0..TOUCH_EVERY).contains(&(now.0 - row.seen_at.0)) {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        tx.touch_gate_device(row.device_id, now, waiting, &app)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn stamp(&self, device: &Device, info: &SchoolInfo, roll: &str) -> Result<String> {
        let keys = self.pass_keys().await?;
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let gate = tx.gate(device.row.gate_id).await?.ok_or(Error::Forbidden)?;
        let (visitors, trust, recognition) = self.gate_trust(&mut tx, device.school()).await?;
        let today = info.zone.day_of(now);
        let local = i64::from(today.0) * 1_440 + i64::from(info.zone.minute_of(now));
        let stamp = Stamp {
            at: now,
            good_until: Millis(now.0 + GOOD_FOR),
            issuer: keys.issuer,
            school: small(device.school().0)?,
            school_name: info.row.names(),
            offset_minutes: i32::try_from(local - now.0.div_euclid(60_000)).unwrap_or_default(),
            today,
            device: device.id().0,
            gate: GateInfo {
                no: gate.gate_id.0,
                name: gate.name,
            },
            keys: JwkSet::new(keys.ring.keys().filter(|key| now < key.until)),
            roll: roll.to_owned(),
            fever_tenths: info.context().fever_threshold(today),
            wait: WAIT,
            visitors,
            trust,
            recognition,
        };
        let (signer, _) = keys.signer(Purpose::Screens, now)?;
        signed::sign(signed::STAMP, &stamp, signer).map_err(|e| Error::internal(e.to_string()))
    }

    /// The signed roll of a school, made anew only after something changed.
    async fn signed_roll(&self, school: SchoolId, info: &SchoolInfo) -> Result<Signed> {
        // Read before the rows: what changes meanwhile is seen the next time.
        let mark = self.store.change_mark();
        let (now, day) = (self.clock.now(), self.today_at(info));
        let kept = self.kept_roll(school);
        let is_fresh = |signed: &&Signed| {
            let age = now.0 - signed.at.0;
            signed.mark == mark && signed.day == day && (0..KEPT_FOR).contains(&age)
        };
        if let Some(signed) = kept.signed.as_ref().filter(is_fresh) {
            return Ok(signed.clone());
        }
        let (roll, names) = self.roll(school, info, day, &kept).await?;
        let digest = roll.digest();
        let text = match kept
            .signed
            .as_ref()
            .filter(|signed| signed.digest == digest)
        {
            Some(signed) => Arc::clone(&signed.text),
            None => {
                let keys = self.pass_keys().await?;
                let (signer, _) = keys.signer(Purpose::Screens, now)?;
                let text = signed::sign(signed::ROLL, &roll, signer)
                    .map_err(|e| Error::internal(e.to_string()))?;
                text.into()
            }
        };
        let signed = Signed {
            mark,
            day,
            at: now,
            digest,
            text,
        };
        let made = Kept {
            names,
            signed: Some(signed.clone()),
        };
        self.keep_roll(school, Arc::new(made));
        Ok(signed)
    }

    async fn roll(
        &self,
        school: SchoolId,
        info: &SchoolInfo,
        day: Day,
        kept: &Kept,
    ) -> Result<(Roll, HashMap<PersonId, (Vec<u8>, String)>)> {
        let mut tx = self.store.read().await?;
        let mut rows = tx.roll_of(school).await?;
        if rows.iter().any(|row| row.holder.is_none()) {
            drop(tx);
            self.number_all(&rows).await?;
            tx = self.store.read().await?;
            rows = tx.roll_of(school).await?;
        }
        let names = self.masked_names(&mut tx, &rows, kept).await?;
        let provisional: HashSet<PersonId> = tx
            .provisional_people(school, day)
            .await?
            .into_iter()
            .collect();
        let came = self.came(&mut tx, school, day).await?;
        let mut classes = Vec::new();
        for class in tx.classes_of(school).await? {
            classes.push(RollClass {
                class: small(class.class_id.0)?,
                name: crate::people::class_name(&class),
            });
        }
        let mut people = Vec::with_capacity(rows.len());
        for row in &rows {
            let code = row.code_on(day);
            people.push(RollPerson {
                holder: u64::from_be_bytes(row.holder.unwrap_or_default().to_be_bytes()),
                serial: small(row.serial.unwrap_or_default())?,
                class: small(row.class_id.0)?,
                seat: u32::try_from(row.seat).unwrap_or_default(),
                name: names
                    .get(&row.person_id)
                    .map_or_else(String::new, |(_, name)| name.clone()),
                code,
                until: row.ends_day.filter(|_| code.is_flagged()),
                provisional: provisional.contains(&row.person_id),
                came: came.get(&row.person_id).cloned(),
            });
        }
        people.sort_by_key(|person| person.holder);
        let roll = Roll {
            school: small(info.row.school_id.0)?,
            day,
            classes,
            people,
        };
        Ok((roll, names))
    }

    /// Gives everybody a number in passes: a guard finds also those who never had a pass.
    async fn number_all(&self, rows: &[RollRow]) -> Result<()> {
        let mut tx = self.store.write().await?;
        let unknown = rows.iter().filter(|row| row.holder.is_none());
        let unknown: Vec<PersonId> = unknown.map(|row| row.person_id).collect();
        self.ensure_holders(&mut tx, &unknown).await?;
        Ok(tx.commit().await?)
    }

    /// The masked names; only those whose row was written since are opened.
    async fn masked_names(
        &self,
        tx: &mut Tx,
        rows: &[RollRow],
        kept: &Kept,
    ) -> Result<HashMap<PersonId, (Vec<u8>, String)>> {
        let mut names = HashMap::with_capacity(rows.len());
        let mut unknown = HashMap::new();
        for row in rows {
            match kept.names.get(&row.person_id) {
                Some(known) if known.0 == row.mark => {
                    names.insert(row.person_id, known.clone());
                }
                _ => {
                    unknown.insert(row.person_id, row.mark.clone());
                }
            }
        }
        let ids: Vec<PersonId> = unknown.keys().copied().collect();
        for person in tx.people(&ids).await? {
            let person = self.open_person(person)?;
            let id = person.row.person_id;
            let mark = unknown.remove(&id).unwrap_or_default();
            names.insert(id, (mark, person.masked()));
        }
        Ok(names)
    }

    /// When and where those who are here today were let in.
    async fn came(
        &self,
        tx: &mut Tx,
        school: SchoolId,
        day: Day,
    ) -> Result<HashMap<PersonId, (Millis, String)>> {
        let gates: HashMap<GateId, String> = tx
            .gates_of(school)
            .await?
            .into_iter()
            .map(|gate| (gate.gate_id, gate.name))
            .collect();
        let mut came = HashMap::new();
        for row in tx.gate_came(school, day).await? {
            let Some(person) = row.person_id else {
                continue;
            };
            if row.direction.as_deref() == Some("in") {
                let gate = gates.get(&row.gate_id).cloned().unwrap_or_default();
                came.insert(person, (row.at, gate));
            } else {
                came.remove(&person);
            }
        }
        Ok(came)
    }
}

/// A number of ours as passes have it.
fn small(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|e| Error::internal(e.to_string()))
}
