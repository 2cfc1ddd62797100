//! What goes wrong around the program: it is killed, copied while it works, given a wrong file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, PersonId, SchoolId};
use domain::interface::Right;
use domain::{Day, Zone};
use serde_json::{Value, json};
use services::clock::{Clock as _, SystemClock, SystemEntropy};
use services::interface::{KeyPlace, NewKey, RATE_MAX};
use services::open::{Location, open_store};
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::RegionRow;
use support::{Running, run, text};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const CODE: &str = "3305030001";
const CHILDREN: usize = 200;
const CLASSES: usize = 4;
/// Programs that send at the same time, each with a key of its own.
const CLIENTS: usize = 4;
/// Reports of one request.
const BATCH: usize = 8;
/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// Nothing but what goes wrong is logged, and clients may ask as fast as they can.
const SERVE: [&str; 4] = ["--log", "error", "--rate-per-address", "100000"];

/// A data folder with one school, and the keys of its programs.
struct School {
    folder: tempfile::TempDir,
    day: Day,
    keys: Vec<String>,
}

impl School {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let mut tx = services.store.write().await.unwrap();
        for (code, parent, level) in [("CN", None, "country"), ("330503", Some("CN"), "district")] {
            let row = RegionRow {
                code: code.parse().unwrap(),
                parent: parent.map(|p: &str| p.parse().unwrap()),
                level: level.into(),
                name: code.into(),
                name_en: String::new(),
            };
            tx.upsert_region(&row, true).await.unwrap();
        }
        tx.commit().await.unwrap();
        // The program has the real clock: no midnight shall fall into the test.
        let now = SystemClock.now();
        let zone = match Zone::SHANGHAI.minute_of(now) {
            0..1_430 => Zone::SHANGHAI,
            _ => "Asia/Urumqi".parse().unwrap(),
        };
        let new = NewSchool {
            code: CODE.into(),
            name: "示例小学".into(),
            name_en: String::new(),
            kind: SchoolKind::Primary,
            region: "330503".parse().unwrap(),
            zone,
        };
        let command = Actor::command();
        let school = services.create_school(&command, &new).await.unwrap();
        let mut roster = "学号,姓名,年级,班级\n".to_owned();
        for n in 0..CHILDREN {
            let (no, class) = (student_no(n), n % CLASSES + 1);
            writeln!(roster, "{no},张小雨,一年级,{class}班").unwrap();
        }
        services
            .import_roster_file(&command, CODE, "roster.csv", roster.into(), false)
            .await
            .unwrap();
        let mut keys = Vec::new();
        for _ in 0..CLIENTS {
            keys.push(key(&services, school).await);
        }
        services.store.close().await;
        Self {
            folder,
            day: zone.day_of(now),
            keys,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the clients; they send to whatever address stands in `at`, until `enough`.
    fn send(&self, at: &watch::Receiver<Option<SocketAddr>>, enough: &CancellationToken) -> Load {
        let (told, answers) = mpsc::unbounded_channel();
        let clients = self.keys.iter().enumerate().map(|(n, key)| {
            let client = Client {
                key: key.clone(),
                day: self.day,
                at: at.clone(),
                line: None,
            };
            tokio::spawn(client.send_until(n, enough.clone(), told.clone()))
        });
        Load {
            clients: clients.collect(),
            answers,
            taken: Vec::new(),
            again: 0,
        }
    }
}

async fn key(services: &Services, school: SchoolId) -> String {
    let grants = vec![Grant {
        role: Role::SchoolAdmin,
        scope: Scope::School(school),
    }];
    let new = NewKey {
        name: "一卡通".into(),
        rights: vec![Right::Reports],
        days: 30,
        per_minute: RATE_MAX,
    };
    let admin = Actor::account(AccountId(7), grants);
    let place = KeyPlace::School(school);
    let made = services.make_api_key(&admin, &place, &new).await;
    made.unwrap().secret
}

fn student_no(child: usize) -> String {
    format!("{}", 202_000_000 + child)
}

/// A report that the program has acknowledged.
#[derive(Debug, Clone, Copy)]
struct Taken {
    id: u128,
    child: usize,
    revision: u64,
}

/// The answer to one request.
struct Answer {
    taken: Vec<Taken>,
    /// Requests with these reports that nobody had answered.
    unanswered: usize,
}

/// Clients at work, and what they were told.
struct Load {
    clients: Vec<JoinHandle<()>>,
    answers: mpsc::UnboundedReceiver<Answer>,
    taken: Vec<Taken>,
    again: usize,
}

impl Load {
    fn note(&mut self, answer: Answer) {
        self.taken.extend(answer.taken);
        self.again += answer.unanswered;
    }

    /// Waits for so many more answers.
    async fn hear(&mut self, answers: usize) {
        for _ in 0..answers {
            let answer = tokio::time::timeout(LIMIT, self.answers.recv()).await;
            self.note(answer.expect("the clients are answered").unwrap());
        }
    }

