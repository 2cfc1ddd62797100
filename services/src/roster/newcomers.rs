//! People whom a file brings: written beside the roster in pieces, so that reports wait little, as people who have left
//! the same day. One transaction then lets all of them join, together with the rest of the import.
//!
//! Until then they stand among those who left the school, and on no other list. An import that breaks off leaves them
//! there, and the next import of the file brings them back.

use super::write::{Import, Seating};
use crate::pace::Pace;
use crate::recolour::Ledger;
use crate::vault::CellKey;
use crate::{Result, Services};
use domain::Day;
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::roster::RosterRow;
use std::collections::BTreeMap;
use store::{PersonIndexes, PersonRow, Tx};

/// Newcomers who are written and have not joined.
#[derive(Default)]
pub(super) struct Newcomers {
    /// From the first number to the last.
    numbers: Option<(PersonId, PersonId)>,
    by_class: BTreeMap<ClassId, i64>,
}

/// One of them, sealed.
struct Newcomer {
    row: PersonRow,
    key: CellKey,
    indexes: PersonIndexes,
}

impl Services {
    /// Writes those who are new by the plan. Their classes must be known to `seating`.
    pub(super) async fn write_newcomers(
        &self,
        import: &Import<'_>,
        seating: &mut Seating,
        today: Day,
    ) -> Result<Newcomers> {
        let mut newcomers = Newcomers::default();
        let mut pace = Pace::of_import();
        let mut rest = import.plan.new.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(pace.size().min(rest.len()));
            rest = after;
            let mut sealed = Vec::with_capacity(piece.len());
            for (_, data) in piece {
                sealed.push(self.newcomer(import.school, seating, today, data)?);
            }
            newcomers.note(&sealed);
            let mut tx = self.store.write().await?;
            let began = self.clock.now();
            self.write_sealed(&mut tx, sealed, today).await?;
            tx.commit().await?;
            let took = self.clock.now().0 - began.0;
            pace.took_and_rests(piece.len(), took).await;
        }
        Ok(newcomers)
    }

    fn newcomer(
        &self,
        school: SchoolId,
        seating: &mut Seating,
        today: Day,
        data: &RosterRow,
    ) -> Result<Newcomer> {
        let id = self.next_id();
        let (key, wrapped) = self.vault.new_subject(&*self.entropy, id);
        let class = seating.known(data.class)?;
        Ok(Newcomer {
            row: PersonRow {
                person_id: PersonId(id),
                school_id: school,
                class_id: class,
                seat: seating.seat(class, &data.seat),
                joined_day: today,
                left_day: Some(today),
                profile_enc: self.seal_profile(&key, id, data)?,
                wrapped,
            },
            key,
            indexes: self.person_indexes(data),
        })
    }

    async fn write_sealed(&self, tx: &mut Tx, sealed: Vec<Newcomer>, today: Day) -> Result<()> {
        let mut ledger = Ledger::new(self);
        let (mut keys, mut people) = (Vec::new(), Vec::new());
        for Newcomer { row, key, indexes } in sealed {
            let (person, class) = (row.person_id, row.class_id);
            let mut opened = self.first_state(person, class, row.school_id, key, today);
            ledger.keep(&mut opened)?;
            keys.push((person.0, row.wrapped.clone()));
            people.push((row, indexes));
        }
        tx.insert_subject_keys(&keys).await?;
        tx.insert_people(&people).await?;
        ledger.write(tx).await
    }
}

impl Newcomers {
    fn note(&mut self, sealed: &[Newcomer]) {
        for Newcomer { row, .. } in sealed {
            let (first, last) = self.numbers.unwrap_or((row.person_id, row.person_id));
            self.numbers = Some((first.min(row.person_id), last.max(row.person_id)));
            *self.by_class.entry(row.class_id).or_default() += 1;
        }
    }

    /// How many they are.
    pub fn len(&self) -> i64 {
        self.by_class.values().sum()
    }

    /// Lets them join, counted grey. Says whether all of them could.
    pub async fn join(
        &self,
        tx: &mut Tx,
        ledger: &mut Ledger<&Services>,
        school: SchoolId,
        today: Day,
    ) -> Result<bool> {
        for (class, people) in &self.by_class {
            ledger.count_new(*class, school, today, *people);
        }
        let Some((first, last)) = self.numbers else {
            return Ok(true);
        };
        let joined = tx.join_roster(school, first..=last).await?;
        Ok(i64::try_from(joined) == Ok(self.len()))
    }
}
