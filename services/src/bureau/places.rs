//! Where schools of a region may lie, and which school somebody manages.

use crate::{Actor, Error, Result, Services};
use domain::Text;
use domain::access::Action;
use domain::ids::{RegionCode, RegionLevel, SchoolId};

/// Places offered at once; a wider region's schools come from a list.
const PLACES: usize = 400;

impl Services {
    /// The places in which a school of a region may lie: its towns, or itself where it has none below.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not manage the region.
    pub async fn places_for_schools(
        &self,
        actor: &Actor,
        region: &RegionCode,
    ) -> Result<Vec<(RegionCode, Text)>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ManageRegion, &place)?;
        let own = tx.region(region).await?.ok_or(Error::Forbidden)?;
        let mut below = tx.regions_in(region).await?;
        if region.level() == RegionLevel::City {
            let mut towns = Vec::new();
            for district in &below {
                towns.extend(tx.regions_in(&district.code).await?);
            }
            below.extend(towns);
        }
        below.truncate(PLACES);
        let mut out = vec![(own.code.clone(), own.names())];
        out.extend(below.into_iter().map(|r| (r.code.clone(), r.names())));
        out.rotate_left(1);
        Ok(out)
    }

    /// The name and region of a school whose administrators the actor manages.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn managed_school(
        &self,
        actor: &Actor,
        school: SchoolId,
    ) -> Result<(Text, RegionCode)> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ManageRegion, &place)?;
        let name = self.school_info(&mut tx, school).await?.row.names();
        let around = self.regions_of(&mut tx, actor, &place.region).await?;
        // The widest region of the actor's, so that the tabs lead back to where they came from.
        Ok((
            name,
            around
                .into_iter()
                .next()
                .map_or(place.region, |(code, _)| code),
        ))
    }
}
