//! What records, areas, clearances and discrepancies do to a child's colour, over a real database file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use domain::access::{Role, Scope};
use domain::facts::RiskLevel;
use domain::ids::{AccountId, ClassId, PersonId, SchoolId};
use domain::list::{ListReason, Who};
use domain::report::{Answers, Channel, FactChange, Learned, StandingFact, Temperature};
use domain::state::{Finding, RecordKind};
use domain::{Code, Day, Millis, Zone};
use services::areas::{AreaFate, AreasApplied, NewArea};
use services::clearances::{ClearanceFault, ClearanceKind, InboxPart, NewClearance, Submitted};
use services::clock::{Clock, ManualClock};
use services::intake::Submission;
use services::records::{
    EnterOutcome, ListApplied, ListError, ListOf, ListUpload, NewRecord, RecordSearch, RowFate,
};
use services::{Actor, Error, Refusal, Services};
use std::sync::Arc;
use store::Numbers;
use support::Engine;
use support::rollups::assert_rolled_up;
use support::town::{
    account, add_regions, at, day, district, import_class, open, school, second_class,
};

on_both_engines![
    a_list_at_six_in_the_evening_turns_a_child_red_who_had_not_reported,
    a_withdrawn_record_is_as_if_it_had_never_been_and_a_list_does_not_bring_it_back,
    a_record_withdrawn_after_its_person_has_left_changes_no_number_of_the_class,
    a_late_report_moves_its_child_from_where_the_day_had_counted_it,
    a_late_report_may_come_before_the_job_at_midnight_has_looked_at_its_child,
    a_record_that_passed_its_person_over_is_found_when_they_come_back,
    a_child_is_found_by_the_numbers_that_the_roster_says_now,
    a_search_needs_an_exact_number_and_a_reason_and_stands_in_the_log,
    a_list_without_its_columns_is_refused_and_one_changed_since_its_preview_is_shown_again,
    an_area_declared_after_a_stay_turns_the_child_red_and_its_withdrawal_turns_it_back,
    areas_of_another_bureau_do_not_count_here,
    a_list_of_areas_declares_and_changes_them_and_again_changes_nothing,
    an_accepted_clearance_ends_the_isolation_and_whoever_submitted_it_cannot_accept_it,
    a_settled_discrepancy_ends_its_yellow_and_a_wrong_record_is_withdrawn,
];

const SCHOOL: &str = "3305030001";
/// The children of `data/close-contacts-sample.csv`, and two who share a guardian.
const ROSTER: &str = "学号,姓名,性别,出生日期,身份证号,年级,班级,家长1姓名,家长1关系,家长1手机\n\
    201900001,胡亦辰,男,,110101201211270018,一年级,1班,胡敏,母亲,19900000001\n\
    201900002,丁可欣,女,2013-02-06,,一年级,1班,丁国,父亲,19900000002\n\
    201900003,宋知远,男,2012-09-14,,一年级,1班,宋雨,母亲,19900000003\n\
    201900004,宋知遥,女,2012-09-14,,一年级,1班,宋雨,母亲,19900000003\n";

struct Town {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    school: SchoolId,
    class: ClassId,
    people: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

impl Town {
    async fn new(engine: Engine) -> Self {
        let (folder, clock, services) = open(engine, at("2020-09-14", 7 * 60)).await;
        let mut tx = services.store.write().await.unwrap();
        let regions = [
            ("CN", None, "country", "中国"),
            ("11", Some("CN"), "province", "北京市"),
            ("1101", Some("11"), "city", "市辖区"),
            ("110115", Some("1101"), "district", "大兴区"),
            ("330503", Some("CN"), "district", "南浔区"),
            ("330502", Some("CN"), "district", "吴兴区"),
        ];
        add_regions(&mut tx, &regions).await;
        let school = tx
            .insert_school(&school(SCHOOL, "南浔镇示例小学", district()))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (class, people) = import_class(&services, SCHOOL, ROSTER).await;
        Self {
            services,
            clock,
            school,
            class,
            people,
            _folder: folder,
        }
    }

