//! A school whose programs send reports as fast as they are answered, and what must be kept of them.

use crate::support::{Running, run, text};
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
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::RegionRow;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const CODE: &str = "3305030001";
pub const CHILDREN: usize = 200;
const CLASSES: usize = 4;
/// Programs that send at the same time, each with a key of its own.
pub const CLIENTS: usize = 4;
/// Reports of one request.
const BATCH: usize = 8;
/// Longer than anything here takes on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(30);
/// How long a client waits before it sends again: less than it is asked to, so that a fault is met more often.
const AGAIN: Duration = Duration::from_millis(50);

/// Nothing but what goes wrong is logged, and clients may ask as fast as they can.
pub const SERVE: [&str; 4] = ["--log", "error", "--rate-per-address", "100000"];

/// A data folder with one school, and the keys of its programs.
pub struct School {
    pub folder: tempfile::TempDir,
    /// The PostgreSQL database, where the folder holds none.
    database: Option<String>,
    pub day: Day,
    pub keys: Vec<String>,
}

impl School {
    /// A school in a database file.
    pub async fn in_file() -> Self {
        Self::new(None).await
    }

    /// A school in a PostgreSQL database.
    pub async fn in_postgres(url: String) -> Self {
        Self::new(Some(url)).await
    }

    async fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = location(folder.path().join("data"), database.as_deref());
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
            database,
            day: zone.day_of(now),
            keys,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn location(&self) -> Location {
        location(self.data(), self.database.as_deref())
    }

    /// What the program is told of the database, for any subcommand.
    pub fn database_args(&self) -> Vec<&str> {
        let url = self.database.iter();
        url.flat_map(|url| ["--database-url", url]).collect()
    }

    /// Starts the program on this school.
    pub fn serve(&self) -> Running {
        Running::start(&self.data(), &[&SERVE[..], &self.database_args()].concat())
    }

    /// Looks that each acknowledged report is there once, that there is nothing else, and that the counters of the day
    /// equal a recount.
    pub async fn must_be_whole(&self, load: &Load) {
        assert!(load.taken.iter().all(|report| report.day == self.day));
        self.must_be_whole_on(self.day, &load.taken).await;
    }

    /// As [`School::must_be_whole`], on a day of its own.
    pub async fn must_be_whole_on(&self, day: Day, taken: &[Taken]) {
        let kept = kept(&self.location(), day).await;
        must_hold(&kept, taken);
        assert_eq!(
            kept.len(),
            taken.len(),
            "what was sent again is there once, and there is nothing else"
        );
        must_count(&self.location(), day, &kept).await;
        must_verify(&self.data(), &self.database_args());
    }

    /// One client that is prepared for nothing.
    pub fn client(&self, at: &watch::Receiver<Option<SocketAddr>>) -> Client {
        Client {
            key: self.keys[0].clone(),
            day: self.day,
            at: at.clone(),
            line: None,
            trouble: Trouble::None,
            disturbed: Arc::new(watch::channel(0).0),
        }
    }

    /// Starts the clients; they send to whatever address stands in `at`, until `enough`.
    pub fn send(
        &self,
        at: &watch::Receiver<Option<SocketAddr>>,
        enough: &CancellationToken,
        trouble: Trouble,
    ) -> Load {
        let (told, answers) = mpsc::unbounded_channel();
        let (disturbed, disturbances) = watch::channel(0);
        let disturbed = Arc::new(disturbed);
        let clients = self.keys.iter().enumerate().map(|(n, key)| {
            let client = Client {
                key: key.clone(),
                day: self.day,
                at: at.clone(),
                line: None,
                trouble,
                disturbed: Arc::clone(&disturbed),
            };
            tokio::spawn(client.send_until(n, enough.clone(), told.clone()))
        });
        Load {
            clients: clients.collect(),
            answers,
            taken: Vec::new(),
            again: 0,
            disturbances,
        }
    }
}

fn location(data: PathBuf, database: Option<&str>) -> Location {
    let mut location = Location::in_folder(data, false);
    location.server = database.map(|url| url.parse().unwrap());
    location
}

