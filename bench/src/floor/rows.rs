//! The rows of a floor.

use crate::database::Database;
use domain::Day;
use domain::ids::RegionCode;
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

/// What one commit writes: a report and a state for each child, and for each class, school and region of theirs how many
/// of its children report.
#[derive(Debug)]
pub struct Batch {
    pub reports: Vec<Report>,
    pub states: Vec<State>,
    /// Class, school, and the reports.
    pub counters: Vec<(i64, i64, i64)>,
    /// Zone, region and school, and the reports.
    pub schools: Vec<((String, RegionCode, i64), i64)>,
    /// Region and zone, and the reports.
    pub regions: Vec<((RegionCode, String), i64)>,
}

/// Where schools lie: zone and region.
type Places = HashMap<i64, (String, RegionCode)>;

/// Batches of children, in the order in which these are given, who report of `day`.
pub async fn batches(database: &Database, children: &[u32], day: Day, size: usize) -> Vec<Batch> {
    let answers = database.some_answers().await;
    let places = places(database).await;
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
        let reports = (ids..).zip(&states).map(report).collect();
        counted(reports, states, &places)
    };
    children.chunks_exact(size).enumerate().map(batch).collect()
}

async fn places(database: &Database) -> Places {
    let sql = "SELECT school_id, zone, region_code FROM school";
    let schools: Vec<(i64, String, RegionCode)> = database.rows(sql).await;
    let schools = schools.into_iter();
    schools
        .map(|(school, zone, region)| (school, (zone, region)))
        .collect()
}

/// A batch with its numbers, each kind in the order of its keys, as the intake writes them.
fn counted(reports: Vec<Report>, states: Vec<State>, places: &Places) -> Batch {
    let mut counters: BTreeMap<_, i64> = BTreeMap::new();
    let mut schools = BTreeMap::new();
    let mut regions = BTreeMap::new();
    for report in &reports {
        let (zone, region) = &places[&report.school];
        *counters.entry((report.school, report.class)).or_default() += 1;
        let school = (zone.clone(), region.clone(), report.school);
        *schools.entry(school).or_default() += 1;
        for around in region.chain() {
            *regions.entry((around, zone.clone())).or_default() += 1;
        }
    }
    let counters = counters.into_iter();
    Batch {
        reports,
        states,
        counters: counters
            .map(|((school, class), n)| (class, school, n))
            .collect(),
        schools: schools.into_iter().collect(),
        regions: regions.into_iter().collect(),
    }
}

/// What so many reports change of a sum: classes, students, by guardians, on paper, by proxy, green, yellow, red, grey.
pub fn sums(n: i64) -> [i64; 9] {
    [0, 0, n, 0, 0, n, 0, 0, -n]
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
    let summed = database.summed(day).await;
    assert_eq!(summed, (there, there), "and added them up");
}
