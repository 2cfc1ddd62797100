//! How long a request may take until its answer begins. An event stream's answer begins at once.

use super::names_kind;
use crate::patience::Patience;
use axum::extract::Request;
use std::time::Duration;

/// How long an upload over a thin line, another program's list, or the file of a province's schools may take.
const LONG: Duration = Duration::from_mins(10);

/// How long it may be: as long as clients are waited for, longer for what is long.
pub(super) fn limit(Patience(page): Patience, request: &Request) -> Duration {
    let path = request.uri().path();
    let is_long = names_kind(request.headers(), b"multipart/")
        || path.starts_with(crate::api::PREFIX)
        || (path.starts_with("/bureau/") && path.contains("/export."));
    if is_long { LONG } else { page }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::edge::testing::*;
    use crate::edge::{Edge, wrap};
    use axum::Router;
    use axum::routing::any;
    use http::StatusCode;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_request_ends_after_its_time_and_what_is_long_later() {
        let edge = Edge {
            patience: Patience(Duration::from_millis(20)),
            ..edge()
        };
        let slow = any(|| tokio::time::sleep(Duration::from_millis(200)));
        let slow = wrap(
            Router::new()
                .route("/{*path}", slow.clone())
                .route("/", slow),
            &edge,
        );
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
            slow.clone()
                .oneshot(sent("multipart/form-data; boundary=x"))
                .await
                .unwrap()
                .status(),
            StatusCode::OK
        );
        let file = get_from("/bureau/330503/export.xlsx");
        assert_eq!(slow.oneshot(file).await.unwrap().status(), StatusCode::OK);
    }
}
