//! Every rule: what it says, what it saw, whether it fired, and the value of each part of its condition.

use super::facts::number;
use super::{Grounds, heading};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::status_word;
use crate::ui::{ConditionValues, Icon, IconName, ShapeSize, StatusShape, fact_name, fact_value};
use domain::Code;
use domain::decision::RuleTrace;
use domain::rulebook::{Document, Rule};
use leptos::prelude::*;

pub(super) fn card(lang: Lang, grounds: &Grounds<'_>) -> AnyView {
    let title = tr!(lang, "逐条核对规则", "Rules checked one by one");
    let books: Vec<String> = grounds
        .trace
        .rulebooks
        .iter()
        .map(|(id, version)| format!("{id} {version}"))
        .collect();
    let rows = grounds
        .trace
        .rules
        .iter()
        .map(|rule| row(lang, rule, grounds))
        .collect_view();
    view! {
        <section class="card flush">
            {heading(2, title.clone(), books.join(", "))}
            <ul class="checks">{rows}</ul>
        </section>
    }
    .into_any()
}

/// What it saw, in one line.
fn saw(lang: Lang, rule: &RuleTrace) -> String {
    let said: Vec<String> = rule
        .facts
        .iter()
        .map(|read| {
            let value = fact_value(lang, read.fact, number(read), read.start);
            format!("{} {value}", fact_name(lang, read.fact))
        })
        .collect();
    match (said.is_empty(), lang) {
        (true, _) => tr!(lang, "内容已删除", "destroyed"),
        (false, Lang::Zh) => said.join("；"),
        (false, Lang::En) => said.join("; "),
    }
}

/// Matched, not matched, over, or without an answer.
fn result(lang: Lang, rule: &RuleTrace, counts: bool) -> AnyView {
    match (&rule.fired, counts) {
        (Err(_), _) => {
            view! { <span class="tag late">{tr!(lang, "无法判定", "cannot be decided")}</span> }.into_any()
        }
        (Ok(_), true) => view! {
            <span class="tag dark"><Icon name=IconName::Check />{tr!(lang, "符合", "matched")}</span>
        }
        .into_any(),
        (Ok(true), false) => {
            view! { <span class="tag">{tr!(lang, "符合，已结束", "matched, over")}</span> }.into_any()
        }
        (Ok(false), false) => view! {
            <span class="tag bare"><Icon name=IconName::Cross />{tr!(lang, "不符合", "not matched")}</span>
        }
        .into_any(),
    }
}

fn row(lang: Lang, rule: &RuleTrace, grounds: &Grounds<'_>) -> AnyView {
    let counts = grounds.counts(rule);
    let code = Code::from(rule.colour);
    let class = match (counts, code) {
        (true, Code::Red) => "red fired",
        (true, _) => "yellow fired",
        (false, _) => "",
    };
    let found = grounds.rule(rule);
    let says = found.map_or_else(
        || rule.label.get(lang).to_owned(),
        |(book, rule)| crate::pages::rules::condition_text(lang, book, rule),
    );
    let parts = found.map(|(book, of)| parts(lang, rule, book, of));
    let wrong = rule.fired.as_ref().err().cloned();
    view! {
        <li class=class>
            <span class="id">
                <StatusShape code=code size=ShapeSize::Inline label=status_word(lang, code) />
                <span class="mono">{rule.rule_id.as_ref().to_owned()}</span>
            </span>
            <div class="says"><b>{rule.label.get(lang).to_owned()}</b> <span>{says}</span></div>
            <div class="saw">{saw(lang, rule)}</div>
            <div class="res">{result(lang, rule, counts)}</div>
            {wrong.map(|wrong| view! { <p class="more hint">{wrong}</p> })}
            {parts}
        </li>
    }
    .into_any()
}

/// The value of each sub-expression, behind a fold.
fn parts(lang: Lang, trace: &RuleTrace, book: &Document, rule: &Rule) -> AnyView {
    if trace.steps.is_empty() {
        return ().into_any();
    }
    let seen = trace
        .steps
        .iter()
        .map(|step| (step.place.as_ref().to_owned(), step.value.clone()))
        .collect();
    let version = rule.version;
    view! {
        <details class="more">
            <summary>
                <span>{tr!(lang, "逐项的值，规则第 {version} 版", "The value of each part, rule version {version}")}</span>
                <Icon name=IconName::ChevronDown />
            </summary>
            <ConditionValues lang=lang condition=rule.condition.clone() parameters=book.parameters.clone() seen=seen />
        </details>
    }
    .into_any()
}
