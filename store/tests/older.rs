//! Databases of earlier versions get, when they are opened, what there was not yet.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../services/tests/support/rollups.rs"]
mod rollups;

use domain::Day;
use domain::ids::{ClassId, DeviceId, PersonId, RegionCode};
use rollups::assert_rolled_up;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::path::Path;
use store::{SlotNumbers, Store};
use testing::Cluster;

/// The last migration without sums of the counters, without a table of leavers, without lists of reports, without what
/// lies beside a state, and with everything of the gates' devices uncut.
const BEFORE: i64 = 11;

/// Three schools in two zones, one of them right below the province, and two days of theirs.
const FILL: &str = "
    INSERT INTO region (code, parent, level, name) VALUES ('CN', NULL, 'country', '中国'), ('33', 'CN', 'province', '浙江省'),
        ('3305', '33', 'city', '湖州市'), ('330503', '3305', 'district', '南浔区'), ('330503001', '330503', 'town', '某镇');
    INSERT INTO school (school_id, code, name, kind, region_code, zone, created_at) VALUES
        (1, 'S1', '一小', 'primary', '330503001', 'Asia/Shanghai', 0), (2, 'S2', '二小', 'primary', '330503001', 'Asia/Shanghai', 0),
        (3, 'S3', '三小', 'primary', '33', 'Asia/Urumqi', 0);
    INSERT INTO counter (class_id, day, school_id, students, guardian, paper, proxy, green, yellow, red, grey) VALUES
        (11, 18519, 1, 30, 20, 1, 2, 20, 2, 1, 7), (12, 18519, 1, 0, 0, 0, 0, 0, 0, 0, 0), (21, 18519, 2, 40, 9, 0, 0, 8, 1, 0, 31),
        (31, 18519, 3, 5, 0, 0, 0, 0, 0, 0, 5), (11, 18520, 1, 31, 0, 0, 0, 0, 2, 1, 28), (31, 18520, 3, 5, 5, 0, 0, 5, 0, 0, 0);
    INSERT INTO counter_slot (school_id, day, slot, reported, green, yellow, red, grey) VALUES
        (1, 18519, 90, 23, 20, 2, 1, 7), (2, 18519, 90, 9, 8, 1, 0, 31), (3, 18519, 90, 0, 0, 0, 0, 5), (1, 18519, 91, 24, 21, 2, 1, 6);
    INSERT INTO class (class_id, school_id, stage, grade, number) VALUES (11, 1, 2, 3, 1);
    INSERT INTO gate (gate_id, school_id, name, place) VALUES (1, 1, '东门', 1);";

/// The days of what a device has handed in: two of a month, one of the month before, and one by a clock that had lost the
/// year.
const PASSAGES: [i32; 4] = [18_519, 18_518, 18_505, 2];

