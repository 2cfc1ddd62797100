//! What a draft would have changed over the last 14 days.

use super::flow::{Flow, drawing, words};
use super::life::instant;
use super::sheet::Sheet;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, number, status_word};
use crate::ui::*;
use domain::{Code, Text};
use leptos::prelude::*;
use services::rules::{ReplayExample, ReplayResult, ReplayView};

/// Schools and rules that are listed at first.
const SHOWN: usize = 5;

/// Whether the page has to look again soon.
pub(super) fn is_running(sheet: &Sheet) -> bool {
    matches!(sheet.replay, Some(ReplayView::Running { .. }))
}

/// Whether the page shows a result. What may follow is offered on the same page: a replay that ends while a page is
/// read is either still running on it or done with all that comes after.
pub(super) fn is_done(sheet: &Sheet) -> bool {
    matches!(sheet.replay, Some(ReplayView::Done(_)))
}

/// The panel; for whoever may replay it.
pub(super) fn panel(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let Some(replay) = &sheet.replay else {
        return ().into_any();
    };
    let (end, inside) = match replay {
        ReplayView::None if !sheet.view.may.replay => return ().into_any(),
        ReplayView::None => (String::new(), none(sheet)),
        ReplayView::Running { done, total } => (String::new(), running(sheet, *done, *total)),
        ReplayView::Failed => (String::new(), failed(sheet)),
        ReplayView::Done(result) => {
            let (from, to) = (day_short(lang, result.from), day_short(lang, result.to));
            (format!("{from} – {to}"), done(sheet, result))
        }
    };
    view! {
        <section class="card stack" id="replay">
            <div class="card-head">
                <h2>{tr!(lang, "用近 14 天数据试算", "Replay over the last 14 days")}</h2>
                <span class="end">{end}</span>
            </div>
            {inside}
        </section>
    }
    .into_any()
}

fn start(sheet: &Sheet, words: String) -> AnyView {
    view! {
        <form class="no-print" method="post" action=sheet.path()>
            <Button icon=IconName::Pulse name="do" value="replay">{words}</Button>
        </form>
    }
    .into_any()
}

fn none(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    view! {
        <p class="sub">{tr!(lang, "用真实的情况算一遍：谁会变色，从什么变成什么。试算不会改动任何学生的码。", "Runs it over what really happened: who would change colour, and from what to what. It changes nobody's code.")}</p>
        {start(sheet, tr!(lang, "开始试算", "Start the replay"))}
    }
    .into_any()
}

fn running(sheet: &Sheet, done: u64, total: u64) -> AnyView {
    let lang = sheet.frame.lang;
    let (a, b) = (count(done), count(total));
    let label = tr!(lang, "已算 {a} 名，共 {b} 名", "{a} of {b} people");
    let look = if sheet.watches {
        tr!(
            lang,
            "。页面会自动刷新。",
            ". The page looks again by itself."
        )
    } else {
        tr!(lang, "。", ".")
    };
    let watch = (!sheet.watches).then(|| {
        view! { <p><a href=format!("{}?done=replay", sheet.path())>{tr!(lang, "看着它算完", "Watch it")}</a></p> }
    });
    view! {
        <div class="stack" role="status">
            <progress class="bar" max=total.max(1).to_string() value=done.to_string() aria-label=label.clone()></progress>
            <p class="sub">{label}{look}</p>
        </div>
        {watch}
        <form class="no-print" method="post" action=sheet.path()>
            <Button name="do" value="stop">{tr!(lang, "停止试算", "Stop it")}</Button>
        </form>
    }
    .into_any()
}

fn failed(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    view! {
        <Notice sand=true icon=IconName::Offline>{tr!(lang, "试算中断了，没有结果。", "The replay stopped without a result.")}</Notice>
        {start(sheet, tr!(lang, "再试一次", "Try again"))}
    }
    .into_any()
}

