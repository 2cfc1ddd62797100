//! What somebody who shows the demo relies on.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::clock::{ManualClock, SystemEntropy};
use crate::rollups::assert_rolled_up;
use domain::decision::decide;
use domain::ids::{ClassId, PersonId, RegionCode};
use domain::state::State;
use domain::{Code, Millis, Zone};
use std::collections::BTreeMap;
use store::Numbers;

struct Demo {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
}

impl Demo {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(ManualClock::new(at("2020-09-17", 7 * 60 + 14))),
        }
    }

    fn location(&self, demo: bool) -> Location {
        Location::in_folder(self.folder.path().into(), demo)
    }

    async fn start(
        &self,
        options: DemoOptions,
    ) -> std::result::Result<(Arc<Services>, Vec<DemoAccount>), OpenError> {
        let clock = Arc::clone(&self.clock);
        prepare(
            &self.location(true),
            &options,
            clock,
            Arc::new(SystemEntropy),
        )
        .await
    }
}

fn at(day: &str, minute: u32) -> Millis {
    Zone::SHANGHAI.at(day.parse().unwrap(), minute)
}

fn small() -> DemoOptions {
    DemoOptions {
        students: 300,
        ..DemoOptions::default()
    }
}

#[tokio::test]
async fn one_account_per_role_signs_in() {
    let demo = Demo::new();
    let (services, accounts) = demo.start(small()).await.unwrap();
    let mut roles: Vec<_> = accounts.iter().map(|a| a.role.as_str()).collect();
    roles.dedup();
    let all = domain::access::Role::ALL.map(domain::access::Role::word);
    assert_eq!(roles, all);
    for account in &accounts {
        let signed_in = services.sign_in(&account.login, &account.password).await;
        let actor = signed_in.unwrap().actor;
        let scopes: Vec<_> = actor
            .grants()
            .iter()
            .map(|g| {
                assert_eq!(g.role.word(), account.role);
                let (kind, code) = crate::actor::scope_words(&g.scope);
                format!("{kind}:{code}")
            })
            .collect();
        assert_eq!(scopes.join(","), account.scope);
    }
}

/// Everybody on a roster with their state, opened, by number.
async fn people(services: &Services) -> Vec<(store::PersonRow, crate::recolour::Opened)> {
    let mut tx = services.store.read().await.unwrap();
    let mut people = Vec::new();
    for school in tx.schools_within(&country()).await.unwrap() {
        for row in tx.people_of_school(school.school_id).await.unwrap() {
            let opened = services.opened_state(&mut tx, row.person_id).await.unwrap();
            people.push((row, opened));
        }
    }
    people.sort_by_key(|(row, _)| row.person_id);
    people
}

fn country() -> RegionCode {
    RegionCode::parse(RegionCode::COUNTRY).unwrap()
}

/// What was known at the end of a day.
fn as_of(state: &State, day: Day) -> State {
    let midnight = Zone::SHANGHAI.at(day.next(), 0);
    let mut state = state.clone();
    state.reports.retain(|r| r.at < midnight);
    state.records.retain(|r| r.received <= day);
    state
}

/// The numbers of each class on a day, from the counters.
async fn counted(services: &Services, day: Day) -> BTreeMap<ClassId, Numbers> {
    let mut tx = services.store.read().await.unwrap();
    let mut counted = BTreeMap::new();
    for school in tx.schools_within(&country()).await.unwrap() {
        for row in tx.counters_of_school(school.school_id, day).await.unwrap() {
            counted.insert(row.class_id, row.numbers);
        }
    }
    counted
}

async fn total(services: &Services, day: Day) -> Numbers {
    let mut sum = Numbers::default();
    for numbers in counted(services, day).await.into_values() {
        sum += numbers;
    }
    sum
}

