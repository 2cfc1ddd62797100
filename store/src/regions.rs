//! Regions by GB/T 2260.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::Text;
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
    /// What English pages call it; empty where nobody has said.
    pub name_en: String,
}

impl RegionRow {
    /// Its name in both languages; the Chinese one stands in where there is no English one.
    pub fn names(&self) -> Text {
        names(&self.name, &self.name_en)
    }
}

/// A name in both languages.
pub(crate) fn names(zh: &str, en: &str) -> Text {
    Text::new(zh, if en.is_empty() { zh } else { en })
}

impl Tx {
    /// Adds a region or renames it; says whether anything changed. An English name that is only `suggested` replaces
    /// none that is there, unless the region has got another name.
    pub async fn upsert_region(&mut self, row: &RegionRow, suggested: bool) -> Result<bool> {
        self.touch_settings();
        let done = query(
            "INSERT INTO region (code, parent, level, name, name_en) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, level = excluded.level, name = excluded.name,
               name_en = CASE WHEN $6 AND region.name = excluded.name AND region.name_en <> ''
                              THEN region.name_en ELSE excluded.name_en END
             WHERE (region.parent, region.level, region.name) IS DISTINCT FROM (excluded.parent, excluded.level, excluded.name)
                OR (region.name_en <> excluded.name_en AND (region.name_en = '' OR NOT $6))",
        )
        .bind(&row.code)
        .bind(&row.parent)
        .bind(&row.level)
        .bind(&row.name)
        .bind(&row.name_en)
        .bind(suggested)
        .execute(self)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A region by its code.
    pub async fn region(&mut self, code: &RegionCode) -> Result<Option<RegionRow>> {
        Ok(
            query_as("SELECT code, parent, level, name, name_en FROM region WHERE code = $1")
                .bind(code)
                .fetch_optional(self)
                .await?,
        )
    }

    /// The regions directly inside another, by code.
    pub async fn regions_in(&mut self, parent: &RegionCode) -> Result<Vec<RegionRow>> {
        Ok(query_as(
            "SELECT code, parent, level, name, name_en FROM region WHERE parent = $1 ORDER BY code",
        )
        .bind(parent)
        .fetch_all(self)
        .await?)
    }

    /// Every region, wider ones first.
    pub async fn all_regions(&mut self) -> Result<Vec<RegionRow>> {
        Ok(query_as(
            "SELECT code, parent, level, name, name_en FROM region ORDER BY code <> 'CN', length(code), code",
        )
        .fetch_all(self)
        .await?)
    }

    /// How many regions are known.
    pub async fn region_count(&mut self) -> Result<i64> {
        Ok(query_scalar("SELECT count(*) FROM region")
            .fetch_one(self)
            .await?)
    }
}
