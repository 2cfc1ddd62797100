//! Regions by GB/T 2260.

use crate::{Result, Tx};
use domain::ids::RegionCode;

/// One region.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RegionRow {
    /// Its code.
    pub code: RegionCode,
    /// The region around it.
    pub parent: Option<RegionCode>,
    /// country, province, city, district or town.
    pub level: String,
    /// Its name.
    pub name: String,
}

impl Tx {
    /// Adds a region or renames it; says whether anything changed.
    pub async fn upsert_region(&mut self, row: &RegionRow) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO region (code, parent, level, name) VALUES ($1, $2, $3, $4)
             ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, level = excluded.level, name = excluded.name
             WHERE (region.parent, region.level, region.name) IS NOT (excluded.parent, excluded.level, excluded.name)",
        )
        .bind(&row.code)
        .bind(&row.parent)
        .bind(&row.level)
        .bind(&row.name)
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A region by its code.
    pub async fn region(&mut self, code: &RegionCode) -> Result<Option<RegionRow>> {
        Ok(
            sqlx::query_as("SELECT code, parent, level, name FROM region WHERE code = $1")
                .bind(code)
                .fetch_optional(self.on())
                .await?,
        )
    }

    /// The regions directly inside another, by code.
    pub async fn regions_in(&mut self, parent: &RegionCode) -> Result<Vec<RegionRow>> {
        Ok(sqlx::query_as(
            "SELECT code, parent, level, name FROM region WHERE parent = $1 ORDER BY code",
        )
        .bind(parent)
        .fetch_all(self.on())
        .await?)
    }

    /// Every region, wider ones first.
    pub async fn all_regions(&mut self) -> Result<Vec<RegionRow>> {
        Ok(sqlx::query_as(
            "SELECT code, parent, level, name FROM region ORDER BY code <> 'CN', length(code), code",
        )
        .fetch_all(self.on())
        .await?)
    }

    /// How many regions are known.
    pub async fn region_count(&mut self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM region")
            .fetch_one(self.on())
            .await?)
    }
}
