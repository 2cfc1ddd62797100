//! One story from the roster to the counters, over a real database file, on a clock that the test moves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use domain::access::{Grant, Role, Scope};
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::{Code, Day, Zone};
use services::accounts::{NewStaff, SessionToken};
use services::clock::{Clock, ManualClock, SystemEntropy};
use services::family::{By, Claim, ConsentAnswer, Credentials, Relation};
use services::intake::{Fate, Receipt, Submission};
use services::open::Location;
use services::{Actor, Error, Refusal, Services};
use std::sync::Arc;
use store::Numbers;
use support::rollups::assert_rolled_up;
use support::town::{account, add_regions, at, district, import_class, school, second_class};
use support::{Engine, behind_its_back};

on_both_engines![
    a_child_is_grey_then_green_then_yellow_and_green_again_by_itself,
    a_typing_error_holds_until_the_teacher_confirms_and_then_never_was,
    a_proxy_report_that_the_family_contests_can_be_struck_and_then_never_was,
    what_waits_for_the_teacher_goes_with_the_child_and_counts_on_no_day_it_had_left,
    answers_are_destroyed_after_forty_five_days_and_days_and_colours_stay,
    two_guardians_do_not_overwrite_each_other,
    a_slip_works_once_and_dies_after_five_wrong_answers,
    without_consent_nothing_is_reported_online,
    a_teacher_reports_by_proxy_for_yesterday_but_not_for_last_week,
    a_form_is_the_same_answer_however_often_it_comes,
    reports_in_any_order_stand_by_their_days,
    the_audit_log_verifies_and_a_changed_row_is_found,
    staff_are_created_by_the_person_above_and_lock_out_is_a_delay,
    a_family_that_reports_every_day_stays_signed_in_and_a_quiet_one_does_not,
    a_click_counts_by_the_session_it_comes_by_and_by_none_that_has_ended,
    many_who_look_at_once_each_see_what_is_theirs,
];

const SCHOOL: &str = "3305030001";
const ROSTER: &str = "学号,姓名,性别,出生日期,身份证号,年级,班级,家长1姓名,家长1关系,家长1手机\n\
    201900001,胡亦辰,男,2012-11-27,,一年级,1班,胡敏,母亲,19900000001\n\
    201900002,丁可欣,女,2013-02-06,,一年级,1班,丁国,父亲,19900000002\n\
    201900003,宋知远,男,2012-09-14,,一年级,1班,宋雨,母亲,19900000003\n";

struct Town {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    location: Location,
    school: SchoolId,
    class: ClassId,
    people: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

impl Town {
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
            location,
            school,
            class,
            people,
            _folder: folder,
        }
    }

    fn teacher(&self) -> Actor {
        account(1, Role::Teacher, Scope::Class(self.class))
    }

    fn admin(&self) -> Actor {
        account(2, Role::SchoolAdmin, Scope::School(self.school))
    }

    /// A guardian of the first child, by a slip, with consent given.
    async fn guardian(&self, login: &str) -> Actor {
        let slip = self
            .services
            .print_slips(&self.teacher(), self.class, &self.people[..1])
            .await
            .unwrap()
            .remove(0);
        let claim = claim(slip.code.as_str());
        let credentials = Credentials {
            login: login.into(),
            password: "correct horse".into(),
        };
        let signed_in = self
            .services
            .claim_slip(None, &claim, Some(&credentials))
            .await
            .unwrap()
            .unwrap();
        self.services
            .decide_consent(&signed_in.actor, self.people[0], ConsentAnswer::Given)
            .await
            .unwrap();
        signed_in.actor
    }

    fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.clock.now())
    }

    async fn report(
        &self,
        actor: &Actor,
        based_on: u16,
        answers: Answers,
    ) -> Result<Receipt, Error> {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.clock.now().0.to_be_bytes());
        id[8..].copy_from_slice(&actor.id().map_or(0, |a| a.0).to_be_bytes());
        self.services
            .report(
                actor,
                Submission {
                    person: self.people[0],
                    day: self.today(),
                    id,
                    based_on,
                    answers,
                    channel: Channel::Web,
                },
            )
            .await
    }

    async fn numbers(&self) -> Numbers {
        assert_rolled_up(&self.services.store, self.today()).await;
        self.services
            .store
            .read()
            .await
            .unwrap()
            .counter_of_class(self.class, self.today())
            .await
            .unwrap()
            .unwrap()
            .numbers
    }

    async fn wake_up_on(&self, day: &str, minute: u32) {
        self.clock.set(at(day, minute));
        self.services.catch_up(&Actor::job()).await.unwrap();
    }
}

