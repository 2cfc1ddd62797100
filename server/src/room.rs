//! How many connections may be open and how many requests under way at a time. Beyond either a client is told at once to
//! come again, so that memory has a bound whatever comes.

use crate::edge::plain;
use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use http::header::RETRY_AFTER;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{Error, ErrorKind};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};

/// Files that the program has open besides connections: the database's, its log, those of tables that come and go.
const OTHER_FILES: u64 = 128;
/// What balancers and service managers ask always has room: a full server is not a broken one.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];
/// When to come again, in seconds.
const AGAIN: u64 = 3;
/// How long a connection beyond the room is listened to before it is answered and ended.
const GLANCE: Duration = Duration::from_secs(1);
/// The page that it is told; it cannot know its reader's language.
const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
    <title>503 · 复学码</title></head>\n<body><h1>现在太忙，请过一会儿再试。</h1>\
    <p lang=\"en\">Too busy just now. Please try again in a moment.</p></body></html>\n";

/// How many there may be at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Open connections.
    pub connections: NonZeroU32,
    /// Requests whose answer has not begun. More than reports may wait, or nobody would be shown a page while they do.
    pub requests: NonZeroU32,
}

impl Room {
    const fn of(connections: u32, requests: u32) -> Self {
        match (NonZeroU32::new(connections), NonZeroU32::new(requests)) {
            (Some(connections), Some(requests)) => Self {
                connections,
                requests,
            },
            _ => Self {
                connections: NonZeroU32::MIN,
                requests: NonZeroU32::MIN,
            },
        }
    }

    /// Lets this process have as many files open as the system allows, and as many connections as that leaves.
    #[must_use]
    pub fn within_files(self) -> Self {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        let has = setrlimit(Resource::Nofile, raised).map_or(limit.current, |()| raised.current);
        let left = has.map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES));
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        let left = NonZeroU32::new(left).unwrap_or(NonZeroU32::MIN);
        if left < self.connections {
            tracing::warn!(
                connections = left,
                "fewer connections than asked for: the system allows no more open files"
            );
        }
        Self {
            connections: self.connections.min(left),
            ..self
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::of(20_000, 6_144)
    }
}

/// So many places, taken by none.
pub(crate) fn places(number: NonZeroU32) -> Semaphore {
    let number = usize::try_from(number.get()).unwrap_or(usize::MAX);
    Semaphore::new(number.min(Semaphore::MAX_PERMITS))
}

/// A place for a request until this is dropped, none for one that needs none.
///
/// # Errors
/// Where all are taken: [`refusal`] is the answer.
pub(crate) fn enter<'a>(
    places: &'a Semaphore,
    request: &Request,
) -> Result<Option<SemaphorePermit<'a>>, TryAcquireError> {
    if HEALTH.contains(&request.uri().path()) {
        return Ok(None);
    }
    places.try_acquire().map(Some)
}

/// The answer to a request too many.
pub(crate) fn refusal() -> Response {
    count("requests");
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, AGAIN.into());
    response
}

/// Ends a connection for which there is no place, one that is not encrypted with an answer; gives the reason.
pub(crate) async fn turn_away(mut stream: TcpStream, is_plain: bool) -> Error {
    count("connections");
    if is_plain {
        let length = PAGE.len();
        let told = format!(
            "HTTP/1.1 503 Service Unavailable\r\nretry-after: {AGAIN}\r\nconnection: close\r\n\
             content-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\n\r\n{PAGE}"
        );
        let answer = async {
            // What has not been read when a connection ends would take the answer with it.
            let _ = stream.read(&mut vec![0; 1 << 14]).await?;
            stream.write_all(told.as_bytes()).await?;
            stream.shutdown().await
        };
        let _ = tokio::time::timeout(GLANCE, answer).await;
    }
    Error::from(ErrorKind::ConnectionRefused)
}

fn count(what: &'static str) {
    metrics::counter!("fuxue_no_room_total", "for" => what).increment(1);
}
