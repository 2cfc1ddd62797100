//! What is seen: pages, components, islands and the words on them.

#![recursion_limit = "256"]
#![allow(
    clippy::needless_pass_by_value,
    reason = "a component owns its properties"
)]
#![allow(
    clippy::fn_params_excessive_bools,
    reason = "properties are named where they are given"
)]
#![allow(
    clippy::wildcard_imports,
    reason = "a page uses most of the components"
)]

pub mod draft;
pub mod islands;
pub mod tr;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod web;

#[cfg(feature = "ssr")]
mod router;
#[cfg(feature = "ssr")]
pub use router::{router, routes};

/// Brings the islands of a page to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
