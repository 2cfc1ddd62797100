//! Forms are believed only from our own pages: no other site may post in a visitor's name.

use super::plain::plain;
use crate::api::is_of_programs;
use axum::extract::Request;
use axum::response::Response;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode, Uri};
use services::accounts::SESSION_COOKIE;
use services::gates::DEVICE_COOKIE;

/// Refuses with 403 what would change something and was sent by another site's page. A program proves itself by a key
/// in each request and by no cookie, so that no browser lends it a visitor's name.
pub(super) fn refusal(request: &Request) -> Option<Response> {
    let is_safe = is_safe(request.method()) || is_of_programs(request.uri().path());
    if is_safe || is_own(request.headers(), request.uri()) {
        return None;
    }
    metrics::counter!("fuxue_cross_site_refused_total").increment(1);
    Some(plain(StatusCode::FORBIDDEN))
}

/// Methods that change nothing, here as in the standard.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// `Sec-Fetch-Site` decides; a browser too old for it sends `Origin`; what sends neither is no browser, and
/// passes only without a session or a device's token to misuse.
fn is_own(headers: &HeaderMap, uri: &Uri) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    if let Some(origin) = headers.get(ORIGIN) {
        let host = headers
            .get(HOST)
            .and_then(|h| h.to_str().ok())
            .or_else(|| uri.authority().map(http::uri::Authority::as_str));
        let origin = origin.to_str().ok().and_then(|o| o.split_once("://"));
        return matches!((origin, host), (Some((_, o)), Some(h)) if o.eq_ignore_ascii_case(h));
    }
    let has = |cookie| super::rate::session_of(headers, cookie).is_some();
    !has(SESSION_COOKIE) && !has(DEVICE_COOKIE)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::edge::testing::*;
    use axum::body::Body;
    use http::StatusCode;

    async fn post(headers: &[(&str, &str)]) -> StatusCode {
        let mut request =
            request("POST", "/").header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(&edge(), request.body(Body::from("a=1")).unwrap())
            .await
            .status()
    }

    #[tokio::test]
    async fn a_post_from_another_site_is_refused() {
        let cookie = ("cookie", "a=b; __Host-fuxue=secret");
        assert_eq!(
            post(&[("sec-fetch-site", "same-origin"), cookie]).await,
            StatusCode::OK
        );
        assert_eq!(
            post(&[("sec-fetch-site", "none"), cookie]).await,
            StatusCode::OK
        );
        assert_eq!(
            post(&[("sec-fetch-site", "cross-site"), cookie]).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            post(&[("sec-fetch-site", "same-site"), cookie]).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            post(&[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://school.example")
            ])
            .await,
            StatusCode::FORBIDDEN
        );
    }

    #[tokio::test]
    async fn an_old_browser_is_judged_by_its_origin() {
        let cookie = ("cookie", "__Host-fuxue=secret");
        assert_eq!(
            post(&[("origin", "https://school.example"), cookie]).await,
            StatusCode::OK
        );
        assert_eq!(
            post(&[("origin", "https://evil.example"), cookie]).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            post(&[("origin", "https://school.example.evil.example"), cookie]).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            post(&[("origin", "null"), cookie]).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            post(&[cookie]).await,
            StatusCode::FORBIDDEN,
            "a session without any sign of where the post comes from"
        );
        assert_eq!(
            post(&[]).await,
            StatusCode::OK,
            "no session, nothing to misuse"
        );
    }

    #[tokio::test]
    async fn reading_is_allowed_from_everywhere() {
        let request = request("GET", "/child/7")
            .header("sec-fetch-site", "cross-site")
            .header("cookie", "__Host-fuxue=secret");
        assert_eq!(
            answer(&edge(), request.body(Body::empty()).unwrap())
                .await
                .status(),
            StatusCode::OK
        );
    }
}
