//! Rulebooks by version, each with its life, its replay, and the authorities whose files are known.

use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::ids::{AccountId, RegionCode, RulebookNo};
use domain::{Day, Millis};

/// One version of a rulebook.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulebookRow {
    /// Its number.
    pub rulebook_no: RulebookNo,
    /// The rulebook's name.
    pub rulebook_id: String,
    /// Its semantic version.
    pub version: String,
    /// Where it holds.
    pub region_code: RegionCode,
    /// `domain::rulebook::Status` by its word.
    pub status: String,
    /// Grows with every change of the text.
    pub revision: i64,
    /// The version it was made from.
    pub base_no: Option<RulebookNo>,
    /// Who changed the text last; `None` for the program itself.
    pub author: Option<AccountId>,
    /// When something about it last changed.
    pub changed_at: Millis,
    /// First day in force.
    pub from_day: Option<Day>,
    /// Last day in force.
    pub to_day: Option<Day>,
    /// Whether its activation applies to isolations that are open then.
    pub applies_to_open: bool,
    /// The instant of an emergency activation.
    pub emergency_at: Option<Millis>,
    /// The document as JSON.
    pub body: String,
    /// The public key that signed the file it was imported from.
    pub origin_key: Option<Vec<u8>>,
    /// The signature of the document, from the approval on.
    pub signature: Option<Vec<u8>>,
    /// The seal of the whole row.
    pub seal: Option<Vec<u8>>,
}

/// Something that happened to a version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulebookStepRow {
    /// Its number.
    pub step_id: i64,
    /// The version.
    pub rulebook_no: RulebookNo,
    /// `domain::rulebook::Step` by its word.
    pub step: String,
    /// The revision of the text it was about.
    pub revision: i64,
    /// Who did it; `None` for jobs and commands.
    pub account_id: Option<AccountId>,
    /// When.
    pub at: Millis,
    /// Why, encrypted.
    pub note_enc: Option<Vec<u8>>,
}

/// What a draft would have changed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulebookReplayRow {
    /// The version.
    pub rulebook_no: RulebookNo,
    /// The revision of the text that was replayed.
    pub revision: i64,
    /// When.
    pub at: Millis,
    /// The result, encrypted.
    pub result_enc: Vec<u8>,
}

/// An authority whose files are known.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RulebookSignerRow {
    /// Its public key.
    pub key: Vec<u8>,
    /// Its name.
    pub name: String,
    /// Who added it.
    pub added_by: Option<AccountId>,
    /// When.
    pub added_at: Millis,
}

macro_rules! rulebook {
    () => {
        "SELECT rulebook_no, rulebook_id, version, region_code, status, revision, base_no, author, changed_at, from_day, to_day,
         applies_to_open, emergency_at, body, origin_key, signature, seal FROM rulebook"
    };
}

impl Tx {
    /// Writes a version, new or changed.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where another version has this name and version.
    pub async fn put_rulebook(&mut self, row: &RulebookRow) -> Result<()> {
        self.touch_settings();
        query(
            "INSERT INTO rulebook (rulebook_no, rulebook_id, version, region_code, status, revision, base_no, author, changed_at,
             from_day, to_day, applies_to_open, emergency_at, body, origin_key, signature, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT (rulebook_no) DO UPDATE SET rulebook_id = excluded.rulebook_id, version = excluded.version,
             region_code = excluded.region_code, status = excluded.status, revision = excluded.revision, base_no = excluded.base_no,
             author = excluded.author, changed_at = excluded.changed_at, from_day = excluded.from_day, to_day = excluded.to_day,
             applies_to_open = excluded.applies_to_open, emergency_at = excluded.emergency_at, body = excluded.body,
             origin_key = excluded.origin_key, signature = excluded.signature, seal = excluded.seal",
        )
        .bind(row.rulebook_no)
        .bind(&row.rulebook_id)
        .bind(&row.version)
        .bind(&row.region_code)
        .bind(&row.status)
        .bind(row.revision)
        .bind(row.base_no)
        .bind(row.author)
        .bind(row.changed_at)
        .bind(row.from_day)
        .bind(row.to_day)
        .bind(row.applies_to_open)
        .bind(row.emergency_at)
        .bind(&row.body)
        .bind(&row.origin_key)
        .bind(&row.signature)
        .bind(&row.seal)
        .execute(self)
        .await?;
        Ok(())
    }

    /// A version by its number.
    pub async fn rulebook(&mut self, no: RulebookNo) -> Result<Option<RulebookRow>> {
        Ok(query_as(concat!(rulebook!(), " WHERE rulebook_no = $1"))
            .bind(no)
            .fetch_optional(self)
            .await?)
    }

    /// Every version, drafts included, in the order in which they were begun.
    pub async fn rulebooks(&mut self) -> Result<Vec<RulebookRow>> {
        Ok(query_as(concat!(rulebook!(), " ORDER BY rulebook_no"))
            .fetch_all(self)
            .await?)
    }

