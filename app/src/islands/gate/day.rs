//! The day's list: how many, who, and taking back.

use super::state::{Command, Gate, Line, Subject, What};
use super::words::{leaving_word, verdict_word};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{number, temperature, time};
use domain::gate::{Direction, Verdict};
use leptos::prelude::*;

/// Entries on a page.
const PAGE: usize = 20;
/// People of the list that a search shows.
const FOUND: usize = 20;

/// The list with its search.
#[component]
pub(super) fn Day(gate: Gate) -> AnyView {
    let lang = gate.lang;
    let (search, page) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let found = move || {
        let wanted = search.get();
        gate.lines.with(|lines| {
            let fits =
                |line: &&Line| wanted.trim().is_empty() || fits(lang, line.who.as_ref(), &wanted);
            lines.iter().filter(fits).cloned().collect::<Vec<_>>()
        })
    };
    let rows = move || {
        let found = found();
        if found.is_empty() {
            return view! { <p>{tr!(lang, "没有记录", "Nothing here")}</p> }.into_any();
        }
        let shown = found.iter().skip(page.get() * PAGE).take(PAGE);
        let rows = shown.map(|line| row(gate, line)).collect_view();
        view! { <ul class="g-lines">{rows}</ul> }.into_any()
    };
    let pages = move || found().len().div_ceil(PAGE).max(1);
    let turns = move || {
        let (at, of) = (page.get() + 1, pages());
        (of > 1).then(|| {
            view! {
                <div class="g-acts">
                    <button type="button" class="g-key" disabled=at == 1 on:click=move |_| page.update(|page| *page -= 1)>{tr!(lang, "上一页", "Previous")}</button>
                    <span>{format!("{at} / {of}")}</span>
                    <button type="button" class="g-key" disabled=at == of on:click=move |_| page.update(|page| *page += 1)>{tr!(lang, "下一页", "Next")}</button>
                </div>
            }
        })
    };
    view! {
        <section class="g-sheet" aria-label=tr!(lang, "今天", "Today")>
            <h2>{tr!(lang, "今天", "Today")} <span>{move || gate.head.with(|head| head.school.clone())}</span></h2>
            {move || counts(lang, gate)}
            <label for="gate-search">{tr!(lang, "按姓名、班级找", "Find by name or class")}</label>
            <input id="gate-search" type="search" autocomplete="off" prop:value=move || search.get() on:input=move |event| { page.set(0); search.set(event_target_value(&event)); } />
            {move || people(gate, &search.get())}
            {rows}
            {turns}
            <p class="g-fine">{move || kept(lang, gate.net.get().kept)}</p>
        </section>
    }
    .into_any()
}

fn counts(lang: Lang, gate: Gate) -> AnyView {
    let counts = gate.head.with(|head| head.counts);
    let of = |word: String, n: usize| {
        let n = number(i64::try_from(n).unwrap_or(i64::MAX));
        view! { <div><dt>{word}</dt><dd>{n}</dd></div> }
    };
    view! {
        <dl class="g-counts">
            {of(verdict_word(lang, Verdict::Admit), counts.admitted)}
            {of(verdict_word(lang, Verdict::Refuse), counts.refused)}
            {of(verdict_word(lang, Verdict::ReportFirst), counts.report_first)}
            {of(leaving_word(lang), counts.left)}
        </dl>
    }
    .into_any()
}

fn fits(lang: Lang, who: Option<&Subject>, wanted: &str) -> bool {
    who.is_some_and(|who| {
        let label = who.label(lang).to_lowercase();
        wanted
            .split_whitespace()
            .all(|part| label.contains(&part.to_lowercase()))
    })
}

/// People of today's list whom the search finds: for those who have neither card nor phone with them.
fn people(gate: Gate, wanted: &str) -> AnyView {
    let lang = gate.lang;
    if wanted.trim().is_empty() {
        return ().into_any();
    }
    let found: Vec<Subject> = gate.people.with(|people| {
        let fits = |who: &&Subject| fits(lang, Some(who), wanted);
        people.iter().filter(fits).take(FOUND).cloned().collect()
    });
    if found.is_empty() {
        return view! { <p>{tr!(lang, "名单里没有", "Not on the list")}</p> }.into_any();
    }
    let rows = found
        .into_iter()
        .map(|who| {
            let label = who.label(lang);
            view! {
                <li><b>{label}</b><button type="button" class="g-key" on:click=move |_| gate.tell(Command::Listed(who.holder))>{tr!(lang, "查", "Look up")}</button></li>
            }
        })
        .collect_view();
    view! { <h3>{tr!(lang, "名单里的人", "On the list")}</h3> <ul class="g-lines">{rows}</ul> <h3>{tr!(lang, "今天的记录", "Today's entries")}</h3> }
        .into_any()
}

fn what(lang: Lang, what: What) -> String {
    match what {
        What::Told(_, Direction::Out) => leaving_word(lang),
        What::Told(verdict, Direction::In) => verdict_word(lang, verdict),
        What::Visitor(verdict) => {
            let word = verdict_word(lang, verdict);
            tr!(lang, "访客，{word}", "Visitor: {word}")
        }
        What::Slip => tr!(lang, "签字条，临时放行", "Slip: let in"),
        What::Reading(tenths) => temperature(lang, tenths.into()),
        What::Refused => tr!(lang, "码不可用", "Code not accepted"),
    }
}

/// One entry; taking it back asks once more.
fn row(gate: Gate, line: &Line) -> AnyView {
    let lang = gate.lang;
    let sure = RwSignal::new(false);
    let (id, undone) = (line.id.clone(), line.undone);
    let can_undo = !undone && line.what != What::Refused;
    let undo = can_undo.then(|| {
        let press = move |_| {
            if sure.get_untracked() {
                gate.tell(Command::Undo(id.clone()));
            } else {
                sure.set(true);
            }
        };
        view! {
            <button type="button" class="g-key" on:click=press>
                {move || if sure.get() { tr!(lang, "确定撤销", "Undo it") } else { tr!(lang, "撤销", "Undo") }}
            </button>
        }
    });
    let name = line.who.as_ref().map(|who| who.label(lang));
    let word = what(lang, line.what);
    let words = if undone {
        tr!(lang, "{word}，已撤销", "{word}, undone")
    } else {
        word
    };
    view! {
        <li class:undone=undone><time>{time(line.minute)}</time><span><b>{name}</b> " " {words}</span>{undo}</li>
    }
    .into_any()
}

fn kept(lang: Lang, kept: Option<bool>) -> String {
    match kept {
        Some(true) => tr!(
            lang,
            "浏览器已承诺保留本机的记录。",
            "The browser has promised to keep what is stored here."
        ),
        Some(false) => tr!(
            lang,
            "浏览器空间紧张时可能清理本机的记录，请保持联网；装到主屏幕更稳妥。",
            "The browser may clear what is stored here when space is short: stay connected, or install the app."
        ),
        None => String::new(),
    }
}
