//! The shared engine: one PostgreSQL database, and as many servers beside it as there are.
//!
//! Whoever writes holds one advisory lock for the length of the transaction, as SQLite's one writer does: alone where
//! it may touch anything, shared where it writes reports and holds the rows of their people besides. PostgreSQL hands
//! locks out in the order in which they were asked for, so that nobody starves; and because everybody asks for the
//! common lock first, then for people, for names and for numbers, each in the order of their keys, nobody waits in a ring.

use super::replica::Replica;
use super::{Filled, Inner, filled};
use crate::query::{Column, Query, Value};
use crate::{DatabaseUrl, Result, StoreError};
use domain::Day;
use domain::ids::PersonId;
use sqlx::migrate::MigrateError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Arguments as _, AssertSqlSafe, Postgres, Transaction};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/postgres");

/// Rows or values of one statement: each column of them is one argument.
const AT_ONCE: usize = 10_000;
/// Connections of one server that read.
pub(super) const READERS: u32 = 8;
/// Connections of one server that write or wait for it.
const WRITERS: u32 = 4;
/// Connections of one server that hold a [`crate::Job`].
const HOLDERS: u32 = 4;
/// How long a request waits for a connection before it is refused.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// What every connection is told. Waiting for a lock ends as waiting for a connection does; a server whose machine
/// vanished gives its locks back within a minute. Pages of an index are not much dearer than those of a table read from
/// end to end: what is asked often lies in memory, and disks have no heads any more.
const SETTINGS: &str =
    "SET client_min_messages = warning; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; SET jit = off;
     SET random_page_cost = 1.1; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";
/// Begins one unchanging picture of the data.
pub(super) const PICTURE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// The first half of this program's advisory locks; the second says which. The lock of a name is the name's hash alone.
const FUXUE: i32 = 0x0046_5558;
/// The second half for whoever writes; jobs follow it.
const WRITE: i32 = 0;

/// A database on a server.
#[derive(Debug)]
pub(crate) struct Server {
    writers: PgPool,
    readers: PgPool,
    pub replica: Option<Replica>,
    holders: PgPool,
    /// This process among those at work on the database.
    pub node: i64,
}

impl Server {
    /// Connects, and brings the tables up to date; of several servers that start at once one does.
    pub async fn connect(url: &DatabaseUrl, replica: Option<&DatabaseUrl>) -> Result<Self> {
        let writers = pool(WRITERS, url).await?;
        migrate(&writers).await?;
        let node = join(&writers).await?;
        let replica = match replica {
            Some(replica) => Some(Replica::connect(replica).await?),
            None => None,
        };
        Ok(Self {
            readers: pool(READERS, url).await?,
            replica,
            holders: pool(HOLDERS, url).await?,
            writers,
            node,
        })
    }

    pub async fn read(&self) -> Result<Inner> {
        let tx = self.readers.begin_with(PICTURE).await?;
        Ok(Inner::Postgres(Box::new(tx)))
    }

    /// A transaction that may write anything, alone; with the mark of the settings.
    pub async fn write(&self) -> Result<(Inner, i64)> {
        let mut tx = self.writers.begin().await?;
        // Not in one statement with what follows, which shall see what the lock has waited for.
        take_the_writer(&mut tx).await?;
        let settings = settings(&mut tx).await?;
        Ok((Inner::Postgres(Box::new(tx)), settings))
    }

    /// A transaction that writes what belongs to these people, beside others that write for other people.
    pub async fn write_for(&self, people: &[PersonId]) -> Result<(Inner, i64)> {
        let mut tx = self.writers.begin().await?;
        let sql = format!("SELECT pg_advisory_xact_lock_shared({FUXUE}, {WRITE})");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        // From here on nobody changes whom there is, nor what is not these people's.
        let people: Vec<i64> = people.iter().map(|p| p.0).collect();
        sqlx::query(
            "SELECT count(*) FROM (SELECT 1 FROM person_state WHERE person_id = ANY ($1) ORDER BY person_id FOR NO KEY UPDATE) s",
        )
        .bind(people)
        .execute(&mut *tx)
        .await?;
        let settings = settings(&mut tx).await?;
        Ok((Inner::Postgres(Box::new(tx)), settings))
    }

