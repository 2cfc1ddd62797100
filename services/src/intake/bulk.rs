//! Many reports of one sender.

use super::{Receipt, Submission};
use crate::actor::Actor;
use crate::{Error, Result, Services};

/// Reports that wait in the queue at once, so that a bulk leaves room for families.
const AT_ONCE: usize = 256;

impl Services {
    /// Takes reports in their order, a few hundred at a time, each on its own; what could not be made keeps its error in
    /// its place. Where the intake is overloaded, those after that are told so and not sent.
    pub(crate) async fn report_many(
        &self,
        actor: &Actor,
        made: Vec<Result<Submission>>,
    ) -> Vec<Result<Receipt>> {
        let mut made = made.into_iter();
        let mut results = Vec::with_capacity(made.len());
        while made.len() > 0 {
            let some = made.by_ref().take(AT_ONCE).collect();
            let answers = self.report_each(actor, some).await;
            let is_overloaded = |answer: &Result<Receipt>| matches!(answer, Err(Error::Overloaded));
            let has_room = !answers.iter().any(is_overloaded);
            results.extend(answers);
            if !has_room {
                // Nor do they fill the queue with what is not answered in time.
                let put_off = |made: Result<Submission>| made.and(Err(Error::Overloaded));
                results.extend(made.by_ref().map(put_off));
            }
        }
        results
    }
}
