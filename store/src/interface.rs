//! Keys of the interface for other programs, and the answers that a repeated request gets again.

use crate::people::here;
use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, PersonId, SchoolId};

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKeyRow {
    /// Its number.
    pub key_id: i64,
    /// region or school.
    pub scope_kind: String,
    /// The scope's code or number.
    pub scope: String,
    /// The name of the program that uses it.
    pub name: String,
    /// The words of its rights, with spaces between them.
    pub rights: String,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// Requests that it may make in a minute.
    pub per_minute: i64,
    /// Who made it.
    pub created_by: AccountId,
    /// When.
    pub created_at: Millis,
    /// From when on it is not accepted.
    pub expires_at: Millis,
    /// Who revoked it.
    pub revoked_by: Option<AccountId>,
    /// When.
    pub revoked_at: Option<Millis>,
    /// When it was last used, to the minute.
    pub used_at: Option<Millis>,
}

/// One request that named itself.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiReplyRow {
    /// The key that made it.
    pub key_id: i64,
    /// SHA-256 of its name.
    pub idem: Vec<u8>,
    /// SHA-256 of what it asked.
    pub asked: Vec<u8>,
    /// When it came.
    pub at: Millis,
    /// The status of the answer; `None` while it is being worked on.
    pub status: Option<i64>,
    /// The answer.
    pub body: Option<String>,
}

macro_rules! key {
    () => {
        "SELECT key_id, scope_kind, scope, name, rights, secret_hash, per_minute, created_by, created_at, expires_at,
                revoked_by, revoked_at, used_at FROM api_key"
    };
}

impl Tx {
    /// Adds a key.
    pub async fn insert_api_key(&mut self, row: &ApiKeyRow) -> Result<()> {
        query(
            "INSERT INTO api_key (key_id, scope_kind, scope, name, rights, secret_hash, per_minute, created_by, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(row.key_id)
        .bind(&row.scope_kind)
        .bind(&row.scope)
        .bind(&row.name)
        .bind(&row.rights)
        .bind(&row.secret_hash)
        .bind(row.per_minute)
        .bind(row.created_by)
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// The keys of one exact scope, the newest first.
    pub async fn api_keys_of(&mut self, scope_kind: &str, scope: &str) -> Result<Vec<ApiKeyRow>> {
        Ok(query_as(concat!(
            key!(),
            " WHERE scope_kind = $1 AND scope = $2 ORDER BY key_id DESC"
        ))
        .bind(scope_kind)
        .bind(scope)
        .fetch_all(self)
        .await?)
    }

    /// A key by its number.
    pub async fn api_key(&mut self, id: i64) -> Result<Option<ApiKeyRow>> {
        Ok(query_as(concat!(key!(), " WHERE key_id = $1"))
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// The key with a secret of this hash.
    pub async fn api_key_by_secret(&mut self, hash: &[u8]) -> Result<Option<ApiKeyRow>> {
        Ok(query_as(concat!(key!(), " WHERE secret_hash = $1"))
            .bind(hash)
            .fetch_optional(self)
            .await?)
    }

    /// Revokes a key; one that is revoked already stays as it is.
    pub async fn revoke_api_key(&mut self, id: i64, by: AccountId, at: Millis) -> Result<()> {
        query(
            "UPDATE api_key SET revoked_by = $2, revoked_at = $3 WHERE key_id = $1 AND revoked_at IS NULL",
        )
        .bind(id)
        .bind(by)
        .bind(at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Notes that a key was used.
    pub async fn touch_api_key(&mut self, id: i64, at: Millis) -> Result<()> {
        query("UPDATE api_key SET used_at = $2 WHERE key_id = $1")
            .bind(id)
            .bind(at)
            .execute(self)
            .await?;
        Ok(())
    }

    /// The request of this name, if it came before.
    pub async fn api_reply(&mut self, key: i64, idem: &[u8]) -> Result<Option<ApiReplyRow>> {
        Ok(query_as(
            "SELECT key_id, idem, asked, at, status, body FROM api_reply WHERE key_id = $1 AND idem = $2",
        )
        .bind(key)
        .bind(idem)
        .fetch_optional(self)
        .await?)
    }

    /// Keeps a request with or without its answer, in place of what stood under its name.
    pub async fn put_api_reply(&mut self, row: &ApiReplyRow) -> Result<()> {
        query(
            "INSERT INTO api_reply (key_id, idem, asked, at, status, body) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (key_id, idem) DO UPDATE SET asked = excluded.asked, at = excluded.at, status = excluded.status, body = excluded.body",
        )
        .bind(row.key_id)
        .bind(&row.idem)
        .bind(&row.asked)
        .bind(row.at)
        .bind(row.status)
        .bind(&row.body)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Forgets a request.
    pub async fn delete_api_reply(&mut self, key: i64, idem: &[u8]) -> Result<()> {
        query("DELETE FROM api_reply WHERE key_id = $1 AND idem = $2")
            .bind(key)
            .bind(idem)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Forgets the requests that came before an instant.
    pub async fn delete_api_replies_before(&mut self, before: Millis) -> Result<()> {
        query("DELETE FROM api_reply WHERE at < $1")
            .bind(before)
            .execute(self)
            .await?;
        Ok(())
    }

    /// The people on a school's roster with one of these student numbers: blind index and person.
    pub async fn people_by_student_nos(
        &mut self,
        school: SchoolId,
        indexes: &[Vec<u8>],
    ) -> Result<Vec<(Vec<u8>, PersonId)>> {
        Ok(query_as(concat!(
            "SELECT p.student_no_ix, p.person_id FROM person p
             WHERE p.school_id = $1 AND p.student_no_ix IN ($list) AND ",
            here!("p")
        ))
        .bind(school)
        .list(indexes)
        .fetch_all(self)
        .await?)
    }
}
