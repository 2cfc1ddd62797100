//! The shared engine: one PostgreSQL database, and as many servers beside it as there are.
//!
//! Whoever writes holds one advisory lock for the length of the transaction, as SQLite's one writer does: alone where
//! it may touch anything, shared where it writes reports and holds the rows of their people besides. PostgreSQL hands
//! locks out in the order in which they were asked for, so that nobody starves; and because everybody asks for the
//! common lock first, then for people, for names and for numbers, each in the order of their keys, nobody waits in a ring.

use super::connections::{Begun, Connections, NOT_LOCKED};
use super::replica::Replica;
use super::{Filled, Inner, filled};
use crate::query::{Column, Query, Value};
use crate::{DatabaseUrl, Result, StoreError};
use domain::Day;
use domain::ids::PersonId;
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::{Arguments as _, AssertSqlSafe};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::mem;
use std::ops::Range;
use std::time::Duration;
use tokio::join;
use tokio::time::timeout;

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
/// How long months may be made and dropped, and how long tables may be looked at as a whole.
const TENDING: Duration = Duration::from_mins(10);
const TAKING_STOCK: Duration = Duration::from_hours(2);
/// Begins one unchanging picture of the data.
pub(super) const PICTURE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Begins what writes.
const WRITING: &str = "BEGIN";
/// Begins what holds a job, however long nothing is asked in it.
const HOLDING: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0";
/// The first half of this program's advisory locks; the second says which. The lock of a name is the name's hash alone.
const FUXUE: i32 = 0x0046_5558;
/// The second half for whoever writes; jobs follow it.
const WRITE: i32 = 0;

/// A database on a server.
#[derive(Debug)]
pub(crate) struct Server {
    writers: Connections,
    readers: Connections,
    pub replica: Option<Replica>,
    holders: Connections,
    /// This process among those at work on the database.
    pub node: i64,
}

impl Server {
    /// Connects, and brings the tables up to date; of several servers that start at once one does.
    pub async fn connect(url: &DatabaseUrl, replica: Option<&DatabaseUrl>) -> Result<Self> {
        let acquire = ACQUIRE_TIMEOUT.min(url.patience());
        let up_to = |size| Connections::new(url, size, acquire, url.patience());
        let writers = up_to(WRITERS);
        migrate(&writers).await?;
        let node = join(&writers).await?;
        let replica = match replica {
            Some(replica) => Some(Replica::connect(replica).await?),
            None => None,
        };
        Ok(Self {
            readers: up_to(READERS),
            replica,
            holders: up_to(HOLDERS),
            writers,
            node,
        })
    }

    pub async fn read(&self) -> Result<Inner> {
        let tx = self.readers.begin(PICTURE).await?;
        Ok(Inner::Postgres(Box::new(tx)))
    }

    /// A connection for a single question.
    pub async fn glance(&self) -> Result<Inner> {
        let connection = self.readers.lend().await?;
        Ok(Inner::Postgres(Box::new(connection)))
    }

    /// A transaction that may write anything, alone; with the mark of the settings.
    pub async fn write(&self) -> Result<(Inner, i64)> {
        let how = format!("{WRITING}; {}", writers_lock("pg_advisory_xact_lock"));
        let mut tx = self.writers.begin_locked(&how).await?;
        // Not in one statement with the lock: it shall see what that has waited for.
        let settings = tx.ask(settings).await?;
        Ok((Inner::Postgres(Box::new(tx)), settings))
    }