#[tokio::test]
async fn the_counters_of_every_day_equal_a_recount_from_the_states() {
    let demo = Demo::new();
    let (services, _) = demo.start(small()).await.unwrap();
    let today: Day = "2020-09-17".parse().unwrap();
    let people = people(&services).await;
    let mut flagged = 0;
    for back in 0..=14 {
        let day = today.plus(-back);
        let mut recount: BTreeMap<ClassId, Numbers> = BTreeMap::new();
        let mut reasons: BTreeMap<(ClassId, i64, Vec<u8>), i64> = BTreeMap::new();
        for (row, opened) in &people {
            let mut tx = services.store.read().await.unwrap();
            let info = services.school_info(&mut tx, row.school_id).await.unwrap();
            let state = as_of(&opened.kept.state, day);
            let decision = decide(&state, &info.context(), day, day);
            let group = state.report_of(day).map(|report| report.channel.group());
            let numbers = crate::recolour::share_of(decision.code, group);
            *recount.entry(row.class_id).or_default() += numbers;
            if decision.code.is_flagged() {
                flagged += 1;
                let reason = services.reason_index(&decision.principal().unwrap().code);
                let key = (row.class_id, decision.code.number(), reason);
                *reasons.entry(key).or_default() += 1;
            }
        }
        assert_eq!(counted(&services, day).await, recount, "{day}");
        let mut tx = services.store.read().await.unwrap();
        for school in tx.schools_within(&country()).await.unwrap() {
            for row in tx.reasons_of_school(school.school_id, day).await.unwrap() {
                let key = (row.class_id, row.code, row.reason_ix);
                assert_eq!(reasons.remove(&key), Some(row.people), "{day}");
            }
        }
        assert!(reasons.is_empty(), "{day}");
        assert_rolled_up(&services.store, day).await;
    }
    assert!(flagged > 40, "{flagged}");
}

#[tokio::test]
async fn every_report_is_one_that_the_form_accepts() {
    let demo = Demo::new();
    let (services, _) = demo.start(small()).await.unwrap();
    let today: Day = "2020-09-17".parse().unwrap();
    let (mut reports, mut pending) = (0, 0);
    for (row, opened) in people(&services).await {
        let mut tx = services.store.read().await.unwrap();
        let from = today.plus(-30);
        for report in tx.reports_of(row.person_id, from, today).await.unwrap() {
            let answers = services.open_answers(&opened, &report).unwrap().unwrap();
            let mut before = opened.kept.state.clone();
            before.reports.retain(|r| r.day < report.day);
            let faults = domain::report::faults(&answers, &before, report.day);
            assert!(faults.is_empty(), "{answers:?} {faults:?}");
            assert!(report.at <= demo.clock.now());
            assert_eq!(Zone::SHANGHAI.day_of(report.at), report.day);
            reports += 1;
            pending += usize::from(report.status == "pending");
        }
    }
    assert!((4_300..4_600).contains(&reports), "{reports}");
    assert!(pending >= 1);
}

#[tokio::test]
async fn at_any_hour_most_have_reported_and_the_teacher_s_class_has_something_of_everything() {
    for minute in [5, 6 * 60, 7 * 60 + 14, 8 * 60 + 59, 22 * 60] {
        let demo = Demo::new();
        demo.clock.set(at("2020-09-17", minute));
        let (services, accounts) = demo.start(small()).await.unwrap();
        let teacher = accounts.iter().find(|a| a.role == "teacher").unwrap();
        let class = ClassId(
            teacher
                .scope
                .strip_prefix("class:")
                .unwrap()
                .parse()
                .unwrap(),
        );
        let today = "2020-09-17".parse().unwrap();
        let all = total(&services, today).await;
        assert!(all.reported() * 10 >= all.students * 8, "{minute}: {all:?}");
        let mut tx = services.store.read().await.unwrap();
        let numbers = tx.counter_of_class(class, today).await.unwrap().unwrap();
        let numbers = numbers.numbers;
        assert!(
            numbers.red >= 3 && numbers.yellow >= 2,
            "{minute}: {numbers:?}"
        );
        assert!(numbers.grey >= 3, "{minute}: {numbers:?}");
        assert_eq!(
            tx.pending_reports(class).await.unwrap().len(),
            1,
            "{minute}"
        );
        let guardians = tx.guardians_of_class(class).await.unwrap();
        let waiting = guardians.iter().filter(|g| g.status == "claimed").count();
        assert_eq!(waiting, 1);
        let first = &accounts[0].scope;
        let children: Vec<PersonId> = first
            .split(',')
            .map(|s| PersonId(s.strip_prefix("person:").unwrap().parse().unwrap()))
            .collect();
        let code = |row: &store::StateRow| row.code_on(today);
        let plain = tx.state(children[0]).await.unwrap().unwrap().state;
        let sibling = tx.state(children[1]).await.unwrap().unwrap().state;
        assert_eq!((code(&plain), code(&sibling)), (Code::Grey, Code::Yellow));
        let turns = tx.turns_within(&country(), today, 100).await.unwrap();
        assert!(turns.iter().any(|t| t.class_id == class));
        assert!(turns.iter().all(|t| t.at <= demo.clock.now()));
    }
}

