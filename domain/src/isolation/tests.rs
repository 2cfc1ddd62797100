#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::Millis;
use crate::report::{Answers, Channel};

fn reports(days: &[i32]) -> Vec<DayReport> {
    let report = |day: &i32| DayReport {
        day: Day(*day),
        revision: 1,
        channel: Channel::Web,
        at: Millis(0),
        answers: Answers::all_well(),
    };
    days.iter().map(report).collect()
}

fn terms(start: i32, known: i32, days: u16, policy: Policy) -> Terms {
    let clearance = ClearanceMode::None;
    Terms {
        start: Day(start),
        known: Day(known),
        days,
        policy,
        clearance,
        cleared: None,
    }
}

/// The same by the definition, one day at a time.
fn slowly(terms: &Terms, diary: &Diary) -> Day {
    let (mut counted, mut day) = (0, terms.start);
    while counted < terms.days {
        day = day.next();
        let reported = diary.reports.iter().any(|report| report.day == day);
        if reported || day <= terms.known || day >= diary.today {
            counted += 1;
            continue;
        }
        let missed = diary.today.since(day) > diary.late_limit;
        match terms.policy {
            Policy::Ignore => counted += 1,
            Policy::Restart if missed => counted = 0,
            Policy::Restart | Policy::Pause => {}
        }
    }
    day
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn runs_of_days_give_the_same_end_as_single_days(
        days in proptest::collection::btree_set(-3i32..40, 0..30),
        start in -5i32..20, known in -5i32..30, n in 1u16..20, today in 0i32..45, late in 0i32..4,
        asked in -5i32..50,
    ) {
        let reports = reports(&days.into_iter().collect::<Vec<_>>());
        let diary = Diary { reports: &reports, today: Day(today), late_limit: late };
        for policy in [Policy::Pause, Policy::Restart, Policy::Ignore] {
            let terms = terms(start, known, n, policy);
            let course = terms.course(&diary, Day(asked));
            proptest::prop_assert_eq!(course.ends, Some(slowly(&terms, &diary)));
            proptest::prop_assert!(course.counted <= n);
        }
    }
}

#[test]
fn dates_at_the_ends_of_time_are_borne() {
    let reports = reports(&[i32::MIN, 0, i32::MAX]);
    for today in [i32::MIN, 0, i32::MAX] {
        let diary = Diary {
            reports: &reports,
            today: Day(today),
            late_limit: i32::MAX,
        };
        for (start, known) in [
            (i32::MIN, i32::MIN),
            (i32::MIN, i32::MAX),
            (i32::MAX, 0),
            (0, 0),
        ] {
            for policy in [Policy::Pause, Policy::Restart, Policy::Ignore] {
                let course = terms(start, known, 14, policy).course(&diary, Day(today));
                assert!(course.ends.is_some());
            }
        }
    }
}
