//! How long a request may take until its answer begins. An event stream's answer begins at once.

use super::plain::plain;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::time::Duration;

/// How long requests may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// A page or form, its sending included.
    page: Duration,
    /// An upload over a thin line, or another program's list.
    upload: Duration,
}

pub(super) const TIMES: Times = Times {
    page: Duration::from_secs(30),
    upload: Duration::from_mins(10),
};

/// Gives up with 408 after one of [`Times`].
pub(super) async fn limit_time(
    State(times): State<Times>,
    request: Request,
    next: Next,
) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_upload = kind.is_some_and(|k| k.as_bytes().starts_with(b"multipart/"))
        || request.uri().path().starts_with(crate::api::PREFIX);
    let limit = if is_upload { times.upload } else { times.page };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => plain(StatusCode::REQUEST_TIMEOUT),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::edge::testing::*;
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_request_ends_after_its_time_and_an_upload_later() {
        let times = Times {
            page: Duration::from_millis(20),
            upload: Duration::from_mins(1),
        };
        let slow = Router::new()
            .route("/", post(|| tokio::time::sleep(Duration::from_millis(200))))
            .layer(from_fn_with_state(times, limit_time));
        let sent = |kind: &str| {
            request("POST", "/")
                .header("content-type", kind)
                .body(axum::body::Body::empty())
                .unwrap()
        };
        assert_eq!(
            slow.clone()
                .oneshot(sent("application/x-www-form-urlencoded"))
                .await
                .unwrap()
                .status(),
            StatusCode::REQUEST_TIMEOUT
        );
        assert_eq!(
            slow.oneshot(sent("multipart/form-data; boundary=x"))
                .await
                .unwrap()
                .status(),
            StatusCode::OK
        );
    }
}
