//! The embedded engine: one writer, several readers of one file in WAL mode.

use super::{Filled, Inner, filled};
use crate::news::{News, Seen};
use crate::query::{Column, Query, Value};
use crate::{Result, StoreError};
use sqlx::error::DatabaseError;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{
    Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _, Sqlite, Transaction,
};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/sqlite");

/// Most rows or values of one statement.
const AT_ONCE: usize = 64;
/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 500;
/// Rows that wait for whoever asked. A full queue would stop the engine's thread for each row anew.
const ROWS: usize = 1_024;
/// Connections that only read; two cores gain nothing from more.
const READERS: u32 = 4;
/// Bytes of a page in a new file. Reports come in from all classes at once: each changes a few pages, whatever their size,
/// and all of each is written twice.
const PAGE: u32 = 2_048;
/// Pages that the log may hold before the writer itself carries them into the file. [`Carrier`] does so before it
/// comes to that, beside the writer.
const LOG_PAGES: &str = "65536";
/// Pages of the log from which on it shall begin anew. It does so where a commit finds all of it carried and nobody who
/// reads in it, which under load hardly ever happens by itself.
const LONG: i64 = 32_768;
/// How long the writer waits then for those who read.
const DRAIN: Duration = Duration::from_millis(50);
/// How many times [`Carrier`] carries before it asks again, where somebody reads longer than that.
const PAUSE: u32 = 50;
/// How often it tries to carry all beside the writer first.
const BESIDE: u32 = 8;
/// Pages that make it worth while to carry again soon.
const MANY_PAGES: i64 = 1_000;
/// How long to wait for more pages before carrying: hardly at all while many come, for the writer keeps a batch waiting
/// as long as it takes to carry what is left.
const SOON: Duration = Duration::from_millis(20);
const LATER: Duration = Duration::from_millis(100);
/// How long a request waits for a connection, or for another program that writes, before it is refused.
const PATIENCE: Duration = Duration::from_secs(10);
/// How soon to ask again for a file that another program is writing. SQLite's own pauses grow to a tenth of a second,
/// which would keep reports waiting long after an import has finished a piece.
const AGAIN: Duration = Duration::from_millis(1);

/// A database file.
#[derive(Debug)]
pub(crate) struct File {
    writer: SqlitePool,
    readers: SqlitePool,
    ahead: SqlitePool,
    /// Ends [`Carrier`] by being sent or dropped; it is gone when nobody listens any more.
    carrier: watch::Sender<()>,
    log_is_long: Arc<AtomicBool>,
    news: Arc<News>,
}

