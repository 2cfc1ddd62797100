//! The program is killed with SIGKILL, or asked to end with SIGTERM, while programs send.

use crate::kept::kept;
use crate::load::{CLIENTS, School, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use testing::Cluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_kills_in_mid_load_lose_nothing_that_was_acknowledged() {
    killed_ten_times(School::in_file().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_do_they_over_postgresql() {
    let url = Cluster::shared().database(None);
    killed_ten_times(School::in_postgres(url).await).await;
}

async fn killed_ten_times(school: School) {
    let mut running = school.serve();
    let (address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::None);
    for kill in 0..10 {
        load.hear(5 + 2 * kill).await;
        // Before the kill, so that a client knows why its connection ends.
        address.send_replace(None);
        drop(running);
        running = school.serve();
        address.send_replace(Some(running.address));
    }
    load.hear(CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);
    load.must_have_met("a kill");

    school.must_be_whole(&load).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_is_asked_to_end_answers_for_all_that_it_has_taken() {
    let school = School::in_file().await;
    let mut running = school.serve();
    let (address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::None);
    let mut taken = BTreeMap::<_, BTreeSet<u128>>::new();
    for _ in 0..5 {
        load.hear(10).await;
        let by = running.address;
        address.send_replace(None);
        let ended = tokio::task::spawn_blocking(move || running.terminate());
        assert_eq!(ended.await.unwrap(), Some(0));
        // What is new now, this program has taken: what is sent again comes after its end.
        let mut new = kept(&school.location(), school.day).await;
        new.retain(|id, _| taken.values().all(|before| !before.contains(id)));
        taken.entry(by).or_default().extend(new.into_keys());
        running = school.serve();
        address.send_replace(Some(running.address));
    }
    load.hear(CLIENTS).await;
    enough.cancel();
    load.end().await;
    let last = running.address;
    drop(running);
    for (by, taken) in taken.iter().filter(|(by, _)| **by != last) {
        let answered = load.taken.iter().filter(|report| report.by == *by);
        let answered: BTreeSet<u128> = answered.map(|report| report.id).collect();
        assert_eq!(*taken, answered);
    }
    school.must_be_whole(&load).await;
}
