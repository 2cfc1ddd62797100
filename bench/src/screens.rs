//! Snapshots for the big screen, by the service that pages and event streams read.

use crate::direct::{self, BY_TEACHER};
use crate::figures::Figures;
use crate::load::Latencies;
use crate::{Engine, founding};
use domain::Day;
use domain::ids::RegionCode;
use domain::report::{Answers, Temperature};
use domain::screen::{ScreenMode, ScreenSnapshot};
use services::bureau::Opened;
use services::clock::{Clock, ManualClock, SystemClock};
use services::open::Location;
use services::{Actor, Services};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the towns are opened anew, and the snapshots of each then. How soon a database's thread wakes differs from one
/// opening to the next, by as much as all that a screen reads.
const SERIES: usize = 12;
const ROUNDS: usize = 25;
/// What a town's clock is put forward between them, as an open screen looks, in milliseconds.
const BETWEEN: i64 = 1_000;
/// Children with a fever, so that a screen has reasons and a feed.
const FEVERISH: u32 = 300;
/// The longest time that 99 of 100 snapshots shall take, in milliseconds.
const LIMIT: f64 = 10.0;
/// How much longer a large town's may take than a small one's.
const TIMES: f64 = 1.5;

/// The modes of a screen, and how they are named.
const MODES: [(ScreenMode, &str); 2] = [
    (ScreenMode::Room, ""),
    (ScreenMode::Public, " for outsiders"),
];

/// The screen of a whole town.
pub struct Screen {
    /// Where the town's data are.
    pub location: Location,
    /// The region that holds all of the town.
    pub region: RegionCode,
    /// The day that it shows.
    pub day: Day,
    /// How many children the town has.
    pub children: u32,
}

/// Snapshots of towns by turns, the smallest first, after some children of each have got a fever.
pub async fn measure(figures: &mut Figures, engine: Engine, screens: &[Screen]) {
    for screen in screens {
        screen.have_fever().await;
    }
    let none = || screens.iter().map(|_| Latencies::default()).collect();
    let mut latencies: [Vec<Latencies>; MODES.len()] = [none(), none()];
    for _ in 0..SERIES {
        let mut opened = Vec::new();
        for screen in screens {
            let clock = Arc::new(ManualClock::new(SystemClock.now()));
            let kept = Arc::clone(&clock) as Arc<dyn Clock>;
            let services = founding::open_at(&screen.location, kept).await;
            opened.push((screen, services, clock));
        }
        for ((mode, _), latencies) in MODES.into_iter().zip(&mut latencies) {
            // The first look after a start also reads names, which are kept.
            for round in 0..=ROUNDS {
                for ((screen, services, clock), latencies) in opened.iter().zip(&mut *latencies) {
                    clock.advance(BETWEEN);
                    let took = screen.snapshot(services, mode).await;
                    if round > 0 {
                        latencies.push(took);
                    }
                }
            }
        }
        for (_, services, _) in opened {
            services.store.close().await;
        }
    }
    for ((_, of), latencies) in MODES.into_iter().zip(&latencies) {
        let mut smallest = None;
        for (screen, latencies) in screens.iter().zip(latencies) {
            let children = screen.children;
            let what = format!("{engine}: big-screen snapshot{of}, {children} children");
            let (name, p50) = (format!("{what}, p50"), latencies.p50());
            match smallest {
                Some(smallest) => figures.at_most(name, p50, "ms", TIMES * smallest),
                None => figures.plain(name, p50, "ms"),
            }
            smallest.get_or_insert(p50);
            figures.at_most(format!("{what}, p99"), latencies.p99(), "ms", LIMIT);
        }
    }
}

impl Screen {
    /// Gives some children a fever.
    async fn have_fever(&self) {
        let services = founding::open(&self.location).await;
        for child in 1..=FEVERISH.min(self.children) {
            let fever = Answers {
                temperature: Temperature::Tenths(385),
                ..Answers::all_well()
            };
            // Where the family has reported already, this makes a second revision, which counts all the same.
            direct::report(&services, child, self.day, fever, BY_TEACHER).await;
        }
        services.store.close().await;
    }

    /// How long one takes.
    async fn snapshot(&self, services: &Services, mode: ScreenMode) -> Duration {
        let begun = Instant::now();
        let screen = services
            .screen(&Actor::job(), &self.region, mode, Opened::default())
            .await
            .unwrap();
        let took = begun.elapsed();
        self.must_be_whole(&screen);
        took
    }

    fn must_be_whole(&self, screen: &ScreenSnapshot) {
        assert!(screen.now.students >= i64::from(self.children));
        let has_feed = screen.feed.as_ref().is_some_and(|feed| !feed.is_empty());
        assert_eq!(
            has_feed,
            screen.mode == ScreenMode::Room,
            "turns are named where no outsider looks on"
        );
        // Where all but a few have a fever, outsiders are told of none.
        assert!(screen.now.red > Some(0) || self.children <= 2 * FEVERISH);
    }
}