    /// Forgets a draft, with its steps and its replay.
    pub async fn delete_rulebook(&mut self, no: RulebookNo) -> Result<()> {
        self.touch_settings();
        for sql in [
            "DELETE FROM rulebook_step WHERE rulebook_no = $1",
            "DELETE FROM rulebook_replay WHERE rulebook_no = $1",
            "DELETE FROM rulebook WHERE rulebook_no = $1",
        ] {
            query(sql).bind(no).execute(self).await?;
        }
        Ok(())
    }

    /// Notes what happened to a version.
    pub async fn insert_rulebook_step(&mut self, row: &RulebookStepRow) -> Result<()> {
        query(
            "INSERT INTO rulebook_step (step_id, rulebook_no, step, revision, account_id, at, note_enc) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(row.step_id)
        .bind(row.rulebook_no)
        .bind(&row.step)
        .bind(row.revision)
        .bind(row.account_id)
        .bind(row.at)
        .bind(&row.note_enc)
        .execute(self)
        .await?;
        Ok(())
    }

    /// What happened to a version, the first step first.
    pub async fn rulebook_steps(&mut self, no: RulebookNo) -> Result<Vec<RulebookStepRow>> {
        Ok(query_as(
            "SELECT step_id, rulebook_no, step, revision, account_id, at, note_enc FROM rulebook_step WHERE rulebook_no = $1 ORDER BY step_id",
        )
        .bind(no)
        .fetch_all(self)
        .await?)
    }

    /// Keeps the result of a replay in place of an earlier one.
    pub async fn put_rulebook_replay(&mut self, row: &RulebookReplayRow) -> Result<()> {
        query(
            "INSERT INTO rulebook_replay (rulebook_no, revision, at, result_enc) VALUES ($1, $2, $3, $4)
             ON CONFLICT (rulebook_no) DO UPDATE SET revision = excluded.revision, at = excluded.at, result_enc = excluded.result_enc",
        )
        .bind(row.rulebook_no)
        .bind(row.revision)
        .bind(row.at)
        .bind(&row.result_enc)
        .execute(self)
        .await?;
        Ok(())
    }

    /// The last replay of a version.
    pub async fn rulebook_replay(&mut self, no: RulebookNo) -> Result<Option<RulebookReplayRow>> {
        Ok(query_as("SELECT rulebook_no, revision, at, result_enc FROM rulebook_replay WHERE rulebook_no = $1")
            .bind(no)
            .fetch_optional(self)
            .await?)
    }

    /// Forgets the replay of a version.
    pub async fn delete_rulebook_replay(&mut self, no: RulebookNo) -> Result<()> {
        query("DELETE FROM rulebook_replay WHERE rulebook_no = $1")
            .bind(no)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Names the authority behind a key.
    pub async fn put_rulebook_signer(&mut self, row: &RulebookSignerRow) -> Result<()> {
        query(
            "INSERT INTO rulebook_signer (key, name, added_by, added_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (key) DO UPDATE SET name = excluded.name, added_by = excluded.added_by, added_at = excluded.added_at",
        )
        .bind(&row.key)
        .bind(&row.name)
        .bind(row.added_by)
        .bind(row.added_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// The authorities whose files are known, by name.
    pub async fn rulebook_signers(&mut self) -> Result<Vec<RulebookSignerRow>> {
        Ok(
            query_as(
                "SELECT key, name, added_by, added_at FROM rulebook_signer ORDER BY name, key",
            )
            .fetch_all(self)
            .await?,
        )
    }

    /// When one of two accounts last created the other, changed it, gave it a role or a code: who, whom, when.
    pub async fn touches_between(
        &mut self,
        a: AccountId,
        b: AccountId,
        since: Millis,
    ) -> Result<Vec<(AccountId, AccountId, Millis)>> {
        Ok(query_as(
            "SELECT created_by, account_id, created_at FROM account
             WHERE (account_id = $1 AND created_by = $2 OR account_id = $2 AND created_by = $1) AND created_at > $3
             UNION ALL
             SELECT changed_by, account_id, changed_at FROM account
             WHERE (account_id = $1 AND changed_by = $2 OR account_id = $2 AND changed_by = $1) AND changed_at > $3
             UNION ALL
             SELECT granted_by, account_id, granted_at FROM role_grant
             WHERE (account_id = $1 AND granted_by = $2 OR account_id = $2 AND granted_by = $1) AND granted_at > $3
             UNION ALL
             SELECT issued_by, account_id, issued_at FROM activation
             WHERE (account_id = $1 AND issued_by = $2 OR account_id = $2 AND issued_by = $1) AND issued_at > $3",
        )
        .bind(a)
        .bind(b)
        .bind(since)
        .fetch_all(self)
        .await?)
    }
}
