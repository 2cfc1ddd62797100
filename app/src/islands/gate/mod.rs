//! The gate's app: scan, verdict, next. All that is decided is decided by `domain::gate`; here are the parts of the
//! page, and in `browser` what only a browser has.
#![expect(
    missing_docs,
    reason = "the island macro makes a struct that cannot carry words"
)]

#[cfg(feature = "hydrate")]
mod browser;
mod day;
mod keypad;
mod sheets;
mod state;
mod top;
mod verdict;
#[cfg(any(feature = "hydrate", test))]
mod wedge;
pub mod words;

use crate::tr;
use crate::tr::Lang;
use crate::ui::{Icon, IconName};
use domain::gate::Direction;
use leptos::prelude::*;
use state::{Camera, Command, Gate};

/// The id of the picture of the camera.
const VIDEO: &str = "gate-video";
/// The id of the field for a short code.
const TYPED: &str = "gate-code";

/// The app of an enrolled device.
#[island(lazy)]
pub fn GateApp(
    /// The page's language.
    lang: Lang,
    /// The device's number: what it keeps is kept under it.
    device: i64,
) -> impl IntoView {
    let gate = Gate::new(lang);
    Effect::new(move |_| gate.tell(Command::Start { device }));
    view! {
        <main class="g" id="main">
            <top::Top gate=gate />
            <top::Strip gate=gate />
            <div class="g-cols">
                <Viewfinder gate=gate />
                <div class="g-col">
                    <verdict::Verdict gate=gate />
                    <sheets::Sheets gate=gate />
                    <sheets::Waiting gate=gate />
                    <Typed gate=gate />
                </div>
            </div>
        </main>
    }
}

/// What the camera sees, and how it stands.
#[component]
fn Viewfinder(gate: Gate) -> AnyView {
    let lang = gate.lang;
    let words = move || match gate.camera.get() {
        Camera::Off => tr!(lang, "相机没有打开", "The camera is off"),
        Camera::Asking => tr!(lang, "正在打开相机", "Opening the camera"),
        Camera::On { .. } => tr!(lang, "对准二维码", "Point it at the code"),
        Camera::Missing => tr!(
            lang,
            "没有可用的相机：请用扫码枪，或输入短码",
            "No camera here: use a scanner, or type the short code"
        ),
    };
    let torch = move || match gate.camera.get() {
        Camera::On { torch: Some(is_on) } => Some(view! {
            <button type="button" class="g-torch" aria-pressed=is_on.to_string() on:click=move |_| gate.tell(Command::Torch)>
                <Icon name=IconName::Torch />
                <span class="vh">{tr!(lang, "手电", "Torch")}</span>
            </button>
        }),
        _ => None,
    };
    let again = move || {
        matches!(gate.camera.get(), Camera::Missing | Camera::Off).then(|| {
            view! {
                <button type="button" class="g-key" on:click=move |_| gate.tell(Command::Camera)>
                    {tr!(lang, "打开相机", "Open the camera")}
                </button>
            }
        })
    };
    view! {
        <section class="g-cam" aria-label=tr!(lang, "相机", "Camera") class:live=move || matches!(gate.camera.get(), Camera::On { .. })>
            <video id=VIDEO muted playsinline aria-hidden="true"></video>
            <span class="g-frame" aria-hidden="true"></span>
            <p class="g-pill">{words}</p>
            {again}
            {torch}
        </section>
    }
    .into_any()
}

/// A short code typed by hand, and which way people go. Without script it posts to a page of its own.
#[component]
fn Typed(gate: Gate) -> AnyView {
    let lang = gate.lang;
    let field = NodeRef::<leptos::html::Input>::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.get_untracked() {
            let text = input.value();
            if !text.trim().is_empty() {
                input.set_value("");
                gate.tell(Command::Text(text));
            }
        }
    };
    let way = move |direction: Direction, value: &'static str, label: String| {
        let checked = move || gate.direction.get() == direction;
        view! {
            <label>
                <input type="radio" name="direction" value=value prop:checked=checked checked=direction == Direction::In on:change=move |_| gate.direction.set(direction) />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <form class="g-type" method="post" action="/gate/look" autocomplete="off" on:submit=send>
            <fieldset class="g-way">
                <legend class="vh">{tr!(lang, "方向", "Direction")}</legend>
                {way(Direction::In, "in", tr!(lang, "进校", "In"))}
                {way(Direction::Out, "out", tr!(lang, "出校", "Out"))}
            </fieldset>
            <label class="vh" for=TYPED>{tr!(lang, "短码", "Short code")}</label>
            <input id=TYPED node_ref=field name="code" autocapitalize="characters" spellcheck="false" maxlength="300" placeholder=tr!(lang, "短码 6 位", "Short code") />
            <button class="g-key">{tr!(lang, "查", "Look up")}</button>
        </form>
    }
    .into_any()
}
