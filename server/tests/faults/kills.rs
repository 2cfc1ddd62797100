//! The program is killed with SIGKILL while programs send.

use crate::load::{CLIENTS, School, Trouble};
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
    assert!(load.again > 0, "no kill has met a request");

    school.must_be_whole(&load).await;
}
