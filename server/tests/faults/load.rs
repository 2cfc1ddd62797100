//! A school whose families and programs send reports as fast as they are answered.

use crate::families::{self, Family};
use crate::kept::{kept, must_count, must_hold, must_verify};
use crate::programs::{self, Program};
use crate::support::{Running, server, text};
use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, SchoolId};
use domain::{Code, Day, Zone};
use services::clock::{Clock, SystemClock, SystemEntropy};
use services::open::Location;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::fmt::Write as _;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use store::RegionRow;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub const CODE: &str = "3305030001";
pub const CHILDREN: usize = 200;
const CLASSES: usize = 4;
/// Clients of either kind that send at the same time.
pub const CLIENTS: usize = 4;
/// Longer than anything here takes on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(30);
/// How long a client waits before it sends again: less than it is asked to, so that a fault is met more often.
const AGAIN: Duration = Duration::from_millis(50);

/// Nothing but what goes wrong is logged, and clients may ask as fast as they can.
pub const SERVE: [&str; 6] = [
    "--log",
    "error",
    "--rate-per-address",
    "100000",
    "--rate-per-account",
    "100000",
];

/// A data folder with one school, its families, and the keys of its programs.
pub struct School {
    pub folder: tempfile::TempDir,
    /// The PostgreSQL database, where the folder holds none.
    database: Option<String>,
    pub id: SchoolId,
    pub day: Day,
    pub programs: Vec<Program>,
    pub families: Vec<Family>,
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
        // The program has the real clock: no midnight shall fall into the test.
        let zone = match Zone::SHANGHAI.minute_of(SystemClock.now()) {
            0..1_430 => Zone::SHANGHAI,
            _ => "Asia/Urumqi".parse().unwrap(),
        };
        let (mut school, services) =
            Self::founded(database, Arc::new(SystemClock), zone, CHILDREN).await;
        school.families = families::joined(&services, school.id).await;
        services.store.close().await;
        school
    }

    /// A school with programs and without families, and the services that have made it, which still have it open.
    pub async fn founded(
        database: Option<String>,
        clock: Arc<dyn Clock>,
        zone: Zone,
        children: usize,
    ) -> (Self, Arc<Services>) {
        let folder = tempfile::tempdir().unwrap();
        let location = location(folder.path().join("data"), database.as_deref());
        let day = zone.day_of(clock.now());
        let services = Services::open(&location, clock, Arc::new(SystemEntropy));
        let services = services.await.unwrap();
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
        let new = NewSchool {
            code: CODE.into(),
            name: "示例小学".into(),
            name_en: String::new(),
            kind: SchoolKind::Primary,
            region: "330503".parse().unwrap(),
            zone,
        };
        let command = Actor::command();
        let id = services.create_school(&command, &new).await.unwrap();
        services
            .import_roster_file(&command, CODE, "roster.csv", roster(children).into(), false)
            .await
            .unwrap();
        let school = Self {
            folder,
            database,
            id,
            day,
            programs: programs::with_keys(&services, id).await,
            families: Vec::new(),
        };
        (school, services)
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

    /// What the program is told that serves it.
    pub fn serve_args(&self) -> Vec<&str> {
        [&SERVE[..], &self.database_args()].concat()
    }

    /// Starts the program on this school.
    pub fn serve(&self) -> Running {
        self.serve_as(server())
    }

    /// As [`School::serve`], by a command that begins like [`server`].
    pub fn serve_as(&self, program: Command) -> Running {
        Running::start_as(program, &self.data(), &self.serve_args())
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

    /// A client for each program and family, prepared for nothing.
    pub fn clients(&self, at: &watch::Receiver<Option<SocketAddr>>) -> Vec<Client> {
        let [programs, families] = senders(&self.programs, &self.families);
        let senders = programs.into_iter().chain(families);
        let disturbed = Arc::new(watch::channel(0).0);
        senders
            .map(|sender| self.client(sender, at, Trouble::None, &disturbed))
            .collect()
    }

    fn client(
        &self,
        sender: Sender,
        at: &watch::Receiver<Option<SocketAddr>>,
        trouble: Trouble,
        disturbed: &Arc<watch::Sender<usize>>,
    ) -> Client {
        Client {
            sender,
            day: self.day,
            at: at.clone(),
            line: None,
            trouble,
            disturbed: Arc::clone(disturbed),
        }
    }

    /// Starts the clients; they send to whatever address stands in `at`, until `enough`.
    pub fn send(
        &self,
        at: &watch::Receiver<Option<SocketAddr>>,
        enough: &CancellationToken,
        trouble: Trouble,
    ) -> Load {
        self.send_by((&self.programs, &self.families), at, enough, trouble)
    }

    /// As [`School::send`], by these programs and families.
    pub fn send_by(
        &self,
        (programs, families): (&[Program], &[Family]),
        at: &watch::Receiver<Option<SocketAddr>>,
        enough: &CancellationToken,
        trouble: Trouble,
    ) -> Load {
        let crowd = |senders: Vec<Sender>| {
            let (told, answers) = mpsc::unbounded_channel();
            let (disturbed, disturbances) = watch::channel(0);
            let disturbed = Arc::new(disturbed);
            let clients = senders.into_iter().map(|sender| {
                let client = self.client(sender, at, trouble, &disturbed);
                client.send_until(enough.clone(), told.clone())
            });
            Crowd {
                clients: clients.collect(),
                answers,
                again: 0,
                disturbances,
            }
        };
        Load {
            crowds: senders(programs, families).map(crowd),
            taken: Vec::new(),
        }
    }
}

fn senders(programs: &[Program], families: &[Family]) -> [Vec<Sender>; 2] {
    let programs = programs.iter().cloned().map(Sender::Program);
    let families = families.iter().cloned().map(Sender::Family);
    [programs.collect(), families.collect()]
}

fn location(data: PathBuf, database: Option<&str>) -> Location {
    let mut location = Location::in_folder(data, false);
    location.server = database.map(|url| url.parse().unwrap());
    location
}

/// The administrator of a school.
pub fn admin_of(school: SchoolId) -> Actor {
    let grants = vec![Grant {
        role: Role::SchoolAdmin,
        scope: Scope::School(school),
    }];
    Actor::account(AccountId(7), grants)
}

pub fn student_no(child: usize) -> String {
    format!("{}", 202_000_000 + child)
}

/// Everybody's mother can be asked for, too.
fn roster(children: usize) -> String {
    let mut roster = "学号,姓名,年级,班级,出生日期,家长手机\n".to_owned();
    for child in 0..children {
        let (no, class) = (student_no(child), child % CLASSES + 1);
        let (name, born) = (families::name_of(child), families::BORN);
        let phone = format!("1990000{child:04}");
        writeln!(roster, "{no},{name},一年级,{class}班,{born},{phone}").unwrap();
    }
    roster
}

/// What clients are prepared for, besides a server whose address is taken away before it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing else.
    None,
    /// Being told to come again: 503 with `Retry-After`, as a problem document or as a page.
    Refusals,
    /// That, and connections that end.
    Cuts,
    /// Being told that a report is not of its day: then it is of this one.
    Midnight(Day),
}