fn count(n: u64) -> String {
    number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The flows with those of flagged colours who stay as they are, so that the drawing has its measure.
fn flows(result: &ReplayResult) -> Vec<Flow> {
    let people = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut flows: Vec<Flow> = result
        .flows
        .iter()
        .map(|f| Flow {
            from: f.from,
            to: f.to,
            people: people(f.people),
        })
        .collect();
    // `before` is green, grey, yellow, red.
    let [_, _, yellow, red] = result.before;
    for (code, all) in [(Code::Yellow, yellow), (Code::Red, red)] {
        let left: i64 = flows
            .iter()
            .filter(|f| f.from == code)
            .map(|f| f.people)
            .sum();
        let stay = people(all).saturating_sub(left);
        if stay > 0 && !result.flows.is_empty() {
            flows.push(Flow {
                from: code,
                to: code,
                people: stay,
            });
        }
    }
    flows
}

fn done(sheet: &Sheet, result: &ReplayResult) -> AnyView {
    let lang = sheet.frame.lang;
    let n = count(result.changed);
    let flows = flows(result);
    let (people, days) = (count(result.people), count(result.person_days));
    let at = instant(lang, result.at);
    let undecidable = (result.undecidable > 0).then(|| {
        let n = count(result.undecidable);
        view! { <Notice sand=true icon=IconName::Octagon>{tr!(lang, "有 {n} 个人日算不出来，会按观察中处理。", "{n} person-days have no answer and would count as observing.")}</Notice> }
    });
    let again = sheet
        .view
        .may
        .replay
        .then(|| start(sheet, tr!(lang, "重新试算", "Replay again")));
    view! {
        <p class="big-n">
            <b>{n}</b>
            <span>{tr!(lang, "名学生会变色", "would change colour")}</span>
        </p>
        {(result.changed > 0).then(|| picture(sheet, &flows))}
        {places(lang, result)}
        {rules(lang, result)}
        {examples(lang, result)}
        {undecidable}
        <p class="hint">
            {tr!(lang, "看了 {people} 人、{days} 个人日；{at} 试算。试算不会改动任何学生的码。", "Looked at {people} people, {days} person-days, on {at}. It changes nobody's code.")}
        </p>
        {again}
    }
    .into_any()
}

/// From which colour to which, as a list and as a drawing.
fn picture(sheet: &Sheet, flows: &[Flow]) -> AnyView {
    let lang = sheet.frame.lang;
    let rows = flows
        .iter()
        .filter(|f| f.from != f.to && f.people > 0)
        .map(|f| {
            let (n, fill) = (number(f.people), format!("url(#to-{})", f.to.word()));
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 22 14" aria-hidden="true">
                        <rect width="22" height="14" rx="2" fill=fill></rect>
                    </svg>
                    <StatusShape code=f.from size=ShapeSize::Inline />
                    {status_word(lang, f.from)}
                    <Icon name=IconName::ArrowRight />
                    <span class="vh">{tr!(lang, "变成", "to")}</span>
                    <StatusShape code=f.to size=ShapeSize::Inline />
                    {status_word(lang, f.to)}
                    <b>{tr!(lang, "{n} 名", "{n}")}</b>
                </li>
            }
        })
        .collect_view();
    let (width, height, inside) = drawing(flows);
    let was = sheet.base().map_or_else(
        || tr!(lang, "现在", "Now"),
        |base| {
            let version = base.version;
            tr!(lang, "现在 v{version}", "Now v{version}")
        },
    );
    let version = sheet.view.line.version;
    view! {
        <ul class="flows">{rows}</ul>
        <div class="row between sub"><span>{was}</span> <span>{tr!(lang, "改后 v{version}", "With v{version}")}</span></div>
        <svg
            class="sankey"
            viewBox=format!("0 0 {width} {height:.0}")
            role="img"
            aria-label=words(lang, flows)
            inner_html=inside
        ></svg>
    }
    .into_any()
}

