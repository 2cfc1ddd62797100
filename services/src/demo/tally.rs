//! The numbers of the demo's days, counted while its story is told.

use super::morning::slot_of;
use crate::Result;
use domain::ids::SchoolId;
use domain::{Day, Millis};
use std::collections::BTreeMap;
use store::{CounterKey, Numbers, SlotNumbers, StateRow, Tx};

/// Slots of five minutes in a day.
const SLOTS: usize = 288;

/// Counters by class and day, by reason, and the course of the last days in five-minute slots.
#[derive(Default)]
pub(super) struct Tally {
    counters: BTreeMap<CounterKey, Numbers>,
    reasons: BTreeMap<(CounterKey, i64, Vec<u8>), i64>,
    changes: BTreeMap<(SchoolId, Day, usize), Numbers>,
}

/// The difference of two numbers.
pub(super) fn minus(mut of: Numbers, other: Numbers) -> Numbers {
    of += Numbers {
        students: -other.students,
        guardian: -other.guardian,
        paper: -other.paper,
        proxy: -other.proxy,
        green: -other.green,
        yellow: -other.yellow,
        red: -other.red,
        grey: -other.grey,
    };
    of
}

impl Tally {
    /// One person at the end of a day.
    pub fn count(&mut self, key: CounterKey, numbers: Numbers) {
        *self.counters.entry(key).or_default() += numbers;
    }

    /// One person's principal reason at the end of a day.
    pub fn reason(&mut self, key: CounterKey, code: i64, reason: Vec<u8>) {
        *self.reasons.entry((key, code, reason)).or_default() += 1;
    }

    /// A school's numbers moved at an instant.
    pub fn change(&mut self, school: SchoolId, day: Day, at: Millis, by: Numbers) {
        *self.changes.entry((school, day, slot_of(at))).or_default() += by;
    }

    /// Writes all, with the slots of `today` up to `last`.
    pub async fn write(&self, tx: &mut Tx, today: Day, last: usize) -> Result<()> {
        tx.add_counters(&self.counters, &[]).await?;
        tx.add_reasons(&self.reasons).await?;
        for (school, slots) in self.slots(today, last) {
            tx.add_slots(school, &slots).await?;
        }
        Ok(())
    }

    fn slots(&self, today: Day, last: usize) -> BTreeMap<SchoolId, Vec<(Day, i64, SlotNumbers)>> {
        let mut days: Vec<(SchoolId, Day)> = self.changes.keys().map(|k| (k.0, k.1)).collect();
        days.dedup();
        let mut slots: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (school, day) in days {
            let mut sum = Numbers::default();
            let end = if day == today { last + 1 } else { SLOTS };
            for (number, slot) in (0..end).zip(0i64..) {
                if let Some(by) = self.changes.get(&(school, day, number)) {
                    sum += *by;
                }
                let numbers = SlotNumbers {
                    reported: sum.reported(),
                    green: sum.green,
                    yellow: sum.yellow,
                    red: sum.red,
                    grey: sum.grey,
                };
                slots.entry(school).or_default().push((day, slot, numbers));
            }
        }
        slots
    }
}

/// Where a person of a class is counted on a day.
pub(super) fn key_of(row: &StateRow, day: Day) -> CounterKey {
    CounterKey {
        class: row.class_id,
        day,
        school: row.school_id,
    }
}
