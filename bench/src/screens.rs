//! Snapshots for the big screen, by the service that pages and event streams read.

use crate::Engine;
use crate::direct::{self, BY_TEACHER};
use crate::figures::Figures;
use crate::load::Latencies;
use domain::Day;
use domain::ids::RegionCode;
use domain::report::{Answers, Temperature};
use domain::screen::{ScreenMode, ScreenSnapshot};
use services::bureau::Opened;
use services::{Actor, Services};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Snapshots of one measurement.
const ROUNDS: usize = 300;
/// Children with a fever, so that a screen has reasons and a feed.
const FEVERISH: u32 = 300;
/// The longest time that 99 of 100 snapshots shall take, in milliseconds.
const LIMIT: f64 = 10.0;
/// How much longer a large town's may take than a small one's.
const TIMES: f64 = 1.5;

/// The screen of a whole town.
pub struct Screen {
    /// The program's services on the town.
    pub services: Arc<Services>,
    /// The region that holds all of the town.
    pub region: RegionCode,
    /// The day that it shows.
    pub day: Day,
    /// How many children the town has.
    pub children: u32,
}

/// Snapshots of towns by turns, the smallest first, after some children of each have got a fever: whether a thread wakes
/// at once or late is the same for all of them then.
pub async fn measure(figures: &mut Figures, engine: Engine, screens: &[Screen]) {
    for screen in screens {
        screen.have_fever().await;
    }
    for (mode, of) in [
        (ScreenMode::Room, ""),
        (ScreenMode::Public, " for outsiders"),
    ] {
        let mut latencies: Vec<_> = screens.iter().map(|_| Latencies::default()).collect();
        for _ in 0..ROUNDS {
            for (screen, latencies) in screens.iter().zip(&mut latencies) {
                latencies.push(screen.snapshot(mode).await);
            }
        }
        let mut smallest = None;
        for (screen, latencies) in screens.iter().zip(&latencies) {
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
        for child in 1..=FEVERISH.min(self.children) {
            let fever = Answers {
                temperature: Temperature::Tenths(385),
                ..Answers::all_well()
            };
            // Where the family has reported already, this makes a second revision, which counts all the same.
            direct::report(&self.services, child, self.day, fever, BY_TEACHER).await;
        }
    }

    /// How long one takes.
    async fn snapshot(&self, mode: ScreenMode) -> Duration {
        let begun = Instant::now();
        let screen = self
            .services
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
