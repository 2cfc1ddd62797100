//! The floor of a report: the rows that the intake writes, in as few statements and in commits of the same size, with
//! nothing read, decided or encrypted and nobody asking over HTTP.

mod postgres;
mod rows;
mod sqlite;

use crate::database::Database;
use crate::families::Families;
use crate::figures::number;
use crate::load::Latencies;
use crate::load::loops::Done;
use rows::Batch;
pub use rows::State;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// More children than any floor needs in its time.
const CHILDREN: usize = 100_000;
/// The same of one that pauses for each.
const LONE_CHILDREN: usize = 5_000;

/// Days ahead of today in which floors write, each in one of its own.
static AHEAD: AtomicI32 = AtomicI32::new(1_000);

/// Reports a second in commits of `size`, one after the other.
pub async fn inserts(database: &Database, families: &Families, size: usize, time: Duration) -> f64 {
    let done = commits(database, families, size, None, time).await;
    number(size) * done.per_second()
}

/// How long commits of one report take, each after a pause.
pub async fn lone(
    database: &Database,
    families: &Families,
    pause: Duration,
    time: Duration,
) -> Latencies {
    let done = commits(database, families, 1, Some(pause), time).await;
    done.latencies
}

/// Commits of `size` reports. Their day lies ahead, so that no report of today is touched, and the states are written as
/// they are, so that no list of anybody's reports knows of them: the database stays as good as it was.
async fn commits(
    database: &Database,
    families: &Families,
    size: usize,
    pause: Option<Duration>,
    time: Duration,
) -> Done {
    let children = families.some(if pause.is_some() {
        LONE_CHILDREN
    } else {
        CHILDREN
    });
    let ahead = AHEAD.fetch_add(1, Ordering::Relaxed);
    let day = families.town.day.plus(ahead);
    let batches = rows::batches(database, &children, day, size).await;
    let (ending, ended) = oneshot::channel();
    let carrying = tokio::spawn(carry(database.clone(), ended));
    let mut done = Done::default();
    let begun = Instant::now();
    for batch in &batches {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        let commit = Instant::now();
        write(database, batch).await;
        done.latencies.push(commit.elapsed());
        if begun.elapsed() > time {
            break;
        }
    }
    done.took = begun.elapsed();
    drop(ending);
    carrying.await.unwrap();
    rows::must_be_there(database, day, done.latencies.len() * size).await;
    done
}

/// Does beside the writer what the program does there.
async fn carry(database: Database, ended: oneshot::Receiver<()>) {
    if let Database::Sqlite(pool) = database {
        sqlite::carry(&pool, ended).await;
    }
}

async fn write(database: &Database, batch: &Batch) {
    match database {
        Database::Sqlite(pool) => sqlite::write(pool, batch).await,
        Database::Postgres(pool) => postgres::write(pool, batch).await,
    }
    .unwrap();
}