/// Where they are.
fn places(lang: Lang, result: &ReplayResult) -> AnyView {
    let schools = result.schools.len();
    if schools == 0 {
        return ().into_any();
    }
    let classes: u64 = result.schools.iter().map(|s| s.classes).sum();
    let (schools, classes) = (number(i64::try_from(schools).unwrap_or(0)), count(classes));
    let line = |school: &services::rules::SchoolShare| {
        let (name, n) = (school.name.get(lang).to_owned(), count(school.changed));
        let href = format!("/bureau/school/{}", school.school);
        view! { <li><a href=href>{name}</a> <b>{tr!(lang, "{n} 名", "{n}")}</b></li> }
    };
    let first = result.schools.iter().take(SHOWN).map(line).collect_view();
    let rest: Vec<_> = result.schools.iter().skip(SHOWN).map(line).collect();
    let rest = (!rest.is_empty()).then(|| {
        let n = rest.len();
        view! {
            <details>
                <summary><span>{tr!(lang, "其余 {n} 所学校", "{n} more schools")}</span><Icon name=IconName::ChevronDown /></summary>
                <ul class="flows">{rest}</ul>
            </details>
        }
    });
    view! {
        <h3>{tr!(lang, "涉及 {schools} 所学校、{classes} 个班", "{schools} schools, {classes} classes")}</h3>
        <ul class="flows">{first}</ul>
        {rest}
    }
    .into_any()
}

/// By which rules they would get or lose a colour.
fn rules(lang: Lang, result: &ReplayResult) -> AnyView {
    if result.rules.is_empty() {
        return ().into_any();
    }
    let rows = result
        .rules
        .iter()
        .map(|share| {
            let (gains, losses) = (count(share.gains), count(share.losses));
            let label = if share.rule.is_empty() {
                tr!(lang, "算不出来", "no answer")
            } else {
                share.label.get(lang).to_owned()
            };
            view! {
                <li>
                    <span><span class="mono">{share.rule.clone()}</span> " " {label}</span>
                    <b>{tr!(lang, "多 {gains}，少 {losses}", "+{gains}, −{losses}")}</b>
                </li>
            }
        })
        .collect_view();
    view! {
        <h3>{tr!(lang, "按规则", "By rule")}</h3>
        <ul class="flows">{rows}</ul>
    }
    .into_any()
}

/// Some of them, masked.
fn examples(lang: Lang, result: &ReplayResult) -> AnyView {
    if result.examples.is_empty() {
        return ().into_any();
    }
    let rows = result
        .examples
        .iter()
        .map(|example| example_row(lang, example))
        .collect_view();
    view! {
        <details>
            <summary><span>{tr!(lang, "看几个例子", "Some examples")}</span><Icon name=IconName::ChevronDown /></summary>
            <ul class="stack examples">{rows}</ul>
        </details>
    }
    .into_any()
}

fn example_row(lang: Lang, example: &ReplayExample) -> AnyView {
    let side = |(code, label): &(Code, Option<Text>)| {
        let code = *code;
        let why = label.as_ref().map(|label| {
            let label = label.get(lang).to_owned();
            tr!(lang, "（{label}）", " ({label})")
        });
        view! { <StatusShape code=code size=ShapeSize::Inline /> <span>{status_word(lang, code)}{why}</span> }.into_any()
    };
    let href = format!("/bureau/person/{}", example.person);
    let (day, class) = (day_short(lang, example.day), example.class.label(lang));
    let label = tr!(
        lang,
        "{name}的判定依据",
        "Grounds for {name}",
        name = example.name
    );
    view! {
        <li>
            <p><a href=href aria-label=label>{example.name.clone()}</a> <span class="sub">" " {example.school.get(lang).to_owned()} " " {class} " " {day}</span></p>
            <p class="row">{side(&example.before)} <Icon name=IconName::ArrowRight /> {side(&example.after)}</p>
        </li>
    }
    .into_any()
}
