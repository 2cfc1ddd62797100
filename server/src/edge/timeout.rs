//! How long a request may take until its answer begins. An event stream's answer begins at once.

use super::plain::plain;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::time::Duration;

/// For a page or form, its sending included.
const PAGE: Duration = Duration::from_secs(30);
/// For an upload over a thin line.
const UPLOAD: Duration = Duration::from_secs(600);

/// Gives up with 408 after [`PAGE`] or [`UPLOAD`].
pub(super) async fn limit_time(request: Request, next: Next) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_upload = kind.is_some_and(|k| k.as_bytes().starts_with(b"multipart/"));
    let limit = if is_upload { UPLOAD } else { PAGE };
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
    use axum::routing::post;
    use tower::ServiceExt as _;

    #[tokio::test(start_paused = true)]
    async fn a_request_ends_after_half_a_minute_and_an_upload_later() {
        let slow = || crate::edge::wrap(Router::new().route("/", post(|| tokio::time::sleep(Duration::from_secs(60)))), &edge());
        let sent = |kind: &str| request("POST", "/").header("sec-fetch-site", "same-origin").header("content-type", kind).body(axum::body::Body::empty()).unwrap();
        assert_eq!(slow().oneshot(sent("application/x-www-form-urlencoded")).await.unwrap().status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(slow().oneshot(sent("multipart/form-data; boundary=x")).await.unwrap().status(), StatusCode::OK);
    }
}
