//! The public keys of passes, for every scanner and for other issuers.

use crate::web::{Answer, Ctx, Needs, Route};
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

/// A scanner that asks again within this time hears nothing new.
const CACHE: &str = "public, max-age=300";

/// The routes of these files.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/.well-known/fuxue-keys.json", Needs::Nothing, get(set)),
        Route::new("/.well-known/fuxue-keys.jws", Needs::Nothing, get(file)),
    ]
}

/// The JSON Web Key Set.
async fn set(ctx: Ctx) -> Answer {
    let keys = ctx.services().published_keys().await?;
    let body = serde_json::to_string_pretty(&keys)
        .map_err(|e| services::Error::internal(e.to_string()))?;
    let headers = [
        (CONTENT_TYPE, "application/jwk-set+json"),
        (CACHE_CONTROL, CACHE),
    ];
    Ok((headers, body).into_response())
}

/// The same, signed, for exchange between issuers.
async fn file(ctx: Ctx) -> Answer {
    let (text, _) = ctx.services().key_file().await?;
    let headers = [
        (CONTENT_TYPE, "application/jose"),
        (CACHE_CONTROL, CACHE),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"fuxue-keys.jws\"",
        ),
    ];
    Ok((headers, text).into_response())
}
