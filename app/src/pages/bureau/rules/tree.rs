//! The condition as a tree of small fields; every button sends the whole form and shows it changed, unsaved.

use crate::tr;
use crate::tr::Lang;
use crate::ui::{
    ErrorLine, Icon, IconName, fact_name, join_word, parameter_title, part_value, var_name, yes_no,
};
use domain::certlogic::{Join, Tree, Value};
use domain::facts::{Fact, FactKind};
use domain::rulebook::{Parameter, ParameterValue};
use leptos::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What the tree is drawn with.
pub(super) struct Drawing<'a> {
    /// The reader's language.
    pub lang: Lang,
    /// The condition.
    pub tree: &'a Tree,
    /// The parameters that it may name.
    pub parameters: &'a [Parameter],
    /// The value of each part that was looked at, by its JSON pointer.
    pub seen: &'a BTreeMap<String, Value>,
    /// What is wrong, by the JSON pointer inside the condition.
    pub faults: &'a [(String, String)],
}

/// A part with its surroundings.
#[derive(Clone, Copy)]
struct Here<'a> {
    name: &'a str,
    part: &'a Tree,
    around: Option<&'a Tree>,
    is_value: bool,
}

impl Drawing<'_> {
    /// The whole tree.
    pub fn view(&self) -> AnyView {
        let places = self.places();
        let marks = self.marks(&places);
        let whole = Here {
            name: "r",
            part: self.tree,
            around: None,
            is_value: false,
        };
        view! { <ul class="tree">{self.part(whole, &places, &marks)}</ul> }.into_any()
    }

    /// The JSON pointer of each part by its name.
    fn places(&self) -> HashMap<String, String> {
        let mut places = HashMap::new();
        self.tree.walk(&mut |name, place, _| {
            places.insert(name.to_owned(), place.to_owned());
        });
        places
    }

    /// Each fault at the innermost part around its place.
    fn marks(&self, places: &HashMap<String, String>) -> HashMap<String, Vec<String>> {
        let mut marks: HashMap<String, Vec<String>> = HashMap::new();
        for (place, words) in self.faults {
            let inside = |at: &str| place == at || place.starts_with(&format!("{at}/"));
            let innermost = places
                .iter()
                .filter(|(_, at)| inside(at))
                .max_by_key(|(name, at)| (at.len(), name.len()));
            let name = innermost.map_or("r", |(name, _)| name.as_str());
            marks
                .entry(name.to_owned())
                .or_default()
                .push(words.clone());
        }
        marks
    }

    fn part(
        &self,
        here: Here<'_>,
        places: &HashMap<String, String>,
        marks: &HashMap<String, Vec<String>>,
    ) -> AnyView {
        let errors = marks.get(here.name).into_iter().flatten();
        let errors = errors
            .map(|words| view! { <ErrorLine message=words.clone() /> })
            .collect_view();
        let place = places.get(here.name).map_or("", String::as_str);
        let value = self.seen.get(place).map_or_else(
            || tr!(self.lang, "没有用到", "not looked at"),
            |value| part_value(self.lang, here.part, value),
        );
        let inside = match here.part {
            Tree::Group(join, parts) => {
                let is_value = holds_values(*join);
                let parts = parts
                    .iter()
                    .enumerate()
                    .map(|(index, part)| {
                        let name = format!("{}.{index}", here.name);
                        // What an *if* gives may be either; its first part is a question.
                        let below = Here {
                            name: &name,
                            part,
                            around: Some(here.part),
                            is_value,
                        };
                        self.part(below, places, marks)
                    })
                    .collect_view();
                view! { <ul>{parts}</ul> }.into_any()
            }
            _ => ().into_any(),
        };
        let name = here.name.to_owned();
        let class = if matches!(here.part, Tree::Group(..)) {
            "group"
        } else {
            "leaf"
        };
        view! {
            <li class=class>
                <div class="node">
                    {self.control(here)}
                    <span class="v" data-v=name>{value}</span>
                    {self.menu(here)}
                </div>
                {errors}
                {inside}
            </li>
        }
        .into_any()
    }

    fn control(&self, here: Here<'_>) -> AnyView {
        let lang = self.lang;
        let name = here.name;
        match here.part {
            Tree::Group(join, parts) => {
                let alike: Vec<Join> = join
                    .alike()
                    .iter()
                    .copied()
                    .filter(|other| {
                        parts.len() < 3 || *other != Join::Equal || *join == Join::Equal
                    })
                    .collect();
                if let [only] = alike.as_slice() {
                    return view! { <b>{join_word(lang, *only)}</b> }.into_any();
                }
                let options = alike
                    .into_iter()
                    .map(|other| {
                        view! { <option value=other.word() selected=other == *join>{join_word(lang, other)}</option> }
                    })
                    .collect_view();
                let label = tr!(lang, "怎样结合", "How these belong together");
                pick(format!("op.{name}"), label, options.into_any())
            }
            Tree::Raw(json) => view! { <code class="raw">{json.to_string()}</code> }.into_any(),
            leaf => {
                let number = match leaf {
                    Tree::Number(number) => Some(view! {
                        <input
                            class="input small"
                            name=format!("num.{name}")
                            inputmode="numeric"
                            value=number.to_string()
                            aria-label=tr!(lang, "数字", "Number")
                        />
                    }),
                    _ => None,
                };
                let label = tr!(lang, "看什么", "What it looks at");
                view! {
                    {pick(format!("leaf.{name}"), label, self.leaves(leaf, here.is_value))}
                    {number}
                }
                .into_any()
            }
        }
    }

    /// What a leaf may be: facts, parameters, a number, yes or no.
    fn leaves(&self, leaf: &Tree, is_value: bool) -> AnyView {
        let lang = self.lang;
        let chosen = match leaf {
            Tree::Var(path) => path.clone(),
            Tree::Number(_) => "#number".to_owned(),
            Tree::Flag(true) => "#true".to_owned(),
            _ => "#false".to_owned(),
        };
        let option = |value: String, words: String| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        };
        let fits = |fact: &Fact| is_value || fact.kind() == FactKind::Flag || fact.path() == chosen;
        let facts = Fact::ALL
            .into_iter()
            .filter(fits)
            .map(|fact| {
                let name = fact_name(lang, fact);
                let words = match fact.kind() {
                    FactKind::DaysSince => tr!(lang, "{name}：几天前", "{name}: days ago"),
                    _ if fact == Fact::TodayTemperature => {
                        tr!(lang, "{name}（十分之一度）", "{name} (tenths of a degree)")
                    }
                    _ => name,
                };
                option(fact.path().to_owned(), words)
            })
            .collect_view();
        let numbers = self
            .parameters
            .iter()
            .filter(|p| is_value && matches!(p.value, ParameterValue::Number(_)))
            .map(|p| option(format!("param.{}", p.name), parameter_title(lang, p)))
            .collect_view();
        let is_known = chosen.starts_with('#')
            || Fact::from_path(&chosen).is_some()
            || self
                .parameters
                .iter()
                .any(|p| is_value && chosen.strip_prefix("param.") == Some(p.name.as_str()));
        let unknown =
            (!is_known).then(|| option(chosen.clone(), var_name(lang, self.parameters, &chosen)));
        let fixed = [
            ("#true", yes_no(lang, true)),
            ("#false", yes_no(lang, false)),
        ]
        .map(|(value, words)| option(value.to_owned(), words))
        .collect_view();
        let number = (is_value || chosen == "#number").then(|| {
            option(
                "#number".to_owned(),
                tr!(lang, "固定的数字", "A fixed number"),
            )
        });
        view! {
            {unknown}
            <optgroup label=tr!(lang, "事实", "Facts")>{facts}</optgroup>
            {is_value.then(|| view! { <optgroup label=tr!(lang, "参数", "Parameters")>{numbers}</optgroup> })}
            <optgroup label=tr!(lang, "固定值", "Fixed")>{number} {fixed}</optgroup>
        }
        .into_any()
    }

    /// The buttons of a part, behind three dots.
    fn menu(&self, here: Here<'_>) -> AnyView {
        let lang = self.lang;
        let name = here.name;
        let button = |verb: &str, join: Option<Join>, words: String| {
            let value = join.map_or_else(
                || format!("{verb}:{name}"),
                |join| format!("{verb}:{name}:{}", join.word()),
            );
            view! { <button class="btn small" name="do" value=value>{words}</button> }.into_any()
        };
        let mut buttons = Vec::new();
        if here.part.can_gain() {
            let logical = matches!(here.part, Tree::Group(Join::All | Join::Any, _));
            if logical {
                buttons.push(button(
                    "add",
                    Some(Join::AtLeast),
                    tr!(lang, "加一个比较", "Add a comparison"),
                ));
                buttons.push(button(
                    "add",
                    Some(Join::Any),
                    tr!(lang, "加一组“任一”", "Add an “any of”"),
                ));
                buttons.push(button(
                    "add",
                    Some(Join::All),
                    tr!(lang, "加一组“全部”", "Add an “all of”"),
                ));
            } else {
                buttons.push(button(
                    "add",
                    Some(Join::List),
                    tr!(lang, "加一个值", "Add a value"),
                ));
            }
        }
        if here.is_value {
            buttons.push(button(
                "wrap",
                Some(Join::Sum),
                tr!(lang, "加上一个数", "Add something to it"),
            ));
        } else {
            for (join, words) in [
                (
                    Join::All,
                    tr!(lang, "和别的条件“全部”成立", "Put into an “all of”"),
                ),
                (
                    Join::Any,
                    tr!(lang, "和别的条件“任一”成立", "Put into an “any of”"),
                ),
                (Join::Not, tr!(lang, "反过来", "Negate")),
            ] {
                buttons.push(button("wrap", Some(join), words));
            }
            buttons.push(button(
                "replace",
                Some(Join::AtLeast),
                tr!(lang, "换成一个比较", "Replace by a comparison"),
            ));
        }
        if matches!(here.part, Tree::Group(..)) {
            buttons.push(button(
                "unwrap",
                None,
                tr!(lang, "去掉这一层", "Take this level away"),
            ));
        }
        if here.around.is_some_and(Tree::can_lose) {
            buttons.push(button("remove", None, tr!(lang, "删除这一项", "Remove")));
        }
        view! {
            <details class="menu">
                <summary aria-label=tr!(lang, "改这一项", "Change this part")><Icon name=IconName::Pencil /></summary>
                <div class="row">{buttons}</div>
            </details>
        }
        .into_any()
    }
}

/// Whether the parts of a group are values to compare or add, and not statements.
fn holds_values(join: Join) -> bool {
    !matches!(join, Join::All | Join::Any | Join::Not | Join::If)
}

/// A drop-down without a visible label.
fn pick(name: String, label: String, options: AnyView) -> AnyView {
    view! {
        <span class="pick">
            <select class="input small" name=name aria-label=label>{options}</select>
            <Icon name=IconName::ChevronDown />
        </span>
    }
    .into_any()
}
