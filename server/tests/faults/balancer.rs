//! Two servers on one database behind HAProxy, with the configuration that is handed out; one of them is killed.

use crate::load::{CLIENTS, LIMIT, School, Trouble};
use crate::support::Running;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use testing::Cluster;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// HAProxy before two servers; dropped, it ends.
struct Balancer {
    child: Child,
    address: SocketAddr,
}

impl Balancer {
    /// Starts HAProxy; once it listens.
    async fn start(one: &Running, two: &Running) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new("haproxy")
            .args(["-db", "-q", "-f"])
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../deploy/haproxy.cfg"
            ))
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
        Self { child, address }
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
    let balancer = Balancer::start(&one, &two).await;
    let (_address, at) = watch::channel(Some(balancer.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Cuts);
    load.hear(20).await;
    drop(one);
    load.hear(10 * CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop((two, balancer));
    school.must_be_whole(&load).await;
}
