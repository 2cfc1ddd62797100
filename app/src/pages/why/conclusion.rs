//! What follows: which rule, which colour, until when, and the arithmetic of the days.

use super::{Grounds, heading, outlook_list};
use crate::pages::rules::parameter_text;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, day_week, status_word};
use crate::ui::{Icon, IconName, Notice, ShapeSize, StatusShape, Steps};
use domain::Code;
use domain::decision::{ClearanceMode, Decision, IsolationTrace, Reason};
use domain::rulebook::{MISSED_DAYS, ParameterValue, Policy};
use leptos::prelude::*;

pub(super) fn card(lang: Lang, grounds: &Grounds<'_>) -> AnyView {
    let decision = grounds.decision;
    let verdict = match decision.principal() {
        Some(reason) => flagged(lang, grounds, reason),
        None => plain(lang, decision),
    };
    let sums = grounds
        .trace
        .isolations
        .iter()
        .map(|isolation| arithmetic(lang, isolation))
        .collect_view();
    let sums = (!grounds.trace.isolations.is_empty()).then(|| {
        view! {
            <details open=true>
                <summary>
                    <h3>{tr!(lang, "天数怎么算", "How the days are counted")}</h3>
                    <Icon name=IconName::ChevronDown />
                </summary>
                <div class="stack">{sums}</div>
            </details>
        }
    });
    view! {
        <section class="card">
            {heading(3, tr!(lang, "结论与下一步", "Conclusion and next step"), String::new())}
            <div class="stack">
                {verdict}
                {also(lang, decision)}
                {next(lang, decision)}
                {later(lang, grounds)}
                {sums}
            </div>
        </section>
    }
    .into_any()
}

fn line(mark: AnyView, title: String, sub: String) -> AnyView {
    view! {
        <li>
            <span class="lead-icon">{mark}</span>
            <div><b>{title}</b> <span class="sub">{sub}</span></div>
        </li>
    }
    .into_any()
}

fn icon(name: IconName) -> AnyView {
    view! { <Icon name=name /> }.into_any()
}

/// Which rule, which colour for how long, until when.
fn flagged(lang: Lang, grounds: &Grounds<'_>, reason: &Reason) -> AnyView {
    let decision = grounds.decision;
    let code = decision.code;
    let (rule, version) = (&reason.rule_id, reason.rule_version);
    let n = decision.reasons.len();
    let which = if n == 1 {
        tr!(
            lang,
            "只有 1 条符合，按它判定",
            "The only rule that matched"
        )
    } else {
        tr!(
            lang,
            "有 {n} 条符合，按最重、最晚的一条显示",
            "{n} rules matched; the weightiest and latest is shown"
        )
    };
    let word = status_word(lang, code);
    let days = reason.days;
    let judged = if days > 0 {
        tr!(lang, "判为{word}，{days} 天", "{word} for {days} days")
    } else {
        tr!(lang, "判为{word}", "{word}")
    };
    let from = reason.start.map_or_else(
        || tr!(lang, "情况还在，就一直算", "As long as the matter stands"),
        |day| {
            let (start, first) = (day_short(lang, day), day_short(lang, day.next()));
            tr!(
                lang,
                "从 {start} 的次日 {first} 算第 1 天",
                "Day 1 is {first}, the day after {start}"
            )
        },
    );
    let shape = view! { <StatusShape code=code size=ShapeSize::List /> }.into_any();
    let matched = if rule.is_empty() {
        tr!(
            lang,
            "无法判定，先按观察",
            "Cannot be decided: observing until it can"
        )
    } else {
        tr!(
            lang,
            "符合 {rule}（第 {version} 版）",
            "Matched {rule} (version {version})"
        )
    };
    view! {
        <ul class="verdict">
            {line(icon(IconName::Document), matched, which)}
            {line(shape, judged, from)}
            {line(icon(IconName::Calendar), end_title(lang, decision), end_note(lang, grounds, reason))}
        </ul>
    }
    .into_any()
}

fn end_title(lang: Lang, decision: &Decision) -> String {
    match decision.ends {
        Some(day) => {
            let day = day_week(lang, day);
            tr!(lang, "{day} 24:00 到期", "Ends {day}, 24:00")
        }
        None if decision.needs_clearance() => {
            tr!(
                lang,
                "要有解除证明才结束",
                "Ends when a clearance is accepted"
            )
        }
        None => tr!(lang, "弄清楚后结束", "Ends when it is settled"),
    }
}

