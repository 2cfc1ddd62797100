//! Writing what a plan says, in one transaction; the people who are new are written before it. What can be sealed
//! beforehand is, so that reports wait little.

use super::import::Counts;
use crate::audit::{Entry, person as person_subject};
use crate::people::{OpenPerson, class_name};
use crate::recolour::{Ledger, Opened};
use crate::vault::Cell;
use crate::{Actor, Error, Result, SchoolInfo, Services};
use domain::Day;
use domain::identity::Phone;
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::roster::{ClassName, Plan, RosterRow, Update};
use domain::state::State;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{ClassRow, PersonIndexes, PersonRow, Tx};

/// The highest number that a seat can be.
const SEAT_MAX: i64 = 9_999;

/// What is to be written.
pub(super) struct Import<'a> {
    pub actor: &'a Actor,
    pub school: SchoolId,
    pub file_name: &'a str,
    /// The good rows of the file.
    pub rows: &'a [(u32, RosterRow)],
    /// The roster with which the plan was made.
    pub people: &'a [OpenPerson],
    pub plan: &'a Plan,
    /// Absent people to take off the roster.
    pub remove: &'a [PersonId],
    /// The upload to forget.
    pub staged: Option<i64>,
}

/// The class teacher as the roster names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedTeacher {
    pub name: String,
    pub phone: Option<Phone>,
}

/// Somebody with other values, sealed.
struct Rewritten<'a> {
    person: &'a OpenPerson,
    profile_enc: Vec<u8>,
    /// Where they are others than before.
    indexes: Option<PersonIndexes>,
    data: &'a RosterRow,
}

/// The classes of a school while people are put into them.
pub(crate) struct Seating {
    school: SchoolId,
    ids: BTreeMap<ClassName, ClassId>,
    /// The highest seat of each class.
    last: HashMap<ClassId, i64>,
}

impl Seating {
    /// Of the classes and the people now in them.
    pub(crate) fn new<'p>(
        school: SchoolId,
        classes: &[ClassRow],
        people: impl Iterator<Item = &'p PersonRow>,
    ) -> Self {
        let mut last: HashMap<ClassId, i64> = HashMap::new();
        for person in people.filter(|p| p.left_day.is_none()) {
            let seat = last.entry(person.class_id).or_default();
            *seat = person.seat.max(*seat);
        }
        Self {
            school,
            ids: classes
                .iter()
                .map(|row| (class_name(row), row.class_id))
                .collect(),
            last,
        }
    }

    /// Makes those of these classes that the school does not have.
    async fn ensure(&mut self, tx: &mut Tx, names: impl Iterator<Item = ClassName>) -> Result<()> {
        for name in names {
            if !self.ids.contains_key(&name) {
                self.make(tx, name).await?;
            }
        }
        Ok(())
    }

    async fn make(&mut self, tx: &mut Tx, name: ClassName) -> Result<()> {
        let (stage, grade, number) = (
            name.stage.number(),
            i64::from(name.grade),
            i64::from(name.number),
        );
        let id = tx.ensure_class(self.school, stage, grade, number).await?;
        self.ids.insert(name, id);
        Ok(())
    }

    /// The class of this name, which is there.
    pub(super) fn known(&self, name: ClassName) -> Result<ClassId> {
        let id = self.ids.get(&name).copied();
        id.ok_or_else(|| Error::internal("a class was not made"))
    }

    /// The seat that the roster says, or the next one.
    pub(crate) fn seat(&mut self, class: ClassId, said: &str) -> i64 {
        let last = self.last.entry(class).or_default();
        let seat = seat_number(said).unwrap_or(*last + 1);
        *last = seat.max(*last);
        seat
    }
}

/// A seat as rosters write it: `7`, `07`, `7号`.
fn seat_number(text: &str) -> Option<i64> {
    let number = text.trim().trim_end_matches('号').trim().parse().ok()?;
    (1..=SEAT_MAX).contains(&number).then_some(number)
}

impl Services {
    /// Does what the plan says. `None` where the roster is no longer the one it was made with; nothing is done then
    /// that anybody sees.
    pub(super) async fn write_import(&self, import: &Import<'_>) -> Result<Option<Counts>> {
        let plan = import.plan;
        let rewritten = self.seal_updates(import, plan.changed.iter().chain(&plan.returned))?;
        let mut read = self.store.read().await?;
        let info = self.school_info(&mut read, import.school).await?;
        drop(read);
        self.ensure_open(info.zone).await?;
        let today = self.today_at(&info);

        let mut tx = self.store.write().await?;
        if !is_as_planned(&mut tx, import, 0).await? {
            return Ok(None);
        }
        let classes = tx.classes_of(import.school).await?;
        let people = import.people.iter().map(|person| &person.row);
        let mut seating = Seating::new(import.school, &classes, people);
        let named = plan.new.iter().map(|(_, data)| data.class);
        let named = named.chain(rewritten.iter().map(|change| change.data.class));
        seating.ensure(&mut tx, named).await?;
        tx.commit().await?;
        let newcomers = self.write_newcomers(import, &mut seating, today).await?;

        let mut tx = self.store.write().await?;
        let mut ledger = Ledger::new(self);
        if !is_as_planned(&mut tx, import, newcomers.len()).await?
            || self.today_at(&info) != today
            || !newcomers
                .join(&mut tx, &mut ledger, import.school, today)
                .await?
        {
            return Ok(None);
        }
        self.write_updates(&mut tx, &mut ledger, &mut seating, &info, today, rewritten)
            .await?;
        self.write_removals(&mut tx, &mut ledger, import, today)
            .await?;
        self.write_teachers(&mut tx, &seating, import).await?;
        ledger.write(&mut tx).await?;
        let counts = Counts {
            new: plan.new.len(),
            changed: plan.changed.len(),
            returned: plan.returned.len(),
            unchanged: plan.unchanged.len(),
            removed: import.remove.len(),
            faults: plan.faults.len(),
        };
        self.audit_import(&mut tx, import, counts).await?;
        if let Some(staged) = import.staged {
            tx.delete_staged_roster(staged).await?;
        }
        tx.commit().await?;
        self.store.mark_change();
        Ok(Some(counts))
    }

