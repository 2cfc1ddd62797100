//! Reading codes with the camera: with the browser's own detector where it has one for QR codes, else with ours.

use super::super::VIDEO;
use super::super::state::{Camera, Command, Gate, Standing};
use super::engine::{one, tick};
use crate::islands::device::js::{
    Answer, ask, call, get, list, make, navigator, object, set, window,
};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::{JsCast as _, JsValue};

/// Between two looks, in milliseconds.
const PAUSE: u64 = 100;
/// The widest picture that is looked at: enough for a code of 61 modules across a third of it.
const WIDEST: f64 = 720.0;
/// A code that stays in view is read once; it is new again when it was gone for so long, in milliseconds.
const GONE: i64 = 2_500;

thread_local! {
    static TRACK: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Opens the camera and begins to look.
pub(super) async fn open(gate: Gate) {
    gate.camera.set(Camera::Asking);
    match stream().await {
        Ok(torch) => {
            gate.camera.set(Camera::On {
                torch: torch.then_some(false),
            });
            if !IS_RUNNING.replace(true) {
                look(gate).await;
            }
        }
        Err(_) => gate.camera.set(Camera::Missing),
    }
}

fn video() -> Answer<JsValue> {
    let found = document().get_element_by_id(VIDEO);
    found.map(JsValue::from).ok_or(JsValue::UNDEFINED)
}

/// Puts the picture of the rear camera on the page; whether it has a torch.
async fn stream() -> Answer<bool> {
    let devices = get(&navigator()?, "mediaDevices")?;
    let wishes = object([
        ("facingMode", "environment".into()),
        ("width", object([("ideal", 1280.into())])),
        ("height", object([("ideal", 720.into())])),
    ]);
    let wanted = object([("video", wishes), ("audio", false.into())]);
    let stream = ask(&devices, "getUserMedia", &[&wanted]).await?;
    let video = video()?;
    set(&video, "srcObject", &stream);
    ask(&video, "play", &[]).await?;
    let tracks: Array = call(&stream, "getVideoTracks", &[])?.dyn_into()?;
    let track = tracks.get(0);
    let has_torch = call(&track, "getCapabilities", &[])
        .and_then(|able| get(&able, "torch"))
        .is_ok_and(|torch| torch.is_truthy());
    TRACK.set(Some(track));
    Ok(has_torch)
}

/// Switches the torch.
pub(super) async fn switch_torch(gate: Gate) {
    let Camera::On { torch: Some(is_on) } = gate.camera.get_untracked() else {
        return;
    };
    let Some(track) = TRACK.with_borrow(Clone::clone) else {
        return;
    };
    let want = object([("torch", (!is_on).into())]);
    let wanted = object([("advanced", list(&[&want]).into())]);
    if ask(&track, "applyConstraints", &[&wanted]).await.is_ok() {
        gate.camera.set(Camera::On {
            torch: Some(!is_on),
        });
    }
}

/// The browser's own detector, where it reads QR codes.
async fn detector() -> Option<JsValue> {
    let class = get(&window(), "BarcodeDetector").ok()?;
    let formats = ask(&class, "getSupportedFormats", &[]).await.ok()?;
    let formats: Array = formats.dyn_into().ok()?;
    if !formats.includes(&"qr_code".into(), 0) {
        return None;
    }
    let wanted = object([("formats", one("qr_code"))]);
    make("BarcodeDetector", &[&wanted]).ok()
}

/// Looks about ten times a second, and tells each code once.
async fn look(gate: Gate) {
    let detector = detector().await;
    let canvas = canvas().ok();
    let last = Rc::new(RefCell::new((String::new(), 0_i64)));
    let is_looking = Rc::new(Cell::new(false));
    let step = move || {
        // A code that is in view before the device can decide is read when it can.
        let is_early = matches!(
            gate.net.get_untracked().standing,
            Standing::Starting | Standing::Never
        );
        if is_early || document().hidden() || is_looking.replace(true) {
            return;
        }
        let (detector, canvas) = (detector.clone(), canvas.clone());
        let (last, is_looking) = (last.clone(), is_looking.clone());
        js_sys::futures::spawn_local(async move {
            for text in read(detector.as_ref(), canvas.as_ref()).await {
                let now = tick().counted;
                let is_new = {
                    let (seen, at) = &*last.borrow();
                    *seen != text || now - at > GONE
                };
                *last.borrow_mut() = (text.clone(), now);
                if is_new {
                    gate.tell(Command::Text(text));
                }
            }
            is_looking.set(false);
        });
    };
    set_interval(step, Duration::from_millis(PAUSE));
}

/// The texts of the codes in view; none where the picture cannot be read.
async fn read(detector: Option<&JsValue>, canvas: Option<&JsValue>) -> Vec<String> {
    let Ok(video) = video() else {
        return Vec::new();
    };
    if let Some(detector) = detector {
        let Ok(found) = ask(detector, "detect", &[&video]).await else {
            return Vec::new();
        };
        return Array::from(&found)
            .iter()
            .filter_map(|code| get(&code, "rawValue").ok()?.as_string())
            .collect();
    }
    let grey = canvas.map(|canvas| grey(canvas, &video));
    match grey {
        Some(Ok((width, height, pixels))) => decode(width, height, &pixels),
        _ => Vec::new(),
    }
}

fn canvas() -> Answer<JsValue> {
    let canvas: JsValue = document().create_element("canvas")?.into();
    Ok(canvas)
}

/// The picture in grey, made smaller.
fn grey(canvas: &JsValue, video: &JsValue) -> Answer<(usize, usize, Vec<u8>)> {
    let side = |name: &str| Ok::<f64, JsValue>(get(video, name)?.as_f64().unwrap_or_default());
    let (width, height) = (side("videoWidth")?, side("videoHeight")?);
    if width < 1.0 || height < 1.0 {
        return Err(JsValue::UNDEFINED);
    }
    let scale = (WIDEST / width).min(1.0);
    let (w, h) = ((width * scale).floor(), (height * scale).floor());
    set(canvas, "width", &w.into());
    set(canvas, "height", &h.into());
    let often = object([("willReadFrequently", true.into())]);
    let context = call(canvas, "getContext", &[&"2d".into(), &often])?;
    let (zero, w_js, h_js) = (0.into(), w.into(), h.into());
    call(&context, "drawImage", &[video, &zero, &zero, &w_js, &h_js])?;
    let image = call(&context, "getImageData", &[&zero, &zero, &w_js, &h_js])?;
    let rgba = Uint8Array::new(&get(&get(&image, "data")?, "buffer")?).to_vec();
    let pixels = rgba
        .chunks_exact(4)
        .map(|pixel| match pixel {
            [red, green, blue, _] => luma(*red, *green, *blue),
            _ => 0,
        })
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and WIDEST"
    )]
    Ok((w as usize, h as usize, pixels))
}

/// ITU-R BT.601.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1_000).unwrap_or(u8::MAX)
}

fn decode(width: usize, height: usize, pixels: &[u8]) -> Vec<String> {
    quircs::Quirc::default()
        .identify(width, height, pixels)
        .filter_map(|code| code.ok()?.decode().ok())
        .filter_map(|data| String::from_utf8(data.payload).ok())
        .collect()
}
