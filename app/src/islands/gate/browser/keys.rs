//! Hearing a scanner that types, wherever the focus is.

use super::super::state::{Command, Gate};
use super::super::wedge::Wedge;
use leptos::ev;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

pub(super) fn listen(gate: Gate) {
    let wedge = RefCell::new(Wedge::default());
    let handle = window_event_listener(ev::keydown, move |event| {
        let field = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            .filter(|field| field.type_() != "radio" && field.type_() != "checkbox");
        let (key, at) = (event.key(), event.time_stamp());
        let Some(code) = wedge.borrow_mut().key(&key, at, field.is_some()) else {
            return;
        };
        // Neither the form nor the button under the focus takes the scanner's Enter, and no field keeps its text.
        event.prevent_default();
        event.stop_propagation();
        if let Some(field) = field {
            let rest = field.value();
            field.set_value(rest.strip_suffix(&code).unwrap_or_default());
        }
        gate.tell(Command::Text(code));
    });
    // Heard as long as the page lives.
    std::mem::forget(handle);
}
