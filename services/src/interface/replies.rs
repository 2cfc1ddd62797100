//! Requests that name themselves: the same name is the same answer, however often it arrives.

use crate::{Result, Services};
use domain::Millis;
use sha2::{Digest as _, Sha256};
use store::ApiReplyRow;

/// How long an answer is kept.
const KEPT: i64 = 24 * 3_600_000;
/// After this a request without an answer counts as broken off, and its name is free again.
const WORKING: i64 = 10 * 60_000;

/// A request that has begun, and whose answer is to be kept.
#[derive(Debug)]
pub struct Begun {
    row: ApiReplyRow,
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
        let mut tx = self.store.write().await?;
        if let Some(known) = tx.api_reply(key, &row.idem).await? {
            let age = now.0 - known.at.0;
            let repeat = match (known.status, known.body) {
                _ if known.asked != row.asked && age < KEPT => Some(Repeat::Other),
                (Some(status), Some(body)) if age < KEPT => {
                    Some(Repeat::Answered(u16::try_from(status).unwrap_or(500), body))
                }
                (None, _) if age < WORKING => Some(Repeat::Working),
                _ => None,
            };
            if let Some(repeat) = repeat {
                return Ok(repeat);
            }
        }
        tx.put_api_reply(&row).await?;
        tx.delete_api_replies_before(Millis(now.0 - KEPT)).await?;
        tx.commit().await?;
        Ok(Repeat::New(Begun { row }))
    }

    /// Keeps the answer of a request; one that failed on our side is forgotten, so that it may be sent again.
    pub async fn end_request(&self, begun: Begun, answer: Option<(u16, String)>) -> Result<()> {
        let mut row = begun.row;
        let mut tx = self.store.write().await?;
        match answer {
            Some((status, body)) => {
                row.status = Some(status.into());
                row.body = Some(body);
                tx.put_api_reply(&row).await?;
            }
            None => tx.delete_api_reply(row.key_id, &row.idem).await?,
        }
        Ok(tx.commit().await?)
    }
}
