//! Connections to PostgreSQL, none of which is waited for without end.
//!
//! A machine that vanishes, or the network to it, closes no connection: whoever waits for an answer would wait until the
//! kernel gives up, a quarter of an hour later or never. So every answer has its time. A connection that stays silent is
//! dropped without another word, and those that lie idle beside it too: they lead to the same machine. Its place in the
//! pool is free at once, so that the next one reaches whoever answers at the address by then.

use crate::DatabaseUrl;
use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Postgres};
use std::io;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// What every connection is told. Waiting for a lock ends as waiting for a connection does; a server whose machine
/// vanished gives its locks back within a minute. Pages of an index are not much dearer than those of a table read from
/// end to end: what is asked often lies in memory, and disks have no heads any more.
const SETTINGS: &str =
    "SET client_min_messages = warning; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; SET jit = off;
     SET random_page_cost = 1.1; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";
/// How long the beginning of a transaction may take: one that takes no lock, so that there may be time for another
/// connection, and one that does, which [`SETTINGS`] end before.
const BEGINNING: Duration = Duration::from_secs(5);
const LOCKING: Duration = Duration::from_secs(11);
/// SQLSTATE: a lock was waited for too long.
pub(super) const NOT_LOCKED: &str = "55P03";

/// A pool of connections, and how long an answer on one of them is waited for.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    patience: Duration,
}

impl Connections {
    /// Up to `size` connections, none of which is made yet. `acquire` is how long one is waited for, `patience` how long
    /// an answer.
    pub fn new(url: &DatabaseUrl, size: u32, acquire: Duration, patience: Duration) -> Self {
        let settings = format!(
            "{SETTINGS}; SET statement_timeout = {}",
            ends_before(patience)
        );
        let pool = PgPoolOptions::new()
            .max_connections(size)
            .acquire_timeout(acquire)
            // The beginning of a transaction is the test.
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                let settings = sqlx::raw_sql(AssertSqlSafe(settings.clone()));
                Box::pin(async move { settings.execute(connection).await.map(drop) })
            })
            .connect_lazy_with(url.options().clone().application_name("fuxue"));
        Self { pool, patience }
    }

    /// Begins a transaction by `how`.
    ///
    /// # Errors
    /// [`sqlx::Error::Io`] where the database does not answer in time, as for all that is asked in the transaction.
    pub async fn begin(&self, how: &str) -> sqlx::Result<Begun> {
        self.begin_within(BEGINNING, how).await
    }

    /// As [`Connections::begin`], where `how` waits for a lock.
    pub async fn begin_locked(&self, how: &str) -> sqlx::Result<Begun> {
        self.begin_within(LOCKING, how).await
    }

    async fn begin_within(&self, limit: Duration, how: &str) -> sqlx::Result<Begun> {
        let first = self.begin_on(self.pool.acquire().await?, limit, how).await;
        match first {
            Err(error) if !is_locked(&error) => {
                self.note_end(&error);
                self.begin_on(self.pool.acquire().await?, limit, how).await
            }
            begun => begun,
        }
    }

    /// A connection for a single question, with no transaction around it: it may have ended while nobody used it, so that
    /// there shall be time to ask again on another.
    pub async fn lend(&self) -> sqlx::Result<Begun> {
        Ok(self.on(self.pool.acquire().await?, BEGINNING))
    }

    /// Before anything is begun on a connection, each of whose answers shall come within `limit`.
    fn on(&self, connection: PoolConnection<Postgres>, limit: Duration) -> Begun {
        Begun {
            connection: Some(connection),
            is_open: false,
            patience: self.patience.min(limit),
            from: self.clone(),
        }
    }

    /// A connection that is told what no other shall do: however its use ends, it does too. Nothing that is asked on it has
    /// a limit.
    pub async fn apart(&self, what: &'static str) -> sqlx::Result<PoolConnection<Postgres>> {
        match told(self.pool.acquire().await?, what).await {
            Err(error) => {
                self.note_end(&error);
                told(self.pool.acquire().await?, what).await
            }
            told => told,
        }
    }

    /// The database has gone from the end of a connection, and so it may have from those that nobody uses.
    fn note_end(&self, error: &sqlx::Error) {
        tracing::debug!(%error, "a connection to the database has ended; another is made");
        self.forget_idle();
    }

    async fn begin_on(
        &self,
        connection: PoolConnection<Postgres>,
        limit: Duration,
        how: &str,
    ) -> sqlx::Result<Begun> {
        let mut tx = self.on(connection, limit);
        tx.is_open = true;
        let begin = sqlx::raw_sql(AssertSqlSafe(how));
        if let Err(error) = tx.ask(async |on| begin.execute(on).await).await {
            tx.give_up();
            return Err(error);
        }
        tx.patience = self.patience;
        Ok(tx)
    }

    /// Drops the connections that nobody uses.
    pub fn forget_idle(&self) {
        for _ in 0..self.pool.size() {
            match self.pool.try_acquire() {
                Some(connection) => drop(connection.detach()),
                None => return,
            }
        }
    }

    /// Does what the pool does by itself with a connection that is dropped, where its waiting has no end.
    async fn take_back(&self, mut connection: PoolConnection<Postgres>, is_open: bool) {
        if is_open {
            let rollback = sqlx::raw_sql("ROLLBACK").execute(&mut *connection);
            if !matches!(timeout(self.patience, rollback).await, Ok(Ok(_))) {
                drop(connection.detach());
                self.forget_idle();
                return;
            }
        }
        let returned = timeout(self.patience, connection.return_to_pool()).await;
        if returned.is_err() {
            self.forget_idle();
        }
    }

    /// Ends all connections after the running transactions, which are waited for as long as an answer is.
    pub async fn close(&self) {
        if timeout(self.patience, self.pool.close()).await.is_err() {
            tracing::warn!("a connection to the database was still in use at the end");
        }
    }
}

