//! What each kind of day does to an isolation, under each policy.

use domain::Day;
use domain::decision::ClearanceMode;
use domain::isolation::{Diary, SpanKind, Terms};
use domain::rulebook::Policy;
use std::fmt::Write;

/// What one day of an isolation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Counts,
    MovesEnd,
    MovesEndForNow,
    Restarts,
}

const KINDS: [SpanKind; 5] = [
    SpanKind::Known,
    SpanKind::Reported,
    SpanKind::Missed,
    SpanKind::Open,
    SpanKind::Expected,
];
const POLICIES: [Policy; 3] = [Policy::Pause, Policy::Restart, Policy::Ignore];

/// The rule: one for each kind of day and policy.
fn effect(kind: SpanKind, policy: Policy) -> Effect {
    match (kind, policy) {
        (SpanKind::Known | SpanKind::Reported | SpanKind::Expected, _)
        | (SpanKind::Missed | SpanKind::Open, Policy::Ignore) => Effect::Counts,
        (SpanKind::Missed, Policy::Pause) => Effect::MovesEnd,
        (SpanKind::Missed, Policy::Restart) => Effect::Restarts,
        (SpanKind::Open, Policy::Pause | Policy::Restart) => Effect::MovesEndForNow,
    }
}

/// Five days from day 0, of which day 3 is of this kind and all others are reported: present day, day known, and
/// the reported days.
fn days(kind: SpanKind) -> (i32, i32, &'static [i32]) {
    match kind {
        SpanKind::Known => (6, 3, &[1, 2, 4, 5, 6]),
        SpanKind::Reported => (6, 0, &[1, 2, 3, 4, 5, 6]),
        SpanKind::Missed => (6, 0, &[1, 2, 4, 5, 6]),
        SpanKind::Open => (4, 0, &[1, 2, 4]),
        SpanKind::Expected => (3, 0, &[1, 2]),
    }
}

#[test]
fn each_kind_of_day_does_what_the_table_says() {
    for kind in KINDS {
        for policy in POLICIES {
            let (today, known, reported) = days(kind);
            let reports: Vec<_> = reported
                .iter()
                .filter_map(|day| super::story::report(Day(*day), 'w'))
                .collect();
            let diary = Diary {
                reports: &reports,
                today: Day(today),
                late_limit: 1,
            };
            let terms = Terms {
                start: Day(0),
                known: Day(known),
                days: 5,
                policy,
                clearance: ClearanceMode::None,
                cleared: None,
            };
            let mut found = None;
            let course = terms.walk(&diary, Day(3), |span, _| {
                if span.from <= Day(3) && Day(3) <= span.to {
                    found = Some(span.kind);
                }
            });
            assert_eq!(found, Some(kind));
            let end = match effect(kind, policy) {
                Effect::Counts => 5,
                Effect::MovesEnd | Effect::MovesEndForNow => 6,
                Effect::Restarts => 8,
            };
            assert_eq!(course.ends, Some(Day(end)), "{kind:?} {policy:?}");
            let missed = u16::from(kind == SpanKind::Missed);
            assert_eq!(course.missed, missed, "{kind:?} {policy:?}");
        }
    }
}

/// The table for people.
pub fn markdown() -> String {
    let mut out =
        String::from("| day of an isolation | pause | restart | ignore |\n|---|---|---|---|\n");
    for kind in KINDS {
        let name = match kind {
            SpanKind::Known => "**known**: not later than the day it became known",
            SpanKind::Reported => "**reported**: has an accepted report",
            SpanKind::Missed => "**missed**: no report, and the late limit has passed",
            SpanKind::Open => "**open**: past, no report, which may still come",
            SpanKind::Expected => "**expected**: today or later",
        };
        let cells = POLICIES.map(|policy| match effect(kind, policy) {
            Effect::Counts => "counts",
            Effect::MovesEnd => "the end moves out by one day",
            Effect::MovesEndForNow => "the end moves out by one day, for now",
            Effect::Restarts => "the days count again from the next one",
        });
        writeln!(out, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    out
}
