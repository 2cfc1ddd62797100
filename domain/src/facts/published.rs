//! The facts as a JSON Schema, for whoever writes rules elsewhere.

use super::{Fact, FactKind, NONE_DAYS};
use serde_json::{Map, Value, json};

/// The data context of a rule as a JSON Schema (draft 2020-12): nested objects along the paths of the facts, all of
/// them required and never null. `x-start` marks those whose date an outcome may name as its start.
pub fn json_schema() -> Value {
    let mut root = object();
    for fact in Fact::ALL {
        let mut names = fact.path().split('.').peekable();
        let mut here = &mut root;
        while let Some(name) = names.next() {
            let leaf = names.peek().is_none();
            here = child(here, name, || if leaf { schema_of(fact) } else { object() });
        }
    }
    let head = [
        (
            "$schema",
            json!("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title", json!("Facts")),
        (
            "description",
            json!(
                "What a rule's condition reads about one person and one day, beside the rulebook's own param.NAME."
            ),
        ),
    ];
    if let Value::Object(members) = &mut root {
        members.extend(head.map(|(name, value)| (name.to_owned(), value)));
    }
    root
}

fn object() -> Value {
    json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false})
}

/// The member `name` of an object's schema, made where it is missing.
fn child<'a>(parent: &'a mut Value, name: &str, make: impl FnOnce() -> Value) -> &'a mut Value {
    let is_new = parent["properties"].get(name).is_none();
    if is_new && let Some(required) = parent["required"].as_array_mut() {
        required.push(json!(name));
    }
    let member = &mut parent["properties"][name];
    if is_new {
        *member = make();
    }
    member
}

fn schema_of(fact: Fact) -> Value {
    let meaning = fact.meaning();
    let mut schema = match fact.kind() {
        FactKind::Flag => json!({"type": "boolean"}),
        FactKind::Number => json!({"type": "integer", "minimum": 0}),
        FactKind::DaysSince => {
            json!({"type": "integer", "minimum": 0, "maximum": NONE_DAYS, "x-none": NONE_DAYS})
        }
    };
    let said = [
        ("description", json!(meaning.en)),
        ("x-description-zh", json!(meaning.zh)),
        ("x-start", json!(!fact.is_counted())),
    ];
    if let Value::Object(members) = &mut schema {
        let members: &mut Map<String, Value> = members;
        members.extend(said.map(|(name, value)| (name.to_owned(), value)));
    }
    schema
}
