//! Rendering a page to HTML, with the headers that belong to it.

use super::Ctx;
use crate::ui::service_name;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, VARY,
};
use http::{HeaderValue, StatusCode};
use leptos::nonce::{provide_nonce, use_nonce};
use leptos::prelude::*;
use std::sync::Arc;

/// What of the device's own a page may ask for.
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// The camera, and nothing else.
const WITH_CAMERA: HeaderValue = HeaderValue::from_static(
    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()",
);

/// Whether a request's connection is encrypted, here or at a trusted proxy; an extension that the server sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secure(pub bool);

/// Whether a page has parts that come alive in the browser. A page without them loads no script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Islands {
    /// Plain HTML.
    No,
    /// With script and WASM, after the page is usable.
    Yes,
}

/// What a page has beside its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dress {
    /// The class of the root element, as the big screen needs.
    pub root_class: &'static str,
    /// The manifest of a page that can be installed and opens without a network: it may have a worker.
    pub manifest: Option<&'static str>,
    /// Whether the page may ask for the camera.
    pub camera: bool,
}

/// The names of the stylesheet, script and WASM files, hashed in a release.
#[derive(Debug)]
pub struct Assets {
    stylesheet: String,
    /// What a page with islands runs. It is a part of the page and preloads nothing, so that a phone without
    /// JavaScript, or on a thin line, first has the page and its form.
    script: String,
}

impl Assets {
    /// Reads the names beside the executable; without hashes (as under test) the plain names hold.
    pub fn load() -> Self {
        let hashes = std::env::current_exe()
            .ok()
            .and_then(|exe| std::fs::read_to_string(exe.parent()?.join("hash.txt")).ok())
            .unwrap_or_default();
        let name = |kind: &str| {
            let mut lines = hashes.lines().filter_map(|line| line.split_once(':'));
            let hash = lines.find(|(of, _)| of.trim() == kind);
            hash.map_or_else(
                || format!("/pkg/fuxue.{kind}"),
                |(_, hash)| format!("/pkg/fuxue.{}.{kind}", hash.trim()),
            )
        };
        let loader = include_str!("islands.js").trim_end();
        Self {
            stylesheet: name("css"),
            script: format!("{loader}({:?}, {:?});", name("js"), name("wasm")),
        }
    }
}

impl Ctx {
    /// A page. `view` is the whole body; `title` stands before the service's name in the window's title.
    pub fn html<V: IntoView + 'static>(
        &self,
        status: StatusCode,
        title: &str,
        islands: Islands,
        view: impl FnOnce() -> V,
    ) -> Response {
        self.document(status, title, islands, Dress::default(), view)
    }

    /// A page that is dressed in its own way.
    pub fn document<V: IntoView + 'static>(
        &self,
        status: StatusCode,
        title: &str,
        islands: Islands,
        dress: Dress,
        view: impl FnOnce() -> V,
    ) -> Response {
        let lang = self.lang;
        let title = format!("{title} - {}", service_name(lang));
        let owner = Owner::new_root(Some(Arc::new(
            hydration_context::SsrSharedContext::new_islands(),
        )));
        let (html, nonce) = owner.with(|| {
            provide_nonce();
            let nonce = use_nonce().map(|n| n.to_string()).unwrap_or_default();
            let scripts = (islands == Islands::Yes).then(|| {
                let script = self.app.assets.script.clone();
                view! { <script type="module" nonce=nonce.clone()>{script}</script> }
            });
            let stylesheet = self.app.assets.stylesheet.clone();
            let manifest = dress.manifest.map(|href| {
                view! {
                    <link rel="manifest" href=href />
                    <meta name="theme-color" content="#08131e" />
                }
            });
            let page = view! {
                <html lang=lang.tag() class=dress.root_class>
                    <head>
                        <meta charset="utf-8" />
                        <meta name="viewport" content="width=device-width, initial-scale=1" />
                        <title>{title}</title>
                        <link rel="stylesheet" href=stylesheet />
                        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                        {manifest}
                        {scripts}
                    </head>
                    <body>{view()}</body>
                </html>
            };
            (page.to_html(), nonce)
        });
        owner.unset_with_forced_cleanup();
        let mut response = (status, format!("<!DOCTYPE html>{html}")).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("Cookie, Accept-Language"));
        if let Ok(policy) = HeaderValue::from_str(&policy(&nonce, dress)) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        if dress.camera {
            headers.insert(PERMISSIONS_POLICY, WITH_CAMERA);
        }
        response
    }

    /// The same page for a good answer.
    pub fn ok<V: IntoView + 'static>(
        &self,
        title: &str,
        islands: Islands,
        view: impl FnOnce() -> V,
    ) -> super::Answer {
        Ok(self.html(StatusCode::OK, title, islands, view))
    }
}

/// What a page may load and do; only a page that is installed has a manifest and a worker.
fn policy(nonce: &str, dress: Dress) -> String {
    let installed = if dress.manifest.is_some() {
        "manifest-src 'self'; worker-src 'self'; "
    } else {
        ""
    };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; {installed}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Answers a form: go on to `path`.
pub fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(
        LOCATION,
        HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/")),
    );
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
