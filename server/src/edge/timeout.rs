//! How long a request may take until its answer begins. An event stream's answer begins at once.

use crate::patience::Patience;
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use std::time::Duration;

/// How long an upload over a thin line, or another program's list, may take.
const UPLOAD: Duration = Duration::from_mins(10);

/// How long it may be: as long as clients are waited for, longer for an upload.
pub(super) fn limit(Patience(page): Patience, request: &Request) -> Duration {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_upload = kind.is_some_and(|k| k.as_bytes().starts_with(b"multipart/"))
        || request.uri().path().starts_with(crate::api::PREFIX);
    if is_upload { UPLOAD } else { page }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::edge::testing::*;
    use crate::edge::{Edge, wrap};
    use axum::Router;
    use axum::routing::post;
    use http::StatusCode;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_request_ends_after_its_time_and_an_upload_later() {
        let edge = Edge {
            patience: Patience(Duration::from_millis(20)),
            ..edge()
        };
        let slow = post(|| tokio::time::sleep(Duration::from_millis(200)));
        let slow = wrap(Router::new().route("/", slow), &edge);
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
