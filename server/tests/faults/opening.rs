//! The program is killed again and again while it looks at everybody after midnight.

use crate::kept::must_verify;
use crate::load::{LIMIT, School, Sent, answer};
use crate::midnight::Clock;
use crate::rollups::assert_rolled_up;
use domain::{Code, Day, Zone};
use services::Actor;
use services::clock::{ManualClock, SystemEntropy};
use services::open::open_store;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::Arc;
use store::{Job, Numbers, Store};
use testing::Cluster;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// More than one page of those who are looked at, and many times what one transaction writes.
const CHILDREN: usize = 2_100;
const ZONE: Zone = Zone::SHANGHAI;
/// When they came to school. Nobody reports,
const CAME: &str = "2020-09-10";
/// so that of this day more school days are missed than the rules allow: all turn yellow at its midnight.
const TURN: &str = "2020-09-17";
/// The minute of the day at which the program is started before midnight.
const EVENING: u32 = 23 * 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_decided_about_once_however_often_the_start_of_a_day_is_killed() {
    killed_at_midnight(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_is_everybody_over_postgresql() {
    killed_at_midnight(Some(Cluster::shared().database(None))).await;
}

async fn killed_at_midnight(database: Option<String>) {
    let turn: Day = TURN.parse().unwrap();
    let now = Arc::new(ManualClock::new(ZONE.at(CAME.parse().unwrap(), EVENING)));
    let (school, services) = School::founded(database, now.clone(), ZONE, CHILDREN).await;
    now.set(ZONE.at(turn.plus(-1), EVENING));
    services.catch_up(&Actor::job()).await.unwrap();
    services.store.close().await;
    let clock = Clock::new(school.folder.path(), "clock");
    // First everybody gets a colour, then everybody keeps it.
    for day in [turn, turn.next()] {
        clock.set(ZONE.at(day.plus(-1), EVENING));
        let mut running = school.serve_as(clock.program());
        clock.set(ZONE.at(day, 1));
        // The first report begins the day.
        report(&school, running.address, day).await;
        kill(&school, &mut running.child, day, CHILDREN / 8).await;
        for looked_at in [CHILDREN / 4, CHILDREN / 2] {
            let mut starting = start(&school, &clock);
            kill(&school, &mut starting.0, day, looked_at).await;
        }
        let running = school.serve_as(clock.program());
        open(&school).await;
        drop(running);
        must_be_open(&school, day).await;
    }
}

/// A program that may not listen yet; dropped, it is killed.
struct Starting(Child);

impl Drop for Starting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(school: &School, clock: &Clock) -> Starting {
    let mut program = clock.program();
    let program = program.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
    let program = program.arg(school.data()).args(school.serve_args());
    Starting(program.stdout(Stdio::null()).spawn().unwrap())
}

/// Sends a report of the first child.
async fn report(school: &School, to: SocketAddr, day: Day) {
    let program = &school.programs[0];
    let sent = [Sent::new(
        program.number,
        usize::try_from(day.0).unwrap(),
        0,
        0,
    )];
    let mut line = BufReader::new(TcpStream::connect(to).await.unwrap());
    let request = program.request(&sent, day);
    line.get_mut().write_all(request.as_bytes()).await.unwrap();
    let heard = timeout(LIMIT, answer(&mut line)).await.expect("an answer");
    let taken = program.read(&sent, heard.unwrap()).unwrap();
    assert_eq!(taken, [(sent[0].id, 1)]);
}

/// Kills the program once so many have been looked at on a day, and before all have been.
async fn kill(school: &School, program: &mut Child, day: Day, looked_at: usize) {
    let store = school.location().open_database().await.unwrap();
    let at_work = async { while yellow(&store, school, day).await < looked_at {} };
    timeout(LIMIT, at_work).await.expect("it looks at them");
    program.kill().unwrap();
    program.wait().unwrap();
    // Of several servers one does it: the next one once the database has noticed that this one is dead.
    drop(store.hold(Job::OpenDay).await.unwrap());
    let mut tx = store.read().await.unwrap();
    let opening = tx.opening(ZONE.name()).await.unwrap();
    drop(tx);
    assert_eq!(
        opening.map(|opening| opening.day),
        Some(day),
        "it has more to do"
    );
    store.close().await;
}

/// Waits until everybody has been looked at.
async fn open(school: &School) {
    let store = school.location().open_database().await.unwrap();
    let opening = async || {
        let mut tx = store.read().await.unwrap();
        tx.opening(ZONE.name()).await.unwrap()
    };
    let at_work = async { while opening().await.is_some() {} };
    timeout(LIMIT, at_work).await.expect("it comes to an end");
    store.close().await;
}

/// How many are counted yellow on a day, which nobody is before they are looked at.
async fn yellow(store: &Store, school: &School, day: Day) -> usize {
    let mut tx = store.read().await.unwrap();
    let rows = tx.counters_of_school(school.id, day).await.unwrap();
    let yellow = rows.iter().map(|row| row.numbers.yellow).sum::<i64>();
    usize::try_from(yellow).unwrap()
}

/// Looks that a day is open: everybody is yellow and counted as such, and was decided about once.
async fn must_be_open(school: &School, day: Day) {
    let (store, _) = open_store(&school.location(), &SystemEntropy)
        .await
        .unwrap();
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.opening(ZONE.name()).await.unwrap(), None);
    let closed = tx.closed_days().await.unwrap();
    assert_eq!(closed, [(ZONE.name().to_owned(), Some(day.plus(-1)))]);
    let people = tx.people_of_school(school.id).await.unwrap();
    assert_eq!(people.len(), CHILDREN);
    let turn = TURN.parse().unwrap();
    let mut recount = HashMap::<_, Numbers>::new();
    for person in people {
        let state = tx.state(person.person_id).await.unwrap().unwrap().state;
        assert_eq!((state.day, state.code), (day, Code::Yellow.number()));
        let decisions = tx.decisions_of(person.person_id, 10).await.unwrap();
        let days: Vec<Day> = decisions.iter().map(|decision| decision.day).collect();
        assert_eq!(
            days,
            [turn],
            "the day that brought the colour: {decisions:?}"
        );
        let numbers = recount.entry(person.class_id).or_default();
        numbers.students += 1;
        numbers.yellow += 1;
        numbers.guardian += i64::from(state.reported_on(day));
    }
    let reported = recount
        .values()
        .map(|numbers| numbers.guardian)
        .sum::<i64>();
    assert_eq!(reported, 1);
    let rows = tx.counters_of_school(school.id, day).await.unwrap();
    let counted = rows.iter().map(|row| (row.class_id, row.numbers));
    assert_eq!(counted.collect::<HashMap<_, _>>(), recount);
    // The feed tells of each of them once.
    let turns = tx
        .turns_within(&"330503".parse().unwrap(), turn, i64::MAX)
        .await
        .unwrap();
    let turned: HashSet<_> = turns.iter().map(|turn| turn.person_id).collect();
    assert_eq!((turns.len(), turned.len()), (CHILDREN, CHILDREN));
    drop(tx);
    assert_rolled_up(&store, day).await;
    store.close().await;
    must_verify(&school.data(), &school.database_args());
}
