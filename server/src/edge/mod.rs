//! What stands between a socket and a page: everything that holds for every request, whatever it asks for.
//!
//! From the outside in: an end to answers that nobody takes, the client's address, the request's number with log line and
//! numbers, headers, plain pages in place of bare errors, room, rate limits, cross-site refusal, time limits, a change of
//! threads for what may take long, compression, panics, size limits.

mod client;
mod cross_site;
mod elsewhere;
mod headers;
mod plain;
mod rate;
mod taken;
mod timeout;
mod trace;

pub use client::TrustedProxies;
pub use plain::plain;
pub(crate) use plain::written;
pub use rate::{Limits, RateLimits};
pub use trace::RequestId;

use crate::patience::{Hangup, Patience};
use crate::room;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use services::clock::Entropy;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tracing::Instrument as _;

/// What a form may weigh, in bytes. A route that needs more says so itself with an
/// [`axum::extract::DefaultBodyLimit`] layer of its own, which wins over this one.
pub const FORM_BYTES: usize = 64 * 1024;
/// What any body may weigh, whatever its route allows, in bytes: an uploaded roster of 20 MiB and its envelope.
pub const BODY_BYTES: usize = 20 * 1024 * 1024 + FORM_BYTES;

/// How requests are looked at before they reach a page.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Whose word about the client's address is believed.
    pub proxies: TrustedProxies,
    /// Whether this program speaks TLS itself.
    pub tls: bool,
    /// How often a client may ask.
    pub rates: Arc<RateLimits>,
    /// Places for requests.
    pub places: Arc<Semaphore>,
    /// How long slow clients are waited for.
    pub patience: Patience,
    /// The runtime that answers what may take long.
    pub elsewhere: Handle,
    /// For request numbers.
    pub entropy: Arc<dyn Entropy>,
}

/// Puts everything that holds for every request around `router`. Routes added afterwards are outside.
///
/// One stack of all of it, and `pass` one layer of that: each layer copies all those inside it for every request, and
/// keeps what it needs in memory of its own, which is cold again when many requests wait for one batch of reports.
pub fn wrap(router: Router, edge: &Edge) -> Router {
    router
        .method_not_allowed_fallback(plain::method_not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(Arc::new(edge.clone()), pass))
                .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
                .layer(CatchPanicLayer::custom(plain::after_panic))
                .layer(RequestBodyLimitLayer::new(BODY_BYTES))
                .layer(DefaultBodyLimit::max(FORM_BYTES)),
        )
}

/// Lets a request through to its page, and its answer out.
async fn pass(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    client::find(&edge, &mut request);
    let followed = trace::Followed::begin(&*edge.entropy, &mut request);
    let reader = plain::Reader::of(&request);
    let is_secure = headers::is_secure(&request);
    let hangup = request.extensions().get::<Hangup>().cloned();
    let place = room::enter(&edge.places, &request);
    let refusal = place.is_err().then(room::refusal);
    let refusal = refusal
        .or_else(|| rate::refusal(&edge.rates, &request))
        .or_else(|| cross_site::refusal(&request));
    let response = match refusal {
        Some(refusal) => refusal,
        None => {
            let limit = timeout::limit(edge.patience, &request);
            let (is_form, span) = (elsewhere::is_form(&request), followed.span.clone());
            let answer = next.run(request);
            let answer = if is_form {
                tokio::time::timeout(limit, answer.instrument(span)).await
            } else {
                let answer = elsewhere::answered(&edge.elsewhere, answer, span);
                tokio::time::timeout(limit, answer).await
            };
            answer.unwrap_or_else(|_| plain(StatusCode::REQUEST_TIMEOUT))
        }
    };
    let mut response = plain::fill_in(response, &reader);
    headers::add(&mut response, is_secure);
    followed.end(&mut response);
    match hangup {
        Some(hangup) => taken::in_time(response, edge.patience, hangup),
        None => response,
    }
}

