//! More come at once than there is room for, while nothing can be written.

use crate::families::Family;
use crate::load::{Heard, LIMIT, SERVE, School, Sent, Taken, Trouble, answer};
use crate::support::Running;
use domain::Day;
use server::room::raise_open_files;
use services::clock::SystemEntropy;
use services::open::open_store;
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

/// Connections that are made while the program accepts none.
const CROWD: usize = 2_000;

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

/// Makes sure that there are files enough for so many connections, in this process and in the program.
fn may_connect(times: usize) {
    // The program keeps some for other things.
    let (files, needed) = (
        raise_open_files(),
        u32::try_from(2 * times + 1_000).unwrap(),
    );
    assert!(files > needed, "{files} open files are too few");
}

/// A connection of its own, on which something was asked.
async fn ask(at: SocketAddr, request: &str) -> Result<BufReader<TcpStream>> {
    let mut line = BufReader::new(TcpStream::connect(at).await?);
    line.get_mut().write_all(request.as_bytes()).await?;
    Ok(line)
}

/// Asks whether the program is well; the connection stays open.
async fn is_ready(at: SocketAddr) -> Result<(BufReader<TcpStream>, Heard)> {
    let mut line = ask(at, "GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
    let heard = answer(&mut line).await?;
    Ok((line, heard))
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

/// Taps the button; whether the report was taken, or shall come again.
async fn tap(at: SocketAddr, (family, sent): (Family, Sent), day: Day) -> bool {
    let mut line = ask(at, &family.request(sent, day)).await.unwrap();
    let heard = answer(&mut line).await.unwrap();
    match family.read(sent, heard, Trouble::Refusals) {
        Ok(taken) => taken.is_some(),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ResourceBusy, "{error}");
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_too_many_taps_some_are_told_to_come_again_and_no_report_is_lost_or_taken_twice() {
    may_connect(TAPS);
    let school = School::in_file().await;
    let running = school.serve();
    let (at, day) = (running.address, school.day);
    let reports = reports(&school.families, day);
    let turn = Turn::take(&school).await;

    let (told, mut heard) = mpsc::unbounded_channel();
    for n in 0..TAPS {
        let (report, told) = (reports[n % reports.len()].clone(), told.clone());
        tokio::spawn(async move {
            let is_taken = tap(at, report, day).await;
            told.send(is_taken).unwrap();
        });
    }
    drop(told);
    let mut refused = 0;
    while refused < TOO_MANY {
        let is_taken = timeout(LIMIT, heard.recv()).await.expect("an answer");
        assert_eq!(is_taken, Some(false), "nothing can have been written");
        refused += 1;
    }
    turn.end().await;

    let mut taken = 0;
    while let Some(is_taken) = timeout(LIMIT, heard.recv()).await.expect("an answer") {
        if is_taken { taken += 1 } else { refused += 1 }
    }
    assert_eq!(taken + refused, TAPS, "every tap is answered");
    // As many as may wait; none where those above had waited too long instead.
    assert!(taken > TAPS / 2, "{taken} of those for whom there was room");
    let mut kept = Vec::new();
    for report in reports {
        let id = report.1.id;
        let again = timeout(LIMIT, tap(at, report, day)).await;
        assert!(again.expect("an answer"), "there is room again");
        kept.push(Taken {
            id,
            day,
            revision: 1,
            by: at,
        });
    }
    drop(running);
    school.must_be_whole_on(day, &kept).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_room_for_connections_and_requests_a_client_is_told_so() {
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
    let (refused, told) = next().await;
    assert_eq!(told.status, 503);
    assert!(told.body.contains("现在太忙") && told.body.contains("Too busy"));
    assert!(told.body.contains("再交一次"), "what was typed is behind");
    let (_well, told) = is_ready(at).await.unwrap();
    assert_eq!(told.status, 200, "a full server is not a broken one");

    // A fifth connection.
    let form = "x".repeat(10_000);
    let length = form.len();
    let head =
        format!("POST /signin HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
    let mut line = ask(at, &(head + &form)).await.unwrap();
    let told = answer(&mut line).await.unwrap();
    assert_eq!(told.status, 503);
    assert!(told.body.contains("现在太忙") && told.body.contains("再交一次"));
    let program = school.programs[0].head(0);
    let told = answer(&mut ask(at, &program).await.unwrap()).await.unwrap();
    assert_eq!(told.status, 503);
    assert_eq!(told.kind, "application/problem+json");
    drop(refused);
    let free = async { while is_ready(at).await.map_or(0, |(_, told)| told.status) != 200 {} };
    timeout(LIMIT, free).await.expect("a place is free again");
    turn.end().await;
    for _ in 0..2 {
        assert_eq!(next().await.1.status, 303, "what had room was taken");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_while_nobody_looks_need_not_knock_again() {
    may_connect(CROWD);
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(&folder.path().join("data"), &SERVE);
    running.signal("-STOP");
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let knocked = ask(
            running.address,
            "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
        );
        crowd.push(
            timeout(LIMIT, knocked)
                .await
                .expect("room to wait")
                .unwrap(),
        );
    }
    running.signal("-CONT");
    for mut line in crowd {
        let heard = timeout(LIMIT, answer(&mut line)).await.expect("an answer");
        assert_eq!(heard.unwrap().status, 200);
    }
}
