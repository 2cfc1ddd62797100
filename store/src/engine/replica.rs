//! A streaming replica, for those who only look on: asked once a second, and done without while it does not answer or is
//! behind. There may be several behind one address, so that each look makes sure once more.

use super::Inner;
use super::connections::Connections;
use super::postgres::{MIGRATIONS, PICTURE, READERS};
use crate::{DatabaseUrl, Marks, Result, StoreError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// How long it is waited for: the database itself answers in its place.
pub(crate) const PATIENCE: Duration = Duration::from_millis(500);

/// A replica.
#[derive(Debug)]
pub(crate) struct Replica {
    looking: Connections,
    /// A connection of its own, so that a crowd of lookers is not taken for a replica that does not answer.
    asking: Connections,
    /// How far whoever is looked at has to be; `None` while it is done without.
    due: Mutex<Option<Marks>>,
}

impl Replica {
    /// Gets to know a replica; it may be away, and is not looked at before it was asked.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where its server lets nobody in by this name and password or has no such database.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self> {
        let replica = Self {
            looking: Connections::new(url, READERS, PATIENCE, url.patience()),
            asking: Connections::new(url, 1, PATIENCE, PATIENCE),
            due: Mutex::default(),
        };
        if let Err(error @ sqlx::Error::Database(_)) = replica.asking.begin(PICTURE).await
            && let error @ StoreError::Refused(_) = error.into()
        {
            return Err(error);
        }
        Ok(replica)
    }

    /// How far it has to be; `None` while nobody shall look there.
    pub fn due(&self) -> Option<Marks> {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its picture of the data.
    pub async fn picture(&self) -> sqlx::Result<Inner> {
        let tx = self.looking.begin(PICTURE).await?;
        Ok(Inner::Postgres(Box::new(tx)))
    }

    /// Asks how far it is, and notes whether that is as far as `due`.
    pub async fn ask(&self, due: Marks) -> Option<Marks> {
        let marks = timeout(PATIENCE, self.marks()).await;
        let marks = marks.unwrap_or_else(|_| {
            // Those that look have the same end.
            self.looking.forget_idle();
            Err(sqlx::Error::PoolTimedOut)
        });
        let found = match marks {
            Ok(Some(marks)) if marks.reach(due) => Ok(marks),
            Ok(_) => Err("it is behind".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        self.note(found.as_ref().map(|_| due));
        found.ok()
    }

    /// How far it is; `None` where it is still without tables that a new version of this program has just made.
    async fn marks(&self) -> sqlx::Result<Option<Marks>> {
        let mut tx = self.asking.begin(PICTURE).await?;
        let made = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
        let made = sqlx::query_scalar(made);
        let made: i64 = tx.ask(async |on| made.fetch_one(on).await).await?;
        if MIGRATIONS.iter().any(|known| known.version > made) {
            return Ok(None);
        }
        let marks = sqlx::query_as(Marks::ALL);
        tx.ask(async |on| marks.fetch_one(on).await).await.map(Some)
    }

    /// Notes how far it has to be, or why it is done without, and says so where that is new.
    fn note(&self, due: std::result::Result<Marks, &String>) {
        let mut known = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        match (known.is_some(), &due) {
            (true, Err(why)) => {
                tracing::warn!(%why, "the replica is done without: screens look at the database itself");
            }
            (false, Ok(_)) => tracing::info!("screens look at the replica"),
            _ => {}
        }
        *known = due.ok();
    }

    /// Ends its connections.
    pub async fn close(&self) {
        self.looking.close().await;
        self.asking.close().await;
    }
}
