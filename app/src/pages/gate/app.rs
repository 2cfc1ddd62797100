//! The page of an enrolled device: the shell of the app, without anything about anybody, and what makes it install
//! itself and open without a network.

use crate::islands::gate::GateApp;
use crate::tr;
use crate::tr::Lang;
use crate::ui::service_name;
use crate::web::{Answer, Ctx, Dress, Islands};
use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, VARY,
};
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use serde_json::json;

/// The service worker.
const WORKER: &str = include_str!("sw.js");
/// A worker may ask its own server, and load nothing.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

/// The app, for the device of this number.
pub(super) fn page(ctx: &Ctx, device: i64) -> Response {
    let lang = ctx.lang;
    let dress = Dress {
        root_class: "gate",
        manifest: Some("/gate/manifest.webmanifest"),
        camera: true,
    };
    let title = tr!(lang, "校门", "Gate");
    ctx.document(StatusCode::OK, &title, Islands::Yes, dress, move || {
        view! { <GateApp lang=lang device=device /> }
    })
}

/// The service worker, of the scope `/gate`: it is asked for anew each time the page is opened.
pub(super) async fn worker() -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/javascript; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(WORKER_POLICY),
    );
    headers.insert(
        HeaderName::from_static("service-worker-allowed"),
        HeaderValue::from_static("/gate"),
    );
    (headers, WORKER).into_response()
}

/// What a phone needs to know to put the app beside its others.
pub(super) async fn manifest(ctx: Ctx) -> Answer {
    let headers = [
        (CONTENT_TYPE, "application/manifest+json"),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "Cookie, Accept-Language"),
    ];
    Ok((headers, Json(described(ctx.lang))).into_response())
}

fn described(lang: Lang) -> serde_json::Value {
    json!({
        "name": tr!(lang, "{name}校门", "{name} gate", name = service_name(lang)),
        "short_name": tr!(lang, "校门", "Gate"),
        "lang": lang.tag(),
        "id": "/gate",
        "start_url": "/gate",
        "scope": "/gate",
        "display": "standalone",
        "background_color": "#08131e",
        "theme_color": "#08131e",
        "icons": [{ "src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any" }],
    })
}
