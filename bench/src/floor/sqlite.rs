//! The floor's statements for SQLite: one for each table with all rows of a commit, or two or three where their number
//! differs from commit to commit.

use super::rows::{Batch, sums};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqlitePool};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

const REPORTS: &str = "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, account_id, at, status, stale, answers_enc, before_id, before_day) VALUES ";
const STATES: &str = "INSERT INTO person_state (person_id, school_id, class_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc) VALUES ";
const STATES_AGAIN: &str = " ON CONFLICT (person_id) DO UPDATE SET day = excluded.day, code = excluded.code, ends_day = excluded.ends_day, \
     reported_day = excluded.reported_day, channel = excluded.channel, revision = excluded.revision, told_day = excluded.told_day, \
     told_id = excluded.told_id, state_enc = excluded.state_enc";
const COUNTERS: &str =
    "INSERT INTO counter (class_id, day, school_id, guardian, green, grey) VALUES ";
const COUNTERS_AGAIN: &str = " ON CONFLICT (day, school_id, class_id) DO UPDATE SET guardian = counter.guardian + excluded.guardian, \
     green = counter.green + excluded.green, grey = counter.grey + excluded.grey";
const SCHOOLS: &str = "INSERT INTO school_sum (day, zone, region_code, school_id, classes, students, guardian, paper, proxy, green, yellow, red, grey) VALUES ";
const SCHOOLS_AGAIN: &str = " ON CONFLICT (day, zone, region_code, school_id) DO UPDATE SET classes = school_sum.classes + excluded.classes, \
     students = school_sum.students + excluded.students, guardian = school_sum.guardian + excluded.guardian, \
     paper = school_sum.paper + excluded.paper, proxy = school_sum.proxy + excluded.proxy, green = school_sum.green + excluded.green, \
     yellow = school_sum.yellow + excluded.yellow, red = school_sum.red + excluded.red, grey = school_sum.grey + excluded.grey";
const REGIONS: &str = "INSERT INTO region_sum (region_code, zone, day, node_no, turns, classes, students, guardian, paper, proxy, green, yellow, red, grey) VALUES ";
const REGIONS_AGAIN: &str = " ON CONFLICT (region_code, zone, day, node_no) DO UPDATE SET classes = region_sum.classes + excluded.classes, \
     turns = region_sum.turns + excluded.turns, students = region_sum.students + excluded.students, \
     guardian = region_sum.guardian + excluded.guardian, paper = region_sum.paper + excluded.paper, proxy = region_sum.proxy + excluded.proxy, \
     green = region_sum.green + excluded.green, yellow = region_sum.yellow + excluded.yellow, red = region_sum.red + excluded.red, \
     grey = region_sum.grey + excluded.grey";

/// Pages in the log that make it worth while to carry again soon, and how long it is left alone, as in the program.
const MANY_PAGES: i64 = 1_000;
const SOON: Duration = Duration::from_millis(20);
const LATER: Duration = Duration::from_millis(100);

/// A statement for so many rows of so many columns; the same text each time, so that it is prepared once.
fn with_rows(begin: &str, columns: usize, rows: usize, end: &str) -> AssertSqlSafe<String> {
    let row = format!("({})", vec!["?"; columns].join(", "));
    AssertSqlSafe(format!(
        "{begin}{}{end}",
        vec![row.as_str(); rows].join(", ")
    ))
}

/// Rows by the pieces in which the program writes them: as many as three binary digits and then zeros say, so that there
/// are few texts.
fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let step = 1 << rows.len().checked_ilog2()?.saturating_sub(2);
        let (piece, left) = rows.split_at(rows.len() - rows.len() % step);
        rows = left;
        Some(piece)
    })
}

/// One commit.
pub async fn write(pool: &SqlitePool, batch: &Batch) -> sqlx::Result<()> {
    let (rows, day) = (batch.reports.len(), batch.reports[0].day);
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut query = sqlx::query(with_rows(REPORTS, 16, rows, ""));
    for report in &batch.reports {
        query = query
            .bind(report.id)
            .bind(report.school)
            .bind(report.class)
            .bind(report.person)
            .bind(report.day)
            .bind(1)
            .bind(0)
            .bind(report.submission.as_slice())
            .bind(1)
            .bind(report.person)
            .bind(report.id)
            .bind("accepted")
            .bind(false)
            .bind(report.answers.as_slice())
            .bind(report.before.0)
            .bind(report.before.1);
    }
    query.execute(&mut *tx).await?;
    let mut query = sqlx::query(with_rows(STATES, 12, rows, STATES_AGAIN));
    for state in &batch.states {
        query = query
            .bind(state.0)
            .bind(state.1)
            .bind(state.2)
            .bind(state.3)
            .bind(state.4)
            .bind(state.5)
            .bind(state.6)
            .bind(state.7)
            .bind(state.8)
            .bind(state.9)
            .bind(state.10)
            .bind(state.11.as_slice());
    }
    query.execute(&mut *tx).await?;
    for counters in pieces(&batch.counters) {
        let mut query = sqlx::query(with_rows(COUNTERS, 6, counters.len(), COUNTERS_AGAIN));
        for (class, school, reports) in counters {
            query = query
                .bind(class)
                .bind(day)
                .bind(school)
                .bind(reports)
                .bind(reports)
                .bind(-reports);
        }
        query.execute(&mut *tx).await?;
    }
    for schools in pieces(&batch.schools) {
        let mut query = sqlx::query(with_rows(SCHOOLS, 13, schools.len(), SCHOOLS_AGAIN));
        for ((zone, region, school), reports) in schools {
            query = query
                .bind(day)
                .bind(zone)
                .bind(region.as_str())
                .bind(school);
            for number in sums(*reports) {
                query = query.bind(number);
            }
        }
        query.execute(&mut *tx).await?;
    }
    for regions in pieces(&batch.regions) {
        let mut query = sqlx::query(with_rows(REGIONS, 14, regions.len(), REGIONS_AGAIN));
        for ((region, zone), reports) in regions {
            query = query
                .bind(region.as_str())
                .bind(zone)
                .bind(day)
                .bind(0)
                .bind(0);
            for number in sums(*reports) {
                query = query.bind(number);
            }
        }
        query.execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Carries the log into the file over a connection of its own, until it hears that the writer has ended, and once more
/// then.
pub async fn carry(pool: &SqlitePool, mut ended: oneshot::Receiver<()>) {
    let options = pool.connect_options().as_ref().clone();
    let mut connection = options.pragma("cache_size", "-64").connect().await.unwrap();
    let mut pause = SOON;
    let mut has_ended = false;
    while !has_ended {
        has_ended = timeout(pause, &mut ended).await.is_ok();
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        pause = if pages > MANY_PAGES { SOON } else { LATER };
    }
    connection.close().await.unwrap();
}