    fn officer(&self) -> Actor {
        account(11, Role::HealthOfficer, Scope::Region(district()))
    }

    fn teacher(&self) -> Actor {
        account(12, Role::Teacher, Scope::Class(self.class))
    }

    fn admin(&self) -> Actor {
        account(13, Role::SchoolAdmin, Scope::School(self.school))
    }

    fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.clock.now())
    }

    async fn wake_up_on(&self, day: &str, minute: u32) {
        self.clock.set(at(day, minute));
        self.services.catch_up(&Actor::job()).await.unwrap();
    }

    async fn report(&self, child: usize, answers: Answers) -> Code {
        let (teacher, today) = (self.teacher(), self.today());
        self.report_of(&teacher, child, (today, 0), answers).await
    }

    /// A teacher's report of a day, made from this revision of it.
    async fn report_of(
        &self,
        teacher: &Actor,
        child: usize,
        (day, based_on): (Day, u16),
        answers: Answers,
    ) -> Code {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.clock.now().0.to_be_bytes());
        id[8..].copy_from_slice(&(child as u64 + 256 * u64::from(based_on)).to_be_bytes());
        let submission = Submission {
            person: self.people[child],
            day,
            id,
            based_on,
            answers,
            channel: Channel::Proxy(Learned::Call),
        };
        let receipt = self.services.report(teacher, submission).await.unwrap();
        receipt.decision.code
    }

    /// A class's numbers on a day, and how many reasons are counted there.
    async fn numbers_on(&self, class: ClassId, day: Day) -> (Numbers, usize) {
        let store = &self.services.store;
        assert_rolled_up(store, day).await;
        let mut tx = store.read().await.unwrap();
        let row = tx.counter_of_class(class, day).await.unwrap();
        let mut reasons = tx.reasons_of_school(self.school, day).await.unwrap();
        reasons.retain(|row| row.class_id == class && row.people != 0);
        (row.unwrap().numbers, reasons.len())
    }

    /// Enters that the second child was a close contact the day before.
    async fn enter_contact(&self) -> NewRecord {
        let contact = RecordKind::CloseContact {
            last: day("2020-09-13"),
        };
        let new = new_record("19900000002", contact);
        let (officer, region) = (self.officer(), district());
        let entered = self.services.enter_record(&officer, &region, &new).await;
        assert_eq!(entered.unwrap(), EnterOutcome::Entered(1));
        new
    }

    async fn code(&self, child: usize) -> (Code, Option<Day>) {
        let person = self.people[child];
        let view = self
            .services
            .bureau_person(&self.officer(), person)
            .await
            .unwrap();
        let row = self.services.store.read().await.unwrap();
        let mut row = row;
        let row = row.state(person).await.unwrap().unwrap().state;
        let shown = (view.decision.code, view.decision.ends);
        assert_eq!(
            (
                row.code_on(self.today()),
                row.ends_day.filter(|_| shown.0.is_flagged())
            ),
            shown,
            "what lists show is what is decided"
        );
        shown
    }

    async fn numbers(&self) -> Numbers {
        assert_rolled_up(&self.services.store, self.today()).await;
        let mut tx = self.services.store.read().await.unwrap();
        let counter = tx.counter_of_class(self.class, self.today()).await;
        counter.unwrap().unwrap().numbers
    }

    async fn turns(&self) -> i64 {
        let mut tx = self.services.store.read().await.unwrap();
        let turns = tx.turns_within(&district(), self.today(), 1_000).await;
        drop(tx);
        assert_rolled_up(&self.services.store, self.today()).await;
        i64::try_from(turns.unwrap().len()).unwrap()
    }

    async fn cause(&self, child: usize) -> (String, bool) {
        let mut tx = self.services.store.read().await.unwrap();
        let rows = tx.decisions_of(self.people[child], 1).await.unwrap();
        (rows[0].cause.clone(), rows[0].replaces.is_some())
    }
}

