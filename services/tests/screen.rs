//! What an official can rely on who watches a region with many schools.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use domain::access::{Role, Scope};
use domain::ids::{PersonId, SchoolId};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::screen::{ScreenMode, ScreenSnapshot, ScreenSort};
use services::bureau::{FoundSchools, Opened, SchoolOrder, SchoolsAsked};
use services::clock::ManualClock;
use services::intake::Submission;
use services::{Actor, Error, Services};
use std::sync::Arc;
use store::{RegionRow, SchoolRow};
use support::Engine;
use support::town::{account, add_regions, at, day, district, import_class, open, region, school};

on_both_engines![
    a_wide_region_shows_first_places_and_whichever_school_is_asked_for,
    who_comes_first_in_a_wide_region_is_known_after_five_seconds,
    the_schools_of_a_region_are_searched_ordered_and_paged,
    what_was_yesterday_at_this_time_is_told_to_the_minute,
];

/// More than a screen is sent whole.
const SCHOOLS: usize = 62;
const TODAY: &str = "2020-09-14";
const TOMORROW: &str = "2020-09-15";
/// Of each of them.
const ROSTER: &str = "学号,姓名,年级,班级,出生日期\n1,安娜,一年级,1班,2013-05-01\n";

/// A district whose schools have one child each.
struct District {
    services: Arc<Services>,
    schools: Vec<SchoolId>,
    children: Vec<PersonId>,
    clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

impl District {
    /// At so many minutes after midnight.
    async fn new(engine: Engine, minute: u32) -> Self {
        let (folder, clock, services) = open(engine, at(TODAY, minute)).await;
        let codes: Vec<String> = (0..SCHOOLS).map(|n| format!("S{n:02}")).collect();
        let mut tx = services.store.write().await.unwrap();
        let regions = [
            ("CN", None, "country", "中国"),
            ("330503", Some("CN"), "district", "南浔区"),
        ];
        add_regions(&mut tx, &regions).await;
        let mut schools = Vec::new();
        for code in &codes {
            let row = school(code, code, district());
            schools.push(tx.insert_school(&row).await.unwrap());
        }
        tx.commit().await.unwrap();
        let mut children = Vec::new();
        for code in &codes {
            children.extend(import_class(&services, code, ROSTER).await.1);
        }
        Self {
            services,
            schools,
            children,
            clock,
            _folder: folder,
        }
    }

    async fn report(&self, child: usize, answers: Answers, channel: Channel) {
        let submission = Submission {
            person: self.children[child],
            day: day(TODAY),
            id: u128::try_from(child).unwrap().to_be_bytes(),
            based_on: 0,
            answers,
            channel,
        };
        let job = Actor::job();
        self.services.report(&job, submission).await.unwrap();
    }

    /// Takes a teacher's report that a child has so many tenths of a degree.
    async fn fever(&self, child: usize, tenths: u16) {
        let answers = Answers {
            temperature: Temperature::Tenths(tenths),
            ..Answers::all_well()
        };
        let channel = Channel::Proxy(Learned::Call);
        self.report(child, answers, channel).await;
    }

    /// A page of ten of its schools.
    async fn found(&self, search: &str, order: SchoolOrder, page: i64) -> FoundSchools {
        let asked = SchoolsAsked {
            search: search.into(),
            order,
            page,
            size: 10,
        };
        self.services
            .found_schools(&Actor::job(), &district(), &asked)
            .await
            .unwrap()
    }

