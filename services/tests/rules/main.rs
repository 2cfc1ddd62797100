//! Rulebooks from a draft to the colours they change, over a real database file, on a clock that the test moves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

mod files;
mod life;
mod two_people;
mod words;

use domain::access::{Grant, Role, Scope};
use domain::ids::{ClassId, PersonId, RulebookNo};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::rulebook::{Document, Move, ParameterValue, Severity, Status, Step};
use domain::{Code, Lang, Text, Zone};
use services::accounts::NewStaff;
use services::clock::{Clock, ManualClock, SystemEntropy};
use services::intake::Submission;
use services::open::Location;
use services::rules::{Flow, Origin, ReplayResult, ReplayView};
use services::{Actor, Error, OpenError, Refusal, Services};
use std::sync::Arc;
use support::town::{account, add_regions, at, day, district, import_class, region, school};
use support::{Engine, behind_its_back};

const SCHOOL: &str = "3305030001";
const ROSTER: &str = "学号,姓名,性别,出生日期,身份证号,年级,班级,家长1姓名,家长1关系,家长1手机\n\
    201900001,胡亦辰,男,2012-11-27,,一年级,1班,胡敏,母亲,19900000001\n\
    201900002,丁可欣,女,2013-02-06,,一年级,1班,丁国,父亲,19900000002\n\
    201900003,宋知远,男,2012-09-14,,一年级,1班,宋雨,母亲,19900000003\n";

struct Country {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    location: Location,
    class: ClassId,
    people: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn is_forbidden<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Forbidden))
}

