//! Risk areas as officers and everybody else see them.

use super::{level_of, look_back_of};
use crate::{Actor, Error, Result, Services};
use domain::access::{Action, Place};
use domain::facts::RiskLevel;
use domain::ids::RegionCode;
use domain::{Day, Millis, Text};
use std::cmp::Reverse;
use store::{RiskAreaRow, Tx};

/// Areas on a page.
pub const AREAS_PAGE: usize = 50;

/// One area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaView {
    /// Its number.
    pub id: i64,
    /// Where.
    pub region: RegionCode,
    /// The full name of the place.
    pub name: Text,
    /// Its level.
    pub level: RiskLevel,
    /// The first day of the declaration.
    pub from: Day,
    /// The last day, where it was lifted.
    pub to: Option<Day>,
    /// Days before the declaration that count too.
    pub look_back: u16,
    /// The authority behind it.
    pub authority: String,
    /// For whose schools it counts.
    pub owner: (RegionCode, Text),
    /// The last change.
    pub changed: Millis,
    /// Whether it is in force on the page's day.
    pub is_in_force: bool,
    /// Whether the reader may change it.
    pub is_own: bool,
}

/// The areas that count for a region's schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreasPage {
    /// The region's name.
    pub region: Text,
    /// The present day there.
    pub today: Day,
    /// Those asked for on this page.
    pub areas: Vec<AreaView>,
    /// How many there are over all pages.
    pub total: usize,
}

/// The areas in force, for everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAreas {
    /// Those asked for on this page.
    pub areas: Vec<AreaView>,
    /// How many there are over all pages.
    pub total: usize,
    /// The last change of any area; `None` where none was ever declared.
    pub updated: Option<Millis>,
}

impl Services {
    /// A page of the areas that count for a region's schools, those in force first, whose place or authority
    /// contains `search`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn areas(
        &self,
        actor: &Actor,
        region: &RegionCode,
        search: &str,
        skip: usize,
    ) -> Result<AreasPage> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::DeclareRiskAreas, &place)?;
        let today = self.today_in(&mut tx, region).await?;
        let rows = tx.risk_areas_for(region).await?;
        let (areas, total) = self
            .area_page(&mut tx, Some(actor), rows, today, search, skip)
            .await?;
        Ok(AreasPage {
            region: self.region_name(&mut tx, region).await?,
            today,
            areas,
            total,
        })
    }

    /// One area, for its form.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not change it.
    pub async fn area(&self, actor: &Actor, area: i64) -> Result<AreaView> {
        let mut tx = self.store.read().await?;
        let row = tx.risk_area(area).await?.ok_or(Error::Forbidden)?;
        let place = self.place_of_region(&mut tx, &row.owner_code).await?;
        actor.require(Action::DeclareRiskAreas, &place)?;
        let today = self.today_in(&mut tx, &row.owner_code).await?;
        self.area_view(&mut tx, Some(actor), row, today).await
    }

    /// A page of the areas in force anywhere, whose place or authority contains `search`. Everybody may read them.
    pub async fn public_areas(&self, search: &str, skip: usize) -> Result<PublicAreas> {
        let mut tx = self.store.read().await?;
        let country =
            RegionCode::parse(RegionCode::COUNTRY).map_err(|e| Error::internal(e.to_string()))?;
        let today = self.today_in(&mut tx, &country).await?;
        let mut rows = tx.risk_areas().await?;
        let updated = rows.iter().map(|row| row.changed_at).max();
        rows.retain(|row| is_in_force(row, today));
        let (areas, total) = self
            .area_page(&mut tx, None, rows, today, search, skip)
            .await?;
        Ok(PublicAreas {
            areas,
            total,
            updated,
        })
    }

    async fn area_page(
        &self,
        tx: &mut Tx,
        actor: Option<&Actor>,
        mut rows: Vec<RiskAreaRow>,
        today: Day,
        search: &str,
        skip: usize,
    ) -> Result<(Vec<AreaView>, usize)> {
        rows.sort_by_key(|row| {
            (
                !is_in_force(row, today),
                Reverse(level_of(row)),
                Reverse(row.from_day),
                row.area_id,
            )
        });
        let search = search.trim();
        let mut kept = Vec::new();
        for row in rows {
            let names = self.region_names_in(tx, [row.region_code.clone()]).await?;
            let fits = |text: &str| text.contains(search);
            if fits(row.region_code.as_str())
                || fits(&row.authority)
                || names.values().any(|name| fits(&name.zh) || fits(&name.en))
            {
                kept.push(row);
            }
        }
        let total = kept.len();
        let mut areas = Vec::new();
        for row in kept.into_iter().skip(skip).take(AREAS_PAGE) {
            areas.push(self.area_view(tx, actor, row, today).await?);
        }
        Ok((areas, total))
    }

    async fn area_view(
        &self,
        tx: &mut Tx,
        actor: Option<&Actor>,
        row: RiskAreaRow,
        today: Day,
    ) -> Result<AreaView> {
        let names = self.region_names_in(tx, [row.region_code.clone()]).await?;
        let owner = self.region_name(tx, &row.owner_code).await?;
        let own = Place::region(row.owner_code.clone());
        Ok(AreaView {
            id: row.area_id,
            name: names.into_values().next().unwrap_or_default(),
            level: level_of(&row),
            from: row.from_day,
            to: row.to_day,
            look_back: look_back_of(&row),
            changed: row.changed_at,
            is_in_force: is_in_force(&row, today),
            is_own: actor.is_some_and(|actor| actor.may(Action::DeclareRiskAreas, &own)),
            region: row.region_code,
            authority: row.authority,
            owner: (row.owner_code, owner),
        })
    }
}

fn is_in_force(row: &RiskAreaRow, today: Day) -> bool {
    row.from_day <= today && row.to_day.is_none_or(|to| to >= today)
}