/// A report that a client sends.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// It ends with the number of the child.
    pub id: u128,
    /// The revision that the client knows of. Programs know of none.
    pub based_on: u64,
}

impl Sent {
    /// The `n`th report of a client, about a child.
    pub fn new(client: usize, n: usize, child: usize, based_on: u64) -> Self {
        let id = (client as u128) << 64 | (n as u128) << 16 | child as u128;
        Self { id, based_on }
    }

    pub fn child(self) -> usize {
        child_of(self.id)
    }
}

/// Whom a report speaks of.
pub fn child_of(id: u128) -> usize {
    usize::try_from(id & 0xffff).unwrap()
}

/// What a child's reports say each time, in tenths of a degree, and the colour that follows. Those of families are well.
pub fn temperature(child: usize) -> (Option<u16>, Code) {
    match child % 10 {
        3 if !families::has(child) => (Some(373), Code::Yellow),
        7 if !families::has(child) => (Some(380), Code::Red),
        _ => (None, Code::Green),
    }
}

/// A report that the program has acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    pub id: u128,
    pub day: Day,
    pub revision: u64,
    /// The server that said so.
    pub by: SocketAddr,
}

impl Taken {
    /// The same report once more.
    pub fn again(&self) -> Sent {
        Sent {
            id: self.id,
            based_on: self.revision - 1,
        }
    }
}

