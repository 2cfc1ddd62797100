//! Who looks on is answered by a streaming replica while it keeps up, and by the database itself otherwise.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::Day;
use std::time::Duration;
use store::{DatabaseUrl, Marks, Store, StoreError};
use testing::Cluster;
use tokio::time::timeout;

/// After so long a wait is in vain.
const LONG: Duration = Duration::from_mins(1);

fn url(address: &str) -> DatabaseUrl {
    address.parse().unwrap()
}

/// Writes a name, and numbers that screens show; the marks then.
async fn write(store: &Store, name: &str) -> Marks {
    let mut tx = store.write().await.unwrap();
    tx.set_meta(name, b"1").await.unwrap();
    tx.carry_counters("Asia/Shanghai", Day(0), Day(1))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    tx.marks().await.unwrap()
}

/// Whether who looks on sees a name, and whether the replica answers them.
async fn look(store: &Store, name: &str) -> (bool, bool) {
    let mut look = store.look().await.unwrap();
    assert_ne!(look.is_a_look(), look.may_be_kept(store));
    (look.meta(name).await.unwrap().is_some(), look.is_a_look())
}

/// Asks the replica whether it is where it is due, as a server does every second, until a look is as it should be.
async fn becomes(store: &Store, due: Marks, name: &str, should: (bool, bool)) {
    let asked = async {
        loop {
            let is_well = store.ask_replica(due).await.is_some();
            if (is_well, look(store, name).await) == (should.1, should) {
                break;
            }
        }
    };
    timeout(LONG, asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_answers_who_looks_on_while_it_keeps_up() {
    let database = Cluster::own();
    let address = database.database(None);
    let first = Store::connect(&url(&address), None).await.unwrap();
    let replica = database.replica();
    let copy = replica.url("test_0");
    let store = Store::connect(&url(&address), Some(&url(&copy)))
        .await
        .unwrap();

    let due = write(&store, "one").await;
    becomes(&store, due, "one", (true, true)).await;

    // It falls behind: until that is noticed what is seen is old.
    replica.psql(&copy, "SELECT pg_wal_replay_pause()");
    let due = write(&store, "two").await;
    becomes(&store, Marks::default(), "two", (false, true)).await;
    becomes(&store, due, "two", (true, false)).await;
    replica.psql(&copy, "SELECT pg_wal_replay_resume()");
    becomes(&store, due, "two", (true, true)).await;

    // It is gone, which whoever looks on next notices; and comes back.
    replica.down();
    let due = write(&store, "three").await;
    assert_eq!(look(&store, "three").await, (true, false));
    assert_eq!(store.ask_replica(due).await, None);
    replica.up();
    becomes(&store, due, "three", (true, true)).await;
    first.close().await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_away_or_older_keeps_no_server_from_starting() {
    let database = Cluster::own();
    let address = database.database(None);
    let replica = database.replica();
    let copy = replica.url("test_0");

    // It has not got the tables yet.
    replica.psql(&copy, "SELECT pg_wal_replay_pause()");
    let store = Store::connect(&url(&address), Some(&url(&copy)))
        .await
        .unwrap();
    let due = write(&store, "one").await;
    assert_eq!(look(&store, "one").await, (true, false));
    replica.psql(&copy, "SELECT pg_wal_replay_resume()");
    becomes(&store, due, "one", (true, true)).await;
    store.close().await;

    replica.down();
    let store = Store::connect(&url(&address), Some(&url(&copy)))
        .await
        .unwrap();
    assert_eq!(look(&store, "one").await, (true, false));
    store.close().await;

    // What will never answer is said at once.
    let wrong = address.replace("test_0", "nobody");
    let refused = Store::connect(&url(&address), Some(&url(&wrong))).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
}
