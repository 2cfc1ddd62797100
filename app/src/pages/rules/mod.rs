//! Rulebooks for everybody: how the colours are decided, in words.

mod book;
mod public;

pub(super) use book::{changes_list, parameters_card, rules_list, symptoms_card};

use crate::tr;
use crate::tr::Lang;
use crate::ui::fact_name;
use crate::web::{Needs, Route};
use axum::routing::get;
use domain::decision::ClearanceMode;
use domain::facts::Fact;
use domain::rulebook::{Document, Hold, ParameterValue, Rule, plain};

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/rules", Needs::Nothing, get(public::show)),
        Route::new("/rules/{book}/{version}", Needs::Nothing, get(public::file)),
    ]
}

/// A rule's condition as a sentence, with the parameters' values.
pub(super) fn condition_text(lang: Lang, book: &Document, rule: &Rule) -> String {
    plain::condition(book, &rule.condition)
        .text
        .get(lang)
        .to_owned()
}

/// A parameter's value as people read it.
pub(super) fn parameter_text(lang: Lang, name: &str, value: ParameterValue) -> String {
    plain::value(name, value).get(lang).to_owned()
}

/// How long an outcome holds, and what ends it.
pub(super) fn outcome_text(lang: Lang, book: &Document, rule: &Rule) -> String {
    let outcome = &rule.outcome;
    let held = match (outcome.hold, &outcome.start, &outcome.days) {
        (Hold::Isolation, Some(start), Some(days)) => {
            let start = match Fact::from_path(start) {
                Some(fact) if fact.is_of_the_report() => {
                    tr!(lang, "报告的那天", "the day of the report")
                }
                Some(fact) => {
                    let name = fact_name(lang, fact);
                    tr!(lang, "“{name}”的日期", "the date of “{name}”")
                }
                None => start.clone(),
            };
            let days = book
                .parameters
                .iter()
                .find(|p| p.name == *days)
                .map_or_else(|| days.clone(), |p| parameter_text(lang, &p.name, p.value));
            tr!(
                lang,
                "从{start}的次日算起，{days}",
                "{days}, counted from the day after {start}"
            )
        }
        _ => tr!(lang, "条件成立的日子", "on each day on which it matches"),
    };
    match outcome.clearance {
        ClearanceMode::None => held,
        ClearanceMode::May => tr!(
            lang,
            "{held}；有证明可以提前结束",
            "{held}; a clearance may end it earlier"
        ),
        ClearanceMode::Must => tr!(
            lang,
            "{held}；还要有解除证明",
            "{held}; a clearance is needed as well"
        ),
    }
}
