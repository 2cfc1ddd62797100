//! A report without a network: kept on the phone, sealed, and sent once when the network is back.
#![expect(
    missing_docs,
    reason = "the island macro makes a public struct of its own"
)]

use crate::tr;
use crate::tr::Lang;
use leptos::prelude::*;

/// Forms with this attribute are kept.
pub const KEEP: &str = "data-keep";

/// How the report on this page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "a report is kept in the browser only")
)]
enum Kept {
    /// There is none.
    No,
    /// It waits for the network.
    Waiting,
    /// It is being sent.
    Sending,
    /// The browser could not keep it.
    Failed,
    /// What was pressed is no report, and needs the network.
    Step,
}

impl Kept {
    fn words(self, lang: Lang) -> String {
        match self {
            Self::No => String::new(),
            Self::Waiting => tr!(
                lang,
                "现在没有网络，报告还没有交。已经加密存在这台手机上，联网后会自动发送一次；请不要关闭这一页，今天 24:00 后不再保留。",
                "No network: the report has not been sent. It is kept here, encrypted, and sent once when the network is back. Leave this page open; it is kept until 24:00 today."
            ),
            Self::Sending => tr!(
                lang,
                "网络恢复了，正在发送报告",
                "The network is back: sending the report"
            ),
            Self::Failed => tr!(
                lang,
                "现在没有网络，报告没有交，这台手机也存不下。请联网后再交。",
                "No network: the report has not been sent, and this phone cannot keep it. Send it again once you are connected."
            ),
            Self::Step => tr!(
                lang,
                "现在没有网络，这一步要联网才行；已经填的都还在。",
                "No network, and this step needs it. What you have filled in is still here."
            ),
        }
    }
}

