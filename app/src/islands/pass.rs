//! The live pass of a guardian's page: renews itself, keeps the screen awake, says when it is stale.
#![expect(
    missing_docs,
    reason = "the island macro makes a public struct of its own"
)]

use crate::tr;
use crate::tr::Lang;
use leptos::prelude::*;

/// How the pass on the screen stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "a pass is renewed in the browser only")
)]
enum PassState {
    /// As the page came; nothing renews it.
    Still,
    /// Renewed in time.
    Fresh,
    /// Not renewed, but still valid.
    Offline,
    /// Not valid any more.
    Stale,
}

impl PassState {
    fn words(self, lang: Lang) -> String {
        match self {
            Self::Still => tr!(
                lang,
                "三分钟内有效，出示前请先刷新",
                "Valid for three minutes; renew it before you show it"
            ),
            Self::Fresh => tr!(
                lang,
                "自动更新中，三分钟内有效",
                "Renews itself; valid for three minutes"
            ),
            Self::Offline => tr!(
                lang,
                "现在更新不了，请检查网络；这个码很快会过期",
                "It cannot be renewed: check the connection. It is about to expire"
            ),
            Self::Stale => tr!(
                lang,
                "已过期：请检查网络，再点刷新",
                "Expired: check the connection, then renew it"
            ),
        }
    }
}

/// Says how the pass above it stands, and renews it about every minute.
#[island]
pub fn LivePass(
    /// The reader's language.
    lang: Lang,
    /// Where a new pass is asked for.
    url: String,
    /// The colour that the page shows, in its word: another one needs the whole page anew.
    code: String,
    /// Milliseconds for which the pass was valid when the page was made.
    left: u32,
) -> impl IntoView {
    let state = RwSignal::new(PassState::Still);
    #[cfg(feature = "hydrate")]
    browser::keep_fresh(url, code, left.into(), state);
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, code, left);
    view! { <span role="status">{move || state.get().words(lang)}</span> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::PassState;
    use js_sys::futures::{JsFuture, spawn_local};
    use js_sys::{Function, JSON, Promise, Reflect};
    use leptos::prelude::*;
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::{JsCast, JsValue};

    /// A pass of this age is renewed.
    const RENEW_AFTER: f64 = 60_000.0;
    /// After a failure, the next try.
    const RETRY_AFTER: f64 = 10_000.0;

    #[derive(Clone)]
    struct Keeper {
        url: String,
        code: String,
        state: RwSignal<PassState>,
        /// When the pass on the screen was asked for.
        since: Rc<Cell<f64>>,
        /// How long it was valid then.
        left: Rc<Cell<f64>>,
        /// When the last try began.
        tried: Rc<Cell<f64>>,
        has_failed: Rc<Cell<bool>>,
    }

    /// Milliseconds since the page was asked for; a device's wrong clock does no harm.
    fn now() -> f64 {
        window().performance().map_or(0.0, |p| p.now())
    }

    pub(super) fn keep_fresh(url: String, code: String, left: f64, state: RwSignal<PassState>) {
        let keeper = Keeper {
            url,
            code,
            state,
            since: Rc::default(),
            left: Rc::new(Cell::new(left)),
            tried: Rc::default(),
            has_failed: Rc::default(),
        };
        stay_awake();
        let seen = keeper.clone();
        let handle = when_shown(move || {
            stay_awake();
            seen.ask();
        });
        on_cleanup(handle);
        // The first look comes with the first tick: what is set before the words are alive never shows.
        set_interval(move || keeper.tick(), Duration::from_secs(1));
    }

    /// Calls `shown` each time the page comes to the front.
    fn when_shown(shown: impl Fn() + 'static) -> impl FnOnce() {
        let handle = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                shown();
            }
        });
        move || handle.remove()
    }

    /// Asks the browser to keep the screen on, where it can; it lets go by itself when the page is hidden.
    fn stay_awake() {
        let request = || -> Result<Promise, JsValue> {
            let lock = Reflect::get(&window().navigator(), &"wakeLock".into())?;
            let request: Function = Reflect::get(&lock, &"request".into())?.dyn_into()?;
            request.call1(&lock, &"screen".into())?.dyn_into()
        };
        if let Ok(promise) = request() {
            spawn_local(async move {
                // A refusal, as with an empty battery, leaves the screen to its own habits.
                let _ = JsFuture::from(promise).await;
            });
        }
    }

    async fn fetch(url: &str) -> Result<JsValue, JsValue> {
        let response = JsFuture::from(window().fetch_with_str(url)).await?;
        let text: Function = Reflect::get(&response, &"text".into())?.dyn_into()?;
        let text: Promise = text.call0(&response)?.dyn_into()?;
        let text = JsFuture::from(text).await?.as_string().unwrap_or_default();
        JSON::parse(&text)
    }

    impl Keeper {
        fn tick(&self) {
            let now = now();
            let age = now - self.since.get();
            let pause = if self.has_failed.get() {
                RETRY_AFTER
            } else {
                RENEW_AFTER
            };
            if !document().hidden() && age >= RENEW_AFTER && now - self.tried.get() >= pause {
                self.ask();
            }
            self.look();
        }

        /// Says how the pass stands, and veils one that is not valid any more.
        fn look(&self) {
            let is_stale = now() - self.since.get() >= self.left.get();
            let state = match (is_stale, self.has_failed.get()) {
                (true, _) => PassState::Stale,
                (false, true) => PassState::Offline,
                (false, false) => PassState::Fresh,
            };
            if self.state.get_untracked() != state {
                self.state.set(state);
            }
            if let Some(qr) = qr() {
                let _ = qr.class_list().toggle_with_force("stale", is_stale);
            }
        }

        fn ask(&self) {
            let begun = now();
            self.tried.set(begun);
            let keeper = self.clone();
            spawn_local(async move {
                let answer = fetch(&keeper.url).await;
                keeper.has_failed.set(answer.is_err());
                if let Ok(answer) = answer {
                    keeper.show(&answer, begun);
                }
                keeper.look();
            });
        }

        fn show(&self, answer: &JsValue, begun: f64) {
            let member = |name: &str| Reflect::get(answer, &name.into()).ok();
            let svg = member("svg").and_then(|v| v.as_string());
            let is_same = member("code").and_then(|v| v.as_string()).as_ref() == Some(&self.code);
            match (svg, qr()) {
                (Some(svg), Some(qr)) if is_same => {
                    qr.set_inner_html(&svg);
                    self.since.set(begun);
                    self.left
                        .set(member("left").and_then(|v| v.as_f64()).unwrap_or(0.0));
                }
                // The colour has changed: everything around it has too.
                _ => {
                    let _ = location().reload();
                }
            }
        }
    }

    fn qr() -> Option<leptos::web_sys::Element> {
        document().query_selector(".code .qr").ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_words_of_its_own() {
        let all = [
            PassState::Still,
            PassState::Fresh,
            PassState::Offline,
            PassState::Stale,
        ];
        for lang in [Lang::Zh, Lang::En] {
            let mut words: Vec<_> = all.iter().map(|state| state.words(lang)).collect();
            words.dedup();
            assert_eq!(words.len(), all.len());
        }
    }
}
