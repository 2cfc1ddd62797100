//! Plain pages in both languages (and problem documents for other programs), for answers that no page of the application gives.

use super::trace::RequestId;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use domain::Lang;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode};
use std::any::Any;

/// Marks a response that still wants its page.
#[derive(Debug, Clone, Copy)]
struct Bare;

/// An answer of this status that shows people a plain page.
pub fn plain(status: StatusCode) -> Response {
    (status, axum::Extension(Bare)).into_response()
}

pub(super) async fn method_not_allowed() -> Response {
    plain(StatusCode::METHOD_NOT_ALLOWED)
}

/// The answer after a panic, whose place is in the log under the same number.
pub(super) fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    metrics::counter!("fuxue_panics_total").increment(1);
    plain(StatusCode::INTERNAL_SERVER_ERROR)
}

/// For whom a page is filled in.
pub(super) struct Reader {
    id: Option<RequestId>,
    /// The language that a program asks for; `None` for people.
    program: Option<Lang>,
    /// What was typed is still on the page before this one.
    has_typed: bool,
}

impl Reader {
    /// Who sends a request.
    pub fn of(request: &Request) -> Self {
        Self {
            id: request.extensions().get::<RequestId>().copied(),
            program: crate::api::language(request),
            has_typed: request.method() == Method::POST,
        }
    }
}

/// Fills in the page of a [`plain`] answer, and puts one in place of the bare sentences with which the web
/// framework refuses malformed requests.
pub(super) fn fill_in(response: Response, reader: &Reader) -> Response {
    let id = reader.id.as_ref();
    let status = response.status();
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .map(HeaderValue::as_bytes);
    let is_sentence = status.is_client_error() && kind.is_none_or(|k| k.starts_with(b"text/plain"));
    if response.extensions().get::<Bare>().is_none() && !is_sentence {
        return response;
    }
    if let Some(lang) = reader.program {
        let mut answer = crate::api::Problem::bare(lang, status, id).into_response();
        for name in [RETRY_AFTER, ALLOW] {
            if let Some(said) = response.headers().get(&name) {
                answer.headers_mut().insert(name, said.clone());
            }
        }
        return answer;
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_ENCODING);
    parts.headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Response::from_parts(parts, Body::from(page(status, reader)))
}

/// A [`plain`] answer to what has come of a request, as HTTP/1.1 writes it.
pub(crate) async fn written(answer: Response, asked: &[u8]) -> Vec<u8> {
    let asked = String::from_utf8_lossy(asked);
    let mut words = asked.split(' ');
    let (method, path) = (words.next(), words.next());
    let request = Request::builder()
        .method(method.unwrap_or_default())
        .uri(path.unwrap_or_default())
        .body(Body::empty())
        .unwrap_or_default();
    let (parts, body) = fill_in(answer, &Reader::of(&request)).into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let (status, length) = (parts.status, body.len());
    let mut written = Vec::from(format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n"
    ));
    for (name, value) in &parts.headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            written.extend_from_slice(part);
        }
    }
    written.extend_from_slice(b"\r\n");
    written.extend_from_slice(&body);
    written
}

fn page(status: StatusCode, reader: &Reader) -> String {
    let (zh, en) = words(status);
    let may_come_again = matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
    );
    let way_on = if reader.has_typed && may_come_again {
        "请按浏览器的“返回”，再交一次。 / Go back in your browser and send it again."
    } else {
        "<a href=\"/\">回到首页 / To the front page</a>"
    };
    let id = reader.id.as_ref();
    let reference = id
        .filter(|_| status.is_server_error())
        .map(|id| format!("<p>参考编号 / Reference number: <code>{id}</code></p>"))
        .unwrap_or_default();
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{status} · 复学码</title></head>\n\
         <body><h1>{zh}</h1><p lang=\"en\">{en}</p>{reference}<p>{way_on}</p></body></html>\n",
        status = status.as_u16(),
    )
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::FORBIDDEN => (
            "请从本站的页面提交。",
            "Please send this from a page of this site.",
        ),
        StatusCode::NOT_FOUND => ("没有这个页面。", "There is no such page."),
        StatusCode::METHOD_NOT_ALLOWED => (
            "这个页面不能这样用。",
            "This page cannot be used like that.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "等得太久了，请再试一次。",
            "This took too long. Please try again.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "内容太大，没有收下。",
            "That is too large and was not taken.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "请求太多，请稍等一会儿再试。",
            "Too many requests. Please wait a moment and try again.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "现在太忙，请过一会儿再试。",
            "Too busy just now. Please try again in a moment.",
        ),
        s if s.is_client_error() => ("没有看懂这个请求。", "The request was not understood."),
        _ => (
            "系统出错了，您填的内容可能没有保存。",
            "Something went wrong; what you entered may not be saved.",
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::edge::testing::*;
    use axum::body::Body;
    use http::StatusCode;

    #[tokio::test]
    async fn a_panic_is_answered_with_a_reference_number_and_nothing_else() {
        let response = answer(&edge(), get_from("/panic")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = response.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let page = text(response).await;
        assert!(page.contains(&id) && !page.contains("a test"), "{page}");
    }

    #[tokio::test]
    async fn what_does_not_exist_gets_a_plain_page() {
        let unknown = answer(&edge(), get_from("/nowhere")).await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
        assert!(text(unknown).await.contains("There is no such page"));
        let delete = request("DELETE", "/")
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        let refused = answer(&edge(), delete).await;
        assert_eq!(
            (
                refused.status(),
                refused.headers()["content-type"].to_str().unwrap()
            ),
            (StatusCode::METHOD_NOT_ALLOWED, "text/html; charset=utf-8")
        );
        assert!(refused.headers().contains_key("allow"));
    }

    #[tokio::test]
    async fn a_malformed_form_tells_nothing_internal() {
        let wrong = request("POST", "/")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "text/csv");
        let response = answer(&edge(), wrong.body(Body::from("x")).unwrap()).await;
        assert!(response.status().is_client_error());
        assert!(text(response).await.contains("没有看懂"));
    }
}
