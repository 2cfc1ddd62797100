//! What days do by themselves.

use super::{Change, What, name};
use crate::Code;
use crate::decision::words::day_text;
use crate::decision::{Context, Decision, Reason};
use crate::facts::{Events, Fact};
use crate::lang::Text;
use crate::rulebook::{Policy, Rulebook};
use crate::state::State;

/// The reasons whose days have not begun to run out, because what started them still goes on.
pub(super) fn going_on<'a>(
    state: &State,
    ctx: &Context,
    decision: &'a Decision,
) -> Vec<&'a Reason> {
    let events = Events::of(state, ctx);
    let goes_on = |reason: &&Reason| {
        let start = start_fact(ctx, reason);
        events
            .iter()
            .filter(|event| event.first <= decision.day)
            .filter(|event| event.last.is_none_or(|last| last > decision.day))
            .any(|event| Some(event.fact) == start)
    };
    decision.reasons.iter().filter(goes_on).collect()
}

pub(super) fn ending(decision: &Decision, going_on: &[&Reason]) -> Option<Change> {
    let label = &going_on.first()?.label;
    Some(Change {
        what: What::Ending,
        to: decision.code,
        on: None,
        facts: Vec::new(),
        text: Text::new(
            format!(
                "“{}”还没有结束，结束后才开始计天数；请在报告里填结束日期。",
                label.zh
            ),
            format!(
                "\"{}\" still goes on; its days begin when it has ended. Please state the last day in a report.",
                label.en
            ),
        ),
    })
}

/// The fact from which the isolation behind a reason counts.
fn start_fact(ctx: &Context, reason: &Reason) -> Option<Fact> {
    let books = ctx.rulebooks.iter();
    let named = books.filter(|book| book.id() == reason.rulebook_id);
    named
        .flat_map(Rulebook::rules)
        .find(|(rule, _)| rule.id == reason.rule_id)
        .and_then(|(_, compiled)| Some(compiled.isolate?.start))
}

pub(super) fn missed_day(ctx: &Context, decision: &Decision) -> Option<Change> {
    let day = decision.day;
    let runs_on =
        |reason: &&Reason| reason.start.is_some() && reason.ends.is_none_or(|end| end >= day);
    decision.reasons.iter().find(runs_on)?;
    let policies = ctx
        .in_force(day)
        .map(|(_, book): (_, &Rulebook)| book.policy());
    let text = match policies.max()? {
        Policy::Ignore => return None,
        Policy::Pause => Text::new(
            "隔离期内每漏报一天，结束日期推迟一天。",
            "Each day of the isolation that nobody reports moves its end out by a day.",
        ),
        Policy::Restart => Text::new(
            "隔离期内漏报一天，天数就重新计算。",
            "After a day of the isolation that nobody reports, the days count again from the start.",
        ),
    };
    Some(Change {
        what: What::MissedDay,
        to: decision.code,
        on: None,
        facts: Vec::new(),
        text,
    })
}

/// When the days of the shown colour are full; a milder one may outlast it, or may still go on then.
pub(super) fn time(decision: &Decision, going_on: &[&Reason]) -> Option<Change> {
    if going_on.first() == decision.principal().as_ref() {
        return None;
    }
    let after = decision.ends?.next();
    let shown = day_text(after);
    let outlasts = decision.then.map(|(code, _)| code);
    let goes_on = going_on
        .iter()
        .map(|reason| Code::from(reason.colour))
        .max();
    let to = outlasts.or(goes_on).unwrap_or(Code::Green);
    let text = if to == Code::Green {
        Text::new(
            format!("每天都报告的话，{} 起，当天报告后就是绿码。", shown.zh),
            format!(
                "If every day is reported, it will be green from {} on, once that day is reported.",
                shown.en
            ),
        )
    } else {
        let code = name(to);
        Text::new(
            format!("每天都报告的话，{} 起是{}。", shown.zh, code.zh),
            format!(
                "If every day is reported, it will be {} from {} on.",
                code.en, shown.en
            ),
        )
    };
    Some(Change {
        what: What::Time,
        to,
        on: Some(after),
        facts: Vec::new(),
        text,
    })
}
