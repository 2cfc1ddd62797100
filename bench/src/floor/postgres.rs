//! The floor's statements for PostgreSQL: one for each table, with one array for each column.

use super::rows::Batch;
use sqlx::PgPool;

const REPORTS: &str = "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, account_id, at, status, stale, answers_enc, before_id, before_day) \
     SELECT id, school, class, person, $5, 1, 0, submission, 1, person, id, 'accepted', FALSE, answers, before_id, before_day \
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $6::bytea[], $7::bytea[], $8::bigint[], $9::bigint[]) \
     AS r (id, school, class, person, submission, answers, before_id, before_day)";
const STATES: &str = "INSERT INTO person_state (person_id, school_id, class_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc) \
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[]) \
     ON CONFLICT (person_id) DO UPDATE SET school_id = excluded.school_id, class_id = excluded.class_id, day = excluded.day, \
     code = excluded.code, ends_day = excluded.ends_day, reported_day = excluded.reported_day, channel = excluded.channel, \
     revision = excluded.revision, told_day = excluded.told_day, told_id = excluded.told_id, state_enc = excluded.state_enc";
const COUNTERS: &str = "INSERT INTO counter (class_id, day, school_id, guardian, green, grey) \
     SELECT class, $2, school, n, n, -n FROM unnest($1::bigint[], $3::bigint[], $4::bigint[]) AS c (class, school, n) \
     ON CONFLICT (day, school_id, class_id) DO UPDATE SET guardian = counter.guardian + excluded.guardian, \
     green = counter.green + excluded.green, grey = counter.grey + excluded.grey";

/// One commit.
pub async fn write(pool: &PgPool, batch: &Batch) -> sqlx::Result<()> {
    let (reports, states, counters) = (&batch.reports, &batch.states, &batch.counters);
    let day = reports[0].day;
    let mut tx = pool.begin().await?;
    sqlx::query(REPORTS)
        .bind(reports.iter().map(|r| r.id).collect::<Vec<_>>())
        .bind(reports.iter().map(|r| r.school).collect::<Vec<_>>())
        .bind(reports.iter().map(|r| r.class).collect::<Vec<_>>())
        .bind(reports.iter().map(|r| r.person).collect::<Vec<_>>())
        .bind(day)
        .bind(
            reports
                .iter()
                .map(|r| r.submission.as_slice())
                .collect::<Vec<_>>(),
        )
        .bind(
            reports
                .iter()
                .map(|r| r.answers.as_slice())
                .collect::<Vec<_>>(),
        )
        .bind(reports.iter().map(|r| r.before.0).collect::<Vec<_>>())
        .bind(reports.iter().map(|r| r.before.1).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    sqlx::query(STATES)
        .bind(states.iter().map(|s| s.0).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.1).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.2).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.3).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.4).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.5).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.6).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.7).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.8).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.9).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.10).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.11.as_slice()).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    sqlx::query(COUNTERS)
        .bind(counters.iter().map(|c| c.0).collect::<Vec<_>>())
        .bind(day)
        .bind(counters.iter().map(|c| c.1).collect::<Vec<_>>())
        .bind(counters.iter().map(|c| c.2).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}
