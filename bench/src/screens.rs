//! Snapshots for the big screen, by the service that pages and event streams read.

use crate::direct::{self, BY_TEACHER};
use crate::figures::Figures;
use crate::founding;
use crate::load::Latencies;
use domain::Day;
use domain::ids::RegionCode;
use domain::report::{Answers, Temperature};
use domain::screen::ScreenMode;
use services::bureau::Opened;
use services::{Actor, Services};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;

/// Snapshots of one measurement.
const ROUNDS: usize = 300;
/// Children with a fever, so that a screen has reasons and a feed.
const FEVERISH: u32 = 300;
/// The longest time that 99 of 100 snapshots shall take, in milliseconds.
const LIMIT: f64 = 10.0;
/// How much longer a large town's may take than a small one's.
const TIMES: f64 = 1.5;

/// Snapshots of towns of several sizes, the smallest first; gives its median in milliseconds.
pub fn small_towns(
    figures: &mut Figures,
    runtime: &Runtime,
    sizes: impl Iterator<Item = u32>,
) -> Option<f64> {
    let mut smallest = None;
    for children in sizes {
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let services = founding::open(&founding::location(folder.path(), None)).await;
            let town = services.found_town(children, false).await.unwrap();
            let (region, day) = (&town.region, town.day);
            let median = measure(figures, &services, region, day, children, smallest).await;
            smallest.get_or_insert(median);
            services.store.close().await;
        });
    }
    smallest
}

/// Snapshots of one town, after some of its children have got a fever; gives the median in milliseconds.
pub async fn measure(
    figures: &mut Figures,
    services: &Arc<Services>,
    region: &RegionCode,
    day: Day,
    children: u32,
    smallest: Option<f64>,
) -> f64 {
    for child in 1..=FEVERISH.min(children) {
        let fever = Answers {
            temperature: Temperature::Tenths(385),
            ..Answers::all_well()
        };
        // Where the family has reported already, this makes a second revision, which counts all the same.
        direct::report(services, child, day, fever, BY_TEACHER).await;
    }
    let mut latencies = Latencies::default();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let screen = services
            .screen(&Actor::job(), region, ScreenMode::Room, Opened::default())
            .await
            .unwrap();
        latencies.push(begun.elapsed());
        assert!(screen.now.students >= i64::from(children));
        assert!(screen.now.red > Some(0) && screen.feed.is_some_and(|feed| !feed.is_empty()));
    }
    let what = format!("big-screen snapshot, {children} children");
    let median = latencies.p50();
    match smallest {
        Some(smallest) => figures.at_most(format!("{what}, p50"), median, "ms", TIMES * smallest),
        None => figures.plain(format!("{what}, p50"), median, "ms"),
    }
    figures.at_most(format!("{what}, p99"), latencies.p99(), "ms", LIMIT);
    median
}
