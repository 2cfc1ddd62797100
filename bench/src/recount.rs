//! What the database holds must be what was acknowledged.

use crate::database::Database;
use crate::families::Families;

/// Compares the day's reports and counters with what families were told.
///
/// # Panics
/// Where a report is missing, is there twice, is there though nobody was told so, or is counted otherwise.
pub async fn must_hold(database: &Database, families: &Families) {
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
    assert_eq!(database.reports(day).await, all, "each came once");
    assert_eq!(
        database.listed(day).await,
        all,
        "each is found by its child"
    );
    let (students, by_guardians, reported, green) = database.counted(day).await;
    assert_eq!(
        (by_guardians, reported, green),
        (all, all, all),
        "the counters"
    );
    assert!(
        students >= i64::from(families.town.children),
        "everybody is counted"
    );
    let put_off = families.put_off();
    println!(
        "  recounted: {all} reports acknowledged ({put_off} answers put some off), kept once each, and counted"
    );
}