    /// Takes a job for as long as the transaction lives, waiting for whoever has it; `None` where somebody has it and
    /// `wait` is not wanted.
    pub async fn hold(
        &self,
        job: i32,
        wait: bool,
    ) -> Result<Option<Transaction<'static, Postgres>>> {
        let mut tx = self.holders.begin().await?;
        let sql = "SET LOCAL idle_in_transaction_session_timeout = 0";
        sqlx::raw_sql(sql).execute(&mut *tx).await?;
        let sql = if wait {
            "SELECT pg_advisory_xact_lock($1, $2) IS NOT NULL"
        } else {
            "SELECT pg_try_advisory_xact_lock($1, $2)"
        };
        let has = sqlx::query_scalar::<_, bool>(sql)
            .bind(FUXUE)
            .bind(job)
            .fetch_one(&mut *tx)
            .await?;
        Ok((has || wait).then_some(tx))
    }

    /// Makes the months around `today`. Where somebody reads a table for long, as a backup does, the next time makes them:
    /// there are two ahead, and rows of a day without a month are kept until it is made.
    pub async fn tend(&self, today: Day) -> Result<()> {
        match super::months::tend(&self.writers, today).await {
            Err(StoreError::Busy) => {
                tracing::warn!(
                    "months were not made or dropped: somebody is reading the tables; tomorrow again"
                );
                Ok(())
            }
            tended => tended,
        }
    }

    /// Looks at the tables that are cut into months, each as a whole.
    pub fn take_stock(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        super::months::take_stock(self.readers.clone())
    }

    /// Empties every table but those that say what the database is.
    pub async fn erase(&self) -> Result<()> {
        let mut tx = self.writers.begin().await?;
        take_the_writer(&mut tx).await?;
        let tables: String = sqlx::query_scalar(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class
             WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
               AND relname NOT IN ('_sqlx_migrations', 'node')",
        )
        .fetch_one(&mut *tx)
        .await?;
        let sql = format!("TRUNCATE {tables} RESTART IDENTITY");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Says that this server is still at work, so that its number stays its own.
    pub async fn stay(&self) -> Result<()> {
        sqlx::query(concat!(
            "UPDATE node SET seen_at = ",
            now!(),
            " WHERE node_no = $1"
        ))
        .bind(self.node)
        .execute(&self.writers)
        .await?;
        Ok(())
    }

    /// Gives its number back, and ends all connections.
    pub async fn close(&self) {
        let leaving = sqlx::query("UPDATE node SET seen_at = 0 WHERE node_no = $1")
            .bind(self.node)
            .execute(&self.writers)
            .await;
        if let Err(error) = leaving {
            tracing::debug!(%error, "the number of this server stays taken for an hour");
        }
        self.readers.close().await;
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
        self.holders.close().await;
        self.writers.close().await;
    }
}

macro_rules! now {
    () => {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}
use now;

async fn pool(size: u32, url: &DatabaseUrl) -> Result<PgPool> {
    let pool = pool_of(size, ACQUIRE_TIMEOUT).connect_with(named(url));
    Ok(pool.await?)
}

/// Connections that know what all of them are told, and how long one is waited for.
pub(super) fn pool_of(size: u32, patience: Duration) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(patience)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
}

/// How a database is reached, by this program's name.
pub(super) fn named(url: &DatabaseUrl) -> PgConnectOptions {
    url.options().clone().application_name("fuxue")
}

/// A connection that is told what no other shall do: however its use ends, it does too.
pub(super) async fn told(pool: &PgPool, what: &'static str) -> Result<PoolConnection<Postgres>> {
    let mut connection = pool.acquire().await?;
    connection.close_on_drop();
    sqlx::raw_sql(what).execute(&mut *connection).await?;
    Ok(connection)
}

/// Brings the tables up to date. sqlx takes an advisory lock for that, for which a server waits as long as another one
/// needs it.
async fn migrate(pool: &PgPool) -> Result<()> {
    let (ours, others): (bool, bool) = sqlx::query_as(
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL,
                EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p'))",
    )
    .fetch_one(pool)
    .await?;
    if others && !ours {
        return Err(StoreError::Foreign(
            "it holds tables of another program; give Fuxue an empty database of its own".into(),
        ));
    }
    let mut connection = told(pool, "SET lock_timeout = 0").await?;
    let migrated = MIGRATIONS.run(&mut *connection).await;
    migrated.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Foreign(format!(
            "it was written by a newer version of this program (migration {version}); update this server too"
        )),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            match StoreError::from(error) {
                StoreError::Engine(error) => StoreError::Foreign(error.to_string()),
                known => known,
            }
        }
        error => StoreError::Foreign(error.to_string()),
    })
}