    fn seal_updates<'a>(
        &self,
        import: &Import<'a>,
        updates: impl Iterator<Item = &'a Update>,
    ) -> Result<Vec<Rewritten<'a>>> {
        let people: HashMap<PersonId, &OpenPerson> =
            import.people.iter().map(|p| (p.row.person_id, p)).collect();
        updates
            .map(|update| {
                let person = *people
                    .get(&update.person)
                    .ok_or_else(|| Error::internal("a plan names somebody unknown"))?;
                let indexes = self.person_indexes(&update.data);
                let is_other = indexes != self.person_indexes(&person.profile);
                Ok(Rewritten {
                    person,
                    profile_enc: self.seal_profile(&person.key, update.person.0, &update.data)?,
                    indexes: is_other.then_some(indexes),
                    data: &update.data,
                })
            })
            .collect()
    }

    /// The blind indexes of what a roster says of somebody.
    pub(crate) fn person_indexes(&self, data: &RosterRow) -> PersonIndexes {
        PersonIndexes {
            student_no: data
                .student_no
                .as_deref()
                .map(|number| self.vault.index("student_no", number)),
            national_id: data
                .national_id
                .as_ref()
                .map(|id| self.vault.index("national_id", id.as_str())),
            phones: data
                .guardians
                .iter()
                .filter_map(|guardian| guardian.phone.as_ref())
                .map(|phone| self.phone_index(phone))
                .collect(),
        }
    }

    async fn write_updates(
        &self,
        tx: &mut Tx,
        ledger: &mut Ledger<&Services>,
        seating: &mut Seating,
        info: &SchoolInfo,
        today: Day,
        rewritten: Vec<Rewritten<'_>>,
    ) -> Result<()> {
        let mut people = Vec::with_capacity(rewritten.len());
        let mut moved = HashMap::new();
        for change in rewritten {
            let old = &change.person.row;
            let class = seating.known(change.data.class)?;
            let stays = class == old.class_id && old.left_day.is_none();
            let seat = if stays {
                seat_number(&change.data.seat).unwrap_or(old.seat)
            } else {
                moved.insert(old.person_id, (class, old.left_day));
                seating.seat(class, &change.data.seat)
            };
            let row = PersonRow {
                class_id: class,
                seat,
                left_day: None,
                profile_enc: change.profile_enc,
                ..old.clone()
            };
            people.push((row, change.indexes));
        }
        tx.update_people(&people).await?;
        let ids: Vec<PersonId> = moved.keys().copied().collect();
        let back = moved.iter().filter(|(_, (_, left))| left.is_some());
        let back: Vec<PersonId> = back.map(|(person, _)| *person).collect();
        let tabled = self.tabled(tx, &back).await?;
        for known in tx.known(&ids).await? {
            let opened = self.open_state(known.state)?;
            match moved.remove(&opened.row.person_id) {
                None => {}
                Some((class, None)) => place_in_class(ledger, opened, class, today)?,
                Some((class, Some(left))) => {
                    let state = self.with_tabled(&opened, &tabled)?;
                    take_back(ledger, opened, state, (class, left), info, today)?;
                }
            }
        }
        Ok(())
    }

    async fn write_removals(
        &self,
        tx: &mut Tx,
        ledger: &mut Ledger<&Services>,
        import: &Import<'_>,
        today: Day,
    ) -> Result<()> {
        for state in tx.states(import.remove).await? {
            let opened = self.open_state(state)?;
            ledger.count(&opened, today, -1);
        }
        Ok(tx.leave_roster(import.remove, today).await?)
    }

    /// The class teacher whom the roster names for a class.
    pub(crate) fn named_teacher(&self, class: &ClassRow) -> Result<Option<NamedTeacher>> {
        let Some(sealed) = &class.teacher_enc else {
            return Ok(None);
        };
        let cell = Cell::new("class", "teacher_enc", class.class_id.0);
        let plain = self.vault.general().open(cell, sealed).map_err(|_| {
            Error::internal(format!("teacher of class {} does not open", class.class_id))
        })?;
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|e| Error::internal(e.to_string()))
    }

    /// Keeps the class teacher whom most rows of a class name.
    async fn write_teachers(
        &self,
        tx: &mut Tx,
        seating: &Seating,
        import: &Import<'_>,
    ) -> Result<()> {
        let mut votes: BTreeMap<ClassName, BTreeMap<(&str, Option<&str>), usize>> = BTreeMap::new();
        for (_, row) in import.rows {
            if !row.class_teacher.is_empty() {
                let phone = row.class_teacher_phone.as_ref().map(Phone::as_str);
                let named = votes.entry(row.class).or_default();
                *named.entry((&row.class_teacher, phone)).or_default() += 1;
            }
        }
        let stored = tx.classes_of(import.school).await?;
        for (class, named) in votes {
            let most = named.iter().max_by_key(|(_, votes)| **votes);
            let (Some(((name, phone), _)), Some(id)) = (most, seating.ids.get(&class)) else {
                continue;
            };
            let teacher = NamedTeacher {
                name: (*name).to_owned(),
                phone: phone.and_then(|p| Phone::parse(p).ok()),
            };
            let row = stored.iter().find(|row| row.class_id == *id);
            let held = row.map(|row| self.named_teacher(row)).transpose()?;
            if held.flatten().as_ref() != Some(&teacher) {
                let plain =
                    serde_json::to_vec(&teacher).map_err(|e| Error::internal(e.to_string()))?;
                let cell = Cell::new("class", "teacher_enc", id.0);
                let sealed = self.vault.general().seal(&*self.entropy, cell, &plain);
                tx.set_class_teacher(*id, &sealed).await?;
            }
        }
        Ok(())
    }

    async fn audit_import(&self, tx: &mut Tx, import: &Import<'_>, done: Counts) -> Result<()> {
        let place = self.place_of_school(tx, import.school).await?;
        let left = import.remove.iter().map(|person| Entry {
            actor: import.actor,
            place: &place,
            action: "person.leave",
            subject: person_subject(*person),
            detail: None,
        });
        self.audit_all(tx, left.collect()).await?;
        let Counts {
            new,
            changed,
            returned,
            unchanged,
            removed,
            faults,
        } = done;
        let detail = format!(
            "{}: new {new}, changed {changed}, returned {returned}, unchanged {unchanged}, removed {removed}, faults {faults}",
            import.file_name
        );
        self.audit(
            tx,
            Entry {
                actor: import.actor,
                place: &place,
                action: "roster.import",
                subject: format!("school:{}", import.school),
                detail: Some((&detail, None)),
            },
        )
        .await
    }
}

