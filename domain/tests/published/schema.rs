//! The published schema of the facts.

use domain::certlogic::evaluate;
use domain::facts::{Fact, FactKind, json_schema};
use domain::rulebook::{Rulebook, SHIPPED};
use serde_json::{Value, json};

#[test]
fn the_schema_of_the_facts_is_current() {
    let text = serde_json::to_string_pretty(&json_schema()).unwrap();
    super::assert_current("facts.schema.json", &format!("{text}\n"));
}

/// The data context of somebody about whom nothing is known, made from the schema alone.
fn nothing_known(schema: &Value) -> Value {
    match schema["type"].as_str().unwrap() {
        "boolean" => json!(false),
        "integer" => schema.get("x-none").cloned().unwrap_or(json!(0)),
        _ => {
            let members = schema["properties"].as_object().unwrap().iter();
            members
                .map(|(name, member)| (name.clone(), nothing_known(member)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}

#[test]
fn every_fact_is_in_the_schema_with_its_type() {
    let schema = json_schema();
    for fact in Fact::ALL {
        let mut here = &schema;
        for name in fact.path().split('.') {
            let required = here["required"].as_array().unwrap();
            assert!(required.contains(&json!(name)), "{}", fact.path());
            here = &here["properties"][name];
        }
        let kind = match fact.kind() {
            FactKind::Flag => "boolean",
            FactKind::Number | FactKind::DaysSince => "integer",
        };
        assert_eq!(here["type"], kind, "{}", fact.path());
        assert_eq!(here["description"], fact.meaning().en.as_str());
    }
}

#[test]
fn rules_read_the_schema_as_any_certlogic_would() {
    let book = Rulebook::parse(SHIPPED).unwrap();
    let mut data = nothing_known(&json_schema());
    let numbers = book.document().parameters.iter();
    data["param"] = numbers
        .filter_map(|p| Some((p.name.clone(), json!(book.number(&p.name)?))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for rule in &book.document().rules {
        assert_eq!(
            evaluate(&rule.condition, &data),
            Ok(json!(false)),
            "{}",
            rule.id
        );
    }
}
