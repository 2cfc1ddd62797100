#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::rulebook::{Policy, SHIPPED};

fn day(n: i32) -> Day {
    Day(18_500 + n)
}

fn country() -> Document {
    serde_json::from_str(SHIPPED).unwrap()
}

fn entry(document: Document, from: i32, to: Option<i32>) -> Entry {
    Entry {
        document,
        from: day(from),
        to: to.map(day),
        applies_to_open: false,
        is_lapsed: false,
    }
}

fn version(mut document: Document, version: &str) -> Document {
    document.version = version.parse().unwrap();
    document
}

fn fever(document: &mut Document) -> &mut ParameterValue {
    &mut document
        .parameters
        .iter_mut()
        .find(|p| p.name == "fever_tenths")
        .unwrap()
        .value
}

/// A rulebook of Nanxun district that moves one parameter.
fn local(parameter: &str, value: ParameterValue) -> Document {
    Document {
        id: "nanxun".into(),
        version: "1.0.0".parse().unwrap(),
        region: "330503".parse().unwrap(),
        parameters: Vec::new(),
        symptoms: Vec::new(),
        rules: Vec::new(),
        moves: vec![Move {
            rulebook: "cn-base".into(),
            parameter: parameter.into(),
            value,
        }],
        ..country()
    }
}

fn town() -> RegionCode {
    "330503001".parse().unwrap()
}

fn thresholds(books: &[Rulebook], days: std::ops::Range<i32>) -> Vec<i64> {
    let on = |n| {
        books
            .iter()
            .filter(move |book| book.in_force(day(n)))
            .find_map(|book| book.number("fever_tenths"))
    };
    days.map(|n| on(n).unwrap_or_default()).collect()
}

#[test]
fn a_region_is_judged_by_its_own_rulebooks_and_those_above() {
    let entries = [
        entry(local("fever_tenths", ParameterValue::Number(370)), 0, None),
        entry(country(), 0, None),
    ];
    let ids = |region: &str| -> Vec<String> {
        let books = stack(&entries, &region.parse().unwrap()).unwrap();
        books.iter().map(|book| book.id().to_owned()).collect()
    };
    assert_eq!(ids("330503001"), ["cn-base", "nanxun"], "the widest first");
    assert_eq!(ids("330503"), ["cn-base", "nanxun"]);
    assert_eq!(
        ids("330502"),
        ["cn-base"],
        "the neighbour's rules are the neighbour's"
    );
    assert_eq!(ids("33"), ["cn-base"]);
}

#[test]
fn a_move_holds_while_its_rulebook_does_and_only_in_its_region() {
    let entries = [
        entry(country(), 0, None),
        entry(
            local("fever_tenths", ParameterValue::Number(370)),
            2,
            Some(4),
        ),
    ];
    let books = stack(&entries, &town()).unwrap();
    assert_eq!(
        thresholds(&books, 0..7),
        [373, 373, 370, 370, 370, 373, 373]
    );
    let books = stack(&entries, &"330502".parse().unwrap()).unwrap();
    assert_eq!(thresholds(&books, 0..7), [373; 7]);
}

#[test]
fn the_strictest_holds_when_the_rulebook_above_moves_on() {
    let mut strict = version(country(), "1.1.0");
    *fever(&mut strict) = ParameterValue::Number(368);
    let mut loose = version(country(), "1.2.0");
    *fever(&mut loose) = ParameterValue::Number(375);
    let entries = [
        entry(country(), 0, None),
        entry(strict, 2, None),
        entry(loose, 4, None),
        entry(local("fever_tenths", ParameterValue::Number(370)), 0, None),
    ];
    let books = stack(&entries, &town()).unwrap();
    assert_eq!(thresholds(&books, 0..6), [370, 370, 368, 368, 370, 370]);
}

#[test]
fn policies_have_one_order_whatever_the_direction_says() {
    let entries = [
        entry(country(), 0, None),
        entry(
            local("missed_days", ParameterValue::Policy(Policy::Restart)),
            0,
            None,
        ),
    ];
    let policy = |entries: &[Entry]| stack(entries, &town()).unwrap().first().unwrap().policy();
    assert_eq!(policy(&entries), Policy::Restart);
    let entries = [
        entry(country(), 0, None),
        entry(
            local("missed_days", ParameterValue::Policy(Policy::Ignore)),
            0,
            None,
        ),
    ];
    assert_eq!(
        policy(&entries),
        Policy::Pause,
        "a looser move changes nothing"
    );
}

#[test]
fn of_two_versions_the_one_activated_later_judges_and_a_lapsed_one_gives_way_again() {
    let mut urgent = version(country(), "1.1.0");
    *fever(&mut urgent) = ParameterValue::Number(365);
    let entries = [entry(country(), 0, None), entry(urgent, 2, Some(2))];
    let books = stack(&entries, &town()).unwrap();
    assert_eq!(thresholds(&books, 0..5), [373, 373, 365, 373, 373]);
    for n in 0..5 {
        assert_eq!(
            books.iter().filter(|book| book.in_force(day(n))).count(),
            1,
            "day {n}"
        );
    }
}

#[test]
fn an_activation_for_open_isolations_marks_the_days_it_begins_with() {
    let mut flagged = entry(version(country(), "1.1.0"), 2, None);
    flagged.applies_to_open = true;
    let mut lower = entry(local("fever_tenths", ParameterValue::Number(370)), 4, None);
    lower.applies_to_open = true;
    let books = stack(&[entry(country(), 0, None), flagged, lower], &town()).unwrap();
    let opens: Vec<_> = books
        .iter()
        .filter(|book| book.id() == "cn-base")
        .map(|book| {
            (
                book.force().from,
                book.force().opens.as_ref().map(|a| a.rulebook_id.as_str()),
            )
        })
        .collect();
    assert_eq!(
        opens,
        [
            (day(0), None),
            (day(2), Some("cn-base")),
            (day(4), Some("nanxun"))
        ]
    );
}

#[test]
fn a_move_that_is_looser_or_leads_nowhere_is_named() {
    let above = [country()];
    let check = |parameter: &str, value| check_moves(&local(parameter, value), &above);
    let number = ParameterValue::Number;
    assert_eq!(check("fever_tenths", number(372)), []);
    assert_eq!(
        check("fever_tenths", number(373)),
        [],
        "as strict is strict enough"
    );
    assert_eq!(check("fever_tenths", number(374)), [(0, MoveFault::Looser)]);
    assert_eq!(check("case_days", number(21)), []);
    assert_eq!(check("case_days", number(13)), [(0, MoveFault::Looser)]);
    assert_eq!(
        check("missed_days", ParameterValue::Policy(Policy::Ignore)),
        [(0, MoveFault::Looser)]
    );
    assert_eq!(check("missed_days", number(1)), [(0, MoveFault::Kind)]);
    assert_eq!(check("fever", number(1)), [(0, MoveFault::NoParameter)]);
    assert_eq!(
        check_moves(&local("fever_tenths", number(1)), &[]),
        [(0, MoveFault::NoRulebook)]
    );
    let mut sibling = country();
    sibling.region = "330503".parse().unwrap();
    assert_eq!(
        check_moves(&local("fever_tenths", number(1)), &[sibling]),
        [(0, MoveFault::NoRulebook)],
        "only a rulebook of a wider region can be moved"
    );
}