    /// A transaction that writes what belongs to these people, beside others that write for other people.
    pub async fn write_for(&self, people: &[PersonId]) -> Result<(Inner, i64)> {
        let how = format!(
            "{WRITING}; {}",
            writers_lock("pg_advisory_xact_lock_shared")
        );
        let mut tx = self.writers.begin_locked(&how).await?;
        // From here on nobody changes whom there is, nor what is not these people's.
        let people: Vec<i64> = people.iter().map(|p| p.0).collect();
        let rows = sqlx::query_scalar(concat!(
            "SELECT ",
            settings_mark!(),
            " FROM (SELECT count(*) FROM
                 (SELECT 1 FROM person_state WHERE person_id = ANY ($1) ORDER BY person_id FOR NO KEY UPDATE) s) l"
        ))
        .bind(people);
        let settings = tx.ask(async |on| rows.fetch_one(on).await).await?;
        Ok((Inner::Postgres(Box::new(tx)), settings))
    }

    /// Takes a job for as long as the transaction lives, waiting for whoever has it; `None` where somebody has it and
    /// `wait` is not wanted.
    pub async fn hold(&self, job: i32, wait: bool) -> Result<Option<Begun>> {
        let mut tx = self.holders.begin(HOLDING).await?;
        let sql = if wait {
            "SELECT pg_advisory_xact_lock($1, $2) IS NOT NULL"
        } else {
            "SELECT pg_try_advisory_xact_lock($1, $2)"
        };
        let has = sqlx::query_scalar::<_, bool>(sql).bind(FUXUE).bind(job);
        let has = tx.ask(async |on| has.fetch_one(on).await).await?;
        Ok((has || wait).then_some(tx))
    }

    /// Makes the months around `today`. Where somebody reads a table for long, as a backup does, the next time makes them:
    /// there are two ahead, and rows of a day without a month are kept until it is made.
    pub async fn tend(&self, today: Day) -> Result<()> {
        let tending = Box::pin(super::months::tend(&self.writers, today));
        let tended = timeout(TENDING, tending).await;
        match tended.unwrap_or(Err(StoreError::Busy)) {
            Err(StoreError::Busy) => {
                tracing::warn!(
                    "months were not made or dropped: somebody is reading the tables, or the database does not answer; tomorrow again"
                );
                Ok(())
            }
            tended => tended,
        }
    }

    /// Looks at the tables that are cut into months, each as a whole.
    pub fn take_stock(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let looking = Box::pin(super::months::take_stock(self.readers.clone()));
        async {
            let looked = timeout(TAKING_STOCK, looking).await;
            looked.unwrap_or(Err(StoreError::Busy))
        }
    }

    /// Empties every table but those that say what the database is.
    pub async fn erase(&self) -> Result<()> {
        let mut tx = self.writers.begin(WRITING).await?;
        tx.ask(take_the_writer).await?;
        let tables = sqlx::query_scalar(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class
             WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
               AND relname NOT IN ('_sqlx_migrations', 'node')",
        );
        let tables: String = tx.ask(async |on| tables.fetch_one(on).await).await?;
        run(&mut tx, format!("TRUNCATE {tables} RESTART IDENTITY")).await?;
        Ok(tx.commit().await?)
    }

    /// Says that this server is still at work, so that its number stays its own.
    pub async fn stay(&self) -> Result<()> {
        self.note(concat!(
            "UPDATE node SET seen_at = ",
            now!(),
            " WHERE node_no = $1"
        ))
        .await
    }

    /// Changes this server's row.
    async fn note(&self, sql: &'static str) -> Result<()> {
        let mut tx = self.writers.begin(WRITING).await?;
        let noting = sqlx::query(sql).bind(self.node);
        tx.ask(async |on| noting.execute(on).await).await?;
        Ok(tx.commit().await?)
    }

    /// Gives its number back, and ends all connections.
    pub async fn close(&self) {
        let leaving = self.note("UPDATE node SET seen_at = 0 WHERE node_no = $1");
        if let Err(error) = leaving.await {
            tracing::debug!(%error, "the number of this server stays taken for an hour");
        }
        let replica = async {
            if let Some(replica) = &self.replica {
                replica.close().await;
            }
        };
        join!(
            self.readers.close(),
            replica,
            self.holders.close(),
            self.writers.close()
        );
    }
}

/// How often any server has changed settings.
macro_rules! settings_mark {
    () => {
        "(SELECT CAST(coalesce(sum(settings), 0) AS BIGINT) FROM node)"
    };
}
use settings_mark;