fn claim(code: &str) -> Claim {
    Claim {
        code: code.into(),
        birth_date: "2012-11-27".parse().unwrap(),
        last_four: "0001".into(),
        relation: Relation::Mother,
        name: "胡敏".into(),
    }
}

fn fever(tenths: u16) -> Answers {
    Answers {
        temperature: Temperature::Tenths(tenths),
        ..Answers::all_well()
    }
}

async fn a_child_is_grey_then_green_then_yellow_and_green_again_by_itself(engine: Engine) {
    let town = Town::new(engine).await;
    assert_eq!(
        town.numbers().await,
        Numbers {
            students: 3,
            grey: 3,
            ..Numbers::default()
        }
    );
    let mother = town.guardian("19900000001").await;

    let receipt = town.report(&mother, 0, Answers::all_well()).await.unwrap();
    assert_eq!(
        (receipt.fate, receipt.decision.code),
        (Fate::Accepted, Code::Green)
    );
    assert_eq!(
        town.numbers().await,
        Numbers {
            students: 3,
            guardian: 1,
            green: 1,
            grey: 2,
            ..Numbers::default()
        }
    );
    let again = town.report(&mother, 0, Answers::all_well()).await.unwrap();
    assert_eq!(
        (again.revision, town.numbers().await.guardian),
        (1, 1),
        "the same submission is the same answer"
    );

    town.wake_up_on("2020-09-15", 7 * 60).await;
    assert_eq!(
        town.numbers().await,
        Numbers {
            students: 3,
            grey: 3,
            ..Numbers::default()
        }
    );
    let receipt = town.report(&mother, 0, fever(375)).await.unwrap();
    assert_eq!(receipt.decision.code, Code::Yellow);
    assert_eq!(
        receipt.decision.ends,
        Some("2020-09-22".parse().unwrap()),
        "seven days after the fifteenth"
    );

    for day in 16..=22 {
        town.wake_up_on(&format!("2020-09-{day}"), 7 * 60).await;
        let numbers = town.numbers().await;
        assert_eq!(
            (numbers.guardian, numbers.green),
            (0, 0),
            "nobody has reported on the {day}th"
        );
        // The other two families have been silent for more than three school days from the 19th on.
        assert_eq!(
            numbers.yellow,
            if day < 19 { 1 } else { 3 },
            "on the {day}th"
        );
        let answers = if day == 16 {
            fever(366)
        } else {
            Answers::all_well()
        };
        let receipt = town.report(&mother, 0, answers).await.unwrap();
        assert_eq!(receipt.decision.code, Code::Yellow);
    }
    town.wake_up_on("2020-09-23", 7 * 60).await;
    let numbers = town.numbers().await;
    assert_eq!(
        (numbers.yellow, numbers.grey),
        (2, 1),
        "nothing has to be clicked"
    );
    let receipt = town.report(&mother, 0, Answers::all_well()).await.unwrap();
    assert_eq!(receipt.decision.code, Code::Green);
}

async fn a_typing_error_holds_until_the_teacher_confirms_and_then_never_was(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian("19900000001").await;
    assert_eq!(
        town.report(&mother, 0, fever(387))
            .await
            .unwrap()
            .decision
            .code,
        Code::Red
    );
    town.clock.advance(60_000);
    let corrected = town.report(&mother, 1, fever(367)).await.unwrap();
    assert_eq!(
        (corrected.fate, corrected.decision.code),
        (Fate::Pending, Code::Red)
    );

    let report = town
        .services
        .store
        .read()
        .await
        .unwrap()
        .pending_reports(town.class)
        .await
        .unwrap()
        .remove(0)
        .report_id;
    let teacher = town.teacher();
    assert!(matches!(
        town.services
            .settle_report(&teacher, town.class, report, true, "")
            .await,
        Err(Error::Refused(Refusal::NoteNeeded))
    ));
    town.services
        .settle_report(&teacher, town.class, report, true, "家长来电：少打了一位")
        .await
        .unwrap();
    assert_eq!(
        town.numbers().await,
        Numbers {
            students: 3,
            guardian: 1,
            green: 1,
            grey: 2,
            ..Numbers::default()
        }
    );
    assert!(matches!(
        town.services
            .settle_report(&teacher, town.class, report, true, "再来一次")
            .await,
        Err(Error::Refused(Refusal::AlreadySettled))
    ));
    town.wake_up_on("2020-09-15", 7 * 60).await;
    assert_eq!(town.numbers().await.grey, 3);
}

