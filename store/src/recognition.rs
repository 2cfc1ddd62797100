//! Other issuers that regions trust, the rules about their passes, and what schools do with visitors.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, RegionCode, SchoolId};

/// A key file of another issuer, as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyFileRow {
    /// Its number.
    pub file_id: i64,
    /// The region whose bureau accepted it.
    pub owner_code: RegionCode,
    /// The issuer's number.
    pub issuer: i64,
    /// The fingerprint of the key that signed it.
    pub fingerprint: String,
    /// When the issuer made it, in seconds since 1970.
    pub made_s: i64,
    /// `compared` by telephone, or `renewed` by a key that was compared earlier.
    pub way: String,
    /// The file.
    pub body: String,
    /// When it was accepted.
    pub accepted_at: Millis,
    /// Who accepted it.
    pub accepted_by: Option<AccountId>,
}

/// What a region's bureau says about another issuer, from one change on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TrustedIssuerRow {
    /// The region.
    pub owner_code: RegionCode,
    /// The issuer's number.
    pub issuer: i64,
    /// The how-manieth change, from 1.
    pub version: i64,
    /// trust, renew, change, remove or restore.
    pub step: String,
    /// What the bureau calls the issuer.
    pub name: String,
    /// The issuer's region.
    pub region_code: RegionCode,
    /// From when on it is trusted.
    pub from_at: Millis,
    /// Until when.
    pub until_at: Millis,
    /// The kinds of pass, with a space between.
    pub kinds: String,
    /// The schools at the issuer, with a space between; empty for all.
    pub schools: String,
    /// The key file that holds.
    pub file_id: i64,
    /// When it was changed.
    pub at: Millis,
    /// Who changed it.
    pub account_id: Option<AccountId>,
    /// With whom the fingerprint was compared, or why it was removed; encrypted.
    pub note_enc: Option<Vec<u8>>,
}

/// A region's rules about foreign passes, from one change on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecognitionRulesRow {
    /// The region.
    pub owner_code: RegionCode,
    /// The how-manieth change, from 1.
    pub version: i64,
    /// From when on they hold.
    pub from_at: Millis,
    /// The file of rules, in JSON.
    pub body: String,
    /// When it was changed.
    pub at: Millis,
    /// Who changed it.
    pub account_id: Option<AccountId>,
}

macro_rules! issuer {
    () => {
        "SELECT t.owner_code, t.issuer, t.version, t.step, t.name, t.region_code, t.from_at, t.until_at, t.kinds, t.schools, t.file_id, t.at, t.account_id, t.note_enc FROM trusted_issuer t"
    };
}

macro_rules! newest {
    () => {
        "t.version = (SELECT max(n.version) FROM trusted_issuer n WHERE n.owner_code = t.owner_code AND n.issuer = t.issuer)"
    };
}

macro_rules! file {
    () => {
        "SELECT file_id, owner_code, issuer, fingerprint, made_s, way, body, accepted_at, accepted_by FROM trusted_key_file"
    };
}

macro_rules! rules {
    () => {
        "SELECT owner_code, version, from_at, body, at, account_id FROM recognition_rules"
    };
}

