//! The embedded engine: one writer, several readers of one file in WAL mode.

use super::{Filled, Inner, filled};
use crate::query::{Column, Query, Value};
use crate::{Result, StoreError};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/sqlite");

/// Rows or values of one statement; SQLite binds at most 32,766 values.
pub(crate) const AT_ONCE: usize = 1_000;
/// Connections that only read; two cores gain nothing from more.
const READERS: u32 = 4;
/// How long a request waits for a connection before it is refused.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A database file.
#[derive(Debug)]
pub(crate) struct File {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl File {
    /// Opens `path`, making it where it is missing, and brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self> {
        refuse_foreign(path).await?;
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
        Ok(Self { writer, readers })
    }

    pub async fn write(&self) -> Result<Inner> {
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Inner::Sqlite(Box::new(tx)))
    }

    pub async fn read(&self) -> Result<Inner> {
        Ok(Inner::Sqlite(Box::new(self.readers.begin().await?)))
    }

    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Writes a complete, consistent copy to `path`, which must not exist yet.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        sqlx::query("VACUUM INTO $1")
            .bind(path.to_string_lossy().into_owned())
            .execute(&self.readers)
            .await?;
        Ok(())
    }
}

/// Leaves a database of another program as it is: only to open it for writing would change it.
async fn refuse_foreign(path: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    // That there is no file, or whatever else is wrong with it, shows when it is opened in earnest.
    let Ok(mut connection) = options.connect().await else {
        return Ok(());
    };
    let looked = sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'), EXISTS (SELECT 1 FROM sqlite_master)",
    )
    .fetch_one(&mut connection)
    .await;
    let _ = connection.close().await;
    match looked {
        Ok((false, true)) => Err(StoreError::Foreign(
            "it holds tables of another program".into(),
        )),
        _ => Ok(()),
    }
}

/// What an error's code means.
pub(crate) fn meaning(code: &str, message: impl FnOnce() -> String) -> Option<StoreError> {
    Some(match code {
        "13" => StoreError::Full,
        "11" | "26" => StoreError::Foreign(message()),
        "1555" | "2067" => StoreError::Conflict,
        "5" | "6" | "261" | "517" => StoreError::Busy,
        _ => return None,
    })
}

/// The text and arguments for a piece of a statement's rows, and whether to keep it prepared: a statement kept for
/// every number of rows would take megabytes each.
pub(crate) fn render(
    query: &Query<'_>,
    piece: Range<usize>,
) -> sqlx::Result<(AssertSqlSafe<Cow<'static, str>>, SqliteArguments, bool)> {
    let mut arguments = SqliteArguments::default();
    if query.rows.is_none() && query.lists.is_empty() {
        arguments.reserve(query.values.len(), 0);
        for value in &query.values {
            add(&mut arguments, value)?;
        }
        return Ok((AssertSqlSafe(query.sql.into()), arguments, true));
    }
    // Unnumbered: SQLite looks numbered ones up in a list as long as the statement.
    let mut sql = String::with_capacity(query.sql.len() + piece.len() * 8);
    for part in filled(query, &piece)? {
        match part {
            Filled::Text(text) => sql.push_str(text),
            Filled::Value(_, value) => {
                add(&mut arguments, value)?;
                sql.push('?');
            }
            Filled::List(list, range) => {
                sql.push_str("IN (");
                for i in range.clone() {
                    sql.push_str(if i == range.start { "?" } else { ", ?" });
                    add_of(&mut arguments, list, i)?;
                }
                sql.push(')');
            }
            Filled::Rows(columns) => {
                sql.push_str("VALUES ");
                for i in piece.clone() {
                    sql.push_str(if i == piece.start { "(" } else { ", (" });
                    for (n, column) in columns.iter().enumerate() {
                        sql.push_str(if n == 0 { "?" } else { ", ?" });
                        add_of(&mut arguments, column, i)?;
                    }
                    sql.push(')');
                }
            }
        }
    }
    Ok((AssertSqlSafe(sql.into()), arguments, piece.len() == 1))
}

fn add(arguments: &mut SqliteArguments, value: &Value<'_>) -> sqlx::Result<()> {
    match value {
        Value::Int(v) => arguments.add(*v),
        Value::Bool(v) => arguments.add(*v),
        Value::Text(v) => arguments.add(v.as_deref()),
        Value::Bytes(v) => arguments.add(v.as_deref()),
    }
    .map_err(sqlx::Error::Encode)
}

fn add_of(arguments: &mut SqliteArguments, column: &Column<'_>, i: usize) -> sqlx::Result<()> {
    match column {
        Column::Int(v) => arguments.add(v[i]),
        Column::Bool(v) => arguments.add(v[i]),
        Column::Text(v) => arguments.add(v[i].as_deref()),
        Column::Bytes(v) => arguments.add(v[i].as_deref()),
    }
    .map_err(sqlx::Error::Encode)
}
