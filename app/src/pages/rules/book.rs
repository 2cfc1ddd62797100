//! A rulebook in words: its rules, its parameters, and what changed from one version to the next.

use super::{condition_text, outcome_text, parameter_text};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::status_word;
use crate::ui::{
    CellKind, Column, DataCell, DataRow, DataTable, Icon, IconName, ShapeSize, StatusChip,
    StatusShape, Steps, parameter_title,
};
use domain::Code;
use domain::rulebook::{Change, ChangeKind, Document, Move, Parameter, Rule, Stricter};
use leptos::prelude::*;

/// Every rule: what it asks, what follows, what people are told.
pub(in crate::pages) fn rules_list(lang: Lang, book: &Document) -> AnyView {
    let rows = book
        .rules
        .iter()
        .map(|rule| rule_row(lang, book, rule))
        .collect_view();
    view! { <ul class="rules">{rows}</ul> }.into_any()
}

fn rule_row(lang: Lang, book: &Document, rule: &Rule) -> AnyView {
    let code = Code::from(rule.outcome.colour);
    let version = rule.version;
    let steps: Vec<_> = rule
        .next_steps
        .iter()
        .map(|step| (step.get(lang).to_owned(), false))
        .collect();
    let id = format!("rule-{}-{}", book.id, rule.id);
    view! {
        <li id=id>
            <div class="rule-head">
                <StatusShape code=code size=ShapeSize::List />
                <div>
                    <h3>{rule.label.get(lang).to_owned()}</h3>
                    <p class="hint">
                        <span class="mono">{rule.id.clone()}</span>
                        " "
                        {tr!(lang, "第 {version} 版", "version {version}")}
                    </p>
                </div>
                <StatusChip lang=lang code=code />
            </div>
            <p>
                <b>{tr!(lang, "如果", "If")}</b>
                " "
                {condition_text(lang, book, rule)}
            </p>
            <p>
                <b>{tr!(lang, "就判为", "then")}</b>
                " "
                {status_word(lang, code)}
                {tr!(lang, "，", ", ")}
                {outcome_text(lang, book, rule)}
            </p>
            <details>
                <summary>
                    <span>{tr!(lang, "家长看到的话", "What guardians read")}</span>
                    <Icon name=IconName::ChevronDown />
                </summary>
                <div class="stack">
                    <p>{rule.text.get(lang).to_owned()}</p>
                    <Steps lang=lang steps=steps />
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// The named thresholds and limits, and what is stricter than in the rulebooks `above`.
pub(in crate::pages) fn parameters_card(
    lang: Lang,
    book: &Document,
    above: &[&Document],
) -> AnyView {
    let title = tr!(lang, "数值和期限", "Thresholds and limits");
    let rows: Vec<_> = book
        .parameters
        .iter()
        .map(|p| {
            let stricter = match p.stricter {
                Stricter::Lower => tr!(lang, "下级可以调低", "regions below may lower it"),
                Stricter::Higher => tr!(lang, "下级可以调高", "regions below may raise it"),
            };
            let (name, value) = (
                parameter_title(lang, p),
                parameter_text(lang, &p.name, p.value),
            );
            view! {
                <DataRow>
                    <DataCell>{name}</DataCell>
                    <DataCell kind=CellKind::Name>{value}</DataCell>
                    <DataCell kind=CellKind::Mute>{stricter}</DataCell>
                </DataRow>
            }
        })
        .collect();
    let moves = (!book.moves.is_empty()).then(|| {
        let lines = book
            .moves
            .iter()
            .map(|m| {
                let value = parameter_text(lang, &m.parameter, m.value);
                let (of, name) = names_of(lang, above, m);
                view! { <li>{tr!(lang, "“{of}”的“{name}”从严定为 {value}", "{name} ({of}): {value}")}</li> }
            })
            .collect_view();
        view! { <div class="pad"><h3>{tr!(lang, "对上级规则的从严调整", "Stricter than the rulebook above")}</h3><ul class="plain-list">{lines}</ul></div> }
    });
    let table = (!book.parameters.is_empty()).then(|| {
        view! {
            <DataTable
                caption=format!("{title}: {}", book.title.get(lang))
                columns=vec![
                    Column::new(tr!(lang, "名称", "Name")),
                    Column::new(tr!(lang, "数值", "Value")),
                    Column::new(tr!(lang, "从严方向", "Stricter direction")),
                ]
            >
                {rows}
            </DataTable>
        }
    });
    view! {
        <section class="card flush">
            <div class="card-head"><h2>{title}</h2></div>
            {table}
            {moves}
        </section>
    }
    .into_any()
}

/// The titles of the rulebook and the parameter that a stricter value is about; their codes where it is not at hand.
fn names_of(lang: Lang, above: &[&Document], moved: &Move) -> (String, String) {
    let book = above.iter().find(|book| book.id == moved.rulebook);
    let parameter = book.and_then(|book| {
        let of = |p: &&Parameter| p.name == moved.parameter;
        book.parameters.iter().find(of)
    });
    (
        book.map_or_else(
            || moved.rulebook.clone(),
            |book| book.title.get(lang).to_owned(),
        ),
        parameter.map_or_else(
            || moved.parameter.clone(),
            |parameter| parameter_title(lang, parameter),
        ),
    )
}

/// The symptoms that forms offer, and which of them are severe.
pub(in crate::pages) fn symptoms_card(lang: Lang, book: &Document) -> AnyView {
    let names = |severe: bool| {
        let names: Vec<_> = book
            .symptoms
            .iter()
            .filter(|s| s.severe == severe)
            .map(|s| s.title.get(lang))
            .collect();
        names.join(&tr!(lang, "、", ", "))
    };
    let (severe, other) = (names(true), names(false));
    (!book.symptoms.is_empty())
        .then(|| {
            view! {
                <section class="card">
                    <h2>{tr!(lang, "表格里的症状", "Symptoms on the form")}</h2>
                    <p>{other}</p>
                    <p><b>{tr!(lang, "重症状：", "Severe: ")}</b> {severe}</p>
                </section>
            }
        })
        .into_any()
}

/// What changed, each in a sentence; what makes a rule milder stands out.
pub(in crate::pages) fn changes_list(lang: Lang, changes: &[Change]) -> AnyView {
    let rows = changes
        .iter()
        .map(|change| {
            let icon = match change.kind {
                ChangeKind::RuleAdded | ChangeKind::ParameterAdded | ChangeKind::SymptomAdded => {
                    IconName::Plus
                }
                ChangeKind::RuleRemoved
                | ChangeKind::ParameterRemoved
                | ChangeKind::SymptomRemoved => IconName::Minus,
                _ => IconName::Pencil,
            };
            let milder = (change.kind == ChangeKind::Lowered)
                .then(|| view! { <span class="tag late">{tr!(lang, "变轻", "milder")}</span> });
            view! {
                <li>
                    <Icon name=icon />
                    <span>{change.text.get(lang).to_owned()} " " {milder}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="changes">{rows}</ul> }.into_any()
}
