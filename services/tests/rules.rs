//! Rulebooks from a draft to the colours they change, over a real database file, on a clock that the test moves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod support;

use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, ClassId, PersonId, RegionCode, RulebookNo, SchoolId};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::rulebook::{Document, Move, ParameterValue, Severity, Status, Step};
use domain::{Code, Day, Lang, Millis, Text, Zone};
use services::accounts::NewStaff;
use services::clock::{Clock, ManualClock, SystemEntropy};
use services::intake::Submission;
use services::open::Location;
use services::rules::{Flow, Origin, ReplayResult, ReplayView};
use services::{Actor, Error, OpenError, Refusal, Services};
use std::sync::Arc;
use store::{RegionRow, SchoolRow};
use support::{Engine, behind_its_back};

on_both_engines![
    a_draft_is_replayed_approved_by_a_second_person_and_comes_into_force_on_its_day,
    without_the_flag_a_running_isolation_keeps_the_rules_it_began_under,
    a_chosen_day_can_be_taken_back_until_it_has_come,
    an_emergency_holds_at_once_and_lapses_after_a_day_unless_a_third_person_ratifies_it,
    a_file_says_whose_it_is_and_always_becomes_a_draft,
    a_district_may_be_stricter_and_never_looser,
    each_sees_and_does_only_what_their_role_and_region_allow,
    a_rule_without_an_answer_turns_yellow_and_is_told_to_the_officer,
    the_program_refuses_rules_that_were_changed_behind_its_back,
    a_cancelled_replay_leaves_nothing_and_a_change_makes_the_last_one_void,
];

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

