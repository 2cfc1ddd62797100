//! The keys for a temperature, large enough for gloves.

use super::words::tenths;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::temperature;
use crate::ui::{ShapeSize, StatusShape};
use domain::Code;
use leptos::prelude::*;

/// How what was typed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// Nothing, or not all of it yet.
    Empty,
    /// Below the threshold; tenths of a degree.
    Normal(u16),
    /// At or above it.
    High(u16),
    /// No temperature of a person.
    Wrong,
}

impl Read {
    pub(super) fn of(typed: &str, fever: u16) -> Self {
        match tenths(typed) {
            Some(value) if value >= fever => Self::High(value),
            Some(value) => Self::Normal(value),
            None if typed.trim_matches('.').len() < 3 => Self::Empty,
            None => Self::Wrong,
        }
    }

    pub(super) fn value(self) -> Option<u16> {
        match self {
            Self::Normal(value) | Self::High(value) => Some(value),
            Self::Empty | Self::Wrong => None,
        }
    }
}

const KEYS: [&str; 11] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0"];

/// The field and the keys.
#[component]
pub(super) fn Keypad(lang: Lang, typed: RwSignal<String>, fever: u16) -> AnyView {
    let limit = temperature(lang, fever.into());
    let says = move || match Read::of(&typed.get(), fever) {
        Read::Empty => {
            view! { <span>{tr!(lang, "例如 36.5", "36.5, for instance")}</span> }.into_any()
        }
        Read::Normal(_) => view! {
            <StatusShape code=Code::Green size=ShapeSize::Word />
            <span>{tr!(lang, "低于 {limit}", "below {limit}")}</span>
        }
        .into_any(),
        Read::High(_) => view! {
            <StatusShape code=Code::Yellow size=ShapeSize::Word />
            <b>{tr!(lang, "偏高，要复测", "High: to be measured again")}</b>
        }
        .into_any(),
        Read::Wrong => view! { <b>{tr!(lang, "请核对数字", "Check the number")}</b> }.into_any(),
    };
    let press = move |key: &'static str| {
        typed.update(|text| {
            if text.len() < 5 {
                text.push_str(key);
            }
        });
    };
    let keys = KEYS
        .into_iter()
        .map(|key| view! { <button type="button" class="g-key" on:click=move |_| press(key)>{key}</button> })
        .collect_view();
    view! {
        <div class="g-temp">
            <label for="gate-temp">{tr!(lang, "体温", "Temperature")}</label>
            <span class="g-says" role="status">{says}</span>
            <input id="gate-temp" inputmode="none" maxlength="5" autocomplete="off" prop:value=move || typed.get() on:input=move |event| typed.set(event_target_value(&event)) />
            <span aria-hidden="true">"℃"</span>
        </div>
        <div class="g-keys">
            {keys}
            <button type="button" class="g-key" aria-label=tr!(lang, "退格", "Delete") on:click=move |_| typed.update(|text| { text.pop(); })>"⌫"</button>
        </div>
    }
    .into_any()
}
