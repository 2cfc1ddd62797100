//! Reports by the guardian's one click: durable, acknowledged, over keep-alive connections.

use crate::families::{Families, Share};
use crate::load::loops::Done;
use crate::load::{self, Connection, Latencies, closed, paced};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Reports a second on a calm morning.
pub const PACE: u32 = 2_000;
/// Connections over which they come in.
pub const PACED_CONNECTIONS: usize = 512;
/// How long nobody reports before each lone report.
pub const LONE_PAUSE: Duration = Duration::from_millis(20);

/// As many reports as the program takes over so many connections, by children of a share that nobody else takes from.
pub fn one_click(
    address: SocketAddr,
    families: &Rc<Families>,
    share: Share,
    connections: usize,
    time: Duration,
) -> Done {
    let families = Rc::clone(families);
    load::run(closed(
        address,
        connections,
        time,
        async move |connection| {
            let Some(child) = families.next(share) else {
                return false;
            };
            families.report(connection, child).await;
            true
        },
    ))
}

/// Reports at [`PACE`] until something is over, by whoever has not reported yet, while there are any; `told` hears of each
/// that is in.
pub async fn at_a_pace(
    connections: Vec<Connection>,
    families: &Rc<Families>,
    is_over: impl Fn() -> bool,
    told: impl Fn() + 'static,
) -> Done {
    let (families, share) = (Rc::clone(families), families.share(1_000));
    let has_run_dry = Cell::new(false);
    paced(connections, PACE, is_over, async move |connection| {
        let Some(child) = families.next(share) else {
            if !has_run_dry.replace(true) {
                println!("  no children are left: the pace below was not kept to the end");
            }
            return false;
        };
        families.report(connection, child).await;
        told();
        true
    })
    .await
}

/// Reports over one connection, each after a pause in which the program has nothing to do: how long they take.
pub fn lone(address: SocketAddr, families: &Families, time: Duration) -> Latencies {
    load::run(async {
        let mut connection = Connection::open(address).await;
        let share = families.share(1_000);
        let mut latencies = Latencies::default();
        let begun = Instant::now();
        while begun.elapsed() < time {
            tokio::time::sleep(LONE_PAUSE).await;
            let Some(child) = families.next(share) else {
                break;
            };
            let asked = Instant::now();
            families.report(&mut connection, child).await;
            latencies.push(asked.elapsed());
        }
        latencies
    })
}

/// The guardian's whole journey: the report, and the page with the code to which its answer leads.
pub fn journeys(
    address: SocketAddr,
    families: &Rc<Families>,
    share: Share,
    connections: usize,
    time: Duration,
) -> Done {
    let families = Rc::clone(families);
    load::run(closed(
        address,
        connections,
        time,
        async move |connection| {
            let Some(child) = families.next(share) else {
                return false;
            };
            families.report(connection, child).await;
            let request = families.page(child, &format!("/child/{child}/code?sent=accepted"));
            let answer = connection.ask(request.as_bytes()).await;
            assert!(
                answer.status == 200 && answer.shows(b"<svg") && answer.shows(b"</html>"),
                "the page shows the code of child {child}: {}",
                answer.text()
            );
            true
        },
    ))
}