fn at(day: &str, minute: u32) -> Millis {
    Zone::SHANGHAI.at(day.parse().unwrap(), minute)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
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
        for (code, parent, level, name) in [
            ("CN", None, "country", "中国"),
            ("330503", Some("CN"), "district", "南浔区"),
            ("330502", Some("CN"), "district", "吴兴区"),
        ] {
            tx.upsert_region(
                &RegionRow {
                    code: region(code),
                    parent: parent.map(region),
                    level: level.into(),
                    name: name.into(),
                    name_en: String::new(),
                },
                true,
            )
            .await
            .unwrap();
        }
        let school = tx
            .insert_school(&SchoolRow {
                school_id: SchoolId(0),
                code: "3305030001".into(),
                name: "南浔镇示例小学".into(),
                name_en: String::new(),
                kind: "primary".into(),
                region_code: region("330503"),
                zone: "Asia/Shanghai".into(),
                due_minute: 480,
                late_days: 1,
                self_report_age: None,
                contact: "0572-0000000".into(),
                created_at: 0,
            })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        services
            .import_roster_file(
                &Actor::command(),
                "3305030001",
                "roster.csv",
                ROSTER.as_bytes().to_vec(),
                false,
            )
            .await
            .unwrap();
        let mut tx = services.store.read().await.unwrap();
        let class = tx.classes_of(school).await.unwrap()[0].class_id;
        let people = tx
            .people_of_class(class)
            .await
            .unwrap()
            .iter()
            .map(|p| p.person_id)
            .collect();
        drop(tx);
        Self {
            services,
            clock,
            location,
            class,
            people,
            _folder: folder,
        }
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
        let scope = Scope::Class(self.class);
        Actor::account(
            AccountId(1),
            vec![Grant {
                role: Role::Teacher,
                scope,
            }],
        )
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
        let row = tx.state(self.people[child]).await.unwrap().unwrap();
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

async fn a_draft_is_replayed_approved_by_a_second_person_and_comes_into_force_on_its_day(
    engine: Engine,
) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    assert_eq!(country.report(0, 374).await, Code::Yellow);
    assert_eq!(country.report(1, 366).await, Code::Green);

    let (no, revision) = country.draft(&author, 375).await;
    let view = services.rulebook(&author, &cn, no).await.unwrap();
    assert_eq!(
        view.line.version.to_string(),
        "1.1.0",
        "moving a parameter is a minor change"
    );
    assert_eq!(
        view.changes[0].text.en,
        "Fever from, in tenths of a degree Celsius: from 37.3 °C to 37.5 °C"
    );
    assert_eq!(view.line.author.as_deref(), Some("AUTHOR"));
    let stale = services
        .save_draft(&author, &cn, no, view.document.clone(), revision - 1)
        .await;
    assert_eq!(refused(stale), Refusal::DraftStale);
    assert_eq!(
        refused(services.submit_rulebook(&author, &cn, no, revision).await),
        Refusal::ReplayNeeded
    );

    let result = country.replay(&author, "CN", no).await;
    assert_eq!((result.people, result.changed), (3, 1));
    assert_eq!(
        result.flows,
        [Flow {
            from: Code::Yellow,
            to: Code::Green,
            people: 1
        }]
    );
    assert_eq!(
        (result.before, result.after),
        ([1, 1, 1, 0], [1, 2, 0, 0]),
        "grey, green, yellow, red"
    );
    assert_eq!(
        (
            result.schools[0].name.zh.as_str(),
            result.schools[0].changed
        ),
        ("南浔镇示例小学", 1)
    );
    assert_eq!(
        (result.rules[0].rule.as_str(), result.rules[0].losses),
        ("Y-04", 1)
    );
    let example = &result.examples[0];
    assert_eq!(
        (example.person, example.day),
        (country.people[0], day("2020-09-14"))
    );
    assert!(
        !example.name.contains("亦辰"),
        "names are masked: {}",
        example.name
    );

    services
        .submit_rulebook(&author, &cn, no, revision)
        .await
        .unwrap();
    assert_eq!(
        refused(services.approve_rulebook(&author, &cn, no, revision).await),
        Refusal::FourEyesSame
    );
    let protege = country
        .staff("protege", Role::BureauAdmin, "CN", Some(&author))
        .await;
    assert_eq!(
        refused(services.approve_rulebook(&protege, &cn, no, revision).await),
        Refusal::FourEyesTied
    );
    let view = services.rulebook(&protege, &cn, no).await.unwrap();
    assert_eq!(
        (view.may.approve, view.not_second),
        (false, Some(Refusal::FourEyesTied))
    );
    services
        .approve_rulebook(&second, &cn, no, revision)
        .await
        .unwrap();
    assert_eq!(
        refused(
            services
                .save_draft(&author, &cn, no, view.document, revision)
                .await
        ),
        Refusal::RulebookState,
        "what was approved never changes"
    );

    let limits = services.rulebook(&second, &cn, no).await.unwrap().schedule;
    assert_eq!(
        (limits.notice_hours, limits.earliest),
        (48, day("2020-09-17"))
    );
    let early = services
        .schedule_rulebook(&second, &cn, no, day("2020-09-16"), true)
        .await;
    assert_eq!(refused(early), Refusal::NoticeTooShort);
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), true)
        .await
        .unwrap();

    country.wake_up_on("2020-09-16", 7 * 60).await;
    assert_eq!(country.status(&author, no).await, Status::Scheduled);
    let before = country.code(&second, 0).await;
    assert_eq!(
        (before.code, before.rulebooks[0].1.to_string().as_str()),
        (Code::Yellow, "1.0.0")
    );

    let old = country.shipped(&author).await;
    country.wake_up_on("2020-09-17", 0).await;
    assert_eq!(country.status(&author, no).await, Status::Active);
    let retired = services.rulebook(&author, &cn, old).await.unwrap().line;
    assert_eq!(
        (retired.status, retired.to),
        (Status::Retired, Some(day("2020-09-16")))
    );
    let after = country.code(&second, 0).await;
    assert_eq!(
        (after.code, after.rulebooks[0].1.to_string().as_str()),
        (Code::Grey, "1.1.0")
    );
    let trace = services
        .bureau_person(&second, country.people[0])
        .await
        .unwrap()
        .trace;
    let rederived = &trace.rederived[0];
    assert_eq!(
        (
            rederived.rule_id.as_str(),
            rederived.by.version.to_string().as_str()
        ),
        ("Y-04", "1.1.0")
    );

    let steps = services.rulebook(&author, &cn, no).await.unwrap().steps;
    let words: Vec<_> = steps
        .iter()
        .map(|step| (step.step, step.by.as_deref()))
        .collect();
    assert_eq!(
        words,
        [
            (Step::Save, Some("AUTHOR")),
            (Step::Save, Some("AUTHOR")),
            (Step::Submit, Some("AUTHOR")),
            (Step::Approve, Some("SECOND")),
            (Step::Schedule, Some("SECOND")),
            (Step::Begin, None),
        ]
    );
    let public = services.public_rulebooks(&region("330503")).await.unwrap();
    assert_eq!(public.active[0].document.version.to_string(), "1.1.0");
    assert_eq!(public.history.len(), 2);
    assert_eq!(public.history[0].changes.len(), 1);
}

