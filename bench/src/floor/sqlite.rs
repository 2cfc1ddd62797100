//! The floor's statements for SQLite: one for each table, with all rows of a commit.

use super::rows::Batch;
use sqlx::{AssertSqlSafe, SqlitePool};

const REPORTS: &str = "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, account_id, at, status, stale, answers_enc, before_id, before_day) VALUES ";
const STATES: &str = "INSERT INTO person_state (person_id, school_id, class_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc) VALUES ";
const STATES_AGAIN: &str = " ON CONFLICT (person_id) DO UPDATE SET school_id = excluded.school_id, class_id = excluded.class_id, day = excluded.day, \
     code = excluded.code, ends_day = excluded.ends_day, reported_day = excluded.reported_day, channel = excluded.channel, \
     revision = excluded.revision, told_day = excluded.told_day, told_id = excluded.told_id, state_enc = excluded.state_enc";
const COUNTERS: &str =
    "INSERT INTO counter (class_id, day, school_id, guardian, green, grey) VALUES ";
const COUNTERS_AGAIN: &str = " ON CONFLICT (day, school_id, class_id) DO UPDATE SET guardian = counter.guardian + excluded.guardian, \
     green = counter.green + excluded.green, grey = counter.grey + excluded.grey";

/// A statement for so many rows of so many columns; the same text each time, so that it is prepared once.
fn with_rows(begin: &str, columns: usize, rows: usize, end: &str) -> AssertSqlSafe<String> {
    let row = format!("({})", vec!["?"; columns].join(", "));
    AssertSqlSafe(format!(
        "{begin}{}{end}",
        vec![row.as_str(); rows].join(", ")
    ))
}

/// One commit.
pub async fn write(pool: &SqlitePool, batch: &Batch) -> sqlx::Result<()> {
    let rows = batch.reports.len();
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
    let mut query = sqlx::query(with_rows(COUNTERS, 6, batch.counters.len(), COUNTERS_AGAIN));
    for (class, school, reports) in &batch.counters {
        query = query
            .bind(class)
            .bind(batch.reports[0].day)
            .bind(school)
            .bind(reports)
            .bind(reports)
            .bind(-reports);
    }
    query.execute(&mut *tx).await?;
    tx.commit().await
}
