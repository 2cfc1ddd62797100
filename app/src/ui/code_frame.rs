//! The code: the first thing that a school looks at.

use crate::tr;
use crate::tr::Lang;
use crate::ui::props::{OptText, Slot};
use crate::ui::status::{ShapeSize, StatusShape};
use crate::ui::words::{code_meaning, code_name, status_word};
use crate::ui::{Dot, WaveBand};
use domain::Code;
use leptos::prelude::*;

/// The frame in the status colour with word, QR code, masked name and clock.
///
/// With `progress` (yellow and red) the days stand first and the QR code shares its row with the name.
#[component]
pub fn CodeFrame(
    /// The reader's language.
    lang: Lang,
    /// The code.
    code: Code,
    /// What it means today, instead of the usual line.
    #[prop(optional, into)]
    meaning: OptText,
    /// The QR code as an SVG element that the server drew; `None` shows `instead`.
    #[prop(optional)]
    qr: Option<String>,
    /// What can be typed where the QR code cannot be scanned.
    #[prop(optional, into)]
    short: OptText,
    /// Where no code is issued: why, and what to do.
    #[prop(optional, into)]
    instead: Slot,
    /// The masked name.
    #[prop(into)]
    name: String,
    /// The class.
    #[prop(into)]
    class_name: String,
    /// Beside the name: shows the full name.
    #[prop(optional, into)]
    unmask: Slot,
    /// The clock that proves that this is no picture.
    #[prop(optional, into)]
    clock: Slot,
    /// Days of an isolation: heading and [`super::ProgressDays`].
    #[prop(optional, into)]
    progress: Slot,
) -> AnyView {
    let (instead, unmask, clock, progress) = (instead.0, unmask.0, clock.0, progress.0);
    let meaning = meaning.0;
    let meaning = meaning.unwrap_or_else(|| code_meaning(lang, code));
    let label = tr!(lang, "{name}的返校码", "Code of {name}");
    let qr = qr.map(|svg| {
        let says = tr!(lang, "屏幕上的二维码", "QR code of this screen");
        view! { <div class="qr" role="img" aria-label=says inner_html=svg></div> }
    });
    let short = short.0.map(|short| view! { <p class="short-code">{tr!(lang, "短码", "Short code")} " " <b>{short}</b></p> });
    let no_code = instead.map(|instead| view! { <div class="no-code">{instead}</div> });
    let clock = clock.map(|clock| view! { <span class="clock">{clock}</span> });
    let unmask = unmask.map(|unmask| view! { <span class="slot">{unmask}</span> });
    let body = match (progress, qr) {
        (Some(progress), Some(qr)) => view! {
            <div class="code-body">
                <div class="days">{progress}</div>
                <div class="code-pair">
                    {qr} <div class="side">
                        <b>{name}</b>
                        <span>{class_name}</span>
                        {short}
                        {unmask}
                        <div class="clock-box">
                            <WaveBand />
                            {clock}
                            {the_list_decides(lang)}
                        </div>
                    </div>
                </div>
            </div>
        }
        .into_any(),
        (progress, qr) => view! {
            <div class="code-body">
                {progress.map(|progress| view! { <div class="days">{progress}</div> })} {qr} {short} {no_code}
                <div class="who">
                    <b>{name}</b>
                    <span class="sub">{class_name}</span>
                    {unmask}
                </div>
            </div>
            <div class="code-foot">
                {clock} <span>{the_list_decides(lang)}</span>
            </div>
        }
        .into_any(),
    };
    view! {
        <section class=format!("code {}", code.word()) aria-label=label>
            <WaveBand class="waves top-w" />
            <WaveBand class="waves low-w" />
            <div class="code-head">
                <StatusShape code=code size=ShapeSize::Code />
                <div>
                    <b>{status_word(lang, code)}</b>
                    <span>{code_name(lang, code)} <Dot /> {meaning}</span>
                </div>
            </div>
            {body}
        </section>
    }
    .into_any()
}

/// Two short lines: nothing on the screen decides.
fn the_list_decides(lang: Lang) -> impl IntoView {
    view! {
        {tr!(lang, "以门口名单为准", "The gate list decides,")}
        <br />
        {tr!(lang, "截图无效", "a screenshot does not")}
    }
}