async fn without_the_flag_a_running_isolation_keeps_the_rules_it_began_under(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    country.report(0, 374).await;
    let (no, revision) = country.submitted(&author, 375).await;
    let (services, cn) = (&country.services, region("CN"));
    services
        .approve_rulebook(&second, &cn, no, revision)
        .await
        .unwrap();
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), false)
        .await
        .unwrap();
    country.wake_up_on("2020-09-17", 7 * 60).await;
    let decision = country.code(&second, 0).await;
    assert_eq!(
        (decision.code, decision.reasons[0].rederived.as_ref()),
        (Code::Yellow, None)
    );
    assert_eq!(
        country.report(1, 374).await,
        Code::Green,
        "what happens from now on is judged anew"
    );
}

async fn a_chosen_day_can_be_taken_back_until_it_has_come(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let (no, revision) = country.submitted(&author, 375).await;
    let (services, cn) = (&country.services, region("CN"));
    services
        .approve_rulebook(&second, &cn, no, revision)
        .await
        .unwrap();
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), false)
        .await
        .unwrap();
    services.cancel_schedule(&second, &cn, no).await.unwrap();
    assert_eq!(country.status(&author, no).await, Status::Approved);
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), false)
        .await
        .unwrap();
    country.clock.set(at("2020-09-17", 1));
    assert_eq!(
        refused(services.cancel_schedule(&second, &cn, no).await),
        Refusal::RulebookState
    );
    country.wake_up_on("2020-09-17", 2).await;
    assert_eq!(country.status(&author, no).await, Status::Active);
}

async fn an_emergency_holds_at_once_and_lapses_after_a_day_unless_a_third_person_ratifies_it(
    engine: Engine,
) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let (author, second, third) = (
        country.admin("author").await,
        country.admin("second").await,
        country.admin("third").await,
    );
    assert_eq!(country.report(0, 371).await, Code::Green);
    let (no, _) = country.submitted(&author, 370).await;
    let why = "新变异株，先从严";
    let alone = services
        .activate_emergency(&author, &cn, no, false, why)
        .await;
    assert_eq!(refused(alone), Refusal::FourEyesSame);
    assert_eq!(
        refused(
            services
                .activate_emergency(&second, &cn, no, false, " ")
                .await
        ),
        Refusal::NoteNeeded
    );
    services
        .activate_emergency(&second, &cn, no, false, why)
        .await
        .unwrap();
    assert_eq!(country.status(&author, no).await, Status::Emergency);
    assert_eq!(
        country.code(&second, 0).await.code,
        Code::Yellow,
        "today is judged by it at once"
    );
    for hand in [&author, &second] {
        assert_eq!(
            refused(services.ratify_rulebook(hand, &cn, no).await),
            Refusal::FourEyesSame
        );
    }

    country.wake_up_on("2020-09-15", 6 * 60).await;
    assert_eq!(country.report(1, 371).await, Code::Yellow);
    country.wake_up_on("2020-09-15", 7 * 60).await;
    assert_eq!(country.status(&author, no).await, Status::Lapsed);
    assert_eq!(
        refused(services.ratify_rulebook(&third, &cn, no).await),
        Refusal::RulebookState
    );
    assert_eq!(
        country.code(&second, 0).await.code,
        Code::Yellow,
        "an isolation that began runs on"
    );
    assert_eq!(
        country.code(&second, 1).await.code,
        Code::Green,
        "the day of the lapse is judged as before"
    );

    let (no, _) = country.submitted(&author, 370).await;
    services
        .activate_emergency(&second, &cn, no, false, why)
        .await
        .unwrap();
    let old = country.shipped(&author).await;
    services.ratify_rulebook(&third, &cn, no).await.unwrap();
    country.wake_up_on("2020-09-17", 7 * 60).await;
    assert_eq!(country.status(&author, no).await, Status::Active);
    assert_eq!(country.status(&author, old).await, Status::Retired);
    assert_eq!(country.report(2, 371).await, Code::Yellow);
}