async fn a_proxy_report_that_the_family_contests_can_be_struck_and_then_never_was(engine: Engine) {
    let town = Town::new(engine).await;
    let (teacher, mother) = (town.teacher(), town.guardian("19900000001").await);
    let proxy = async |based_on, answers| {
        let mut id = [7; 16];
        id[0] = u8::try_from(based_on).unwrap();
        let submission = Submission {
            person: town.people[0],
            day: town.today(),
            id,
            based_on,
            answers,
            channel: Channel::Proxy(Learned::Call),
        };
        town.services.report(&teacher, submission).await.unwrap();
        let days = town.services.child_days(&mother, town.people[0]).await;
        let mut revisions = days.unwrap().days.remove(0).revisions;
        revisions.pop().unwrap()
    };
    let contest = async |report, words| {
        town.services
            .contest_report(&mother, town.people[0], report, words)
            .await
    };
    let answer = async |report, strike| {
        town.services
            .answer_contest(&teacher, town.class, report, strike, "问过家里，是听错了")
            .await
    };

    let said = proxy(0, fever(375)).await;
    assert!(said.is_contestable);
    assert!(
        matches!(
            town.services
                .contest_report(&mother, town.people[1], said.report, "不是我们说的")
                .await,
            Err(Error::Forbidden)
        ),
        "another family's child"
    );
    assert!(matches!(
        contest(said.report, "？").await,
        Err(Error::Refused(Refusal::NoteNeeded))
    ));
    contest(said.report, "那天没有人问过我们").await.unwrap();
    assert!(matches!(
        contest(said.report, "再说一次").await,
        Err(Error::Refused(Refusal::AlreadyContested))
    ));
    assert_eq!(
        town.numbers().await.yellow,
        1,
        "the colour holds until the answer"
    );
    let inbox = town
        .services
        .class_inbox(&teacher, town.class)
        .await
        .unwrap();
    assert_eq!(
        (inbox.frame.corrections, inbox.contests[0].words.as_str()),
        (1, "那天没有人问过我们")
    );

    answer(said.report, true).await.unwrap();
    assert_eq!(
        town.numbers().await,
        Numbers {
            students: 3,
            grey: 3,
            ..Numbers::default()
        },
        "as if it had never been made"
    );
    assert!(matches!(
        answer(said.report, false).await,
        Err(Error::Refused(Refusal::AlreadySettled))
    ));
    let days = town
        .services
        .child_days(&mother, town.people[0])
        .await
        .unwrap();
    let struck = &days.days[0].revisions[0];
    assert_eq!(
        struck.contest.as_ref().unwrap().answer,
        Some((true, "问过家里，是听错了".into()))
    );

    // What a struck report had replaced holds again.
    town.clock.advance(60_000);
    let green = town.report(&mother, 1, Answers::all_well()).await.unwrap();
    assert_eq!(green.decision.code, Code::Green);
    let said = proxy(2, fever(375)).await;
    assert_eq!(town.numbers().await.yellow, 1);
    contest(said.report, "孩子今天好好的").await.unwrap();
    answer(said.report, true).await.unwrap();
    let numbers = town.numbers().await;
    assert_eq!((numbers.green, numbers.guardian, numbers.proxy), (1, 1, 0));

    // One that is kept changes nothing.
    let said = proxy(3, fever(376)).await;
    contest(said.report, "还是不对").await.unwrap();
    answer(said.report, false).await.unwrap();
    assert_eq!(town.numbers().await.yellow, 1);

    // One that is struck when another has replaced it already does not come back with the end of that.
    let first = proxy(4, fever(385)).await;
    contest(first.report, "不是我们说的").await.unwrap();
    let second = proxy(5, fever(386)).await;
    answer(first.report, true).await.unwrap();
    assert_eq!(town.numbers().await.red, 1);
    contest(second.report, "也不是我们说的").await.unwrap();
    answer(second.report, true).await.unwrap();
    let numbers = town.numbers().await;
    assert_eq!(
        (numbers.red, numbers.yellow),
        (0, 1),
        "the one that was kept"
    );
}