fn who(number: &str, name: &str) -> Who {
    Who {
        national_id: number.parse().ok(),
        phone: domain::identity::Phone::parse(number).ok(),
        name: name.into(),
    }
}

fn new_record(number: &str, kind: RecordKind) -> NewRecord {
    NewRecord {
        who: who(number, ""),
        kind,
        authority: "湖州市疾控中心".into(),
    }
}

fn list(text: &str) -> ListUpload {
    ListUpload {
        of: ListOf::Records(None),
        authority: "湖州市疾控中心".into(),
        file_name: "名单.csv".into(),
        bytes: text.as_bytes().to_vec(),
    }
}

const SAMPLE: &[u8] = include_bytes!("data/close-contacts-sample.csv");

async fn a_list_at_six_in_the_evening_turns_a_child_red_who_had_not_reported(engine: Engine) {
    let town = Town::new(engine).await;
    town.wake_up_on("2020-09-15", 18 * 60).await;
    assert_eq!(town.code(0).await.0, Code::Grey);
    let upload = ListUpload {
        bytes: SAMPLE.to_vec(),
        ..list("")
    };
    let preview = town
        .services
        .preview_records(&town.officer(), &district(), upload.clone())
        .await
        .unwrap();
    let counts = [RowFate::New, RowFate::Known, RowFate::NotFound].map(|f| preview.count(f));
    assert_eq!(counts, [2, 0, 1]);
    let faults: Vec<_> = preview.faults.iter().map(|f| (f.row, f.reason)).collect();
    assert_eq!(
        faults,
        [
            (5, ListReason::PhoneOfSeveral),
            (6, ListReason::NationalIdCheck),
            (7, ListReason::NameDiffers),
        ]
    );
    assert_eq!(town.turns().await, 0, "a preview changes nothing");
    let applied = town
        .services
        .apply_records(&town.officer(), &district(), preview.staged, &preview.mark)
        .await
        .unwrap();
    assert_eq!(applied, ListApplied::Done(2));
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(town.code(0).await, (Code::Red, Some(day("2020-09-28"))));
    assert_eq!(town.code(1).await.0, Code::Yellow);
    assert_eq!(town.turns().await, 2);
    assert_eq!(town.cause(0).await, ("record".into(), false));

    let again = town
        .services
        .import_records_file(&town.officer(), &district(), upload, false)
        .await
        .unwrap();
    assert_eq!(
        (again.new, again.known),
        (0, 2),
        "the same list changes nothing"
    );
    assert_eq!(town.turns().await, 2);
}

async fn a_withdrawn_record_is_as_if_it_had_never_been_and_a_list_does_not_bring_it_back(
    engine: Engine,
) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    let new = town.enter_contact().await;
    assert_eq!(town.code(1).await.0, Code::Red);
    let again = town.services.enter_record(&officer, &region, &new).await;
    assert_eq!(again.unwrap(), EnterOutcome::Known);
    let page = town
        .services
        .records(&officer, &region, None)
        .await
        .unwrap();
    assert_eq!((page.records.len(), page.counts), (1, (1, 0)));
    assert_eq!(page.records[0].name, "丁*欣");
    let record = page.records[0].id;

    let refused = town.services.withdraw_record(&officer, record, "").await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NoteNeeded))));
    let other = account(
        21,
        Role::HealthOfficer,
        Scope::Region("330502".parse().unwrap()),
    );
    let outside = town
        .services
        .withdraw_record(&other, record, "录错了人")
        .await;
    assert!(matches!(outside, Err(Error::Forbidden)));
    town.services
        .withdraw_record(&officer, record, "录错了人")
        .await
        .unwrap();
    assert_eq!(town.code(1).await.0, Code::Grey);
    assert_eq!(town.cause(1).await, ("record_withdrawn".into(), true));
    let page = town
        .services
        .records(&officer, &region, None)
        .await
        .unwrap();
    assert_eq!(page.counts, (0, 1));
    assert_eq!(page.records[0].withdrawn.as_ref().unwrap().1, "录错了人");

    let text = "手机,类型,日期\n19900000002,密接,2020-09-13\n";
    let outcome = town
        .services
        .import_records_file(&officer, &region, list(text), false)
        .await
        .unwrap();
    assert_eq!((outcome.new, outcome.withdrawn), (0, 1));
    assert_eq!(town.code(1).await.0, Code::Grey);
}

