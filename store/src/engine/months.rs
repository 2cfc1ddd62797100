//! The months into which PostgreSQL's tables that grow by day are cut; see `migrations/postgres`.

use super::connections::Connections;
use super::postgres::take_the_writer;
use crate::Result;
use domain::Day;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Transaction};

/// The tables that are cut.
const TABLES: [&str; 10] = [
    "report",
    "decision",
    "turn",
    "counter",
    "counter_reason",
    "school_sum",
    "region_sum",
    "region_reason",
    "region_slot",
    "gate_entry",
];
/// Those of them whose rows of long ago are deleted, so that their months can go.
const PASSING: [&str; 2] = ["turn", "region_slot"];
/// The one of which single rows are looked up while a month of it fills.
const LOOKED_UP: &str = "report";
/// Months before this one that are made, for late reports; and months ahead, lest a day without a job be without one.
const BACK: i32 = 1;
const AHEAD: i32 = 2;
/// Months after which a month without rows is dropped.
const KEPT: i32 = 3;

/// A month, counted from the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Month(i32);

impl Month {
    fn of(day: Day) -> Self {
        let (year, month, _) = day.ymd();
        Self(year * 12 + i32::try_from(month).unwrap_or(1) - 1)
    }

    fn first(self) -> Day {
        let month = u32::try_from(self.0.rem_euclid(12)).unwrap_or(0) + 1;
        Day::from_ymd(self.0.div_euclid(12), month, 1).unwrap_or(Day(0))
    }

    fn table(self, of: &str) -> String {
        format!(
            "{of}_m{:04}{:02}",
            self.0.div_euclid(12),
            self.0.rem_euclid(12) + 1
        )
    }

    /// The month that a partition's name tells.
    fn parse(of: &str, table: &str) -> Option<Self> {
        let digits = table.strip_prefix(of)?.strip_prefix("_m")?;
        let (year, month) = digits.split_at_checked(digits.len().checked_sub(2)?)?;
        Some(Self(
            year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1,
        ))
    }
}

/// Makes the months around `today` where they are missing, and drops those long over that hold nothing any more.
pub(crate) async fn tend(connections: &Connections, today: Day) -> Result<()> {
    let mut on = connections.apart("SET lock_timeout = '10s'").await?;
    let now = Month::of(today);
    let there: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relispartition AND relkind = 'r'",
    )
    .fetch_all(&mut *on)
    .await?;
    for table in TABLES {
        for month in (now.0 - BACK..=now.0 + AHEAD).map(Month) {
            if !there.contains(&month.table(table)) {
                make(&mut on, table, month).await?;
            }
        }
    }
    for table in PASSING {
        let over = there
            .iter()
            .filter(|name| Month::parse(table, name).is_some_and(|month| month.0 < now.0 - KEPT));
        for name in over {
            let tx = change_tables(&mut on).await?;
            if_empty(tx, "DROP TABLE", name).await?;
        }
    }
    Ok(on.close().await?)
}

/// Looks at each table as a whole where nobody has in the last twelve hours. PostgreSQL itself looks at months only,
/// and plans by what it knows of the whole. Of each month some 30,000 rows are looked at, with the rests that it gives
/// itself when it looks: twelve months of 90,000 reports took a second. What somebody else is looking at is left out. A
/// table that cannot be looked at keeps no other from it; the first error of all is given.
///
/// Of what it saw empty PostgreSQL plans to read all: a morning's first plans would be kept while the month fills, and
/// each read what everybody has reported. So it forgets that it has looked there.
pub(crate) async fn take_stock(connections: Connections) -> Result<()> {
    let mut on = connections.apart("SET vacuum_cost_delay = 2").await?;
    let mut looked = Ok(());
    for table in unseen(&mut on).await? {
        let sql = format!("ANALYZE (SKIP_LOCKED) {table}");
        looked = looked.and(run(&mut on, sql).await);
    }
    for month in seen_empty(&mut on).await? {
        let mut tx = on.begin().await?;
        not_waiting_long(&mut tx).await?;
        looked = looked.and(if_empty(tx, "TRUNCATE", &month).await);
    }
    // To whoever does not own a table PostgreSQL only gives a warning.
    let left = unseen(&mut on).await?;
    on.close().await?;
    if !left.is_empty() {
        let tables = left.join(", ");
        tracing::warn!(%tables, "still not looked at: somebody else is at them just now, or the role of DATABASE_URL does not own them");
    }
    looked
}

