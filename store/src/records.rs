//! Records of authorities: risk areas, and official records about people.

use crate::{Result, Tx};
use domain::ids::{AccountId, PersonId, RegionCode};
use domain::{Day, Millis};

/// One declared risk area.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RiskAreaRow {
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
}

/// One official record about a person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OfficialRecordRow {
    /// Its number.
    pub record_id: i64,
    /// About whom.
    pub person_id: PersonId,
    /// When it was received.
    pub received_day: Day,
    /// When it was entered.
    pub at: Millis,
    /// Who entered it.
    pub entered_by: Option<AccountId>,
    /// `domain::state::OfficialRecord`, encrypted under the person's key.
    pub detail_enc: Vec<u8>,
}

impl Tx {
    /// Declares a risk area.
    pub async fn insert_risk_area(&mut self, row: &RiskAreaRow) -> Result<()> {
        sqlx::query("INSERT INTO risk_area (region_code, level, from_day, to_day, look_back, authority) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&row.region_code)
            .bind(&row.level)
            .bind(row.from_day)
            .bind(row.to_day)
            .bind(row.look_back)
            .bind(&row.authority)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// All declared risk areas, in the order of their declaration.
    pub async fn risk_areas(&mut self) -> Result<Vec<RiskAreaRow>> {
        Ok(sqlx::query_as("SELECT region_code, level, from_day, to_day, look_back, authority FROM risk_area ORDER BY area_id")
            .fetch_all(self.on())
            .await?)
    }

    /// Keeps an official record.
    pub async fn insert_official_record(&mut self, row: &OfficialRecordRow) -> Result<()> {
        sqlx::query("INSERT INTO official_record (record_id, person_id, received_day, at, entered_by, detail_enc) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(row.record_id)
            .bind(row.person_id)
            .bind(row.received_day)
            .bind(row.at)
            .bind(row.entered_by)
            .bind(&row.detail_enc)
            .execute(self.on())
            .await?;
        Ok(())
    }
}
