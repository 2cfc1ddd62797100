//! Names of regions, and the lists from which a place is chosen step by step.

use crate::{Result, Services};
use domain::Text;
use domain::ids::RegionCode;
use domain::report::{FactChange, StandingFact};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::Tx;

/// Regions by code, with their full names: 浙江省湖州市南浔区; Nanxun District, Huzhou City, Zhejiang Province.
pub type RegionNames = BTreeMap<RegionCode, Text>;

/// One step down from a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionChoice {
    /// Its code.
    pub code: RegionCode,
    /// Its own name, without those around it.
    pub name: Text,
}

impl Services {
    /// The regions directly inside `parent`, by code; the provinces inside the country. Everybody may read them.
    pub async fn regions_below(&self, parent: &RegionCode) -> Result<Vec<RegionChoice>> {
        let rows = self.store.read().await?.regions_in(parent).await?;
        Ok(rows
            .into_iter()
            .map(|row| RegionChoice {
                name: row.names(),
                code: row.code,
            })
            .collect())
    }

    /// The full names of regions. One that is not known has its code for a name.
    pub async fn region_names(
        &self,
        codes: impl IntoIterator<Item = RegionCode>,
    ) -> Result<RegionNames> {
        let mut codes = codes.into_iter().peekable();
        if codes.peek().is_none() {
            return Ok(RegionNames::new());
        }
        let mut tx = self.store.read().await?;
        self.region_names_in(&mut tx, codes).await
    }

    pub(crate) async fn region_names_in(
        &self,
        tx: &mut Tx,
        codes: impl IntoIterator<Item = RegionCode>,
    ) -> Result<RegionNames> {
        let mut names = RegionNames::new();
        for code in codes {
            if let Entry::Vacant(place) = names.entry(code) {
                let name = full_name(tx, place.key()).await?;
                place.insert(name);
            }
        }
        Ok(names)
    }
}

async fn full_name(tx: &mut Tx, code: &RegionCode) -> Result<Text> {
    let mut name = Text::default();
    let mut next = Some(code.clone());
    while let Some(row) = match &next {
        Some(code) if code.as_str() != RegionCode::COUNTRY => tx.region(code).await?,
        _ => None,
    } {
        // Cities that are provinces of their own have a step in between which nobody says.
        let is_filler = matches!(row.name.as_str(), "市辖区" | "县") && row.level == "city";
        if !is_filler {
            let own = row.names();
            name.zh.insert_str(0, &own.zh);
            if !name.en.is_empty() {
                name.en.push_str(", ");
            }
            name.en.push_str(&own.en);
        }
        next = row.parent;
    }
    Ok(if name.zh.is_empty() {
        Text::new(code.as_str(), code.as_str())
    } else {
        name
    })
}

/// The region that a fact names.
pub(crate) fn region_of(fact: &StandingFact) -> Option<&RegionCode> {
    match fact {
        StandingFact::Stay { region, .. } => Some(region),
        _ => None,
    }
}

/// The regions that the changes of a report name.
pub(crate) fn regions_of(changes: &[FactChange]) -> impl Iterator<Item = &RegionCode> {
    changes.iter().filter_map(|change| match change {
        FactChange::Add(fact) | FactChange::Correct(_, fact) => region_of(fact),
        FactChange::End(..) => None,
    })
}
