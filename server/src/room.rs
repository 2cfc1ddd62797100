//! How many connections may be open and how many requests under way at a time: each takes memory of its own. Beyond either
//! a client is told to come again.

use crate::edge::{plain, written};
use axum::extract::Request;
use axum::response::Response;
use axum_server::Server;
use http::StatusCode;
use http::header::RETRY_AFTER;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, TryAcquireError};

/// Connections beyond the room that are told so at a time; any more are ended without a word.
const TOLD: u32 = 64;
/// Files that the program has open besides connections and what it sends on them: the database's, its log, tables that
/// come and go.
const OTHER_FILES: u32 = 128 + TOLD;
/// What balancers and service managers ask needs no place among requests: a full server is not a broken one.
const HEALTH: [&str; 2] = ["/healthz", "/readyz"];
/// Requests under way over one connection of HTTP/2: a page, and what belongs to it.
const STREAMS: u32 = 32;
/// How long a client beyond the room may take to ask, and to hear that there is none.
const GLANCE: Duration = Duration::from_secs(1);
/// When it shall come again, in seconds.
const AGAIN: u64 = 3;

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
        Self {
            connections: positive(connections),
            requests: positive(requests),
        }
    }

    /// As much of it as a process has that may have so many files open: a connection takes one, and another while a file
    /// is sent over it.
    #[must_use]
    pub fn within(self, files: u32) -> Self {
        let left = positive(files.saturating_sub(OTHER_FILES) / 2);
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

/// The number, or one where it is none.
pub(crate) const fn positive(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

/// Lets this process have as many files open as the system allows it; gives how many that are.
pub fn raise_open_files() -> u32 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let has = setrlimit(Resource::Nofile, raised).map_or(limit.current, |()| raised.current);
    has.map_or(u32::MAX, |files| u32::try_from(files).unwrap_or(u32::MAX))
}

/// So many places, taken by none.
pub(crate) fn places(number: NonZeroU32) -> Arc<Semaphore> {
    let number = usize::try_from(number.get()).unwrap_or(usize::MAX);
    Arc::new(Semaphore::new(number.min(Semaphore::MAX_PERMITS)))
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
    full()
}

fn full() -> Response {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, AGAIN.into());
    response
}

fn count(what: &'static str) {
    metrics::counter!("fuxue_no_room_total", "for" => what).increment(1);
}

/// Bounds what may be asked for at once over one connection.
pub(crate) fn with_streams<A>(mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let http = server.http_builder();
    http.http2().max_concurrent_streams(STREAMS);
    server
}

/// Places for connections.
#[derive(Debug, Clone)]
pub struct Places {
    open: Arc<Semaphore>,
    told: Arc<Semaphore>,
}

impl Places {
    /// So many, taken by none.
    pub fn new(number: NonZeroU32) -> Self {
        Self {
            open: places(number),
            told: places(positive(TOLD)),
        }
    }

    /// A place until this is dropped, if there is one.
    pub(crate) fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.open).try_acquire_owned().ok()
    }

    /// Ends a connection for which there is no place, with an answer where it is not encrypted; gives the reason.
    pub(crate) async fn turn_away(self, stream: TcpStream, is_plain: bool) -> Error {
        count("connections");
        if is_plain && let Ok(_place) = self.told.try_acquire() {
            let _ = tokio::time::timeout(GLANCE, tell(stream)).await;
        }
        Error::from(ErrorKind::ConnectionRefused)
    }
}

/// Hears what is asked, and answers that there is no room.
async fn tell(mut stream: TcpStream) -> std::io::Result<()> {
    let mut piece = vec![0; 2_048];
    let length = stream.read(&mut piece).await?;
    let asked = piece.get(..length).unwrap_or_default();
    stream.write_all(&written(full(), asked).await).await?;
    stream.shutdown().await?;
    // What is not read when a connection ends would take the answer with it.
    while stream.read(&mut piece).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_as_many_connections_as_there_are_files_for() {
        let room = Room::default();
        assert_eq!(room.within(65_536), room);
        assert_eq!(room.within(1_024), Room::of(416, 6_144));
        assert_eq!(room.within(0), Room::of(1, 6_144));
    }
}
