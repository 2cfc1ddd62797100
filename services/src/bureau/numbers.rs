//! The schools of a region with exact numbers: for tables and files.

use super::screen::{ZoneDay, zone_days};
use crate::actor::Actor;
use crate::{Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, SchoolId};
use domain::{Day, Text};
use store::{ListedSchool, Numbers, SchoolOrder, SchoolRow, Tx};

/// Schools that are read at a time.
const PAGE: i64 = 1_000;
/// Letters of a search that are looked for: more than any name has.
const SEARCH: usize = 200;

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

impl From<ListedSchool> for SchoolSum {
    fn from(school: ListedSchool) -> Self {
        Self {
            id: school.school_id,
            name: school.names(),
            region: school.region_names(),
            code: school.code,
            kind: school.kind,
            classes: school.classes,
            numbers: school.numbers,
        }
    }
}

/// Which schools of a region are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolsAsked {
    /// A part of a name, a code or the name of a region, in either language; empty for all schools.
    pub search: String,
    /// Their order.
    pub order: SchoolOrder,
    /// Which page of them, from 0; the last one where there are fewer.
    pub page: i64,
    /// Schools on a page.
    pub size: i64,
}

/// A page of the schools of a region that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSchools {
    /// All that are found.
    pub total: i64,
    /// How many come before this page.
    pub first: i64,
    /// Those on it, with their numbers of today.
    pub schools: Vec<SchoolSum>,
}

/// Some of the schools of a region: by time zone, smallest region and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPage {
    /// The region's name.
    pub name: Text,
    /// All its schools, each on its own today.
    pub total: Numbers,
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
        let mut total = Numbers::default();
        for ZoneDay { name, today, .. } in &zones {
            for row in tx.region_sums(region, name, *today, *today).await? {
                total += row.sums.numbers;
            }
        }
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
            total,
            day,
            next: last.map(|school| school.code.clone()),
            schools,
        })
    }

    /// A page of the schools of a region with their numbers of today.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's regions.
    pub async fn found_schools(
        &self,
        actor: &Actor,
        region: &RegionCode,
        asked: &SchoolsAsked,
    ) -> Result<FoundSchools> {
        let mut tx = self.store.look().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        let info = self.region_info(&mut tx, region).await?;
        let zones = zone_days(&info.zones, self.clock.now());
        let days: Vec<_> = zones.iter().map(|z| (z.name.as_str(), z.today)).collect();
        // No name holds what neither engine could look for.
        let letters = asked.search.chars().filter(|letter| !letter.is_control());
        let search: String = letters.take(SEARCH).collect();
        let search = search.trim();
        let total = tx.count_found_schools(region, search).await?;
        let last_page = (total - 1).max(0) / asked.size;
        let first = asked.page.clamp(0, last_page) * asked.size;
        let (order, size) = (asked.order, asked.size);
        let schools = tx
            .found_schools(region, &days, search, order, first, size)
            .await?;
        Ok(FoundSchools {
            total,
            first,
            schools: schools.into_iter().map(SchoolSum::from).collect(),
        })
    }
}

/// The schools of a region, read page by page: by time zone, region and code.
pub(super) struct Pages {
    region: RegionCode,
    /// Those still to be read, the first last.
    zones: Vec<ZoneDay>,
    /// The last school that was read.
    after: Option<(RegionCode, String)>,
}

impl Pages {
    pub fn new(region: RegionCode, mut zones: Vec<ZoneDay>) -> Self {
        zones.reverse();
        Self {
            region,
            zones,
            after: None,
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
            let schools = page.into_iter().map(SchoolSum::from).collect();
            return Ok(Some((*today, schools)));
        }
        Ok(None)
    }
}