/// What a missed day and a clearance do to it.
fn end_note(lang: Lang, grounds: &Grounds<'_>, reason: &Reason) -> String {
    let policy = grounds
        .books
        .iter()
        .flat_map(|book| &book.parameters)
        .filter(|p| p.name == MISSED_DAYS)
        .find_map(|p| match p.value {
            ParameterValue::Policy(policy) => Some(policy),
            ParameterValue::Number(_) => None,
        })
        .unwrap_or(Policy::Pause);
    let mut notes = Vec::new();
    if reason.days > 0 {
        let does = parameter_text(lang, MISSED_DAYS, ParameterValue::Policy(policy));
        notes.push(tr!(
            lang,
            "每天要有报告，漏一天{does}",
            "A report is needed each day; where one is missed, {does}"
        ));
    }
    if reason.missed > 0 {
        let n = reason.missed;
        notes.push(tr!(lang, "已漏 {n} 天", "missed so far: {n}"));
    }
    if let Some(by) = &reason.rederived {
        let (book, version) = (&by.rulebook_id, by.version);
        notes.push(tr!(
            lang,
            "{book} {version} 生效时重新算过",
            "counted anew when {book} {version} came into force"
        ));
    }
    match reason.clearance {
        ClearanceMode::None => {}
        ClearanceMode::May => notes.push(tr!(
            lang,
            "有解除证明可以提前",
            "a clearance may end it earlier"
        )),
        ClearanceMode::Must => {
            notes.push(tr!(lang, "还要有解除证明", "a clearance is needed as well"));
        }
    }
    notes.join(&tr!(lang, "；", "; "))
}

fn plain(lang: Lang, decision: &Decision) -> AnyView {
    let code = decision.code;
    let (title, sub) = match code {
        Code::Green => (
            tr!(
                lang,
                "没有规则符合，今天已报告",
                "No rule matched, and today is reported"
            ),
            tr!(lang, "有效到今天 24:00", "Valid until 24:00 today"),
        ),
        _ => (
            tr!(
                lang,
                "没有规则符合，今天还没有报告",
                "No rule matched, and today is not reported yet"
            ),
            tr!(
                lang,
                "报告后再判定；不知道的不算绿码",
                "Decided with the report: unknown is never green"
            ),
        ),
    };
    let shape = view! { <StatusShape code=code size=ShapeSize::List /> }.into_any();
    view! { <ul class="verdict">{line(shape, title, sub)}</ul> }.into_any()
}

/// The other reasons, and the milder colour that outlasts the shown one.
fn also(lang: Lang, decision: &Decision) -> AnyView {
    let others: Vec<_> = decision
        .reasons
        .iter()
        .skip(1)
        .map(|reason| {
            let code = Code::from(reason.colour);
            let until = reason.ends.map(|day| {
                let day = day_short(lang, day);
                tr!(lang, "，到 {day}", ", until {day}")
            });
            let label = reason.label.get(lang).to_owned();
            view! {
                <li class="row">
                    <StatusShape code=code size=ShapeSize::Inline label=status_word(lang, code) />
                    <span><span class="mono">{reason.rule_id.clone()}</span> " " {label} {until}</span>
                </li>
            }
        })
        .collect();
    let others = (!others.is_empty()).then(|| {
        view! {
            <h3>{tr!(lang, "另外还有", "Also")}</h3>
            <ul class="stack">{others}</ul>
        }
    });
    let then = decision.then.map(|(code, day)| {
        let (word, day) = (status_word(lang, code), day_short(lang, day));
        view! { <p class="sub">{tr!(lang, "之后：{word}，到 {day}", "Then: {word} until {day}")}</p> }
    });
    view! { {others} {then} }.into_any()
}

/// What to do now.
fn next(lang: Lang, decision: &Decision) -> AnyView {
    let steps: Vec<_> = decision
        .principal()
        .into_iter()
        .flat_map(|reason| &reason.next_steps)
        .map(|step| (step.get(lang).to_owned(), false))
        .collect();
    (!steps.is_empty())
        .then(|| {
            view! {
                <Notice icon=IconName::ArrowRight>
                    <div class="stack">
                        <b>{tr!(lang, "下一步", "Next step")}</b>
                        <Steps lang=lang steps=steps />
                    </div>
                </Notice>
            }
        })
        .into_any()
}

/// What could still change it.
fn later(lang: Lang, grounds: &Grounds<'_>) -> AnyView {
    (!grounds.outlook.changes.is_empty())
        .then(|| {
            view! {
                <h3>{tr!(lang, "还有什么会改变它", "What could still change it")}</h3>
                {outlook_list(lang, grounds.outlook)}
            }
        })
        .into_any()
}

/// The days of one isolation, run by run.
fn arithmetic(lang: Lang, isolation: &IsolationTrace) -> AnyView {
    let (rule, days) = (isolation.rule_id.clone(), isolation.days);
    let (start, known) = (
        day_short(lang, isolation.start),
        day_short(lang, isolation.known),
    );
    let lines = isolation
        .lines
        .iter()
        .map(|line| view! { <li>{line.text.get(lang).to_owned()}</li> })
        .collect_view();
    let end = match isolation.ends {
        Some(day) => {
            let day = day_short(lang, day);
            tr!(lang, "最后一天是 {day}。", "The last day is {day}.")
        }
        None => tr!(
            lang,
            "要有解除证明才结束。",
            "It lasts until a clearance is accepted."
        ),
    };
    view! {
        <div>
            <p>
                <b class="mono">{rule}</b>
                " "
                {tr!(
                    lang,
                    "从 {start} 的次日算起，共 {days} 天；{known} 得知，到那天为止的日子不用报告也算。",
                    "Counted from the day after {start}, {days} days; known on {known}: days up to then count without a report."
                )}
            </p>
            <ul class="sums">{lines}</ul>
            <p>{end}</p>
        </div>
    }
    .into_any()
}
