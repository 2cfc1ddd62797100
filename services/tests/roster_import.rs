//! What a school can rely on when it imports its roster into a real database.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, PersonId, RegionCode, SchoolId};
use domain::roster::{Column, FaultReason};
use domain::{Day, Zone};
use rust_xlsxwriter::Workbook;
use services::clock::ManualClock;
use services::roster::{Applied, Counts, ImportError, Preview, ReadError};
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Error, Refusal, Services};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use store::{Numbers, Tx};
use support::Engine;
use support::rollups::assert_rolled_up;
use support::town::open;

on_both_engines![
    both_files_are_imported_whole_and_again_without_a_change,
    one_changed_cell_changes_one_person,
    a_child_who_changes_class_is_counted_in_the_new_one,
    an_absent_child_stays_unless_ticked_and_can_come_back,
    an_import_that_breaks_off_shows_nobody_and_another_one_completes_it,
    faulty_rows_do_not_stop_the_good_ones,
    the_command_line_imports_by_the_schools_code_and_removes_nobody,
    an_upload_is_the_uploaders_own_expires_and_must_be_current,
    columns_with_other_names_are_mapped_by_hand,
    what_is_no_spreadsheet_is_refused,
    schools_are_created_from_a_list_within_ones_region,
];

const PRIMARY: &[u8] = include_bytes!("data/roster-primary.xlsx");
const MIDDLE: &[u8] = include_bytes!("data/roster-middle-gb18030.csv");
const REGIONS: &str = "code,parent,level,name\nCN,,country,中国\n33,CN,province,浙江省\n3305,33,city,湖州市\n330503,3305,district,南浔区\n330503001,330503,town,东迁街道\n";

