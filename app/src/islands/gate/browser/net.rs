//! Asking the server and handing in.

use crate::islands::device::js::{Answer, ask, call, get, object, window};
use domain::gate::{Entry, Receipt};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// Longest that an answer may take, in milliseconds.
const PATIENCE: i32 = 15_000;

/// What the server gives a device.
#[derive(Debug, Deserialize)]
pub(super) struct Taken {
    pub(super) stamp: String,
    pub(super) roll: Option<String>,
}

/// Why nothing was given.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody answered, or nonsense.
    NoContact,
    /// The device was cut off.
    CutOff,
}

#[derive(Serialize)]
struct Lot<'a> {
    entries: &'a [Entry],
}

#[derive(Deserialize)]
struct Receipts {
    receipts: Vec<Receipt>,
}

async fn fetch(url: &str, body: Option<String>) -> Answer<(u16, String)> {
    let signal = get(&window(), "AbortSignal")
        .and_then(|class| call(&class, "timeout", &[&PATIENCE.into()]))
        .unwrap_or(JsValue::UNDEFINED);
    let how = match body {
        None => object([("signal", signal), ("cache", "no-store".into())]),
        Some(body) => object([
            ("signal", signal),
            ("method", "POST".into()),
            ("body", body.into()),
            (
                "headers",
                object([("content-type", "application/json".into())]),
            ),
        ]),
    };
    let response = ask(&window(), "fetch", &[&url.into(), &how]).await?;
    let status = get(&response, "status")?.as_f64().unwrap_or_default();
    let text = ask(&response, "text", &[]).await?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status has three digits"
    )]
    Ok((status as u16, text.as_string().unwrap_or_default()))
}

/// A new stamp, and the roll where another one holds now.
pub(super) async fn take(roll: Option<String>, waiting: usize) -> Result<Taken, Failure> {
    let roll = roll.unwrap_or_default();
    let url = format!("/gate/api/take?roll={roll}&waiting={waiting}&app=web");
    match fetch(&url, None).await {
        Ok((200, text)) => serde_json::from_str(&text).map_err(|_| Failure::NoContact),
        Ok((401, _)) => Err(Failure::CutOff),
        _ => Err(Failure::NoContact),
    }
}

/// Hands in a lot.
pub(super) async fn hand_in(entries: &[Entry]) -> Result<Vec<Receipt>, Failure> {
    let body = serde_json::to_string(&Lot { entries }).map_err(|_| Failure::NoContact)?;
    match fetch("/gate/api/entries", Some(body)).await {
        Ok((200, text)) => serde_json::from_str::<Receipts>(&text)
            .map(|answer| answer.receipts)
            .map_err(|_| Failure::NoContact),
        Ok((401, _)) => Err(Failure::CutOff),
        _ => Err(Failure::NoContact),
    }
}
