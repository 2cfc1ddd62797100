//! How far the jobs of a region have come, for its officers.

use crate::{Actor, Result, Services};
use domain::Millis;
use domain::access::Action;
use domain::ids::RegionCode;

/// Jobs shown on a page.
const SHOWN: i64 = 5;

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedecisionProgress {
    /// What it follows from, in a stable word.
    pub cause: String,
    /// Which area, list or rulebook.
    pub subject: String,
    /// When it was asked for.
    pub at: Millis,
    /// People concerned.
    pub total: i64,
    /// People looked at.
    pub done: i64,
    /// People with a new decision.
    pub changed: i64,
    /// Whether it is over.
    pub is_finished: bool,
}

impl Services {
    /// The latest jobs of a region, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for whoever may not see the region.
    pub async fn redecisions(
        &self,
        actor: &Actor,
        region: &RegionCode,
    ) -> Result<Vec<RedecisionProgress>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        let rows = tx.redecisions_within(region, SHOWN).await?;
        Ok(rows
            .into_iter()
            .map(|row| RedecisionProgress {
                cause: row.cause,
                subject: row.subject,
                at: row.at,
                total: row.total,
                done: row.done.min(row.total),
                changed: row.changed,
                is_finished: row.finished_at.is_some(),
            })
            .collect())
    }
}