struct Town {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    services: Arc<Services>,
    school: SchoolId,
    other: SchoolId,
    admin: Actor,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl Town {
    /// Two schools, and the administrator of the first, on 17 September 2020 at 7:00.
    async fn new(engine: Engine) -> Self {
        let (folder, clock, services) =
            open(engine, Zone::SHANGHAI.at(day("2020-09-17"), 420)).await;
        let command = Actor::command();
        services
            .import_regions(&command, REGIONS.as_bytes())
            .await
            .unwrap();
        let mut schools = Vec::new();
        for code in ["S1", "S2"] {
            let new = NewSchool {
                code: code.into(),
                name: format!("示例学校{code}"),
                name_en: String::new(),
                kind: SchoolKind::NineYear,
                region: RegionCode::parse("330503001").unwrap(),
                zone: Zone::SHANGHAI,
            };
            schools.push(services.create_school(&command, &new).await.unwrap());
        }
        let grant = Grant {
            role: Role::SchoolAdmin,
            scope: Scope::School(schools[0]),
        };
        Self {
            admin: Actor::account(AccountId(7), vec![grant]),
            folder,
            clock,
            services,
            school: schools[0],
            other: schools[1],
        }
    }

    async fn preview(&self, bytes: &[u8], name: &str) -> Preview {
        self.services
            .preview_roster(&self.admin, self.school, name, bytes.to_vec(), None)
            .await
            .unwrap()
    }

    async fn apply(&self, preview: &Preview, remove: &[PersonId]) -> Counts {
        let (staged, mark) = (preview.staged, preview.mark.as_str());
        let applied = self
            .services
            .apply_roster(&self.admin, self.school, staged, mark, remove)
            .await;
        match applied.unwrap() {
            Applied::Done(counts) => counts,
            Applied::Outdated(_) => panic!("the preview is outdated"),
        }
    }

    async fn import(&self, bytes: &[u8], name: &str) -> Counts {
        let preview = self.preview(bytes, name).await;
        self.apply(&preview, &[]).await
    }

    /// The sum of today's counters by class, empty classes left out, and of those of the whole school.
    async fn counters(&self) -> (BTreeMap<i64, i64>, Numbers) {
        self.counters_in(&mut self.services.store.read().await.unwrap())
            .await
    }

    async fn counters_in(&self, tx: &mut Tx) -> (BTreeMap<i64, i64>, Numbers) {
        let today = Zone::SHANGHAI.day_of(services::clock::Clock::now(&*self.clock));
        let rows = tx.counters_of_school(self.school, today).await.unwrap();
        let mut sum = Numbers::default();
        let mut classes = BTreeMap::new();
        for row in rows {
            sum += row.numbers;
            if row.numbers.students != 0 {
                classes.insert(row.class_id.0, row.numbers.students);
            }
        }
        (classes, sum)
    }

    /// The people of each class by the roster itself.
    async fn people(&self) -> BTreeMap<i64, i64> {
        self.people_in(&mut self.services.store.read().await.unwrap())
            .await
    }

    async fn people_in(&self, tx: &mut Tx) -> BTreeMap<i64, i64> {
        let mut classes = BTreeMap::new();
        for person in tx.people_of_school(self.school).await.unwrap() {
            if person.left_day.is_none() {
                *classes.entry(person.class_id.0).or_default() += 1;
            }
        }
        classes
    }

    async fn assert_counters_fit(&self) {
        // By one picture: what somebody broke off may be written yet.
        let mut tx = self.services.store.read().await.unwrap();
        let (counters, sum) = self.counters_in(&mut tx).await;
        assert_eq!(counters, self.people_in(&mut tx).await);
        drop(tx);
        let today = Zone::SHANGHAI.day_of(services::clock::Clock::now(&*self.clock));
        assert_rolled_up(&self.services.store, today).await;
        assert_eq!(
            sum.students,
            sum.green + sum.yellow + sum.red + sum.grey,
            "{sum:?}"
        );
    }

    /// Every stored row of the people, to see whether anything was rewritten.
    async fn rows(&self) -> Vec<String> {
        let mut tx = self.services.store.read().await.unwrap();
        let mut rows = Vec::new();
        for person in tx.people_of_school(self.school).await.unwrap() {
            let state = tx.state(person.person_id).await.unwrap();
            rows.push(format!("{person:?} {state:?}"));
        }
        for class in tx.classes_of(self.school).await.unwrap() {
            rows.push(format!("{class:?}"));
        }
        rows.push(format!("{:?}", self.counters().await));
        rows
    }
}

/// A small roster.
fn csv(rows: &[&str]) -> Vec<u8> {
    let mut text = String::from("学号,姓名,年级,班级,座号,出生日期,家长手机\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text.into_bytes()
}

const ANNA: &str = "A1,安娜,一年级,1班,1,2013-05-01,19900000001";
const BEN: &str = "A2,本笛,一年级,1班,2,2013-05-02,19900000002";
const CARL: &str = "A3,卡罗,一年级,2班,1,2013-05-03,19900000003";

async fn both_files_are_imported_whole_and_again_without_a_change(engine: Engine) {
    for (bytes, name, people) in [
        (PRIMARY, "roster-primary.xlsx", 1047),
        (MIDDLE, "roster-middle-gb18030.csv", 1107),
    ] {
        let town = Town::new(engine).await;
        let first = town.import(bytes, name).await;
        assert_eq!((first.new, first.faults), (people, 0));
        town.assert_counters_fit().await;
        assert_eq!(town.counters().await.1.grey, i64::try_from(people).unwrap());

        let before = town.rows().await;
        let again = town.import(bytes, name).await;
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, people));
        assert_eq!(town.rows().await, before, "{name}: rows were rewritten");
        let log = services::audit::verify(&town.services.store, &vault(&town)).await;
        assert_eq!(log.unwrap().faults, [] as [&str; 0]);
    }
}

fn vault(town: &Town) -> services::vault::Vault {
    let file = town.folder.path().join("data/fuxue.key");
    let key = services::keys::KeyFile::read(&file).unwrap().unwrap();
    services::vault::Vault::new(&key)
}

async fn one_changed_cell_changes_one_person(engine: Engine) {
    let town = Town::new(engine).await;
    town.import(&csv(&[ANNA, BEN, CARL]), "a.csv").await;
    let ben = BEN.replace("19900000002", "19900000099");
    let preview = town.preview(&csv(&[ANNA, &ben, CARL]), "a.csv").await;
    let change = &preview.plan.changed[0].changes;
    assert_eq!(change.len(), 1);
    assert_eq!(change[0].column, Column::Guardian1Phone);
    assert_eq!(
        (change[0].old.as_str(), change[0].new.as_str()),
        ("19900000002", "19900000099")
    );
    let done = town.apply(&preview, &[]).await;
    assert_eq!((done.new, done.changed, done.unchanged), (0, 1, 2));
    town.assert_counters_fit().await;
}

