//! What midnight destroys and forgets, it does to the end, however much there is.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use domain::Code;
use services::Actor;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;
use store::{CounterKey, Numbers, SessionRow, TurnRow};
use support::rollups::assert_rolled_up;
use support::town::{add_regions, at, day, district, import_class, open, school};
use support::{Engine, ask_server};

on_both_engines![
    turns_go_after_six_weeks_and_not_before,
    sessions_that_have_ended_are_forgotten_and_no_others,
    numbers_that_do_not_fit_the_roster_are_counted_anew,
];

/// More than one transaction takes.
const TURNS: i64 = 2_500;

async fn turns_go_after_six_weeks_and_not_before(engine: Engine) {
    let (_folder, clock, services) = open(engine, at("2020-09-14", 600)).await;
    let mut tx = services.store.write().await.unwrap();
    let regions = [
        ("CN", None, "country", "中国"),
        ("330503", Some("CN"), "district", "南浔区"),
    ];
    add_regions(&mut tx, &regions).await;
    let school = tx.insert_school(&school("S", "S", district())).await;
    let school = school.unwrap();
    tx.commit().await.unwrap();
    let roster = "学号,姓名,年级,班级,出生日期\n1,安娜,一年级,1班,2013-05-01\n";
    let (class, people) = import_class(&services, "S", roster).await;
    let days = [day("2020-07-31"), day("2020-08-01")];
    let turn = |number: i64| TurnRow {
        turn_id: number,
        school_id: school,
        class_id: class,
        person_id: people[0],
        day: days[usize::from(number > TURNS)],
        at: at("2020-08-01", 600),
        code: Code::Red.number(),
        ends_day: None,
        detail_enc: vec![0],
        wrapped: Vec::new(),
    };
    let turns: Vec<TurnRow> = (1..=2 * TURNS).map(turn).collect();
    let mut tx = services.store.write().await.unwrap();
    tx.add_counters(&BTreeMap::new(), &turns).await.unwrap();
    tx.commit().await.unwrap();
    let left = async || {
        let mut tx = services.store.read().await.unwrap();
        let mut left = Vec::new();
        for day in days {
            let turns = tx.turns_within(&district(), day, 10_000).await.unwrap();
            left.push(turns.len());
        }
        left
    };

    let all = usize::try_from(TURNS).unwrap();
    for (today, expected) in [
        ("2020-09-14", [all, all]),
        ("2020-09-15", [0, all]),
        ("2020-09-16", [0, 0]),
    ] {
        clock.set(at(today, 1));
        services.catch_up(&Actor::job()).await.unwrap();
        assert_eq!(left().await, expected, "{today}");
    }
}

async fn sessions_that_have_ended_are_forgotten_and_no_others(engine: Engine) {
    let now = at("2020-09-14", 600);
    let (_folder, clock, services) = open(engine, now).await;
    let town = services.found_town(40, true).await.unwrap();
    let guardian = services.authenticate(&town.guardians[7]).await.unwrap();
    let account = guardian.unwrap().id().unwrap();
    // More than one transaction takes, among those of the town.
    let session = |number: u16| SessionRow {
        token_hash: Sha256::digest(number.to_be_bytes()).to_vec(),
        account_id: account,
        created_at: now,
        used_at: now,
        idle_ms: 3_600_000 * i64::from(number % 100),
        ends_at: at("2020-12-31", 0),
    };
    let rows: Vec<SessionRow> = (0..2_000).map(session).collect();
    let mut tx = services.store.write().await.unwrap();
    tx.insert_sessions(&rows).await.unwrap();
    tx.commit().await.unwrap();
    let sessions = async || {
        let mut tx = services.store.read().await.unwrap();
        tx.sessions_after(&[], now, 10_000).await.unwrap().len()
    };
    let families = town.guardians.len();
    assert!(sessions().await > families + rows.len());

    // Fourteen hours later fifteen of each hundred have ended, and those of the town's staff.
    clock.set(at("2020-09-15", 0));
    services.catch_up(&Actor::job()).await.unwrap();
    assert_eq!(sessions().await, families + 1_700);
    assert!(
        services
            .authenticate(&town.guardians[7])
            .await
            .unwrap()
            .is_some()
    );
    clock.set(at("2020-12-31", 0));
    services.catch_up(&Actor::job()).await.unwrap();
    assert_eq!(sessions().await, 0);
}

async fn numbers_that_do_not_fit_the_roster_are_counted_anew(engine: Engine) {
    let (_folder, clock, services) = open(engine, at("2020-09-14", 600)).await;
    let town = services.found_town(100, false).await.unwrap();
    let school = async |day| {
        let mut tx = services.store.read().await.unwrap();
        let all = tx.school_numbers_within(&town.region, "Asia/Shanghai", day);
        let [school] = all.await.unwrap().try_into().unwrap();
        let rows = tx.counters_of_school(school.school_id, day).await.unwrap();
        assert_eq!(rows.len(), 3);
        (school, rows)
    };
    let (right, rows) = school(town.day).await;
    assert_eq!((right.classes, right.numbers), (3, Numbers::grey(100)));
    let class = |n: usize| CounterKey {
        day: town.day,
        school: right.school_id,
        class: rows[n].class_id,
    };
    // One class has a child too many, one is not counted at all.
    let wrong = [
        (class(0), Numbers::grey(1)),
        (class(2), Numbers::grey(-rows[2].numbers.students)),
    ];
    let mut tx = services.store.write().await.unwrap();
    tx.add_counters(&BTreeMap::from(wrong), &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(school(town.day).await.0.classes, 2);

    clock.set(at("2020-09-15", 1));
    services.catch_up(&Actor::job()).await.unwrap();
    let tomorrow = town.day.next();
    let (next, of_classes) = school(tomorrow).await;
    assert_eq!(next, right);
    let numbers = of_classes.iter().map(|row| row.numbers);
    assert!(numbers.eq(rows.iter().map(|row| row.numbers)));
    assert_rolled_up(&services.store, tomorrow).await;
}

#[tokio::test]
async fn after_midnight_the_server_looks_at_what_is_cut_into_months() {
    let (folder, _clock, services) = open(Engine::Postgres, at("2020-09-14", 1)).await;
    let mut tx = services.store.write().await.unwrap();
    let regions = [
        ("CN", None, "country", "中国"),
        ("330503", Some("CN"), "district", "南浔区"),
    ];
    add_regions(&mut tx, &regions).await;
    tx.insert_school(&school("S", "S", district()))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let data = folder.path().join("data");
    let is_seen = || {
        let sql =
            "SELECT last_analyze IS NOT NULL FROM pg_stat_user_tables WHERE relname = 'report'";
        ask_server(&data, sql) == "t"
    };
    assert!(!is_seen());
    services.catch_up(&Actor::job()).await.unwrap();
    // Nobody waits for it.
    let seen = async {
        while !is_seen() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), seen)
        .await
        .unwrap();
}
