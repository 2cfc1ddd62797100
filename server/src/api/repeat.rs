//! Requests that may be sent again: with `Idempotency-Key` the second one gets the first one's answer.

use super::bearer::Bearer;
use super::problem::Problem;
use axum::response::{IntoResponse as _, Response};
use domain::Lang;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use services::Services;
use services::interface::{Begun, Repeat};
use std::sync::Arc;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest name of a request, in bytes.
const NAME_MAX: usize = 200;

/// Does `work` once for each name that a request gives itself, and always for one without a name. The work goes on
/// to its end even where the program hangs up.
pub async fn once<T, W>(
    services: &Arc<Services>,
    bearer: &Bearer,
    headers: &HeaderMap,
    asked: &[&[u8]],
    work: W,
) -> Result<Response, Problem>
where
    T: Serialize + Send + 'static,
    W: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let begun = match headers.get(NAME).map(HeaderValue::to_str) {
        None => None,
        Some(Ok(name)) if (1..=NAME_MAX).contains(&name.len()) => {
            let repeat = services
                .begin_request(bearer.key.id, name, asked)
                .await
                .map_err(|error| bearer.problem(&error))?;
            match repeat {
                Repeat::New(begun) => Some(begun),
                Repeat::Answered(status, body) => return Ok(replayed(status, body)),
                Repeat::Working => return Err(working(bearer.lang)),
                Repeat::Other => return Err(other(bearer.lang)),
            }
        }
        Some(_) => return Err(Problem::malformed(bearer.lang, "Idempotency-Key")),
    };
    let (services, asker) = (Arc::clone(services), bearer.clone());
    let done = tokio::spawn(async move {
        let answer = work.await.map(|value| body_of(&value));
        keep(&services, &asker, begun, answer).await
    });
    let text = done
        .await
        .map_err(|_| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR, bearer.id.as_ref()))??;
    Ok(json(StatusCode::OK, text))
}

async fn keep(
    services: &Services,
    asker: &Bearer,
    begun: Option<Begun>,
    answer: Result<String, Problem>,
) -> Result<String, Problem> {
    if let Some(begun) = begun {
        let kept = answer.as_ref().ok().map(|text| (200, text.clone()));
        services
            .end_request(begun, kept)
            .await
            .map_err(|error| asker.problem(&error))?;
    }
    answer
}

fn body_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn json(status: StatusCode, text: String) -> Response {
    let mut response = (status, text).into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn replayed(status: u16, body: String) -> Response {
    let mut response = json(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body);
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn working(lang: Lang) -> Problem {
    let title = match lang {
        Lang::Zh => "同名的请求还在处理，请稍后再问。",
        Lang::En => "The request of this name is still being worked on; ask again in a moment.",
    };
    Problem::new(StatusCode::CONFLICT, "still_working", title).after(2)
}

fn other(lang: Lang) -> Problem {
    let title = match lang {
        Lang::Zh => "这个 Idempotency-Key 已用于内容不同的请求。",
        Lang::En => "This Idempotency-Key belongs to a request that asked something else.",
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "name_taken", title)
}