    /// Notes what has been answered up to now.
    fn catch_up(&mut self) {
        while let Ok(answer) = self.answers.try_recv() {
            self.note(answer);
        }
    }

    /// Waits until every client has its last answer.
    async fn end(&mut self) {
        for client in self.clients.drain(..) {
            let ended = tokio::time::timeout(LIMIT, client).await;
            ended.expect("the client ends").unwrap();
        }
        self.catch_up();
    }
}

/// A program that sends reports over one connection, and sends again whatever was not answered.
struct Client {
    key: String,
    day: Day,
    at: watch::Receiver<Option<SocketAddr>>,
    line: Option<(SocketAddr, BufReader<TcpStream>)>,
}

impl Client {
    async fn send_until(
        mut self,
        number: usize,
        enough: CancellationToken,
        told: mpsc::UnboundedSender<Answer>,
    ) {
        let mut sent = 0;
        while !enough.is_cancelled() {
            let reports: Vec<_> = (sent..sent + BATCH)
                .map(|n| {
                    let id = (number as u128 + 1) << 64 | n as u128;
                    (id, (n * CLIENTS + number) % CHILDREN)
                })
                .collect();
            sent += BATCH;
            let answer = self.deliver(&reports).await;
            told.send(answer).unwrap();
        }
    }

    /// Sends reports until they are acknowledged.
    async fn deliver(&mut self, reports: &[(u128, usize)]) -> Answer {
        let mut unanswered = 0;
        loop {
            let at = *self.at.wait_for(Option::is_some).await.unwrap();
            let at = at.unwrap();
            match self.ask(at, reports).await {
                Ok(taken) => return Answer { taken, unanswered },
                Err(error) => {
                    self.line = None;
                    let gone = *self.at.borrow() != Some(at);
                    assert!(gone, "nobody has killed the server, but: {error}");
                    unanswered += 1;
                }
            }
        }
    }

    async fn ask(
        &mut self,
        at: SocketAddr,
        reports: &[(u128, usize)],
    ) -> std::io::Result<Vec<Taken>> {
        let line = match &mut self.line {
            Some((address, line)) if *address == at => line,
            line => {
                let stream = TcpStream::connect(at).await?;
                &mut line.insert((at, BufReader::new(stream))).1
            }
        };
        let sent: Vec<Value> = reports
            .iter()
            .map(|(id, child)| {
                json!({"id": format!("{id:032x}"), "student_no": student_no(*child), "day": self.day.to_string()})
            })
            .collect();
        let body = json!({ "reports": sent }).to_string();
        let request = head(&self.key, body.len()) + &body;
        line.get_mut().write_all(request.as_bytes()).await?;
        let (status, body) = answer(line).await?;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body)?;
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), reports.len());
        let taken = reports.iter().zip(results).map(|((id, child), result)| {
            assert_eq!(result["id"], format!("{id:032x}"));
            let revision = result["revision"].as_u64();
            Taken {
                id: *id,
                child: *child,
                revision: revision.unwrap_or_else(|| panic!("not taken: {result}")),
            }
        });
        Ok(taken.collect())
    }
}

