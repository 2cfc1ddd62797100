//! What an official can rely on who watches a region with many schools.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use domain::ids::{PersonId, SchoolId};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::screen::{ScreenMode, ScreenSnapshot, ScreenSort};
use services::bureau::Opened;
use services::intake::Submission;
use services::{Actor, Services};
use std::sync::Arc;
use support::Engine;
use support::town::{add_regions, at, day, district, import_class, open, school};

on_both_engines![a_wide_region_shows_first_places_and_whichever_school_is_asked_for];

/// More than a screen is sent whole.
const SCHOOLS: usize = 62;
const TODAY: &str = "2020-09-14";

/// A district whose schools have one child each.
struct District {
    services: Arc<Services>,
    schools: Vec<SchoolId>,
    children: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

impl District {
    async fn new(engine: Engine) -> Self {
        let (folder, _, services) = open(engine, at(TODAY, 7 * 60)).await;
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
            let roster = "学号,姓名,年级,班级,出生日期\n1,安娜,一年级,1班,2013-05-01\n";
            children.extend(import_class(&services, code, roster).await.1);
        }
        Self {
            services,
            schools,
            children,
            _folder: folder,
        }
    }

    /// Takes a teacher's report that a child has a fever.
    async fn fever(&self, child: usize) {
        let submission = Submission {
            person: self.children[child],
            day: day(TODAY),
            id: u128::try_from(child).unwrap().to_be_bytes(),
            based_on: 0,
            answers: Answers {
                temperature: Temperature::Tenths(385),
                ..Answers::all_well()
            },
            channel: Channel::Proxy(Learned::Call),
        };
        let job = Actor::job();
        self.services.report(&job, submission).await.unwrap();
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
    let district = District::new(engine).await;
    let schools = &district.schools;
    let feverish = 40..46;
    for child in feverish.clone() {
        district.fever(child).await;
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
