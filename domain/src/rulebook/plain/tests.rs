#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::rulebook::SHIPPED;
use serde_json::json;

fn document() -> Document {
    serde_json::from_str(SHIPPED).unwrap()
}

#[test]
fn the_shipped_rules_are_said_without_formulas() {
    let document = document();
    let said: Vec<_> = document
        .rules
        .iter()
        .map(|rule| (rule.id.as_str(), condition(&document, &rule.condition).text))
        .collect();
    assert!(
        said.iter()
            .all(|(_, text)| !text.en.contains('{') && !text.zh.contains('{')),
        "{said:#?}"
    );
    let of = |id: &str| said.iter().find(|(rule, _)| *rule == id).unwrap().1.clone();
    assert_eq!(
        of("R-01"),
        Text::new(
            "有官方确诊记录",
            "official record of a confirmed case on record"
        )
    );
    assert_eq!(
        of("R-03"),
        Text::new(
            "最近 14 天内有密切接触",
            "close contact within the last 14 days"
        )
    );
    assert_eq!(
        of("R-05"),
        Text::new(
            "体温达到 38.0 ℃，或者有重症状，或者（体温达到 37.3 ℃，并且有症状）",
            "a temperature of 38.0 °C or more or any severe symptoms or (a temperature of 37.3 °C or more and any symptoms)"
        )
    );
    assert_eq!(
        of("Y-07").en,
        "more than 3 missed school days of the last 14 days"
    );
}

#[test]
fn any_of_is_read_as_such_and_each_part_has_its_place() {
    let document = document();
    let json = json!({"!": [{"and": [{"!": [{"var": "symptoms.fever"}]}, {">": [{"var": "symptoms.listed_count"}, 2]}]}]});
    let clause = condition(&document, &json);
    assert_eq!((clause.kind, clause.parts.len()), (ClauseKind::Any, 2));
    assert_eq!(clause.text.en, "fever was ticked or at most 2 symptoms");
    for part in &clause.parts {
        assert!(json.pointer(&part.place).is_some(), "{}", part.place);
    }
}

#[test]
fn any_json_is_said_somehow() {
    for json in [
        json!(null),
        json!([]),
        json!({"and": 3}),
        json!({"!": []}),
        json!({"<": [1, {"var": "x"}]}),
        json!({"if": [true, {"var": "today.reported"}, false]}),
        json!({"<=": [373, {"var": "today.temperature_tenths"}, 379]}),
        json!({"===": [{"var": "today.measured"}, false]}),
    ] {
        let text = condition(&document(), &json).text;
        assert!(!text.zh.is_empty() && !text.en.is_empty(), "{json}");
    }
}
