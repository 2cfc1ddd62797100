//! Requests that name themselves: the same name is the same answer, however often it arrives.

use crate::{Result, Services};
use domain::Millis;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::ApiReplyRow;

/// How long an answer is kept.
const KEPT: i64 = 24 * 3_600_000;
/// After this a request without an answer counts as broken off where several servers share a database, and its name is
/// free again.
const BROKEN_OFF: i64 = 10 * 60_000;

/// A request that has begun, and whose answer is to be kept.
#[derive(Debug)]
pub struct Begun {
    row: ApiReplyRow,
    at_work: AtWork,
}

/// The requests that this process is at work on: key, and digest of the name.
pub(crate) type NamedRequests = Arc<Mutex<HashSet<(i64, Vec<u8>)>>>;

/// One of them, until it is dropped.
#[derive(Debug)]
struct AtWork {
    all: NamedRequests,
    this: (i64, Vec<u8>),
}

impl AtWork {
    fn on(all: &NamedRequests, row: &ApiReplyRow) -> Self {
        let this = (row.key_id, row.idem.clone());
        lock(all).insert(this.clone());
        let all = Arc::clone(all);
        Self { all, this }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        lock(&self.all).remove(&self.this);
    }
}

fn lock(all: &NamedRequests) -> MutexGuard<'_, HashSet<(i64, Vec<u8>)>> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a request's name means.
#[derive(Debug)]
pub enum Repeat {
    /// It is new: work, then [`Services::end_request`].
    New(Begun),
    /// It was answered with this status and body.
    Answered(u16, String),
    /// It is being worked on.
    Working,
    /// The name belongs to a request that asked something else.
    Other,
}

/// All that a request asks, to tell whether another one asks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked(Vec<u8>);

impl Asked {
    /// Method, path, and body.
    pub fn of(parts: &[&[u8]]) -> Self {
        Self(digest(parts))
    }
}

fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

impl Services {
    /// Begins a request of a key under the name that it gave itself.
    pub async fn begin_request(&self, key: i64, name: &str, asked: Asked) -> Result<Repeat> {
        let now = self.clock.now();
        let row = ApiReplyRow {
            key_id: key,
            idem: digest(&[name.as_bytes()]),
            asked: asked.0,
            at: now,
            status: None,
            body: None,
        };
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        tx.lock_names(&["begin_request"]).await?;
        if let Some(known) = tx.api_reply(key, &row.idem).await? {
            let age = now.0 - known.at.0;
            let is_worked_on = self.is_worked_on(&known, age);
            let repeat = match (known.status, known.body) {
                _ if known.asked != row.asked && age < KEPT => Some(Repeat::Other),
                (Some(status), Some(body)) if age < KEPT => {
                    Some(Repeat::Answered(u16::try_from(status).unwrap_or(500), body))
                }
                (None, _) if is_worked_on => Some(Repeat::Working),
                _ => None,
            };
            if let Some(repeat) = repeat {
                return Ok(repeat);
            }
        }
        tx.put_api_reply(&row).await?;
        tx.delete_api_replies_before(Millis(now.0 - KEPT)).await?;
        // Before anybody else can see the name.
        let at_work = AtWork::on(&self.named_requests, &row);
        tx.commit().await?;
        Ok(Repeat::New(Begun { row, at_work }))
    }

    /// Whether somebody works on a request that began `age` milliseconds ago. A server alone knows; of several, another
    /// one may have died at it.
    fn is_worked_on(&self, begun: &ApiReplyRow, age: i64) -> bool {
        if self.store.node().is_some() {
            return age < BROKEN_OFF;
        }
        let this = (begun.key_id, begun.idem.clone());
        lock(&self.named_requests).contains(&this)
    }

    /// Keeps the answer of a request; one that failed on our side is forgotten, so that it may be sent again.
    pub async fn end_request(&self, begun: Begun, answer: Option<(u16, String)>) -> Result<()> {
        let Begun { mut row, at_work } = begun;
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        match answer {
            Some((status, body)) => {
                row.status = Some(status.into());
                row.body = Some(body);
                tx.put_api_reply(&row).await?;
            }
            None => tx.delete_api_reply(row.key_id, &row.idem).await?,
        }
        tx.commit().await?;
        drop(at_work);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, SystemEntropy};
    use crate::open::Location;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_name_is_free_again_once_the_process_is_gone_that_worked_under_it() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let clock = Arc::new(ManualClock::new(Millis(1_600_000_000_000)));
        let open = async || {
            let opened = Services::open(&location, clock.clone(), Arc::new(SystemEntropy)).await;
            opened.unwrap()
        };
        let services = open().await;
        let begin = async |services: &Services, name| {
            let asked = Asked::of(&[b"all"]);
            services.begin_request(1, name, asked).await.unwrap()
        };
        let broken_off = begin(&services, "broken off").await;
        assert!(matches!(broken_off, Repeat::New(_)));
        let Repeat::New(begun) = begin(&services, "done").await else {
            unreachable!("the name is new");
        };
        let answer = Some((200, "{}".to_owned()));
        services.end_request(begun, answer).await.unwrap();
        // Whatever the clock says meanwhile.
        clock.advance(-3_600_000);
        let again = begin(&services, "broken off").await;
        assert!(matches!(again, Repeat::Working), "{again:?}");
        services.store.close().await;

        let services = open().await;
        let begun = begin(&services, "broken off").await;
        assert!(matches!(begun, Repeat::New(_)), "{begun:?}");
        let again = begin(&services, "broken off").await;
        assert!(matches!(again, Repeat::Working), "{again:?}");
        let done = begin(&services, "done").await;
        assert!(matches!(done, Repeat::Answered(200, _)), "{done:?}");
    }
}
