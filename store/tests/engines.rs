//! Both engines keep the same: the same tables and columns, and what goes in comes out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use domain::ids::{ClassId, DecisionId, PersonId, SchoolId};
use domain::{Day, Millis};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;
use store::{
    CounterKey, DatabaseUrl, DecisionRow, Job, Numbers, RegionRow, SessionRow, Store, StoreError,
};
use testing::Cluster;

fn migrations(engine: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../migrations")
        .join(engine);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

async fn server() -> (Store, String) {
    let address = Cluster::shared().database(None);
    let url: DatabaseUrl = address.parse().unwrap();
    (Store::connect(&url, None).await.unwrap(), address)
}

/// Table and column with its type as SQLite would call it, and whether it may be missing.
type Columns = BTreeMap<(String, String), (String, bool)>;

async fn columns_of_sqlite() -> Columns {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fuxue.db");
    Store::open(&file).await.unwrap().close().await;
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT t.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '_sqlx%' AND t.name NOT LIKE 'sqlite%'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    rows.into_iter()
        .map(|(table, column, kind, needed)| ((table, column), (kind, needed)))
        .collect()
}

async fn columns_of_postgres(address: &str) -> Columns {
    let mut db = PgConnection::connect(address).await.unwrap();
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), format_type(a.atttypid, a.atttypmod), a.attnotnull
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND a.attnum > 0 AND NOT a.attisdropped AND c.relname NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let kind = |kind: String| match kind.as_str() {
        "bigint" | "boolean" => "INTEGER".to_owned(),
        "text" => "TEXT".to_owned(),
        "bytea" => "BLOB".to_owned(),
        _ => kind,
    };
    rows.into_iter()
        .map(|(table, column, k, needed)| ((table, column), (kind(k), needed)))
        .collect()
}