async fn a_record_withdrawn_after_its_person_has_left_changes_no_number_of_the_class(
    engine: Engine,
) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    town.enter_contact().await;
    let red = Numbers {
        students: 4,
        red: 1,
        grey: 3,
        ..Numbers::default()
    };
    assert_eq!(town.numbers().await, red);
    let (admin, person) = (town.admin(), town.people[1]);
    town.services.leave_school(&admin, person).await.unwrap();
    let without = Numbers {
        students: 3,
        grey: 3,
        ..Numbers::default()
    };
    assert_eq!(town.numbers().await, without);

    let page = town.services.records(&officer, &region, None).await;
    let record = page.unwrap().records[0].id;
    let withdrawn = town.services.withdraw_record(&officer, record, "录错了人");
    withdrawn.await.unwrap();
    assert_eq!(town.numbers().await, without);
    let returned = town.services.return_to_school(&admin, person).await;
    returned.unwrap();
    let grey = Numbers {
        students: 4,
        grey: 4,
        ..Numbers::default()
    };
    assert_eq!(town.numbers().await, grey, "what became known is not lost");
}

async fn a_late_report_moves_its_child_from_where_the_day_had_counted_it(engine: Engine) {
    let town = Town::new(engine).await;
    let (officer, region, child) = (town.officer(), district(), town.people[1]);
    let other = second_class(&town.services, SCHOOL, town.class).await;
    let monday = town.today();
    // Red on Monday by a record that was withdrawn on Tuesday, and in another class since.
    town.enter_contact().await;
    town.wake_up_on("2020-09-15", 7 * 60).await;
    let page = town.services.records(&officer, &region, None).await;
    let record = page.unwrap().records[0].id;
    let withdrawn = town.services.withdraw_record(&officer, record, "录错了人");
    withdrawn.await.unwrap();
    let admin = town.admin();
    let moved = town.services.move_to_class(&admin, child, other);
    moved.await.unwrap();
    let red = Numbers {
        students: 4,
        red: 1,
        grey: 3,
        ..Numbers::default()
    };
    let of_others = town.numbers_on(other, monday).await;
    assert_eq!(
        town.numbers_on(town.class, monday).await,
        (red, 1),
        "Monday stands"
    );

    let teacher = account(31, Role::Teacher, Scope::Class(other));
    let proxy = async |based_on, tenths| {
        let answers = Answers {
            temperature: Temperature::Tenths(tenths),
            ..Answers::all_well()
        };
        town.report_of(&teacher, 1, (monday, based_on), answers)
            .await
    };
    proxy(0, 365).await;
    let well = Numbers {
        students: 4,
        proxy: 1,
        green: 1,
        grey: 3,
        ..Numbers::default()
    };
    assert_eq!(town.numbers_on(town.class, monday).await, (well, 0));
    proxy(1, 386).await;
    let feverish = Numbers {
        green: 0,
        red: 1,
        ..well
    };
    assert_eq!(town.numbers_on(town.class, monday).await, (feverish, 1));
    assert_eq!(town.numbers_on(other, monday).await, of_others);
}

async fn a_late_report_may_come_before_the_job_at_midnight_has_looked_at_its_child(engine: Engine) {
    let town = Town::new(engine).await;
    town.enter_contact().await;
    let (teacher, monday) = (town.teacher(), town.today());
    town.clock.set(at("2020-09-15", 1));
    let code = town
        .report_of(&teacher, 1, (monday, 0), Answers::all_well())
        .await;
    assert_eq!(code, Code::Red);
    let red = Numbers {
        students: 4,
        proxy: 1,
        red: 1,
        grey: 3,
        ..Numbers::default()
    };
    assert_eq!(town.numbers_on(town.class, monday).await, (red, 1));
    town.wake_up_on("2020-09-15", 7 * 60).await;
    assert_eq!(town.numbers_on(town.class, monday).await, (red, 1));
}

