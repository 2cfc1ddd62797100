//! The headers that every answer carries.

use app::web::Secure;
use axum::extract::Request;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// For what brings no policy of its own: nothing may be loaded, posted or framed. Pages bring theirs, with a nonce.
const STRICT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// One year, as long as browsers' preload lists ask for.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Pages may ask for nothing of the device's own. The gate brings another one, for its camera.
const PERMISSIONS: (HeaderName, HeaderValue) = (
    HeaderName::from_static("permissions-policy"),
    HeaderValue::from_static(
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()",
    ),
);

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Adds the security headers, and `no-store` to all that does not say how long it may be kept.
pub(super) fn add(response: &mut Response, is_secure: bool) {
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    add_if_missing(headers, CONTENT_SECURITY_POLICY, STRICT_POLICY);
    add_if_missing(headers, PERMISSIONS.0, PERMISSIONS.1);
    add_if_missing(headers, CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if is_secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}

/// Whether the reader's connection is encrypted.
pub(super) fn is_secure(request: &Request) -> bool {
    request.extensions().get() == Some(&Secure(true))
}

fn add_if_missing(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::edge::TrustedProxies;
    use crate::edge::testing::*;
    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use http::Request;
    use std::net::SocketAddr;

    #[tokio::test]
    async fn every_answer_is_guarded_also_an_error() {
        for path in ["/", "/nowhere", "/panic"] {
            let response = answer(&edge(), get_from(path)).await;
            let headers = response.headers();
            assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
            assert_eq!(
                headers["cross-origin-opener-policy"], "same-origin",
                "{path}"
            );
            assert_eq!(headers["cache-control"], "no-store", "{path}");
            assert!(
                headers["permissions-policy"]
                    .to_str()
                    .unwrap()
                    .contains("camera=()"),
                "{path}"
            );
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(
                policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
                "{path}: {policy}"
            );
        }
    }

    #[tokio::test]
    async fn a_page_keeps_its_own_policy() {
        let page = axum::Router::new().route(
            "/",
            axum::routing::get(|| async {
                (
                    [
                        ("content-security-policy", "default-src 'self'"),
                        ("cache-control", "max-age=5"),
                        ("permissions-policy", "camera=(self)"),
                    ],
                    "",
                )
            }),
        );
        let response = tower::ServiceExt::oneshot(crate::edge::wrap(page, &edge()), get_from("/"))
            .await
            .unwrap();
        assert_eq!(
            response.headers()["content-security-policy"],
            "default-src 'self'"
        );
        assert_eq!(response.headers()["cache-control"], "max-age=5");
        assert_eq!(response.headers()["permissions-policy"], "camera=(self)");
    }

    #[tokio::test]
    async fn only_an_encrypted_connection_is_asked_to_stay_so() {
        let forwarded = |peer: &str| {
            let peer: SocketAddr = peer.parse().unwrap();
            Request::get("/")
                .header("x-forwarded-proto", "https")
                .extension(ConnectInfo(peer))
                .body(Body::empty())
                .unwrap()
        };
        let mut edge = edge();
        let has_hsts =
            |r: axum::response::Response| r.headers().contains_key("strict-transport-security");
        assert!(!has_hsts(answer(&edge, get_from("/")).await));
        assert!(
            !has_hsts(answer(&edge, forwarded("127.0.0.1:1")).await),
            "no proxy is trusted"
        );
        edge.proxies = TrustedProxies::new(Vec::new());
        assert!(has_hsts(answer(&edge, forwarded("127.0.0.1:1")).await));
        assert!(
            !has_hsts(answer(&edge, forwarded("203.0.113.9:1")).await),
            "a stranger says so"
        );
        edge.tls = true;
        assert!(has_hsts(answer(&edge, get_from("/")).await));
    }
}