#[tokio::test]
async fn another_day_shows_the_same_morning_and_keeps_accounts_and_families() {
    let demo = Demo::new();
    let (services, accounts) = demo.start(small()).await.unwrap();
    let start: Day = "2020-09-17".parse().unwrap();
    let before = total(&services, start).await;
    let reported: Vec<i64> = trend(&services, start).await;
    let teacher = accounts.iter().find(|a| a.role == "teacher").unwrap();
    let signed_in = services
        .sign_in(&teacher.login, &teacher.password)
        .await
        .unwrap();
    let class = ClassId(
        teacher
            .scope
            .strip_prefix("class:")
            .unwrap()
            .parse()
            .unwrap(),
    );
    services
        .print_slips(&signed_in.actor, class, &[])
        .await
        .unwrap();
    let waiting = services
        .class_guardians(&signed_in.actor, class)
        .await
        .unwrap();
    let claim = waiting.iter().find(|g| !g.is_confirmed).unwrap();
    services
        .confirm_guardian(&signed_in.actor, claim.account, claim.person)
        .await
        .unwrap();
    services.store.close().await;
    for date in ["2020-09-18", "2020-09-21"] {
        demo.clock.set(at(date, 7 * 60 + 14));
        let (services, again) = demo.start(small()).await.unwrap();
        assert_eq!(again, accounts);
        let today: Day = date.parse().unwrap();
        assert_eq!(total(&services, today).await, before, "{date}");
        assert_eq!(trend(&services, today).await, reported, "{date}");
        let mut tx = services.store.read().await.unwrap();
        assert!(
            tx.counters_of_school(domain::ids::SchoolId(1), today.plus(-15))
                .await
                .unwrap()
                .is_empty()
        );
        let guardians = tx.guardians_of_class(class).await.unwrap();
        assert!(guardians.iter().all(|g| g.status == "confirmed"));
        let slips = tx.slips_of_class(class).await.unwrap();
        assert!(slips.iter().any(|s| s.status == "open"));
        assert_eq!(tx.closed_days().await.unwrap()[0].1, Some(today.plus(-1)));
        let found = crate::audit::verify(&services.store, &services.vault).await;
        assert!(found.unwrap().faults.is_empty());
        drop(tx);
        services.store.close().await;
    }
}

async fn trend(services: &Services, today: Day) -> Vec<i64> {
    let mut tx = services.store.read().await.unwrap();
    let days = tx
        .region_sums(&country(), Zone::SHANGHAI.name(), today.plus(-14), today)
        .await;
    let days = days.unwrap().into_iter();
    days.map(|day| day.sums.numbers.reported()).collect()
}