async fn a_record_that_passed_its_person_over_is_found_when_they_come_back(engine: Engine) {
    let town = Town::new(engine).await;
    let (admin, person) = (town.admin(), town.people[1]);
    let state = async || {
        let mut tx = town.services.store.read().await.unwrap();
        tx.state(person).await.unwrap().unwrap().state
    };
    let before = state().await;
    town.enter_contact().await;
    town.services.leave_school(&admin, person).await.unwrap();
    // As a list leaves it whose turn came when they had left.
    let mut tx = town.services.store.write().await.unwrap();
    tx.update_states(&[before]).await.unwrap();
    tx.commit().await.unwrap();
    let returned = town.services.return_to_school(&admin, person).await;
    returned.unwrap();
    assert_eq!(town.code(1).await.0, Code::Red);
    assert_eq!(town.numbers().await.red, 1);
}

async fn a_child_is_found_by_the_numbers_that_the_roster_says_now(engine: Engine) {
    let town = Town::new(engine).await;
    let roster = [
        ("110101201211270018", "110101201211270034"),
        ("父亲,19900000002", "父亲,19900000012"),
        (
            "201900003,宋知远,男,2012-09-14,,一年级,1班,宋雨,母亲,19900000003",
            "201900003,宋知远,男,2012-09-14,,一年级,1班,宋雨,母亲,19900000013",
        ),
        (
            "201900004,宋知遥,女,2012-09-14,,一年级,1班",
            "201900004,宋知遥,女,2012-09-14,,一年级,2班",
        ),
    ];
    let roster = roster.iter().fold(ROSTER.to_owned(), |roster, (old, new)| {
        roster.replace(old, new)
    });
    let command = Actor::command();
    let imported =
        town.services
            .import_roster_file(&command, SCHOOL, "roster.csv", roster.into(), false);
    assert_eq!(imported.await.unwrap().changed, 4);
    let (officer, region) = (town.officer(), district());
    let contact = RecordKind::CloseContact {
        last: day("2020-09-13"),
    };
    for (number, outcome) in [
        ("110101201211270018", EnterOutcome::NotFound),
        ("110101201211270034", EnterOutcome::Entered(1)),
        ("19900000001", EnterOutcome::Known),
        ("19900000002", EnterOutcome::NotFound),
        ("19900000012", EnterOutcome::Entered(1)),
        ("19900000013", EnterOutcome::Entered(1)),
        // Only their class is another.
        ("19900000003", EnterOutcome::Entered(1)),
    ] {
        let new = new_record(number, contact.clone());
        let entered = town.services.enter_record(&officer, &region, &new).await;
        assert_eq!(entered.unwrap(), outcome, "{number}");
    }
}

async fn a_search_needs_an_exact_number_and_a_reason_and_stands_in_the_log(engine: Engine) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    let search = |number: &str, why: &str| RecordSearch {
        number: number.into(),
        why: why.into(),
    };
    let found = town
        .services
        .search_records(&officer, &region, &search("19900000003", "核对密接名单"))
        .await
        .unwrap();
    let names: Vec<_> = found.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(names, ["宋*远", "宋*遥"]);
    for (number, why, refusal) in [
        ("1990000", "核对密接名单", Refusal::FieldInvalid),
        ("19900000003", "", Refusal::NoteNeeded),
    ] {
        let refused = town
            .services
            .search_records(&officer, &region, &search(number, why))
            .await;
        assert!(
            matches!(refused, Err(Error::Refused(r)) if r == refusal),
            "{number}"
        );
    }
    let mut tx = town.services.store.read().await.unwrap();
    let reveals = tx
        .audit_count(AccountId(11), "person.reveal", Millis(0))
        .await
        .unwrap();
    assert_eq!(reveals, 2, "one for each child found");
}

