//! Invitation slips.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, ClassId, PersonId, SchoolId, SlipId};

/// One invitation slip.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SlipRow {
    /// Its number.
    pub slip_id: SlipId,
    /// SHA-256 of its code.
    pub code_hash: Vec<u8>,
    /// The person's school.
    pub school_id: SchoolId,
    /// The person's class.
    pub class_id: ClassId,
    /// Who it is for.
    pub person_id: PersonId,
    /// Who printed it.
    pub issued_by: Option<AccountId>,
    /// When.
    pub issued_at: Millis,
    /// Until when it can be used.
    pub expires_at: Millis,
    /// Wrong answers so far.
    pub failures: i64,
    /// open, used or void.
    pub status: String,
    /// Who used it.
    pub used_by: Option<AccountId>,
    /// When somebody tried it after it had been used.
    pub second_claim_at: Option<Millis>,
}

macro_rules! slip {
    () => {
        "SELECT slip_id, code_hash, school_id, class_id, person_id, issued_by, issued_at, expires_at, failures, status, used_by, second_claim_at FROM slip"
    };
}

impl Tx {
    /// Keeps a new slip and voids the open ones of the same person.
    pub async fn insert_slip(&mut self, row: &SlipRow) -> Result<()> {
        query("UPDATE slip SET status = 'void' WHERE person_id = $1 AND status = 'open'")
            .bind(row.person_id)
            .execute(self)
            .await?;
        query(
            "INSERT INTO slip (slip_id, code_hash, school_id, class_id, person_id, issued_by, issued_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(row.slip_id)
        .bind(&row.code_hash)
        .bind(row.school_id)
        .bind(row.class_id)
        .bind(row.person_id)
        .bind(row.issued_by)
        .bind(row.issued_at)
        .bind(row.expires_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// A slip by the hash of its code.
    pub async fn slip_by_code(&mut self, code_hash: &[u8]) -> Result<Option<SlipRow>> {
        Ok(query_as(concat!(slip!(), " WHERE code_hash = $1"))
            .bind(code_hash)
            .fetch_optional(self)
            .await?)
    }

    /// The latest slip of each person of a class.
    pub async fn slips_of_class(&mut self, class: ClassId) -> Result<Vec<SlipRow>> {
        Ok(query_as(concat!(
            slip!(),
            " WHERE slip_id IN (SELECT max(slip_id) FROM slip WHERE class_id = $1 GROUP BY person_id) ORDER BY person_id"
        ))
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// Writes back failures, status, user and second claim of a slip.
    pub async fn update_slip(&mut self, row: &SlipRow) -> Result<()> {
        query("UPDATE slip SET failures = $2, status = $3, used_by = $4, second_claim_at = $5 WHERE slip_id = $1")
            .bind(row.slip_id)
            .bind(row.failures)
            .bind(&row.status)
            .bind(row.used_by)
            .bind(row.second_claim_at)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Whether a slip was ever issued for somebody of a school.
    pub async fn school_has_slips(&mut self, school: domain::ids::SchoolId) -> Result<bool> {
        Ok(query_scalar(
            "SELECT EXISTS (SELECT 1 FROM class c JOIN slip s ON s.class_id = c.class_id WHERE c.school_id = $1)
                OR EXISTS (SELECT 1 FROM person p JOIN guardianship g ON g.person_id = p.person_id WHERE p.school_id = $1)",
        )
        .bind(school)
        .fetch_one(self)
        .await?)
    }
}
