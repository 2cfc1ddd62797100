//! A streaming replica, for those who only look on: asked while it answers and keeps up, and done without otherwise.

use super::Inner;
use super::postgres::{MIGRATIONS, PICTURE, READERS, greet, named};
use crate::{DatabaseUrl, Result, StoreError};
use sqlx::postgres::{PgPool, PgPoolOptions};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How long its answer is waited for: the database itself answers in its place.
const PATIENCE: Duration = Duration::from_millis(300);

/// A replica.
#[derive(Debug)]
pub(crate) struct Replica {
    pool: PgPool,
    /// It answered when it was last asked, and was not behind.
    is_well: AtomicBool,
}

impl Replica {
    /// Gets to know a replica; it may be away, and come later.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where its server lets nobody in by this name and password or has no such database.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // A replica may still be without what a new version of this program has just made.
                    let version: i64 = sqlx::query_scalar(
                        "SELECT max(version) FROM _sqlx_migrations WHERE success",
                    )
                    .fetch_one(&mut *connection)
                    .await?;
                    if MIGRATIONS
                        .iter()
                        .any(|migration| migration.version > version)
                    {
                        return Err(sqlx::Error::Protocol(
                            "the replica's tables are older".into(),
                        ));
                    }
                    greet(connection).await
                })
            })
            .connect_lazy_with(named(url));
        let replica = Self {
            pool,
            is_well: AtomicBool::new(true),
        };
        match replica.picture().await {
            Ok(_) => Ok(replica),
            Err(error @ StoreError::Refused(_)) => Err(error),
            Err(error) => {
                replica.judge(Err(&error));
                Ok(replica)
            }
        }
    }

    /// Its picture of the data; `None` where it is done without.
    pub async fn look(&self) -> Option<Inner> {
        if !self.is_well.load(Ordering::Acquire) {
            return None;
        }
        let picture = self.picture().await;
        picture.inspect_err(|error| self.judge(Err(error))).ok()
    }

    /// Whether it is looked at from now on: it must answer, and have come as far as the mark `due`. `mark` asks it.
    pub async fn is_at(
        &self,
        due: i64,
        mark: impl AsyncFnOnce(Inner) -> Result<i64>,
    ) -> Option<i64> {
        let asked = async { mark(self.picture().await?).await };
        let mark = timeout(PATIENCE, asked)
            .await
            .unwrap_or(Err(StoreError::Busy));
        self.judge(mark.as_ref().map(|mark| *mark >= due));
        mark.ok().filter(|mark| *mark >= due)
    }

    /// Notes how it is, and says so where that is new.
    fn judge(&self, keeps_up: std::result::Result<bool, &StoreError>) {
        let is_well = keeps_up.is_ok_and(|keeps_up| keeps_up);
        if self.is_well.swap(is_well, Ordering::AcqRel) == is_well {
            return;
        }
        match keeps_up {
            Ok(true) => tracing::info!("screens look at the replica again"),
            Ok(false) => {
                tracing::warn!("the replica is behind: screens look at the database itself");
            }
            Err(error) => {
                tracing::warn!(%error, "the replica does not answer: screens look at the database itself");
            }
        }
    }

    async fn picture(&self) -> Result<Inner> {
        match timeout(PATIENCE, self.pool.begin_with(PICTURE)).await {
            Ok(Ok(tx)) => Ok(Inner::Postgres(Box::new(tx))),
            Ok(Err(error @ sqlx::Error::Database(_))) => Err(error.into()),
            // Said once, by whoever judges it: it may be away for long.
            Ok(Err(_)) | Err(_) => Err(StoreError::Busy),
        }
    }

    /// Ends its connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