async fn a_child_who_changes_class_is_counted_in_the_new_one(engine: Engine) {
    let town = Town::new(engine).await;
    town.import(&csv(&[ANNA, BEN, CARL]), "a.csv").await;
    let ben = "A2,本笛,一年级,3班,,2013-05-02,19900000002";
    let done = town.import(&csv(&[ANNA, ben, CARL]), "a.csv").await;
    assert_eq!(done.changed, 1);
    town.assert_counters_fit().await;
    assert_eq!(town.people().await.len(), 3);
}

async fn an_absent_child_stays_unless_ticked_and_can_come_back(engine: Engine) {
    let town = Town::new(engine).await;
    town.import(&csv(&[ANNA, BEN, CARL]), "a.csv").await;
    // Class 2 is not in this file, so that Carl is not absent.
    let preview = town.preview(&csv(&[ANNA]), "a.csv").await;
    assert_eq!(preview.absent.len(), 1);
    assert_eq!(preview.absent[0].profile.name, "本笛");
    assert_eq!(town.apply(&preview, &[]).await.removed, 0);
    assert_eq!(town.people().await.values().sum::<i64>(), 3);

    let preview = town.preview(&csv(&[ANNA]), "a.csv").await;
    let everybody: Vec<PersonId> = {
        let mut tx = town.services.store.read().await.unwrap();
        let rows = tx.people_of_school(town.school).await.unwrap();
        rows.iter().map(|p| p.person_id).collect()
    };
    // Ticks for people who are not absent do nothing.
    assert_eq!(town.apply(&preview, &everybody).await.removed, 1);
    assert_eq!(town.people().await.values().sum::<i64>(), 2);
    town.assert_counters_fit().await;

    town.clock.advance(3 * 86_400_000);
    town.services.catch_up(&Actor::job()).await.unwrap();
    let back = town.import(&csv(&[ANNA, BEN]), "a.csv").await;
    assert_eq!((back.returned, back.new, back.unchanged), (1, 0, 1));
    assert_eq!(town.people().await.values().sum::<i64>(), 3);
    town.assert_counters_fit().await;
}

async fn an_import_that_breaks_off_shows_nobody_and_another_one_completes_it(engine: Engine) {
    // How often an import has to wait differs from one to the next: a town may see none that stands half-way.
    for _ in 0..10 {
        if imports_break_off(engine).await > 0 {
            return;
        }
    }
    panic!("no import has broken off half-way");
}

/// Imports that break off ever later, until one completes; the most people whom one of them left behind.
async fn imports_break_off(engine: Engine) -> usize {
    const CHILDREN: usize = 600;
    let town = Town::new(engine).await;
    town.import(&csv(&[ANNA]), "a.csv").await;
    let rows: Vec<String> = (0..CHILDREN)
        .map(|n| format!("N{n},小雨,二年级,{}班,,2012-05-03,", n % 20 + 1))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let command = Actor::command();
    let mut left_behind = 0;
    for turns in (10..).step_by(5) {
        let file = csv(&rows);
        let import = (town.services).import_roster_file(&command, "S1", "b.csv", file, false);
        if within(turns, import).await.is_some() {
            break;
        }
        town.assert_counters_fit().await;
        if town.people().await.values().sum::<i64>() > 1 {
            // It was waiting for nothing more than to hear that all had joined.
            break;
        }
        let mut tx = town.services.store.read().await.unwrap();
        let all = tx.people_of_school(town.school).await.unwrap();
        left_behind = left_behind.max(all.len() - 1);
    }
    let there = town.people().await.values().sum::<i64>();
    assert_eq!(usize::try_from(there).unwrap(), 1 + CHILDREN);
    town.assert_counters_fit().await;
    left_behind
}

