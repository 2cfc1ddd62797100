//! The database server stops as in a power failure and comes back: people are asked to wait, and nothing else is needed.
//! Alone in its test program, because it takes the cluster from under everybody's feet.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use services::accounts::SessionToken;
use services::clock::{SystemClock, SystemEntropy};
use services::{Actor, Error, Services};
use std::sync::Arc;
use support::Engine;
use testing::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_is_waited_for_and_comes_back_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let location = Engine::Postgres.location(folder.path().join("data")).await;
    let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
        .await
        .unwrap();
    let regions = b"code,parent,level,name\nCN,,country,\xe4\xb8\xad\xe5\x9b\xbd\n";
    let command = Actor::command();
    services.import_regions(&command, regions).await.unwrap();
    let mut cut = services.store.write().await.unwrap();
    cut.set_meta("cut", b"1").await.unwrap();

    Cluster::shared().down();
    let lost = cut.commit().await;
    assert!(matches!(lost, Err(store::StoreError::Busy)), "{lost:?}");
    let asked = services.import_regions(&command, regions).await;
    assert!(matches!(asked, Err(Error::Overloaded)), "{asked:?}");
    let read = services.store.read().await;
    assert!(matches!(read, Err(store::StoreError::Busy)), "{read:?}");

    Cluster::shared().up();
    services.import_regions(&command, regions).await.unwrap();
    let mut tx = services.store.read().await.unwrap();
    assert_eq!(tx.region_count().await.unwrap(), 1);
    assert_eq!(tx.meta("cut").await.unwrap(), None, "what was cut is gone");
    drop(tx);

    // A connection that ended while nobody used it is no reason to send a family away.
    let nobody = SessionToken::from_cookie("nobody's");
    assert_eq!(services.authenticate(&nobody).await.unwrap(), None);
    Cluster::shared().down();
    Cluster::shared().up();
    assert_eq!(services.authenticate(&nobody).await.unwrap(), None);
    services.store.close().await;
}