async fn what_waits_for_the_teacher_goes_with_the_child_and_counts_on_no_day_it_had_left(
    engine: Engine,
) {
    for returns in [false, true] {
        what_waits_goes_with_the_child(engine, returns).await;
    }
}

async fn what_waits_goes_with_the_child(engine: Engine, returns: bool) {
    let town = Town::new(engine).await;
    let (admin, child) = (town.admin(), town.people[0]);
    let other = second_class(&town.services, SCHOOL, town.class).await;

    let mother = town.guardian("19900000001").await;
    town.report(&mother, 0, fever(387)).await.unwrap();
    town.clock.advance(60_000);
    let corrected = town.report(&mother, 1, fever(367)).await.unwrap();
    assert_eq!(corrected.fate, Fate::Pending);
    let moved = town.services.move_to_class(&admin, child, other);
    moved.await.unwrap();
    let inbox = async |class| {
        let teacher = account(1, Role::Teacher, Scope::Class(class));
        let inbox = town.services.class_inbox(&teacher, class).await.unwrap();
        (inbox.frame.corrections, inbox.pending)
    };
    assert_eq!(inbox(town.class).await.0, 0);
    let (waiting, pending) = inbox(other).await;
    assert_eq!((waiting, pending.len()), (1, 1));

    town.services.leave_school(&admin, child).await.unwrap();
    let yesterday = town.today();
    let numbers = async || {
        let mut tx = town.services.store.read().await.unwrap();
        let row = tx.counter_of_class(other, yesterday).await.unwrap();
        row.unwrap().numbers
    };
    let left = numbers().await;
    assert_eq!((left.students, left.red, left.green), (1, 0, 0));
    town.wake_up_on("2020-09-15", 7 * 60).await;
    if returns {
        let returned = town.services.return_to_school(&admin, child).await;
        returned.unwrap();
    }
    let teacher = account(1, Role::Teacher, Scope::Class(other));
    let report = pending[0].waits.report;
    let settled =
        town.services
            .settle_report(&teacher, other, report, true, "家长来电：少打了一位");
    settled.await.unwrap();
    assert_eq!(numbers().await, left);
    assert_rolled_up(&town.services.store, yesterday).await;
}

async fn answers_are_destroyed_after_forty_five_days_and_days_and_colours_stay(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian("19900000001").await;
    town.report(&mother, 0, fever(375)).await.unwrap();
    town.wake_up_on("2020-09-15", 7 * 60).await;
    town.report(&mother, 0, fever(366)).await.unwrap();
    let kept = async || {
        let (from, to) = (town.today().plus(-60), town.today());
        let mut tx = town.services.store.read().await.unwrap();
        let rows = tx.reports_of(town.people[0], from, to).await.unwrap();
        rows.iter()
            .map(|row| {
                let is_kept = row.answers_enc.is_some();
                assert_eq!(row.submission.is_empty(), !is_kept, "its id goes with them");
                is_kept
            })
            .collect::<Vec<_>>()
    };
    town.wake_up_on("2020-10-29", 1).await;
    assert_eq!(kept().await, [true, true], "the 45th day after the first");
    town.wake_up_on("2020-10-30", 1).await;
    assert_eq!(kept().await, [false, true]);
    town.wake_up_on("2020-10-31", 1).await;
    assert_eq!(kept().await, [false, false]);

    let rows = {
        let mut tx = town.services.store.read().await.unwrap();
        tx.decisions_of(town.people[0], 100).await.unwrap()
    };
    assert!(rows.iter().any(|row| row.code == Code::Yellow.number()));
    let export = town
        .services
        .child_export(&mother, town.people[0])
        .await
        .unwrap()
        .to_string();
    assert!(!export.contains("37.5"), "{export}");
}