    async fn screen(&self, mode: ScreenMode, opened: Opened) -> ScreenSnapshot {
        self.services
            .screen(&Actor::job(), &district(), mode, opened)
            .await
            .unwrap()
    }
}

fn order(screen: &ScreenSnapshot, sort: ScreenSort) -> Vec<SchoolId> {
    screen.ranking(sort).iter().map(|line| line.id).collect()
}

async fn a_wide_region_shows_first_places_and_whichever_school_is_asked_for(engine: Engine) {
    let district = District::new(engine, 7 * 60).await;
    let schools = &district.schools;
    let feverish = 40..46;
    for child in feverish.clone() {
        district.fever(child, 385).await;
    }

    let screen = district.screen(ScreenMode::Room, Opened::Closed).await;
    assert_eq!(screen.school_count, i64::try_from(SCHOOLS).unwrap());
    let mut flagged = [&schools[feverish.clone()], &schools[..24]].concat();
    assert_eq!(order(&screen, ScreenSort::Flagged), flagged);
    assert_eq!(order(&screen, ScreenSort::Progress), schools[..30]);

    // Whichever is open is there: after the others, where it has no place among the first.
    let screen = district.screen(ScreenMode::Room, Opened::First).await;
    let open = screen.open.as_ref().unwrap();
    assert_eq!((open.id, open.classes.len()), (schools[40], 1));
    assert_eq!(order(&screen, ScreenSort::Flagged), flagged);
    let mut behind = schools[..30].to_vec();
    behind.push(schools[40]);
    assert_eq!(order(&screen, ScreenSort::Progress), behind);
    let asked = Opened::School(schools[61]);
    let screen = district.screen(ScreenMode::Room, asked).await;
    assert_eq!(screen.open.as_ref().unwrap().id, schools[61]);
    flagged.push(schools[61]);
    assert_eq!(order(&screen, ScreenSort::Flagged), flagged);
    assert_eq!(screen.ranking(ScreenSort::Flagged)[30].grey, Some(1));
    let asked = Opened::School(SchoolId(i64::MAX));
    let screen = district.screen(ScreenMode::Room, asked).await;
    assert_eq!((screen.open, screen.ranked), (None, 30));

    // Outsiders see that there is somebody in a school, not how many, and nothing of one that they ask for.
    let asked = Opened::School(schools[61]);
    let screen = district.screen(ScreenMode::Public, asked).await;
    assert_eq!(screen.open, None);
    assert_eq!(screen.now.red, Some(6));
    let first = screen.ranking(ScreenSort::Flagged);
    let (hidden, shown) = first.split_at(feverish.len());
    assert!(hidden.iter().all(|line| line.red.is_none()));
    assert!(shown.iter().all(|line| line.red == Some(0)));
    assert_eq!(hidden[0].id, schools[40]);
    assert_eq!(first.len(), 30);
}

async fn who_comes_first_in_a_wide_region_is_known_after_five_seconds(engine: Engine) {
    let district = District::new(engine, 7 * 60).await;
    let schools = &district.schools;
    let first = async |count: usize| {
        let screen = district.screen(ScreenMode::Room, Opened::Closed).await;
        order(&screen, ScreenSort::Flagged)[..count].to_vec()
    };
    district.fever(40, 385).await;
    assert_eq!(first(2).await, [schools[40], schools[0]]);
    // One school that the screen shows, as it is now, and one that it need not show yet.
    district.fever(0, 385).await;
    district.fever(50, 385).await;
    assert_eq!(first(2).await, [schools[0], schools[40]]);
    district.clock.advance(5_000);
    assert_eq!(first(3).await, [schools[0], schools[40], schools[50]]);
}

fn codes(found: &FoundSchools) -> Vec<&str> {
    found.schools.iter().map(|s| s.code.as_str()).collect()
}

async fn the_schools_of_a_region_are_searched_ordered_and_paged(engine: Engine) {
    // At this school it is still yesterday, and its name means something to a database.
    let town = RegionRow {
        code: region("330503005"),
        parent: Some(district()),
        level: "town".into(),
        name: "双林镇".into(),
        name_en: "Shuanglin".into(),
    };
    let far = SchoolRow {
        zone: "Asia/Urumqi".into(),
        name_en: "Far 100%_\\ Primary".into(),
        ..school("X9", "远方小学", town.code.clone())
    };
    let mut district = District::new(engine, 30).await;
    let services = Arc::clone(&district.services);
    let services = &*services;
    let mut tx = services.store.write().await.unwrap();
    tx.upsert_region(&town, false).await.unwrap();
    let small = school("Y2", "Ürümqi Ａ座", support::town::district());
    let empty = school("Z0", "Z0", support::town::district());
    for row in [&far, &small, &empty] {
        tx.insert_school(row).await.unwrap();
    }
    tx.commit().await.unwrap();
    import_class(services, "X9", ROSTER).await;
    let two = format!("{ROSTER}2,安妮,一年级,1班,2013-05-01\n");
    district
        .children
        .extend(import_class(services, "Y2", &two).await.1);
    district.fever(40, 375).await;
    district.fever(50, 385).await;
    for child in [0, 1, 2, SCHOOLS] {
        let well = Answers::all_well();
        district.report(child, well, Channel::Message).await;
    }

    // Red before yellow; then by code.
    let found = district.found("", SchoolOrder::Flagged, 0).await;
    assert_eq!((found.total, found.first, found.schools.len()), (65, 0, 10));
    let first = ["S50", "S40", "S00", "S01", "S02", "S03"];
    assert_eq!(codes(&found)[..6], first);
    // Nobody, one of two, everybody; of a school without people nobody.
    let found = district.found("", SchoolOrder::Behind, 0).await;
    let first = ["S03", "S04", "S05", "S06", "S07", "S08"];
    assert_eq!(codes(&found)[..6], first);
    // Behind the last page there is none.
    for (order, last) in [
        (SchoolOrder::Behind, ["Z0", "Y2", "S00", "S01", "S02"]),
        (SchoolOrder::Code, ["S60", "S61", "X9", "Y2", "Z0"]),
    ] {
        for page in [6, 7, i64::from(u32::MAX)] {
            let found = district.found("", order, page).await;
            assert_eq!((found.total, found.first, found.schools.len()), (65, 60, 5));
            assert_eq!(codes(&found), last);
        }
    }
    let far = &district.found("x9", SchoolOrder::Code, 0).await.schools[0];
    assert_eq!((far.region.en.as_str(), far.numbers.grey), ("Shuanglin", 1));

    for (search, total, expected) in [
        ("s6", 2, vec!["S60", "S61"]),
        (" 远方 ", 1, vec!["X9"]),
        ("FAR 100%_\\", 1, vec!["X9"]),
        ("%", 1, vec!["X9"]),
        ("_", 1, vec!["X9"]),
        ("\\", 1, vec!["X9"]),
        ("shuangLIN", 1, vec!["X9"]),
        ("双林", 1, vec!["X9"]),
        ("Ürümqi Ａ", 1, vec!["Y2"]),
        ("\0\u{1b}Z0\n", 1, vec!["Z0"]),
        ("小学 FAR", 0, vec![]),
        ("' OR 1 = 1 --", 0, vec![]),
        (&"S".repeat(100_000), 0, vec![]),
    ] {
        let found = district.found(search, SchoolOrder::Code, 0).await;
        assert_eq!((found.total, codes(&found)), (total, expected), "{search}");
    }

    let elsewhere = account(1, Role::BureauViewer, Scope::Region(region("330502")));
    let asked = SchoolsAsked {
        search: String::new(),
        order: SchoolOrder::Code,
        page: 0,
        size: 10,
    };
    let refused = services
        .found_schools(&elsewhere, &support::town::district(), &asked)
        .await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
}

async fn what_was_yesterday_at_this_time_is_told_to_the_minute(engine: Engine) {
    let district = District::new(engine, 7 * 60).await;
    let services = &district.services;
    let passes = async |day, minute: u32| {
        district.clock.set(at(day, 7 * 60 + minute));
        services.write_slots().await.unwrap();
    };
    let before = async |day, minute: u32| {
        district.clock.set(at(day, 7 * 60 + minute));
        let screen = district.screen(ScreenMode::Room, Opened::Closed).await;
        screen
            .before
            .map(|before| (before.students, before.reported))
    };
    passes(TODAY, 10).await;
    for child in 0..10 {
        district
            .report(child, Answers::all_well(), Channel::Proxy(Learned::Call))
            .await;
    }
    passes(TODAY, 15).await;
    assert_eq!(before(TODAY, 16).await, None, "there is no day before");

    let children = i64::try_from(SCHOOLS).unwrap();
    district.clock.set(at(TOMORROW, 6 * 60));
    services.catch_up(&Actor::job()).await.unwrap();
    for (minute, reported) in [
        (4, None),
        (5, Some(0)),
        (10, Some(0)),
        (12, Some(4)),
        (14, Some(8)),
        (15, Some(10)),
        (40, Some(10)),
    ] {
        let expected = reported.map(|reported| (children, Some(reported)));
        assert_eq!(before(TOMORROW, minute).await, expected, "at 7:{minute:02}");
    }
}
