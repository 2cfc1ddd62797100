//! What a browser adds: the clock, the event stream, turning pages, the full screen.

use super::{Live, ScreenView};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use leptos::ev;
use leptos::prelude::*;

/// Fills the screen, and leaves it again; without script there is no such button.
#[component]
pub(super) fn FullScreen(lang: Lang) -> AnyView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    view! {
        <button class="btn" type="button" hidden=move || !ready.get() aria-label=tr!(lang, "全屏", "Full screen") on:click=move |_| toggle()>
            <Icon name=IconName::Expand />
        </button>
    }
    .into_any()
}

fn toggle() {
    let document = document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        // A browser may refuse; then nothing happens, as with its own key.
        let _ = root.request_fullscreen();
    }
}

/// Makes a choice in place of following its link; a click that opens a new tab stays a click.
pub(super) fn choose(event: &ev::MouseEvent, live: Live, to: &ScreenView) {
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    event.prevent_default();
    live.view.set(to.clone());
}

/// Begins to listen and to tick, in a browser.
pub(super) fn start(live: Live) {
    #[cfg(feature = "hydrate")]
    browser::start(live);
    #[cfg(not(feature = "hydrate"))]
    let _ = live;
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::super::schools::pages;
    use super::super::{Live, ScreenFrame};
    use leptos::prelude::*;
    use std::cell::Cell;
    use std::time::Duration;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen::closure::Closure;
    use web_sys::{EventSource, MessageEvent};

    /// A page of schools stays this long, in seconds.
    const TURN: u32 = 20;
    /// A new turn stays tinted this long, in seconds.
    const NEW: u32 = 8;
    /// A closed stream is opened again after this long, in seconds.
    const AGAIN: u32 = 10;

    fn now() -> f64 {
        js_sys::Date::now()
    }

    pub(super) fn start(live: Live) {
        let received = StoredValue::new(now());
        let source: StoredValue<Option<EventSource>, LocalStorage> = StoredValue::new_local(None);
        // Opens anew whenever another school is opened.
        let open = Memo::new(move |_| live.view.with(|v| v.open));
        Effect::new(move |_| connect(live, received, source, open.get()));
        let still = window()
            .match_media("(prefers-reduced-motion: reduce)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches());
        let (ticks, fresh_for, closed_for) = (Cell::new(0), Cell::new(0), Cell::new(0));
        set_interval(
            move || {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "seconds since a page was opened"
                )]
                live.age
                    .set(((now() - received.get_value()) / 1000.0) as i64);
                if count(&ticks, !live.held.get_untracked() && !still, TURN) {
                    let sort = live.view.with_untracked(|v| v.sort);
                    let pages = live
                        .frame
                        .with_untracked(|f| pages(&f.snapshot.ranking(sort)));
                    if pages > 1 {
                        live.view.update(|v| v.page = (v.page + 1) % pages);
                    }
                }
                let newest = live
                    .frame
                    .with_untracked(|f| f.snapshot.feed.iter().flatten().map(|i| i.id).max());
                let is_new = newest.is_some_and(|n| n > live.seen.get_untracked());
                if count(&fresh_for, is_new, NEW)
                    && let Some(newest) = newest
                {
                    live.seen.set(newest);
                }
                let closed = source.with_value(|s| {
                    s.as_ref()
                        .is_none_or(|s| s.ready_state() == EventSource::CLOSED)
                });
                if count(&closed_for, closed, AGAIN) {
                    connect(live, received, source, open.get_untracked());
                }
            },
            Duration::from_secs(1),
        );
    }

    /// Counts seconds while something holds; true, and from 0 again, when `limit` is reached.
    fn count(seconds: &Cell<u32>, holds: bool, limit: u32) -> bool {
        let next = if holds { seconds.get() + 1 } else { 0 };
        seconds.set(if next >= limit { 0 } else { next });
        next >= limit
    }

    fn connect(
        live: Live,
        received: StoredValue<f64>,
        source: StoredValue<Option<EventSource>, LocalStorage>,
        open: Option<i64>,
    ) {
        if let Some(old) = source.with_value(Clone::clone) {
            old.close();
        }
        let (region, mode) = live
            .frame
            .with_untracked(|f| (f.snapshot.region.clone(), f.snapshot.mode));
        let school = open.map(|id| format!("&school={id}")).unwrap_or_default();
        let Ok(stream) = EventSource::new(&format!(
            "/bureau/{region}/events?mode={}{school}",
            mode.word()
        )) else {
            return;
        };
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(frame) = event
                .data()
                .as_string()
                .and_then(|text| serde_json::from_str::<ScreenFrame>(&text).ok())
            else {
                return;
            };
            received.set_value(now());
            live.age.set(0);
            live.frame.set(frame);
        });
        stream.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        // The stream lives as long as the page.
        on_message.forget();
        source.set_value(Some(stream));
    }
}
