//! The clock, the countdown and the temperature steps of the guardians' pages.

#![expect(
    missing_docs,
    reason = "the island macro makes a public struct of its own"
)]

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::minutes;
use leptos::prelude::*;

/// Milliseconds since this page was asked for; a device's wrong clock does no harm.
fn since_navigation() -> f64 {
    #[cfg(feature = "hydrate")]
    {
        leptos::web_sys::window()
            .and_then(|window| window.performance())
            .map_or(0.0, |performance| performance.now())
    }
    #[cfg(not(feature = "hydrate"))]
    {
        0.0
    }
}

/// Calls `step` in the browser, once a second.
fn each_second(step: impl Fn() + Clone + 'static) {
    Effect::new(move |_| {
        step();
        set_interval(step.clone(), std::time::Duration::from_secs(1));
    });
}

/// Whole seconds gone since this page was asked for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a page is never open for 136 years"
)]
fn seconds_gone() -> u32 {
    (since_navigation() / 1_000.0).max(0.0) as u32
}

fn clock_text(second: u32) -> String {
    let second = second % 86_400;
    format!(
        "{}:{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// The school's time, each second.
#[island]
pub fn Clock(
    /// Seconds since midnight when the page was made.
    second: u32,
) -> impl IntoView {
    let now = RwSignal::new(second);
    each_second(move || now.set(second + seconds_gone()));
    view! { <time role="timer" aria-live="off">{move || clock_text(now.get())}</time> }
}

/// The minutes that are left, and what to know once they are gone.
#[island]
pub fn Countdown(
    /// The reader's language.
    lang: Lang,
    /// Seconds left when the page was made.
    left: u32,
    /// The same in words.
    words: String,
) -> impl IntoView {
    let text = RwSignal::new(words);
    each_second(move || {
        let left = left.saturating_sub(seconds_gone());
        text.set(if left == 0 {
            tr!(
                lang,
                "，时间已过，现在报仍然有效",
                ", past; a report still counts"
            )
        } else {
            let words = minutes(lang, left.div_ceil(60));
            tr!(lang, "，还有 {words}", ", {words} left")
        });
    });
    view! { <span>{move || text.get()}</span> }
}

/// The value in an input, moved by some tenths; the start where it is empty, nothing where it is no number.
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "pressed in the browser only")
)]
fn stepped(text: &str, tenths: i32) -> Option<String> {
    let value = if text.trim().is_empty() {
        366
    } else {
        let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
        whole.parse::<i32>().ok()? * 10 + rest.get(..1)?.parse::<i32>().ok()? + tenths
    };
    (340..=430)
        .contains(&value)
        .then(|| format!("{}.{}", value / 10, value % 10))
}

/// A button that moves the temperature by a tenth; not there without script.
#[island]
pub fn TemperatureStep(
    /// The id of the input.
    input: String,
    /// Tenths of a degree per press.
    tenths: i32,
    /// The accessible name.
    label: String,
) -> impl IntoView {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let press = move |_| {
        #[cfg(feature = "hydrate")]
        {
            use leptos::wasm_bindgen::JsCast as _;
            let field = document()
                .get_element_by_id(&input)
                .and_then(|e| e.dyn_into::<leptos::web_sys::HtmlInputElement>().ok());
            if let Some(field) = field
                && let Some(value) = stepped(&field.value(), tenths)
            {
                field.set_value(&value);
            }
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&input, tenths);
    };
    view! {
        <button type="button" class="btn" aria-label=label hidden=move || !alive.get() on:click=press>
            {if tenths < 0 { "−" } else { "+" }}
        </button>
    }
}

/// Among the check boxes of one name: *none* clears the others, and each of the others clears *none*.
#[island]
pub fn NoneClears(
    /// The boxes' name.
    name: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use leptos::wasm_bindgen::JsCast as _;
        use leptos::web_sys::HtmlInputElement;
        let name = name.clone();
        let handle = window_event_listener(leptos::ev::change, move |event| {
            let changed = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlInputElement>().ok())
                .filter(|input| input.name() == name && input.checked());
            let Some(changed) = changed else { return };
            let is_none = changed.value() == "none";
            let boxes = document()
                .query_selector_all(&format!("input[name='{name}']"))
                .ok();
            for at in 0..boxes.as_ref().map_or(0, leptos::web_sys::NodeList::length) {
                let other = boxes
                    .as_ref()
                    .and_then(|b| b.get(at))
                    .and_then(|n| n.dyn_into::<HtmlInputElement>().ok());
                if let Some(other) = other
                    && is_none == (other.value() != "none")
                {
                    other.set_checked(false);
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = name;
}

/// Prints the page; without script a hint stands there instead.
#[island]
pub fn PrintButton(
    /// The words on it.
    label: String,
    /// What to do without script.
    hint: String,
) -> impl IntoView {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let press = move |_| {
        #[cfg(feature = "hydrate")]
        {
            // A browser that cannot print says so itself.
            let _ = window().print();
        }
    };
    view! {
        <button type="button" class="btn" hidden=move || !alive.get() on:click=press>{label}</button>
        <span class="hint" hidden=move || alive.get()>{hint}</span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_moves_a_tenth_and_stays_in_range() {
        assert_eq!(stepped("36.9", 1).as_deref(), Some("37.0"));
        assert_eq!(stepped("37", -1).as_deref(), Some("36.9"));
        assert_eq!(stepped("", 1).as_deref(), Some("36.6"));
        assert_eq!(
            (stepped("43.0", 1), stepped("378", 1), stepped("abc", 1)),
            (None, None, None)
        );
    }

    #[test]
    fn the_clock_turns_over_at_midnight() {
        assert_eq!(clock_text(7 * 3_600 + 14 * 60 + 32), "7:14:32");
        assert_eq!(clock_text(86_400 + 5), "0:00:05");
    }
}
