//! What the database holds must be what was acknowledged.

use crate::database::Database;
use crate::families::Families;
use crate::tally;
use domain::Day;
use std::time::Instant;

/// Compares the day's reports and counters with what families were told, and the children with those of the town and
/// those who were imported since.
///
/// # Panics
/// Where a report is missing, is there twice, is there though nobody was told so, or is counted otherwise.
pub async fn must_hold(database: &Database, families: &Families, imported: usize) {
    let (day, told) = (families.town.day, families.acknowledged());
    let kept = database.reported(day).await;
    let missing = told
        .iter()
        .filter(|child| kept.binary_search(child).is_err());
    let missing: Vec<_> = missing.take(10).collect();
    assert!(missing.is_empty(), "acknowledged and lost: {missing:?} …");
    let doubled: Vec<_> = kept
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .take(10)
        .collect();
    assert!(doubled.is_empty(), "there twice: {doubled:?} …");
    assert_eq!(kept, told, "there is nothing but what was acknowledged");
    let all = i64::try_from(told.len()).unwrap();
    assert_eq!(
        database.listed(day).await,
        all,
        "each is found by its child"
    );
    let counted = tally::must_agree(database, day).await;
    assert_eq!(
        (counted.reports, counted.ids),
        (all, told.iter().sum()),
        "each came once"
    );
    must_be_well(database, day, all).await;
    let children = i64::from(families.town.children) + i64::try_from(imported).unwrap();
    assert_eq!(counted.students, children, "everybody is counted once");
    let put_off = families.put_off();
    println!(
        "  recounted: {all} reports acknowledged ({put_off} answers put some off), kept once each, and counted in every class, \
         school and region"
    );
}

/// Compares them where everybody of a town has reported: the children are numbered from 1.
///
/// # Panics
/// As [`must_hold`].
pub async fn must_hold_everybody(database: &Database, day: Day, children: u32) {
    let begun = Instant::now();
    let all = i64::from(children);
    let counted = tally::must_agree(database, day).await;
    // So many different numbers above 0 have a larger sum if they are any others.
    assert_eq!(
        (counted.reports, counted.ids, counted.students),
        (all, all * (all + 1) / 2, all),
        "everybody's report came once"
    );
    must_be_well(database, day, all).await;
    let took = begun.elapsed().as_secs();
    println!(
        "  recounted: {all} reports, kept once each, and counted in every class, school and region; took {took} s"
    );
}

/// Looks that the counters say that all reports are by families, and all who have reported well.
async fn must_be_well(database: &Database, day: Day, all: i64) {
    let (_, by_guardians, reported, green) = database.counted(day).await;
    assert_eq!(
        (by_guardians, reported, green),
        (all, all, all),
        "the counters"
    );
}