/// Rows with bytes and flags, which the engines write differently.
fn more(bytes: impl Fn(u8, usize) -> String) -> String {
    let [key, one, two] = [0, 1, 2].map(|n| bytes(n, 1));
    let [entry_one, entry_two, entry_three, entry_four] = [1, 2, 3, 4].map(|n| bytes(n, 16));
    let [day_one, day_two, day_three, day_four] = PASSAGES;
    format!(
        "INSERT INTO subject_key (subject_id, wrapped) VALUES (7, {key}), (8, {key});
         INSERT INTO counter_reason (class_id, day, school_id, code, reason_ix, people) VALUES
             (11, 18519, 1, 2, {one}, 2), (11, 18519, 1, 3, {two}, 1), (21, 18519, 2, 2, {one}, 1), (11, 18520, 1, 3, {two}, 0);
         INSERT INTO turn (turn_id, school_id, class_id, person_id, day, at, code, detail_enc) VALUES
             (1, 1, 11, 7, 18519, 0, 2, {key}), (2, 1, 11, 8, 18519, 0, 3, {key}), (3, 3, 31, 8, 18521, 0, 3, {key});
         INSERT INTO person (person_id, school_id, class_id, joined_day, left_day, profile_enc) VALUES
             (7, 1, 11, 18500, NULL, {key}), (8, 1, 11, 18500, 18519, {key});
         INSERT INTO person_state (person_id, school_id, class_id, day, code, reported_day, state_enc) VALUES
             (7, 1, 11, 18519, 2, 18518, {key}), (8, 1, 11, 18519, 0, NULL, {key});
         INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, at, status) VALUES
             (1, 1, 11, 7, 18518, 1, 0, {one}, 1, 0, 'accepted'), (2, 1, 11, 7, 18519, 1, 0, {two}, 1, 0, 'pending'),
             (3, 1, 11, 7, 18518, 2, 1, {two}, 1, 0, 'accepted');
         INSERT INTO account (account_id, profile_enc, created_at, changed_at) VALUES (1, {key}, 0, 0), (2, {key}, 0, 0);
         INSERT INTO guardianship (account_id, person_id, relation, status, since_day, claimed_at) VALUES
             (1, 7, 'mother', 'confirmed', 18500, 0), (2, 7, 'other', 'unlinked', 18500, 0);
         INSERT INTO consent (account_id, person_id, version, answer, at) VALUES
             (1, 7, '1', 'refused', 3), (2, 7, '1', 'refused', 4), (1, 7, '1', 'given', 5);
         INSERT INTO gate_device (device_id, gate_id, school_id, name, token_hash, enrolled_at, seen_at) VALUES
             (1, 1, 1, '平板', {key}, 0, 0);
         INSERT INTO gate_entry (entry_no, device_id, entry_key, seq, school_id, gate_id, day, at, received_at, kind, person_id,
             of_key, person_ix, detail_enc) VALUES
             (1, 1, {entry_one}, 1, 1, 1, {day_one}, 0, 0, 'scan', 7, NULL, NULL, {key}),
             (2, 1, {entry_two}, 2, 1, 1, {day_two}, 0, 0, 'undo', NULL, {entry_one}, NULL, NULL),
             (3, 1, {entry_three}, 3, 1, 1, {day_three}, 0, 0, 'reading', NULL, NULL, {key}, {key}),
             (4, 1, {entry_four}, 4, 1, 1, {day_four}, 0, 0, 'visitor', NULL, NULL, NULL, {key});"
    )
}

async fn migrations(engine: &str) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    Migrator::new(folder.join(engine)).await.unwrap()
}

async fn check(store: &Store) {
    for day in [18_519, 18_520, 18_521].map(Day) {
        assert_rolled_up(store, day).await;
    }
    let mut tx = store.read().await.unwrap();
    for (code, slot, expected) in [
        ("330503001", 90, Some([32, 28, 3, 1, 38])),
        ("CN", 90, Some([32, 28, 3, 1, 38])),
        ("3305", 95, Some([24, 21, 2, 1, 6])),
        ("33", 89, None),
    ] {
        let region: RegionCode = code.parse().unwrap();
        let found = tx
            .slots_within(&region, "Asia/Shanghai", Day(18_519), slot)
            .await
            .unwrap();
        let found = found.first().map(|last| last.numbers);
        let expected = expected.map(|[reported, green, yellow, red, grey]| SlotNumbers {
            reported,
            green,
            yellow,
            red,
            grey,
        });
        assert_eq!(found, expected, "{code}");
    }
    let class = tx.people_of_class(ClassId(11)).await.unwrap();
    let here: Vec<_> = class.iter().map(|row| row.person_id).collect();
    assert_eq!(here, [PersonId(7)]);
    let left = tx.person(PersonId(8)).await.unwrap().unwrap();
    assert_eq!(left.left_day, Some(Day(18_519)));
    for (person, told) in [(7, Some(18_519)), (8, None)] {
        let state = tx.state(PersonId(person)).await.unwrap().unwrap().state;
        assert_eq!(state.told_day, told.map(Day), "{person}");
        assert_eq!(state.wrapped, [0], "{person}");
    }
    let consents = tx.consents_for(PersonId(7)).await.unwrap();
    let answers = consents
        .iter()
        .map(|row| (row.account_id.0, &*row.answer, row.at.0));
    assert_eq!(answers.collect::<Vec<_>>(), [(1, "given", 5)]);
    assert_eq!(tx.consents_for(PersonId(8)).await.unwrap(), []);
    for (from, expected) in [(18_518, &[1, 3, 2][..]), (18_519, &[2]), (18_520, &[])] {
        let people = [7, 8].map(PersonId);
        let rows = tx.revisions_of(&people, Day(from)).await.unwrap();
        let found: Vec<i64> = rows.iter().map(|row| row.report_id.0).collect();
        assert_eq!(found, expected, "from {from}");
    }
    drop(tx);
    check_passages(store).await;
}

