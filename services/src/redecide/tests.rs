use super::*;
use crate::Actor;
use crate::clock::{ManualClock, SystemEntropy};
use crate::open::Location;
use crate::rollups::assert_rolled_up;
use domain::report::{Answers, Channel, FactChange, StandingFact};
use domain::{Code, Day, Zone};
use std::fmt::Write as _;
use store::{Numbers, RegionRow, RiskAreaRow, SchoolRow};

const TODAY: &str = "2020-09-17";

/// A school of `count` children, of whom every tenth has come from 110115 and said so.
struct Town {
    services: Arc<Services>,
    location: Location,
    clock: Arc<ManualClock>,
    school: SchoolId,
    _folder: tempfile::TempDir,
}

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl Town {
    async fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let clock = Arc::new(ManualClock::new(Zone::SHANGHAI.at(day(TODAY), 420)));
        let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let mut tx = services.store.write().await.unwrap();
        for code in ["CN", "330503", "110115"] {
            tx.upsert_region(
                &RegionRow {
                    code: region(code),
                    parent: (code != "CN").then(|| region("CN")),
                    level: "district".into(),
                    name: code.into(),
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
                name: "示例小学".into(),
                name_en: String::new(),
                kind: "primary".into(),
                region_code: region("330503"),
                zone: "Asia/Shanghai".into(),
                due_minute: 480,
                late_days: 1,
                self_report_age: None,
                contact: String::new(),
                created_at: 0,
            })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut roster = "学号,姓名,性别,出生日期,年级,班级\n".to_owned();
        for n in 1..=count {
            let class = n / 45 + 1;
            let _ = writeln!(roster, "2019{n:05},王一,男,2012-11-27,一年级,{class}班");
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
        assert_eq!((outcome.new, outcome.faults.len()), (count, 0));
        let town = Self {
            services,
            location,
            clock,
            school,
            _folder: folder,
        };
        town.report_stays().await;
        town
    }

    async fn report_stays(&self) {
        let people = self.people().await;
        for (n, person) in people.into_iter().enumerate().filter(|(n, _)| n % 10 == 0) {
            let stay = StandingFact::Stay {
                region: region("110115"),
                arrived: day("2020-09-12"),
                left: Some(day("2020-09-15")),
                transit: false,
            };
            let submission = crate::intake::Submission {
                person,
                day: day(TODAY),
                id: u128::try_from(n + 1).unwrap().to_be_bytes(),
                based_on: 0,
                answers: Answers {
                    changes: vec![FactChange::Add(stay)],
                    ..Answers::all_well()
                },
                channel: Channel::Paper,
            };
            let receipt = self
                .services
                .report(&Actor::command(), submission)
                .await
                .unwrap();
            assert_eq!(receipt.decision.code, Code::Green);
        }
    }

    async fn people(&self) -> Vec<PersonId> {
        let mut tx = self.services.store.read().await.unwrap();
        let rows = tx.people_of_school(self.school).await.unwrap();
        let mut people: Vec<_> = rows.into_iter().map(|p| p.person_id).collect();
        people.sort_unstable();
        people
    }

    async fn declare(&self) {
        let mut tx = self.services.store.write().await.unwrap();
        tx.put_risk_area(&RiskAreaRow {
            area_id: 7,
            region_code: region("110115"),
            level: "high".into(),
            from_day: day(TODAY),
            to_day: None,
            look_back: 14,
            authority: "某疾控".into(),
            owner_code: region("330503"),
            way: "entered".into(),
            changed_at: self.services.clock.now(),
            changed_by: None,
            withdrawn_at: None,
        })
        .await
        .unwrap();
        let plan = Redecision {
            whom: Whom::Region(region("330503")),
            region: region("330503"),
            cause: "risk_area".into(),
            subject: "110115".into(),
        };
        self.services.plan_redecision(&mut tx, &plan).await.unwrap();
        tx.commit().await.unwrap();
        // Without the bell: the test itself goes from page to page.
        self.services.forget_schools();
    }

    async fn red(&self) -> (i64, i64) {
        let mut tx = self.services.store.read().await.unwrap();
        let counters = tx
            .counters_of_school(self.school, day(TODAY))
            .await
            .unwrap();
        let turns = tx.turns_within(&region("330503"), day(TODAY), 1_000).await;
        let turns = i64::try_from(turns.unwrap().len()).unwrap();
        (counters.iter().map(|c| c.numbers.red).sum(), turns)
    }

    async fn job(&self) -> RedecisionRow {
        let mut tx = self.services.store.read().await.unwrap();
        tx.redecisions_within(&region("330503"), 1)
            .await
            .unwrap()
            .remove(0)
    }
}

#[tokio::test]
async fn an_area_turns_those_red_who_stayed_there_and_nobody_else() {
    let town = Town::new(120).await;
    town.declare().await;
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(town.red().await, (12, 12));
    let job = town.job().await;
    assert_eq!((job.total, job.done, job.changed), (120, 120, 12));
    assert!(job.finished_at.is_some());
    let mut tx = town.services.store.read().await.unwrap();
    let people = town.people().await;
    let decision = tx.latest_decisions(&people[..1]).await.unwrap().remove(0);
    assert_eq!(
        (decision.cause.as_str(), decision.code),
        ("risk_area", Code::Red.number())
    );
    drop(tx);

    let before = town.services.store.change_mark();
    let plan = Redecision {
        whom: Whom::School(town.school),
        region: region("330503"),
        cause: "settings".into(),
        subject: String::new(),
    };
    let mut tx = town.services.store.write().await.unwrap();
    town.services.plan_redecision(&mut tx, &plan).await.unwrap();
    tx.commit().await.unwrap();
    town.services.finish_redecisions().await.unwrap();
    assert_eq!(
        town.job().await.changed,
        0,
        "who is decided the same is not written"
    );
    assert_eq!(town.services.store.change_mark(), before);
}

#[tokio::test]
async fn a_job_that_was_stopped_goes_on_where_it_was() {
    let town = Town::new(120).await;
    town.declare().await;
    let (services, location, clock) = (
        town.services.clone(),
        town.location.clone(),
        town.clock.clone(),
    );
    let job = town.job().await;
    let people = town.people().await;
    let mut pace = Pace::default();
    let moved: Vec<_> = people.iter().copied().step_by(10).take(6).collect();
    services
        .write_moved(&mut pace, job, &people[..60], &moved, people[59])
        .await
        .unwrap();
    assert_eq!(town.red().await, (6, 6));
    assert_eq!(town.job().await.done, 60);
    drop(services);
    town.services.store.close().await;

    let services = Services::open(&location, clock, Arc::new(SystemEntropy))
        .await
        .unwrap();
    services.finish_redecisions().await.unwrap();
    let town = Town { services, ..town };
    assert_eq!(town.red().await, (12, 12));
    let job = town.job().await;
    assert_eq!((job.done, job.changed), (120, 12));
}

#[tokio::test]
async fn a_day_that_was_half_opened_when_the_program_stopped_is_opened_to_the_end() {
    let town = Town::new(120).await;
    town.declare().await;
    town.services.finish_redecisions().await.unwrap();
    town.clock.set(Zone::SHANGHAI.at(day(TODAY).plus(1), 1));
    let numbers = |services: Arc<Services>, school| async move {
        let mut tx = services.store.read().await.unwrap();
        let rows = tx
            .counters_of_school(school, day(TODAY).plus(1))
            .await
            .unwrap();
        let mut sum = Numbers::default();
        for row in rows {
            sum += row.numbers;
        }
        (sum.students, sum.red, sum.grey)
    };
    let tomorrow = day(TODAY).plus(1);
    town.services
        .begin_day(Zone::SHANGHAI.name(), tomorrow)
        .await
        .unwrap();
    assert_eq!(
        numbers(town.services.clone(), town.school).await,
        (120, 0, 120)
    );
    let people = town.people().await;
    let mut pace = Pace::default();
    let to = Some(store::OpeningRow {
        day: tomorrow,
        after_person: people[29],
    });
    let few = [people[0], people[10], people[20]];
    town.services
        .open_people(&mut pace, Zone::SHANGHAI.name(), tomorrow, &few, to)
        .await
        .unwrap();
    town.services.store.close().await;

    let services = Services::open(&town.location, town.clock.clone(), Arc::new(SystemEntropy))
        .await
        .unwrap();
    // Nobody sees a colour too few.
    assert_eq!(numbers(services.clone(), town.school).await, (120, 12, 108));
    services.catch_up(&Actor::job()).await.unwrap();
    assert_eq!(numbers(services.clone(), town.school).await, (120, 12, 108));
}

#[tokio::test]
async fn whoever_was_decided_about_before_a_day_began_is_counted_as_decided() {
    let town = Town::new(120).await;
    town.declare().await;
    town.services.finish_redecisions().await.unwrap();
    let tomorrow = day(TODAY).plus(1);
    town.clock.set(Zone::SHANGHAI.at(tomorrow, 0));
    let people = town.people().await;
    let early = [people[0], people[1], people[10]];
    town.services
        .open_people(
            &mut Pace::default(),
            Zone::SHANGHAI.name(),
            tomorrow,
            &early,
            None,
        )
        .await
        .unwrap();
    town.services
        .begin_day(Zone::SHANGHAI.name(), tomorrow)
        .await
        .unwrap();
    let counted = async || {
        let (_, n) = shown(&town.services, town.school, tomorrow).await;
        (n.students, n.red, n.grey)
    };
    assert_eq!(counted().await, (120, 2, 118));
    town.services.catch_up(&Actor::job()).await.unwrap();
    assert_eq!(counted().await, (120, 12, 108));
}

#[tokio::test]
async fn whoever_moved_or_left_before_a_day_began_is_counted_where_they_are() {
    let town = Town::new(120).await;
    let (services, tomorrow) = (&town.services, day(TODAY).plus(1));
    // What they asked for came a moment before midnight, and is done after it.
    town.clock.set(Zone::SHANGHAI.at(tomorrow, 0));
    let zone = Zone::SHANGHAI.name();
    let mut open = services.open_days.write().await;
    open.insert(zone.into(), tomorrow);
    drop(open);
    let mut tx = services.store.read().await.unwrap();
    let classes = tx.classes_of(town.school).await.unwrap();
    let [first, second, third] = [0, 1, 2].map(|n: usize| classes[n].class_id);
    let people = tx.people_of_school(town.school).await.unwrap();
    drop(tx);
    let official = Actor::command();
    for person in people.iter().filter(|person| person.class_id == third) {
        services
            .move_to_class(&official, person.person_id, first)
            .await
            .unwrap();
    }
    services
        .leave_school(&official, people[0].person_id)
        .await
        .unwrap();
    assert_eq!(people[0].class_id, first);

    services.begin_day(zone, tomorrow).await.unwrap();
    let mut tx = services.store.read().await.unwrap();
    let rows = tx.counters_of_school(town.school, tomorrow).await.unwrap();
    let counted = rows.iter().map(|row| (row.class_id, row.numbers));
    let expected = [(first, 74), (second, 45), (third, 0)];
    assert!(counted.eq(expected.map(|(class, n)| (class, Numbers::grey(n)))));
    drop(tx);
    assert_rolled_up(&services.store, tomorrow).await;
}

/// What lists and screens show of a town on a day: codes and ends by person, and the sums of the counters.
async fn shown(
    services: &Services,
    school: SchoolId,
    day: Day,
) -> (Vec<(Code, Option<Day>)>, Numbers) {
    let mut tx = services.store.read().await.unwrap();
    let rows = tx
        .states_of_school(school, PersonId(0), 10_000)
        .await
        .unwrap();
    let codes = rows
        .iter()
        .map(|row| {
            (
                row.code_on(day),
                row.ends_day.filter(|_| row.code_on(day).is_flagged()),
            )
        })
        .collect();
    let mut sum = Numbers::default();
    for row in tx.counters_of_school(school, day).await.unwrap() {
        sum += row.numbers;
    }
    drop(tx);
    assert_rolled_up(&services.store, day).await;
    (codes, sum)
}

#[tokio::test]
async fn the_start_of_a_day_is_the_same_however_late_and_however_often_it_comes() {
    let mut seen = Vec::new();
    // The hours at which the program is awake, each after the last.
    for hours in [
        &[24, 48, 72, 96, 120][..],
        &[120],
        &[120, 120, 120, 120, 120],
        &[30, 100, 121],
    ] {
        let town = Town::new(60).await;
        town.declare().await;
        town.services.finish_redecisions().await.unwrap();
        let midnight = Zone::SHANGHAI.at(day(TODAY), 0);
        for hour in hours {
            town.clock
                .set(domain::Millis(midnight.0 + hour * 3_600_000));
            town.services.catch_up(&Actor::job()).await.unwrap();
        }
        let mut days = Vec::new();
        for back in (1..=5).rev() {
            let past = day(TODAY).plus(6 - back);
            days.push(shown(&town.services, town.school, past).await.1);
        }
        let last = shown(&town.services, town.school, day(TODAY).plus(5)).await;
        assert_eq!((last.1.students, last.1.red, last.1.grey), (60, 6, 54));
        seen.push((last, days));
    }
    for other in &seen[1..] {
        assert_eq!(*other, seen[0]);
    }
}
