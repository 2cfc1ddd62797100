//! The rows of a floor.

use crate::database::Database;
use domain::Day;
use std::collections::{BTreeMap, HashMap};

/// The columns of a state as the program has written it.
pub type State = (
    i64,         // person_id
    i64,         // school_id
    i64,         // class_id
    i64,         // day
    i64,         // code
    Option<i64>, // ends_day
    Option<i64>, // reported_day
    Option<i64>, // channel
    i64,         // revision
    Option<i64>, // told_day
    Option<i64>, // told_id
    Vec<u8>,     // state_enc
);

/// A new report of somebody; all else in its row is the same for everybody.
#[derive(Debug)]
pub struct Report {
    pub id: i64,
    pub school: i64,
    pub class: i64,
    pub person: i64,
    pub day: i64,
    /// The report before it, and its day.
    pub before: (Option<i64>, Option<i64>),
    pub submission: [u8; 16],
    pub answers: Vec<u8>,
}

/// What one commit writes: a report and a state for each child, and a counter for each class of theirs.
#[derive(Debug)]
pub struct Batch {
    pub reports: Vec<Report>,
    pub states: Vec<State>,
    /// Class, school, and how many of its children report.
    pub counters: Vec<(i64, i64, i64)>,
}

/// Batches of children, in the order in which these are given, who report of `day`.
pub async fn batches(database: &Database, children: &[u32], day: Day, size: usize) -> Vec<Batch> {
    let answers = database.some_answers().await;
    let day = i64::from(day.0);
    let first = day << 40;
    let states = database.states(children).await;
    let mut states: HashMap<i64, State> = states.into_iter().map(|s| (s.0, s)).collect();
    let batch = |(number, children): (usize, &[u32])| {
        let mut states: Vec<State> = children
            .iter()
            .map(|child| states.remove(&i64::from(*child)).unwrap())
            .collect();
        // As the intake does: in the order of the keys.
        states.sort_unstable_by_key(|state| state.0);
        let ids = first + i64::try_from(number * size).unwrap();
        let report = |(id, state): (i64, &State)| Report {
            id,
            school: state.1,
            class: state.2,
            person: state.0,
            day,
            before: (state.10, state.9),
            submission: i128::from(id).to_be_bytes(),
            answers: answers.clone(),
        };
        let mut counters = BTreeMap::new();
        for state in &states {
            *counters.entry((state.1, state.2)).or_default() += 1;
        }
        Batch {
            reports: (ids..).zip(&states).map(report).collect(),
            counters: counters
                .into_iter()
                .map(|((school, class), n)| (class, school, n))
                .collect(),
            states,
        }
    };
    children.chunks_exact(size).enumerate().map(batch).collect()
}

/// Looks that the floor has written what it says.
pub async fn must_be_there(database: &Database, day: Day, written: usize) {
    let there = database.reports(day).await;
    assert_eq!(
        there,
        i64::try_from(written).unwrap(),
        "the floor has written its rows"
    );
    let (students, guardian, ..) = database.counted(day).await;
    assert_eq!((students, guardian), (0, there), "and counted them");
}
