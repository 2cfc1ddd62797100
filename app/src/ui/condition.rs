//! A condition as a list of lists, with the value of every part.

use crate::tr;
use crate::tr::Lang;
use crate::ui::facts::{join_word, part_value, var_name};
use domain::certlogic::{Join, Tree, Value};
use domain::rulebook::Parameter;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Every part of a condition with the value that it had; what was skipped says so.
#[component]
pub fn ConditionValues(
    /// The reader's language.
    lang: Lang,
    /// The condition.
    condition: serde_json::Value,
    /// The parameters that it may name.
    parameters: Vec<Parameter>,
    /// The value of each part that was looked at, by its JSON pointer.
    seen: BTreeMap<String, Value>,
) -> AnyView {
    let tree = Tree::of(&condition);
    let mut parts = Vec::new();
    tree.walk(&mut |name, place, part| {
        parts.push(Part {
            depth: name.matches('.').count(),
            text: part_words(lang, &parameters, part),
            value: seen.get(place).map(|value| part_value(lang, part, value)),
        });
    });
    let lines = parts
        .into_iter()
        .map(|part| {
            let value = part
                .value
                .unwrap_or_else(|| tr!(lang, "没有用到", "not looked at"));
            view! {
                <li class=format!("d{}", part.depth.min(8))>
                    <span>{part.text}</span>
                    <span class="v">{value}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="parts">{lines}</ul> }.into_any()
}

struct Part {
    depth: usize,
    text: String,
    value: Option<String>,
}

/// What a part says by itself, without its own parts.
pub fn part_words(lang: Lang, parameters: &[Parameter], part: &Tree) -> String {
    match part {
        Tree::Var(path) => var_name(lang, parameters, path),
        Tree::Number(number) => number.to_string(),
        Tree::Flag(true) => tr!(lang, "是", "yes"),
        Tree::Flag(false) => tr!(lang, "否", "no"),
        Tree::Raw(json) => json.to_string(),
        Tree::Group(join @ (Join::All | Join::Any | Join::Not | Join::If | Join::List), _) => {
            tr!(lang, "{word}：", "{word}:", word = join_word(lang, *join))
        }
        Tree::Group(join, _) => tr!(
            lang,
            "比较：{word}",
            "compare: {word}",
            word = join_word(lang, *join)
        ),
    }
}
