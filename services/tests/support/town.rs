//! What towns of tests are made of: regions, a school, its people and those who act there.

use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, ClassId, PersonId, RegionCode, SchoolId};
use domain::{Day, Millis, Zone};
use services::clock::{ManualClock, SystemEntropy};
use services::{Actor, Services};
use std::sync::Arc;
use store::{RegionRow, SchoolRow, Tx};

/// A new place of an engine at a moment: its folder, with the data in `data`, its clock, and the services over it.
pub async fn open(
    engine: super::Engine,
    now: Millis,
) -> (tempfile::TempDir, Arc<ManualClock>, Arc<Services>) {
    let folder = tempfile::tempdir().unwrap();
    let location = engine.location(folder.path().join("data")).await;
    let clock = Arc::new(ManualClock::new(now));
    let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
        .await
        .unwrap();
    (folder, clock, services)
}

/// A minute of a day in Shanghai.
pub fn at(day: &str, minute: u32) -> Millis {
    Zone::SHANGHAI.at(day.parse().unwrap(), minute)
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

/// The district where most schools of tests lie.
pub fn district() -> RegionCode {
    region("330503")
}

pub fn account(id: i64, role: Role, scope: Scope) -> Actor {
    Actor::account(AccountId(id), vec![Grant { role, scope }])
}

/// Adds regions: code, the one above, level, name.
pub async fn add_regions(tx: &mut Tx, regions: &[(&str, Option<&str>, &str, &str)]) {
    for (code, parent, level, name) in regions {
        let row = RegionRow {
            code: region(code),
            parent: parent.map(region),
            level: (*level).into(),
            name: (*name).into(),
            name_en: String::new(),
        };
        tx.upsert_region(&row, true).await.unwrap();
    }
}

/// A primary school with reports due at eight, and one day for late ones.
pub fn school(code: &str, name: &str, region_code: RegionCode) -> SchoolRow {
    SchoolRow {
        school_id: SchoolId(0),
        code: code.into(),
        name: name.into(),
        name_en: String::new(),
        kind: "primary".into(),
        region_code,
        zone: "Asia/Shanghai".into(),
        due_minute: 480,
        late_days: 1,
        self_report_age: None,
        contact: "0572-0000000".into(),
        created_at: 0,
    }
}

/// Imports a roster of one class in which every row is new and right; the class, and its people by seat.
pub async fn import_class(
    services: &Services,
    code: &str,
    roster: &str,
) -> (ClassId, Vec<PersonId>) {
    let bytes = roster.as_bytes().to_vec();
    let outcome = services
        .import_roster_file(&Actor::command(), code, "roster.csv", bytes, false)
        .await
        .unwrap();
    assert_eq!(
        (outcome.new, outcome.faults.len()),
        (roster.lines().count() - 1, 0),
        "{:?}",
        outcome.faults
    );
    let mut tx = services.store.read().await.unwrap();
    let school = tx.school_by_code(code).await.unwrap().unwrap().school_id;
    let class = tx.classes_of(school).await.unwrap()[0].class_id;
    let people = tx.people_of_class(class).await.unwrap();
    (class, people.iter().map(|row| row.person_id).collect())
}

/// Admits somebody to a second class of a school, beside this one; the class.
pub async fn second_class(services: &Services, code: &str, first: ClassId) -> ClassId {
    let more = "学号,姓名,年级,班级\n201900009,王小明,一年级,2班\n";
    let outcome = services
        .import_roster_file(&Actor::command(), code, "2.csv", more.into(), false)
        .await
        .unwrap();
    assert_eq!(outcome.new, 1);
    let mut tx = services.store.read().await.unwrap();
    let school = tx.school_by_code(code).await.unwrap().unwrap().school_id;
    let classes = tx.classes_of(school).await.unwrap();
    let mut classes = classes.iter().map(|row| row.class_id);
    classes.find(|class| *class != first).unwrap()
}
