//! The database's machine vanishes while programs and families send: nobody closes a connection, and nobody answers.

use crate::load::{CLIENTS, LIMIT, SERVE, School, Trouble};
use crate::support::{Running, text};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use store::{DatabaseUrl, Marks, Store, StoreError, Tx};
use testing::Cluster;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// What lies between the program and PostgreSQL.
struct Wire {
    /// How often it was cut: an odd number while nothing comes through.
    cuts: watch::Sender<u32>,
    /// Connections that were made while nothing came through.
    swallowed: watch::Receiver<usize>,
}

impl Wire {
    /// A wire to a database, and the database's address over it.
    async fn to(url: &str) -> (Self, String) {
        let (here, folder) = url.split_once("?host=").unwrap();
        let socket = PathBuf::from(folder).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cuts, mut cut) = watch::channel(0);
        let (swallow, swallowed) = watch::channel(0);
        tokio::spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((line, _)) = listener.accept().await {
                if is_cut(&mut cut) {
                    swallow.send_modify(|lines| *lines += 1);
                }
                lines.spawn(carry(line, socket.clone(), cut.clone()));
            }
        });
        let over = here.replace("localhost", &address.to_string());
        (Self { cuts, swallowed }, over)
    }

    /// From now on nothing comes through.
    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// From now on new connections come through. Those that were there stay silent.
    fn mend(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Waits until somebody has tried to connect in vain.
    async fn swallow(&mut self) {
        let before = *self.swallowed.borrow();
        let more = self.swallowed.wait_for(|lines| *lines > before);
        let tried = timeout(LIMIT, more).await;
        tried
            .expect("the program tries another connection")
            .unwrap();
    }
}

/// Whether nothing comes through; what follows is a change.
fn is_cut(cut: &mut watch::Receiver<u32>) -> bool {
    !cut.borrow_and_update().is_multiple_of(2)
}

/// Carries what is said until the wire is cut; then it is still there, and says nothing for ever.
async fn carry(mut line: TcpStream, socket: PathBuf, mut cut: watch::Receiver<u32>) {
    if !is_cut(&mut cut) {
        let Ok(mut server) = UnixStream::connect(socket).await else {
            return;
        };
        tokio::select! {
            _ = copy_bidirectional(&mut line, &mut server) => return,
            _ = cut.changed() => {}
        }
        // PostgreSQL notices it in time, where it still runs: it asks whether anybody is there.
        drop(server);
    }
    std::future::pending::<()>().await;
}

/// The beginning of what one of the pages says that tell how it is.
async fn health(at: SocketAddr, page: &str) -> String {
    let asking = async {
        let mut line = TcpStream::connect(at).await.unwrap();
        let request =
            format!("GET {page} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        line.write_all(request.as_bytes()).await.unwrap();
        let mut told = Vec::new();
        line.read_to_end(&mut told).await.unwrap();
        text(&told)[.."HTTP/1.1 200".len()].to_owned()
    };
    let told = timeout(LIMIT, asking).await;
    told.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_vanishes_without_a_word_in_mid_load_is_found_again_when_it_is_back() {
    let cluster = Cluster::own();
    let url = cluster.database(None);
    let school = School::in_postgres(url.clone()).await;
    let (mut wire, over) = Wire::to(&url).await;
    let over = ["--database-url", &over, "--database-patience", "2"];
    let running = Running::start(&school.data(), &[&SERVE[..], &over].concat());
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Refusals);
    for _ in 0..2 {
        load.hear(2 * CLIENTS).await;
        wire.cut();
        // Its machine has no power, so that no transaction is left there.
        cluster.down();
        load.be_disturbed(CLIENTS).await;
        wire.swallow().await;
        assert_eq!(health(running.address, "/healthz").await, "HTTP/1.1 200");
        assert_eq!(health(running.address, "/readyz").await, "HTTP/1.1 503");
        cluster.up();
        wire.mend();
    }
    load.hear(2 * CLIENTS).await;
    let ready = async { while health(running.address, "/readyz").await != "HTTP/1.1 200" {} };
    let ready = timeout(LIMIT, ready).await;
    ready.expect("the database is found by whoever reads, too");
    enough.cancel();
    load.end().await;
    drop(running);
    load.must_have_met("the silence");
    school.must_be_whole(&load).await;
}

/// A database whose answers are waited for no longer than a second.
fn impatient(url: &str) -> DatabaseUrl {
    let url: DatabaseUrl = url.parse().unwrap();
    url.with_patience(Duration::from_secs(1))
}

/// So many transactions at the same time, however often it takes to begin each.
async fn all_at_once(number: usize, begin: impl AsyncFn() -> store::Result<Tx>) -> Vec<Tx> {
    let beginning = async {
        let mut all = Vec::new();
        while all.len() < number {
            match begin().await {
                Ok(tx) => all.push(tx),
                Err(error) => assert!(matches!(error, StoreError::Busy), "{error}"),
            }
        }
        all
    };
    let begun = timeout(LIMIT, beginning).await;
    begun.expect("every connection of the pool")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_stays_silent_keeps_nobody_waiting_and_leaves_its_place() {
    const READERS: usize = 8;
    const WRITERS: usize = 4;
    let (wire, url) = Wire::to(&Cluster::shared().database(None)).await;
    let store = Store::connect(&impatient(&url), None).await.unwrap();
    for _ in 0..2 {
        let mut reads = all_at_once(READERS, async || store.read().await).await;
        let mut writes = all_at_once(WRITERS, async || store.write_for(&[]).await).await;
        wire.cut();
        let asked = timeout(LIMIT, reads[0].marks()).await;
        assert!(matches!(asked.expect("an end"), Err(StoreError::Busy)));
        let ended = timeout(LIMIT, writes.pop().unwrap().commit()).await;
        assert!(matches!(ended.expect("an end"), Err(StoreError::Busy)));
        // Nobody asks anything of the others any more: their end is not heard of.
        drop((reads, writes));
        let begun = timeout(LIMIT, store.read()).await;
        assert!(matches!(begun.expect("an end"), Err(StoreError::Busy)));
        wire.mend();
    }
    drop(all_at_once(READERS, async || store.read().await).await);
    drop(all_at_once(WRITERS, async || store.write_for(&[]).await).await);
    wire.cut();
    let closed = timeout(LIMIT, store.close()).await;
    closed.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_vanishes_without_a_word_is_done_without_and_looked_at_again_when_it_is_back()
 {
    let url = Cluster::shared().database(None);
    let (wire, there) = Wire::to(&url).await;
    // To whoever asks, a database is a replica of itself that is never behind.
    let (here, there) = (impatient(&url), impatient(&there));
    let store = Store::connect(&here, Some(&there)).await.unwrap();
    let is_there = async || store.ask_replica(Marks::default()).await.is_some();
    for _ in 0..2 {
        let found = async { while !is_there().await {} };
        let found = timeout(LIMIT, found).await;
        found.expect("the replica is found again");
        let look = store.look().await.unwrap();
        assert!(look.is_a_look());
        wire.cut();
        drop(look);
        assert!(!is_there().await);
        assert!(!store.look().await.unwrap().is_a_look());
        wire.mend();
    }
    store.close().await;
}
