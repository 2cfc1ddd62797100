//! Working beside the engine.

use std::future::{Future, poll_fn};
use std::pin::pin;

/// Asks the engine for something, and does something else while it is at work: `work` is begun, then `beside` is done,
/// then the answer awaited.
pub async fn meanwhile<T>(work: impl Future<Output = T>, beside: impl FnOnce()) -> T {
    let mut work = pin!(work);
    let mut beside = Some(beside);
    poll_fn(move |context| {
        let first = work.as_mut().poll(context);
        match beside.take() {
            None => first,
            Some(beside) => {
                beside();
                // What has come meanwhile has woken nobody who was not awake.
                if first.is_pending() {
                    work.as_mut().poll(context)
                } else {
                    first
                }
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[tokio::test]
    async fn the_work_is_begun_then_something_else_done_then_the_answer_given() {
        let order = RefCell::new(Vec::new());
        let work = async {
            order.borrow_mut().push("begun");
            tokio::task::yield_now().await;
            order.borrow_mut().push("answered");
            1
        };
        let answer = meanwhile(work, || order.borrow_mut().push("beside")).await;
        assert_eq!(answer, 1);
        assert_eq!(order.into_inner(), ["begun", "beside", "answered"]);
    }

    #[tokio::test]
    async fn it_is_done_even_where_the_answer_is_there_at_once() {
        let mut is_done = false;
        assert_eq!(meanwhile(std::future::ready(2), || is_done = true).await, 2);
        assert!(is_done);
    }
}