#[tokio::test]
async fn both_engines_have_the_same_migrations_tables_and_columns() {
    assert_eq!(migrations("sqlite"), migrations("postgres"));
    let (store, address) = server().await;
    store
        .tend(Day::from_ymd(2020, 9, 14).unwrap())
        .await
        .unwrap();
    let (ours, theirs) = (
        columns_of_sqlite().await,
        columns_of_postgres(&address).await,
    );
    let differing: Vec<_> = ours
        .iter()
        .filter(|(key, value)| theirs.get(key) != Some(value))
        .map(|(key, value)| (key, value, theirs.get(key)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    let unknown: Vec<_> = theirs
        .keys()
        .filter(|key| !ours.contains_key(key))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    store.close().await;
}

#[tokio::test]
async fn months_are_made_once_and_take_along_what_was_there() {
    let (store, address) = server().await;
    let day = Day::from_ymd(2020, 9, 14).unwrap();
    let cluster = Cluster::shared();
    cluster.psql(
        &address,
        &format!(
            "INSERT INTO counter (class_id, day, school_id) VALUES (1, {0}, 1), (1, {0} + 1000, 1)",
            day.0
        ),
    );
    for _ in 0..2 {
        store.tend(day).await.unwrap();
    }
    let count = |table: &str| cluster.psql(&address, &format!("SELECT count(*) FROM {table}"));
    assert_eq!(count("counter_m202009").trim(), "1");
    assert_eq!(
        count("counter_other").trim(),
        "1",
        "far days are kept beside"
    );
    assert_eq!(count("counter").trim(), "2");
    assert_eq!(count("report_m202011").trim(), "0", "ahead of time");
    // Half a year later the months whose rows were deleted are gone.
    store.tend(day.plus(180)).await.unwrap();
    let left = cluster.psql(
        &address,
        "SELECT to_regclass('turn_m202009') IS NULL AND to_regclass('counter_m202009') IS NOT NULL
            AND to_regclass('gate_entry_m202009') IS NOT NULL",
    );
    assert_eq!(left.trim(), "t");
    store.close().await;
}

#[tokio::test]
async fn what_is_cut_into_months_is_looked_at_as_a_whole_once_a_day() {
    let (store, address) = server().await;
    let day = Day::from_ymd(2020, 9, 14).unwrap();
    store.tend(day).await.unwrap();
    let ask = |sql: &str| Cluster::shared().psql(&address, sql).trim().to_owned();
    let fill = format!(
        "INSERT INTO counter (class_id, day, school_id) SELECT n, {} + n % 40, n % 7 FROM generate_series(1, 1000) n",
        day.0
    );
    ask(&fill);
    let known = "SELECT count(*) FROM pg_stats WHERE tablename = 'counter' AND inherited AND attname = 'school_id' AND n_distinct = 7";
    assert_eq!(ask(known), "0");
    // Whoever writes has no part in it.
    let writer = store.write().await.unwrap();
    store.take_stock().await.unwrap();
    drop(writer);
    assert_eq!(ask(known), "1");
    let seen = "SELECT count(*), max(last_analyze) FROM pg_stat_user_tables WHERE relname IN
        ('report', 'decision', 'turn', 'counter', 'counter_reason', 'school_sum', 'region_sum', 'region_reason', 'region_slot', 'gate_entry')
        AND last_analyze IS NOT NULL";
    let first = ask(seen);
    assert!(first.starts_with("10|"), "{first}");
    store.take_stock().await.unwrap();
    assert_eq!(ask(seen), first, "once a day");
    store.close().await;
}

#[tokio::test]
async fn what_nobody_waits_for_is_written_in_its_order_all_of_it_or_nothing() {
    let (store, _) = server().await;
    let day = Day::from_ymd(2020, 9, 1).unwrap();
    let key = CounterKey {
        day,
        school: SchoolId(1),
        class: ClassId(1),
    };
    let grey = |people| BTreeMap::from([(key, Numbers::grey(people))]);
    let decision = DecisionRow {
        decision_id: DecisionId(1),
        school_id: SchoolId(1),
        person_id: PersonId(1),
        day,
        at: Millis(0),
        code: 1,
        ends_day: None,
        replaces: None,
        cause: "report".into(),
        detail_enc: Vec::new(),
    };
    let students = async || {
        let mut tx = store.read().await.unwrap();
        let rows = tx.counters_of_school(SchoolId(1), day).await.unwrap();
        let decided = tx.decisions_of(PersonId(1), 9).await.unwrap().len();
        let students: Vec<_> = rows.iter().map(|row| row.numbers.students).collect();
        (students, decided, tx.marks().await.unwrap().numbers)
    };
    // Twice on the same row, and read between.
    let mut tx = store.write().await.unwrap();
    tx.add_counters(&grey(3), &[]).await.unwrap();
    tx.add_counters(&grey(2), &[]).await.unwrap();
    let rows = tx.counters_of_school(SchoolId(1), day).await.unwrap();
    assert_eq!(rows[0].numbers.students, 5);
    tx.insert_decisions(std::slice::from_ref(&decision))
        .await
        .unwrap();
    tx.add_counters(&grey(1), &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(students().await, (vec![6], 1, 1));
    // Without a commit, and with one that fails because there is such a decision.
    let mut tx = store.write().await.unwrap();
    tx.add_counters(&grey(4), &[]).await.unwrap();
    drop(tx);
    let mut tx = store.write().await.unwrap();
    tx.add_counters(&grey(4), &[]).await.unwrap();
    tx.insert_decisions(&[decision]).await.unwrap();
    let refused = tx.commit().await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(students().await, (vec![6], 1, 1));
    store.close().await;
}

#[tokio::test]
async fn what_is_planned_while_a_month_is_empty_does_not_read_all_of_it_once_it_is_full() {
    let (store, address) = server().await;
    let day = Day::from_ymd(2020, 9, 1).unwrap();
    store.tend(day).await.unwrap();
    let ask = |sql: &str| Cluster::shared().psql(&address, sql);
    let plan = || {
        ask(&format!(
            "EXPLAIN SELECT status FROM report WHERE report_id = 1 AND day = {}",
            day.0
        ))
    };
    store.take_stock().await.unwrap();
    assert!(
        plan().contains("Index Scan using report_m202009_pkey"),
        "{}",
        plan()
    );
    // A month with rows keeps them, and what is known of it.
    ask(&format!(
        "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, at, status)
         VALUES (1, 1, 1, 1, {}, 1, 0, '', 1, 0, 'accepted')",
        day.0
    ));
    ask("ANALYZE report");
    store.take_stock().await.unwrap();
    let known = "SELECT count(*), (SELECT reltuples FROM pg_class WHERE relname = 'report_m202009') FROM report";
    assert_eq!(ask(known).trim(), "1|1");
    store.close().await;
}

#[tokio::test]
async fn a_table_that_cannot_be_looked_at_keeps_no_other_from_it() {
    let (store, address) = server().await;
    let day = Day::from_ymd(2020, 9, 14).unwrap();
    store.tend(day).await.unwrap();
    let ask = |sql: &str| Cluster::shared().psql(&address, sql).trim().to_owned();
    let weighed = "FUNCTION weighed(BIGINT) RETURNS BIGINT LANGUAGE plpgsql IMMUTABLE AS";
    ask(&format!(
        "INSERT INTO counter (class_id, day, school_id) VALUES (1, {}, 1);
         CREATE {weighed} 'BEGIN RETURN $1; END';
         CREATE INDEX ON counter (weighed(school_id));
         CREATE OR REPLACE {weighed} 'BEGIN RAISE ''too heavy''; END'",
        day.0
    ));
    let error = store.take_stock().await.unwrap_err();
    assert!(error.to_string().contains("too heavy"), "{error}");
    // What has failed is a month of this one.
    let seen = "SELECT count(*) FROM pg_stat_user_tables
        WHERE relname IN ('report', 'decision', 'counter', 'counter_reason', 'region_slot', 'gate_entry') AND last_analyze IS NOT NULL";
    assert_eq!(ask(seen), "6");
    store.close().await;
}

#[tokio::test]
async fn a_database_that_is_not_ours_is_refused_with_advice() {
    let cluster = Cluster::shared();
    let address = cluster.database(None);
    cluster.psql(&address, "CREATE TABLE orders (id int)");
    let refused = Store::connect(&address.parse().unwrap(), None).await;
    assert!(
        matches!(&refused, Err(StoreError::Foreign(why)) if why.contains("another program")),
        "{refused:?}"
    );
    let (store, address) = server().await;
    store.close().await;
    cluster.psql(
        &address,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '', 0)",
    );
    let refused = Store::connect(&address.parse().unwrap(), None).await;
    assert!(
        matches!(&refused, Err(StoreError::Foreign(why)) if why.contains("newer version")),
        "{refused:?}"
    );
    let nowhere = cluster.url("nowhere").parse().unwrap();
    let refused = Store::connect(&nowhere, None).await;
    assert!(matches!(refused, Err(StoreError::Refused(why)) if why.contains("createdb")));
}

#[tokio::test]
async fn servers_have_numbers_of_their_own_and_give_them_back() {
    let (first, address) = server().await;
    let url: DatabaseUrl = address.parse().unwrap();
    let second = Store::connect(&url, None).await.unwrap();
    assert_eq!((first.node(), second.node()), (Some(0), Some(1)));
    first.close().await;
    let third = Store::connect(&url, None).await.unwrap();
    assert_eq!(third.node(), Some(0));
    Cluster::shared().psql(
        &address,
        "INSERT INTO node (node_no, seen_at)
         SELECT n, extract(epoch FROM clock_timestamp()) * 1000 FROM generate_series(2, 255) n",
    );
    let refused = Store::connect(&url, None).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(why)) if why.contains("256 servers")),
        "no number is two servers'"
    );
    second.close().await;
    let fourth = Store::connect(&url, None).await.unwrap();
    assert_eq!(fourth.node(), Some(1));
    fourth.close().await;
    third.close().await;
}