/// What clients are prepared for, besides a server whose address is taken away before it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing else.
    None,
    /// Being told to come again: 503 as a problem document with `Retry-After`.
    Refusals,
    /// That, and connections that end.
    Cuts,
    /// Being told that a report is not of this day: then it is of the next.
    Midnight,
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
pub struct Taken {
    pub id: u128,
    pub child: usize,
    pub day: Day,
    pub revision: u64,
    /// The server that said so.
    pub by: SocketAddr,
}

/// The answer to one request.
pub struct Answer {
    pub taken: Vec<Taken>,
    /// Requests with these reports that nobody had answered.
    unanswered: usize,
}

/// Clients at work, and what they were told.
pub struct Load {
    clients: Vec<JoinHandle<()>>,
    answers: mpsc::UnboundedReceiver<Answer>,
    pub taken: Vec<Taken>,
    /// Requests that had to be sent again, of those acknowledged since.
    pub again: usize,
    /// How often a client has not had the answer it wanted.
    disturbances: watch::Receiver<usize>,
}

impl Load {
    fn note(&mut self, answer: Answer) {
        self.taken.extend(answer.taken);
        self.again += answer.unanswered;
    }

    /// Waits for so many more answers.
    pub async fn hear(&mut self, answers: usize) {
        for _ in 0..answers {
            let answer = tokio::time::timeout(LIMIT, self.answers.recv()).await;
            self.note(answer.expect("the clients are answered").unwrap());
        }
    }

    /// Waits until clients have been refused or cut off so many more times.
    pub async fn be_disturbed(&mut self, times: usize) {
        let enough = *self.disturbances.borrow() + times;
        let waiting = self.disturbances.wait_for(|seen| *seen >= enough);
        let waited = tokio::time::timeout(LIMIT, waiting).await;
        waited.expect("clients notice the fault").unwrap();
    }

    /// Notes what has been answered up to now.
    pub fn catch_up(&mut self) {
        while let Ok(answer) = self.answers.try_recv() {
            self.note(answer);
        }
    }

    /// Waits until every client has its last answer.
    pub async fn end(&mut self) {
        for client in self.clients.drain(..) {
            let ended = tokio::time::timeout(LIMIT, client).await;
            ended.expect("the client ends").unwrap();
        }
        self.catch_up();
    }
}

/// A program that sends reports over one connection, and sends again whatever was not answered.
pub struct Client {
    pub key: String,
    pub day: Day,
    pub at: watch::Receiver<Option<SocketAddr>>,
    line: Option<(SocketAddr, BufReader<TcpStream>)>,
    trouble: Trouble,
    disturbed: Arc<watch::Sender<usize>>,
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
    pub async fn deliver(&mut self, reports: &[(u128, usize)]) -> Answer {
        let (mut left, mut taken) = (reports.to_vec(), Vec::new());
        let mut unanswered = 0;
        loop {
            let at = *self.at.wait_for(Option::is_some).await.unwrap();
            let at = at.unwrap();
            match self.ask(at, &left).await {
                Ok(now) => {
                    left.retain(|(id, _)| now.iter().all(|report| report.id != *id));
                    taken.extend(now);
                    if left.is_empty() {
                        return Answer { taken, unanswered };
                    }
                    assert_eq!(self.trouble, Trouble::Midnight);
                    self.day = self.day.next();
                }
                Err(error) => {
                    self.line = None;
                    let is_expected = match self.trouble {
                        Trouble::None | Trouble::Midnight => *self.at.borrow() != Some(at),
                        Trouble::Refusals => error.kind() == ErrorKind::ResourceBusy,
                        Trouble::Cuts => true,
                    };
                    assert!(is_expected, "nobody has disturbed the server, but: {error}");
                    unanswered += 1;
                    self.disturbed.send_modify(|times| *times += 1);
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    /// Asks once; those that are not of this day are missing in the answer.
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
        if matches!(status, 502..=504) {
            let problem: Value = serde_json::from_str(&body)?;
            assert_eq!(problem["status"], status, "{body}");
            return Err(Error::new(ErrorKind::ResourceBusy, body));
        }
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body)?;
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), reports.len());
        if results.iter().any(|result| result["state"] == "retry") {
            return Err(Error::new(ErrorKind::ResourceBusy, body));
        }
        let taken = reports
            .iter()
            .zip(results)
            .filter_map(|((id, child), result)| {
                assert_eq!(result["id"], format!("{id:032x}"));
                if result["problems"][0]["code"] == "not_this_day" {
                    return None;
                }
                let revision = result["revision"].as_u64();
                Some(Taken {
                    id: *id,
                    child: *child,
                    day: self.day,
                    revision: revision.unwrap_or_else(|| panic!("not taken: {result}")),
                    by: at,
                })
            });
        Ok(taken.collect())
    }
}