/// The least number that no server at work has; whoever has not been heard of for an hour is gone.
async fn join(pool: &PgPool) -> Result<i64> {
    let mut tx = pool.begin().await?;
    take_the_writer(&mut tx).await?;
    let node = sqlx::query_scalar(concat!(
        "INSERT INTO node (node_no, seen_at)
         SELECT min(n), ",
        now!(),
        " FROM generate_series(0, 255) n
         WHERE NOT EXISTS (SELECT 1 FROM node WHERE node_no = n AND seen_at > ",
        now!(),
        " - 3600000) HAVING count(*) > 0
         ON CONFLICT (node_no) DO UPDATE SET seen_at = excluded.seen_at RETURNING node_no"
    ))
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    node.ok_or(StoreError::Refused(
        "256 servers share this database, and each number is one server's: end one of them, or wait an hour if some were killed",
    ))
}

/// Waits until nobody else has one of these names; until the transaction's end nobody else will.
pub(crate) async fn lock_names(tx: &mut PgConnection, names: &[&str]) -> Result<()> {
    sqlx::query(
        "SELECT pg_advisory_xact_lock(c.key)
         FROM (SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest($1) name ORDER BY key) c",
    )
    .bind(names)
    .execute(tx)
    .await?;
    Ok(())
}

/// Waits until nobody else writes; until the transaction's end nobody else will.
pub(super) async fn take_the_writer(tx: &mut PgConnection) -> Result<()> {
    let sql = format!("SELECT pg_advisory_xact_lock({FUXUE}, {WRITE})");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx).await?;
    Ok(())
}

async fn settings(tx: &mut PgConnection) -> Result<i64> {
    let mark = "SELECT CAST(coalesce(sum(settings), 0) AS BIGINT) FROM node";
    Ok(sqlx::query_scalar(mark).fetch_one(tx).await?)
}

/// What an error's code (SQLSTATE) means.
pub(crate) fn meaning(code: &str) -> Option<StoreError> {
    Some(match code {
        "53100" => StoreError::Full,
        "23505" => StoreError::Conflict,
        // Serialisation, deadlock, a lock waited for too long, cancelled; the server is stopping, has crashed or is
        // starting; too many connections; idle for too long; a standby after a change of roles.
        "40001" | "40P01" | "55P03" | "57014" | "57P01" | "57P02" | "57P03" | "53300" | "25P03"
        | "25006" => StoreError::Busy,
        "3D000" => StoreError::Refused(
            "there is no database of this name; make one with createdb, owned by the user that the address names",
        ),
        "28000" | "28P01" => StoreError::Refused(
            "the server does not let this user in; check name and password in the address",
        ),
        _ if code.starts_with("08") => StoreError::Busy,
        _ => return None,
    })
}

/// How many of `left` rows the next statement takes.
pub(crate) fn at_once(_: &Query<'_>, left: usize) -> usize {
    left.min(AT_ONCE)
}

/// The text and arguments for a piece of a statement's rows.
pub(crate) fn render(
    query: &Query<'_>,
    piece: Range<usize>,
) -> sqlx::Result<(AssertSqlSafe<Cow<'static, str>>, PgArguments)> {
    let mut arguments = PgArguments::default();
    for value in &query.values {
        match value {
            Value::Int(v) => arguments.add(*v),
            Value::Bool(v) => arguments.add(*v),
            Value::Text(v) => arguments.add(v.as_deref()),
            Value::Bytes(v) => arguments.add(v.as_deref()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    if query.rows.is_none() && query.lists.is_empty() {
        return Ok((AssertSqlSafe(query.sql.into()), arguments));
    }
    let mut sql = String::with_capacity(query.sql.len() + 64);
    for part in filled(query, &piece)? {
        match part {
            Filled::Text(text) => sql.push_str(text),
            Filled::Value(n, _) => push(&mut sql, format_args!("${}", n + 1)),
            Filled::List(list, range) => {
                add(&mut arguments, list, range)?;
                push(&mut sql, format_args!("= ANY (${})", arguments.len()));
            }
            Filled::Rows(columns) => {
                sql.push_str("SELECT * FROM unnest(");
                for (n, column) in columns.iter().enumerate() {
                    add(&mut arguments, column, piece.clone())?;
                    let comma = if n == 0 { "" } else { ", " };
                    push(&mut sql, format_args!("{comma}${}", arguments.len()));
                }
                sql.push(')');
            }
        }
    }
    Ok((AssertSqlSafe(sql.into()), arguments))
}

fn push(sql: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _ = sql.write_fmt(text);
}

/// One column of a piece as one argument.
fn add(arguments: &mut PgArguments, column: &Column<'_>, piece: Range<usize>) -> sqlx::Result<()> {
    match column {
        Column::Int(v) => arguments.add(&v[piece]),
        Column::Bool(v) => arguments.add(&v[piece]),
        Column::Text(v) => arguments.add(
            v[piece]
                .iter()
                .map(Option::as_deref)
                .collect::<Vec<Option<&str>>>(),
        ),
        Column::Bytes(v) => arguments.add(
            v[piece]
                .iter()
                .map(Option::as_deref)
                .collect::<Vec<Option<&[u8]>>>(),
        ),
    }
    .map_err(sqlx::Error::Encode)
}
