//! Which schools of a wide region come first. To find them all its schools are looked at, so that they are kept for a
//! moment: a screen reads the present numbers of these few, and costs the same however many schools there are.

use super::region::RegionInfo;
use super::screen::ZoneDay;
use crate::Result;
use crate::context::poisoned;
use domain::ids::SchoolId;
use domain::{Day, Millis};
use std::collections::HashMap;
use std::sync::RwLock;
use store::{SchoolNumbers, Tx};

/// How long they are kept, in milliseconds.
const KEPT: i64 = 5_000;

/// The schools of a region that came first when last looked for, by the name of their zone.
#[derive(Debug, Default)]
pub(crate) struct Ranks(RwLock<HashMap<String, Ranked>>);

#[derive(Debug)]
struct Ranked {
    day: Day,
    at: Millis,
    schools: Vec<SchoolId>,
}

impl Ranks {
    fn kept(&self, zone: &ZoneDay, now: Millis) -> Result<Option<Vec<SchoolId>>> {
        let ranks = self.0.read().map_err(poisoned)?;
        let ranked = ranks.get(&zone.name);
        let ranked = ranked.filter(|ranked| {
            ranked.day == zone.today && (0..KEPT).contains(&(now.0 - ranked.at.0))
        });
        Ok(ranked.map(|ranked| ranked.schools.clone()))
    }

    fn keep(&self, zone: &ZoneDay, at: Millis, found: &[SchoolNumbers]) -> Result<()> {
        let ranked = Ranked {
            day: zone.today,
            at,
            schools: found.iter().map(|school| school.school_id).collect(),
        };
        let mut ranks = self.0.write().map_err(poisoned)?;
        ranks.insert(zone.name.clone(), ranked);
        Ok(())
    }
}

impl RegionInfo {
    /// The numbers of the schools in a zone that have one of the first `places` of either order: those that had one at
    /// most five seconds ago.
    pub(super) async fn first_schools(
        &self,
        tx: &mut Tx,
        zone: &ZoneDay,
        now: Millis,
        places: usize,
    ) -> Result<Vec<SchoolNumbers>> {
        let (name, today) = (&zone.name, zone.today);
        if let Some(schools) = self.ranks.kept(zone, now)? {
            return Ok(tx.numbers_of_schools(&schools, name, today).await?);
        }
        let places = i64::try_from(places).unwrap_or(i64::MAX);
        let found = tx
            .first_schools_within(&self.row.code, name, today, places)
            .await?;
        self.ranks.keep(zone, now, &found)?;
        Ok(found)
    }
}