async fn check_passages(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (n, day) in (1..).zip(PASSAGES) {
        let row = tx.gate_entry(n).await.unwrap().unwrap();
        assert_eq!((row.day, row.seq), (Day(day), n));
        assert!(tx.has_gate_seq(DeviceId(1), n).await.unwrap());
    }
    let scans = tx.gate_entries_of(PersonId(7), Day(PASSAGES[0])).await;
    assert_eq!(scans.unwrap().len(), 1);
    let readings = tx.gate_readings(&[vec![0]], Day(0)).await.unwrap();
    assert_eq!(readings.len(), 1);
    let keys = [[1; 16], [3; 16], [9; 16]];
    let known = tx.gate_entries_by_key(DeviceId(1), &keys).await.unwrap();
    let mut known: Vec<_> = known.iter().map(|row| row.seq).collect();
    known.sort_unstable();
    assert_eq!(known, [1, 3]);
    let undos = tx.gate_undos_of(DeviceId(1), &keys).await.unwrap();
    assert_eq!(undos, [(keys[0].to_vec(), 2)]);
    // Only what is old loses what it says.
    while tx
        .strip_gate_entries_before(Day(PASSAGES[1]), 1)
        .await
        .unwrap()
    {}
    let readings = tx.gate_readings(&[vec![0]], Day(0)).await.unwrap();
    assert_eq!(readings, []);
    for (n, is_left) in [(1, true), (3, false), (4, false)] {
        let row = tx.gate_entry(n).await.unwrap().unwrap();
        assert_eq!(row.detail_enc.is_some(), is_left, "{n}");
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_older_file_gets_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fuxue.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let mut raw = SqliteConnection::connect(&url).await.unwrap();
    let migrations = migrations("sqlite").await;
    migrations.run_to(BEFORE, &mut raw).await.unwrap();
    sqlx::raw_sql(FILL).execute(&mut raw).await.unwrap();
    let more = sqlx::AssertSqlSafe(more(|n, times| {
        format!("x'{}'", format!("0{n}").repeat(times))
    }));
    sqlx::raw_sql(more).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let store = Store::open(&file).await.unwrap();
    check(&store).await;
    store.close().await;
}

#[tokio::test]
async fn an_older_database_gets_what_it_lacks() {
    let address = Cluster::shared().database(None);
    let mut raw = PgConnection::connect(&address).await.unwrap();
    let migrations = migrations("postgres").await;
    migrations.run_to(BEFORE, &mut raw).await.unwrap();
    sqlx::raw_sql(FILL).execute(&mut raw).await.unwrap();
    let more = sqlx::AssertSqlSafe(more(|n, times| {
        format!("'\\x{}'", format!("0{n}").repeat(times))
    }));
    sqlx::raw_sql(more).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let store = Store::connect(&address.parse().unwrap(), None)
        .await
        .unwrap();
    check(&store).await;
    // Every month in which something was handed in is there, and nothing lies beside them.
    store.tend(Day(PASSAGES[0])).await.unwrap();
    let counts = Cluster::shared().psql(
        &address,
        "SELECT concat_ws(',', (SELECT count(*) FROM gate_entry_m202009), (SELECT count(*) FROM gate_entry_m202008),
            (SELECT count(*) FROM gate_entry_m197001), (SELECT count(*) FROM gate_entry_other),
            (SELECT count(*) FROM gate_entry_m202011))",
    );
    assert_eq!(counts.trim(), "2,1,1,0,0");
    store.close().await;
}
