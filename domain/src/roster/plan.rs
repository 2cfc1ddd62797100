//! What importing a roster would change.

use super::check::{Checked, Mention};
use super::class::ClassName;
use super::column::Column;
use super::fault::{Fault, FaultReason};
use super::merge::merge;
use super::row::RosterRow;
use crate::Lang;
use crate::identity::NationalId;
use crate::ids::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A person of the school as the system has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingPerson {
    /// Who.
    pub person: PersonId,
    /// What the roster says of them.
    pub row: RosterRow,
    /// Whether they attend; `false` for those who left.
    pub active: bool,
}

/// One value that would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub column: Column,
    /// What the system has, in Chinese words.
    pub old: String,
    /// What the file has, in Chinese words.
    pub new: String,
}

/// A person whose entry would be written again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// Who.
    pub person: PersonId,
    /// The entry to write: the file's values, and the system's where the file has no such column.
    pub data: RosterRow,
    /// What is different.
    pub changes: Vec<Change>,
}

/// What importing a file would do. Each good row is in exactly one of new, changed, unchanged, returned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// People whom the system does not have.
    pub new: Vec<(u32, RosterRow)>,
    /// People with other values than the system has.
    pub changed: Vec<Update>,
    /// People with the same values.
    pub unchanged: Vec<(u32, PersonId)>,
    /// People who had left and are back, with other values or not.
    pub returned: Vec<Update>,
    /// People who attend a class of this file and are not in it. Never removed unasked.
    pub absent: Vec<PersonId>,
    /// All faults, the file's own and those that only show against the system, ascending by row.
    pub faults: Vec<Fault>,
}

/// Compares a file with the people of its school, active and left.
///
/// A row is matched by its student number, then by its identity number. Columns that the file does
/// not have stay as they are; an empty cell clears its value, except that a student number, an
/// identity number or a birth date is never cleared by silence.
pub fn plan(existing: &[ExistingPerson], file: &Checked) -> Plan {
    let index = Index::new(existing);
    let mut plan = Plan {
        faults: file.faults.clone(),
        ..Plan::default()
    };
    let mut in_file: BTreeSet<PersonId> = BTreeSet::new();
    let mut classes: BTreeSet<ClassName> = BTreeSet::new();
    for mention in &file.set_aside {
        classes.extend(mention.class);
        in_file.extend(index.mentioned(mention));
    }

    let matches: Vec<_> = file
        .rows
        .iter()
        .map(|(row, data)| (*row, data, index.find(data)))
        .collect();
    let mut rows_of: BTreeMap<PersonId, Vec<u32>> = BTreeMap::new();
    for (row, data, found) in &matches {
        classes.insert(data.class);
        for person in found.people() {
            in_file.insert(person.person);
            rows_of.entry(person.person).or_default().push(*row);
        }
    }
    for (row, data, found) in matches {
        let mut fault = |column, reason, others| {
            plan.faults.push(Fault {
                row,
                column: file.header(column),
                reason,
                others,
            });
        };
        match found {
            Match::Nobody => plan.new.push((row, data.clone())),
            Match::Two(..) => fault(Column::StudentNo, FaultReason::MatchesTwoPeople, vec![]),
            Match::Taken(_) => fault(Column::StudentNo, FaultReason::StudentNoTaken, vec![]),
            Match::One(person) => {
                let others: Vec<u32> = rows_of
                    .get(&person.person)
                    .into_iter()
                    .flatten()
                    .copied()
                    .filter(|other| *other != row)
                    .collect();
                if !others.is_empty() {
                    fault(
                        matched_by(person, data),
                        FaultReason::SamePersonTwice,
                        others,
                    );
                    continue;
                }
                let data = merge(&person.row, data, &file.headers);
                let changes = changes(&person.row, &data);
                if !person.active {
                    plan.returned.push(Update {
                        row,
                        person: person.person,
                        data,
                        changes,
                    });
                } else if changes.is_empty() {
                    plan.unchanged.push((row, person.person));
                } else {
                    plan.changed.push(Update {
                        row,
                        person: person.person,
                        data,
                        changes,
                    });
                }
            }
        }
    }
    plan.absent = existing
        .iter()
        .filter(|person| {
            person.active
                && classes.contains(&person.row.class)
                && !in_file.contains(&person.person)
        })
        .map(|person| person.person)
        .collect();
    plan.faults.sort_by_key(|fault| fault.row);
    plan
}