async fn a_file_says_whose_it_is_and_always_becomes_a_draft(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let admin = country.admin("admin").await;
    let file = services
        .export_rulebook(&admin, &cn, country.shipped(&admin).await)
        .await
        .unwrap();
    assert_eq!(file.name, "cn-base-1.0.0.json");
    let imported = services
        .import_rulebook(&admin, &cn, &file.body)
        .await
        .unwrap();
    assert_eq!(imported.origin, Origin::Own);
    let view = services.rulebook(&admin, &cn, imported.no).await.unwrap();
    assert_eq!((view.line.status, view.changes.len()), (Status::Draft, 0));
    assert_eq!(
        view.document.rules,
        services
            .rulebook(&admin, &cn, view.base.unwrap().0)
            .await
            .unwrap()
            .document
            .rules
    );

    let text = String::from_utf8(file.body.clone()).unwrap();
    let broken = text.replace("\"value\": 373", "\"value\": 400");
    assert_ne!(broken, text);
    let imported = services
        .import_rulebook(&admin, &cn, broken.as_bytes())
        .await;
    assert_eq!(refused(imported), Refusal::RulebookSignatureBroken);
    let bare = services
        .import_rulebook(&admin, &cn, domain::rulebook::SHIPPED.as_bytes())
        .await
        .unwrap();
    assert_eq!(bare.origin, Origin::Unsigned);
    for junk in [&b""[..], b"{}", b"[1,2]", b"\xff\xfe"] {
        let imported = services.import_rulebook(&admin, &cn, junk).await;
        assert_eq!(refused(imported), Refusal::RulebookFileInvalid);
    }

    let elsewhere = Country::new(engine).await;
    let other = elsewhere.admin("other").await;
    let theirs = elsewhere
        .services
        .export_rulebook(&other, &cn, elsewhere.shipped(&other).await)
        .await
        .unwrap();
    let key = elsewhere.services.rulebook_public_key();
    let imported = services
        .import_rulebook(&admin, &cn, &theirs.body)
        .await
        .unwrap();
    assert_eq!(imported.origin, Origin::Unknown(key.clone()));
    services
        .name_rulebook_signer(&admin, &cn, &key, "省疾控")
        .await
        .unwrap();
    assert_eq!(
        refused(services.name_rulebook_signer(&admin, &cn, "abc", "x").await),
        Refusal::FieldInvalid
    );
    let view = services.rulebook(&admin, &cn, imported.no).await.unwrap();
    assert_eq!(view.origin, Some(Origin::Known("省疾控".into())));
}

