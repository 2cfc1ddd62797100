//! More come at once than there is room for, while nothing can be written.

use crate::families::Family;
use crate::load::{Heard, LIMIT, School, Sent, Taken, Trouble, answer};
use crate::support::Running;
use domain::Day;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use services::clock::SystemEntropy;
use services::open::open_store;
use std::collections::HashMap;
use std::io::{ErrorKind, Result};
use std::net::SocketAddr;
use store::{Store, Tx};
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Of the one button, each over a connection of its own: more than reports may wait.
const TAPS: usize = 6_000;
/// Of them, those that find no place: at least this many.
const TOO_MANY: usize = 1_000;

/// Somebody else's turn to write.
struct Turn {
    store: Store,
    tx: Tx,
}

impl Turn {
    async fn take(school: &School) -> Self {
        let (store, _) = open_store(&school.location(), &SystemEntropy)
            .await
            .unwrap();
        let tx = store.write().await.unwrap();
        Self { store, tx }
    }

    async fn end(self) {
        drop(self.tx);
        self.store.close().await;
    }
}

/// A connection of its own, on which something was asked.
async fn ask(at: SocketAddr, request: &str) -> Result<BufReader<TcpStream>> {
    let mut line = BufReader::new(TcpStream::connect(at).await?);
    line.get_mut().write_all(request.as_bytes()).await?;
    Ok(line)
}

/// Asks whether the program is well; the connection stays open.
async fn is_ready(at: SocketAddr) -> (BufReader<TcpStream>, Heard) {
    let mut line = ask(at, "GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let heard = timeout(LIMIT, answer(&mut line)).await;
    (line, heard.expect("an answer").unwrap())
}

/// A report of each child of these families.
fn reports(families: &[Family], day: Day) -> Vec<(Family, Sent)> {
    let of_each = |family: &Family| {
        let mut next = family.clone();
        let sent = (0..crate::families::EACH).map(|_| (family.clone(), next.next(day)));
        sent.collect::<Vec<_>>()
    };
    families.iter().flat_map(of_each).collect()
}

/// Taps the button; the report's revision, or that it shall come again.
async fn tap(at: SocketAddr, (family, sent): (Family, Sent), day: Day) -> Option<u64> {
    let mut line = ask(at, &family.request(sent, day)).await.unwrap();
    let heard = answer(&mut line).await.unwrap();
    match family.read(sent, heard, Trouble::Refusals) {
        Ok(taken) => Some(taken.expect("a report of today").1),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ResourceBusy, "{error}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_too_many_reports_some_are_told_to_come_again_and_none_is_lost_or_taken_twice() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    let school = School::in_file().await;
    let running = school.serve();
    let (at, day) = (running.address, school.day);
    let reports = reports(&school.families, day);
    let turn = Turn::take(&school).await;

    let (told, mut heard) = mpsc::unbounded_channel();
    for n in 0..TAPS {
        let (report, told) = (reports[n % reports.len()].clone(), told.clone());
        tokio::spawn(async move {
            let revision = tap(at, report.clone(), day).await;
            told.send((report, revision)).unwrap();
        });
    }
    drop(told);
    let mut refused = Vec::new();
    while refused.len() < TOO_MANY {
        let next = timeout(LIMIT, heard.recv()).await.expect("an answer");
        let (report, revision) = next.expect("every tap is answered");
        assert_eq!(revision, None, "nothing can have been written");
        refused.push(report);
    }
    turn.end().await;

    let mut taken = HashMap::new();
    let mut note = |(_, sent): &(Family, Sent), revision| {
        let report = Taken {
            id: sent.id,
            day,
            revision,
            by: at,
        };
        let known = taken.entry(sent.id).or_insert(report);
        assert_eq!(
            known.revision, revision,
            "the same answer to the same report"
        );
    };
    let mut answered = refused.len();
    while let Some((report, revision)) = timeout(LIMIT, heard.recv()).await.expect("an answer") {
        answered += 1;
        match revision {
            Some(revision) => note(&report, revision),
            None => refused.push(report),
        }
    }
    assert_eq!(answered, TAPS, "every tap is answered");
    for report in refused {
        let revision = tap(at, report.clone(), day).await;
        note(&report, revision.expect("there is room again"));
    }
    drop(running);
    let taken: Vec<_> = taken.into_values().collect();
    school.must_be_whole_on(day, &taken).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_room_for_connections_and_requests_a_client_is_told_so_at_once() {
    let school = School::in_file().await;
    let room = ["--connections", "4", "--requests", "2"];
    let args = [&school.serve_args()[..], &room].concat();
    let running = Running::start(&school.data(), &args);
    let (at, day) = (running.address, school.day);
    let turn = Turn::take(&school).await;

    let (told, mut heard) = mpsc::unbounded_channel();
    for (family, sent) in reports(&school.families[..1], day).into_iter().take(3) {
        let told = told.clone();
        tokio::spawn(async move {
            let mut line = ask(at, &family.request(sent, day)).await.unwrap();
            let heard = answer(&mut line).await.unwrap();
            told.send((line, heard)).unwrap();
        });
    }
    let mut next = async || {
        timeout(LIMIT, heard.recv())
            .await
            .expect("an answer")
            .unwrap()
    };
    let (refused, answer) = next().await;
    assert_eq!(answer.status, 503);
    let page = answer.body;
    assert!(page.contains("现在太忙") && page.contains("Too busy") && page.contains("再交一次"));
    let (_well, answer) = is_ready(at).await;
    assert_eq!(answer.status, 200, "a full server is not a broken one");
    let (_full, answer) = is_ready(at).await;
    assert_eq!(answer.status, 503, "a fifth connection");
    assert!(answer.body.contains("现在太忙") && answer.body.contains("Too busy"));
    drop(refused);
    while is_ready(at).await.1.status != 200 {}
    turn.end().await;
    for _ in 0..2 {
        assert_eq!(next().await.1.status, 303, "what had room was taken");
    }
}
