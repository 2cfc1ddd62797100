//! The big screen and the live numbers of the bureau.
#![expect(
    missing_docs,
    reason = "the island macro makes a struct that cannot carry words"
)]

mod parts;
mod pulse;
mod schools;

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, time};
use crate::ui::*;
use domain::Code;
use domain::screen::{ScreenMode, ScreenSnapshot, ScreenSort};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a screen receives: the numbers, and the chart that the server drew of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScreenFrame {
    /// The numbers.
    pub snapshot: ScreenSnapshot,
    /// The trend as SVG.
    pub chart: String,
}

/// How somebody looks at a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenView {
    /// The reader's language.
    pub lang: Lang,
    /// The regions around that the reader may see, widest first: name and address of the screen.
    pub around: Vec<(String, String)>,
    /// The order of the schools.
    pub sort: ScreenSort,
    /// The page of the schools, from 0.
    pub page: usize,
    /// The school opened in place: `None` for the first of the ranking, `Some(0)` for none.
    pub open: Option<i64>,
    /// This is a demo.
    pub demo: bool,
}

impl ScreenView {
    /// The address of the region's screen with these choices.
    fn href(&self, snapshot: &ScreenSnapshot, mode: ScreenMode) -> String {
        let mut query = Vec::new();
        if mode != ScreenMode::Room {
            query.push(format!("mode={}", mode.word()));
        }
        if self.sort != ScreenSort::Flagged {
            query.push(format!("sort={}", self.sort.word()));
        }
        if self.page > 0 {
            query.push(format!("page={}", self.page + 1));
        }
        if let Some(open) = self.open {
            query.push(format!("school={open}"));
        }
        let path = format!("/bureau/{}/screen", snapshot.region);
        if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}

/// What moves on a screen.
#[derive(Debug, Clone, Copy)]
struct Live {
    frame: RwSignal<ScreenFrame>,
    view: RwSignal<ScreenView>,
    /// Seconds since the last frame.
    age: RwSignal<i64>,
    /// Turns after this one are new.
    seen: RwSignal<i64>,
    /// Somebody is at the list of schools.
    held: RwSignal<bool>,
}

/// The big screen of a region: true numbers from the server, live ones afterwards.
#[island(lazy)]
pub fn BigScreen(
    /// The first numbers.
    frame: ScreenFrame,
    /// The first look at them.
    view: ScreenView,
) -> impl IntoView {
    let lang = view.lang;
    let newest = frame
        .snapshot
        .feed
        .iter()
        .flatten()
        .map(|i| i.id)
        .max()
        .unwrap_or(i64::MAX);
    let live = Live {
        frame: RwSignal::new(frame),
        view: RwSignal::new(view),
        age: RwSignal::new(0),
        seen: RwSignal::new(newest),
        held: RwSignal::new(false),
    };
    pulse::start(live);
    let with = move |f: fn(Lang, &ScreenSnapshot) -> AnyView| {
        move || live.frame.with(|frame| f(lang, &frame.snapshot))
    };
    let dim = Memo::new(move |_| Fresh::of_age(live.age.get()) == Fresh::Offline);
    view! {
        <main class="stage" class:stale=dim id="main">
            <Top live=live />
            {with(parts::kpis)}
            <div class="col left">
                <section class="panel">
                    {parts::trend_head(lang)}
                    <div
                        class="chart"
                        role="img"
                        aria-label=move || live.frame.with(|f| parts::trend_words(lang, &f.snapshot))
                        inner_html=move || live.frame.with(|f| f.chart.clone())
                    ></div>
                </section>
                {with(parts::reasons)}
            </div>
            <div class="col mid">
                {with(parts::areas)}
                <schools::Schools live=live />
            </div>
            {move || live.frame.with(|f| parts::feed(lang, &f.snapshot, live.seen.get()))}
            {with(parts::foot)}
        </main>
    }
}

#[component]
fn Top(live: Live) -> AnyView {
    let start = live.view.get_untracked();
    let lang = start.lang;
    let here = live.frame.with_untracked(|f| f.snapshot.clone());
    let name = here.name.get(lang).to_owned();
    let title = tr!(lang, "{name}校园健康总览", "{name} School Health");
    let crumbs: Vec<Crumb> = start
        .around
        .iter()
        .map(|(name, href)| Crumb::link(name.clone(), href.clone()))
        .chain([Crumb::here(name)])
        .collect();
    let list = format!("/bureau/{}", here.region);
    let mode = |of: ScreenMode, label: String| {
        let current = (here.mode == of).then_some("true");
        view! { <a href=start.href(&here, of) aria-current=current>{label}</a> }
    };
    let modes = view! {
        <nav class="modes" aria-label=tr!(lang, "谁在看", "Who looks on")>
            {mode(ScreenMode::Room, tr!(lang, "本室", "Own room"))}
            {mode(ScreenMode::Public, tr!(lang, "公开", "Public"))}
        </nav>
    };
    let fresh = Memo::new(move |_| Fresh::of_age(live.age.get()));
    let second = Memo::new(move |_| {
        (i64::from(live.frame.with(|f| f.snapshot.second)) + live.age.get()).rem_euclid(86_400)
    });
    let clock = move || {
        let second = u32::try_from(second.get()).unwrap_or(0);
        format!("{}:{:02}", time(second / 60), second % 60)
    };
    view! {
        <header class="scr-top wide">
            <Logo />
            <h1>{title}</h1>
            <Crumbs lang=lang trail=crumbs />
            <a class="btn" href=list>{tr!(lang, "名单与导出", "Lists")}</a>
            <span class="push"></span>
            {modes}
            <LangSwitch lang=lang here=start.href(&here, here.mode) />
            <pulse::FullScreen lang=lang />
            {move || fresh_pill(lang, fresh.get(), move || since(lang, live))}
            <span class="date">{move || day_week(lang, live.frame.with(|f| f.snapshot.day))}</span>
            <time class="clock">{clock}</time>
        </header>
    }
    .into_any()
}

/// Live, delayed or offline. Only the word is announced; the seconds behind it are not.
fn fresh_pill(lang: Lang, state: Fresh, since: impl Fn() -> String + Send + 'static) -> AnyView {
    let (class, code, word) = match state {
        Fresh::Live => ("fresh live", Code::Green, tr!(lang, "实时", "Live")),
        Fresh::Delayed => ("fresh delayed", Code::Yellow, tr!(lang, "延迟", "Delayed")),
        Fresh::Offline => ("fresh offline", Code::Red, tr!(lang, "中断", "Offline")),
    };
    view! {
        <span class=class>
            <StatusShape code=code />
            <b role="status">{word}</b>
            <span aria-hidden="true">{since}</span>
        </span>
    }
    .into_any()
}

fn since(lang: Lang, live: Live) -> String {
    let age = live.age.get();
    match Fresh::of_age(age) {
        Fresh::Live => tr!(lang, "{age} 秒前更新", "updated {age} s ago"),
        Fresh::Delayed => {
            let minutes = age / 60;
            tr!(lang, "{minutes} 分钟前更新", "updated {minutes} min ago")
        }
        Fresh::Offline => {
            let at = time(live.frame.with(|f| f.snapshot.second) / 60);
            tr!(lang, "{at} 的数字", "numbers of {at}")
        }
    }
}