/// Whether the kind of content that these headers name begins like this.
fn names_kind(headers: &HeaderMap, beginning: &[u8]) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(beginning))
}

#[cfg(test)]
pub(crate) mod testing {
    //! An edge around a few routes, for the tests of each part.
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::room::Room;
    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use axum::response::Response;
    use axum::routing::get;
    use http::Request;
    use services::clock::SystemEntropy;
    use std::net::SocketAddr;
    use tower::ServiceExt as _;

    pub fn edge() -> Edge {
        Edge {
            proxies: TrustedProxies::default(),
            tls: false,
            rates: Arc::new(RateLimits::new(&Limits::default())),
            places: room::places(Room::default().requests),
            patience: Patience::default(),
            elsewhere: Handle::current(),
            entropy: Arc::new(SystemEntropy),
        }
    }

    async fn take(form: axum::Form<Vec<(String, String)>>) -> String {
        form.0.len().to_string()
    }

    pub fn routes() -> Router {
        Router::new()
            .route(
                "/",
                get(|| async { axum::response::Html("<p>".to_owned() + &"word ".repeat(1_000)) })
                    .post(take),
            )
            .route("/signin", get(|| async { "sign in" }).post(take))
            .route("/child/{id}", get(|| async { "child" }))
            .route(
                "/upload",
                axum::routing::post(
                    |body: axum::body::Bytes| async move { body.len().to_string() },
                )
                .layer(DefaultBodyLimit::max(20 << 20)),
            )
            .route(
                "/panic",
                get(|| async { if true { panic!("a test") } else { "" } }),
            )
    }

    pub fn request(method: &str, path: &str) -> http::request::Builder {
        let peer: SocketAddr = "203.0.113.9:40000".parse().unwrap();
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "school.example")
            .extension(ConnectInfo(peer))
    }

    pub fn get_from(path: &str) -> Request<Body> {
        request("GET", path).body(Body::empty()).unwrap()
    }

    /// A form posted by a browser from our own page.
    pub fn form(path: &str, body: impl Into<Body>) -> Request<Body> {
        request("POST", path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into())
            .unwrap()
    }

    pub async fn answer(edge: &Edge, request: Request<Body>) -> Response {
        wrap(routes(), edge).oneshot(request).await.unwrap()
    }

    pub async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::testing::*;
    use super::*;
    use http::StatusCode;

    #[tokio::test]
    async fn a_form_is_small_and_an_upload_may_be_large() {
        let edge = edge();
        let large = format!("a={}", "x".repeat(FORM_BYTES));
        let small = answer(&edge, form("/", "a=1&b=2")).await;
        assert_eq!(
            (small.status(), text(small).await.as_str()),
            (StatusCode::OK, "2")
        );
        assert_eq!(
            answer(&edge, form("/", large.clone())).await.status(),
            StatusCode::PAYLOAD_TOO_LARGE
        );
        assert_eq!(
            answer(&edge, form("/upload", large)).await.status(),
            StatusCode::OK
        );
        assert_eq!(
            answer(&edge, form("/upload", vec![0; BODY_BYTES + 1]))
                .await
                .status(),
            StatusCode::PAYLOAD_TOO_LARGE
        );
    }

    #[tokio::test]
    async fn pages_are_compressed_and_event_streams_are_not() {
        let ask = || {
            request("GET", "/")
                .header("accept-encoding", "gzip, br")
                .body(axum::body::Body::empty())
                .unwrap()
        };
        let page = answer(&edge(), ask()).await;
        assert_eq!(page.headers()["content-encoding"], "br");
        let stream = Router::new().route(
            "/",
            axum::routing::get(|| async {
                (
                    [("content-type", "text/event-stream")],
                    "data: 1\n\n".repeat(99),
                )
            }),
        );
        let response = tower::ServiceExt::oneshot(wrap(stream, &edge()), ask())
            .await
            .unwrap();
        assert!(!response.headers().contains_key("content-encoding"));
    }
}
