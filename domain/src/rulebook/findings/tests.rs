#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::rulebook::{Move, Rulebook, SHIPPED};
use serde_json::json;

fn base() -> Document {
    serde_json::from_str(SHIPPED).unwrap()
}

fn errors(found: &[Finding]) -> Vec<(&str, &str)> {
    let errors = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| (finding.place.as_str(), finding.text.en.as_str()))
        .collect()
}

#[test]
fn the_shipped_pack_has_no_findings() {
    assert_eq!(findings(&base()), []);
}

#[test]
fn everything_wrong_is_named_at_once_with_its_place_in_both_languages() {
    let mut document = base();
    document.title.en.clear();
    document.symptoms[1].number = 99;
    document.rules[0].condition =
        json!({"and": [{"is": [1]}, {"<": [{"var": "case.unofficial"}, 1]}, {"!": []}]});
    document.rules[0].text.zh = "到 {end}".into();
    document.rules[2].outcome.days = Some("weeks".into());
    document.rules[3].condition = json!({"<": [{"var": "today.reported"}, 5]});
    let found = findings(&document);
    assert_eq!(
        errors(&found),
        [
            ("/title", "a text is missing in Chinese or English"),
            (
                "/symptoms/1/number",
                "a symptom's number must be 0 to 63, not 99"
            ),
            ("/rules/0/text", "unknown placeholder \"end\""),
            ("/rules/0/condition/and/0", "unknown operator \"is\""),
            (
                "/rules/0/condition/and/1/</0/var",
                "unknown fact or parameter \"case.unofficial\""
            ),
            (
                "/rules/0/condition/and/2/!",
                "\"!\" takes 1 operands, not 0"
            ),
            (
                "/rules/2/outcome/days",
                "not a parameter with a number from 1 to 366: \"weeks\""
            ),
            (
                "/rules/3/condition/</0",
                "expected a whole number here, found true or false"
            ),
        ]
    );
    let json = serde_json::to_value(&document).unwrap();
    for finding in &found {
        assert!(json.pointer(&finding.place).is_some(), "{}", finding.place);
        assert!(!finding.text.zh.is_ascii(), "{finding:?}");
    }
}

#[test]
fn what_can_never_matter_is_a_warning_and_does_not_stop_anybody() {
    let mut document = base();
    document.rules[3].condition =
        json!({"if": [{"<": [{"var": "stay.high.days_since_left"}, 10_000]}, true, false]});
    let found = findings(&document);
    assert!(errors(&found).is_empty());
    assert!(
        found
            .iter()
            .any(|f| f.place == "/rules/3/condition/if/2" && f.text.en == "is never reached"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|f| f.text.en.contains("no rule reads the parameter"))
            || document
                .rules
                .iter()
                .any(|r| r.condition.to_string().contains("stay_window_days"))
    );
}

#[test]
fn a_document_without_errors_compiles_and_one_with_faults_does_not() {
    let mut document = base();
    assert!(Rulebook::compile(document.clone()).is_ok());
    document.rules[0].condition = json!({"plusTime": [1, 2, "week"]});
    let found = findings(&document);
    assert_eq!(errors(&found).len(), 1, "{found:?}");
    assert!(Rulebook::compile(document).is_err());
}

#[test]
fn the_version_grows_with_what_changed() {
    let base = base();
    let mut new = base.clone();
    new.parameters[0].value = ParameterValue::Number(372);
    let found = findings_against(&new, Some(&base), &[]);
    assert_eq!(
        errors(&found),
        [(
            "/version",
            "for these changes the version has to be 1.1.0 at least"
        )]
    );
    new.version = "1.1.0".parse().unwrap();
    assert!(errors(&findings_against(&new, Some(&base), &[])).is_empty());
    new.rules[0].text.en.push('!');
    let found = findings_against(&new, Some(&base), &[]);
    assert_eq!(
        errors(&found),
        [(
            "/rules/0/version",
            "the rule changed, and its version has to be above 1"
        )]
    );
}

#[test]
fn a_value_outside_its_bounds_stands_in_the_way_here_and_in_a_move() {
    let mut document = base();
    document.parameters[0].value = ParameterValue::Number(420);
    let found = findings(&document);
    assert_eq!(
        errors(&found),
        [(
            "/parameters/0/value",
            "“Fever from, in tenths of a degree Celsius” has to be between 36.5 °C and 38.0 °C, and is 42.0 °C"
        )]
    );
    assert_eq!(
        found[0].text.zh,
        "“发热体温，十分之一摄氏度”要在 36.5 ℃ 到 38.0 ℃ 之间，现在是 42.0 ℃"
    );
    let mut lower = base();
    (lower.id, lower.region) = ("lower".into(), "33".parse().unwrap());
    lower.moves.push(Move {
        rulebook: "cn-base".into(),
        parameter: "case_days".into(),
        value: ParameterValue::Number(61),
    });
    let found = findings_against(&lower, None, &[base()]);
    assert_eq!(
        errors(&found),
        [(
            "/moves/0/value",
            "“Days of isolation of a confirmed case” has to be between 1 day and 60 days, and is 61 days"
        )]
    );
}
