//! A number for every request, one log line, and the numbers that operators watch. None of them tells who
//! asked for whom: paths are logged as the route's pattern, without the query.

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::{HeaderValue, Method};
use services::clock::{Entropy, bytes};
use std::fmt;
use tokio::time::Instant;
use tracing::Span;
use uuid::Uuid;

/// A request's random number, in the log, in the answer's `x-request-id`, and on the page after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl RequestId {
    /// A random UUID (version 4, RFC 9562).
    fn new(entropy: &dyn Entropy) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes(entropy)).into_uuid())
    }
}

/// A request that has been given its number, and is being answered.
pub(super) struct Followed {
    id: RequestId,
    method: &'static str,
    path: String,
    begin: Instant,
    /// What the log says about it.
    pub span: Span,
}

impl Followed {
    /// Numbers a request.
    pub fn begin(entropy: &dyn Entropy, request: &mut Request) -> Self {
        let id = RequestId::new(entropy);
        request.extensions_mut().insert(id);
        Self {
            id,
            method: known(request.method()),
            path: pattern(request),
            begin: Instant::now(),
            span: tracing::info_span!("request", id = %id),
        }
    }

    /// Logs and measures its answer.
    pub fn end(self, response: &mut Response) {
        let Self {
            id, method, path, ..
        } = self;
        let took = self.begin.elapsed();
        let status = response.status().as_u16();
        let number = id.0.hyphenated();
        if let Ok(value) = HeaderValue::from_str(number.encode_lower(&mut Uuid::encode_buffer())) {
            response.headers_mut().insert("x-request-id", value);
        }
        metrics::counter!("fuxue_http_requests_total", "method" => method, "path" => path.clone(), "status" => status.to_string()).increment(1);
        metrics::histogram!("fuxue_http_request_seconds", "method" => method, "path" => path.clone())
            .record(took.as_secs_f64());
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.span.in_scope(|| {
            if matches!(path.as_str(), "/healthz" | "/readyz") {
                tracing::debug!(method, path, status, ms, "answered");
            } else {
                tracing::info!(method, path, status, ms, "answered");
            }
        });
    }
}

/// The pattern of the route, such as `/child/{child}`; never the path itself, which holds numbers and codes.
fn pattern(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(matched) if matched.as_str().starts_with("/pkg/") => "/pkg/{file}".to_owned(),
        Some(matched) => matched.as_str().to_owned(),
        None => "(other)".to_owned(),
    }
}

/// The usual methods by name; anything a client invents would make a row of its own in the numbers.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::edge::testing::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use tracing::instrument::WithSubscriber as _;
    use tracing_subscriber::fmt::MakeWriter;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;
        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[tokio::test]
    async fn the_log_names_the_route_and_the_request_but_no_child() {
        // Another test that makes this span known at the very moment at which the subscriber comes would hide it from it.
        answer(&edge(), get_from("/")).await;
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(lines.clone())
            .finish();
        let response = answer(&edge(), get_from("/child/4711?name=secret"))
            .with_subscriber(subscriber)
            .await;
        let id = response.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(
            log.contains("/child/{id}") && log.contains(&id) && log.contains("\"status\":200"),
            "{log}"
        );
        assert!(!log.contains("4711") && !log.contains("secret"), "{log}");
        let second = answer(&edge(), get_from("/")).await;
        assert_ne!(second.headers()["x-request-id"].to_str().unwrap(), id);
        assert_eq!(id.len(), 36);
    }
}