/// The tables that nobody has looked at in the last twelve hours.
async fn unseen(on: &mut PgConnection) -> Result<Vec<String>> {
    let unseen = sqlx::query_scalar(
        "SELECT CAST(relname AS TEXT) FROM pg_stat_user_tables
         WHERE schemaname = current_schema() AND relname = ANY ($1)
           AND greatest(last_analyze, last_autoanalyze, '-infinity') < now() - INTERVAL '12 hours'",
    )
    .bind(TABLES.as_slice())
    .fetch_all(on)
    .await?;
    Ok(unseen)
}

/// The months of [`LOOKED_UP`] that were empty when somebody looked, and are still.
async fn seen_empty(on: &mut PgConnection) -> Result<Vec<String>> {
    let parts: Vec<String> = sqlx::query_scalar(
        "SELECT CAST(c.relname AS TEXT) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = to_regclass($1) AND c.reltuples = 0 AND pg_relation_size(c.oid) = 0",
    )
    .bind(LOOKED_UP)
    .fetch_all(on)
    .await?;
    let is_month = |name: &String| Month::parse(LOOKED_UP, name).is_some();
    Ok(parts.into_iter().filter(is_month).collect())
}

/// Takes the writer, whom everybody waits for, to change tables.
async fn change_tables(on: &mut PgConnection) -> Result<Transaction<'_, Postgres>> {
    let mut tx = on.begin().await?;
    take_the_writer(&mut tx).await?;
    not_waiting_long(&mut tx).await?;
    Ok(tx)
}

/// Whom others wait for shall not wait long itself for whoever reads a table, as a backup does for minutes.
async fn not_waiting_long(tx: &mut PgConnection) -> Result<()> {
    run(tx, "SET LOCAL lock_timeout = '200ms'".into()).await
}

/// Makes a month, with the rows of it that have come already.
async fn make(on: &mut PgConnection, table: &str, month: Month) -> Result<()> {
    let mut tx = change_tables(on).await?;
    let (name, from, to) = (
        month.table(table),
        month.first().0,
        Month(month.0 + 1).first().0,
    );
    run(
        &mut tx,
        format!(
            "CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
             WITH moved AS (DELETE FROM {table}_other WHERE day >= {from} AND day < {to} RETURNING *)
             INSERT INTO {name} SELECT * FROM moved"
        ),
    )
    .await?;
    let is_part: bool =
        sqlx::query_scalar("SELECT relispartition FROM pg_class WHERE oid = to_regclass($1)")
            .bind(&name)
            .fetch_one(&mut *tx)
            .await?;
    // Another server may have been quicker.
    if !is_part {
        let sql = format!(
            "ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to})"
        );
        run(&mut tx, sql).await?;
    }
    Ok(tx.commit().await?)
}

/// Does something to a month if it has no rows.
async fn if_empty(mut tx: Transaction<'_, Postgres>, what: &str, name: &str) -> Result<()> {
    let sql = format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE");
    run(&mut tx, sql).await?;
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {name})");
    let is_full: bool = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut *tx)
        .await?;
    if !is_full {
        run(&mut tx, format!("{what} {name}")).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn run(on: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(on).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_knows_its_days_and_its_name() {
        let day = Day::from_ymd(2020, 12, 31).unwrap_or(Day(0));
        let month = Month::of(day);
        assert_eq!(month.table("turn"), "turn_m202012");
        assert_eq!(Month::parse("turn", "turn_m202012"), Some(month));
        assert_eq!(Month::parse("turn", "turn_other"), None);
        assert_eq!(Month::parse("counter", "counter_reason_m202012"), None);
        assert!(month.first() <= day && day < Month(month.0 + 1).first());
        assert_eq!(Month(month.0 + 1).first().0 - month.first().0, 31);
    }
}