/// Whom a row is about.
enum Match<'a> {
    Nobody,
    One(&'a ExistingPerson),
    /// The student number is one person's, the identity number another's.
    Two(&'a ExistingPerson, &'a ExistingPerson),
    /// The student number is held by somebody with another name and another identity or birth date.
    /// Reports of one child must never end up with another.
    Taken(&'a ExistingPerson),
}

impl<'a> Match<'a> {
    fn people(&self) -> impl Iterator<Item = &'a ExistingPerson> {
        let (first, second) = match self {
            Self::Nobody => (None, None),
            Self::One(person) | Self::Taken(person) => (Some(*person), None),
            Self::Two(first, second) => (Some(*first), Some(*second)),
        };
        first.into_iter().chain(second)
    }
}

/// The people of a school by what they are known by. Of several with one number, those who attend
/// come before those who left.
struct Index<'a> {
    numbers: BTreeMap<&'a str, &'a ExistingPerson>,
    ids: BTreeMap<&'a NationalId, &'a ExistingPerson>,
    names: BTreeMap<(ClassName, &'a str), Vec<PersonId>>,
}

impl<'a> Index<'a> {
    fn new(existing: &'a [ExistingPerson]) -> Self {
        let mut index = Self {
            numbers: BTreeMap::new(),
            ids: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        let (attending, left): (Vec<_>, Vec<_>) = existing.iter().partition(|person| person.active);
        for person in attending.into_iter().chain(left) {
            if let Some(number) = &person.row.student_no {
                index.numbers.entry(number).or_insert(person);
            }
            if let Some(id) = &person.row.national_id {
                index.ids.entry(id).or_insert(person);
            }
            index
                .names
                .entry((person.row.class, &person.row.name))
                .or_default()
                .push(person.person);
        }
        index
    }

    fn find(&self, row: &RosterRow) -> Match<'a> {
        let by_number = row
            .student_no
            .as_deref()
            .and_then(|number| self.numbers.get(number))
            .copied();
        let by_id = row
            .national_id
            .as_ref()
            .and_then(|id| self.ids.get(id))
            .copied();
        match (by_number, by_id) {
            (Some(a), Some(b)) if a.person != b.person => Match::Two(a, b),
            (Some(person), None) if is_somebody_else(&person.row, row) => Match::Taken(person),
            (Some(person), _) | (None, Some(person)) => Match::One(person),
            (None, None) => Match::Nobody,
        }
    }

    /// Who a faulty row may be about: by number, by identity, or else by name and class.
    fn mentioned(&self, mention: &Mention) -> Vec<PersonId> {
        let known = mention
            .student_no
            .as_deref()
            .and_then(|number| self.numbers.get(number))
            .into_iter();
        let known = known.chain(mention.national_id.as_ref().and_then(|id| self.ids.get(id)));
        let mut people: Vec<PersonId> = known.map(|person| person.person).collect();
        if let (true, Some(class)) = (people.is_empty(), mention.class) {
            people.extend(
                self.names
                    .get(&(class, mention.name.as_str()))
                    .into_iter()
                    .flatten(),
            );
        }
        people
    }
}

fn is_somebody_else(old: &RosterRow, new: &RosterRow) -> bool {
    fn differ<T: PartialEq>(old: Option<&T>, new: Option<&T>) -> bool {
        old.zip(new).is_some_and(|(old, new)| old != new)
    }
    old.name != new.name
        && (differ(old.national_id.as_ref(), new.national_id.as_ref())
            || differ(old.birth_date.as_ref(), new.birth_date.as_ref()))
}

fn matched_by(person: &ExistingPerson, row: &RosterRow) -> Column {
    let by_number = row.student_no.is_some() && row.student_no == person.row.student_no;
    if by_number {
        Column::StudentNo
    } else {
        Column::NationalId
    }
}

fn changes(old: &RosterRow, new: &RosterRow) -> Vec<Change> {
    // Grade and class are one value; it is listed once.
    Column::ALL
        .into_iter()
        .filter(|column| *column != Column::Grade)
        .map(|column| Change {
            column,
            old: old.text(column, Lang::Zh),
            new: new.text(column, Lang::Zh),
        })
        .filter(|change| change.old != change.new)
        .collect()
}