impl Country {
    /// Two districts, a school with three children in one of them, on Monday 14 September 2020 at seven.
    async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = engine.location(folder.path().join("data")).await;
        let clock = Arc::new(ManualClock::new(at("2020-09-14", 7 * 60)));
        let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let mut tx = services.store.write().await.unwrap();
        let regions = [
            ("CN", None, "country", "中国"),
            ("330503", Some("CN"), "district", "南浔区"),
            ("330502", Some("CN"), "district", "吴兴区"),
        ];
        add_regions(&mut tx, &regions).await;
        tx.insert_school(&school(SCHOOL, "南浔镇示例小学", district()))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (class, people) = import_class(&services, SCHOOL, ROSTER).await;
        Self {
            services,
            clock,
            location,
            class,
            people,
            _folder: folder,
        }
    }

    /// Brings a draft with this document into force on 17 September 2020.
    async fn bring_in(
        &self,
        author: &Actor,
        second: &Actor,
        code: &str,
        no: RulebookNo,
        (document, revision): (Document, i64),
    ) {
        let (services, here) = (&self.services, region(code));
        let saved = services.save_draft(author, &here, no, document, revision);
        let revision = saved.await.unwrap().revision;
        self.replay(author, code, no).await;
        let submitted = services.submit_rulebook(author, &here, no, revision).await;
        submitted.unwrap();
        let approved = services.approve_rulebook(second, &here, no, revision).await;
        approved.unwrap();
        let from = day("2020-09-17");
        let scheduled = services.schedule_rulebook(second, &here, no, from, false);
        scheduled.await.unwrap();
    }

    /// Somebody of a bureau, created by the command line unless somebody else is named.
    async fn staff(&self, login: &str, role: Role, code: &str, by: Option<&Actor>) -> Actor {
        let grant = Grant {
            role,
            scope: Scope::Region(region(code)),
        };
        let new = NewStaff {
            name: login.to_uppercase(),
            login: login.into(),
            grant: grant.clone(),
        };
        let command = Actor::command();
        let created = self
            .services
            .create_staff(by.unwrap_or(&command), &new)
            .await
            .unwrap()
            .unwrap();
        Actor::account(created.account, vec![grant])
    }

    async fn admin(&self, login: &str) -> Actor {
        self.staff(login, Role::BureauAdmin, "CN", None).await
    }

    fn teacher(&self) -> Actor {
        account(1, Role::Teacher, Scope::Class(self.class))
    }

    async fn report(&self, child: usize, tenths: u16) -> Code {
        let answers = Answers {
            temperature: Temperature::Tenths(tenths),
            ..Answers::all_well()
        };
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.clock.now().0.to_be_bytes());
        id[8..].copy_from_slice(&self.people[child].0.to_be_bytes());
        let submission = Submission {
            person: self.people[child],
            day: Zone::SHANGHAI.day_of(self.clock.now()),
            id,
            based_on: 0,
            answers,
            channel: Channel::Proxy(Learned::Call),
        };
        let receipt = self
            .services
            .report(&self.teacher(), submission)
            .await
            .unwrap();
        receipt.decision.code
    }

    async fn wake_up_on(&self, day: &str, minute: u32) {
        self.clock.set(at(day, minute));
        self.services.catch_up(&Actor::job()).await.unwrap();
        self.services.finish_redecisions().await.unwrap();
    }

    /// The code in a child's row, and the decision behind it.
    async fn code(&self, officer: &Actor, child: usize) -> domain::decision::Decision {
        self.services.finish_redecisions().await.unwrap();
        let person = self
            .services
            .bureau_person(officer, self.people[child])
            .await
            .unwrap();
        let mut tx = self.services.store.read().await.unwrap();
        let row = tx.state(self.people[child]).await.unwrap().unwrap().state;
        let today = Zone::SHANGHAI.day_of(self.clock.now());
        assert_eq!(
            row.code_on(today),
            person.decision.code,
            "the row is current"
        );
        person.decision
    }

    async fn shipped(&self, actor: &Actor) -> RulebookNo {
        let lines = self.services.rulebooks(actor, &region("CN")).await.unwrap();
        lines
            .iter()
            .find(|line| line.id == "cn-base" && line.status == Status::Active)
            .unwrap()
            .no
    }

    /// A saved draft of the shipped rules with another threshold of fever; its number and revision.
    async fn draft(&self, actor: &Actor, fever_tenths: i64) -> (RulebookNo, i64) {
        let cn = region("CN");
        let no = self
            .services
            .start_draft(actor, &cn, self.shipped(actor).await)
            .await
            .unwrap();
        let view = self.services.rulebook(actor, &cn, no).await.unwrap();
        let mut document = view.document.clone();
        set(&mut document, "fever_tenths", fever_tenths);
        let saved = self
            .services
            .save_draft(actor, &cn, no, document, view.revision)
            .await
            .unwrap();
        assert!(
            saved
                .findings
                .iter()
                .all(|f| f.severity == Severity::Warning),
            "{:?}",
            saved.findings
        );
        (no, saved.revision)
    }

    async fn replay(&self, actor: &Actor, code: &str, no: RulebookNo) -> ReplayResult {
        self.services
            .start_replay(actor, &region(code), no)
            .await
            .unwrap();
        loop {
            match self
                .services
                .replay(actor, &region(code), no)
                .await
                .unwrap()
            {
                ReplayView::Running { .. } => tokio::task::yield_now().await,
                ReplayView::Done(result) => return *result,
                other => panic!("{other:?}"),
            }
        }
    }

    /// A draft that was replayed and handed in.
    async fn submitted(&self, author: &Actor, fever_tenths: i64) -> (RulebookNo, i64) {
        let (no, revision) = self.draft(author, fever_tenths).await;
        self.replay(author, "CN", no).await;
        self.services
            .submit_rulebook(author, &region("CN"), no, revision)
            .await
            .unwrap();
        (no, revision)
    }

    async fn status(&self, actor: &Actor, no: RulebookNo) -> Status {
        self.services
            .rulebook(actor, &region("CN"), no)
            .await
            .unwrap()
            .line
            .status
    }
}

fn set(document: &mut Document, name: &str, value: i64) {
    let mut parameters = document.parameters.iter_mut();
    parameters.find(|p| p.name == name).unwrap().value = ParameterValue::Number(value);
}
