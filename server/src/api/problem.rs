//! What another program is told when something cannot be done: a problem document (RFC 9457).

use crate::edge::RequestId;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query};
use axum::response::{IntoResponse, Response};
use domain::Lang;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use services::Error;
use services::roster::ReadError;
use std::convert::Infallible;
use utoipa::ToSchema;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:fuxue:` and the stable code.
    #[serde(rename = "type")]
    kind: String,
    /// The status of the answer.
    status: u16,
    /// The stable code, for programs.
    code: &'static str,
    /// What is the matter, in the language that was asked for.
    title: String,
    /// Which part of the request it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Box<str>>,
    /// For whoever keeps the server: the number of the failed request in its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Box<str>>,
    #[serde(skip)]
    wait: Option<u32>,
}

/// The language that a program asks for; English unless it begins with Chinese.
#[derive(Debug, Clone, Copy)]
pub struct Asked(pub Lang);

impl Asked {
    /// The language of a request with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE).map(HeaderValue::as_bytes);
        let is_chinese = asked.is_some_and(|tag| tag.starts_with(b"zh"));
        Self(if is_chinese { Lang::Zh } else { Lang::En })
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl Problem {
    /// A problem with a stable code and its words.
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:fuxue:{code}"),
            status: status.as_u16(),
            code,
            title: title.into(),
            detail: None,
            reference: None,
            wait: None,
        }
    }

    /// A request that is not understood; `detail` says where.
    pub fn malformed(lang: Lang, detail: impl Into<Box<str>>) -> Self {
        Self::bare(lang, StatusCode::BAD_REQUEST, None).about(detail)
    }

    /// The problem with what it is about.
    #[must_use]
    pub fn about(mut self, detail: impl Into<Box<str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The problem, to be tried again after so many seconds.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.wait = Some(seconds);
        self
    }

    /// What holds for every request before it reaches an operation: size, pace, method, address.
    pub fn bare(lang: Lang, status: StatusCode, id: Option<&RequestId>) -> Self {
        let (code, zh, en) = words(status);
        let title = match lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        let mut problem = Self::new(status, code, title);
        if status.is_server_error() {
            problem.reference = id.map(|id| id.to_string().into());
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            problem.wait = Some(1);
        }
        problem
    }

    /// A use case that did not happen.
    pub fn of(lang: Lang, error: &Error, id: Option<&RequestId>) -> Self {
        let say = |zh: &str, en: &str| match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        };
        match error {
            Error::Refused(refusal) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                refusal.code(),
                refusal.text(lang),
            ),
            Error::Answers(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "answers_invalid",
                say("有几处要改，改好就能提交。", "Some answers need a change."),
            ),
            Error::NotSignedIn | Error::Forbidden | Error::NotFound => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                say(
                    "没有这所学校或地区，或密钥没有这项权限。",
                    "There is no such school or region, or the key has no such right there.",
                ),
            ),
            Error::Overloaded => Self::bare(lang, StatusCode::SERVICE_UNAVAILABLE, id),
            Error::Internal(cause) => {
                tracing::error!(%cause, "a request of the interface failed");
                Self::bare(lang, StatusCode::INTERNAL_SERVER_ERROR, id)
            }
        }
    }

    /// A list that cannot be read.
    pub fn unreadable(lang: Lang, error: ReadError) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, error.code(), error.message(lang))
    }

    /// No key, or one that is not accepted.
    pub fn no_key(lang: Lang) -> Self {
        let title = match lang {
            Lang::Zh => "没有密钥，或密钥已到期、已吊销。",
            Lang::En => "There is no key, or it has expired or was revoked.",
        };
        Self::new(StatusCode::UNAUTHORIZED, "no_key", title)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self).unwrap_or_default();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.wait {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Code, Chinese and English of what holds for every request.
fn words(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "not_found",
            "接口没有这个地址。",
            "The interface has no such address.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "这个地址不接受这种方法，见 Allow。",
            "This address does not take this method; Allow says which.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "timeout",
            "处理超时，请再发一次。",
            "This took too long; send it again.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too_large",
            "内容太大，没有收下；请分几次发。",
            "This is too large and was not taken; send it in parts.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "too_many_requests",
            "请求太多，请按 Retry-After 等待。",
            "Too many requests; wait as Retry-After says.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "overloaded",
            "现在太忙，请稍后再发。",
            "Too busy just now; send it again in a moment.",
        ),
        status if status.is_client_error() => (
            "malformed",
            "没有看懂这个请求。",
            "The request was not understood.",
        ),
        _ => (
            "internal",
            "系统出错了，请求可能没有做完，请再发一次。",
            "Something went wrong on our side, and the request may not be done; send it again.",
        ),
    }
}

/// The stable word of a reason.
pub(super) fn word_of(reason: impl Serialize) -> String {
    let word = serde_json::to_value(reason).ok();
    word.and_then(|word| Some(word.as_str()?.to_owned()))
        .unwrap_or_default()
}

/// What a request's parameters say, or which of them is not understood.
pub fn asked<T>(lang: Lang, ask: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    ask.map(|Query(ask)| ask)
        .map_err(|error| Problem::malformed(lang, error.body_text()))
}

/// The answer below [`super::PREFIX`] where there is no operation.
pub(super) async fn not_found(Asked(lang): Asked) -> Problem {
    Problem::bare(lang, StatusCode::NOT_FOUND, None)
}