/// The answer to one request.
pub struct Answer {
    pub taken: Vec<Taken>,
    /// Requests with these reports that nobody had answered.
    unanswered: usize,
}

/// Clients at work, and what they were told.
pub struct Load {
    /// Programs, and families.
    crowds: [Crowd; 2],
    pub taken: Vec<Taken>,
}

/// Clients of one kind.
struct Crowd {
    clients: JoinSet<()>,
    answers: mpsc::UnboundedReceiver<Answer>,
    /// Requests that had to be sent again, of those acknowledged since.
    again: usize,
    /// How often a client has not had the answer it wanted.
    disturbances: watch::Receiver<usize>,
}

impl Load {
    /// Waits for so many more answers to programs, and as many to families.
    pub async fn hear(&mut self, answers: usize) {
        self.catch_up();
        for crowd in &mut self.crowds {
            for _ in 0..answers {
                let answer = tokio::time::timeout(LIMIT, crowd.next()).await;
                let answer = answer.expect("the clients are answered");
                self.taken.extend(crowd.note(answer));
            }
        }
    }

    /// Waits until programs, and families, have been refused or cut off so many more times.
    pub async fn be_disturbed(&mut self, times: usize) {
        let crowds = self.crowds.iter_mut().map(|crowd| {
            let enough = *crowd.disturbances.borrow() + times;
            (crowd, enough)
        });
        for (crowd, enough) in crowds.collect::<Vec<_>>() {
            let waiting = crowd.disturbances.wait_for(|seen| *seen >= enough);
            let waited = tokio::time::timeout(LIMIT, waiting).await;
            waited.expect("clients notice the fault").unwrap();
        }
    }

    /// Notes what has been answered up to now.
    pub fn catch_up(&mut self) {
        for crowd in &mut self.crowds {
            while let Ok(answer) = crowd.answers.try_recv() {
                self.taken.extend(crowd.note(answer));
            }
        }
    }

    /// Waits until every client has its last answer.
    pub async fn end(&mut self) {
        for crowd in &mut self.crowds {
            let clients = std::mem::take(&mut crowd.clients);
            let ended = tokio::time::timeout(LIMIT, clients.join_all()).await;
            ended.expect("the clients end");
        }
        self.catch_up();
    }

    /// Requests that had to be sent again, of those acknowledged since: of programs, and of families.
    pub fn again(&self) -> [usize; 2] {
        self.crowds.each_ref().map(|crowd| crowd.again)
    }

    /// Looks that programs, and families, had to send again because of this.
    pub fn must_have_met(&self, what: &str) {
        let again = self.again();
        assert!(
            again.iter().all(|times| *times > 0),
            "no request has met {what}: {again:?}"
        );
    }
}

impl Crowd {
    /// The next answer. Whoever waits for a client that has failed would wait for ever, as the others go on.
    async fn next(&mut self) -> Answer {
        tokio::select! {
            biased;
            Some(ended) = self.clients.join_next() => {
                ended.unwrap();
                panic!("a client has ended before it should");
            }
            answer = self.answers.recv() => answer.unwrap(),
        }
    }

    fn note(&mut self, answer: Answer) -> Vec<Taken> {
        self.again += answer.unanswered;
        answer.taken
    }
}

/// Who sends.
#[derive(Debug, Clone)]
enum Sender {
    Program(Program),
    Family(Family),
}

/// Somebody who sends reports over one connection, and sends again whatever was not answered.
pub struct Client {
    sender: Sender,
    day: Day,
    at: watch::Receiver<Option<SocketAddr>>,
    line: Option<(SocketAddr, BufReader<TcpStream>)>,
    trouble: Trouble,
    disturbed: Arc<watch::Sender<usize>>,
}

