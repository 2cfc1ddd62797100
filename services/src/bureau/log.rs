//! The log of a region: what was done to its accounts and schools, and who looked at its screens.

use crate::school::LogPage;
use crate::{Actor, Result, Services};
use domain::access::Action;
use domain::ids::RegionCode;
use domain::{Lang, Zone};
use std::collections::HashMap;

impl Services {
    /// A part of a region's log, newest first; audited as the reading of a list.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for whoever may not manage the region.
    pub async fn region_log(
        &self,
        actor: &Actor,
        region: &RegionCode,
        lang: Lang,
        offset: i64,
        limit: i64,
    ) -> Result<LogPage> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ManageRegion, &place)?;
        drop(tx);
        let today = Zone::SHANGHAI.day_of(self.clock.now());
        let chain = format!("region:{region}");
        self.audit_list(actor, &place, chain.clone(), "log.read", today)
            .await?;
        let mut tx = self.store.read().await?;
        let total = tx.audit_tail(&chain).await?.map_or(0, |(seq, _)| seq);
        let rows = tx
            .audit_before(&chain, total - offset.max(0), limit)
            .await?;
        let mut names = HashMap::new();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push(self.log_entry(&mut tx, lang, row, &mut names).await?);
        }
        Ok(LogPage { entries, total })
    }
}
