//! The database server goes away while programs send, and comes back.

use crate::load::{CLIENTS, School, Trouble};
use testing::Cluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_restarted_and_its_connections_cut_in_mid_load_lose_and_double_nothing() {
    let cluster = Cluster::own();
    let url = cluster.database(None);
    let school = School::in_postgres(url.clone()).await;
    let running = school.serve();
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Refusals);
    for _ in 0..3 {
        load.hear(10).await;
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert_ne!(cluster.psql(&url, cut).trim(), "0");
    }
    for _ in 0..2 {
        load.hear(10).await;
        cluster.down();
        load.be_disturbed(CLIENTS).await;
        cluster.up();
    }
    load.hear(2 * CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);
    load.must_have_met("a fault");
    school.must_be_whole(&load).await;
}
