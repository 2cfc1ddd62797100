//! The database of a run, looked at from outside the program.

use crate::floor::State;
use domain::Day;
use services::open::Location;
use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, FromRow, PgPool, SqlitePool};
use std::path::Path;

/// Children named in one statement.
const AT_ONCE: usize = 10_000;

/// Either engine's, over one connection.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server's.
    Postgres(PgPool),
}

/// Runs one statement for either engine, each with its own types of rows and arguments.
macro_rules! on_either {
    ($database:expr, $pool:ident => $query:expr) => {
        match $database {
            Database::Sqlite($pool) => $query,
            Database::Postgres($pool) => $query,
        }
    };
}

impl Database {
    /// Opens a file as the program's writer does: as durable, with as much in memory, and with as long a log.
    pub async fn file(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .statement_cache_capacity(500)
            .pragma("journal_size_limit", "134217728")
            .pragma("wal_autocheckpoint", "65536")
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "memory")
            .pragma("secure_delete", "on");
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false);
        Self::Sqlite(pool.connect_with(options).await.unwrap())
    }

    /// Opens that of a place: a server's where its address is given.
    pub async fn open(location: &Location, url: Option<&str>) -> Self {
        match url {
            Some(url) => Self::server(url).await,
            None => Self::file(&location.database()).await,
        }
    }

    /// Connects to a server's database.
    async fn server(url: &str) -> Self {
        let pool = PgPoolOptions::new().max_connections(1);
        Self::Postgres(pool.connect(url).await.unwrap())
    }

    /// The children of whom there is a report of a day that is in force, once for each report, in order.
    pub async fn reported(&self, day: Day) -> Vec<i64> {
        let sql = "SELECT person_id FROM report WHERE day = $1 AND status = 'accepted' ORDER BY person_id";
        on_either!(self, pool => sqlx::query_scalar(sql).bind(i64::from(day.0)).fetch_all(pool).await.unwrap())
    }

    /// How many reports of a day there are, whatever became of them.
    pub async fn reports(&self, day: Day) -> i64 {
        let sql = "SELECT count(*) FROM report WHERE day = $1";
        on_either!(self, pool => sqlx::query_scalar(sql).bind(i64::from(day.0)).fetch_one(pool).await.unwrap())
    }

    /// Runs a statement that either engine understands, without arguments.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        on_either!(self, pool => { sqlx::query(sql).execute(pool).await.unwrap(); });
    }

    /// The rows of a query that either engine understands, without arguments.
    pub async fn rows<T>(&self, sql: &str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let sql = AssertSqlSafe(sql.to_owned());
        on_either!(self, pool => sqlx::query_as(sql).fetch_all(pool).await.unwrap())
    }

    /// How many reports of a day are found from the states of those they speak of.
    pub async fn listed(&self, day: Day) -> i64 {
        let sql = "WITH RECURSIVE told (report_id, day) AS (
                SELECT told_id, told_day FROM person_state WHERE told_day >= $1
                UNION ALL
                SELECT r.before_id, r.before_day FROM told t JOIN report r ON r.report_id = t.report_id AND r.day = t.day
                WHERE r.before_day >= $1)
             SELECT count(*) FROM told t JOIN report r ON r.report_id = t.report_id AND r.day = t.day WHERE r.day = $1";
        on_either!(self, pool => sqlx::query_scalar(sql).bind(i64::from(day.0)).fetch_one(pool).await.unwrap())
    }

    /// What the counters of a day say: children on rosters, reports by guardians, all reports, green children.
    pub async fn counted(&self, day: Day) -> (i64, i64, i64, i64) {
        let sql = "SELECT CAST(sum(students) AS BIGINT), CAST(sum(guardian) AS BIGINT), \
                   CAST(sum(guardian + paper + proxy) AS BIGINT), CAST(sum(green) AS BIGINT) FROM counter WHERE day = $1";
        on_either!(self, pool => sqlx::query_as(sql).bind(i64::from(day.0)).fetch_one(pool).await.unwrap())
    }

    /// What the sums of a day say: reports by guardians in all schools, and in the country.
    pub async fn summed(&self, day: Day) -> (i64, i64) {
        let sql = "SELECT (SELECT CAST(sum(guardian) AS BIGINT) FROM school_sum WHERE day = $1), \
                   (SELECT CAST(sum(guardian) AS BIGINT) FROM region_sum WHERE day = $1 AND region_code = 'CN')";
        on_either!(self, pool => sqlx::query_as(sql).bind(i64::from(day.0)).fetch_one(pool).await.unwrap())
    }

    /// The states of these children, in no order.
    pub async fn states(&self, children: &[u32]) -> Vec<State> {
        let columns = "person_id, school_id, class_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc";
        let mut states = Vec::with_capacity(children.len());
        for some in children.chunks(AT_ONCE) {
            let list: Vec<String> = some.iter().map(u32::to_string).collect();
            let list = list.join(", ");
            let sql = format!("SELECT {columns} FROM person_state WHERE person_id IN ({list})");
            let rows: Vec<State> = on_either!(self, pool => {
                sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap()
            });
            states.extend(rows);
        }
        states
    }

    /// The sealed answers of some report.
    pub async fn some_answers(&self) -> Vec<u8> {
        let sql = "SELECT answers_enc FROM report LIMIT 1";
        on_either!(self, pool => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
    }

    /// Adds schools to the districts of Zhejiang in turn, each with its sums of a day, which differ from its neighbours';
    /// gives the students of all schools.
    pub async fn add_schools(&self, day: Day, count: usize) -> i64 {
        let Self::Sqlite(pool) = self else {
            panic!("schools are added to files only");
        };
        let schools = "WITH RECURSIVE
                n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1),
                district (k, code) AS MATERIALIZED (SELECT row_number() OVER (ORDER BY code) - 1, code FROM region WHERE level = 'district' AND code LIKE '33%')
             INSERT INTO school (code, name, kind, region_code, created_at)
             SELECT printf('X%09d', i), printf('第%d实验小学', i), 'primary', district.code, 0
             FROM n JOIN district ON district.k = i % (SELECT count(*) FROM district)";
        let sums = "INSERT INTO school_sum (day, zone, region_code, school_id, classes, students, guardian, paper, proxy, green, yellow, red, grey)
             SELECT $1, zone, region_code, school_id, 24, 960 + school_id % 100, 900, 10, 10, 915, 3, 2, 40 + school_id % 100
             FROM school WHERE code LIKE 'X%'";
        let students = "SELECT sum(students) FROM school_sum WHERE day = $1";
        let count = i64::try_from(count).unwrap();
        sqlx::query(schools)
            .bind(count)
            .execute(pool)
            .await
            .unwrap();
        let day = i64::from(day.0);
        sqlx::query(sums).bind(day).execute(pool).await.unwrap();
        sqlx::query_scalar(students)
            .bind(day)
            .fetch_one(pool)
            .await
            .unwrap()
    }

    /// Closes it.
    pub async fn close(self) {
        on_either!(self, pool => pool.close().await);
    }
}
