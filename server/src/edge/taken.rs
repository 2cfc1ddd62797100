//! An answer of which its reader takes nothing any more ends its connection. Over HTTP/1.1 the connection notices by itself;
//! over HTTP/2 it goes on beside such an answer, which would be kept in memory, or its file open, for as long.

use crate::patience::{Hangup, Patience};
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::watch;
use tokio::time::timeout;

/// Bytes that are handed on before the reader has taken what was handed on before.
const PIECE: usize = 16 * 1024;

/// The answer, any piece of which has to be taken as soon as clients are waited for.
pub(super) fn in_time(response: Response, patience: Patience, hangup: Hangup) -> Response {
    response.map(|body| {
        if body.is_end_stream() {
            return body;
        }
        let (given, waits) = watch::channel(false);
        tokio::spawn(end_unless_taken(waits, patience, hangup));
        Body::new(Taken {
            body,
            rest: Bytes::new(),
            given,
        })
    })
}

/// Ends the connection where a piece waits too long; returns where all have been taken.
async fn end_unless_taken(
    mut waits: watch::Receiver<bool>,
    Patience(wait): Patience,
    hangup: Hangup,
) {
    while waits.wait_for(|waits| *waits).await.is_ok() {
        match timeout(wait, waits.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                tracing::debug!("an answer was not taken");
                return hangup.now();
            }
        }
    }
}

/// A body in pieces, which says whether one of them waits to be taken.
struct Taken {
    body: Body,
    /// What comes next, before any more of the body.
    rest: Bytes,
    /// Whether a piece has been handed on since anything was asked for.
    given: watch::Sender<bool>,
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        this.given.send_replace(false);
        if this.rest.is_empty() {
            let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => this.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let length = this.rest.len().min(PIECE);
        this.given.send_replace(true);
        Poll::Ready(Some(Ok(Frame::data(this.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        SizeHint::with_exact(rest) + self.body.size_hint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::future::poll_fn;
    use std::time::Duration;
    use tokio::sync::mpsc;
    use tokio::time::sleep;
    use tokio_stream::wrappers::ReceiverStream;

    const WAIT: Duration = Duration::from_secs(30);

    fn watched(body: Body) -> (Body, Hangup) {
        let hangup = Hangup::default();
        let response = in_time(Response::new(body), Patience(WAIT), hangup.clone());
        (response.into_body(), hangup)
    }

    async fn piece(body: &mut Body) -> Option<Bytes> {
        let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
        Some(frame.unwrap().into_data().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_a_piece_now_and_then_gets_all_of_it_and_says_how_long_it_is() {
        let page: Vec<u8> = (0..=255).cycle().take(5 * PIECE + 1).collect();
        let (mut body, hangup) = watched(page.clone().into());
        let mut taken = Vec::new();
        loop {
            let left = u64::try_from(page.len() - taken.len()).unwrap();
            assert_eq!(body.size_hint().exact(), Some(left));
            assert_eq!(body.is_end_stream(), left == 0);
            let Some(piece) = piece(&mut body).await else {
                break;
            };
            assert!(piece.len() <= PIECE);
            taken.extend_from_slice(&piece);
            sleep(WAIT * 9 / 10).await;
        }
        assert!(taken == page);
        drop(body);
        sleep(WAIT * 2).await;
        assert!(!hangup.is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_leaves_a_piece_lying_is_hung_up_on() {
        for asked in [1, 3] {
            let (mut body, hangup) = watched(vec![0; 5 * PIECE].into());
            for _ in 0..asked {
                piece(&mut body).await.unwrap();
            }
            sleep(WAIT * 9 / 10).await;
            assert!(!hangup.is_over());
            sleep(WAIT / 5).await;
            assert!(hangup.is_over());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_may_be_silent_for_as_long_as_it_likes() {
        let (send, receive) = mpsc::channel::<Result<Bytes, Infallible>>(1);
        let (mut body, hangup) = watched(Body::from_stream(ReceiverStream::new(receive)));
        tokio::spawn(async move {
            for _ in 0..3 {
                sleep(WAIT * 5).await;
                send.send(Ok("numbers".into())).await.unwrap();
            }
        });
        let mut heard = 0;
        while piece(&mut body).await.is_some() {
            heard += 1;
        }
        assert_eq!((heard, hangup.is_over()), (3, false));
    }
}