#[tokio::test]
async fn several_servers_may_start_on_a_new_database_at_once() {
    let url: DatabaseUrl = Cluster::shared().database(None).parse().unwrap();
    let (a, b, c) = tokio::join!(
        Store::connect(&url, None),
        Store::connect(&url, None),
        Store::connect(&url, None)
    );
    let stores = [a.unwrap(), b.unwrap(), c.unwrap()];
    let numbers: BTreeSet<_> = stores.iter().map(Store::node).collect();
    assert_eq!(numbers.len(), 3);
    for store in stores {
        store.close().await;
    }
}

#[tokio::test]
async fn two_programs_write_into_one_file_by_turns() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fuxue.db");
    let server = Store::open(&file).await.unwrap();
    let import = Store::open(&file).await.unwrap();
    let piece = import.write().await.unwrap();
    let mut report = Box::pin(server.write());
    let while_it_lasts = tokio::time::timeout(Duration::from_millis(50), &mut report).await;
    assert!(while_it_lasts.is_err(), "neither begun nor refused");
    piece.commit().await.unwrap();
    report.await.unwrap().commit().await.unwrap();
    server.close().await;
    import.close().await;
    assert!(matches!(server.write().await, Err(StoreError::Busy)));
}

#[tokio::test]
async fn a_job_is_held_by_one_server_and_taken_over_when_it_lets_go() {
    let (first, address) = server().await;
    let second = Store::connect(&address.parse().unwrap(), None)
        .await
        .unwrap();
    let held = first.try_hold(Job::Redecide).await.unwrap();
    assert!(held.is_some());
    assert!(second.try_hold(Job::Redecide).await.unwrap().is_none());
    assert!(second.try_hold(Job::Slots).await.unwrap().is_some());
    drop(held);
    drop(second.hold(Job::Redecide).await.unwrap());
    first.close().await;
    second.close().await;
}

