//! One picture of the data by which several batches are judged while those before them are written: what was read for one
//! is still in memory for the next, where each commit would empty it.

use super::Sent;
use crate::Services;
use domain::Millis;
use domain::ids::PersonId;
use std::collections::HashSet;
use store::{Seen, Tx};

/// Milliseconds after which another is taken: as long as somebody looks at one, nothing newer leaves the log.
const LIFE: i64 = 100;

/// What is judged by beside the writer.
pub(super) struct Picture {
    pub tx: Tx,
    pub seen: Seen,
    pub taken: Millis,
    /// Of whom batches speak whose commit it may not show. While one is being written, reports about its people wait.
    hidden: HashSet<PersonId>,
}

impl Picture {
    /// Takes one; `None` where nothing can be read ahead.
    pub async fn take(services: &Services) -> Option<Self> {
        let ahead = services.store.read_ahead().await;
        // The writer will judge, and say what is wrong.
        let (tx, seen) = ahead.ok().flatten()?;
        Some(Self {
            tx,
            seen,
            taken: services.clock.now(),
            hidden: HashSet::new(),
        })
    }

    /// Whether it may be looked at any longer.
    pub fn holds(&self, services: &Services) -> bool {
        services.clock.now().0 - self.taken.0 < LIFE && services.store.may_read_on(self.seen)
    }

    /// Whether it has all that is known about whom these reports speak of.
    pub fn shows(&self, sent: &[Sent]) -> bool {
        let mut people = sent.iter().map(|sent| sent.submission.person);
        !people.any(|person| self.hidden.contains(&person))
    }

    /// A batch about these people has been written since, or while it was taken.
    pub fn hide(&mut self, people: &[PersonId]) {
        self.hidden.extend(people);
    }
}
