//! Small questions that many ask at once, answered together by one transaction: whoever asks while one is under way is
//! answered by the next. One who asks alone does not wait for others. The intake does the same for reports.

use crate::{Error, Result, Services};
use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Weak;
use tokio::sync::{mpsc, oneshot};

/// Questions that may wait; above it one is answered with [`Error::Overloaded`].
const QUEUE: usize = 4_096;
/// Questions answered by one transaction.
const TOGETHER: usize = 64;

/// Where questions are asked.
pub(crate) struct Gather<Q, A>(mpsc::Sender<Asked<Q, A>>);

/// Where they arrive.
pub(crate) struct Asking<Q, A>(mpsc::Receiver<Asked<Q, A>>);

struct Asked<Q, A> {
    question: Q,
    answer: oneshot::Sender<Result<A>>,
}

/// What answers many questions, in their order.
pub(crate) type Answer<Q, A> =
    for<'a> fn(&'a Services, &'a [Q]) -> Pin<Box<dyn Future<Output = Result<Vec<A>>> + Send + 'a>>;

impl<Q, A> fmt::Debug for Gather<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gather")
            .field(&self.0.max_capacity())
            .finish()
    }
}

impl<Q, A> Gather<Q, A> {
    pub fn new() -> (Self, Asking<Q, A>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Asking(receiver))
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&self, question: Q) -> Result<A> {
        let answer = self.send(question)?;
        answer.await.map_err(|_| Error::Overloaded)?
    }

    /// Asks several questions at once, and waits for the answers; they come in the order of the questions.
    pub async fn ask_all(&self, questions: impl IntoIterator<Item = Q>) -> Result<Vec<A>> {
        let sent: Result<Vec<_>> = questions.into_iter().map(|q| self.send(q)).collect();
        let mut answers = Vec::new();
        for answer in sent? {
            answers.push(answer.await.map_err(|_| Error::Overloaded)??);
        }
        Ok(answers)
    }

    fn send(&self, question: Q) -> Result<oneshot::Receiver<Result<A>>> {
        let (answer, received) = oneshot::channel();
        let asked = Asked { question, answer };
        self.0.try_send(asked).map_err(|_| Error::Overloaded)?;
        Ok(received)
    }
}

/// Starts what answers; it ends when the services are gone.
pub(crate) fn start<Q, A>(services: Weak<Services>, asking: Asking<Q, A>, answer: Answer<Q, A>)
where
    Q: Send + Sync + 'static,
    A: Send + 'static,
{
    let Asking(mut asking) = asking;
    tokio::spawn(async move {
        let mut asked = Vec::with_capacity(TOGETHER);
        while asking.recv_many(&mut asked, TOGETHER).await > 0 {
            let Some(services) = services.upgrade() else {
                break;
            };
            let (questions, waiting): (Vec<_>, Vec<_>) =
                asked.drain(..).map(|a| (a.question, a.answer)).unzip();
            // A task of its own: a panic fails these, not those after them.
            let answers = tokio::spawn(async move { answer(&services, &questions).await }).await;
            match answers {
                Ok(Ok(answers)) => {
                    for (answer, to) in answers.into_iter().zip(waiting) {
                        // Whoever has gone away meanwhile needs no answer.
                        let _ = to.send(Ok(answer));
                    }
                }
                Ok(Err(error)) => {
                    for to in waiting {
                        let _ = to.send(Err(match &error {
                            Error::Internal(cause) => Error::internal(cause.to_string()),
                            _ => Error::Overloaded,
                        }));
                    }
                }
                Err(error) => tracing::error!(%error, "answering many at once broke off"),
            }
        }
    });
}

/// Each once, in order: what several ask about at once.
pub(crate) fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}
