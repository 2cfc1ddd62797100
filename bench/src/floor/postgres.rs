//! The floor's statements for PostgreSQL: one for each table, with one array for each column.

use super::rows::Batch;
use sqlx::PgPool;

const REPORTS: &str = "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, account_id, at, status, stale, answers_enc, before_id, before_day) \
     SELECT id, school, class, person, $5, 1, 0, submission, 1, person, id, 'accepted', FALSE, answers, before_id, before_day \
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $6::bytea[], $7::bytea[], $8::bigint[], $9::bigint[]) \
     AS r (id, school, class, person, submission, answers, before_id, before_day)";
const STATES: &str = "INSERT INTO person_state (person_id, school_id, class_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc) \
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[]) \
     ON CONFLICT (person_id) DO UPDATE SET day = excluded.day, code = excluded.code, ends_day = excluded.ends_day, \
     reported_day = excluded.reported_day, channel = excluded.channel, revision = excluded.revision, told_day = excluded.told_day, \
     told_id = excluded.told_id, state_enc = excluded.state_enc";
const COUNTERS: &str = "INSERT INTO counter (class_id, day, school_id, guardian, green, grey) \
     SELECT class, $2, school, n, n, -n FROM unnest($1::bigint[], $3::bigint[], $4::bigint[]) AS c (class, school, n) \
     ON CONFLICT (day, school_id, class_id) DO UPDATE SET guardian = counter.guardian + excluded.guardian, \
     green = counter.green + excluded.green, grey = counter.grey + excluded.grey";
const SCHOOLS: &str = "INSERT INTO school_sum (day, zone, region_code, school_id, classes, students, guardian, paper, proxy, green, yellow, red, grey) \
     SELECT $1, zone, region, school, 0, 0, n, 0, 0, n, 0, 0, -n FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS s (zone, region, school, n) \
     ON CONFLICT (day, zone, region_code, school_id) DO UPDATE SET classes = school_sum.classes + excluded.classes, \
     students = school_sum.students + excluded.students, guardian = school_sum.guardian + excluded.guardian, \
     paper = school_sum.paper + excluded.paper, proxy = school_sum.proxy + excluded.proxy, green = school_sum.green + excluded.green, \
     yellow = school_sum.yellow + excluded.yellow, red = school_sum.red + excluded.red, grey = school_sum.grey + excluded.grey";
const REGIONS: &str = "INSERT INTO region_sum (region_code, zone, day, node_no, classes, turns, students, guardian, paper, proxy, green, yellow, red, grey) \
     SELECT region, zone, $1, 0, 0, 0, 0, n, 0, 0, n, 0, 0, -n FROM unnest($2::text[], $3::text[], $4::bigint[]) AS r (region, zone, n) \
     ON CONFLICT (region_code, zone, day, node_no) DO UPDATE SET classes = region_sum.classes + excluded.classes, \
     turns = region_sum.turns + excluded.turns, students = region_sum.students + excluded.students, \
     guardian = region_sum.guardian + excluded.guardian, paper = region_sum.paper + excluded.paper, proxy = region_sum.proxy + excluded.proxy, \
     green = region_sum.green + excluded.green, yellow = region_sum.yellow + excluded.yellow, red = region_sum.red + excluded.red, \
     grey = region_sum.grey + excluded.grey";

/// One commit.
pub async fn write(pool: &PgPool, batch: &Batch) -> sqlx::Result<()> {
    let (reports, states, counters) = (&batch.reports, &batch.states, &batch.counters);
    let (schools, regions) = (&batch.schools, &batch.regions);
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
    sqlx::query(SCHOOLS)
        .bind(day)
        .bind(schools.iter().map(|s| s.0.0.as_str()).collect::<Vec<_>>())
        .bind(schools.iter().map(|s| s.0.1.as_str()).collect::<Vec<_>>())
        .bind(schools.iter().map(|s| s.0.2).collect::<Vec<_>>())
        .bind(schools.iter().map(|s| s.1).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    sqlx::query(REGIONS)
        .bind(day)
        .bind(regions.iter().map(|r| r.0.0.as_str()).collect::<Vec<_>>())
        .bind(regions.iter().map(|r| r.0.1.as_str()).collect::<Vec<_>>())
        .bind(regions.iter().map(|r| r.1).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}