async fn two_guardians_do_not_overwrite_each_other(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian("19900000001").await;
    let father = town.guardian("father").await;
    assert_eq!(
        town.report(&mother, 0, fever(375))
            .await
            .unwrap()
            .decision
            .code,
        Code::Yellow
    );
    let stale = town.report(&father, 0, Answers::all_well()).await.unwrap();
    assert_eq!(
        (stale.fate, stale.decision.code),
        (Fate::Stale, Code::Yellow),
        "the worse one holds"
    );
    town.clock.advance(60_000);
    let worse = town.report(&father, 0, fever(385)).await.unwrap();
    assert_eq!(
        (worse.fate, worse.decision.code),
        (Fate::Accepted, Code::Red)
    );
}

async fn a_slip_works_once_and_dies_after_five_wrong_answers(engine: Engine) {
    let town = Town::new(engine).await;
    let slips = town
        .services
        .print_slips(&town.teacher(), town.class, &[])
        .await
        .unwrap();
    assert_eq!(slips.len(), 3);
    let code = slips[0].code.as_str();
    let credentials = Credentials {
        login: "someone".into(),
        password: "long enough".into(),
    };
    let wrong = Claim {
        last_four: "9999".into(),
        ..claim(code)
    };
    for _ in 0..4 {
        let refused = town
            .services
            .claim_slip(None, &wrong, Some(&credentials))
            .await;
        assert!(matches!(
            refused,
            Err(Error::Refused(Refusal::SlipAnswersWrong))
        ));
    }
    for attempt in [&wrong, &claim(code)] {
        let refused = town
            .services
            .claim_slip(None, attempt, Some(&credentials))
            .await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::CodeUnusable))),
            "void after five"
        );
    }
    let mother = town.guardian("19900000001").await;
    let second = town
        .services
        .print_slips(&town.teacher(), town.class, &town.people[..1])
        .await
        .unwrap()
        .remove(0);
    let recovered = Credentials {
        login: "1990 000 0001".into(),
        password: "a new password".into(),
    };
    town.services
        .claim_slip(None, &claim(second.code.as_str()), Some(&recovered))
        .await
        .unwrap();
    assert_eq!(
        town.services
            .sign_in("19900000001", "a new password")
            .await
            .unwrap()
            .actor
            .id(),
        mother.id()
    );
    assert!(
        town.services
            .slip_view(second.code.as_str())
            .await
            .unwrap()
            .is_none(),
        "used"
    );
    let link = town
        .services
        .class_guardians(&town.teacher(), town.class)
        .await
        .unwrap()
        .remove(0);
    assert!(!link.is_confirmed);
    town.services
        .confirm_guardian(&town.teacher(), link.account, link.person)
        .await
        .unwrap();
}

async fn without_consent_nothing_is_reported_online(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian("19900000001").await;
    town.report(&mother, 0, fever(385)).await.unwrap();
    let link = town
        .services
        .class_guardians(&town.teacher(), town.class)
        .await
        .unwrap()
        .remove(0);
    town.services
        .confirm_guardian(&town.teacher(), link.account, link.person)
        .await
        .unwrap();
    town.services
        .decide_consent(&mother, town.people[0], ConsentAnswer::Withdrawn)
        .await
        .unwrap();
    assert_eq!(town.numbers().await.red, 1, "a running isolation stays");
    let view = town
        .services
        .class_view(&town.teacher(), town.class)
        .await
        .unwrap();
    let on_paper = view.pupils.iter().filter(|pupil| pupil.paper_only);
    let on_paper: Vec<PersonId> = on_paper.map(|pupil| pupil.person).collect();
    assert_eq!(on_paper, town.people[..1], "the teacher sees who");
    town.clock.advance(60_000);
    let refused = town.report(&mother, 1, Answers::all_well()).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::ConsentRefused))),
        "{refused:?}"
    );
    let rows = town
        .services
        .store
        .read()
        .await
        .unwrap()
        .reports_of(town.people[0], town.today(), town.today())
        .await
        .unwrap();
    assert!(
        rows.iter()
            .all(|r| r.answers_enc.is_none() && r.submission.is_empty()),
        "the answers are destroyed, and what could tell them"
    );
    let mut checked = Submission {
        person: town.people[0],
        day: town.today(),
        id: [9; 16],
        based_on: 1,
        answers: fever(366),
        channel: Channel::Paper,
    };
    let refused = town.services.report(&town.teacher(), checked.clone()).await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::ConsentRefused))),
        "only the paper check is kept"
    );
    checked.answers = Answers::paper_refused();
    town.services
        .report(&town.teacher(), checked)
        .await
        .unwrap();
}

