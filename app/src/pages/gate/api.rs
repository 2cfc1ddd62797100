//! What a device asks for and hands in. Answers hold no reason, no answer, no full name and no phone.

use crate::web::{Answer, AtGate, Ctx, Fields};
use axum::Json;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use domain::gate::{Entry, Receipt};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::{Deserialize, Serialize};
use services::gates::{ENTRIES_MAX, Told};
use services::{Error, Refusal};

/// What a hand-in may weigh, in bytes.
pub(super) const HAND_IN_BYTES: usize = 256 << 10;

#[derive(Serialize)]
struct Refused {
    error: &'static str,
}

#[derive(Serialize)]
struct Taken {
    stamp: String,
    roll: Option<String>,
}

#[derive(Deserialize)]
struct HandIn {
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Receipts {
    receipts: Vec<Receipt>,
}

fn json<T: Serialize>(status: StatusCode, body: T) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn refused(status: StatusCode, error: &'static str) -> Response {
    json(status, Refused { error })
}

/// `GET /gate/api/take?roll=DIGEST&waiting=N&app=WORD`: stamp, and the roll where it differs.
pub async fn take(ctx: Ctx, AtGate(device): AtGate, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let Some(device) = device else {
        return Ok(refused(StatusCode::UNAUTHORIZED, "cut_off"));
    };
    let told = Told {
        waiting: query.get("waiting").parse().ok(),
        app: query.get("app").to_owned(),
    };
    match ctx
        .services()
        .take_along(&device, query.get("roll"), &told)
        .await
    {
        Ok(taken) => {
            let roll = taken.roll.map(|roll| roll.to_string());
            let stamp = taken.stamp;
            Ok(json(StatusCode::OK, Taken { stamp, roll }))
        }
        Err(Error::Refused(Refusal::DeviceCutOff)) => {
            Ok(refused(StatusCode::UNAUTHORIZED, "cut_off"))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /gate/api/entries`: what happened, each entry once; a receipt for each, in their order.
pub async fn entries(ctx: Ctx, AtGate(device): AtGate, body: Bytes) -> Answer {
    let Some(device) = device else {
        return Ok(refused(StatusCode::UNAUTHORIZED, "cut_off"));
    };
    let Ok(sent) = serde_json::from_slice::<HandIn>(&body) else {
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "malformed"));
    };
    if sent.entries.len() > ENTRIES_MAX {
        return Ok(refused(StatusCode::PAYLOAD_TOO_LARGE, "too_many"));
    }
    let receipts = ctx.services().hand_in(&device, &sent.entries).await?;
    Ok(json(StatusCode::OK, Receipts { receipts }))
}