/// What a future comes to, unless it has to wait more often than that: then it is dropped where it stands.
async fn within<T>(mut turns: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if turns == 0 => Poll::Ready(None),
        Poll::Pending => {
            turns -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn faulty_rows_do_not_stop_the_good_ones(engine: Engine) {
    let town = Town::new(engine).await;
    let twice = "A2,另一个,一年级,1班,3,2013-05-09,19900000009";
    let bad = "A4,丁丁,一年级,1班,4,2013-13-09,1990000000";
    let done = town
        .import(&csv(&[ANNA, BEN, twice, bad, CARL]), "a.csv")
        .await;
    assert_eq!((done.new, done.faults), (2, 4));

    let outcome = town
        .services
        .import_roster_file(
            &Actor::command(),
            "S1",
            "a.csv",
            csv(&[ANNA, BEN, twice, bad]),
            true,
        )
        .await
        .unwrap();
    assert_eq!((outcome.new, outcome.unchanged, outcome.absent), (0, 1, 0));
    let json: serde_json::Value = serde_json::to_value(&outcome).unwrap();
    assert_eq!(json["faults"][0]["row"], 3);
    assert_eq!(json["faults"][0]["column"], "学号");
    assert_eq!(outcome.faults[0].reason, FaultReason::DuplicateStudentNo);
}

async fn the_command_line_imports_by_the_schools_code_and_removes_nobody(engine: Engine) {
    let town = Town::new(engine).await;
    let command = Actor::command();
    let import = |bytes: Vec<u8>, dry| {
        town.services
            .import_roster_file(&command, "S1", "a.csv", bytes, dry)
    };
    let dry = import(csv(&[ANNA, BEN]), true).await.unwrap();
    assert_eq!((dry.new, town.people().await.len()), (2, 0));
    import(csv(&[ANNA, BEN]), false).await.unwrap();
    let second = import(csv(&[ANNA]), false).await.unwrap();
    assert_eq!((second.unchanged, second.absent), (1, 1));
    assert_eq!(town.people().await.values().sum::<i64>(), 2);
    let unknown = town
        .services
        .import_roster_file(&command, "S9", "a.csv", csv(&[ANNA]), false)
        .await;
    assert!(matches!(unknown, Err(ImportError::Other(Error::Forbidden))));
    let unnamed = import("甲,乙,丙\n1,2,3\n".into(), false).await;
    assert!(matches!(unnamed, Err(ImportError::Columns(p)) if p.len() == 3));
}

async fn an_upload_is_the_uploaders_own_expires_and_must_be_current(engine: Engine) {
    let town = Town::new(engine).await;
    let preview = town.preview(&csv(&[ANNA, BEN]), "a.csv").await;
    let (services, staged) = (&town.services, preview.staged);
    let stranger = Actor::account(AccountId(8), town.admin.grants().to_vec());
    let gone = |r: Result<Preview, ImportError>| {
        matches!(
            r,
            Err(ImportError::Other(Error::Refused(Refusal::UploadGone)))
        )
    };
    assert!(gone(
        services.staged_roster(&stranger, town.school, staged).await
    ));
    let elsewhere = services
        .preview_roster(&town.admin, town.other, "a.csv", csv(&[ANNA]), None)
        .await;
    assert!(matches!(
        elsewhere,
        Err(ImportError::Other(Error::Forbidden))
    ));

    // Meanwhile somebody else imports one of the two.
    services
        .import_roster_file(&Actor::command(), "S1", "a.csv", csv(&[ANNA]), false)
        .await
        .unwrap();
    let applied = services
        .apply_roster(&town.admin, town.school, staged, &preview.mark, &[])
        .await
        .unwrap();
    let Applied::Outdated(fresh) = applied else {
        panic!("an outdated preview was applied")
    };
    assert_eq!((fresh.plan.new.len(), fresh.plan.unchanged.len()), (1, 1));

    town.clock.advance(2 * 3_600_000 + 1);
    assert!(gone(
        services
            .staged_roster(&town.admin, town.school, staged)
            .await
    ));
}

async fn columns_with_other_names_are_mapped_by_hand(engine: Engine) {
    let town = Town::new(engine).await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["编码", "孩子", "所在"], ["B1", "安娜", "二(3)班"]]
        .iter()
        .enumerate()
    {
        for (column, text) in cells.iter().enumerate() {
            let (row, column) = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            sheet.write(row, column, *text).unwrap();
        }
    }
    let preview = town
        .preview(&book.save_to_buffer().unwrap(), "b.xlsx")
        .await;
    assert!(!preview.parsed.problems.is_empty());
    assert_eq!(preview.parsed.samples[0][1], "安娜");
    let mapping = domain::roster::Mapping(vec![
        Some(Column::StudentNo),
        Some(Column::Name),
        Some(Column::Class),
    ]);
    let mapped = town
        .services
        .map_roster(&town.admin, town.school, preview.staged, mapping)
        .await
        .unwrap();
    assert_eq!(mapped.plan.new.len(), 1);
    assert_eq!(town.apply(&mapped, &[]).await.new, 1);
}

async fn what_is_no_spreadsheet_is_refused(engine: Engine) {
    let town = Town::new(engine).await;
    let refused = town
        .services
        .preview_roster(
            &town.admin,
            town.school,
            "photo.jpg",
            vec![0xff, 0xd8, 0, 0, 1],
            None,
        )
        .await;
    assert!(matches!(
        refused,
        Err(ImportError::File(ReadError::NotATable))
    ));
}

#[tokio::test]
async fn the_database_without_its_key_names_nobody() {
    let town = Town::new(Engine::Sqlite).await;
    town.preview(PRIMARY, "roster-primary.xlsx").await;
    town.import(PRIMARY, "roster-primary.xlsx").await;
    town.services.store.close().await;
    let mut bytes = Vec::new();
    for file in ["fuxue.db", "fuxue.db-wal"] {
        bytes.extend(std::fs::read(town.folder.path().join("data").join(file)).unwrap_or_default());
    }
    assert!(bytes.len() > 500_000);
    let parsed =
        services::roster::parse(PRIMARY, "roster-primary.xlsx", None, day("2020-09-17")).unwrap();
    for (_, row) in parsed.checked.rows.iter().take(40) {
        let guardian = &row.guardians[0];
        for secret in [
            row.name.as_str(),
            row.national_id.as_ref().unwrap().as_str(),
            row.student_no.as_deref().unwrap(),
            guardian.name.as_str(),
            guardian.phone.as_ref().unwrap().as_str(),
            row.class_teacher.as_str(),
        ] {
            let secret = secret.as_bytes();
            assert!(secret.len() >= 6);
            let found = bytes.windows(secret.len()).any(|w| w == secret);
            assert!(!found, "{} can be read", String::from_utf8_lossy(secret));
        }
    }
}

async fn schools_are_created_from_a_list_within_ones_region(engine: Engine) {
    let town = Town::new(engine).await;
    let list = "school_code,name,kind,town_code\nS1,已有,primary,330503001\nS7,东迁小学,primary,330503001\nS8,外地小学,小学,440101\nS9,,primary,330503001\nS10,某校,palace,330503001\n";
    let district = Grant {
        role: Role::BureauAdmin,
        scope: Scope::Region(RegionCode::parse("330503").unwrap()),
    };
    let bureau = Actor::account(AccountId(9), vec![district]);
    let create = |bytes: &'static [u8]| town.services.create_schools_from_csv(&bureau, bytes);
    let done = create(list.as_bytes()).await.unwrap().unwrap();
    assert_eq!((done.created, done.existing), (1, 1));
    let faults: Vec<_> = done.faults.iter().map(|f| (f.row, f.column)).collect();
    assert_eq!(faults, [(4, "town"), (5, "name"), (6, "kind")]);
    let again = create(list.as_bytes()).await.unwrap().unwrap();
    assert_eq!((again.created, again.existing), (0, 2));
    assert_eq!(
        create(b"a,b\n1,2\n").await.unwrap(),
        Err(ReadError::NoHeader)
    );
    let admins = town
        .services
        .create_schools_from_csv(&town.admin, list.as_bytes())
        .await;
    assert!(matches!(admins, Err(Error::Forbidden)));
}