impl Tx {
    /// Keeps an accepted key file.
    pub async fn insert_key_file(&mut self, row: &KeyFileRow) -> Result<()> {
        query(
            "INSERT INTO trusted_key_file (file_id, owner_code, issuer, fingerprint, made_s, way, body, accepted_at, accepted_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(row.file_id)
        .bind(&row.owner_code)
        .bind(row.issuer)
        .bind(&row.fingerprint)
        .bind(row.made_s)
        .bind(&row.way)
        .bind(&row.body)
        .bind(row.accepted_at)
        .bind(row.accepted_by)
        .execute(self)
        .await?;
        Ok(())
    }

    /// A key file by its number.
    pub async fn key_file(&mut self, id: i64) -> Result<Option<KeyFileRow>> {
        Ok(query_as(concat!(file!(), " WHERE file_id = $1"))
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// The key files of an issuer that a region accepted, the newest first.
    pub async fn key_files_of(
        &mut self,
        owner: &RegionCode,
        issuer: i64,
    ) -> Result<Vec<KeyFileRow>> {
        Ok(query_as(concat!(
            file!(),
            " WHERE owner_code = $1 AND issuer = $2 ORDER BY file_id DESC"
        ))
        .bind(owner)
        .bind(issuer)
        .fetch_all(self)
        .await?)
    }

    /// Adds a change.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where somebody else has made this change meanwhile.
    pub async fn insert_trusted_issuer(&mut self, row: &TrustedIssuerRow) -> Result<()> {
        self.touch_settings();
        query(
            "INSERT INTO trusted_issuer (owner_code, issuer, version, step, name, region_code, from_at, until_at, kinds, schools, file_id, at, account_id, note_enc)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(&row.owner_code)
        .bind(row.issuer)
        .bind(row.version)
        .bind(&row.step)
        .bind(&row.name)
        .bind(&row.region_code)
        .bind(row.from_at)
        .bind(row.until_at)
        .bind(&row.kinds)
        .bind(&row.schools)
        .bind(row.file_id)
        .bind(row.at)
        .bind(row.account_id)
        .bind(&row.note_enc)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Every change about an issuer in a region's list, the newest first.
    pub async fn trusted_issuer_steps(
        &mut self,
        owner: &RegionCode,
        issuer: i64,
    ) -> Result<Vec<TrustedIssuerRow>> {
        Ok(query_as(concat!(
            issuer!(),
            " WHERE t.owner_code = $1 AND t.issuer = $2 ORDER BY t.version DESC"
        ))
        .bind(owner)
        .bind(issuer)
        .fetch_all(self)
        .await?)
    }

    /// What holds about every issuer in the lists of a region and of those around it, removed ones too.
    pub async fn trusted_issuers_for(
        &mut self,
        region: &RegionCode,
    ) -> Result<Vec<TrustedIssuerRow>> {
        Ok(query_as(concat!(
            issuer!(),
            " WHERE (t.owner_code = 'CN' OR $1 LIKE t.owner_code || '%') AND ",
            newest!(),
            " ORDER BY t.owner_code <> 'CN', length(t.owner_code), t.name, t.issuer"
        ))
        .bind(region)
        .fetch_all(self)
        .await?)
    }

    /// The regions that trust, or have trusted, an issuer.
    pub async fn trusting_regions(&mut self) -> Result<Vec<RegionCode>> {
        Ok(
            query_scalar("SELECT DISTINCT owner_code FROM trusted_issuer ORDER BY owner_code")
                .fetch_all(self)
                .await?,
        )
    }

    /// Adds a change of a region's rules.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where somebody else has changed them meanwhile.
    pub async fn insert_recognition_rules(&mut self, row: &RecognitionRulesRow) -> Result<()> {
        self.touch_settings();
        query(
            "INSERT INTO recognition_rules (owner_code, version, from_at, body, at, account_id)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&row.owner_code)
        .bind(row.version)
        .bind(row.from_at)
        .bind(&row.body)
        .bind(row.at)
        .bind(row.account_id)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Every version of a region's own rules, the newest first.
    pub async fn recognition_rules_of(
        &mut self,
        owner: &RegionCode,
    ) -> Result<Vec<RecognitionRulesRow>> {
        Ok(query_as(concat!(
            rules!(),
            " WHERE owner_code = $1 ORDER BY version DESC"
        ))
        .bind(owner)
        .fetch_all(self)
        .await?)
    }

    /// The rules in force at a moment in a region and in those around it, the widest first.
    pub async fn recognition_rules_for(
        &mut self,
        region: &RegionCode,
        at: Millis,
    ) -> Result<Vec<RecognitionRulesRow>> {
        Ok(query_as(concat!(
            rules!(),
            " r WHERE (owner_code = 'CN' OR $1 LIKE owner_code || '%')
               AND version = (SELECT max(n.version) FROM recognition_rules n WHERE n.owner_code = r.owner_code AND n.from_at <= $2)
             ORDER BY owner_code <> 'CN', length(owner_code)"
        ))
        .bind(region)
        .bind(at)
        .fetch_all(self)
        .await?)
    }

    /// What a school does with visitors, by its word; `None` where it has not said.
    pub async fn visitors_of(&mut self, school: SchoolId) -> Result<Option<String>> {
        Ok(
            query_scalar("SELECT policy FROM school_visitors WHERE school_id = $1")
                .bind(school)
                .fetch_optional(self)
                .await?,
        )
    }

    /// Says what a school does with visitors.
    pub async fn set_visitors(
        &mut self,
        school: SchoolId,
        policy: &str,
        at: Millis,
        by: Option<AccountId>,
    ) -> Result<()> {
        self.touch_settings();
        query(
            "INSERT INTO school_visitors (school_id, policy, changed_at, changed_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (school_id) DO UPDATE SET policy = excluded.policy, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        )
        .bind(school)
        .bind(policy)
        .bind(at)
        .bind(by)
        .execute(self)
        .await?;
        Ok(())
    }
}
