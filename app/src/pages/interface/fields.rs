//! The fields of what is sent and answered, as the OpenAPI document describes them.

use super::reference::words;
use crate::tr;
use crate::tr::Lang;
use leptos::prelude::*;
use serde_json::Value;

/// Deepest nesting of a schema that the page follows.
const DEEPEST: usize = 16;

/// Which way something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// To the server: what a program has to send is marked.
    Sent,
    /// To the program: what it cannot rely on is marked.
    Answered,
}

/// The fields of a schema with those inside them.
pub(super) fn fields(lang: Lang, document: &Value, schema: &Value, way: Way) -> Vec<AnyView> {
    let mut fields = Fields {
        lang,
        document,
        way,
        out: Vec::new(),
    };
    fields.walk(schema, "", 0);
    fields.out
}

/// One line of a list of fields: a name, a few words beside it, what it means, and the words that it can be.
pub(super) fn line(name: String, beside: String, about: String, choices: Vec<String>) -> AnyView {
    let choices = choices_of(choices);
    view! { <div><dt><code>{name}</code>" "<small class="mute">{beside}</small></dt><dd>{about}{choices}</dd></div> }
        .into_any()
}

/// The words that something can be.
pub(super) fn choices_of(words: Vec<String>) -> AnyView {
    let words = words
        .into_iter()
        .map(|word| view! { " "<code>{word}</code> });
    words.collect_view().into_any()
}

/// The type of a schema in a word or two, and the words that it allows.
pub(super) fn kind(document: &Value, schema: &Value) -> (String, Vec<String>) {
    let schema = resolve(document, schema);
    let mut kinds = strings(schema.get("type"));
    let mut choices = strings(schema.get("enum"));
    for one in all(schema, "oneOf") {
        let (kind, words) = kind(document, one);
        kinds.push(kind);
        choices.extend(words);
    }
    let kinds = kinds.join(" | ");
    if schema.get("format").and_then(Value::as_str) == Some("date") {
        return (format!("{kinds} (YYYY-MM-DD)"), choices);
    }
    (kinds, choices)
}

/// A text, or the texts of a list.
fn strings(value: Option<&Value>) -> Vec<String> {
    let one = value.into_iter();
    let all = one.flat_map(|value| match value {
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    });
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn all<'a>(schema: &'a Value, part: &str) -> &'a [Value] {
    let part = schema.get(part).and_then(Value::as_array);
    part.map(Vec::as_slice).unwrap_or_default()
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let named = schema.get("$ref").and_then(Value::as_str);
    named
        .and_then(|name| document.pointer(name.trim_start_matches('#')))
        .unwrap_or(schema)
}

struct Fields<'a> {
    lang: Lang,
    document: &'a Value,
    way: Way,
    out: Vec<AnyView>,
}

impl Fields<'_> {
    fn walk(&mut self, schema: &Value, before: &str, depth: usize) {
        let schema = resolve(self.document, schema);
        if depth > DEEPEST {
            return;
        }
        for part in all(schema, "allOf").iter().chain(all(schema, "oneOf")) {
            self.walk(part, before, depth + 1);
        }
        if let Some(items) = schema.get("items") {
            self.walk(items, &format!("{before}[]"), depth + 1);
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let mut properties: Vec<_> = properties.into_iter().flatten().collect();
        // What tells one variant from the others comes first.
        properties.sort_by_key(|(_, property)| all(property, "enum").len() != 1);
        for (name, property) in properties {
            let dot = if before.is_empty() { "" } else { "." };
            let path = format!("{before}{dot}{name}");
            let is_required = all(schema, "required").iter().any(|field| field == name);
            self.draw(&path, property, is_required);
            self.walk(property, &path, depth + 1);
        }
    }

    fn draw(&mut self, path: &str, property: &Value, is_required: bool) {
        let (kind, choices) = kind(self.document, property);
        let about = words(self.lang, property, "description");
        let mark = match (self.way, is_required) {
            (Way::Sent, true) => Some(required(self.lang)),
            (Way::Answered, false) => Some(tr!(self.lang, "可能没有", "may be absent")),
            _ => None,
        };
        let beside = marked(kind, mark);
        self.out.push(line(path.to_owned(), beside, about, choices));
    }
}

/// The mark of what has to be there.
pub(super) fn required(lang: Lang) -> String {
    tr!(lang, "必填", "required")
}

/// A few words with their mark.
pub(super) fn marked(words: String, mark: Option<String>) -> String {
    let all = [Some(words), mark].into_iter().flatten();
    let all: Vec<_> = all.filter(|words| !words.is_empty()).collect();
    all.join(" · ")
}