/// What [`Store::write`] promises, on either engine.
async fn writes_follow_each_other(stores: [&Store; 2]) {
    let add = async |store: &Store| {
        for _ in 0..25 {
            let mut tx = store.write().await.unwrap();
            let n = tx.meta("n").await.unwrap().map_or(0, |v| v[0]);
            tx.set_meta("n", &[n + 1]).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    tokio::join!(
        add(stores[0]),
        add(stores[1]),
        add(stores[0]),
        add(stores[1])
    );
    let n = stores[0].read().await.unwrap().meta("n").await.unwrap();
    assert_eq!(n, Some(vec![100]), "no write was lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_and_then_writes_is_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&folder.path().join("fuxue.db")).await.unwrap();
    Box::pin(writes_follow_each_other([&file, &file])).await;
    let (first, address) = server().await;
    let second = Store::connect(&address.parse().unwrap(), None)
        .await
        .unwrap();
    Box::pin(writes_follow_each_other([&first, &second])).await;
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn lists_and_rows_of_any_length_come_back_from_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&folder.path().join("fuxue.db")).await.unwrap();
    let (server, _) = server().await;
    for store in [&file, &server] {
        let mut tx = store.write().await.unwrap();
        let keys: Vec<(i64, Vec<u8>)> = (0..12_345).map(|n| (n, vec![7])).collect();
        tx.insert_subject_keys(&keys).await.unwrap();
        tx.insert_subject_keys(&[]).await.unwrap();
        let found = tx.subject_keys(&[12_344]).await.unwrap();
        assert_eq!(found, [(12_344, vec![7])]);
        let again = tx.insert_subject_keys(&keys[..1]).await;
        assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert_eq!(
            tx.subject_keys(&[1]).await.unwrap(),
            [],
            "dropped without a trace"
        );
        let many: Vec<PersonId> = (0..40_000).map(PersonId).collect();
        assert_eq!(tx.people(&many).await.unwrap(), []);
        assert_eq!(tx.people(&[]).await.unwrap(), []);
        let region = |name: &str| RegionRow {
            code: "CN".parse().unwrap(),
            parent: None,
            level: "country".into(),
            name: name.into(),
            name_en: String::new(),
        };
        assert!(tx.upsert_region(&region("中国"), true).await.unwrap());
        assert!(
            !tx.upsert_region(&region("中国"), true).await.unwrap(),
            "nothing changed"
        );
        assert!(tx.upsert_region(&region("中华"), true).await.unwrap());
        let before = tx.marks().await.unwrap();
        tx.commit().await.unwrap();
        let after = store.read().await.unwrap().marks().await.unwrap();
        assert!(after.settings > before.settings && after.numbers == before.numbers);
    }
    file.close().await;
    server.close().await;
}

#[tokio::test]
async fn a_foreign_key_holds_on_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&folder.path().join("fuxue.db")).await.unwrap();
    let (server, _) = server().await;
    for store in [&file, &server] {
        let mut tx = store.write().await.unwrap();
        let row = SessionRow {
            token_hash: vec![1],
            account_id: domain::ids::AccountId(404),
            created_at: Millis(0),
            used_at: Millis(0),
            idle_ms: 0,
            ends_at: Millis(0),
        };
        assert!(tx.insert_sessions(&[row]).await.is_err());
    }
    file.close().await;
    server.close().await;
}

