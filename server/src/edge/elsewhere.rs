//! What may take long is answered elsewhere: on other threads than those that speak with clients. A page takes as long as
//! many reports, and a list as long as thousands; no report shall wait behind them.

use super::{names_kind, plain};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::{Method, StatusCode};
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument as _, Span};

/// Whether a request is a form, such as a report, which is answered where it comes in.
pub(super) fn is_form(request: &Request) -> bool {
    request.method() == Method::POST
        && names_kind(request.headers(), b"application/x-www-form-urlencoded")
}

/// The answer from over there, a page to its last byte. It is given up with whoever waits for it.
pub(super) async fn answered<A>(over_there: &Handle, answer: A, span: Span) -> Response
where
    A: Future<Output = Response> + Send + 'static,
{
    let answer = async move { whole(answer.await).await };
    let answer = AbortOnDropHandle::new(over_there.spawn(answer.instrument(span)));
    answer.await.unwrap_or_else(|error| {
        // Without one, the program is ending.
        let panic = error.try_into_panic();
        panic.map_or_else(
            |_| plain(StatusCode::SERVICE_UNAVAILABLE),
            plain::after_panic,
        )
    })
}

/// A page in one piece: it would else be drawn and compressed while it is sent. Streams and files stay as they are.
async fn whole(answer: Response) -> Response {
    if !names_kind(answer.headers(), b"text/html") {
        return answer;
    }
    let (head, body) = answer.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(head, Body::from(body)),
        Err(error) => {
            tracing::error!(%error, "a page was not drawn to its end");
            plain(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::edge::testing::*;
    use crate::edge::wrap;
    use axum::Router;
    use axum::routing::get;
    use std::thread::{ThreadId, current};
    use tokio::runtime::Builder;
    use tower::ServiceExt as _;

    async fn thread() -> String {
        format!("{:?}", current().id())
    }

    #[test]
    fn a_page_and_an_upload_are_answered_over_there_and_a_form_here() {
        let over_there = Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        let here: ThreadId = current().id();
        let router = Router::new().route("/", get(thread).post(thread));
        let speaking = Builder::new_current_thread().enable_time().build().unwrap();
        speaking.block_on(async {
            let edge = crate::edge::Edge {
                elsewhere: over_there.handle().clone(),
                ..edge()
            };
            let site = wrap(router, &edge);
            let upload = request("POST", "/")
                .header("content-type", "multipart/form-data; boundary=x")
                .body(axum::body::Body::empty())
                .unwrap();
            for there in [get_from("/"), upload] {
                let answer = site.clone().oneshot(there).await.unwrap();
                assert_ne!(text(answer).await, format!("{here:?}"));
            }
            let form = site.oneshot(form("/", "")).await.unwrap();
            assert_eq!(text(form).await, format!("{here:?}"));
        });
    }
}
