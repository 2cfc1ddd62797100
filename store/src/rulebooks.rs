//! Rulebooks by version, each with its dated life.

use crate::{Result, Tx};
use domain::Day;
use domain::ids::RegionCode;

/// One version of a rulebook.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulebookRow {
    /// Its name.
    pub rulebook_id: String,
    /// Its semantic version.
    pub version: String,
    /// Where it holds.
    pub region_code: RegionCode,
    /// First day in force.
    pub from_day: Day,
    /// Last day in force.
    pub to_day: Option<Day>,
    /// The file.
    pub body: String,
}

impl Tx {
    /// Keeps a version; one that is there stays as it is.
    pub async fn insert_rulebook(&mut self, row: &RulebookRow) -> Result<()> {
        sqlx::query(
            "INSERT INTO rulebook (rulebook_id, version, region_code, from_day, to_day, body) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(&row.rulebook_id)
        .bind(&row.version)
        .bind(&row.region_code)
        .bind(row.from_day)
        .bind(row.to_day)
        .bind(&row.body)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Every version ever in force, by name and first day.
    pub async fn rulebooks(&mut self) -> Result<Vec<RulebookRow>> {
        Ok(sqlx::query_as("SELECT rulebook_id, version, region_code, from_day, to_day, body FROM rulebook ORDER BY rulebook_id, from_day")
            .fetch_all(self.on())
            .await?)
    }
}
