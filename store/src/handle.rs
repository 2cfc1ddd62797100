//! A database of either engine, and its transactions.

use crate::engine::{Inner, postgres::Server, sqlite::File};
use crate::query::{query, query_as};
use crate::{DatabaseUrl, Result, StoreError};
use domain::ids::PersonId;
use sqlx::{Postgres, Transaction};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A database.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    changes: AtomicU64,
}

#[derive(Debug)]
enum Engine {
    File(File),
    Server(Server),
}

/// What only one of several servers does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Beginning a day, and closing those before it.
    BeginDay = 1,
    /// Looking at everybody on a new day, and what the day's beginning brings with it.
    OpenDay = 2,
    /// Deciding about many people anew.
    Redecide = 3,
    /// Writing the numbers of five minutes.
    Slots = 4,
}

/// A job that is this server's until it is dropped or the server dies.
#[derive(Debug)]
pub struct Held(
    #[expect(dead_code, reason = "its end gives the job back")]
    Option<Transaction<'static, Postgres>>,
);

/// How often something was changed by any server. Each number grows with a change and never falls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Marks {
    /// Numbers on a screen.
    pub numbers: i64,
    /// Rulebooks, areas, schools, regions and keys.
    pub settings: i64,
}

impl Store {
    /// Opens the file `path`, making it where it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] where the file is not a database of this program or is damaged.
    pub async fn open(path: &Path) -> Result<Self> {
        Ok(Self::over(Engine::File(File::open(path).await?)))
    }

    /// Connects to a PostgreSQL database, and brings its tables up to date; [`Store::read`] uses `replica` where there
    /// is one.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] where there is no such database, or it is not one of this program or of a newer one.
    pub async fn connect(url: &DatabaseUrl, replica: Option<&DatabaseUrl>) -> Result<Self> {
        Ok(Self::over(Engine::Server(
            Server::connect(url, replica).await?,
        )))
    }

    fn over(engine: Engine) -> Self {
        Self {
            engine,
            changes: AtomicU64::new(0),
        }
    }

    /// A transaction that may write. One at a time, over all servers; the next waits its turn.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match &self.engine {
            Engine::File(_) => self.write_file().await?,
            Engine::Server(server) => {
                let (inner, settings) = server.write().await?;
                Tx::new(inner, server.node, Some(settings))
            }
        })
    }

    /// A transaction that writes what belongs to the schools of these people and nothing else: reports, states,
    /// numbers, decisions, the schools' logs. Two servers may do so at once for different schools, and neither while
    /// somebody else has [`Store::write`].
    pub async fn write_for(&self, people: &[PersonId]) -> Result<Tx> {
        Ok(match &self.engine {
            Engine::File(_) => self.write_file().await?,
            Engine::Server(server) => {
                let (inner, settings) = server.write_for(people).await?;
                Tx::new(inner, server.node, Some(settings))
            }
        })
    }

    async fn write_file(&self) -> Result<Tx> {
        let Engine::File(file) = &self.engine else {
            return Err(StoreError::Busy);
        };
        let tx = file.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Tx::new(Inner::Sqlite(Box::new(tx)), 0, None))
    }

    /// A transaction that only reads, over one unchanging picture of the data.
    pub async fn read(&self) -> Result<Tx> {
        let inner = match &self.engine {
            Engine::File(file) => Inner::Sqlite(Box::new(file.readers.begin().await?)),
            Engine::Server(server) => server.read().await?,
        };
        Ok(Tx::new(inner, 0, None))
    }

    /// Takes a job if no other server has it.
    pub async fn try_hold(&self, job: Job) -> Result<Option<Held>> {
        match &self.engine {
            Engine::File(_) => Ok(Some(Held(None))),
            Engine::Server(server) => {
                let held = server.hold(job as i32, false).await?;
                Ok(held.map(|tx| Held(Some(tx))))
            }
        }
    }

    /// Takes a job, and waits for another server that has it.
    pub async fn hold(&self, job: Job) -> Result<Held> {
        match &self.engine {
            Engine::File(_) => Ok(Held(None)),
            Engine::Server(server) => Ok(Held(server.hold(job as i32, true).await?)),
        }
    }

    /// Which of several servers this is, from 0 to 255; `None` where there is no other.
    pub fn node(&self) -> Option<u8> {
        match &self.engine {
            Engine::File(_) => None,
            Engine::Server(server) => u8::try_from(server.node).ok(),
        }
    }

    /// Says to the other servers that this one is still there; to be called at least every half hour.
    pub async fn stay(&self) -> Result<()> {
        match &self.engine {
            Engine::File(_) => Ok(()),
            Engine::Server(server) => server.stay().await,
        }
    }

    /// Says that numbers on a screen may have changed; call it after the commit.
    pub fn mark_change(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// Grows whenever numbers on a screen may have changed.
    pub fn change_mark(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Writes a complete, consistent copy to `path`, which must not exist yet.
    ///
    /// # Errors
    /// [`StoreError::NotHere`] for PostgreSQL, which has tools of its own for that.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        match &self.engine {
            Engine::File(file) => file.backup(path).await,
            Engine::Server(_) => Err(StoreError::NotHere(
                "PostgreSQL makes copies itself: pg_dump for a copy of this moment, pg_basebackup with WAL archiving to go back to any moment",
            )),
        }
    }

    /// Ends all connections after the running transactions.
    pub async fn close(&self) {
        match &self.engine {
            Engine::File(file) => {
                file.readers.close().await;
                file.writer.close().await;
            }
            Engine::Server(server) => server.close().await,
        }
    }
}

/// A transaction; every query is a method. Dropped without [`Tx::commit`] it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: Inner,
    node: i64,
    settings: Option<i64>,
    touched: Marks,
}

impl Tx {
    fn new(inner: Inner, node: i64, settings: Option<i64>) -> Self {
        Self {
            inner,
            node,
            settings,
            touched: Marks::default(),
        }
    }

    /// Makes everything written durable, and visible to others; other servers will see by the marks that something
    /// changed.
    pub async fn commit(mut self) -> Result<()> {
        if self.touched != Marks::default() {
            query(
                "INSERT INTO node (node_no, seen_at, numbers, settings) VALUES ($1, 0, $2, $3)
                 ON CONFLICT (node_no) DO UPDATE SET numbers = node.numbers + excluded.numbers, settings = node.settings + excluded.settings",
            )
            .bind(self.node)
            .bind(self.touched.numbers)
            .bind(self.touched.settings)
            .execute(&mut self)
            .await?;
        }
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// How often settings had been changed when a transaction that writes got its turn; `None` where no other server
    /// can change them.
    pub fn settings_mark(&self) -> Option<i64> {
        self.settings
    }

    /// The marks of all servers together.
    pub async fn marks(&mut self) -> Result<Marks> {
        Ok(query_as(
            "SELECT CAST(coalesce(sum(numbers), 0) AS BIGINT) AS numbers, CAST(coalesce(sum(settings), 0) AS BIGINT) AS settings FROM node",
        )
        .fetch_one(self)
        .await?)
    }

    /// This transaction changes numbers on a screen.
    pub(crate) fn touch_numbers(&mut self) {
        self.touched.numbers = 1;
    }

    /// This transaction changes what servers keep in memory: rulebooks, areas, schools, regions or keys.
    pub(crate) fn touch_settings(&mut self) {
        self.touched.settings = 1;
    }
}
