//! What the OpenAPI document says of every operation: the problems that it answers with.

use http::StatusCode;
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{Content, Header, HeaderBuilder, Object, Ref, RefOr, Response, Type};

/// The problems that every operation answers with.
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let statuses = [
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::INTERNAL_SERVER_ERROR,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        statuses.into_iter().map(problem).collect()
    }
}

/// A problem that some operations answer with besides.
pub struct Also<const STATUS: u16>;

impl<const STATUS: u16> IntoResponses for Also<STATUS> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let status = StatusCode::from_u16(STATUS);
        status.into_iter().map(problem).collect()
    }
}

fn problem(status: StatusCode) -> (String, RefOr<Response>) {
    let schema = Ref::from_schema_name("Problem");
    let problem = ResponseBuilder::new()
        .description(meaning(status))
        .content("application/problem+json", Content::new(Some(schema)));
    let problem = match status {
        StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            problem.header("Retry-After", wait())
        }
        _ => problem,
    };
    (status.as_str().to_owned(), problem.build().into())
}

fn wait() -> Header {
    let seconds = Object::builder().schema_type(Type::Integer);
    HeaderBuilder::new()
        .schema(seconds.minimum(Some(1)))
        .description(Some("Seconds to wait before asking again."))
        .build()
}

fn meaning(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "It is not understood; `detail` says where.",
        StatusCode::UNAUTHORIZED => "There is no key, or it has expired or was revoked.",
        StatusCode::FORBIDDEN => {
            "There is no such school or region, or the key has no such right there."
        }
        StatusCode::REQUEST_TIMEOUT => "It took too long.",
        StatusCode::CONFLICT => "The request of this name is still being worked on.",
        StatusCode::PAYLOAD_TOO_LARGE => "It is too large.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "It is of a kind that is not read.",
        StatusCode::UNPROCESSABLE_ENTITY => {
            "It is understood, but cannot be done; `code` says why."
        }
        StatusCode::TOO_MANY_REQUESTS => "Too many requests.",
        StatusCode::SERVICE_UNAVAILABLE => "Too busy just now.",
        _ => "It failed on our side; `reference` is its number in the log.",
    }
}
