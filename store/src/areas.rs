//! Declared risk areas.

use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::ids::{AccountId, RegionCode};
use domain::{Day, Millis};

/// One declared risk area.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RiskAreaRow {
    /// Its number.
    pub area_id: i64,
    /// Where.
    pub region_code: RegionCode,
    /// medium or high.
    pub level: String,
    /// First day of the declaration.
    pub from_day: Day,
    /// Last day of it.
    pub to_day: Option<Day>,
    /// Days before the declaration for which it counts too.
    pub look_back: i64,
    /// Who declared it.
    pub authority: String,
    /// The bureau that entered it; it counts for that bureau's schools.
    pub owner_code: RegionCode,
    /// `entered` one by one, or `list`.
    pub way: String,
    /// The last change.
    pub changed_at: Millis,
    /// Who made it.
    pub changed_by: Option<AccountId>,
    /// When it was withdrawn as entered in error.
    pub withdrawn_at: Option<Millis>,
}

macro_rules! area {
    () => {
        "SELECT area_id, region_code, level, from_day, to_day, look_back, authority, owner_code, way, changed_at, changed_by, withdrawn_at FROM risk_area"
    };
}

impl Tx {
    /// Declares a risk area, or changes one.
    pub async fn put_risk_area(&mut self, row: &RiskAreaRow) -> Result<()> {
        self.touch_settings();
        query(
            "INSERT INTO risk_area (area_id, region_code, level, from_day, to_day, look_back, authority, owner_code, way, changed_at, changed_by, withdrawn_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (area_id) DO UPDATE SET region_code = excluded.region_code, level = excluded.level, from_day = excluded.from_day,
                 to_day = excluded.to_day, look_back = excluded.look_back, authority = excluded.authority, way = excluded.way,
                 changed_at = excluded.changed_at, changed_by = excluded.changed_by, withdrawn_at = excluded.withdrawn_at",
        )
        .bind(row.area_id)
        .bind(&row.region_code)
        .bind(&row.level)
        .bind(row.from_day)
        .bind(row.to_day)
        .bind(row.look_back)
        .bind(&row.authority)
        .bind(&row.owner_code)
        .bind(&row.way)
        .bind(row.changed_at)
        .bind(row.changed_by)
        .bind(row.withdrawn_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// All declared risk areas, lifted ones too, in the order of their declaration.
    pub async fn risk_areas(&mut self) -> Result<Vec<RiskAreaRow>> {
        Ok(query_as(concat!(
            area!(),
            " WHERE withdrawn_at IS NULL ORDER BY area_id"
        ))
        .fetch_all(self)
        .await?)
    }

    /// An area by its number, unless it was withdrawn.
    pub async fn risk_area(&mut self, id: i64) -> Result<Option<RiskAreaRow>> {
        Ok(query_as(concat!(
            area!(),
            " WHERE area_id = $1 AND withdrawn_at IS NULL"
        ))
        .bind(id)
        .fetch_optional(self)
        .await?)
    }

    /// The areas that count for a region's schools: declared by it, or by a region around it.
    pub async fn risk_areas_for(&mut self, region: &RegionCode) -> Result<Vec<RiskAreaRow>> {
        Ok(query_as(concat!(
            area!(),
            " WHERE withdrawn_at IS NULL AND (owner_code = 'CN' OR $1 LIKE owner_code || '%') ORDER BY area_id"
        ))
        .bind(region)
        .fetch_all(self)
        .await?)
    }
}
