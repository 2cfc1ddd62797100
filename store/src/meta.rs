//! Single values about the database itself, and the wrapped keys of its subjects.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};

impl Tx {
    /// A value by its name.
    pub async fn meta(&mut self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(query_scalar("SELECT value FROM meta WHERE key = $1")
            .bind(key)
            .fetch_optional(self)
            .await?)
    }

    /// Sets a value.
    pub async fn set_meta(&mut self, key: &str, value: &[u8]) -> Result<()> {
        query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .bind(key)
            .bind(value)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Keeps the wrapped key of a person or account.
    pub async fn insert_subject_key(&mut self, subject: i64, wrapped: &[u8]) -> Result<()> {
        query("INSERT INTO subject_key (subject_id, wrapped) VALUES ($1, $2)")
            .bind(subject)
            .bind(wrapped)
            .execute(self)
            .await?;
        Ok(())
    }

    /// The wrapped keys of several subjects, by number and in no order; whose was destroyed is not among them.
    pub async fn subject_keys(&mut self, subjects: &[i64]) -> Result<Vec<(i64, Vec<u8>)>> {
        Ok(
            query_as("SELECT subject_id, wrapped FROM subject_key WHERE subject_id IN ($list)")
                .list(subjects.iter().copied())
                .fetch_all(self)
                .await?,
        )
    }
}
