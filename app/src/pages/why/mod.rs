//! The grounds of a decision for staff: facts used, rules checked one by one, conclusion with its arithmetic.

mod conclusion;
pub(super) mod facts;
mod rules;

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, status_word};
use crate::ui::{Dot, ShapeSize, StatusShape};
use domain::decision::{Decision, Outlook, RuleTrace, Trace};
use domain::rulebook::{Document, Rule};
use leptos::prelude::*;

/// A decision with its trace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grounds<'a> {
    /// The decision.
    pub decision: &'a Decision,
    /// Why it is as it is.
    pub trace: &'a Trace,
    /// The rulebooks behind it.
    pub books: &'a [Document],
    /// What could still change it.
    pub outlook: &'a Outlook,
    /// Who sent today's report, and at which minute, where there is one.
    pub told: Option<(&'a str, u32)>,
}

impl Grounds<'_> {
    /// The rule behind a line of the trace, with its rulebook.
    fn rule(&self, trace: &RuleTrace) -> Option<(&Document, &Rule)> {
        let book = self.books.iter().find(|book| {
            *book.id == *trace.rulebook_id && book.version == trace.rulebook_version
        })?;
        let rule = book.rules.iter().find(|rule| *rule.id == *trace.rule_id)?;
        Some((book, rule))
    }

    /// Whether a line of the trace is behind the code, and not only true of a day that is over.
    fn counts(&self, trace: &RuleTrace) -> bool {
        self.decision.reasons.iter().any(|reason| {
            *reason.rule_id == *trace.rule_id && *reason.rulebook_id == *trace.rulebook_id
        })
    }
}

/// All of it, in the order in which one checks it.
pub(super) fn grounds(lang: Lang, grounds: &Grounds<'_>) -> impl IntoView + use<> {
    view! {
        {facts::card(lang, grounds)}
        {rules::card(lang, grounds)}
        {conclusion::card(lang, grounds)}
    }
}

/// What could still change a code, the nearest first, each with the colour it would lead to.
pub(super) fn outlook_list(lang: Lang, outlook: &Outlook) -> AnyView {
    let rows = outlook
        .changes
        .iter()
        .map(|change| {
            view! {
                <li>
                    <StatusShape code=change.to size=ShapeSize::Word label=status_word(lang, change.to) />
                    <span>{change.text.get(lang).to_owned()}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="outlook">{rows}</ul> }.into_any()
}

/// What stands over the grounds.
pub(super) struct Head<'a> {
    /// Whose: the name, masked where the reader may not know it.
    pub name: String,
    /// Above the name: school, class, seat.
    pub above: AnyView,
    /// The decision.
    pub decision: &'a Decision,
    /// Which day of how many of the shown isolation this is.
    pub nth: Option<(u16, u16)>,
    /// Whether it is the heading of its page; else the page has one of its own.
    pub is_title: bool,
    /// Buttons.
    pub actions: AnyView,
}

/// Shape, name, word, until when, which day of how many.
pub(super) fn head(lang: Lang, head: Head<'_>) -> AnyView {
    let code = head.decision.code;
    let until = match (code.is_flagged(), head.decision.ends) {
        (false, _) => None,
        (true, Some(day)) => {
            let day = day_short(lang, day);
            Some(tr!(lang, "，到 {day}", ", until {day}"))
        }
        (true, None) if head.decision.needs_clearance() => Some(tr!(
            lang,
            "，到接受解除证明为止",
            ", until a clearance is accepted"
        )),
        (true, None) => Some(tr!(lang, "，到弄清楚为止", ", until it is settled")),
    };
    let nth = head.nth.map(|(n, of)| match n {
        0 => tr!(lang, "明天起算，共 {of} 天", "from tomorrow, {of} days"),
        n => tr!(lang, "第 {n}/{of} 天", "day {n}/{of}"),
    });
    let words = view! {
        <span class=format!("t-{}", code.word())>{status_word(lang, code)}</span>
        {until}
        {nth.map(|nth| view! { " " <small>{nth}</small> })}
    };
    let title = if head.is_title {
        view! { <h1>{words}</h1> }.into_any()
    } else {
        view! { <h2>{words}</h2> }.into_any()
    };
    view! {
        <section class=format!("card why-head {}", code.word())>
            <StatusShape code=code size=ShapeSize::List />
            <div>
                <p class="sub">{head.name} <Dot /> {head.above}</p>
                {title}
            </div>
            <div class="actions">{head.actions}</div>
        </section>
    }
    .into_any()
}

/// The numbered heading of a part.
fn heading(number: u8, title: String, end: String) -> AnyView {
    view! {
        <div class="card-head">
            <h2 class="sect">
                <span class="n" aria-hidden="true">{number}</span>
                {title}
            </h2>
            <span class="end">{end}</span>
        </div>
    }
    .into_any()
}
