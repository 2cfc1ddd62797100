//! The clock jumps over midnight while programs send.

use crate::families::OF_FAMILIES;
use crate::load::{CHILDREN, CLIENTS, LIMIT, Load, School, Taken, Trouble, child_of};
use crate::programs::Program;
use crate::support::server;
use domain::{Day, Millis};
use services::clock::{Clock as _, SystemClock};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use testing::Cluster;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A clock that is put forward for one program.
pub struct Clock {
    file: PathBuf,
}

impl Clock {
    /// Shows the real time. What it shows stands in a file of this name.
    pub fn new(folder: &Path, name: &str) -> Self {
        let clock = Self {
            file: folder.join(name),
        };
        clock.put_forward(0);
        clock
    }

    /// The program with this clock.
    pub fn program(&self) -> Command {
        let mut program = server();
        program
            .env("LD_PRELOAD", library())
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            // Timers go on as before.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        program
    }

    /// Shows so many seconds more than the real time.
    fn put_forward(&self, seconds: i64) {
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}\n")).unwrap();
        // Nobody reads half of it.
        std::fs::rename(new, &self.file).unwrap();
    }

    /// Shows this time now, and goes on from it.
    pub fn set(&self, at: Millis) {
        self.put_forward((at.0 - SystemClock.now().0) / 1_000);
    }
}

fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let mut found = folders.filter_map(|entry| {
        // The other one of this folder says the real time now and then when several threads ask.
        let library = entry.ok()?.path().join("faketime/libfaketimeMT.so.1");
        library.exists().then_some(library)
    });
    found
        .next()
        .expect("libfaketime is installed by scripts/install test")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_go_on_over_midnight_and_each_day_keeps_its_own() {
    let school = School::in_file().await;
    let clock = Clock::new(school.folder.path(), "clock");
    let running = school.serve_as(clock.program());
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Midnight(school.day.next()));
    load.hear(5 * CLIENTS).await;
    clock.put_forward(86_400);
    // One request of each client may be under way, and one is refused.
    load.hear(8 * CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);

    let (before, after) = by_day(&school, load.taken);
    assert!(before.len() >= 5 * CLIENTS && after.len() >= 5 * CLIENTS);
    school.must_be_whole_on(school.day, &before).await;
    school.must_be_whole_on(school.day.next(), &after).await;
}

/// What was taken before midnight, and after it.
fn by_day(school: &School, taken: Vec<Taken>) -> (Vec<Taken>, Vec<Taken>) {
    let (before, after): (Vec<Taken>, _) = taken
        .into_iter()
        .partition(|report| report.day == school.day);
    let next = school.day.next();
    assert!(after.iter().all(|report: &Taken| report.day == next));
    (before, after)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_day_keeps_its_own_while_one_of_two_servers_has_not_seen_midnight() {
    let school = School::in_postgres(Cluster::shared().database(None)).await;
    let [ahead, behind] = ["ahead", "behind"].map(|name| Clock::new(school.folder.path(), name));
    let first = school.serve_as(ahead.program());
    let second = school.serve_as(behind.program());
    let (_first, at_first) = watch::channel(Some(first.address));
    let (_second, at_second) = watch::channel(Some(second.address));
    // Programs of both send for the same children, some of whom have a colour; each family stays with one server.
    let beside: Vec<_> = school.programs.iter().map(Program::beside).collect();
    let (some, others) = school.families.split_at(CLIENTS / 2);
    let enough = CancellationToken::new();
    let next = school.day.next();
    let send = |at, by| school.send_by(by, at, &enough, Trouble::Midnight(next));
    let mut by_first = send(&at_first, (&school.programs, some));
    let mut by_second = send(&at_second, (&beside, others));
    hear_of_all(&mut by_first, school.day).await;
    hear_of_all(&mut by_second, school.day).await;
    ahead.put_forward(86_400);
    hear_of_all(&mut by_first, next).await;
    // Everybody lives in the new day now, but for this server.
    hear_of_all(&mut by_second, school.day).await;
    hear_of_all(&mut by_first, next).await;
    behind.put_forward(86_400);
    hear_of_all(&mut by_second, next).await;
    enough.cancel();
    by_first.end().await;
    by_second.end().await;
    drop((first, second));

    let taken = [by_first.taken, by_second.taken].concat();
    let (before, after) = by_day(&school, taken);
    school.must_be_whole_on(school.day, &before).await;
    school.must_be_whole_on(next, &after).await;
}

/// Waits until programs have reported of every child of theirs once more, on this day.
async fn hear_of_all(load: &mut Load, day: Day) {
    load.catch_up();
    let (from, mut left) = (
        load.taken.len(),
        (OF_FAMILIES..CHILDREN).collect::<HashSet<_>>(),
    );
    let all = async {
        while !left.is_empty() {
            load.hear(1).await;
            let new = load.taken[from..].iter().filter(|report| report.day == day);
            for report in new {
                left.remove(&child_of(report.id));
            }
        }
    };
    let heard = timeout(LIMIT, all).await;
    assert!(heard.is_ok(), "nobody has reported of {left:?} on {day}");
}
