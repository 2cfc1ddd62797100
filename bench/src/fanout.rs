//! Open screens while reports come in: how old is what they show?

use crate::families::{Families, page};
use crate::load::{self, Connection, connection};
use crate::program::Program;
use crate::reports::{PACED_CONNECTIONS, at_a_pace};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::spawn_local;

/// How long screens may take to open, or to show the last report, before the run fails.
const PATIENCE: Duration = Duration::from_mins(1);
/// Times are told apart to a millisecond, up to the patience.
const BUCKETS: usize = 60_000;

/// What stands before the sums of a frame, and within them before the number of reports.
const SUMS: &[u8] = br#""now":{"students":"#;
const REPORTED: &[u8] = br#","reported":"#;

/// What screens showed.
#[derive(Debug)]
pub struct Staleness {
    /// How old 99 of 100 reports were at most when a screen showed them, over all reports and screens, in milliseconds.
    pub p99: f64,
    /// Processor time of the program by time, in cores.
    pub cores: f64,
    /// Bytes of the longest frame.
    pub frame: usize,
}

/// What one screen has been sent.
#[derive(Debug, Default)]
struct Screen {
    /// When each frame was there, and how many reports it showed.
    frames: Vec<(Instant, usize)>,
    /// Bytes of the longest.
    longest: usize,
}

impl Screen {
    fn shows(&self) -> Option<usize> {
        self.frames.last().map(|(_, reported)| *reported)
    }
}

type Screens = Vec<Rc<RefCell<Screen>>>;

/// Opens so many screens, lets reports come in for a time, and compares when each was acknowledged with when the
/// screens first showed as many. Reports are counted in the order of their acknowledgement, which within one commit
/// is no order at all.
pub fn measure(
    program: &Program,
    families: &Rc<Families>,
    screens: usize,
    time: Duration,
) -> Staleness {
    load::run(async {
        let before = families.count();
        let screens: Screens = (0..screens).map(|_| Rc::default()).collect();
        for screen in &screens {
            let connection = Connection::open(program.address).await;
            spawn_local(watch(connection, Rc::clone(families), Rc::clone(screen)));
        }
        until(&screens, before).await;
        let (used, began) = (program.processor_seconds(), Instant::now());
        let acknowledged = reports(program, families, time).await;
        let cores = (program.processor_seconds() - used) / began.elapsed().as_secs_f64();
        until(&screens, families.count()).await;
        let longest = screens.iter().map(|screen| screen.borrow().longest).max();
        Staleness {
            p99: staleness(&acknowledged, &screens, before),
            cores,
            frame: longest.unwrap_or(0),
        }
    })
}

/// Reports at their pace; when each was acknowledged.
async fn reports(program: &Program, families: &Rc<Families>, time: Duration) -> Vec<Instant> {
    let connections = load::open(program.address, PACED_CONNECTIONS).await;
    let acknowledged: Rc<RefCell<Vec<Instant>>> = Rc::default();
    let times = Rc::clone(&acknowledged);
    let over = Instant::now() + time;
    let is_over = || Instant::now() > over;
    at_a_pace(connections, families, is_over, move || {
        times.borrow_mut().push(Instant::now());
    })
    .await;
    acknowledged.take()
}

/// Waits until every screen shows as many reports.
async fn until(screens: &Screens, reported: usize) {
    let begun = Instant::now();
    while screens
        .iter()
        .any(|screen| screen.borrow().shows() < Some(reported))
    {
        assert!(
            begun.elapsed() < PATIENCE,
            "every screen shows {reported} reports"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads frames for as long as the load runs.
async fn watch(mut connection: Connection, families: Rc<Families>, screen: Rc<RefCell<Screen>>) {
    let town = &families.town;
    let path = format!("/bureau/{}/events", town.region);
    connection
        .begin(page(&path, town.official.cookie()).as_bytes())
        .await;
    loop {
        let bytes = connection.more().await;
        while let Some(end) = connection::find(bytes, b"\n\n") {
            let frame = &bytes[..end];
            if let Some(at) = connection::find(frame, SUMS) {
                let sums = &frame[at..];
                let at = connection::find(sums, REPORTED).unwrap() + REPORTED.len();
                let reported = connection::digits(&sums[at..]).unwrap();
                let mut screen = screen.borrow_mut();
                screen.frames.push((Instant::now(), reported));
                screen.longest = screen.longest.max(end);
            }
            bytes.drain(..end + 2);
        }
    }
}

/// The time within which 99 of 100 reports were on a screen, in milliseconds.
fn staleness(acknowledged: &[Instant], screens: &Screens, before: usize) -> f64 {
    let mut buckets = vec![0_usize; BUCKETS];
    for screen in screens {
        let mut shown = 0;
        for (at, reported) in &screen.borrow().frames {
            while shown + before < *reported && shown < acknowledged.len() {
                let age = at.saturating_duration_since(acknowledged[shown]);
                buckets[(age.as_millis() as usize).min(BUCKETS - 1)] += 1;
                shown += 1;
            }
        }
    }
    let all: usize = buckets.iter().sum();
    assert_eq!(
        all,
        acknowledged.len() * screens.len(),
        "every screen showed every report"
    );
    let mut left = all * 99 / 100;
    let within = buckets.iter().position(|count| {
        left = left.saturating_sub(*count);
        left == 0
    });
    crate::figures::number(within.unwrap())
}
