//! Sound and vibration: one short for *let in*, two long for *do not enter*, one long for *report first*.

use crate::islands::device::js::{call, get, make, navigator, set};
use domain::gate::Verdict;
use js_sys::Array;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

thread_local! {
    static AUDIO: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// A tone: its pitch in hertz, when it begins and how long it lasts, in seconds.
type Tone = (f64, f64, f64);

/// Browsers allow sound only after somebody has touched the page.
pub(super) fn wake_with_a_touch() {
    for event in ["pointerdown", "keydown"] {
        let handle = window_event_listener_untyped(event, |_| {
            if let Some(audio) = audio() {
                let _ = call(&audio, "resume", &[]);
            }
        });
        // Heard as long as the page lives.
        std::mem::forget(handle);
    }
}

fn audio() -> Option<JsValue> {
    AUDIO.with_borrow_mut(|audio| {
        if audio.is_none() {
            *audio = make("AudioContext", &[]).ok();
        }
        audio.clone()
    })
}

pub(super) fn verdict(verdict: Verdict) {
    match verdict {
        Verdict::Admit => sound(&[(880.0, 0.0, 0.12)], &[80]),
        Verdict::Refuse => sound(&[(220.0, 0.0, 0.4), (220.0, 0.55, 0.4)], &[350, 150, 350]),
        Verdict::ReportFirst => sound(&[(440.0, 0.0, 0.4)], &[250]),
    }
}

/// The guard is asked something.
pub(super) fn attention() {
    sound(&[(440.0, 0.0, 0.12)], &[80]);
}

fn sound(tones: &[Tone], shakes: &[i32]) {
    if let Ok(navigator) = navigator() {
        let pattern: Array = shakes.iter().map(|ms| JsValue::from(*ms)).collect();
        // A device that cannot shake has the sound.
        let _ = call(&navigator, "vibrate", &[&pattern]);
    }
    for tone in tones {
        // Where there is no sound, the screen says it all.
        let _ = play(*tone);
    }
}

fn play((pitch, after, length): Tone) -> Result<(), JsValue> {
    let Some(audio) = AUDIO.with_borrow(Clone::clone) else {
        return Ok(());
    };
    let now = get(&audio, "currentTime")?.as_f64().unwrap_or_default();
    let (tone, gain) = (
        call(&audio, "createOscillator", &[])?,
        call(&audio, "createGain", &[])?,
    );
    set(&get(&tone, "frequency")?, "value", &pitch.into());
    set(&get(&gain, "gain")?, "value", &0.25.into());
    call(&tone, "connect", &[&gain])?;
    call(&gain, "connect", &[&get(&audio, "destination")?])?;
    call(&tone, "start", &[&(now + after).into()])?;
    call(&tone, "stop", &[&(now + after + length).into()])?;
    Ok(())
}