async fn a_list_without_its_columns_is_refused_and_one_changed_since_its_preview_is_shown_again(
    engine: Engine,
) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    let refused = town
        .services
        .preview_records(&officer, &region, list("甲,乙\n1,2\n"))
        .await;
    assert!(matches!(refused, Err(ListError::Columns(_))));
    let text = "手机,类型,日期\n19900000001,密接,2020-09-13\n";
    let seen = town
        .services
        .preview_records(&officer, &region, list(text))
        .await
        .unwrap();
    let contact = RecordKind::CloseContact {
        last: day("2020-09-13"),
    };
    town.services
        .enter_record(&officer, &region, &new_record("19900000001", contact))
        .await
        .unwrap();
    let applied = town
        .services
        .apply_records(&officer, &region, seen.staged, &seen.mark)
        .await
        .unwrap();
    assert!(matches!(applied, ListApplied::Outdated(_)));
    let teacher = town
        .services
        .preview_records(&town.teacher(), &region, list(text))
        .await;
    assert!(matches!(teacher, Err(ListError::Other(Error::Forbidden))));
}

fn stay() -> StandingFact {
    StandingFact::Stay {
        region: "110115".parse().unwrap(),
        arrived: day("2020-09-10"),
        left: Some(day("2020-09-12")),
        transit: false,
    }
}

fn area(authority: &str) -> NewArea {
    NewArea {
        region: "110115".parse().unwrap(),
        level: RiskLevel::High,
        from: day("2020-09-16"),
        to: None,
        look_back: 14,
        authority: authority.into(),
    }
}

async fn an_area_declared_after_a_stay_turns_the_child_red_and_its_withdrawal_turns_it_back(
    engine: Engine,
) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    let answers = Answers {
        changes: vec![FactChange::Add(stay())],
        ..Answers::all_well()
    };
    assert_eq!(town.report(2, answers).await, Code::Green);
    town.wake_up_on("2020-09-16", 9 * 60).await;
    let id = town
        .services
        .declare_area(&officer, &region, &area("北京市"))
        .await
        .unwrap();
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(town.code(2).await, (Code::Red, Some(day("2020-09-26"))));
    assert_eq!(town.turns().await, 1);
    let jobs = town.services.redecisions(&officer, &region).await.unwrap();
    assert_eq!((jobs[0].total, jobs[0].done, jobs[0].changed), (4, 4, 1));

    let shown = town.services.public_areas("大兴", 0).await.unwrap();
    assert_eq!(
        (shown.total, shown.areas[0].name.zh.as_str()),
        (1, "北京市大兴区")
    );
    let (sources, _) = town.services.sources(0).await.unwrap();
    assert_eq!(
        (sources[0].authority.as_str(), sources[0].entries),
        ("北京市", Some(1))
    );

    let milder = NewArea {
        level: RiskLevel::Medium,
        ..area("北京市")
    };
    town.services
        .change_area(&officer, id, &milder)
        .await
        .unwrap();
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(town.code(2).await, (Code::Yellow, Some(day("2020-09-19"))));
    assert_eq!(town.cause(2).await, ("risk_area".into(), true));
    town.services
        .withdraw_area(&officer, id, "宣布错了")
        .await
        .unwrap();
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(town.code(2).await.0, Code::Grey);
    assert_eq!(town.services.public_areas("", 0).await.unwrap().total, 0);

    let future = NewArea {
        from: day("2020-09-17"),
        ..area("北京市")
    };
    let refused = town.services.declare_area(&officer, &region, &future).await;
    assert!(matches!(
        refused,
        Err(Error::Refused(Refusal::FieldInvalid))
    ));
    let other = account(
        21,
        Role::HealthOfficer,
        Scope::Region("330502".parse().unwrap()),
    );
    let outside = town
        .services
        .declare_area(&other, &region, &area("北京市"))
        .await;
    assert!(matches!(outside, Err(Error::Forbidden)));
}

