//! The gates of the demo: each school has some, and at the demo's own school a device has been at work since seven. All
//! through the services that devices use.

use super::accounts::Stage;
use super::morning::Morning;
use crate::gates::Device;
use crate::{Actor, Result, Services};
use domain::Code;
use domain::gate::{Act, ClockTrust, Direction, Entry, EntryId, Shown, Verdict};
use domain::ids::{GateId, PersonId, SchoolId};
use store::StateRow;

/// From when on children come in, in minutes of the day.
const OPENS: u32 = 6 * 60 + 50;
/// How many children of other classes the device has seen.
const OTHERS: usize = 160;
/// The first measurement of a child that rests now, in tenths of a degree Celsius.
const HIGH: u16 = 374;
/// The temperature on a slip.
const WELL: u16 = 365;

/// What the device writes down.
struct Pad<'a> {
    services: &'a Services,
    morning: Morning,
    entries: Vec<Entry>,
}

impl Pad<'_> {
    fn write(&mut self, minute: u32, act: Act) {
        let seq = self.entries.len() as u64 + 1;
        let second = u32::try_from(seq % 60).unwrap_or_default();
        let random = crate::clock::bytes::<16>(&*self.services.entropy);
        self.entries.push(Entry {
            id: EntryId(format!("{:032x}", u128::from_be_bytes(random))),
            seq,
            at: self.morning.at(self.morning.today, minute, second),
            clock: ClockTrust::Counted,
            act,
        });
    }

    fn scan(&mut self, minute: u32, holder: u64, verdict: Verdict) {
        let (shown, direction) = (Shown::Card, Direction::In);
        let act = Act::Scan {
            holder,
            shown,
            direction,
            verdict,
        };
        self.write(minute, act);
    }
}

impl Services {
    /// Gives every school a gate, and lets the demo's own school have a morning at its east gate.
    pub(super) async fn write_demo_gates(&self, stage: &Stage, morning: Morning) -> Result<()> {
        let mut tx = self.store.read().await?;
        let schools = tx.schools_within(&super::officer::district()?).await?;
        drop(tx);
        for school in schools {
            let id = school.school_id;
            let names: &[&str] = if id == stage.school {
                &["东门", "西门"]
            } else {
                &["正门"]
            };
            let mut tx = self.store.read().await?;
            let is_new = tx.gates_of(id).await?.is_empty();
            drop(tx);
            for name in names.iter().filter(|_| is_new) {
                self.add_gate(&Actor::command(), id, name).await?;
            }
        }
        let mut tx = self.store.write().await?;
        tx.delete_gate_entries().await?;
        tx.commit().await?;
        let device = self.demo_device(stage.school).await?;
        self.demo_morning(stage, morning, &device).await
    }

    /// The device of the demo's school; its token is thrown away, so that nobody can be it.
    async fn demo_device(&self, school: SchoolId) -> Result<Device> {
        let mut tx = self.store.read().await?;
        let known = tx.gate_devices(school, 100, 0).await?;
        let gate = tx.gates_of(school).await?.first().map(|gate| gate.gate_id);
        drop(tx);
        let ours = known.iter().rev().find(|row| row.enrolled_by.is_none());
        if let Some(row) = ours
            && let Some(device) = self.device_by_id(row.device_id).await?
        {
            return Ok(device);
        }
        let gate = gate.unwrap_or(GateId(0));
        let command = Actor::command();
        let code = self
            .make_gate_code(&command, school, gate, "东门平板")
            .await?;
        Ok(self.enrol_device(code.code.as_str()).await?.device)
    }

    async fn demo_morning(&self, stage: &Stage, morning: Morning, device: &Device) -> Result<()> {
        let mut tx = self.store.read().await?;
        let own = tx.states_of_class(stage.class).await?;
        let all = tx
            .states_of_school(stage.school, PersonId(0), i64::from(u16::MAX))
            .await?;
        drop(tx);
        let others: Vec<_> = all
            .into_iter()
            .filter(|row| row.class_id != stage.class && !stage.children.contains(&row.person_id))
            .take(OTHERS)
            .collect();
        let mut pad = Pad {
            services: self,
            morning,
            entries: Vec::new(),
        };
        let span = morning.minute.saturating_sub(OPENS).max(1);
        let when = |place: usize, of: usize| {
            let shift = place * span as usize / of.max(1);
            OPENS + u32::try_from(shift).unwrap_or_default()
        };
        let mut own: Vec<&StateRow> = own.iter().collect();
        own.sort_by_key(|row| row.person_id);
        // Three in four are here by now; the one at the end of the line is hot and rests.
        let here: Vec<_> = own
            .iter()
            .enumerate()
            .filter(|(place, _)| place % 4 != 3)
            .collect();
        let is_green = |row: &StateRow| row.code_on(morning.today) == Code::Green;
        for (place, row) in &here {
            let holder = self.demo_holder(row.person_id).await?;
            let verdict = Verdict::from(row.code_on(morning.today));
            let is_own_child = stage.children.contains(&row.person_id);
            if !is_own_child && verdict != Verdict::Refuse {
                pad.scan(when(*place, own.len()), holder, verdict);
            }
        }
        let resting = here.iter().rev().find(|(_, row)| is_green(row));
        let resting = resting.map(|(_, row)| row.person_id);
        let mut slip = None;
        for (place, row) in others
            .iter()
            .enumerate()
            .filter(|(place, _)| place % 3 != 2)
        {
            let holder = self.demo_holder(row.person_id).await?;
            let minute = when(place, others.len());
            pad.scan(minute, holder, Verdict::from(row.code_on(morning.today)));
            if slip.is_none() && row.code_on(morning.today) == Code::Grey {
                slip = Some(row.person_id);
                let tenths = WELL;
                pad.write(minute, Act::Slip { holder, tenths });
            }
        }
        if let Some(person) = resting {
            let holder = self.demo_holder(person).await?;
            let act = Act::Reading {
                holder,
                tenths: HIGH,
                first: None,
                by: "周师傅".to_owned(),
            };
            pad.write(morning.minute, act);
        }
        let why = "expired".to_owned();
        pad.write(morning.minute, Act::Refused { why });
        for lot in pad.entries.chunks(crate::gates::ENTRIES_MAX) {
            self.hand_in(device, lot).await?;
        }
        Ok(())
    }

    async fn demo_holder(&self, person: PersonId) -> Result<u64> {
        let row = self.holders.ask(person).await?;
        Ok(u64::from_be_bytes(row.holder.to_be_bytes()))
    }
}