async fn a_district_may_be_stricter_and_never_looser(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, here) = (&country.services, region("330503"));
    let author = country
        .staff("author", Role::HealthOfficer, "330503", None)
        .await;
    let second = country.admin("second").await;
    let title = Text::new("南浔区从严", "Nanxun, stricter");
    assert_eq!(
        refused(
            services
                .start_new_book(&author, &here, "cn-base", title.clone())
                .await
        ),
        Refusal::RulebookNameTaken
    );
    let no = services
        .start_new_book(&author, &here, "nanxun", title)
        .await
        .unwrap();
    let view = services.rulebook(&author, &here, no).await.unwrap();
    assert_eq!(view.above.len(), 1, "the country's rulebook can be moved");
    let with = |tenths| {
        let mut document = view.document.clone();
        document.moves = vec![Move {
            rulebook: "cn-base".into(),
            parameter: "fever_tenths".into(),
            value: ParameterValue::Number(tenths),
        }];
        document
    };
    let looser = services
        .save_draft(&author, &here, no, with(380), 1)
        .await
        .unwrap();
    assert!(
        looser
            .findings
            .iter()
            .any(|f| f.text.get(Lang::En).starts_with("looser than above")),
        "{:?}",
        looser.findings
    );
    assert_eq!(
        refused(services.start_replay(&author, &here, no).await),
        Refusal::RulebookFaulty
    );
    assert_eq!(
        refused(services.submit_rulebook(&author, &here, no, 2).await),
        Refusal::RulebookFaulty
    );

    let stricter = services
        .save_draft(&author, &here, no, with(370), 2)
        .await
        .unwrap();
    assert_eq!(country.report(0, 371).await, Code::Green);
    let result = country.replay(&author, "330503", no).await;
    assert_eq!(
        result.flows,
        [Flow {
            from: Code::Green,
            to: Code::Yellow,
            people: 1
        }]
    );
    services
        .submit_rulebook(&author, &here, no, stricter.revision)
        .await
        .unwrap();
    assert!(is_forbidden(
        services
            .approve_rulebook(&author, &here, no, stricter.revision)
            .await
    ));
    services
        .approve_rulebook(&second, &here, no, stricter.revision)
        .await
        .unwrap();
    services
        .activate_emergency(&second, &here, no, false, "本区从严")
        .await
        .unwrap();
    assert_eq!(country.code(&second, 0).await.code, Code::Yellow);
    let neighbour = services.public_rulebooks(&region("330502")).await.unwrap();
    assert_eq!(
        neighbour.active.len(),
        1,
        "the neighbour's children are the neighbour's"
    );
    let own = services.public_rulebooks(&here).await.unwrap();
    let fever = own.active[0]
        .document
        .parameters
        .iter()
        .find(|p| p.name == "fever_tenths")
        .unwrap();
    assert_eq!(
        (own.active.len(), fever.value),
        (2, ParameterValue::Number(370)),
        "what holds here is shown"
    );
}

async fn each_sees_and_does_only_what_their_role_and_region_allow(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn, here) = (&country.services, region("CN"), region("330503"));
    let admin = country.admin("admin").await;
    let viewer = country
        .staff("viewer", Role::BureauViewer, "330503", None)
        .await;
    let officer = country
        .staff("officer", Role::HealthOfficer, "330503", None)
        .await;
    let (no, revision) = country.draft(&admin, 375).await;
    let shipped = country.shipped(&admin).await;
    for staff in [&viewer, &officer] {
        let lines = services.rulebooks(staff, &here).await.unwrap();
        assert_eq!(
            lines.iter().map(|line| line.no).collect::<Vec<_>>(),
            [shipped],
            "no drafts of others"
        );
        assert!(is_forbidden(services.rulebooks(staff, &cn).await));
        assert!(is_forbidden(services.rulebook(staff, &here, no).await));
        assert!(
            is_forbidden(services.start_draft(staff, &here, shipped).await),
            "the country's rules are the country's"
        );
        assert!(is_forbidden(
            services.rulebook(staff, &region("330502"), shipped).await
        ));
    }
    let view = services.rulebook(&viewer, &here, shipped).await.unwrap();
    assert_eq!(view.may, services::rules::May::default());
    let title = Text::new("本区", "Ours");
    assert!(is_forbidden(
        services
            .start_new_book(&viewer, &here, "ours", title.clone())
            .await
    ));
    services
        .start_new_book(&officer, &here, "ours", title)
        .await
        .unwrap();
    assert!(is_forbidden(
        services
            .retire_rulebook(&officer, &here, shipped, "不再需要")
            .await
    ));
    let lines = services.rulebooks(&admin, &here).await.unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        refused(
            services
                .retire_rulebook(&admin, &cn, shipped, "不再需要")
                .await
        ),
        Refusal::LastRulebook
    );
    assert!(
        services
            .submit_rulebook(&Actor::command(), &cn, no, revision)
            .await
            .is_err()
    );
    services.delete_draft(&admin, &cn, no).await.unwrap();
    assert!(is_forbidden(services.rulebook(&admin, &cn, no).await));
}

