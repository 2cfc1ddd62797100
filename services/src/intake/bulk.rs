//! Many reports of one sender.

use super::{LONGEST_WAIT, QUEUE, Receipt, Submission};
use crate::actor::Actor;
use crate::{Error, Result, Services};
use tokio::time::timeout;

/// Reports of a bulk that wait in the queue at once.
const AT_ONCE: usize = 256;
/// Bulks of which some wait at once; half of the queue is families' alone.
pub(super) const AT_A_TIME: usize = QUEUE / 2 / AT_ONCE;

impl Services {
    /// Takes reports in their order, a few hundred at a time, each on its own. Where the intake is overloaded, those after
    /// that are told so and not sent.
    pub(crate) async fn report_many(
        &self,
        actor: &Actor,
        made: Vec<Submission>,
    ) -> Vec<Result<Receipt>> {
        let mut made = made.into_iter();
        let mut results = Vec::with_capacity(made.len());
        while made.len() > 0 {
            let Ok(_turn) = timeout(LONGEST_WAIT, self.intake.bulks.acquire()).await else {
                break;
            };
            let some = made.by_ref().take(AT_ONCE).collect();
            let answers = self.report_each(actor, some).await;
            let is_overloaded = |answer: &Result<Receipt>| matches!(answer, Err(Error::Overloaded));
            let has_room = !answers.iter().any(is_overloaded);
            results.extend(answers);
            if !has_room {
                break;
            }
        }
        // Nor do they fill the queue with what is not answered in time.
        results.extend(made.map(|_| Err(Error::Overloaded)));
        results
    }
}
