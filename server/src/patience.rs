//! How long a client may keep a connection waiting: one that sends half a request, or takes no answer.

use crate::room::Places;
use axum_server::Server;
use axum_server::accept::Accept;
use http::{Request, Version};
use hyper_util::rt::TokioTimer;
use std::future::{self, Ready};
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tower::Service;

/// How a connection of HTTP/2 begins. Until it is told from HTTP/1.1, nothing else looks at the time.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a client may take to send the head of a request or a form, and to take any part of what it is sent; and how
/// long a connection may stay unused.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_secs(30))
    }
}

impl Patience {
    /// Has a server wait so long for each head.
    pub fn with_heads<A>(self, mut server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.0);
        server
            .http_builder()
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(self.0);
        server
    }
}

/// Ends a connection of HTTP/2 from one of its requests, which has it as an extension. Shared as a whole: each copy of the
/// token itself would take a lock, and there is one for every request.
#[derive(Debug, Clone, Default)]
pub struct Hangup(Arc<CancellationToken>);

impl Hangup {
    /// Ends it.
    pub fn now(&self) {
        self.0.cancel();
    }

    /// Waits until it is ended.
    fn wait(&self) -> WaitForCancellationFutureOwned {
        CancellationToken::clone(&self.0).cancelled_owned()
    }

    /// Whether it has been ended.
    #[cfg(test)]
    pub fn is_over(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// What answers the requests of a connection, and gives those of HTTP/2 its [`Hangup`].
#[derive(Debug, Clone)]
pub struct Answering<S> {
    service: S,
    hangup: Hangup,
}

impl<S, B> Service<Request<B>> for Answering<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<std::result::Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if request.version() == Version::HTTP_2 {
            request.extensions_mut().insert(self.hangup.clone());
        }
        self.service.call(request)
    }
}

/// Accepts connections that end where nothing of what is written to them is taken.
impl<S> Accept<TcpStream, S> for Patience {
    type Stream = Pin<Box<TimeoutStream<TcpStream>>>;
    type Service = S;
    type Future = Ready<Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        future::ready(stream.set_nodelay(true).map(|()| {
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(self.0));
            (Box::pin(stream), service)
        }))
    }
}

/// Accepts connections as another acceptor does while there is room, and ends those on which nobody begins to speak HTTP.
#[derive(Debug, Clone)]
pub struct Prompt<A> {
    /// The other acceptor.
    pub acceptor: A,
    /// How long to wait.
    pub patience: Patience,
    /// Places for connections.
    pub places: Places,
    /// Whether they are not encrypted.
    pub is_plain: bool,
}

impl<A, S> Accept<TcpStream, S> for Prompt<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
{
    type Stream = Spoken<A::Stream>;
    type Service = Answering<A::Service>;
    type Future = Pin<Box<dyn Future<Output = Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Some(place) = self.places.take() else {
            let turned_away = self.places.clone().turn_away(stream, self.is_plain);
            return Box::pin(async { Err(turned_away.await) });
        };
        let (accepted, Patience(wait)) = (self.acceptor.accept(stream, service), self.patience);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let hangup = Hangup::default();
            let spoken = Spoken {
                stream,
                like_preface: 0,
                until: Some(Box::pin(sleep(wait))),
                hangup: hangup.clone(),
                hung_up: None,
                _place: place,
            };
            Ok((spoken, Answering { service, hangup }))
        })
    }
}

/// A connection that fails where it has not begun to speak HTTP in time, or where one of its requests ends it.
#[derive(Debug)]
pub struct Spoken<T> {
    stream: T,
    /// How much of [`PREFACE`] has come.
    like_preface: usize,
    /// As long as it may yet become one.
    until: Option<Pin<Box<Sleep>>>,
    hangup: Hangup,
    /// Once it speaks HTTP/2.
    hung_up: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    /// Free again when the connection ends.
    _place: OwnedSemaphorePermit,
}

impl<T> Spoken<T> {
    fn hear(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if PREFACE.get(self.like_preface) != Some(byte) {
                self.until = None;
                return;
            }
            self.like_preface += 1;
        }
        if self.like_preface == PREFACE.len() {
            self.until = None;
            self.hung_up = Some(Box::pin(self.hangup.wait()));
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Spoken<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        if this.until.is_some() {
            this.hear(buf.filled().get(before..).unwrap_or_default());
        }
        let is_over =
            read.is_pending() && (is_ready(&mut this.until, cx) || is_ready(&mut this.hung_up, cx));
        if is_over {
            return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
        }
        read
    }
}

/// Whether there is something to wait for, and it has come.
fn is_ready(what: &mut Option<Pin<Box<impl Future>>>, cx: &mut Context<'_>) -> bool {
    what.as_mut()
        .is_some_and(|what| what.as_mut().poll(cx).is_ready())
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Spoken<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
