//! Two servers on one database behind HAProxy, with the configuration that is handed out; one of them is killed.

use crate::load::{CLIENTS, LIMIT, School, Trouble};
use crate::support::Running;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use testing::Cluster;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// HAProxy before two servers; dropped, it ends.
struct Balancer {
    child: Child,
    address: SocketAddr,
    /// The socket on which it answers for what it has done.
    numbers: PathBuf,
}

/// What HAProxy has done for one kind of client with one server.
#[derive(Debug, Clone, Copy)]
struct Done {
    /// Reports that were taken.
    taken: u32,
    /// Requests that wait for their answer.
    waiting: u32,
}

impl Balancer {
    /// Starts HAProxy, with a socket for its numbers besides; once it listens.
    async fn start(folder: &Path, one: &Running, two: &Running) -> Self {
        let numbers = folder.join("numbers");
        let besides = folder.join("numbers.cfg");
        let socket = format!("global\n    stats socket {}\n", numbers.display());
        std::fs::write(&besides, socket).unwrap();

        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new("haproxy")
            .args(["-db", "-q", "-f"])
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../deploy/haproxy.cfg"
            ))
            .arg("-f")
            .arg(&besides)
            .env_clear()
            // Debian has it where only root looks.
            .env("PATH", "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
            .env("FUXUE_BIND", address.to_string())
            .env("FUXUE_SERVER_ONE", one.address.to_string())
            .env("FUXUE_SERVER_TWO", two.address.to_string())
            .stdin(Stdio::null())
            .spawn()
            .expect("haproxy, which `scripts/install test` installs");
        let listens = async {
            while TcpStream::connect(address).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        let started = tokio::time::timeout(LIMIT, listens).await;
        started.expect("haproxy listens");
        Self {
            child,
            address,
            numbers,
        }
    }

    /// What was done with a server for families, and for programs.
    async fn done(&self, server: &str) -> [Done; 2] {
        let mut socket = UnixStream::connect(&self.numbers).await.unwrap();
        socket.write_all(b"show stat\n").await.unwrap();
        let mut table = String::new();
        socket.read_to_string(&mut table).await.unwrap();
        let mut lines = table
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>());
        let names = lines.next().unwrap();
        let lines: Vec<_> = lines.collect();
        ["servers", "interface"].map(|kind| {
            let is_it = |line: &&Vec<&str>| line.starts_with(&[kind, server]);
            let line = lines.iter().find(is_it).expect("a line of the server");
            let number = |name| {
                let at = names.iter().position(|other| *other == name).unwrap();
                line[at].parse::<u32>().unwrap()
            };
            Done {
                taken: number("hrsp_2xx") + number("hrsp_3xx"),
                waiting: number("scur"),
            }
        })
    }

    /// Waits until this holds for families and programs of a server.
    async fn wait_for(&self, server: &str, holds: impl Fn(Done) -> bool) {
        let waiting = async {
            while !self.done(server).await.into_iter().all(&holds) {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(LIMIT, waiting).await;
        waited.expect("both kinds of clients are sent there");
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_servers_killed_in_mid_load_leaves_the_other_at_work() {
    let school = School::in_postgres(Cluster::shared().database(None)).await;
    let (one, two) = (school.serve(), school.serve());
    let balancer = Balancer::start(school.folder.path(), &one, &two).await;
    let (_address, at) = watch::channel(Some(balancer.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Cuts);
    load.hear(20).await;
    for server in ["one", "two"] {
        balancer.wait_for(server, |done| done.taken > 0).await;
    }
    load.catch_up();
    assert_eq!(load.again(), [0, 0], "nothing has gone wrong yet");
    // It stands still first, so that the kill meets requests of families and of programs.
    one.signal("-STOP");
    balancer.wait_for("one", |done| done.waiting > 0).await;
    drop(one);
    load.hear(10 * CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop((two, balancer));
    load.must_have_met("the kill");
    school.must_be_whole(&load).await;
}
