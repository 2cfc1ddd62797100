//! The embedded engine: one writer, several readers of one file in WAL mode.

use crate::{Result, StoreError};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/sqlite");

/// Connections that only read; two cores gain nothing from more.
const READERS: u32 = 4;
/// How long a request waits for a connection before it is refused.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A database file.
#[derive(Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    changes: AtomicU64,
}

impl Store {
    /// Opens `path`, making it where it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] where the file is not a database of this program or is damaged.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("journal_size_limit", "67108864")
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "memory")
            // What is destroyed leaves no copy in free pages.
            .pragma("secure_delete", "on");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.clone())
            .await?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|error| StoreError::Foreign(error.to_string()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.pragma("cache_size", "-4096").read_only(true))
            .await?;
        Ok(Self {
            writer,
            readers,
            changes: AtomicU64::new(0),
        })
    }

    /// A transaction that may write. One at a time; the next waits its turn.
    pub async fn write(&self) -> Result<Tx> {
        Ok(Tx {
            inner: self.writer.begin_with("BEGIN IMMEDIATE").await?,
        })
    }

    /// A transaction that only reads, over one unchanging picture of the data.
    pub async fn read(&self) -> Result<Tx> {
        Ok(Tx {
            inner: self.readers.begin().await?,
        })
    }

    /// Says that numbers on a screen may have changed; call it after the commit.
    pub fn mark_change(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Grows whenever numbers on a screen may have changed.
    pub fn change_mark(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Ends all connections after the running transactions.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    pub(crate) fn reader_pool(&self) -> &SqlitePool {
        &self.readers
    }
}

/// A transaction; every query is a method. Dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
}

impl Tx {
    /// Makes everything written durable, and visible to others.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    pub(crate) fn on(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }
}
