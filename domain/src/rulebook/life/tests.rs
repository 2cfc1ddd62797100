#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::collections::HashSet;

#[test]
fn exactly_the_steps_of_the_table_are_allowed() {
    use Status::*;
    let allowed = [
        (Draft, Step::Save, Draft),
        (Draft, Step::Delete, Deleted),
        (Draft, Step::Submit, Submitted),
        (Submitted, Step::Return, Draft),
        (Submitted, Step::Overtake, Draft),
        (Submitted, Step::Approve, Approved),
        (Submitted, Step::Urgent, Emergency),
        (Approved, Step::Return, Draft),
        (Approved, Step::Overtake, Draft),
        (Approved, Step::Schedule, Scheduled),
        (Approved, Step::Urgent, Emergency),
        (Scheduled, Step::Cancel, Approved),
        (Scheduled, Step::Begin, Active),
        (Emergency, Step::Ratify, Active),
        (Emergency, Step::Lapse, Lapsed),
        (Emergency, Step::Retire, Retired),
        (Active, Step::Propose, Active),
        (Active, Step::Retire, Retired),
    ];
    for status in Status::ALL {
        for step in Step::ALL {
            let rules: Vec<_> = allowed
                .iter()
                .filter(|(s, e, _)| (s, e) == (status, step))
                .collect();
            assert!(rules.len() <= 1, "{status:?} {step:?}: one rule");
            assert_eq!(
                status.after(*step),
                rules.first().map(|rule| rule.2),
                "{status:?} {step:?}"
            );
        }
    }
}

#[test]
fn every_status_is_reached_and_nothing_comes_into_force_without_approval() {
    let mut reached = HashSet::from([Status::Draft]);
    while let Some(more) = Status::ALL.iter().find(|next| {
        !reached.contains(next)
            && Step::ALL
                .iter()
                .any(|step| reached.iter().any(|s| s.after(*step) == Some(**next)))
    }) {
        reached.insert(*more);
    }
    assert_eq!(reached.len(), Status::ALL.len());
    for step in Step::ALL {
        assert!(
            Status::Draft
                .after(*step)
                .is_none_or(|next| !next.has_days()),
            "{step:?}"
        );
    }
    for end in [Status::Deleted, Status::Lapsed, Status::Retired] {
        assert!(
            Step::ALL.iter().all(|step| end.after(*step).is_none()),
            "{end:?}"
        );
    }
}

#[test]
fn the_diagram_beside_the_table_shows_the_same_steps() {
    let source = include_str!("../life.rs");
    let drawn: HashSet<(String, String)> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//!     ")?.split_once(" --> "))
        .filter(|(from, to)| *from != "[*]" && *to != "[*]")
        .map(|(from, to)| (from.to_owned(), to.split(':').next().unwrap().to_owned()))
        .collect();
    let mut ruled = HashSet::new();
    for status in Status::ALL {
        for next in Step::ALL.iter().filter_map(|step| status.after(*step)) {
            ruled.insert((status.word().to_owned(), next.word().to_owned()));
        }
    }
    assert_eq!(drawn, ruled);
}

#[test]
fn words_lead_back_to_their_status_and_step() {
    for status in Status::ALL {
        assert_eq!(status.word().parse(), Ok(*status));
    }
    for step in Step::ALL {
        assert_eq!(step.word().parse(), Ok(*step));
    }
    assert_eq!("gone".parse::<Status>(), Err(UnknownWord));
}

#[test]
fn four_eyes_are_two_people_who_owe_each_other_nothing() {
    let day = 24 * HOUR;
    let (a, b, c) = (AccountId(1), AccountId(2), AccountId(3));
    let touch = |by, on, ago: i64| Touch {
        by,
        on,
        at: Millis(100 * day - ago * day),
    };
    let now = Millis(100 * day);
    assert_eq!(four_eyes(&[a], a, &[], now), Err(FourEyesFault::Same));
    assert_eq!(four_eyes(&[c, a], a, &[], now), Err(FourEyesFault::Same));
    assert_eq!(four_eyes(&[a], b, &[], now), Ok(()));
    assert_eq!(
        four_eyes(&[a], b, &[touch(a, b, 6)], now),
        Err(FourEyesFault::Tied)
    );
    assert_eq!(
        four_eyes(&[a], b, &[touch(b, a, 6)], now),
        Err(FourEyesFault::Tied)
    );
    assert_eq!(
        four_eyes(&[a], b, &[touch(a, b, 7), touch(c, b, 1)], now),
        Ok(())
    );
}

#[test]
fn the_first_day_begins_after_the_whole_notice() {
    let zone = Zone::SHANGHAI;
    let day: Day = "2020-09-17".parse().unwrap();
    assert_eq!(earliest_day(zone.at(day, 7 * 60), zone, 48), day.plus(3));
    assert_eq!(
        earliest_day(zone.at(day, 0), zone, 48),
        day.plus(2),
        "exactly 48 hours before midnight"
    );
    assert_eq!(earliest_day(zone.at(day, 1), zone, 0), day.plus(1));
}

#[test]
fn an_emergency_lapses_after_a_day_and_the_day_of_the_lapse_is_judged_as_before() {
    let zone = Zone::SHANGHAI;
    let day: Day = "2020-09-17".parse().unwrap();
    let begun = zone.at(day, 14 * 60);
    assert_eq!(lapses_at(begun), zone.at(day.plus(1), 14 * 60));
    assert_eq!(last_day_of_lapsed(begun, zone), day);
}
