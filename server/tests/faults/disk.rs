//! The disk is full while programs send, and has space again later.

use crate::load::{CLIENTS, Load, SERVE, School, Trouble};
use crate::support::Running;
use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use testing::Cluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A small disk that only the programs started on it see, made without root's rights; dropped, it is gone.
struct Disk {
    keeper: Child,
    place: PathBuf,
}

impl Disk {
    /// Made by `unshare`, in whose user's hands it is then.
    fn new(mut unshare: Command, place: &Path) -> Self {
        std::fs::create_dir(place).unwrap();
        let mut keeper = unshare
            .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
            .arg("mount -t tmpfs -o size=24m none \"$0\" && cd \"$0\" && mkdir data && : >filler && echo made && exec cat")
            .arg(place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(keeper.stdout.as_mut().unwrap());
        lines.read_line(&mut said).unwrap();
        assert_eq!(said, "made\n", "a disk of a user's own can be mounted");
        Self {
            keeper,
            place: place.to_owned(),
        }
    }

    /// What is on it as everybody else can reach it.
    fn outside(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id()));
        root.join(self.place.strip_prefix("/").unwrap()).join(name)
    }

    /// The command `program`, on this disk.
    fn on_it(&self, program: &Command) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--preserve-credentials", "--user", "--mount", "--target"])
            .arg(self.keeper.id().to_string())
            .arg(program.get_program())
            .env_clear()
            .current_dir(program.get_current_dir().unwrap());
        command
    }

    /// Takes all space that is left.
    fn fill(&self) {
        let mut file = self.filler();
        for size in [1 << 16, 1 << 12, 1] {
            let bytes = vec![1; size];
            let error = loop {
                if let Err(error) = file.write_all(&bytes) {
                    break error;
                }
            };
            assert_eq!(error.kind(), ErrorKind::StorageFull);
        }
    }

    fn free(&self) {
        drop(self.filler());
    }

    /// The file that takes space, with nothing in it. It was made by the disk's user: nobody else makes files there.
    fn filler(&self) -> File {
        let mut options = File::options();
        let options = options.write(true).truncate(true);
        options.open(self.outside("filler")).unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_reports_clearly_and_takes_them_again_when_there_is_space() {
    let school = School::in_file().await;
    let disk = Disk::new(Command::new("unshare"), &school.folder.path().join("disk"));
    copy(&school.data(), &disk.outside("data"));
    let program = disk.on_it(&crate::support::server());
    let running = Running::start_as(program, &disk.place.join("data"), &SERVE);
    let load = filled_twice(&school, running, &disk).await;
    copy(&disk.outside("data"), &school.data());
    school.must_be_whole(&load).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_does_a_full_disk_of_postgresql() {
    let cluster = Cluster::own();
    let unshare = cluster.program("unshare".as_ref());
    let place = unshare.get_current_dir().unwrap().join("disk");
    let disk = Disk::new(unshare, &place);
    let school = School::in_postgres(cluster.database_in(&disk.outside("data"))).await;
    let load = filled_twice(&school, school.serve(), &disk).await;
    school.must_be_whole(&load).await;
}

/// Sends to a program whose disk is full twice.
async fn filled_twice(school: &School, running: Running, disk: &Disk) -> Load {
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Refusals);
    for _ in 0..2 {
        load.hear(2 * CLIENTS).await;
        disk.fill();
        // Each refusal is looked at: 503, `Retry-After`, a problem document for programs and a page for families.
        load.be_disturbed(5 * CLIENTS).await;
        disk.free();
    }
    load.hear(2 * CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);
    load.must_have_met("the full disk");
    load
}
