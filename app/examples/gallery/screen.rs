//! The bureau's pages, composed.
use app::tr::Lang;
use leptos::prelude::*;

#[component]
pub fn School(lang: Lang) -> impl IntoView {
    let _ = lang;
}
#[component]
pub fn Screen(lang: Lang) -> impl IntoView {
    let _ = lang;
}
