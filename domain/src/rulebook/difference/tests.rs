#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::Colour;
use crate::decision::ClearanceMode;
use crate::rulebook::document::Rule;
use crate::rulebook::{Move, SHIPPED};
use serde_json::json;

fn base() -> Document {
    serde_json::from_str(SHIPPED).unwrap()
}

fn changed(change: impl FnOnce(&mut Document)) -> (Document, Vec<Change>) {
    let mut new = base();
    change(&mut new);
    let changes = difference(&base(), &new, &[]);
    (new, changes)
}

fn rule<'a>(document: &'a mut Document, id: &str) -> &'a mut Rule {
    document
        .rules
        .iter_mut()
        .find(|rule| rule.id == id)
        .unwrap()
}

#[test]
fn each_kind_of_change_is_said_and_asks_for_its_version() {
    type Edit = fn(&mut Document);
    let table: [(Edit, ChangeKind, Bump, &str); 12] = [
        (
            |d| d.parameters[0].value = ParameterValue::Number(375),
            ChangeKind::ParameterMoved,
            Bump::Minor,
            "from 37.3 °C to 37.5 °C",
        ),
        (
            |d| rule(d, "Y-04").text.zh.push('。'),
            ChangeKind::RuleText,
            Bump::Patch,
            "Y-04 explanation (Chinese)",
        ),
        (
            |d| rule(d, "Y-04").next_steps.clear(),
            ChangeKind::RuleText,
            Bump::Patch,
            "Y-04 next steps (both languages)",
        ),
        (
            |d| {
                rule(d, "Y-07").condition = json!({">": [{"var": "gaps.missed_school_days"}, 5]});
            },
            ChangeKind::Condition,
            Bump::Major,
            "“more than 3 missed school days of the last 14 days” to “more than 5",
        ),
        (
            |d| rule(d, "Y-04").outcome.colour = Colour::Red,
            ChangeKind::Raised,
            Bump::Major,
            "from yellow to red",
        ),
        (
            |d| rule(d, "R-03").outcome.colour = Colour::Yellow,
            ChangeKind::Lowered,
            Bump::Major,
            "from red to yellow",
        ),
        (
            |d| rule(d, "R-03").outcome.clearance = ClearanceMode::May,
            ChangeKind::Outcome,
            Bump::Major,
            "a clearance may end it earlier",
        ),
        (
            |d| {
                d.rules.pop();
            },
            ChangeKind::RuleRemoved,
            Bump::Major,
            "Rule Y-07: removed",
        ),
        (
            |d| {
                let mut more = d.rules[0].clone();
                more.id = "R-99".into();
                d.rules.push(more);
            },
            ChangeKind::RuleAdded,
            Bump::Minor,
            "Rule R-99: added",
        ),
        (
            |d| d.symptoms[1].severe = true,
            ChangeKind::SymptomChanged,
            Bump::Major,
            "from ordinary to severe",
        ),
        (
            |d| d.rules.swap(0, 1),
            ChangeKind::RuleOrder,
            Bump::Major,
            "order of the rules",
        ),
        (
            |d| {
                d.moves.push(Move {
                    rulebook: "x".into(),
                    parameter: "y_days".into(),
                    value: ParameterValue::Number(9),
                });
            },
            ChangeKind::Moved,
            Bump::Minor,
            "y_days (stricter than “x” above): added, 9 days",
        ),
    ];
    for (edit, kind, bump, words) in table {
        let (_, changes) = changed(edit);
        let [change] = changes.as_slice() else {
            panic!("{kind:?}: {changes:#?}")
        };
        assert_eq!((change.kind, Bump::of(&changes)), (kind, Some(bump)));
        assert!(
            change.text.en.contains(words),
            "{}\n{words}",
            change.text.en
        );
    }
}

#[test]
fn a_changed_condition_is_named_where_it_changed() {
    let (new, changes) = changed(|d| {
        *rule(d, "R-05")
            .condition
            .pointer_mut("/!/0/and/1/!/0/>/1")
            .unwrap() = json!(1);
    });
    let change = &changes[0];
    assert_eq!(change.place, "/rules/4/condition/!/0/and/1/!/0/>/1");
    assert_eq!(
        serde_json::to_value(&new).unwrap().pointer(&change.place),
        Some(&json!(1))
    );
}

#[test]
fn the_same_document_has_no_changes_whatever_its_days() {
    let (_, changes) = changed(|d| {
        d.effective_from = d.effective_from.plus(9);
        d.version.major = 7;
    });
    assert_eq!((changes.as_slice(), Bump::of(&changes)), (&[][..], None));
}

#[test]
fn a_version_grows_by_what_the_changes_ask_for() {
    let version = |text: &str| text.parse::<Version>().unwrap();
    assert_eq!(Bump::Patch.next(version("1.2.3")), version("1.2.4"));
    assert_eq!(Bump::Minor.next(version("1.2.3")), version("1.3.0"));
    assert_eq!(Bump::Major.next(version("1.2.3")), version("2.0.0"));
    assert!(Bump::Minor.is_met(version("1.2.3"), version("1.3.0")));
    assert!(!Bump::Minor.is_met(version("1.2.3"), version("1.2.9")));
    assert!(Bump::Patch.is_met(version("1.2.3"), version("2.0.0")));
}

#[test]
fn a_move_is_named_as_the_rulebook_above_names_its_parameter() {
    let mut new = base();
    new.id = "lower".into();
    let old = new.clone();
    new.moves.push(Move {
        rulebook: "cn-base".into(),
        parameter: "fever_tenths".into(),
        value: ParameterValue::Number(371),
    });
    let changes = difference(&old, &new, &[base()]);
    assert_eq!(
        changes[0].text,
        Text::new(
            "发热体温，十分之一摄氏度（比上级“复学健康判定基础规则”从严）：新增37.1 ℃",
            "Fever from, in tenths of a degree Celsius (stricter than “Basic rules for going back to school” above): added, 37.1 °C",
        )
    );
}

#[test]
fn other_bounds_of_a_parameter_are_a_change() {
    let (_, changes) = changed(|d| d.parameters[0].max = None);
    assert_eq!(
        (changes[0].kind, Bump::of(&changes)),
        (ChangeKind::Bounds, Some(Bump::Minor))
    );
    assert_eq!(
        changes[0].text.en,
        "Bounds of “Fever from, in tenths of a degree Celsius”: from between 36.5 °C and 38.0 °C to at least 36.5 °C"
    );
}