async fn a_teacher_reports_by_proxy_for_yesterday_but_not_for_last_week(engine: Engine) {
    let town = Town::new(engine).await;
    town.wake_up_on("2020-09-16", 7 * 60).await;
    let send = |day: &str, n| {
        let submission = Submission {
            person: town.people[1],
            day: day.parse().unwrap(),
            id: [n; 16],
            based_on: 0,
            answers: Answers::all_well(),
            channel: Channel::Proxy(Learned::Call),
        };
        let (services, teacher) = (Arc::clone(&town.services), town.teacher());
        async move { services.report(&teacher, submission).await }
    };
    send("2020-09-15", 1).await.unwrap();
    assert!(matches!(
        send("2020-09-14", 2).await,
        Err(Error::Refused(Refusal::DayTooLate))
    ));
    assert!(matches!(
        send("2020-09-17", 3).await,
        Err(Error::Refused(Refusal::NotThisDay))
    ));
    send("2020-09-16", 4).await.unwrap();
    assert_eq!(
        (town.numbers().await.proxy, town.numbers().await.guardian),
        (1, 0)
    );
}

async fn a_form_is_the_same_answer_however_often_it_comes(engine: Engine) {
    let town = Town::new(engine).await;
    town.wake_up_on("2020-09-16", 7 * 60).await;
    let (person, teacher) = (town.people[1], town.teacher());
    let send = |day: &str, id, temperature| {
        town.services.report(
            &teacher,
            Submission {
                person,
                day: day.parse().unwrap(),
                id: [id; 16],
                based_on: 0,
                answers: Answers {
                    temperature: Temperature::Tenths(temperature),
                    ..Answers::all_well()
                },
                channel: Channel::Proxy(Learned::Call),
            },
        )
    };
    // Twice in one batch, and once more later; what comes first holds.
    let together = tokio::join!(send("2020-09-15", 1, 365), send("2020-09-15", 1, 366));
    let first = together.0.unwrap();
    assert_eq!(first, together.1.unwrap());
    assert_eq!(first, send("2020-09-15", 1, 367).await.unwrap());
    // A number says nothing about the forms of another day.
    assert_eq!(send("2020-09-16", 1, 368).await.unwrap().revision, 1);
    // For three weeks; after that it is too late, whatever it was.
    town.wake_up_on("2020-10-06", 7 * 60).await;
    let again = send("2020-09-15", 1, 365).await.unwrap();
    assert_eq!((again.revision, again.fate), (first.revision, first.fate));
    town.wake_up_on("2020-10-07", 7 * 60).await;
    let again = send("2020-09-15", 1, 365).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::DayTooLate))),
        "{again:?}"
    );

    let mut tx = town.services.store.read().await.unwrap();
    let days = ["2020-09-15", "2020-09-16"].map(|day| day.parse().unwrap());
    let kept = tx.reports_of(person, days[0], days[1]).await.unwrap();
    assert_eq!(kept.iter().map(|row| row.day).collect::<Vec<_>>(), days);
}

