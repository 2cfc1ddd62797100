//! How long a request may take until its answer begins. An event stream's answer begins at once.

use super::plain::plain;
use crate::patience::Patience;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::time::Duration;

/// How long an upload over a thin line, or another program's list, may take.
const UPLOAD: Duration = Duration::from_mins(10);

/// Gives up with 408 where a page or form, its sending included, takes longer than clients are waited for; later for an
/// upload.
pub(super) async fn limit_time(
    State(Patience(page)): State<Patience>,
    request: Request,
    next: Next,
) -> Response {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_upload = kind.is_some_and(|k| k.as_bytes().starts_with(b"multipart/"))
        || request.uri().path().starts_with(crate::api::PREFIX);
    let limit = if is_upload { UPLOAD } else { page };
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
        let patience = Patience(Duration::from_millis(20));
        let slow = Router::new()
            .route("/", post(|| tokio::time::sleep(Duration::from_millis(200))))
            .layer(from_fn_with_state(patience, limit_time));
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