#[tokio::test]
async fn after_a_failed_statement_nothing_can_be_committed() {
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&folder.path().join("fuxue.db")).await.unwrap();
    let (server, _) = server().await;
    for store in [&file, &server] {
        let mut tx = store.write().await.unwrap();
        tx.insert_subject_key(1, b"key").await.unwrap();
        let again = tx.insert_subject_key(1, b"key").await;
        assert!(matches!(again, Err(StoreError::Conflict)));
        let committed = tx.commit().await;
        assert!(matches!(committed, Err(StoreError::Broken)));
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.subject_keys(&[1]).await.unwrap(), []);
    }
    file.close().await;
    server.close().await;
}

/// Waits until somebody waits for a lock in this database.
async fn somebody_waits(address: &str) {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while Cluster::shared().psql(address, waiting).trim() != "1" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn people_of_one_school_are_written_for_at_once_and_the_same_person_one_after_the_other() {
    let (store, address) = server().await;
    Cluster::shared().psql(
        &address,
        "INSERT INTO person_state (person_id, school_id, class_id, day, code, state_enc)
         VALUES (1, 1, 11, 18500, 0, ''), (2, 1, 11, 18500, 0, '')",
    );
    let both = [PersonId(2), PersonId(1)];
    let first = store.write_for(&both[1..]).await.unwrap();
    let beside = store.write_for(&both[..1]).await.unwrap();
    beside.commit().await.unwrap();
    let mut second = pin!(store.write_for(&both));
    tokio::select! {
        biased;
        _ = &mut second => panic!("the first still writes for the same person"),
        () = somebody_waits(&address) => {}
    }
    first.commit().await.unwrap();
    second.await.unwrap().commit().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_name_is_one_transactions_at_a_time() {
    let (store, address) = server().await;
    let mut first = store.write_for(&[]).await.unwrap();
    first.lock_names(&["a", "b"]).await.unwrap();
    let mut beside = store.write_for(&[]).await.unwrap();
    beside.lock_names(&["c"]).await.unwrap();
    beside.commit().await.unwrap();
    let mut second = store.write_for(&[]).await.unwrap();
    {
        let mut taking = pin!(second.lock_names(&["b"]));
        tokio::select! {
            biased;
            _ = &mut taking => panic!("it is the first one's"),
            () = somebody_waits(&address) => {}
        }
        first.commit().await.unwrap();
        taking.await.unwrap();
    }
    second.commit().await.unwrap();
    store.close().await;
}

/// Whether what was read before something happened still holds when it is written over.
async fn holds(store: &Store, happens: impl AsyncFnOnce(&Store)) -> bool {
    // The writer has to have been asked once before anything can be told.
    let (tx, _) = store.write_after(&[], None).await.unwrap();
    tx.commit().await.unwrap();
    let (tx, seen) = store.read_ahead().await.unwrap().unwrap();
    drop(tx);
    happens(store).await;
    store.write_after(&[], Some(seen)).await.unwrap().1
}

#[tokio::test]
async fn what_was_read_ahead_holds_until_somebody_else_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fuxue.db");
    let store = Store::open(&path).await.unwrap();
    assert!(store.read_ahead().await.unwrap().is_none(), "never asked");
    assert!(holds(&store, async |_| {}).await);
    let by_the_same = async |store: &Store| {
        let (tx, _) = store.write_after(&[], None).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert!(holds(&store, by_the_same).await);
    let without_news = async |store: &Store| {
        let mut tx = store.write().await.unwrap();
        tx.brings_no_news();
        tx.commit().await.unwrap();
    };
    assert!(holds(&store, without_news).await);
    let by_another = async |store: &Store| store.write().await.unwrap().commit().await.unwrap();
    assert!(!holds(&store, by_another).await);
    let for_people = async |store: &Store| {
        let tx = store.write_for(&[PersonId(1)]).await.unwrap();
        tx.commit().await.unwrap();
    };
    assert!(!holds(&store, for_people).await);
    let broken_off = async |store: &Store| drop(store.write().await.unwrap());
    assert!(!holds(&store, broken_off).await);
    let by_another_program = async |_: &Store| {
        let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display()))
            .await
            .unwrap();
        sqlx::query("INSERT INTO meta (key, value) VALUES ('other', x'00')")
            .execute(&mut other)
            .await
            .unwrap();
        other.close().await.unwrap();
    };
    assert!(!holds(&store, by_another_program).await);
}

