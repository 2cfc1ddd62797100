//! The log of a region: what was done to its accounts and schools, and who looked at its screens.

use crate::school::LogPage;
use crate::{Actor, Result, Services};
use domain::access::Action;
use domain::ids::RegionCode;
use domain::{Day, Lang, Zone};

impl Services {
    /// A part of a region's log, newest first; with a day, as it was at that day's end. Audited as the reading of a list.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for whoever may not manage the region.
    pub async fn region_log(
        &self,
        actor: &Actor,
        region: &RegionCode,
        lang: Lang,
        until: Option<Day>,
        part: (i64, i64),
    ) -> Result<LogPage> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ManageRegion, &place)?;
        drop(tx);
        let today = Zone::SHANGHAI.day_of(self.clock.now());
        let chain = format!("region:{region}");
        self.audit_list(actor, &place, chain.clone(), "log.read", today)
            .await?;
        let end = until.map(|day| Zone::SHANGHAI.at(day.plus(1), 0));
        self.log_part(&chain, lang, end, part).await
    }
}
