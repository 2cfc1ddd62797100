//! What the lists of this installation say of somebody else's pass, for whoever looks after the program.

use crate::{Result, Services};
use domain::Text;
use domain::ids::RegionCode;
use domain::recognition::{NotRecognised, Recognised};

/// What one region's list and rules say.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionSays {
    /// The region, and its name.
    pub region: (RegionCode, Text),
    /// Whether the pass counts at its schools.
    pub says: std::result::Result<Recognised, NotRecognised>,
}

impl Services {
    /// What every region with a list of its own says of a pass; those that do not trust its issuer say nothing.
    /// Only somebody who may run the program on its machine asks this way.
    pub async fn inspect_foreign(&self, text: &str) -> Result<Vec<RegionSays>> {
        let mut tx = self.store.read().await?;
        let now = self.clock.now();
        let mut all = Vec::new();
        for region in tx.trusting_regions().await? {
            let today = self.zone_of_region(&mut tx, &region).await?.day_of(now);
            let says = self
                .recognise_in(&mut tx, text, &region, (now, today))
                .await?;
            if says != Err(NotRecognised::UnknownIssuer) {
                let name = self.region_name(&mut tx, &region).await?;
                all.push(RegionSays {
                    region: (region, name),
                    says,
                });
            }
        }
        Ok(all)
    }
}