fn head(key: &str, length: usize) -> String {
    format!(
        "POST /api/v1/schools/{CODE}/reports HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Reads one answer; the connection stays open.
async fn answer(line: &mut BufReader<TcpStream>) -> std::io::Result<(u16, String)> {
    let (mut status, mut length) = (None, 0);
    loop {
        let mut text = String::new();
        if line.read_line(&mut text).await? == 0 {
            return Err(Error::other("the connection ended"));
        }
        let text = text.trim_end();
        match text.split_once(": ") {
            _ if text.is_empty() => break,
            Some(("content-length", n)) => length = n.parse().unwrap(),
            None => status = text.split(' ').nth(1).and_then(|s| s.parse().ok()),
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    line.read_exact(&mut body).await?;
    Ok((status.expect("a status line"), text(&body)))
}

/// Every report in a data folder by its id: whose it is, and its revision. Fails where an id is there twice.
async fn kept(location: &Location, day: Day) -> HashMap<u128, (PersonId, u64)> {
    let (store, _) = open_store(location, &SystemEntropy).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let school = tx.school_by_code(CODE).await.unwrap().unwrap().school_id;
    let people = tx.people_of_school(school).await.unwrap();
    let people: Vec<_> = people.iter().map(|person| person.person_id).collect();
    assert_eq!(people.len(), CHILDREN);
    let rows = tx.revisions_of(&people, &[day]).await.unwrap();
    drop(tx);
    store.close().await;
    let mut kept = HashMap::new();
    for row in rows {
        let id = u128::from_be_bytes(row.submission.try_into().unwrap());
        let revision = u64::try_from(row.revision).unwrap();
        let other = kept.insert(id, (row.person_id, revision));
        assert_eq!(other, None, "report {id:032x} is there twice");
    }
    kept
}

/// Looks that each acknowledged report is there under its revision, and with all others of the same child.
fn must_hold(kept: &HashMap<u128, (PersonId, u64)>, taken: &[Taken]) {
    let mut children = HashMap::new();
    for report in taken {
        let found = kept.get(&report.id).copied();
        let (person, revision) =
            found.unwrap_or_else(|| panic!("{report:?} was acknowledged and is lost"));
        assert_eq!(revision, report.revision, "{report:?}");
        let of = *children.entry(report.child).or_insert(person);
        assert_eq!(of, person, "{report:?}");
    }
    let people: HashSet<_> = children.values().collect();
    assert_eq!(people.len(), children.len());
}

fn must_verify(data: &Path, args: &[&str]) {
    let verified = run(data, &[&["audit", "verify"], args].concat());
    let said = text(&verified.stdout) + &text(&verified.stderr);
    assert!(
        verified.status.success() && said.contains(" 0 faults"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_kills_in_mid_load_lose_nothing_that_was_acknowledged() {
    let school = School::new().await;
    let data = school.data();
    let mut running = Running::start(&data, &SERVE);
    let (address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough);
    for kill in 0..10 {
        load.hear(5 + 2 * kill).await;
        // Before the kill, so that a client knows why its connection ends.
        address.send_replace(None);
        drop(running);
        running = Running::start(&data, &SERVE);
        address.send_replace(Some(running.address));
    }
    load.hear(CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);
    assert!(load.again > 0, "no kill has met a request");

    let kept = kept(&Location::in_folder(data.clone(), false), school.day).await;
    must_hold(&kept, &load.taken);
    assert_eq!(
        kept.len(),
        load.taken.len(),
        "what was sent again is there once, and there is nothing else"
    );
    must_verify(&data, &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_in_mid_load_opens_and_is_whole() {
    let school = School::new().await;
    let (data, copy) = (school.data(), school.folder.path().join("copy"));
    std::fs::create_dir(&copy).unwrap();
    let running = Running::start(&data, &SERVE);
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough);
    load.hear(20).await;
    load.catch_up();
    let before = load.taken.clone();
    let to = copy.join("fuxue.db");
    let written = run(&data, &["backup", "--to", to.to_str().unwrap()]);
    load.catch_up();
    assert!(written.status.success(), "{}", text(&written.stderr));
    assert!(
        load.taken.len() > before.len(),
        "the backup keeps nobody waiting to its end"
    );
    enough.cancel();
    load.end().await;
    drop(running);

    let mut location = Location::in_folder(copy.clone(), false);
    location.key_file = data.join("fuxue.key");
    must_hold(&kept(&location, school.day).await, &before);
    let key = ["--key-file", location.key_file.to_str().unwrap()];
    must_verify(&copy, &key);
    // The copy is served, and knows what was sent before it was made.
    let restored = Running::start(&copy, &[&SERVE[..], &key].concat());
    let (_address, at) = watch::channel(Some(restored.address));
    let mut client = Client {
        key: school.keys[0].clone(),
        day: school.day,
        at,
        line: None,
    };
    let sent: Vec<_> = before.iter().map(|taken| (taken.id, taken.child)).collect();
    let again = client.deliver(&sent).await.taken;
    for (first, again) in before.iter().zip(again) {
        assert_eq!(again.revision, first.revision, "{first:?}");
    }
}

/// Starts the program on a file that is not its own; gives what it said.
fn refused(data: &Path, file: &Path) -> String {
    let before = std::fs::read(file).unwrap();
    let output = run(data, &["serve", "--listen", "127.0.0.1:0"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert!(
        said.contains("not a Fuxue database") && said.contains("restore the last backup"),
        "{said}"
    );
    assert!(said.contains("choose another --data folder"), "{said}");
    assert!(
        std::fs::read(file).unwrap() == before,
        "the file is as it was"
    );
    assert!(!data.join("fuxue.key").exists());
    said
}

/// An SQLite database of two pages that another program has made.
fn foreign() -> Vec<u8> {
    let mut file = vec![0; 1_024];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(
        0,
        b"SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20\0\0\0\x01",
    );
    for (at, number) in [(31, 2), (43, 1), (47, 4), (59, 1), (95, 1)] {
        put(at, &[number]);
    }
    put(100, b"\x0d\0\0\0\x01\x01\xcc\0\x01\xcc");
    put(460, b"\x32\x01\x06\x17\x15\x15\x01\x49");
    put(468, b"tablenotenote\x02CREATE TABLE note (words TEXT)");
    put(512, b"\x0d\0\0\0\0\x02");
    file
}

#[test]
fn a_file_that_is_no_database_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fuxue.db");
    std::fs::write(&file, "a letter that somebody has saved here\n".repeat(500)).unwrap();
    refused(folder.path(), &file);

    std::fs::write(&file, foreign()).unwrap();
    let said = refused(folder.path(), &file);
    assert!(said.contains("tables of another program"), "{said}");
}
