//! A class of children to whom at random everything happens that can happen.

use super::*;
use crate::Actor;
use crate::clock::{Clock, ManualClock, SystemEntropy};
use crate::family::{Claim, ConsentAnswer, Credentials, Relation};
use crate::open::Location;
use domain::Zone;
use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, RegionCode};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{RegionRow, SchoolRow};

/// Children of the class.
pub(crate) const CHILDREN: usize = 5;
/// Where some of them have been.
pub(crate) const PLACES: [&str; 2] = ["110115", "110116"];

pub(crate) struct Town {
    pub(crate) services: Arc<Services>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) school: SchoolId,
    pub(crate) class: ClassId,
    pub(crate) people: Vec<PersonId>,
    pub(crate) guardians: Vec<Actor>,
    /// For those whose consent was withdrawn: what that left of a rebuild.
    pub(crate) withdrawn: Vec<Option<State>>,
    pub(crate) random: Random,
    pub(crate) areas: Vec<i64>,
    /// How often each thing has happened.
    pub(crate) happened: BTreeMap<&'static str, u32>,
    pub(crate) folder: tempfile::TempDir,
}

fn account(id: i64, role: Role, scope: Scope) -> Actor {
    Actor::account(AccountId(id), vec![Grant { role, scope }])
}

pub(crate) fn district() -> RegionCode {
    "330503".parse().unwrap()
}

impl Town {
    pub(crate) async fn new(random: Random) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let first = Zone::SHANGHAI.at("2020-09-01".parse().unwrap(), 420);
        let clock = Arc::new(ManualClock::new(first));
        let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let school = school(&services).await;
        let mut roster =
            "学号,姓名,性别,出生日期,年级,班级,家长1姓名,家长1关系,家长1手机\n".to_owned();
        for n in 1..=CHILDREN {
            roster +=
                &format!("20190000{n},王一,男,2012-11-27,一年级,1班,王大,父亲,1990000000{n}\n");
        }
        let outcome = services
            .import_roster_file(
                &Actor::command(),
                "3305030001",
                "r.csv",
                roster.into(),
                false,
            )
            .await
            .unwrap();
        assert_eq!((outcome.new, outcome.faults.len()), (CHILDREN, 0));
        let mut tx = services.store.read().await.unwrap();
        let class = tx.classes_of(school).await.unwrap()[0].class_id;
        let people = tx.people_of_class(class).await.unwrap();
        let people = people.iter().map(|p| p.person_id).collect();
        drop(tx);
        let mut town = Self {
            services,
            clock,
            school,
            class,
            people,
            guardians: Vec::new(),
            withdrawn: vec![None; CHILDREN],
            random,
            areas: Vec::new(),
            happened: BTreeMap::new(),
            folder,
        };
        for child in 0..CHILDREN {
            let guardian = town.guardian(child).await;
            town.guardians.push(guardian);
        }
        town
    }

    async fn guardian(&self, child: usize) -> Actor {
        let (services, teacher, person) = (&self.services, self.teacher(), self.people[child]);
        let mut slips = services
            .print_slips(&teacher, self.class, &[person])
            .await
            .unwrap();
        let claim = Claim {
            code: slips.remove(0).code.as_str().into(),
            birth_date: "2012-11-27".parse().unwrap(),
            last_four: format!("000{}", child + 1),
            relation: Relation::Father,
            name: "王大".into(),
        };
        let credentials = Credentials {
            login: format!("1990000000{}", child + 1),
            password: "correct horse".into(),
        };
        let signed_in = services
            .claim_slip(None, &claim, Some(&credentials))
            .await
            .unwrap()
            .unwrap();
        let guardian = signed_in.actor;
        let id = guardian.id().unwrap();
        services
            .confirm_guardian(&teacher, id, person)
            .await
            .unwrap();
        services
            .decide_consent(&guardian, person, ConsentAnswer::Given)
            .await
            .unwrap();
        guardian
    }

    pub(crate) fn teacher(&self) -> Actor {
        account(912, Role::Teacher, Scope::Class(self.class))
    }

    pub(crate) fn admin(&self) -> Actor {
        account(913, Role::SchoolAdmin, Scope::School(self.school))
    }

    pub(crate) fn officer() -> Actor {
        account(911, Role::HealthOfficer, Scope::Region(district()))
    }

    pub(crate) fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.clock.now())
    }

    pub(crate) async fn info(&self) -> Arc<SchoolInfo> {
        let mut tx = self.services.store.read().await.unwrap();
        let info = self.services.school_info(&mut tx, self.school).await;
        info.unwrap()
    }

    pub(crate) async fn opened(&self, child: usize) -> Opened {
        let mut tx = self.services.store.read().await.unwrap();
        let person = self.people[child];
        self.services.opened_state(&mut tx, person).await.unwrap()
    }

    pub(crate) async fn numbers(&self) -> Numbers {
        let mut tx = self.services.store.read().await.unwrap();
        let row = tx.counter_of_class(self.class, self.today()).await.unwrap();
        row.unwrap().numbers
    }
}

async fn school(services: &Services) -> SchoolId {
    let mut tx = services.store.write().await.unwrap();
    for code in ["CN", "330503", PLACES[0], PLACES[1]] {
        let row = RegionRow {
            code: code.parse().unwrap(),
            parent: (code != "CN").then(|| "CN".parse().unwrap()),
            level: if code == "CN" { "country" } else { "district" }.into(),
            name: code.into(),
            name_en: String::new(),
        };
        tx.upsert_region(&row, true).await.unwrap();
    }
    let row = SchoolRow {
        school_id: SchoolId(0),
        code: "3305030001".into(),
        name: "示例小学".into(),
        name_en: String::new(),
        kind: "primary".into(),
        region_code: district(),
        zone: "Asia/Shanghai".into(),
        due_minute: 480,
        late_days: 1,
        self_report_age: None,
        contact: String::new(),
        created_at: 0,
    };
    let school = tx.insert_school(&row).await.unwrap();
    tx.commit().await.unwrap();
    school
}