#[tokio::test]
async fn on_another_day_nobody_who_left_has_the_reports_of_somebody_else() {
    let demo = Demo::new();
    let (services, _) = demo.start(small()).await.unwrap();
    let today: Day = "2020-09-17".parse().unwrap();
    let everybody = people(&services).await;
    let leavers = everybody.iter().step_by(3).map(|(row, _)| row.person_id);
    let leavers: Vec<PersonId> = leavers.collect();
    let mut tx = services.store.write().await.unwrap();
    tx.leave_roster(&leavers, today).await.unwrap();
    tx.commit().await.unwrap();
    services.store.close().await;
    demo.clock.set(at("2020-09-18", 7 * 60 + 14));
    let (services, _) = demo.start(small()).await.unwrap();
    let mut tx = services.store.read().await.unwrap();
    let kept = tx.revisions_of(&leavers, today.plus(-30)).await.unwrap();
    assert_eq!(kept, []);
}

#[tokio::test]
async fn the_same_day_is_left_as_it_was_and_a_reset_begins_again() {
    let demo = Demo::new();
    let (services, accounts) = demo.start(small()).await.unwrap();
    let guardian = &accounts[0];
    let actor = services
        .sign_in(&guardian.login, &guardian.password)
        .await
        .unwrap()
        .actor;
    let child = match &actor.grants()[0].scope {
        domain::access::Scope::Person(id) => *id,
        other => panic!("{other:?}"),
    };
    let today: Day = "2020-09-17".parse().unwrap();
    let sent = crate::intake::Submission {
        person: child,
        day: today,
        id: [7; 16],
        based_on: 0,
        answers: domain::report::Answers::all_well(),
        channel: domain::report::Channel::Web,
    };
    let grey = total(&services, today).await.grey;
    let receipt = services.report(&actor, sent).await.unwrap();
    assert_eq!(receipt.decision.code, Code::Green);
    assert_eq!(total(&services, today).await.grey, grey - 1);
    services.store.close().await;
    demo.clock.advance(60_000);
    let (services, _) = demo.start(small()).await.unwrap();
    assert_eq!(total(&services, today).await.grey, grey - 1);
    services.store.close().await;
    let reset = DemoOptions {
        reset: true,
        ..small()
    };
    let (services, again) = demo.start(reset).await.unwrap();
    assert_eq!(again, accounts);
    assert_eq!(total(&services, today).await.students, 300);
    let state = services.store.read().await.unwrap().state(child).await;
    assert!(!state.unwrap().unwrap().state.reported_on(today));
}

#[tokio::test]
async fn real_data_are_refused_even_by_a_reset_and_a_demo_is_never_served_as_real() {
    let demo = Demo::new();
    let clock = Arc::clone(&demo.clock);
    let real = Services::open(&demo.location(false), clock, Arc::new(SystemEntropy)).await;
    real.unwrap().store.close().await;
    for reset in [false, true] {
        let options = DemoOptions { reset, ..small() };
        let refused = demo.start(options).await;
        assert!(matches!(refused, Err(OpenError::DemoMix(_))));
    }
    assert!(demo.location(true).database().exists());
    let other = Demo::new();
    let (services, _) = other.start(small()).await.unwrap();
    services.store.close().await;
    let clock = Arc::clone(&other.clock);
    let served = Services::open(&other.location(false), clock, Arc::new(SystemEntropy)).await;
    assert!(matches!(served, Err(OpenError::DemoMix(_))));
}

#[tokio::test]
async fn a_seed_is_a_district() {
    let mut districts = Vec::new();
    for seed in [1, 1, 2] {
        let demo = Demo::new();
        let options = DemoOptions {
            seed,
            students: 24,
            ..small()
        };
        let (services, _) = demo.start(options).await.unwrap();
        let people: Vec<_> = people(&services)
            .await
            .into_iter()
            .map(|(row, opened)| (services.open_person(row).unwrap().profile, opened.kept))
            .collect();
        assert_eq!(people.len(), 24);
        districts.push(people);
    }
    assert_eq!(districts[0], districts[1]);
    assert_ne!(districts[0], districts[2]);
}
