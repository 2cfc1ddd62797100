//! The schools of the big screen: ranked, a page at a time, one opened in place.

use super::parts::{cell, per_cent};
use super::{Live, ScreenView, pulse};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{number, status_word};
use crate::ui::*;
use domain::Code;
use domain::screen::{ClassLine, SchoolLine, ScreenMode, ScreenSnapshot, ScreenSort};
use leptos::prelude::*;

/// Schools on a page.
pub(super) const PAGE: usize = 6;

/// Pages of a ranking, at least one.
pub(super) fn pages(ranking: &[SchoolLine]) -> usize {
    ranking.len().div_ceil(PAGE).max(1)
}

#[component]
pub(super) fn Schools(live: Live) -> AnyView {
    let hold = move |held: bool| live.held.set(held);
    view! {
        <section
            class="panel"
            on:mouseenter=move |_| hold(true)
            on:mouseleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            {move || live.frame.with(|f| live.view.with(|v| list(live, &f.snapshot, v)))}
        </section>
    }
    .into_any()
}

/// A link to the screen with other choices, which the browser makes in place.
fn choose(
    live: Live,
    snapshot: &ScreenSnapshot,
    to: ScreenView,
    class: &'static str,
    label: Option<String>,
    current: bool,
    inside: AnyView,
) -> AnyView {
    let href = to.href(snapshot, snapshot.mode);
    view! {
        <a class=class href=href aria-label=label aria-current=current.then_some("true") on:click=move |event| pulse::choose(&event, live, &to)>
            {inside}
        </a>
    }
    .into_any()
}

fn list(live: Live, s: &ScreenSnapshot, view: &ScreenView) -> AnyView {
    let lang = view.lang;
    let schools = s.ranking(view.sort);
    let pages = pages(&schools);
    let page = view.page.min(pages - 1);
    let from = page * PAGE;
    let shown: Vec<SchoolLine> = schools.into_iter().skip(from).take(PAGE).collect();
    let (a, b) = (from + 1, from + shown.len());
    let all = number(s.school_count);
    // Schools that are not here, as beyond the first of a wide region, are in the table.
    let is_cut = i64::try_from(s.ranked).is_ok_and(|ranked| ranked < s.school_count);
    let all = if is_cut && s.mode == ScreenMode::Room {
        let label = tr!(
            lang,
            "全部 {all} 所学校的表格",
            "Table of all {all} schools"
        );
        view! { <a href=format!("/bureau/{}", s.region) aria-label=label>{all}</a> }.into_any()
    } else {
        all.into_any()
    };
    let turn = |to: usize, icon: IconName, label: String| {
        choose(
            live,
            s,
            ScreenView {
                page: to,
                ..view.clone()
            },
            "turn",
            Some(label),
            false,
            view! { <Icon name=icon /> }.into_any(),
        )
    };
    let sorted = |sort: ScreenSort, words: String| {
        choose(
            live,
            s,
            ScreenView {
                sort,
                page: 0,
                ..view.clone()
            },
            "sort",
            None,
            view.sort == sort,
            words.into_any(),
        )
    };
    let turns = (pages > 1).then(|| {
        view! {
            {turn((page + pages - 1) % pages, IconName::ChevronLeft, tr!(lang, "上一页", "Previous page"))}
            {turn((page + 1) % pages, IconName::ChevronRight, tr!(lang, "下一页", "Next page"))}
        }
    });
    let empty = shown.is_empty().then(|| view! { <p class="sub">{tr!(lang, "这里还没有有名册的学校。", "No school here has a roster yet.")}</p> });
    let rows = shown
        .into_iter()
        .enumerate()
        .map(|(i, school)| row(live, s, view, from + i + 1, school))
        .collect_view();
    view! {
        <header>
            <h2>{tr!(lang, "学校", "Schools")}</h2>
            <span class="sub sorts">
                {sorted(ScreenSort::Flagged, tr!(lang, "按异常人数", "Most flagged"))}
                {sorted(ScreenSort::Progress, tr!(lang, "按完成率", "Least reported"))}
            </span>
            <span class="sub row"><span>{tr!(lang, "{a}–{b} / ", "{a}–{b} of ")}{all}{tr!(lang, " 所", "")}</span> {turns}</span>
        </header>
        <div class="rank heads">
            <span></span><span></span><span></span>
            <span>{tr!(lang, "完成率", "Reported")}</span><span>{tr!(lang, "隔离", "Isol.")}</span>
            <span>{tr!(lang, "观察", "Obs.")}</span><span>{tr!(lang, "未报", "None")}</span>
        </div>
        {empty}
        <ol class="ranks">{rows}</ol>
    }
    .into_any()
}

fn row(
    live: Live,
    s: &ScreenSnapshot,
    view: &ScreenView,
    nth: usize,
    school: SchoolLine,
) -> AnyView {
    let lang = view.lang;
    let open = s.open.as_ref().filter(|o| o.id == school.id);
    let to = ScreenView {
        open: Some(if open.is_some() { 0 } else { school.id.0 }),
        ..view.clone()
    };
    let count = |code: Code, n| {
        view! { <span><StatusShape code=code size=ShapeSize::Strip label=status_word(lang, code) />{cell(lang, n)}</span> }
    };
    let mark = if open.is_some() {
        view! { <Icon name=IconName::ChevronDown /> }.into_any()
    } else {
        nth.into_any()
    };
    let grey = if s.mode == ScreenMode::Public {
        view! { <span>"–"</span> }.into_any()
    } else {
        count(Code::Grey, school.grey).into_any()
    };
    let inside = view! {
        <span>{mark}</span>
        <b>{school.name.get(lang).to_owned()}</b>
        <Bar value=f64::from(school.share) / 1000.0 label=tr!(lang, "已报告", "Reported") />
        <span>{per_cent(school.share)}</span>
        {count(Code::Red, school.red)}
        {count(Code::Yellow, school.yellow)}
        {grey}
    }
    .into_any();
    let classes = open.map(|o| {
        o.classes
            .clone()
            .into_iter()
            .map(|class| class_row(lang, class))
            .collect_view()
    });
    // Where outsiders look on there is nothing to open.
    let line = if s.mode == ScreenMode::Public {
        view! { <div class="rank">{inside}</div> }.into_any()
    } else {
        choose(live, s, to, "rank", None, open.is_some(), inside)
    };
    view! { <li class=open.is_some().then_some("open")>{line} {classes}</li> }.into_any()
}

fn class_row(lang: Lang, class: ClassLine) -> AnyView {
    let why: Vec<String> = class
        .reasons
        .iter()
        .map(|(label, n)| format!("{} {n}", label.get(lang)))
        .collect();
    view! {
        <a class="rank class" href=format!("/bureau/class/{}", class.id)>
            <span></span>
            <span><b>{class.name.label(lang)}</b><span>{why.join(if lang == Lang::Zh { "，" } else { ", " })}</span></span>
            <span><StatusShape code=Code::Red size=ShapeSize::Strip label=status_word(lang, Code::Red) />{number(class.red)}</span>
            <span><StatusShape code=Code::Yellow size=ShapeSize::Strip label=status_word(lang, Code::Yellow) />{number(class.yellow)}</span>
            <span>{format!("{}/{}", class.reported, class.students)}</span>
        </a>
    }
    .into_any()
}
