//! The floor of a report: the rows that the intake writes, in as few statements and in commits of the same size, with
//! nothing read, decided or encrypted and nobody asking over HTTP.

mod postgres;
mod rows;
mod sqlite;

use crate::database::Database;
use crate::families::Families;
use rows::Batch;
pub use rows::State;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// More children than any floor needs in its time.
const CHILDREN: usize = 100_000;

/// Days ahead of today in which floors write, each in one of its own.
static AHEAD: AtomicI32 = AtomicI32::new(1_000);

/// Reports a second in commits of `size`. Their day lies ahead, so that no report of today is touched, and the states
/// are written as they are, so that no list of anybody's reports knows of them: the database stays as good as it was.
pub async fn inserts(database: &Database, families: &Families, size: usize, time: Duration) -> f64 {
    let children = families.some(CHILDREN);
    let ahead = AHEAD.fetch_add(1, Ordering::Relaxed);
    let day = families.town.day.plus(ahead);
    let batches = rows::batches(database, &children, day, size).await;
    let begun = Instant::now();
    let mut written = 0;
    for batch in &batches {
        write(database, batch).await;
        written += batch.reports.len();
        if begun.elapsed() > time {
            break;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    rows::must_be_there(database, day, written).await;
    crate::figures::number(written) / took
}

async fn write(database: &Database, batch: &Batch) {
    match database {
        Database::Sqlite(pool) => sqlite::write(pool, batch).await,
        Database::Postgres(pool) => postgres::write(pool, batch).await,
    }
    .unwrap();
}