async fn areas_of_another_bureau_do_not_count_here(engine: Engine) {
    let town = Town::new(engine).await;
    let answers = Answers {
        changes: vec![FactChange::Add(stay())],
        ..Answers::all_well()
    };
    town.report(2, answers).await;
    town.wake_up_on("2020-09-16", 9 * 60).await;
    let other = "330502".parse().unwrap();
    let officer = account(
        21,
        Role::HealthOfficer,
        Scope::Region("330502".parse().unwrap()),
    );
    town.services
        .declare_area(&officer, &other, &area("吴兴区疾控中心"))
        .await
        .unwrap();
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(town.code(2).await.0, Code::Grey);
}

async fn a_list_of_areas_declares_and_changes_them_and_again_changes_nothing(engine: Engine) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    let upload = |level: &str| ListUpload {
        of: ListOf::Areas,
        bytes: format!(
            "地区,风险等级,起始日期\n北京市大兴区,{level},2020-09-10\n某地,高,2020-09-10\n"
        )
        .into_bytes(),
        ..list("")
    };
    for (level, fate) in [
        ("高", AreaFate::New),
        ("高", AreaFate::Known),
        ("中", AreaFate::Changed),
    ] {
        let preview = town
            .services
            .preview_areas(&officer, &region, upload(level))
            .await
            .unwrap();
        assert_eq!(
            (preview.count(fate), preview.faults.len()),
            (1, 1),
            "{level}"
        );
        let applied = town
            .services
            .apply_areas(&officer, &region, preview.staged, &preview.mark)
            .await
            .unwrap();
        let done = usize::from(fate != AreaFate::Known);
        assert_eq!(applied, AreasApplied::Done(done));
    }
    let page = town.services.areas(&officer, &region, "", 0).await.unwrap();
    assert_eq!((page.total, page.areas[0].level), (1, RiskLevel::Medium));
}

fn clearance(date: &str) -> NewClearance {
    NewClearance {
        reason: "symptoms".into(),
        kind: Some(ClearanceKind::ClinicNote),
        date: Some(day(date)),
        issuer: "南浔区人民医院".into(),
        note: String::new(),
    }
}

async fn an_accepted_clearance_ends_the_isolation_and_whoever_submitted_it_cannot_accept_it(
    engine: Engine,
) {
    let town = Town::new(engine).await;
    let fever = Answers {
        temperature: Temperature::Tenths(375),
        ..Answers::all_well()
    };
    assert_eq!(town.report(0, fever).await, Code::Yellow);
    town.wake_up_on("2020-09-16", 9 * 60).await;
    town.report(0, Answers::all_well()).await;
    assert_eq!(town.code(0).await.0, Code::Yellow);
    // One person may be teacher and administrator.
    let both = Actor::account(
        AccountId(14),
        [town.teacher(), town.admin()]
            .iter()
            .flat_map(|a| a.grants().to_vec())
            .collect(),
    );
    let child = town.people[0];
    for (new, fault) in [
        (clearance("2020-09-17"), ClearanceFault::DateInFuture),
        (clearance("2020-09-13"), ClearanceFault::DateBeforeStart),
        (
            NewClearance {
                reason: "case".into(),
                ..clearance("2020-09-16")
            },
            ClearanceFault::Reason,
        ),
        (
            NewClearance {
                issuer: String::new(),
                ..clearance("2020-09-16")
            },
            ClearanceFault::Issuer,
        ),
    ] {
        let wrong = town.services.submit_clearance(&both, child, &new).await;
        assert_eq!(wrong.unwrap(), Submitted::Wrong(vec![fault]));
    }
    let submit = || async {
        let new = clearance("2020-09-16");
        match town
            .services
            .submit_clearance(&both, child, &new)
            .await
            .unwrap()
        {
            Submitted::Waits(id) => id,
            Submitted::Wrong(faults) => panic!("{faults:?}"),
        }
    };
    let first = submit().await;
    let twice = town
        .services
        .submit_clearance(&both, child, &clearance("2020-09-16"))
        .await;
    assert_eq!(
        twice.unwrap(),
        Submitted::Wrong(vec![ClearanceFault::Waiting])
    );
    let own = town
        .services
        .settle_clearance(&both, first, true, "已看过原件")
        .await;
    assert!(matches!(own, Err(Error::Refused(Refusal::OwnSubmission))));
    let officer = town
        .services
        .settle_clearance(&town.officer(), first, true, "已看过原件")
        .await;
    assert!(
        matches!(officer, Err(Error::Forbidden)),
        "yellow is the school's"
    );

    let admin = town.admin();
    town.services
        .settle_clearance(&admin, first, false, "日期看不清")
        .await
        .unwrap();
    assert_eq!(town.code(0).await.0, Code::Yellow);
    let second = submit().await;
    let waiting = InboxPart {
        is_waiting: true,
        skip: 0,
    };
    let inbox = town
        .services
        .school_clearances(&admin, town.school, waiting)
        .await
        .unwrap();
    assert_eq!(inbox.clearances.len(), 1);
    town.services
        .settle_clearance(&admin, second, true, "已看过原件")
        .await
        .unwrap();
    assert_eq!(town.code(0).await.0, Code::Green, "at once");
    assert_eq!(town.cause(0).await, ("clearance".into(), true));
    let again = town
        .services
        .settle_clearance(&admin, second, false, "我又反悔了")
        .await;
    assert!(matches!(
        again,
        Err(Error::Refused(Refusal::AlreadySettled))
    ));
    let page = town.services.clearance_page(&both, child).await.unwrap();
    assert_eq!((page.clearable.len(), page.submitted.len()), (0, 2));
}

