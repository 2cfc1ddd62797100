//! What screens show of a region besides numbers: names and zones, kept in memory as the settings of schools are.

use super::ranks::Ranks;
use crate::context::{poisoned, zones_by_name};
use crate::{Error, Result, Services};
use domain::ids::{RegionCode, SchoolId};
use domain::{Text, Zone};
use std::collections::HashMap;
use std::sync::Arc;
use store::{RegionRow, Tx};

/// A region with the names of what lies in it.
#[derive(Debug)]
pub(crate) struct RegionInfo {
    /// The stored row.
    pub row: RegionRow,
    /// The time zones of its schools, the one with most schools first; that of the country where there is no school.
    pub zones: Vec<(String, Zone)>,
    /// The regions directly inside.
    pub areas: Vec<RegionRow>,
    /// Its schools by number.
    pub schools: HashMap<SchoolId, SchoolNames>,
    /// Which of them come first.
    pub(super) ranks: Ranks,
}

/// A school as screens name it.
#[derive(Debug)]
pub(crate) struct SchoolNames {
    /// Its name.
    pub name: Text,
    /// The region directly inside in which it lies.
    pub area: Option<RegionCode>,
}

impl Services {
    /// A region with its names; kept until settings change.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is no such region.
    pub(crate) async fn region_info(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
    ) -> Result<Arc<RegionInfo>> {
        self.notice_settings(tx.settings_mark());
        if let Some(info) = self.regions.read().map_err(poisoned)?.get(region) {
            return Ok(Arc::clone(info));
        }
        if tx.is_a_look() {
            // What is kept is never a replica's.
            let mut tx = self.store.read().await?;
            return Box::pin(self.region_info(&mut tx, region)).await;
        }
        let row = tx.region(region).await?.ok_or(Error::Forbidden)?;
        let areas = tx.regions_in(region).await?;
        let zones = zones_within(tx, region).await?;
        let schools = tx.schools_within(region).await?;
        let schools = schools.into_iter().map(|school| {
            let names = SchoolNames {
                name: school.names(),
                area: areas
                    .iter()
                    .find(|a| a.code.contains(&school.region_code))
                    .map(|a| a.code.clone()),
            };
            (school.school_id, names)
        });
        let info = Arc::new(RegionInfo {
            row,
            zones,
            schools: schools.collect(),
            areas,
            ranks: Ranks::default(),
        });
        let mut regions = self.regions.write().map_err(poisoned)?;
        if tx.may_be_kept(&self.store) {
            regions.insert(region.clone(), Arc::clone(&info));
        }
        Ok(info)
    }
}

/// The time zones of a region's schools, by name, that of most of them first.
pub(super) async fn zones_within(tx: &mut Tx, region: &RegionCode) -> Result<Vec<(String, Zone)>> {
    let mut names = tx.zones_within(region).await?;
    if names.is_empty() {
        names.push(Zone::SHANGHAI.name().to_owned());
    }
    Ok(zones_by_name(names))
}