async fn reports_in_any_order_stand_by_their_days(engine: Engine) {
    const LATE: i32 = 6;
    let town = Town::new(engine).await;
    let head = town.admin();
    let settings = town.services.school_settings(&head, town.school);
    let mut settings = settings.await.unwrap().settings;
    settings.late_days = LATE.into();
    let changed = town.services.change_school(&head, town.school, &settings);
    changed.await.unwrap();
    town.wake_up_on("2020-09-20", 7 * 60).await;
    let (person, teacher, today) = (town.people[1], town.teacher(), town.today());
    let days: Vec<Day> = (-LATE..=0).map(|n| today.plus(n)).collect();
    let mut revisions = vec![0_u16; days.len()];
    // Alone and together; before, between, after and again.
    for (n, together) in [
        &[3][..],
        &[1],
        &[5, 0, 6],
        &[6, 2, 2, 4],
        &[0, 3, 6, 0],
        &[1],
        &[6],
    ]
    .into_iter()
    .enumerate()
    {
        let mut sent = tokio::task::JoinSet::new();
        for (at, day) in together.iter().enumerate() {
            let submission = Submission {
                person,
                day: days[*day],
                id: [u8::try_from(16 * n + at).unwrap(); 16],
                based_on: revisions[*day],
                answers: Answers::all_well(),
                channel: Channel::Proxy(Learned::Call),
            };
            revisions[*day] += 1;
            let (services, teacher) = (Arc::clone(&town.services), teacher.clone());
            sent.spawn(async move { services.report(&teacher, submission).await });
        }
        for taken in sent.join_all().await {
            taken.unwrap();
        }
        let all = days.iter().zip(&revisions);
        let all = all.flat_map(|(day, last)| (1..=i64::from(*last)).map(|n| (*day, n)));
        let all: Vec<(Day, i64)> = all.collect();
        let said = |rows: &[store::ReportRow]| {
            let said = rows.iter().map(|row| (row.day, row.revision));
            said.collect::<Vec<_>>()
        };
        let mut tx = town.services.store.read().await.unwrap();
        for day in &days {
            let of = |is: fn(&Day, &Day) -> bool| {
                let some = all.iter().filter(|(of, _)| is(of, day)).copied();
                some.collect::<Vec<_>>()
            };
            let rows = tx.revisions_of(&town.people, *day).await.unwrap();
            assert_eq!(said(&rows), of(Day::ge));
            let rows = tx.reports_of(person, days[0], *day).await.unwrap();
            assert_eq!(said(&rows), of(Day::le));
            let rows = tx.reports_of_class(town.class, *day).await.unwrap();
            assert_eq!(said(&rows), of(Day::eq));
            let reported = tx.reported_by(town.class, *day, town.clock.now()).await;
            assert_eq!(reported.unwrap(), i64::from(!of(Day::eq).is_empty()));
        }
    }
}

async fn the_audit_log_verifies_and_a_changed_row_is_found(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian("19900000001").await;
    town.report(&mother, 0, Answers::all_well()).await.unwrap();
    town.wake_up_on("2020-09-15", 60).await;
    let (store, vault) = services::open::open_store(&town.location, &SystemEntropy)
        .await
        .unwrap();
    let verified = services::audit::verify(&store, &vault).await.unwrap();
    assert!(
        verified.faults.is_empty() && verified.rows >= 3 && verified.heads >= 1,
        "{verified:?}"
    );

    let other = Location {
        key_file: town.location.data.join("other.key"),
        ..town.location.clone()
    };
    services::keys::KeyFile::generate(&SystemEntropy)
        .write_new(&other.key_file)
        .unwrap();
    let refused = services::open::open_store(&other, &SystemEntropy).await;
    assert!(matches!(refused, Err(services::OpenError::KeyDiffers(..))));

    // As somebody with the file or the server's password could.
    let edit = "UPDATE audit SET action = 'nothing' WHERE seq = 2";
    behind_its_back(&town.location, edit).await;
    let verified = services::audit::verify(&store, &vault).await.unwrap();
    assert!(!verified.faults.is_empty(), "a changed row is found");
    let _ = town.school;
}

async fn staff_are_created_by_the_person_above_and_lock_out_is_a_delay(engine: Engine) {
    let town = Town::new(engine).await;
    let admin = town.admin();
    let new = NewStaff {
        name: "周敏".into(),
        login: "zhoumin".into(),
        grant: Grant {
            role: Role::Teacher,
            scope: Scope::Class(town.class),
        },
    };
    let code = town
        .services
        .create_staff(&admin, &new)
        .await
        .unwrap()
        .unwrap();
    town.services
        .activate(code.code.as_str(), "secret enough")
        .await
        .unwrap();
    assert!(matches!(
        town.services
            .activate(code.code.as_str(), "secret enough")
            .await,
        Err(Error::Refused(Refusal::CodeUnusable))
    ));

    let bureau = NewStaff {
        grant: Grant {
            role: Role::BureauAdmin,
            scope: Scope::Region("330503".parse().unwrap()),
        },
        ..new
    };
    assert!(matches!(
        town.services.create_staff(&admin, &bureau).await,
        Err(Error::Forbidden)
    ));

    for login in ["zhoumin", "nobody-at-all"] {
        for _ in 0..5 {
            assert!(matches!(
                town.services.sign_in(login, "wrong password").await,
                Err(Error::Refused(Refusal::WrongCredentials))
            ));
        }
        assert!(
            matches!(
                town.services.sign_in(login, "wrong password").await,
                Err(Error::Refused(Refusal::TooManyAttempts))
            ),
            "{login}"
        );
    }
    town.clock.advance(61_000);
    town.services
        .sign_in("zhoumin", "secret enough")
        .await
        .unwrap();
}

