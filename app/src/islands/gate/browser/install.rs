//! What makes the page a device: it opens without a network, keeps the screen on, and asks that nothing be cleared.

use super::super::state::Gate;
use super::engine::persist;
use crate::islands::device::js::{Answer, ask, call, get, navigator, object, window};
use js_sys::Array;
use js_sys::futures::spawn_local;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};

/// Hands the page and all that it has loaded to the service worker, which opens it without a network.
pub(super) fn keep_page() {
    spawn_local(async {
        // Without a service worker (an old browser, or no https) the page works as long as it is open.
        let _ = hand_over().await;
    });
}

async fn hand_over() -> Answer<()> {
    let workers = get(&navigator()?, "serviceWorker")?;
    let scope = object([("scope", "/gate".into())]);
    let registered = ask(&workers, "register", &[&"/gate/sw.js".into(), &scope]).await?;
    let ready = get(&workers, "ready")?;
    let ready = crate::islands::device::js::wait(ready)
        .await
        .unwrap_or(registered);
    let loaded = loaded()?;
    let keep = object([("keep", loaded.into())]);
    call(&get(&ready, "active")?, "postMessage", &[&keep])?;
    Ok(())
}

/// The paths of the files that this page has loaded: style, script, WASM, its own part among them.
fn loaded() -> Answer<Array> {
    let performance = get(&window(), "performance")?;
    let entries = call(&performance, "getEntriesByType", &[&"resource".into()])?;
    let origin = get(&get(&window(), "location")?, "origin")?
        .as_string()
        .unwrap_or_default();
    let entries: Array = entries.dyn_into()?;
    let paths = entries.iter().filter_map(|entry| {
        let name = get(&entry, "name").ok()?.as_string()?;
        let path = name.strip_prefix(&origin)?.to_owned();
        let is_file = path.starts_with("/pkg/") || path == "/favicon.svg";
        is_file.then(|| JsValue::from(path))
    });
    Ok(paths.collect())
}

/// Asks the browser to keep the screen on; it lets go whenever the page is hidden.
pub(super) fn stay_awake() {
    let request = || {
        spawn_local(async {
            // A refusal, as with an empty battery, leaves the screen to its own habits.
            let _ = awake().await;
        });
    };
    request();
    let handle = window_event_listener_untyped("visibilitychange", move |_| {
        if !document().hidden() {
            request();
        }
    });
    // The device lives as long as its page.
    std::mem::forget(handle);
}

async fn awake() -> Answer<()> {
    let lock = get(&navigator()?, "wakeLock")?;
    ask(&lock, "request", &[&"screen".into()]).await.map(|_| ())
}

/// Asks the browser not to clear what the device keeps.
pub(super) fn ask_to_keep(gate: Gate) {
    spawn_local(async move {
        let kept = persist().await.unwrap_or(false);
        gate.net.update(|net| net.kept = Some(kept));
    });
}