/// Keeps the reports of the forms on its page while there is no network, and says so.
#[island(lazy)]
pub fn KeepReport(
    /// The reader's language.
    lang: Lang,
    /// The day that reports are of: those of an earlier one are destroyed.
    today: String,
) -> impl IntoView {
    let kept = RwSignal::new(Kept::No);
    Effect::new(move |_| {
        #[cfg(feature = "hydrate")]
        browser::watch(today.clone(), kept);
        #[cfg(not(feature = "hydrate"))]
        let _ = (&today, kept);
    });
    view! {
        <p class="kept-report" role="status" hidden=move || kept.get() == Kept::No>
            {move || kept.get().words(lang)}
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{KEEP, Kept};
    use crate::islands::device::js::{Answer, ask, call, get, make, navigator, object, window};
    use crate::islands::device::store::{Change, Store};
    use js_sys::futures::spawn_local;
    use leptos::prelude::*;
    use serde::{Deserialize, Serialize};
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::{JsCast as _, JsValue};
    use web_sys::HtmlFormElement;

    const STORE: &str = "fuxue-report";
    const KEPT: &str = "kept";
    const REPORTS: &str = "reports";
    /// Between two tries, in seconds.
    const AGAIN: u64 = 15;
    /// How long a look at the network may take, in milliseconds.
    const PATIENCE: i32 = 4_000;

    /// A report that waits: the form as it was filled in, submission number and base revision among it.
    #[derive(Debug, Clone, Serialize, Deserialize)]
    struct Report {
        action: String,
        day: String,
        body: String,
        /// Whether it is the report itself, and not a step in filling it in.
        is_whole: bool,
    }

    #[derive(Clone)]
    struct Keeper {
        today: String,
        kept: RwSignal<Kept>,
        is_sending: Rc<Cell<bool>>,
    }

    pub(super) fn watch(today: String, kept: RwSignal<Kept>) {
        let keeper = Keeper {
            today,
            kept,
            is_sending: Rc::default(),
        };
        let on_submit = keeper.clone();
        let submit = window_event_listener(leptos::ev::submit, move |event| {
            on_submit.submitted(&event);
        });
        let on_online = keeper.clone();
        let online = window_event_listener_untyped("online", move |_| on_online.try_all());
        on_cleanup(move || {
            submit.remove();
            online.remove();
        });
        let each = keeper.clone();
        set_interval(
            move || {
                if each.kept.get_untracked() == Kept::Waiting {
                    each.try_all();
                }
            },
            Duration::from_secs(AGAIN),
        );
        keeper.try_all();
    }

    fn is_offline() -> bool {
        navigator()
            .and_then(|navigator| get(&navigator, "onLine"))
            .is_ok_and(|online| online.is_falsy())
    }

    /// Whether the server answers at all.
    async fn is_reached() -> bool {
        if is_offline() {
            return false;
        }
        let look = async || -> Answer<JsValue> {
            let class = get(&window(), "AbortSignal")?;
            let signal = call(&class, "timeout", &[&PATIENCE.into()])?;
            let how = object([
                ("method", "HEAD".into()),
                ("cache", "no-store".into()),
                ("signal", signal),
            ]);
            ask(&window(), "fetch", &[&"/favicon.svg".into(), &how]).await
        };
        look().await.is_ok()
    }

    /// What the form would send, the pressed button included.
    fn filled(form: &HtmlFormElement, submitter: &JsValue) -> Answer<Report> {
        let data = make("FormData", &[form, submitter])?;
        let body = make("URLSearchParams", &[&data])?;
        let member = |name: &str| {
            let value = call(&body, "get", &[&name.into()]).ok();
            value.and_then(|value| value.as_string())
        };
        Ok(Report {
            is_whole: member("act").is_none_or(|act| act == "send"),
            action: form.action(),
            day: member("day").unwrap_or_default(),
            body: call(&body, "toString", &[])?
                .as_string()
                .unwrap_or_default(),
        })
    }

    async fn store() -> Answer<Store> {
        Store::open(STORE, &[KEPT, REPORTS]).await
    }

    fn place(key: &JsValue) -> String {
        key.as_string().unwrap_or_default()
    }

    impl Keeper {
        /// Lets a form go its way where there is a network; keeps it where there is none.
        fn submitted(&self, event: &web_sys::SubmitEvent) {
            let form = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlFormElement>().ok())
                .filter(|form| form.has_attribute(KEEP));
            let Some(form) = form else { return };
            event.prevent_default();
            let submitter: JsValue = event.submitter().into();
            let Ok(report) = filled(&form, &submitter) else {
                // An old browser: the form goes its own way.
                let _ = form.submit();
                return;
            };
            let keeper = self.clone();
            spawn_local(async move {
                if is_reached().await {
                    send_as_page(&report);
                    return;
                }
                keeper.kept.set(if !report.is_whole {
                    Kept::Step
                } else if keeper.keep(&report).await.is_ok() {
                    Kept::Waiting
                } else {
                    Kept::Failed
                });
            });
        }

        async fn keep(&self, report: &Report) -> Answer<()> {
            let store = store().await?;
            let sealed = store.seal(&report.action, report).await?;
            let key = JsValue::from(report.action.as_str());
            // A second form for the same child takes the place of the first: neither has been sent.
            store.write(vec![Change::Put(REPORTS, key, sealed)]).await
        }

        fn try_all(&self) {
            if self.is_sending.replace(true) {
                return;
            }
            let keeper = self.clone();
            spawn_local(async move {
                // What fails now is tried again.
                let _ = keeper.send_all().await;
                keeper.is_sending.set(false);
            });
        }

        async fn send_all(&self) -> Answer<()> {
            let store = store().await?;
            let all: Vec<(JsValue, Report)> = store.opened(REPORTS, place).await?;
            let (current, old): (Vec<_>, Vec<_>) = all
                .into_iter()
                .partition(|(_, report)| report.day >= self.today);
            for (key, _) in old {
                store.write(vec![Change::Delete(REPORTS, key)]).await?;
            }
            if current.is_empty() {
                self.kept.set(Kept::No);
                return store.destroy().await;
            }
            self.kept.set(Kept::Waiting);
            if !is_reached().await {
                return Ok(());
            }
            self.kept.set(Kept::Sending);
            let mut last = None;
            for (key, report) in current {
                let answer = send(&report).await;
                let Ok(answer) = answer else {
                    self.kept.set(Kept::Waiting);
                    return Ok(());
                };
                store.write(vec![Change::Delete(REPORTS, key)]).await?;
                last = Some((report, answer));
            }
            self.kept.set(Kept::No);
            store.destroy().await?;
            match last {
                // The page that a sent report leads to.
                Some((_, Some(url))) => {
                    call(&get(&window(), "location")?, "assign", &[&url.into()]).map(|_| ())
                }
                // Not taken: the same form as a page says what is wrong, with all that was typed.
                Some((report, None)) => {
                    send_as_page(&report);
                    Ok(())
                }
                None => Ok(()),
            }
        }
    }

    /// Sends a report; where it led to, or nothing where the server did not take it as it is.
    async fn send(report: &Report) -> Answer<Option<String>> {
        let kind = object([("content-type", "application/x-www-form-urlencoded".into())]);
        let how = object([
            ("method", "POST".into()),
            ("body", report.body.as_str().into()),
            ("headers", kind),
        ]);
        let answer = ask(&window(), "fetch", &[&report.action.as_str().into(), &how]).await?;
        let status = get(&answer, "status")?.as_f64().unwrap_or_default();
        if status >= 500.0 {
            return Err(JsValue::UNDEFINED);
        }
        let is_taken = get(&answer, "redirected")?.is_truthy() && get(&answer, "ok")?.is_truthy();
        Ok(get(&answer, "url")?.as_string().filter(|_| is_taken))
    }

    /// Sends the form as the browser would have.
    fn send_as_page(report: &Report) {
        let send = || -> Answer<()> {
            let form: HtmlFormElement = document().create_element("form")?.dyn_into()?;
            form.set_method("post");
            form.set_action(&report.action);
            form.set_hidden(true);
            let pairs = make("URLSearchParams", &[&report.body.as_str().into()])?;
            for pair in js_sys::Array::from(&pairs) {
                let pair = js_sys::Array::from(&pair);
                let field = document().create_element("input")?;
                field.set_attribute("type", "hidden")?;
                let text = |at| pair.get(at).as_string().unwrap_or_default();
                field.set_attribute("name", &text(0))?;
                field.set_attribute("value", &text(1))?;
                form.append_child(&field)?;
            }
            if let Some(body) = document().body() {
                body.append_child(&form)?;
            }
            form.submit()
        };
        // Without a body there is no page either.
        let _ = send();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_was_not_sent_is_never_called_sent() {
        for lang in [Lang::Zh, Lang::En] {
            assert!(Kept::No.words(lang).is_empty());
            assert_ne!(Kept::Sending.words(lang), Kept::Step.words(lang));
        }
        for kept in [Kept::Waiting, Kept::Failed] {
            assert!(kept.words(Lang::Zh).contains("没有交"));
            assert!(kept.words(Lang::En).contains("has not been sent"));
        }
    }
}
