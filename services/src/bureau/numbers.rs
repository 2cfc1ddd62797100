//! The schools of a region with exact numbers: for tables and files.

use super::screen::{ZoneDay, zone_days};
use crate::actor::Actor;
use crate::{Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, SchoolId};
use domain::{Day, Text};
use std::collections::HashMap;
use store::{ListedSchool, Numbers, SchoolRow, Tx};

/// Schools that are read at a time.
const PAGE: i64 = 1_000;

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
    /// Its people.
    pub numbers: Numbers,
}

impl SchoolSum {
    fn listed(school: ListedSchool, region: Text) -> Self {
        Self {
            id: school.school_id,
            name: school.names(),
            code: school.code,
            kind: school.kind,
            region,
            classes: school.classes,
            numbers: school.numbers,
        }
    }

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

/// Some of the schools of a region: by time zone, smallest region and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPage {
    /// The region's name.
    pub name: Text,
    /// Today at these schools.
    pub day: Day,
    /// At most 1,000 of its schools, of one time zone.
    pub schools: Vec<SchoolSum>,
    /// The code of the last one, unless it is known to be the last of all.
    pub next: Option<String>,
}

impl Services {
    /// The schools of a region with their numbers of today that come after the one with this code.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's regions, [`Refusal::FieldInvalid`] where there is no such school.
    pub async fn region_page(
        &self,
        actor: &Actor,
        region: &RegionCode,
        after: Option<&str>,
    ) -> Result<RegionPage> {
        let mut tx = self.store.look().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        let info = self.region_info(&mut tx, region).await?;
        let zones = zone_days(&info.zones, self.clock.now());
        let day = zones.first().map_or(Day(0), |z| z.today);
        let mut pages = Pages::new(region.clone(), zones);
        if let Some(code) = after {
            let school = tx.school_by_code(code).await?;
            let school = school.filter(|school| region.contains(&school.region_code));
            pages.go_on_after(school.ok_or(Refusal::FieldInvalid)?);
        }
        let page = pages.next(&mut tx).await?;
        let (day, schools) = page.unwrap_or((day, Vec::new()));
        let last = schools.last().filter(|_| pages.may_go_on(schools.len()));
        Ok(RegionPage {
            name: info.row.names(),
            day,
            next: last.map(|school| school.code.clone()),
            schools,
        })
    }

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
        let zones = zone_days(&info.zones, self.clock.now());
        let day = zones.first().map_or(Day(0), |z| z.today);
        let mut pages = Pages::new(region.clone(), zones);
        let mut schools = Vec::new();
        while let Some((_, page)) = pages.next(tx).await? {
            schools.extend(page);
        }
        schools.sort_by(|a, b| a.code.cmp(&b.code));
        let name = info.row.names();
        Ok(RegionSums { name, day, schools })
    }
}

/// The schools of a region, read page by page: by time zone, region and code.
pub(super) struct Pages {
    region: RegionCode,
    /// Those still to be read, the first last.
    zones: Vec<ZoneDay>,
    /// The last school that was read.
    after: Option<(RegionCode, String)>,
    /// The regions met so far.
    names: HashMap<RegionCode, Text>,
}

impl Pages {
    pub fn new(region: RegionCode, mut zones: Vec<ZoneDay>) -> Self {
        zones.reverse();
        Self {
            region,
            zones,
            after: None,
            names: HashMap::new(),
        }
    }

    /// Goes on after a school.
    fn go_on_after(&mut self, school: SchoolRow) {
        while self
            .zones
            .last()
            .is_some_and(|zone| zone.name != school.zone)
        {
            self.zones.pop();
        }
        self.after = Some((school.region_code, school.code));
    }

    /// Whether more may come after a page of so many.
    fn may_go_on(&self, schools: usize) -> bool {
        i64::try_from(schools) == Ok(PAGE) || self.zones.len() > 1
    }

    /// The next page, and the day of its numbers; `None` after the last.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<(Day, Vec<SchoolSum>)>> {
        while let Some(ZoneDay { name, today, .. }) = self.zones.last() {
            let page = tx
                .listed_schools(&self.region, name, *today, self.after.as_ref(), PAGE)
                .await?;
            let Some(last) = page.last() else {
                self.zones.pop();
                self.after = None;
                continue;
            };
            self.after = Some((last.region_code.clone(), last.code.clone()));
            let mut schools = Vec::with_capacity(page.len());
            for school in page {
                let code = &school.region_code;
                if !self.names.contains_key(code) {
                    let row = tx.region(code).await?;
                    let name = row.map(|row| row.names()).unwrap_or_default();
                    self.names.insert(code.clone(), name);
                }
                let region = self.names.get(code).cloned().unwrap_or_default();
                schools.push(SchoolSum::listed(school, region));
            }
            return Ok(Some((*today, schools)));
        }
        Ok(None)
    }
}
