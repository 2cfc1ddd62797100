//! What must be kept of a school's reports, whatever has happened meanwhile.

use crate::families;
use crate::load::{CHILDREN, CODE, Taken, child_of, temperature};
use crate::rollups::assert_rolled_up;
use crate::support::{run, text};
use domain::ids::PersonId;
use domain::report::Channel;
use domain::{Code, Day};
use services::clock::SystemEntropy;
use services::open::{Location, open_store};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use store::{Numbers, StateRow, Tx};

/// A report as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub person: PersonId,
    pub revision: u64,
    channel: Channel,
}

/// Every report in a data folder by its id. Fails where an id is there twice.
pub async fn kept(location: &Location, day: Day) -> HashMap<u128, Kept> {
    let (store, _) = open_store(location, &SystemEntropy).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let school = tx.school_by_code(CODE).await.unwrap().unwrap().school_id;
    let people = tx.people_of_school(school).await.unwrap();
    let people: Vec<_> = people.iter().map(|person| person.person_id).collect();
    assert_eq!(people.len(), CHILDREN);
    let mut rows = tx.revisions_of(&people, day).await.unwrap();
    rows.retain(|row| row.day == day);
    drop(tx);
    store.close().await;
    let mut kept = HashMap::new();
    for row in rows {
        let id = u128::from_be_bytes(row.submission.try_into().unwrap());
        let report = Kept {
            person: row.person_id,
            revision: u64::try_from(row.revision).unwrap(),
            channel: Channel::from_number(row.channel).unwrap(),
        };
        let other = kept.insert(id, report);
        assert_eq!(other, None, "report {id:032x} is there twice");
    }
    kept
}

/// Looks that each acknowledged report is there under its revision, by the way it came, and with all others of the same
/// child.
pub fn must_hold(kept: &HashMap<u128, Kept>, taken: &[Taken]) {
    let mut children = HashMap::new();
    for report in taken {
        let found = kept.get(&report.id).copied();
        let found = found.unwrap_or_else(|| panic!("{report:?} was acknowledged and is lost"));
        let child = child_of(report.id);
        let person = *children.entry(child).or_insert(found.person);
        let channel = if families::has(child) {
            Channel::Web
        } else {
            Channel::Interface
        };
        let expected = Kept {
            person,
            revision: report.revision,
            channel,
        };
        assert_eq!(found, expected, "{report:?}");
    }
    let people: HashSet<_> = children.values().collect();
    assert_eq!(people.len(), children.len());
}

/// Looks that the counters of a day say of every class how many are in it, how many of them have reported, and of which
/// colour they are, and that the sums of school and regions equal the counters.
pub async fn must_count(location: &Location, day: Day, kept: &HashMap<u128, Kept>) {
    let (store, _) = open_store(location, &SystemEntropy).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let school = tx.school_by_code(CODE).await.unwrap().unwrap().school_id;
    // What was reported of whom.
    let told = kept
        .iter()
        .map(|(id, report)| (report.person, temperature(child_of(*id)).1));
    let told: HashMap<_, _> = told.collect();
    let mut recount = HashMap::<_, Numbers>::new();
    for person in tx.people_of_school(school).await.unwrap() {
        let state = tx.state(person.person_id).await.unwrap().unwrap().state;
        let told = told.get(&person.person_id).copied();
        let code = colour(&mut tx, &state, day, told).await;
        if let Some(told) = told {
            assert_eq!(code, told, "{person:?}");
        }
        let numbers = recount.entry(person.class_id).or_default();
        numbers.students += 1;
        numbers.guardian += i64::from(told.is_some());
        match code {
            Code::Green => numbers.green += 1,
            Code::Yellow => numbers.yellow += 1,
            Code::Red => numbers.red += 1,
            Code::Grey => numbers.grey += 1,
        }
    }
    let rows = tx.counters_of_school(school, day).await.unwrap();
    drop(tx);
    let counted = rows.iter().map(|row| (row.class_id, row.numbers));
    assert_eq!(counted.collect::<HashMap<_, _>>(), recount);
    assert_rolled_up(&store, day).await;
    store.close().await;
}

/// The colour that somebody had on a day.
async fn colour(tx: &mut Tx, state: &StateRow, day: Day, told: Option<Code>) -> Code {
    if state.day <= day {
        return state.code_on(day);
    }
    // A later day has begun for them. What was decided is kept, but for a green day without reasons.
    let decisions = tx.decisions_of(state.person_id, 100).await.unwrap();
    let mut decisions = decisions.iter().filter(|decision| decision.day == day);
    match (decisions.next(), told) {
        (Some(last), _) => Code::from_number(last.code),
        (None, Some(_)) => Code::Green,
        (None, None) => Code::Grey,
    }
}

pub fn must_verify(data: &Path, args: &[&str]) {
    let verified = run(data, &[&["audit", "verify"], args].concat());
    let said = text(&verified.stdout) + &text(&verified.stderr);
    assert!(
        verified.status.success() && said.contains(" 0 faults"),
        "{said}"
    );
}