/// Whether the roster is the one the plan was made with, and so many newcomers: nobody else came, and those whom the plan
/// changes or takes off it are as they were.
async fn is_as_planned(tx: &mut Tx, import: &Import<'_>, newcomers: i64) -> Result<bool> {
    let there = tx.school_size(import.school).await? - newcomers;
    if usize::try_from(there) != Ok(import.people.len()) {
        return Ok(false);
    }
    let updated = import.plan.changed.iter().chain(&import.plan.returned);
    let concerned: BTreeSet<PersonId> = updated
        .map(|update| update.person)
        .chain(import.remove.iter().copied())
        .collect();
    let concerned: Vec<PersonId> = concerned.into_iter().collect();
    let now = tx.people(&concerned).await?;
    let now: HashMap<PersonId, &PersonRow> = now.iter().map(|row| (row.person_id, row)).collect();
    let same = import.people.iter().map(|person| &person.row);
    let same = same.filter(|row| now.get(&row.person_id) == Some(row));
    Ok(same.count() == concerned.len())
}

/// Puts somebody who attends into another class: out of the counters of the one they attended, into those of the new one.
/// Reports stay where they were made.
pub(crate) fn place_in_class(
    ledger: &mut Ledger<&Services>,
    mut opened: Opened,
    class: ClassId,
    today: Day,
) -> Result<()> {
    ledger.count(&opened, today, -1);
    opened.place(class, None, today);
    ledger.count(&opened, today, 1);
    ledger.keep(&mut opened)
}

/// Takes somebody back into a class who had left on a day. `state` is theirs with what all tables say now: what became
/// known meanwhile may have passed them over. Whoever comes back on a later day begins anew with the count of missed days.
pub(crate) fn take_back(
    ledger: &mut Ledger<&Services>,
    mut opened: Opened,
    mut state: State,
    (class, left): (ClassId, Day),
    info: &SchoolInfo,
    today: Day,
) -> Result<()> {
    opened.place(class, Some(left), today);
    ledger.count(&opened, today, 1);
    if left < today {
        state.joined = today;
    }
    ledger.recolour(&mut opened, state, info, today, "return")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_read_as_rosters_write_it() {
        assert_eq!(seat_number("7"), Some(7));
        assert_eq!(seat_number(" 07 号"), Some(7));
        for none in ["", "A3", "0", "-1", "99999"] {
            assert_eq!(seat_number(none), None, "{none}");
        }
    }
}