async fn a_settled_discrepancy_ends_its_yellow_and_a_wrong_record_is_withdrawn(engine: Engine) {
    let town = Town::new(engine).await;
    let (officer, region) = (town.officer(), district());
    town.report(1, Answers::all_well()).await;
    let text = "手机,姓名,类型,地区,到达,离开\n\
        19900000002,丁可欣,旅居史,北京市大兴区,2020-09-10,2020-09-12\n\
        19900000001,胡亦辰,旅居史,110115,2020-09-10,2020-09-12\n";
    town.report(0, Answers::all_well()).await;
    town.wake_up_on("2020-09-15", 8 * 60).await;
    for child in [0, 1] {
        assert_eq!(town.report(child, Answers::all_well()).await, Code::Green);
    }
    let outcome = town
        .services
        .import_records_file(&officer, &region, list(text), false)
        .await
        .unwrap();
    assert_eq!((outcome.new, outcome.faults.len()), (2, 0));
    let page = town
        .services
        .region_discrepancies(&officer, &region, 0)
        .await
        .unwrap();
    assert_eq!(page.total, 2);
    assert_eq!(
        town.services
            .class_discrepancies(&town.teacher(), town.class)
            .await
            .unwrap(),
        2
    );
    assert_eq!(town.code(0).await.0, Code::Yellow);
    let of = |child: usize| {
        let open = page.open.iter().find(|d| d.person == town.people[child]);
        open.unwrap().record
    };
    let refused = town
        .services
        .settle_discrepancy(&officer, of(0), Finding::BothRight, "")
        .await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NoteNeeded))));
    town.services
        .settle_discrepancy(&officer, of(0), Finding::BothRight, "家长已说明")
        .await
        .unwrap();
    assert_eq!(town.code(0).await.0, Code::Green);
    town.services
        .settle_discrepancy(&officer, of(1), Finding::ReportRight, "运营商确认是同号")
        .await
        .unwrap();
    assert_eq!(town.code(1).await.0, Code::Green);
    let records = town
        .services
        .records(&officer, &region, None)
        .await
        .unwrap();
    assert_eq!(records.counts, (1, 1), "the wrong record is withdrawn");
    let again = town
        .services
        .settle_discrepancy(&officer, of(0), Finding::RecordRight, "再来一次")
        .await;
    assert!(matches!(
        again,
        Err(Error::Refused(Refusal::AlreadySettled))
    ));
}
