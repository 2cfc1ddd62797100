//! Risk areas: places from which people come back to an isolation.

use crate::Day;
use crate::ids::RegionCode;
use crate::lang::Text;
use serde::{Deserialize, Serialize};

/// How risky an area is. Ordered: a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// 中风险
    Medium,
    /// 高风险
    High,
}

/// One declared area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskArea {
    /// The region declared.
    pub region: RegionCode,
    /// Its name, as people know it.
    pub name: Text,
    /// Its level.
    pub level: RiskLevel,
    /// The day of the declaration.
    pub from: Day,
    /// The last day it is in force, where it was lifted.
    pub to: Option<Day>,
    /// Days before the declaration in which a stay already counts.
    pub look_back: u16,
}

impl RiskArea {
    /// Days before the declaration that count unless it says otherwise.
    pub const LOOK_BACK_DAYS: u16 = 14;

    /// Whether a stay from `arrived` to `left` (`None`: still there) overlaps this area, in place and time.
    ///
    /// A stay stated more widely than the area overlaps it too: nobody knows that it was elsewhere.
    pub fn overlaps(&self, region: &RegionCode, arrived: Day, left: Option<Day>) -> bool {
        let here = self.region.contains(region) || region.contains(&self.region);
        let begins = self.from.plus(-i32::from(self.look_back));
        here && left.is_none_or(|left| left >= begins) && self.to.is_none_or(|to| arrived <= to)
    }
}

/// The declared areas.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskAreas {
    /// In any order.
    pub areas: Vec<RiskArea>,
}

impl RiskAreas {
    /// The place of the area that decides about a stay: of those with the highest level, the first declared.
    pub fn deciding(&self, region: &RegionCode, arrived: Day, left: Option<Day>) -> Option<usize> {
        let overlapping = self.areas.iter().enumerate();
        overlapping
            .filter(|(_, area)| area.overlaps(region, arrived, left))
            .min_by_key(|(_, area)| (std::cmp::Reverse(area.level), area.from, &area.region))
            .map(|(index, _)| index)
    }
}