async fn a_family_that_reports_every_day_stays_signed_in_and_a_quiet_one_does_not(engine: Engine) {
    const HOUR: i64 = 3_600_000;
    let town = Town::new(engine).await;
    town.guardian("mother-1").await;
    let signed_in = town
        .services
        .sign_in("mother-1", "correct horse")
        .await
        .unwrap();
    for _ in 0..40 {
        town.clock.advance(24 * HOUR);
        let who = town.services.authenticate(&signed_in.token).await.unwrap();
        assert_eq!(who.map(|a| a.id()), Some(signed_in.actor.id()));
        town.services.write_uses().await.unwrap();
    }
    town.clock.advance(31 * 24 * HOUR);
    let who = town.services.authenticate(&signed_in.token).await.unwrap();
    assert_eq!(who, None);
}

async fn a_click_counts_by_the_session_it_comes_by_and_by_none_that_has_ended(engine: Engine) {
    let town = Town::new(engine).await;
    town.guardian("mother-1").await;
    let sign_in = async || {
        let signed_in = town.services.sign_in("mother-1", "correct horse").await;
        signed_in.unwrap().token
    };
    let (here, elsewhere) = (sign_in().await, sign_in().await);
    let click = |token: &SessionToken, person: PersonId, id: u8| {
        let submission = Submission {
            person,
            day: town.today(),
            id: [id; 16],
            based_on: 0,
            answers: Answers::all_well(),
            channel: Channel::Web,
        };
        let (services, token) = (Arc::clone(&town.services), token.clone());
        async move { services.report_by_session(&token, submission).await }
    };
    let (own, other) = (town.people[0], town.people[1]);
    town.services.sign_out(&elsewhere).await.unwrap();
    let invented = SessionToken::from_cookie("nobody's");
    // All of them together: each has the answer of its own sender.
    let (taken, again, foreign, ended, unknown) = tokio::join!(
        click(&here, own, 1),
        click(&here, own, 1),
        click(&here, other, 2),
        click(&elsewhere, own, 3),
        click(&invented, own, 4),
    );
    let fates = [taken, again].map(|receipt| receipt.unwrap());
    assert_eq!(
        fates.map(|r| (r.revision, r.fate)),
        [(1, Fate::Accepted); 2]
    );
    assert!(matches!(foreign, Err(Error::Forbidden)), "another family's");
    for refused in [ended, unknown] {
        assert!(matches!(refused, Err(Error::NotSignedIn)));
    }
    let numbers = town.numbers().await;
    assert_eq!((numbers.guardian, numbers.green), (1, 1));
    town.clock.advance(31 * 24 * 3_600_000);
    let quiet = click(&here, own, 5).await;
    assert!(matches!(quiet, Err(Error::NotSignedIn)));
}

async fn many_who_look_at_once_each_see_what_is_theirs(engine: Engine) {
    let town = Town::new(engine).await;
    let (mother, father) = (town.guardian("mother").await, town.guardian("father").await);
    town.report(&mother, 0, Answers::all_well()).await.unwrap();
    let (services, child) = (&town.services, town.people[0]);
    let (home, of_father, page, foreign, nobody) = tokio::join!(
        services.family_home(&mother, None),
        services.child_view(&father, child),
        services.code_page(&mother, child),
        services.child_view(&mother, town.people[1]),
        services.child_view(&mother, PersonId(1 << 40)),
    );
    let home = home.unwrap();
    let listed: Vec<_> = home.children.iter().map(|c| (c.person, c.code)).collect();
    assert_eq!(listed, [(child, Code::Green)]);
    let shown = home.shown.unwrap();
    assert_eq!((shown.person, shown.revisions[0].by), (child, By::You));
    let of_father = of_father.unwrap();
    assert!(matches!(of_father.revisions[0].by, By::Guardian(_)));
    assert_eq!((shown.link.guardians, of_father.link.guardians), (2, 2));
    assert!(page.unwrap().pass.issued.is_some());
    for refused in [foreign, nobody] {
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    }
}
