//! Live progress, copying and printing on the teacher's pages.
#![expect(
    missing_docs,
    reason = "the island macro makes a public struct of its own"
)]

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{minutes, time};
use crate::ui::{Donut, Dot, Icon, IconName, Notice, StatusCounts};
use domain::Code;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The numbers of a class at one moment; also what `/class/{class}/counts` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// On the roster.
    pub total: i64,
    /// Reported by guardians or oneself.
    pub guardian: i64,
    /// Reported on paper.
    pub paper: i64,
    /// Reported by a teacher for them.
    pub proxy: i64,
    /// May attend.
    pub green: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Neither reported nor under a colour.
    pub grey: i64,
    /// A high temperature at the gate, confirmed today.
    pub fevers: i64,
    /// Slips from the gate to be confirmed.
    pub slips: i64,
    /// Minutes since midnight at the school.
    pub minute: u32,
    /// Minute of the day at which reports are due.
    pub due: u32,
}

impl Progress {
    fn reported(&self) -> i64 {
        self.guardian + self.paper + self.proxy
    }

    fn same_people(&self, other: &Self) -> bool {
        let gate = |p: &Self| (p.fevers, p.slips);
        let numbers = |p: &Self| (p.reported(), p.green, p.yellow, p.red, p.grey, gate(p));
        numbers(self) == numbers(other)
    }
}

/// Ring, counts and deadline. In the browser it asks for new numbers every ten seconds; the rest of the page
/// stays as it is until the reader asks for it.
#[island]
pub fn LiveProgress(
    /// The reader's language.
    lang: Lang,
    /// Where new numbers are asked for.
    url: String,
    /// Where the page itself is, to be read again.
    page: String,
    /// The numbers when the page was made.
    first: Progress,
    /// How many had reported at this time on the day before.
    yesterday: Option<i64>,
) -> impl IntoView {
    let now = RwSignal::new(first.clone());
    let broken = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::poll(url, now, broken);
    #[cfg(not(feature = "hydrate"))]
    let _ = url;
    let (fevers, slips) = (first.fevers, first.slips);
    let has_news = move || !now.with(|now| now.same_people(&first));
    view! {
        <div>
            <div aria-live="assertive">
                {move || now.with(|now| gate_alert(lang, now, fevers, slips))}
            </div>
            {move || ring(lang, &now.get())}
            <div class="seeds">
                {move || deadline(lang, &now.get())}
                {yesterday.map(|n| view! { <span>{tr!(lang, "昨天此时 {n} 人", "{n} at this time yesterday")}</span> })}
            </div>
            <p class="hint row between">
                {move || {
                    let at = time(now.with(|now| now.minute));
                    if broken.get() {
                        tr!(lang, "连接中断，这是 {at} 的数字", "No connection; numbers of {at}")
                    } else {
                        tr!(lang, "{at} 更新", "Updated {at}")
                    }
                }}
                {move || {
                    let page = page.clone();
                    has_news()
                        .then(|| view! { <a href=page>{tr!(lang, "有新情况，刷新名单", "News: refresh the lists")}</a> })
                }}
            </p>
        </div>
    }
}

/// What the gate has told since the page was made.
fn gate_alert(lang: Lang, now: &Progress, fevers: i64, slips: i64) -> impl IntoView + use<> {
    let (fever, slip) = (now.fevers - fevers, now.slips - slips);
    let text = if fever > 0 {
        tr!(
            lang,
            "校门刚测出 {fever} 人发热（两次），请马上查看。",
            "The gate has just measured a fever twice ({fever}). Please look at once."
        )
    } else if slip > 0 {
        tr!(
            lang,
            "校门刚收到 {slip} 张平安条，待您确认。",
            "{slip} slips have just come in at the gate for you to confirm."
        )
    } else {
        return None;
    };
    Some(view! {
        <Notice sand=true icon=IconName::Bell>{text}</Notice>
    })
}

fn ring(lang: Lang, now: &Progress) -> impl IntoView + use<> {
    let parts = vec![
        (Code::Green, now.green),
        (Code::Yellow, now.yellow),
        (Code::Red, now.red),
        (Code::Grey, now.grey),
    ];
    let (guardian, paper, proxy) = (now.guardian, now.paper, now.proxy);
    view! {
        <div class="donut-box">
            <Donut lang=lang done=now.reported() total=now.total parts=parts.clone() />
            <StatusCounts lang=lang counts=parts />
        </div>
        <p class="sub">
            {tr!(lang, "家长报 {guardian}", "By guardians {guardian}")}
            <Dot />
            {tr!(lang, "纸面 {paper}", "on paper {paper}")}
            <Dot />
            {tr!(lang, "代报 {proxy}", "by proxy {proxy}")}
        </p>
    }
}

