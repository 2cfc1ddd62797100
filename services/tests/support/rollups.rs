//! The sums of schools and regions, beside the counters whose sums they are.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::Day;
use domain::ids::{RegionCode, SchoolId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Numbers, Store, Sums};

/// Turns of a day; no town of tests has as many.
const TURNS: i64 = 100_000;

/// Adds up the counters of a day, and finds the sums of each school and region equal.
pub async fn assert_rolled_up(store: &Store, day: Day) {
    let country: RegionCode = RegionCode::COUNTRY.parse().unwrap();
    let mut tx = store.read().await.unwrap();
    let turns = tx.turns_within(&country, day, TURNS).await.unwrap();
    for zone in tx.zones_within(&country).await.unwrap() {
        let mut schools = BTreeMap::new();
        let mut list = BTreeMap::new();
        let mut regions: BTreeMap<RegionCode, Sums> = BTreeMap::new();
        let mut reasons: BTreeMap<(RegionCode, i64, Vec<u8>), i64> = BTreeMap::new();
        let mut codes = BTreeSet::from([country.clone()]);
        let rows = tx.schools_within(&country).await.unwrap();
        for row in rows.into_iter().filter(|row| row.zone == zone) {
            let school = row.school_id;
            let mut sums = Sums::default();
            for class in tx.counters_of_school(school, day).await.unwrap() {
                sums.classes += i64::from(class.numbers.students > 0);
                sums.numbers += class.numbers;
            }
            let key = (row.region_code.clone(), row.code.clone());
            list.insert(key, (sums.classes, sums.numbers));
            if sums.numbers.students > 0 {
                schools.insert(school, (sums.classes, sums.numbers));
            } else {
                assert_eq!(sums.numbers, Numbers::default(), "{day}, {school}");
            }
            let of_school = turns.iter().filter(|turn| turn.school_id == school);
            sums.turns = i64::try_from(of_school.count()).unwrap();
            let whys = tx.reasons_of_school(school, day).await.unwrap();
            for region in row.region_code.chain() {
                codes.insert(region.clone());
                *regions.entry(region.clone()).or_default() += sums;
                for why in &whys {
                    let key = (region.clone(), why.code, why.reason_ix.clone());
                    *reasons.entry(key).or_default() += why.people;
                }
            }
        }
        let rolled: BTreeMap<_, _> = tx
            .school_numbers_within(&country, &zone, day)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.school_id, (row.classes, row.numbers)))
            .collect();
        assert_eq!(rolled, schools, "{zone}, {day}: schools");
        let all: Vec<SchoolId> = schools.keys().copied().collect();
        for asked in [all.as_slice(), all.get(1..2).unwrap_or_default()] {
            let numbers = tx.numbers_of_schools(asked, &zone, day).await.unwrap();
            let numbers: BTreeMap<_, _> = numbers
                .into_iter()
                .map(|row| (row.school_id, (row.classes, row.numbers)))
                .collect();
            let counted = asked.iter().map(|school| (*school, schools[school]));
            assert_eq!(numbers, counted.collect(), "{zone}, {day}: {asked:?}");
        }
        for first in 1..4 {
            let ranked = tx
                .first_schools_within(&country, &zone, day, i64::try_from(first).unwrap())
                .await
                .unwrap();
            let ranked: BTreeMap<_, _> = ranked
                .into_iter()
                .map(|row| (row.school_id, (row.classes, row.numbers)))
                .collect();
            assert_eq!(
                ranked,
                first_of(&schools, first),
                "{zone}, {day}: first {first}"
            );
        }
        let mut listed = Vec::new();
        let mut after = None;
        while let Some(school) = tx
            .listed_schools(&country, &zone, day, after.as_ref(), 1)
            .await
            .unwrap()
            .pop()
        {
            let key = (school.region_code, school.code);
            after = Some(key.clone());
            listed.push((key, (school.classes, school.numbers)));
        }
        let list: Vec<_> = list.into_iter().collect();
        assert_eq!(listed, list, "{zone}, {day}: schools one by one");
        for code in codes {
            let rolled = tx.region_sums(&code, &zone, day, day).await.unwrap();
            let rolled = rolled.first().map(|row| row.sums).unwrap_or_default();
            let counted = regions.remove(&code).unwrap_or_default();
            assert_eq!(rolled, counted, "{zone}, {day}: {code}");
            for (colour, reason, people) in tx.reasons_within(&code, &zone, day).await.unwrap() {
                let counted = reasons.remove(&(code.clone(), colour, reason));
                assert_eq!(counted, Some(people), "{zone}, {day}: reasons of {code}");
            }
        }
        assert!(reasons.is_empty(), "{zone}, {day}: {reasons:?}");
    }
}

/// The schools that come first by yellow and red, or by how few families have reported themselves.
fn first_of(
    schools: &BTreeMap<SchoolId, (i64, Numbers)>,
    first: usize,
) -> BTreeMap<SchoolId, (i64, Numbers)> {
    let flagged = |n: &Numbers| (-n.yellow - n.red, -n.red);
    let behind = |n: &Numbers| ((n.guardian + n.paper) * 1000 / n.students, 0);
    let mut kept = BTreeMap::new();
    for order in [flagged as fn(&Numbers) -> (i64, i64), behind] {
        let mut ranked: Vec<_> = schools.iter().collect();
        ranked.sort_by_key(|(id, (_, numbers))| (order(numbers), **id));
        kept.extend(
            ranked
                .into_iter()
                .take(first)
                .map(|(id, sums)| (*id, *sums)),
        );
    }
    kept
}
