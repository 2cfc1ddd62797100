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
use std::time::Instant;

/// Snapshots of one measurement.
const ROUNDS: usize = 300;
/// Children with a fever, so that a screen has reasons and a feed.
const FEVERISH: u32 = 300;
/// The longest time that 99 of 100 snapshots shall take, in milliseconds.
const LIMIT: f64 = 10.0;
/// How much longer a large town's may take than a small one's.
const TIMES: f64 = 1.5;

/// The median times in milliseconds of a screen in the room of its officials, and of one where outsiders look on.
pub type Medians = [f64; 2];

/// The screen of a whole town.
pub struct Screen<'a> {
    /// What keeps the data.
    pub engine: Engine,
    /// The region that holds all of the town.
    pub region: &'a RegionCode,
    /// The day that it shows.
    pub day: Day,
    /// How many children the town has.
    pub children: u32,
}

impl Screen<'_> {
    /// Snapshots after some children have got a fever, beside those of the smallest town.
    pub async fn measure(
        &self,
        figures: &mut Figures,
        services: &Arc<Services>,
        smallest: Option<Medians>,
    ) -> Medians {
        for child in 1..=FEVERISH.min(self.children) {
            let fever = Answers {
                temperature: Temperature::Tenths(385),
                ..Answers::all_well()
            };
            // Where the family has reported already, this makes a second revision, which counts all the same.
            direct::report(services, child, self.day, fever, BY_TEACHER).await;
        }
        let mut medians = Medians::default();
        for (at, (mode, of)) in [
            (ScreenMode::Room, ""),
            (ScreenMode::Public, " for outsiders"),
        ]
        .into_iter()
        .enumerate()
        {
            let latencies = self.snapshots(services, mode).await;
            let (engine, children) = (self.engine, self.children);
            let what = format!("{engine}: big-screen snapshot{of}, {children} children");
            medians[at] = latencies.p50();
            let name = format!("{what}, p50");
            match smallest {
                Some(smallest) => {
                    figures.at_most(name, medians[at], "ms", TIMES * smallest[at]);
                }
                None => figures.plain(name, medians[at], "ms"),
            }
            figures.at_most(format!("{what}, p99"), latencies.p99(), "ms", LIMIT);
        }
        medians
    }

    /// How long they take, one after the other.
    async fn snapshots(&self, services: &Arc<Services>, mode: ScreenMode) -> Latencies {
        let mut latencies = Latencies::default();
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let screen = services
                .screen(&Actor::job(), self.region, mode, Opened::default())
                .await
                .unwrap();
            latencies.push(begun.elapsed());
            self.must_be_whole(&screen);
        }
        latencies
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