macro_rules! now {
    () => {
        "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}
use now;

/// Brings the tables up to date. sqlx takes an advisory lock for that, for which a server waits as long as another one
/// needs it.
async fn migrate(connections: &Connections) -> Result<()> {
    let mut tx = connections.begin(PICTURE).await?;
    let tables = sqlx::query_as(
        "SELECT to_regclass('_sqlx_migrations') IS NOT NULL,
                EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p'))",
    );
    let (ours, others): (bool, bool) = tx.ask(async |on| tables.fetch_one(on).await).await?;
    drop(tx);
    if others && !ours {
        return Err(StoreError::Foreign(
            "it holds tables of another program; give Fuxue an empty database of its own".into(),
        ));
    }
    let mut connection = connections.apart("SET lock_timeout = 0").await?;
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
async fn join(connections: &Connections) -> Result<i64> {
    let mut tx = connections.begin(WRITING).await?;
    tx.ask(take_the_writer).await?;
    let node = sqlx::query_scalar(concat!(
        "INSERT INTO node (node_no, seen_at)
         SELECT min(n), ",
        now!(),
        " FROM generate_series(0, 255) n
         WHERE NOT EXISTS (SELECT 1 FROM node WHERE node_no = n AND seen_at > ",
        now!(),
        " - 3600000) HAVING count(*) > 0
         ON CONFLICT (node_no) DO UPDATE SET seen_at = excluded.seen_at RETURNING node_no"
    ));
    let node = tx.ask(async |on| node.fetch_optional(on).await).await?;
    tx.commit().await?;
    node.ok_or(StoreError::Refused(
        "256 servers share this database, and each number is one server's: end one of them, or wait an hour if some were killed",
    ))
}

/// Runs a text that has no arguments.
async fn run(tx: &mut Begun, sql: String) -> sqlx::Result<()> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    tx.ask(async |on| sql.execute(on).await.map(drop)).await
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
    let sql = writers_lock("pg_advisory_xact_lock");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx).await?;
    Ok(())
}

/// The statement that takes the lock of whoever writes, by a function of PostgreSQL.
fn writers_lock(how: &str) -> String {
    format!("SELECT {how}({FUXUE}, {WRITE})")
}

async fn settings(tx: &mut PgConnection) -> Result<i64> {
    let mark = concat!("SELECT ", settings_mark!());
    Ok(sqlx::query_scalar(mark).fetch_one(tx).await?)
}

/// What an error's code (SQLSTATE) means.
pub(crate) fn meaning(code: &str) -> Option<StoreError> {
    Some(match code {
        "53100" => StoreError::Full,
        "23505" => StoreError::Conflict,
        // Serialisation, deadlock, a lock waited for too long, cancelled; the server is stopping, has crashed or is
        // starting; too many connections; idle for too long; a standby after a change of roles.
        "40001" | "40P01" | NOT_LOCKED | "57014" | "57P01" | "57P02" | "57P03" | "53300"
        | "25P03" | "25006" => StoreError::Busy,
        "3D000" => StoreError::Refused(
            "there is no database of this name; make one with createdb, owned by the user that the address names",
        ),
        "28000" | "28P01" => StoreError::Refused(
            "the server does not let this user in; check name and password in the address",
        ),
        // The way to it is broken; it has too little of something; the system beneath it fails.
        _ if ["08", "53", "58"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            StoreError::Busy
        }
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
    let sql = render_after(query, piece, &mut arguments)?;
    Ok((AssertSqlSafe(sql), arguments))
}

/// The text for a piece of a statement's rows, and its arguments after others.
fn render_after(
    query: &Query<'_>,
    piece: Range<usize>,
    arguments: &mut PgArguments,
) -> sqlx::Result<Cow<'static, str>> {
    let others = arguments.len();
    for value in &query.values {
        match value {
            Value::Int(v) => arguments.add(*v),
            Value::Bool(v) => arguments.add(*v),
            Value::Text(v) => arguments.add(v.as_deref()),
            Value::Bytes(v) => arguments.add(v.as_deref()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    if others == 0 && query.rows.is_none() && query.lists.is_empty() {
        return Ok(query.sql.into());
    }
    let mut sql = String::with_capacity(query.sql.len() + 64);
    for part in filled(query, &piece)? {
        match part {
            Filled::Text(text) => sql.push_str(text),
            Filled::Value(n, _) => push(&mut sql, format_args!("${}", others + n + 1)),
            Filled::List(list, range) => {
                add(arguments, list, range)?;
                push(&mut sql, format_args!("= ANY (${})", arguments.len()));
            }
            Filled::Rows(columns) => {
                sql.push_str("SELECT * FROM unnest(");
                for (n, column) in columns.iter().enumerate() {
                    add(arguments, column, piece.clone())?;
                    let comma = if n == 0 { "" } else { ", " };
                    push(&mut sql, format_args!("{comma}${}", arguments.len()));
                }
                sql.push(')');
            }
        }
    }
    Ok(sql.into())
}

/// Statements that wait until something has to be answered. Each is on a table of its own, so that they can be one: where
/// each has its own way to the server and back, a batch of reports waits longer for those than for its rows.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    tables: Vec<&'static str>,
    statements: Vec<Cow<'static, str>>,
    arguments: PgArguments,
}

impl Deferred {
    pub fn touches(&self, table: &str) -> bool {
        self.tables.contains(&table)
    }

    pub fn add(
        &mut self,
        table: &'static str,
        query: &Query<'_>,
        piece: Range<usize>,
    ) -> sqlx::Result<()> {
        self.tables.push(table);
        let sql = render_after(query, piece, &mut self.arguments)?;
        self.statements.push(sql);
        Ok(())
    }

    /// All of them as one, and none any more.
    pub fn take(&mut self) -> Option<(AssertSqlSafe<Cow<'static, str>>, PgArguments)> {
        let Self {
            mut statements,
            arguments,
            ..
        } = mem::take(self);
        // PostgreSQL begins with the last.
        let first = statements.pop()?;
        let sql = if statements.is_empty() {
            first
        } else {
            let mut sql = format!("WITH w0 AS ({first})");
            for (n, statement) in statements.iter().rev().enumerate() {
                push(&mut sql, format_args!(", w{} AS ({statement})", n + 1));
            }
            sql.push_str(" SELECT");
            sql.into()
        };
        Some((AssertSqlSafe(sql), arguments))
    }
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
