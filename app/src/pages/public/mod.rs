//! Pages for everybody, without signing in: the risk areas in force, and where records and areas come from.

mod areas;
pub(in crate::pages) mod recognition;
mod sources;

use crate::tr;
use crate::tr::Lang;
use crate::ui::{Dot, NavTab};
use crate::web::{Needs, Route};
use axum::routing::get;
use domain::facts::RiskLevel;
use domain::pass::Kind;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/risk-areas", Needs::Nothing, get(areas::show)),
        Route::new("/sources", Needs::Nothing, get(sources::show)),
        Route::new("/recognition", Needs::Nothing, get(recognition::show)),
    ]
}

/// The navigation between them.
fn tabs(lang: Lang, here: &str) -> Vec<NavTab> {
    vec![
        NavTab::new("/risk-areas", tr!(lang, "风险地区", "Risk areas"))
            .current(here.starts_with("/risk-areas")),
        NavTab::new("/sources", tr!(lang, "信息来源", "Sources"))
            .current(here.starts_with("/sources")),
        NavTab::new("/recognition", tr!(lang, "互认", "Recognition"))
            .current(here.starts_with("/recognition")),
        NavTab::new("/signin", tr!(lang, "登录", "Sign in")),
    ]
}

/// A level in words; never a status colour.
pub(in crate::pages) fn level_tag(lang: Lang, level: RiskLevel) -> AnyView {
    let words = match level {
        RiskLevel::High => tr!(lang, "高风险", "High risk"),
        RiskLevel::Medium => tr!(lang, "中风险", "Medium risk"),
    };
    view! { <span class="tag">{words}</span> }.into_any()
}

/// Kinds of pass in words: 屏幕码、当日证明.
pub(in crate::pages) fn kinds_words(lang: Lang, kinds: &BTreeSet<Kind>) -> String {
    let words: Vec<_> = kinds
        .iter()
        .map(|kind| match kind {
            Kind::Card => tr!(lang, "纸质卡", "printed cards"),
            Kind::Live => tr!(lang, "屏幕码", "live codes"),
            Kind::DayLetter => tr!(lang, "当日证明", "day letters"),
        })
        .collect();
    words.join(if lang == Lang::Zh { "、" } else { ", " })
}

/// A rule of recognition: what it says, its name and whose it is, and its condition to look at.
pub(in crate::pages) fn recognition_rule(
    lang: Lang,
    owner: &str,
    rule: &domain::recognition::RecognitionRule,
) -> AnyView {
    let condition = serde_json::to_string_pretty(&rule.refuse_if).unwrap_or_default();
    let id = rule.id.clone();
    let refused = tr!(
        lang,
        "不认：{label}",
        "Refused: {label}",
        label = rule.label.get(lang)
    );
    let summary = tr!(lang, "{id} 的条件", "Condition of {id}");
    view! {
        <li>
            <div class="what">
                <b>{refused}</b>
                <small>{owner.to_owned()} <Dot /> <span class="mono">{id}</span></small>
                <details class="rcond">
                    <summary>{summary}</summary>
                    <pre class="code-text" tabindex="0">{condition}</pre>
                </details>
            </div>
        </li>
    }
    .into_any()
}