impl Client {
    async fn send_until(mut self, enough: CancellationToken, told: mpsc::UnboundedSender<Answer>) {
        while !enough.is_cancelled() {
            let reports = self.next();
            let answer = self.deliver(&reports).await;
            if let Sender::Family(family) = &mut self.sender {
                family.note(&answer.taken);
            }
            told.send(answer).unwrap();
        }
    }

    /// What it sends next.
    pub fn next(&mut self) -> Vec<Sent> {
        match &mut self.sender {
            Sender::Program(program) => program.next(),
            Sender::Family(family) => vec![family.next(self.day)],
        }
    }

    /// Whether a report of this id is one of its own.
    pub fn has_sent(&self, id: u128) -> bool {
        let number = match &self.sender {
            Sender::Program(program) => program.number,
            Sender::Family(family) => family.client(),
        };
        id >> 64 == number as u128
    }

    /// Sends reports until they are acknowledged.
    pub async fn deliver(&mut self, reports: &[Sent]) -> Answer {
        let (mut left, mut taken) = (reports.to_vec(), Vec::new());
        let mut unanswered = 0;
        loop {
            let at = *self.at.wait_for(Option::is_some).await.unwrap();
            let at = at.unwrap();
            match self.ask(at, &left).await {
                Ok(now) => {
                    left.retain(|sent| now.iter().all(|report| report.id != sent.id));
                    taken.extend(now);
                    if left.is_empty() {
                        return Answer { taken, unanswered };
                    }
                    let Trouble::Midnight(next) = self.trouble else {
                        panic!("it is no other day");
                    };
                    assert!(self.day < next, "reports of {next} are not of this day");
                    self.day = next;
                    for sent in &mut left {
                        sent.based_on = 0;
                    }
                }
                Err(error) => {
                    self.line = None;
                    let is_expected = match self.trouble {
                        Trouble::None | Trouble::Midnight(_) => *self.at.borrow() != Some(at),
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
    async fn ask(&mut self, at: SocketAddr, reports: &[Sent]) -> std::io::Result<Vec<Taken>> {
        let line = match &mut self.line {
            Some((address, line)) if *address == at => line,
            line => {
                let stream = TcpStream::connect(at).await?;
                &mut line.insert((at, BufReader::new(stream))).1
            }
        };
        let mut taken = Vec::new();
        match &self.sender {
            Sender::Program(program) => {
                let request = program.request(reports, self.day);
                line.get_mut().write_all(request.as_bytes()).await?;
                let told = program.read(reports, answer(line).await?)?;
                taken.extend(told);
            }
            Sender::Family(family) => {
                for sent in reports {
                    let request = family.request(*sent, self.day);
                    line.get_mut().write_all(request.as_bytes()).await?;
                    let heard = answer(line).await?;
                    taken.extend(family.read(*sent, heard, self.trouble)?);
                }
            }
        }
        let (day, by) = (self.day, at);
        let taken = taken.into_iter().map(|(id, revision)| Taken {
            id,
            day,
            revision,
            by,
        });
        Ok(taken.collect())
    }
}

/// What a client is answered.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    /// The kind of its body.
    pub kind: String,
    /// Where it sends the client.
    pub location: String,
    pub body: String,
}

impl Heard {
    /// As an error, where it asks to come again.
    pub fn come_again(self) -> Error {
        Error::new(ErrorKind::ResourceBusy, self.body)
    }
}

/// Reads one answer; the connection stays open.
pub async fn answer(line: &mut BufReader<TcpStream>) -> std::io::Result<Heard> {
    let (mut status, mut length, mut comes_again) = (None, 0, false);
    let (mut kind, mut location) = (String::new(), String::new());
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
            Some(("content-type", is)) => kind = is.to_owned(),
            Some(("location", to)) => location = to.to_owned(),
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
    Ok(Heard {
        status,
        kind,
        location,
        body,
    })
}
