//! The schools of a region with exact numbers: for tables.

use super::screen::zone_days;
use crate::actor::Actor;
use crate::{Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, SchoolId};
use domain::{Code, Day, Text};
use std::collections::HashMap;
use store::{Numbers, Tx};

/// One school with its numbers of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolSum {
    /// Which.
    pub id: SchoolId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// What it teaches.
    pub kind: String,
    /// The name of the region that it lies in.
    pub region: Text,
    /// Its classes with somebody in them.
    pub classes: i64,
    /// On the roster.
    pub students: i64,
    /// Reported by guardians or oneself.
    pub guardian: i64,
    /// Reported on paper.
    pub paper: i64,
    /// Reported by a teacher for them.
    pub proxy: i64,
    /// May attend.
    pub green: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Neither.
    pub grey: i64,
}

impl SchoolSum {
    /// Whether a search means this school: by a part of its name, code or region, in either language.
    pub fn is_found_by(&self, search: &str) -> bool {
        let search = search.to_lowercase();
        let texts = [
            &self.name.zh,
            &self.name.en,
            &self.code,
            &self.region.zh,
            &self.region.en,
        ];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&search))
    }

    /// Reported by any channel.
    pub fn reported(&self) -> i64 {
        self.guardian + self.paper + self.proxy
    }

    /// How many show a code.
    pub fn of(&self, code: Code) -> i64 {
        match code {
            Code::Green => self.green,
            Code::Yellow => self.yellow,
            Code::Red => self.red,
            Code::Grey => self.grey,
        }
    }
}

/// A region with its schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionSums {
    /// Its name.
    pub name: Text,
    /// Today there.
    pub day: Day,
    /// Its schools by code.
    pub schools: Vec<SchoolSum>,
}

impl Services {
    /// The schools of a region with their numbers of today.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's regions.
    pub async fn region_sums(&self, actor: &Actor, region: &RegionCode) -> Result<RegionSums> {
        let mut tx = self.store.look().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        self.sums(&mut tx, region).await
    }

    async fn sums(&self, tx: &mut Tx, region: &RegionCode) -> Result<RegionSums> {
        let info = self.region_info(tx, region).await?;
        let name = info.row.names();
        let zones = zone_days(&info.zones, self.clock.now());
        let mut sums: HashMap<SchoolId, (i64, Numbers)> = HashMap::new();
        for zone in &zones {
            for row in tx
                .school_numbers_within(region, &zone.name, zone.today)
                .await?
            {
                sums.insert(row.school_id, (row.classes, row.numbers));
            }
        }
        let mut regions: HashMap<RegionCode, Text> = HashMap::new();
        let mut schools = Vec::new();
        for school in tx.schools_within(region).await? {
            let (classes, n) = sums.get(&school.school_id).copied().unwrap_or_default();
            if !regions.contains_key(&school.region_code) {
                let name = tx
                    .region(&school.region_code)
                    .await?
                    .map(|r| r.names())
                    .unwrap_or_default();
                regions.insert(school.region_code.clone(), name);
            }
            schools.push(SchoolSum {
                id: school.school_id,
                name: school.names(),
                code: school.code,
                kind: school.kind,
                region: regions
                    .get(&school.region_code)
                    .cloned()
                    .unwrap_or_default(),
                classes,
                students: n.students,
                guardian: n.guardian,
                paper: n.paper,
                proxy: n.proxy,
                green: n.green,
                yellow: n.yellow,
                red: n.red,
                grey: n.grey,
            });
        }
        let day = zones.first().map_or(Day(0), |z| z.today);
        Ok(RegionSums { name, day, schools })
    }
}
