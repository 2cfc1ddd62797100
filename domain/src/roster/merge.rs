//! Joining what a file says of a person with what the system knows already.

use super::column::Column;
use super::row::{GuardianEntry, RosterRow};
use std::collections::BTreeMap;

/// The file's values, and the system's for the columns that the file does not have.
pub(super) fn merge(
    old: &RosterRow,
    new: &RosterRow,
    present: &BTreeMap<Column, String>,
) -> RosterRow {
    let has = |column: Column| present.contains_key(&column);
    RosterRow {
        student_no: new.student_no.clone().or_else(|| old.student_no.clone()),
        name: new.name.clone(),
        sex: take(has(Column::Sex), &old.sex, &new.sex),
        birth_date: new.birth_date.or(old.birth_date),
        national_id: new.national_id.clone().or_else(|| old.national_id.clone()),
        class: new.class,
        boarding: take(has(Column::Boarding), &old.boarding, &new.boarding),
        class_teacher: take(
            has(Column::ClassTeacher),
            &old.class_teacher,
            &new.class_teacher,
        ),
        class_teacher_phone: take(
            has(Column::ClassTeacherPhone),
            &old.class_teacher_phone,
            &new.class_teacher_phone,
        ),
        guardians: merge_guardians(&old.guardians, &new.guardians, present),
        seat: take(has(Column::Seat), &old.seat, &new.seat),
        remark: take(has(Column::Remark), &old.remark, &new.remark),
    }
}

fn take<T: Clone>(from_file: bool, old: &T, new: &T) -> T {
    if from_file { new.clone() } else { old.clone() }
}

/// The guardians of the file, with what it does not tell of them taken from the system.
///
/// Only a file with name and phone of both guardians replaces the list. Of any other, an empty cell
/// says nothing: it must not remove somebody of whom the file never speaks.
fn merge_guardians(
    old: &[GuardianEntry],
    new: &[GuardianEntry],
    present: &BTreeMap<Column, String>,
) -> Vec<GuardianEntry> {
    let has = |column: &Column| present.contains_key(column);
    let whole_list = Column::GUARDIANS
        .iter()
        .all(|[name, _, phone]| has(name) && has(phone));
    if !whole_list {
        let mut merged = old.to_vec();
        for (at, entry) in new.iter().enumerate() {
            match merged.get_mut(at) {
                Some(held) => overlay(held, entry),
                None => merged.push(entry.clone()),
            }
        }
        return merged;
    }
    let mut merged = new.to_vec();
    let tells_relations = Column::GUARDIANS
        .iter()
        .any(|[_, relation, _]| has(relation))
        || new.iter().any(|entry| !entry.relation.is_empty());
    for entry in merged
        .iter_mut()
        .filter(|entry| !tells_relations && !entry.name.is_empty())
    {
        if let Some(held) = old.iter().find(|held| held.name == entry.name) {
            entry.relation.clone_from(&held.relation);
        }
    }
    merged
}

fn overlay(held: &mut GuardianEntry, entry: &GuardianEntry) {
    if !entry.name.is_empty() {
        held.name.clone_from(&entry.name);
    }
    if !entry.relation.is_empty() {
        held.relation.clone_from(&entry.relation);
    }
    if entry.phone.is_some() {
        held.phone.clone_from(&entry.phone);
    }
}
