//! Regions as lists write them, and the day it is in a region.

use crate::{Result, Services};
use domain::ids::RegionCode;
use domain::{Day, Zone};
use std::collections::{BTreeMap, HashMap};
use store::Tx;

/// Finds regions by code or name: 330503, 南浔区, 湖州市南浔区, 浙江省湖州市南浔区.
#[derive(Debug, Default)]
pub(crate) struct RegionFinder {
    /// `None` where several regions have that name.
    names: HashMap<String, Option<RegionCode>>,
    codes: BTreeMap<RegionCode, String>,
}

impl RegionFinder {
    /// The region of a code or name; `None` where there is none, or several.
    pub fn find(&self, text: &str) -> Option<RegionCode> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        match RegionCode::parse(&text) {
            Ok(code) => self.codes.contains_key(&code).then_some(code),
            Err(_) => self.names.get(&text).cloned().flatten(),
        }
    }

    /// The regions whose name contains a text, the widest first.
    pub fn search(&self, text: &str, limit: usize) -> Vec<(RegionCode, String)> {
        let mut found: Vec<_> = self
            .codes
            .iter()
            .filter(|(code, name)| name.contains(text) || code.as_str() == text)
            .map(|(code, name)| (code.clone(), name.clone()))
            .collect();
        found.sort_by_key(|(code, _)| (code.as_str().len(), code.clone()));
        found.truncate(limit);
        found
    }

    fn add(&mut self, name: String, code: &RegionCode) {
        self.names
            .entry(name)
            .and_modify(|known| {
                if known.as_ref() != Some(code) {
                    *known = None;
                }
            })
            .or_insert_with(|| Some(code.clone()));
    }
}

impl Services {
    /// Every region, to be found by name.
    pub(crate) async fn region_finder(&self, tx: &mut Tx) -> Result<RegionFinder> {
        let mut finder = RegionFinder::default();
        let mut full: HashMap<RegionCode, Vec<String>> = HashMap::new();
        for row in tx.all_regions().await? {
            // Cities that are provinces of their own have a step in between which nobody says.
            let is_filler = matches!(row.name.as_str(), "市辖区" | "县") && row.level == "city";
            let around = row.parent.as_ref().and_then(|p| full.get(p).cloned());
            let mut names = vec![row.name.clone()];
            names.extend(
                around
                    .into_iter()
                    .flatten()
                    .map(|n| format!("{n}{}", row.name)),
            );
            if is_filler {
                // What lies in it is named after the city itself.
                names = names
                    .iter()
                    .filter_map(|n| n.strip_suffix(&row.name).map(ToOwned::to_owned))
                    .filter(|n| !n.is_empty())
                    .collect();
            } else {
                for name in &names {
                    finder.add(name.clone(), &row.code);
                }
            }
            finder.codes.insert(row.code.clone(), row.name);
            if row.code.as_str() != RegionCode::COUNTRY {
                full.insert(row.code, names);
            }
        }
        Ok(finder)
    }

    /// The present day in a region: where it spans zones, that of most of its schools.
    pub(crate) async fn today_in(&self, tx: &mut Tx, region: &RegionCode) -> Result<Day> {
        let zones = tx.zones_within(region).await?;
        let zone = zones.first().and_then(|name| name.parse().ok());
        Ok(zone.unwrap_or(Zone::SHANGHAI).day_of(self.clock.now()))
    }
}