/// A transaction, or what [`Connections::lend`] gives. Dropped without [`Begun::commit`] it leaves no trace.
#[derive(Debug)]
pub(crate) struct Begun {
    /// `None` once it was silent.
    connection: Option<PoolConnection<Postgres>>,
    is_open: bool,
    patience: Duration,
    from: Connections,
}

impl Begun {
    /// Asks one thing, and waits for the answer; where none comes in time, the connection is gone, and with it the
    /// transaction.
    pub async fn ask<T, E: From<sqlx::Error>>(
        &mut self,
        what: impl AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.connection.as_deref_mut().ok_or_else(silence)?;
        match timeout(self.patience, what(connection)).await {
            Ok(answer) => answer,
            Err(_) => {
                self.give_up();
                self.from.forget_idle();
                Err(silence().into())
            }
        }
    }

    /// Gives all that follows in the transaction ten times as long.
    pub async fn take_time(&mut self) -> sqlx::Result<()> {
        let patience = 10 * self.from.patience;
        let limit = format!("SET LOCAL statement_timeout = {}", ends_before(patience));
        let limit = sqlx::raw_sql(AssertSqlSafe(limit));
        self.ask(async |on| limit.execute(on).await).await?;
        self.patience = patience;
        Ok(())
    }

    /// Makes what was written durable. Where no answer comes in time, nobody knows whether it is.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        let commit = sqlx::raw_sql("COMMIT");
        self.ask(async |on| commit.execute(on).await).await?;
        self.is_open = false;
        Ok(())
    }

    fn give_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

impl Drop for Begun {
    /// Gives the connection back, and waits for that no longer than for any answer.
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = Handle::try_current() else {
            drop(connection.detach());
            return;
        };
        let (from, is_open) = (self.from.clone(), self.is_open);
        runtime.spawn(async move { from.take_back(connection, is_open).await });
    }
}

async fn told(
    mut connection: PoolConnection<Postgres>,
    what: &'static str,
) -> sqlx::Result<PoolConnection<Postgres>> {
    connection.close_on_drop();
    let what = format!("SET statement_timeout = 0; {what}");
    let told = sqlx::raw_sql(AssertSqlSafe(what));
    told.execute(&mut *connection).await?;
    Ok(connection)
}

/// Whether somebody else had a lock for too long.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.as_deref() == Some(NOT_LOCKED)
}

/// Milliseconds after which PostgreSQL itself shall end a statement: shortly before its answer is waited for no longer.
fn ends_before(patience: Duration) -> u128 {
    (patience / 6 * 5).as_millis()
}

/// As if the connection had been cut.
fn silence() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no answer came in time").into()
}
