//! The clock jumps over midnight while programs send.

use crate::load::{CLIENTS, SERVE, School, Taken, Trouble};
use crate::support::{Running, server};
use std::path::{Path, PathBuf};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A clock that is put forward for one program.
struct Clock {
    file: PathBuf,
}

impl Clock {
    /// The program with this clock, which shows the real time.
    fn given_to(folder: &Path) -> (Self, std::process::Command) {
        let clock = Self {
            file: folder.join("clock"),
        };
        clock.put_forward(0);
        let mut program = server();
        program
            .env("LD_PRELOAD", library())
            .env("FAKETIME_TIMESTAMP_FILE", &clock.file)
            .env("FAKETIME_NO_CACHE", "1")
            // Timers go on as before.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        (clock, program)
    }

    fn put_forward(&self, seconds: u32) {
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("+{seconds}\n")).unwrap();
        // Nobody reads half of it.
        std::fs::rename(new, &self.file).unwrap();
    }
}

fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let mut found = folders.filter_map(|entry| {
        let library = entry.ok()?.path().join("faketime/libfaketime.so.1");
        library.exists().then_some(library)
    });
    found
        .next()
        .expect("libfaketime is installed by scripts/install test")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_go_on_over_midnight_and_each_day_keeps_its_own() {
    let school = School::in_file().await;
    let (clock, program) = Clock::given_to(school.folder.path());
    let running = Running::start_as(program, &school.data(), &SERVE);
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::Midnight);
    load.hear(5 * CLIENTS).await;
    clock.put_forward(86_400);
    // One request of each client may be under way, and one is refused.
    load.hear(8 * CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);

    let (before, after): (Vec<Taken>, Vec<Taken>) = load
        .taken
        .iter()
        .partition(|report| report.day == school.day);
    let next = school.day.next();
    assert!(after.iter().all(|report| report.day == next));
    assert!(before.len() >= 5 * CLIENTS && after.len() >= 5 * CLIENTS);
    school.must_be_whole_on(school.day, &before).await;
    school.must_be_whole_on(next, &after).await;
}
