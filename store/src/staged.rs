//! Uploaded rosters and lists between their preview and their application.

use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, RegionCode, SchoolId};

/// One uploaded roster.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StagedRosterRow {
    /// Its number.
    pub staged_id: i64,
    /// For which school.
    pub school_id: SchoolId,
    /// Who uploaded it.
    pub account_id: AccountId,
    /// When.
    pub at: Millis,
    /// File name, bytes and column mapping, encrypted.
    pub body_enc: Vec<u8>,
}

/// One uploaded list of records or areas.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StagedListRow {
    /// Its number.
    pub staged_id: i64,
    /// For which bureau.
    pub region_code: RegionCode,
    /// Who uploaded it.
    pub account_id: AccountId,
    /// When.
    pub at: Millis,
    /// What kind of list, file name and bytes, encrypted.
    pub body_enc: Vec<u8>,
}

impl Tx {
    /// Keeps an uploaded list, and forgets the same person's older one and all that are older than `forget_before`.
    pub async fn put_staged_list(
        &mut self,
        row: &StagedListRow,
        forget_before: Millis,
    ) -> Result<()> {
        query("DELETE FROM staged_list WHERE account_id = $1 OR at < $2")
            .bind(row.account_id)
            .bind(forget_before)
            .execute(self)
            .await?;
        query("INSERT INTO staged_list (staged_id, region_code, account_id, at, body_enc) VALUES ($1, $2, $3, $4, $5)")
            .bind(row.staged_id)
            .bind(&row.region_code)
            .bind(row.account_id)
            .bind(row.at)
            .bind(&row.body_enc)
            .execute(self)
            .await?;
        Ok(())
    }

    /// An uploaded list by its number.
    pub async fn staged_list(&mut self, id: i64) -> Result<Option<StagedListRow>> {
        Ok(query_as("SELECT staged_id, region_code, account_id, at, body_enc FROM staged_list WHERE staged_id = $1")
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// Forgets an uploaded list.
    pub async fn delete_staged_list(&mut self, id: i64) -> Result<()> {
        query("DELETE FROM staged_list WHERE staged_id = $1")
            .bind(id)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Keeps an upload, and forgets the same person's older one and all that are older than `forget_before`.
    pub async fn put_staged_roster(
        &mut self,
        row: &StagedRosterRow,
        forget_before: Millis,
    ) -> Result<()> {
        query("DELETE FROM staged_roster WHERE (school_id = $1 AND account_id = $2) OR at < $3")
            .bind(row.school_id)
            .bind(row.account_id)
            .bind(forget_before)
            .execute(self)
            .await?;
        query("INSERT INTO staged_roster (staged_id, school_id, account_id, at, body_enc) VALUES ($1, $2, $3, $4, $5)")
            .bind(row.staged_id)
            .bind(row.school_id)
            .bind(row.account_id)
            .bind(row.at)
            .bind(&row.body_enc)
            .execute(self)
            .await?;
        Ok(())
    }

    /// An upload by its number.
    pub async fn staged_roster(&mut self, id: i64) -> Result<Option<StagedRosterRow>> {
        Ok(query_as("SELECT staged_id, school_id, account_id, at, body_enc FROM staged_roster WHERE staged_id = $1")
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// Forgets all uploads from before an instant.
    pub async fn delete_staged_before(&mut self, before: Millis) -> Result<()> {
        for sql in [
            "DELETE FROM staged_roster WHERE at < $1",
            "DELETE FROM staged_list WHERE at < $1",
        ] {
            query(sql).bind(before).execute(self).await?;
        }
        Ok(())
    }

    /// Forgets an upload.
    pub async fn delete_staged_roster(&mut self, id: i64) -> Result<()> {
        query("DELETE FROM staged_roster WHERE staged_id = $1")
            .bind(id)
            .execute(self)
            .await?;
        Ok(())
    }
}