impl File {
    /// Opens `path`, making it where it is missing, and brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self> {
        refuse_foreign(path).await?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .page_size(PAGE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROWS)
            .pragma("journal_size_limit", "134217728")
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "memory")
            // What is destroyed leaves no copy in free pages.
            .pragma("secure_delete", "on");
        let mut first = options.connect().await?;
        MIGRATIONS
            .run(&mut first)
            .await
            .map_err(|error| StoreError::Foreign(error.to_string()))?;
        first.close().await?;
        let written = Arc::new(Notify::new());
        let news = Arc::new(News::default());
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .test_before_acquire(false)
            .after_connect({
                let news = Arc::clone(&news);
                move |connection, _| {
                    news.begin_anew();
                    Box::pin(never_wait(connection))
                }
            })
            .acquire_timeout(PATIENCE)
            .after_release({
                let written = Arc::clone(&written);
                move |connection, _| {
                    written.notify_one();
                    Box::pin(is_usable(connection))
                }
            })
            .connect_with(options.clone())
            .await?;
        let readers = reading(READERS, options.clone().pragma("cache_size", "-4096")).await?;
        let ahead = reading(1, options.clone()).await?;
        let log_is_long = Arc::<AtomicBool>::default();
        let carrier = Carrier {
            connection: options
                .pragma("cache_size", "-64")
                .busy_timeout(DRAIN)
                .connect()
                .await?,
            writer: writer.clone(),
            written,
            log_is_long: Arc::clone(&log_is_long),
        };
        let (ending, ended) = watch::channel(());
        tokio::spawn(carrier.run(ended));
        Ok(Self {
            writer,
            readers,
            ahead,
            carrier: ending,
            log_is_long,
            news,
        })
    }

    /// A transaction that writes, once no other does: none of this program, and none of another beside it.
    pub async fn write(&self) -> Result<Inner> {
        Ok(Inner::Sqlite(Box::new(self.begin().await?)))
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        let turn = async {
            loop {
                match self.writer.begin_with("BEGIN IMMEDIATE").await {
                    Err(error) if is_locked(&error) => tokio::time::sleep(AGAIN).await,
                    begun => return begun,
                }
            }
        };
        let begun = tokio::time::timeout(PATIENCE, turn).await;
        Ok(begun.map_err(|_| StoreError::Busy)??)
    }

    /// The same for whoever wants to know whether anybody else has written since something was read.
    pub async fn write_after(&self) -> Result<(Inner, Seen)> {
        let mut tx = self.begin().await?;
        let version = sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(&mut *tx)
            .await?;
        Ok((Inner::Sqlite(Box::new(tx)), self.news.now(version)))
    }

    pub fn news(&self) -> &Arc<News> {
        &self.news
    }

    pub async fn read(&self) -> Result<Inner> {
        Ok(Inner::Sqlite(Box::new(self.readers.begin().await?)))
    }

    /// The same for the one who reads ahead of the writer, who never waits for others that read.
    pub async fn read_ahead(&self) -> Result<Inner> {
        Ok(Inner::Sqlite(Box::new(self.ahead.begin().await?)))
    }

    /// What a picture is taken after that is taken now; `None` while somebody may be writing, and while those who could end
    /// their reading shall do so.
    pub fn seen(&self) -> Option<Seen> {
        let is_long = self.log_is_long.load(Ordering::Acquire);
        self.news.seen().filter(|_| !is_long)
    }

    /// Ends all connections; afterwards nothing of this is written any more.
    pub async fn close(&self) {
        self.ahead.close().await;
        self.readers.close().await;
        self.carrier.send_replace(());
        self.carrier.closed().await;
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

/// Connections that only read.
async fn reading(most: u32, options: SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(most)
        // A file does not go away; asking it costs two changes of thread.
        .test_before_acquire(false)
        // Not after use: where a transaction was dropped, that would take a statement more.
        .before_acquire(|connection, _| Box::pin(is_usable(connection)))
        .acquire_timeout(PATIENCE)
        .connect_with(options.read_only(true))
        .await
}

/// Lets a statement fail at once where another program is writing: [`File::write`] waits by itself.
async fn never_wait(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("PRAGMA busy_timeout = 0")
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether a connection has left its transaction. On a full disk, and where a read fails, SQLite leaves it by itself; sqlx
/// then cannot, and would never truly begin another one: nothing could be written, and whoever reads would look at the
/// same old picture for ever.
async fn is_usable(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // A transaction that was dropped ends before whatever is asked next.
        sqlx::query("SELECT 1").execute(&mut *connection).await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Carries what nobody reads any more.
const BY_THE_WAY: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// Carries all, and waits until nobody reads in the log.
const TO_THE_END: &str = "PRAGMA wal_checkpoint(RESTART)";

/// What carries pages from the log into the file beside the writer: left to it, that would keep a whole batch of reports
/// waiting several times a second.
struct Carrier {
    connection: SqliteConnection,
    writer: SqlitePool,
    written: Arc<Notify>,
    log_is_long: Arc<AtomicBool>,
}

impl Carrier {
    /// Carries until the file is closed or dropped, and then closes its own connection: left to be dropped, that would
    /// carry once more while others believe the file to be theirs.
    async fn run(mut self, mut ended: watch::Receiver<()>) {
        tokio::select! {
            () = self.carry_on() => {}
            _ = ended.changed() => {}
        }
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "the connection that carried the log was not closed");
        }
    }

    async fn carry_on(&mut self) {
        let (mut tried, mut pause) = (0, 0_u32);
        loop {
            self.written.notified().await;
            let pages = self.carry(BY_THE_WAY).await.pages;
            pause = pause.saturating_sub(1);
            // As long as it was when it was last tried: nothing has been written since.
            if pages > LONG && pages != tried && pause == 0 {
                let carried = self.begin_anew().await;
                tried = carried.pages;
                pause = if carried.is_all { 0 } else { PAUSE };
            }
            tokio::time::sleep(if pages > MANY_PAGES { SOON } else { LATER }).await;
        }
    }

    /// Lets the next commit begin the log anew: takes the writer's turn and waits for those who read in it.
    async fn begin_anew(&mut self) -> Carried {
        self.log_is_long.store(true, Ordering::Release);
        // Where all is carried it is also made durable, which takes longest: better before the writer has to wait. That
        // nothing came while it was carried shows when it is done again.
        let mut carried = Carried::default();
        for _ in 0..BESIDE {
            let before = std::mem::replace(&mut carried, self.carry(BY_THE_WAY).await);
            if carried.is_all && before.is_all && carried.pages == before.pages {
                break;
            }
            if !carried.is_all {
                tokio::time::sleep(SOON / 4).await;
            }
        }
        let turn = self.writer.acquire().await;
        let carried = self.carry(TO_THE_END).await;
        drop(turn);
        self.log_is_long.store(false, Ordering::Release);
        carried
    }

    async fn carry(&mut self, how: &'static str) -> Carried {
        let carried: sqlx::Result<(bool, i64, i64)> =
            sqlx::query_as(how).fetch_one(&mut self.connection).await;
        match carried {
            Ok((is_busy, pages, carried)) => Carried {
                pages,
                is_all: !is_busy && carried == pages,
            },
            Err(error) => {
                // The writer will do it, and say what is wrong.
                tracing::debug!(%error, "the log was not carried into the file");
                Carried::default()
            }
        }
    }
}

/// How far it has come.
#[derive(Debug, Default)]
struct Carried {
    /// In the log.
    pages: i64,
    /// Whether all of them have been carried and, where that was asked, nobody reads in the log any more.
    is_all: bool,
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

/// Whether another program is writing.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| matches!(meaning(&code, String::new), Some(StoreError::Busy)))
}

/// What an error's code means.
pub(crate) fn meaning(code: &str, message: impl FnOnce() -> String) -> Option<StoreError> {
    Some(match code {
        "13" => StoreError::Full,
        "11" | "26" | "267" | "523" | "779" => StoreError::Foreign(message()),
        "1555" | "2067" => StoreError::Conflict,
        "5" | "6" | "261" | "517" => StoreError::Busy,
        _ => return None,
    })
}

/// How many of `left` rows or values the next statement takes. Each text is prepared for a few numbers of them, once,
/// where reading a long one anew would take longer than doing what it says: for those that are three binary digits and
/// then zeros. Of rows it takes the next smaller such number; values it takes all, and [`render`] says the last of them
/// again until they are the next larger.
pub(crate) fn at_once(query: &Query<'_>, left: usize) -> usize {
    let most = left.clamp(1, AT_ONCE);
    if query.rows.is_some() {
        most - most % step(most)
    } else {
        most
    }
}

/// What a number of this size is a multiple of.
fn step(size: usize) -> usize {
    1 << size.checked_ilog2().unwrap_or(0).saturating_sub(2)
}

/// The text and arguments for a piece of a statement's rows.
pub(crate) fn render(
    query: &Query<'_>,
    piece: Range<usize>,
) -> sqlx::Result<(AssertSqlSafe<Cow<'static, str>>, SqliteArguments)> {
    let mut arguments = SqliteArguments::default();
    if query.rows.is_none() && query.lists.is_empty() {
        arguments.reserve(query.values.len(), 0);
        for value in &query.values {
            add(&mut arguments, value)?;
        }
        return Ok((AssertSqlSafe(query.sql.into()), arguments));
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
                let places = range.len().next_multiple_of(step(range.len()));
                for place in 0..places {
                    sql.push_str(if place == 0 { "?" } else { ", ?" });
                    let i = range.start + place.min(range.len() - 1);
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
    Ok((AssertSqlSafe(sql.into()), arguments))
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
