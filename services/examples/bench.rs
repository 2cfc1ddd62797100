//! Figures of services that work without anybody asking over HTTP; those of a school morning are measured by `bench/`.
//!
//! `cargo run --release -p services --example bench -- OUT.json` writes a list of
//! `{"name", "value", "unit", "floor", "ratio"}`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measuring program: it stops at the first surprise, and it measures real time"
)]

use domain::facts::RiskLevel;
use domain::ids::PersonId;
use domain::report::{Answers, Channel, FactChange, Learned, StandingFact};
use serde_json::json;
use services::areas::NewArea;
use services::clock::{SystemClock, SystemEntropy, bytes};
use services::demo::{DemoOptions, prepare};
use services::intake::Submission;
use services::open::Location;
use services::{Actor, Services};
use std::sync::Arc;
use std::time::Instant;

/// People of the bench's district.
const STUDENTS: u32 = 20_000;
/// Reports in flight at a time: as many requests would wait on a busy morning.
const IN_FLIGHT: usize = 512;

#[path = "bench/replay.rs"]
mod replay;

struct Figures(Vec<serde_json::Value>);

impl Figures {
    /// A figure with the floor it is compared with; the ratio is value by floor.
    fn add(&mut self, name: &str, value: f64, unit: &str, floor: Option<f64>) {
        let ratio = floor.map(|floor| (value / floor * 1_000.0).round() / 1_000.0);
        println!("{name:44} {value:>12.1} {unit:12} {ratio:?}");
        self.0.push(
            json!({"name": name, "value": value, "unit": unit, "floor": floor, "ratio": ratio}),
        );
    }
}

#[tokio::main]
async fn main() {
    let out = std::env::args().nth(1).expect("the output file");
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path().join("data"), true);
    let mut figures = Figures(Vec::new());

    let begun = Instant::now();
    let options = DemoOptions {
        students: STUDENTS,
        reset: false,
        seed: 1,
    };
    let (services, _) = prepare(
        &location,
        &options,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .await
    .unwrap();
    figures.add(
        "demo_students_per_second",
        f64::from(STUDENTS) / begun.elapsed().as_secs_f64(),
        "students/s",
        None,
    );

    let bare = replay::bare_decisions();
    figures.add("bare_decisions", bare, "days/s", None);
    figures.add(
        "replay_student_days",
        replay::replay(&services).await,
        "days/s",
        Some(bare),
    );
    let (unchanged, turned) = redecisions(&services).await;
    figures.add("redecided_unchanged", unchanged, "people/s", None);
    figures.add("redecided_turned_red", turned, "people/s", None);
    std::fs::write(out, serde_json::to_string_pretty(&figures.0).unwrap()).unwrap();
}

/// People decided about anew a second: once where an area concerns nobody, and once where it turns nearly all red.
async fn redecisions(services: &Arc<Services>) -> (f64, f64) {
    let district = "330503".parse().unwrap();
    let today = state_stays(services, "110115").await;
    let mut figures = Vec::new();
    for place in ["110116", "110115"] {
        let area = NewArea {
            region: place.parse().unwrap(),
            level: RiskLevel::High,
            from: today,
            to: None,
            look_back: 14,
            authority: "measuring".into(),
        };
        let begun = Instant::now();
        services
            .declare_area(&Actor::job(), &district, &area)
            .await
            .unwrap();
        services.finish_redecisions().await.unwrap();
        let took = begun.elapsed().as_secs_f64();
        let job = services
            .redecisions(&Actor::job(), &district)
            .await
            .unwrap()
            .remove(0);
        println!("{place}: {} of {} changed", job.changed, job.total);
        figures.push(f64::from(i32::try_from(job.total).unwrap()) / took);
    }
    (figures[0], figures[1])
}

/// Everybody states a stay that ended yesterday.
async fn state_stays(services: &Arc<Services>, place: &str) -> domain::Day {
    let country = "CN".parse().unwrap();
    let mut tx = services.store.read().await.unwrap();
    let rows = tx
        .states_within(&country, PersonId(0), i64::from(STUDENTS) * 2)
        .await
        .unwrap();
    let info = services
        .school_info(&mut tx, rows[0].school_id)
        .await
        .unwrap();
    let today = services.today_at(&info);
    let mut waiting = Vec::new();
    for row in rows {
        let revisions = tx.reports_of(row.person_id, today, today).await.unwrap();
        let latest = revisions.last().map_or(0, |r| r.revision);
        let stay = StandingFact::Stay {
            region: place.parse().unwrap(),
            arrived: today.plus(-3),
            left: Some(today.plus(-1)),
            transit: false,
        };
        let submission = Submission {
            person: row.person_id,
            day: today,
            id: bytes(&SystemEntropy),
            based_on: u16::try_from(latest).unwrap(),
            answers: Answers {
                changes: vec![FactChange::Add(stay)],
                ..Answers::all_well()
            },
            channel: Channel::Proxy(Learned::Call),
        };
        waiting.push(submission);
    }
    drop(tx);
    for chunk in waiting.chunks(IN_FLIGHT) {
        let sent: Vec<_> = chunk
            .iter()
            .cloned()
            .map(|submission| {
                let services = Arc::clone(services);
                tokio::spawn(async move { services.report(&Actor::job(), submission).await })
            })
            .collect();
        for answer in sent {
            // Families who refused online answers report nothing.
            let _ = answer.await.unwrap();
        }
    }
    today
}