pub fn head(key: &str, length: usize) -> String {
    format!(
        "POST /api/v1/schools/{CODE}/reports HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Reads one answer; the connection stays open.
pub async fn answer(line: &mut BufReader<TcpStream>) -> std::io::Result<(u16, String)> {
    let (mut status, mut length, mut comes_again) = (None, 0, false);
    loop {
        let mut text = String::new();
        if line.read_line(&mut text).await? == 0 {
            return Err(Error::other("the connection ended"));
        }
        let text = text.trim_end();
        match text.split_once(": ") {
            _ if text.is_empty() => break,
            Some(("content-length", n)) => length = n.parse().unwrap(),
            Some(("retry-after", n)) => comes_again = n.parse::<u32>().is_ok(),
            None => status = text.split(' ').nth(1).and_then(|s| s.parse().ok()),
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    line.read_exact(&mut body).await?;
    let (status, body) = (status.expect("a status line"), text(&body));
    assert!(
        comes_again || status < 500,
        "{status} without Retry-After: {body}"
    );
    Ok((status, body))
}

/// Every report in a data folder by its id: whose it is, and its revision. Fails where an id is there twice.
pub async fn kept(location: &Location, day: Day) -> HashMap<u128, (PersonId, u64)> {
    let (store, _) = open_store(location, &SystemEntropy).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let school = tx.school_by_code(CODE).await.unwrap().unwrap().school_id;
    let people = tx.people_of_school(school).await.unwrap();
    let people: Vec<_> = people.iter().map(|person| person.person_id).collect();
    assert_eq!(people.len(), CHILDREN);
    let mut rows = tx.revisions_of(&people, day).await.unwrap();
    rows.retain(|row| row.day == day);
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
pub fn must_hold(kept: &HashMap<u128, (PersonId, u64)>, taken: &[Taken]) {
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

/// Looks that the counters of a day say of every class how many are in it and how many of them have reported.
pub async fn must_count(location: &Location, day: Day, kept: &HashMap<u128, (PersonId, u64)>) {
    let (store, _) = open_store(location, &SystemEntropy).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let school = tx.school_by_code(CODE).await.unwrap().unwrap().school_id;
    let reported: HashSet<_> = kept.values().map(|(person, _)| *person).collect();
    let mut recount = HashMap::new();
    for person in tx.people_of_school(school).await.unwrap() {
        let (students, have) = recount.entry(person.class_id).or_insert((0, 0));
        *students += 1;
        *have += i64::from(reported.contains(&person.person_id));
    }
    let rows = tx.counters_of_school(school, day).await.unwrap();
    drop(tx);
    store.close().await;
    let counted: HashMap<_, _> = (rows.into_iter())
        .map(|row| {
            (
                row.class_id,
                (
                    row.numbers.students,
                    row.numbers.guardian + row.numbers.paper + row.numbers.proxy,
                ),
            )
        })
        .collect();
    assert_eq!(counted, recount);
}

pub fn must_verify(data: &Path, args: &[&str]) {
    let verified = run(data, &[&["audit", "verify"], args].concat());
    let said = text(&verified.stdout) + &text(&verified.stderr);
    assert!(
        verified.status.success() && said.contains(" 0 faults"),
        "{said}"
    );
}
