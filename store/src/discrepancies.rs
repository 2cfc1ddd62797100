//! How officers settled discrepancies between records and reports.

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::ids::{AccountId, PersonId, RegionCode};
use domain::{Day, Millis};

/// One settled discrepancy.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SettlementRow {
    /// The record in question.
    pub record_id: i64,
    /// About whom.
    pub person_id: PersonId,
    /// `domain::state::Finding` by its word.
    pub finding: String,
    /// The day from which it is closed.
    pub on_day: Day,
    /// Who settled it.
    pub settled_by: Option<AccountId>,
    /// When.
    pub settled_at: Millis,
    /// Their words, encrypted under the person's key.
    pub note_enc: Vec<u8>,
}

impl Tx {
    /// Settles a discrepancy. `false` where it was settled before.
    pub async fn insert_settlement(&mut self, row: &SettlementRow) -> Result<bool> {
        let done = query(
            "INSERT INTO discrepancy_settlement (record_id, person_id, finding, on_day, settled_by, settled_at, note_enc)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (record_id) DO NOTHING",
        )
        .bind(row.record_id)
        .bind(row.person_id)
        .bind(&row.finding)
        .bind(row.on_day)
        .bind(row.settled_by)
        .bind(row.settled_at)
        .bind(&row.note_enc)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The settlements about several people, in the order in which they were made.
    pub async fn settlements_of(&mut self, people: &[PersonId]) -> Result<Vec<SettlementRow>> {
        Ok(query_as("SELECT record_id, person_id, finding, on_day, settled_by, settled_at, note_enc
                 FROM discrepancy_settlement WHERE person_id IN ($list) ORDER BY settled_at, record_id")
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// The people on a region's rosters about whom records in force were received since a day, by number.
    pub async fn people_with_records_within(
        &mut self,
        region: &RegionCode,
        since: Day,
    ) -> Result<Vec<PersonId>> {
        Ok(query_scalar(concat!(
            "SELECT DISTINCT r.person_id FROM official_record r JOIN person p ON p.person_id = r.person_id
             JOIN school c ON c.school_id = p.school_id
             WHERE r.withdrawn_at IS NULL AND r.received_day >= $2
               AND ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':')) AND ",
            here!("p"),
            " ORDER BY r.person_id"
        ))
        .bind(region)
        .bind(since)
        .fetch_all(self)
        .await?)
    }
}
