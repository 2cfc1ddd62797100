//! Clearances: what would end an isolation, from its submission to its acceptance or refusal.

use crate::people::here;
use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, ClassId, PersonId, RegionCode, SchoolId};

/// One clearance.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClearanceRow {
    /// Its number.
    pub clearance_id: i64,
    /// Whose isolation it would end.
    pub person_id: PersonId,
    /// Their school then.
    pub school_id: SchoolId,
    /// Their class then.
    pub class_id: ClassId,
    /// The colour it would end, `domain::Code` by number.
    pub code: i64,
    /// Reason, kind, date, issuer and note, encrypted under the person's key.
    pub detail_enc: Vec<u8>,
    /// Who submitted it.
    pub submitted_by: AccountId,
    /// When.
    pub submitted_at: Millis,
    /// waiting, accepted or refused.
    pub status: String,
    /// Who settled it.
    pub settled_by: Option<AccountId>,
    /// When.
    pub settled_at: Option<Millis>,
    /// Their words, encrypted under the person's key.
    pub answer_enc: Option<Vec<u8>>,
}

macro_rules! clearance {
    () => {
        "SELECT l.clearance_id, l.person_id, l.school_id, l.class_id, l.code, l.detail_enc, l.submitted_by, l.submitted_at, l.status, l.settled_by, l.settled_at, l.answer_enc
         FROM clearance l"
    };
}

impl Tx {
    /// Keeps a submitted clearance.
    pub async fn insert_clearance(&mut self, row: &ClearanceRow) -> Result<()> {
        query(
            "INSERT INTO clearance (clearance_id, person_id, school_id, class_id, code, detail_enc, submitted_by, submitted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(row.clearance_id)
        .bind(row.person_id)
        .bind(row.school_id)
        .bind(row.class_id)
        .bind(row.code)
        .bind(&row.detail_enc)
        .bind(row.submitted_by)
        .bind(row.submitted_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// A clearance by its number.
    pub async fn clearance(&mut self, id: i64) -> Result<Option<ClearanceRow>> {
        Ok(
            query_as(concat!(clearance!(), " WHERE l.clearance_id = $1"))
                .bind(id)
                .fetch_optional(self)
                .await?,
        )
    }

    /// The clearances of several people, in the order of their submission.
    pub async fn clearances_of(&mut self, people: &[PersonId]) -> Result<Vec<ClearanceRow>> {
        Ok(query_as(concat!(
            clearance!(),
            " WHERE l.person_id IN ($list) ORDER BY l.clearance_id"
        ))
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// The clearances of one colour in a region's schools, waiting or settled, the oldest waiting or the latest
    /// settled first.
    pub async fn clearances_within(
        &mut self,
        region: &RegionCode,
        code: i64,
        is_waiting: bool,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<ClearanceRow>> {
        Ok(query_as(concat!(
            clearance!(),
            " JOIN school c ON c.school_id = l.school_id
              WHERE l.code = $2 AND (l.status = 'waiting') = $3
                AND ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':')) AND ",
            here!("l"),
            " ORDER BY CASE WHEN $3 THEN l.clearance_id ELSE -l.settled_at END LIMIT $5 OFFSET $4"
        ))
        .bind(region)
        .bind(code)
        .bind(is_waiting)
        .bind(skip)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The clearances of one colour in a school; as [`Self::clearances_within`].
    pub async fn clearances_of_school(
        &mut self,
        school: SchoolId,
        code: i64,
        is_waiting: bool,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<ClearanceRow>> {
        Ok(query_as(concat!(
            clearance!(),
            " WHERE l.school_id = $1 AND l.code = $2 AND (l.status = 'waiting') = $3 AND ",
            here!("l"),
            " ORDER BY CASE WHEN $3 THEN l.clearance_id ELSE -l.settled_at END LIMIT $5 OFFSET $4"
        ))
        .bind(school)
        .bind(code)
        .bind(is_waiting)
        .bind(skip)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// Settles a clearance. `false` where it was settled before.
    pub async fn settle_clearance(
        &mut self,
        id: i64,
        status: &str,
        by: Option<AccountId>,
        at: Millis,
        answer_enc: &[u8],
    ) -> Result<bool> {
        let done = query(
            "UPDATE clearance SET status = $2, settled_by = $3, settled_at = $4, answer_enc = $5 WHERE clearance_id = $1 AND status = 'waiting'",
        )
        .bind(id)
        .bind(status)
        .bind(by)
        .bind(at)
        .bind(answer_enc)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