async fn a_rule_without_an_answer_turns_yellow_and_is_told_to_the_officer(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let no = services
        .start_draft(&author, &cn, country.shipped(&author).await)
        .await
        .unwrap();
    let view = services.rulebook(&author, &cn, no).await.unwrap();
    let mut document = view.document;
    let rule = document
        .rules
        .iter_mut()
        .find(|rule| rule.id == "Y-07")
        .unwrap();
    // A sum that does not fit into 64 bits as soon as a temperature is measured.
    rule.condition = serde_json::json!({">": [{"+": [i64::MAX, {"var": "today.temperature_tenths"}]}, i64::MAX]});
    let saved = services
        .save_draft(&author, &cn, no, document, view.revision)
        .await
        .unwrap();
    country.report(0, 366).await;
    assert_eq!(
        country.replay(&author, "CN", no).await.undecidable,
        1,
        "the replay shows it beforehand"
    );
    services
        .submit_rulebook(&author, &cn, no, saved.revision)
        .await
        .unwrap();
    services
        .activate_emergency(&second, &cn, no, false, "紧急")
        .await
        .map_err(|_| ())
        .unwrap_err();
    services
        .activate_emergency(&second, &cn, no, false, "紧急情况")
        .await
        .unwrap();
    let decision = country.code(&second, 0).await;
    assert_eq!(
        (decision.code, decision.reasons[0].code.as_str()),
        (Code::Yellow, "undecidable")
    );
    let screen = services
        .screen(
            &second,
            &cn,
            domain::screen::ScreenMode::Room,
            services::bureau::Opened::Closed,
        )
        .await
        .unwrap();
    let feed = screen.feed.unwrap();
    assert!(
        feed.iter()
            .any(|event| event.label.en == "Cannot be decided"),
        "{feed:?}"
    );
}

async fn the_program_refuses_rules_that_were_changed_behind_its_back(engine: Engine) {
    let country = Country::new(engine).await;
    country.services.store.close().await;
    let change = |sql: &'static str| behind_its_back(&country.location, sql);
    let open = || {
        Services::open(
            &country.location,
            country.clock.clone(),
            Arc::new(SystemEntropy),
        )
    };
    for (tamper, mend) in [
        (
            "UPDATE rulebook SET body = replace(body, '\"value\": 373', '\"value\": 420')",
            "UPDATE rulebook SET body = replace(body, '\"value\": 420', '\"value\": 373')",
        ),
        (
            "UPDATE rulebook SET from_day = from_day + 30000",
            "UPDATE rulebook SET from_day = from_day - 30000",
        ),
        (
            "UPDATE rulebook SET status = 'retired'",
            "UPDATE rulebook SET status = 'active'",
        ),
    ] {
        change(tamper).await;
        match open().await {
            Err(OpenError::Other(error)) => {
                assert!(
                    error
                        .to_string()
                        .contains("cn-base 1.0.0 was changed outside the program"),
                    "{error}"
                );
            }
            other => panic!("{tamper}: {:?}", other.map(|_| ())),
        }
        change(mend).await;
    }
    open().await.unwrap();
}

async fn a_cancelled_replay_leaves_nothing_and_a_change_makes_the_last_one_void(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let author = country.admin("author").await;
    let (no, revision) = country.draft(&author, 375).await;
    services.start_replay(&author, &cn, no).await.unwrap();
    // While somebody else writes, even the fastest replay cannot keep its result.
    let busy = services.store.write().await.unwrap();
    services.cancel_replay(&author, &cn, no).await.unwrap();
    drop(busy);
    assert_eq!(
        services.replay(&author, &cn, no).await.unwrap(),
        ReplayView::None
    );
    country.replay(&author, "CN", no).await;
    let view = services.rulebook(&author, &cn, no).await.unwrap();
    assert!(view.is_replayed);
    let mut document = view.document;
    document.title.en.push('!');
    let saved = services
        .save_draft(&author, &cn, no, document, revision)
        .await
        .unwrap();
    assert_eq!(
        services.replay(&author, &cn, no).await.unwrap(),
        ReplayView::None
    );
    assert_eq!(
        refused(
            services
                .submit_rulebook(&author, &cn, no, saved.revision)
                .await
        ),
        Refusal::ReplayNeeded
    );
}
