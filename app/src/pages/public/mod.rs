//! Pages for everybody, without signing in: the risk areas in force, and where records and areas come from.

mod areas;
mod sources;

use crate::tr;
use crate::tr::Lang;
use crate::ui::NavTab;
use crate::web::{Needs, Route};
use axum::routing::get;
use domain::facts::RiskLevel;
use leptos::prelude::*;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/risk-areas", Needs::Nothing, get(areas::show)),
        Route::new("/sources", Needs::Nothing, get(sources::show)),
    ]
}

/// The navigation between them.
fn tabs(lang: Lang, here: &str) -> Vec<NavTab> {
    vec![
        NavTab::new("/risk-areas", tr!(lang, "风险地区", "Risk areas"))
            .current(here.starts_with("/risk-areas")),
        NavTab::new("/sources", tr!(lang, "信息来源", "Sources"))
            .current(here.starts_with("/sources")),
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