#[tokio::test]
async fn the_log_begins_anew_though_somebody_always_reads_ahead() {
    const MEGABYTE: usize = 1 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fuxue.db");
    let store = Store::open(&path).await.unwrap();
    let mut reading = None;
    for byte in 0..=255 {
        let (mut tx, _) = store.write_after(&[], None).await.unwrap();
        tx.set_meta("much", &vec![byte; MEGABYTE]).await.unwrap();
        tx.commit().await.unwrap();
        // As long as it may, whoever reads ahead looks at the same picture.
        reading = reading.filter(|(_, seen)| store.may_read_on(*seen));
        if reading.is_none() {
            reading = store.read_ahead().await.unwrap();
            if let Some((tx, _)) = &mut reading {
                tx.meta("much").await.unwrap();
            }
        }
    }
    let log = std::fs::metadata(path.with_extension("db-wal")).unwrap();
    assert!(log.len() < 130 * MEGABYTE as u64, "{}", log.len());
}

#[tokio::test]
async fn nothing_is_read_ahead_while_somebody_may_be_writing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("fuxue.db")).await.unwrap();
    assert!(holds(&store, async |_| {}).await);
    let writing = store.write().await.unwrap();
    assert!(store.read_ahead().await.unwrap().is_none());
    // Nobody knows yet whether it has really ended.
    drop(writing);
    assert!(store.read_ahead().await.unwrap().is_none());
    assert!(holds(&store, async |_| {}).await);
}

#[tokio::test]
async fn where_other_servers_write_nothing_is_read_ahead() {
    let (store, _) = server().await;
    assert!(store.read_ahead().await.unwrap().is_none());
    assert!(!store.write_after(&[], None).await.unwrap().1);
}
