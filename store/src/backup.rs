//! A copy of the database taken while it is in use.

use crate::{Result, Store};
use std::path::Path;

impl Store {
    /// Writes a complete, consistent copy to `path`, which must not exist yet.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        sqlx::query("VACUUM INTO $1")
            .bind(path.to_string_lossy().into_owned())
            .execute(self.reader_pool())
            .await?;
        Ok(())
    }
}