fn deadline(lang: Lang, now: &Progress) -> impl IntoView + use<> {
    let due = time(now.due);
    let left = now.due.checked_sub(now.minute).filter(|left| *left > 0);
    view! {
        <span class="row">
            <Icon name=IconName::Clock />
            {match left {
                Some(left) => {
                    view! {
                        <span>
                            {tr!(lang, "离 {due} 截止还有 ", "Due at {due}, left: ")}
                            <b>{minutes(lang, left)}</b>
                        </span>
                    }
                        .into_any()
                }
                None => view! { <span>{tr!(lang, "{due} 已截止", "Was due at {due}")}</span> }.into_any(),
            }}
        </span>
    }
}

/// A link to a page with a text to be copied; where the browser can, it copies the text at once instead.
#[island]
pub fn CopyText(
    /// The page that shows the text.
    href: String,
    /// The text.
    text: String,
    /// The words before copying.
    label: String,
    /// The words after copying.
    done: String,
    /// Whose it is, for screen readers.
    whose: String,
    /// Stands out as the page's main action.
    primary: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    #[cfg(not(feature = "hydrate"))]
    let _ = &text;
    let target = href.clone();
    let click = move |event: leptos::ev::MouseEvent| {
        #[cfg(feature = "hydrate")]
        if browser::copy(&text, target.clone(), copied) {
            event.prevent_default();
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&event, &target);
    };
    let class = if primary { "btn primary" } else { "btn small" };
    view! {
        <a class=class href=href on:click=click>
            <Icon name=IconName::Bell />
            <span role="status">{move || if copied.get() { done.clone() } else { label.clone() }}</span>
            <span class="vh">{whose}</span>
        </a>
    }
}

/// Opens the browser's print dialogue; without script it does not show.
#[island]
pub fn PrintButton(
    /// The words.
    label: String,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let click = move |_| {
        #[cfg(feature = "hydrate")]
        let _ = window().print();
    };
    view! {
        <button type="button" class="btn" hidden=move || !ready.get() on:click=click>
            <Icon name=IconName::Print />
            {label}
        </button>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Progress;
    use js_sys::futures::{JsFuture, spawn_local};
    use js_sys::{Function, Promise, Reflect};
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::{JsCast, JsValue};

    const EVERY: Duration = Duration::from_secs(10);

    async fn ask(url: &str) -> Result<Progress, JsValue> {
        let response = JsFuture::from(window().fetch_with_str(url)).await?;
        let text: Function = Reflect::get(&response, &"text".into())?.dyn_into()?;
        let text: Promise = text.call0(&response)?.dyn_into()?;
        let text = JsFuture::from(text).await?.as_string().unwrap_or_default();
        serde_json::from_str(&text).map_err(|e| JsValue::from_str(&e.to_string()))
    }

    pub(super) fn poll(url: String, now: RwSignal<Progress>, broken: RwSignal<bool>) {
        set_interval(
            move || {
                if document().hidden() {
                    return;
                }
                let url = url.clone();
                spawn_local(async move {
                    match ask(&url).await {
                        Ok(progress) => {
                            now.set(progress);
                            broken.set(false);
                        }
                        Err(_) => broken.set(true),
                    }
                });
            },
            EVERY,
        );
    }

    /// Starts copying; `false` where the browser offers no clipboard (no secure context). Where it refuses, the
    /// page with the text opens instead.
    pub(super) fn copy(text: &str, target: String, copied: RwSignal<bool>) -> bool {
        let navigator = window().navigator();
        let offered = Reflect::get(&navigator, &"clipboard".into());
        if offered.map_or(true, |clipboard| clipboard.is_undefined()) {
            return false;
        }
        let promise = navigator.clipboard().write_text(text);
        spawn_local(async move {
            if JsFuture::from(promise).await.is_ok() {
                copied.set(true);
            } else {
                let _ = location().set_href(&target);
            }
        });
        true
    }
}
