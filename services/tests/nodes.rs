//! Two servers on one PostgreSQL database: what one does, the other knows, and nothing is done twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod support;

use domain::access::{Grant, Role, Scope};
use domain::ids::{PersonId, RulebookNo, SchoolId};
use domain::report::{Answers, Channel, ChannelGroup, Learned, Temperature};
use domain::rulebook::{ParameterValue, Status};
use domain::screen::ScreenMode;
use domain::{Code, Day, Zone};
use services::accounts::{NewStaff, SessionToken};
use services::bureau::{Frame, Opened, Watched};
use services::clock::{Clock as _, ManualClock, SystemEntropy};
use services::family::{Claim, ConsentAnswer, Credentials, Relation};
use services::intake::{Fate, Receipt, Submission};
use services::keys::KeyFile;
use services::open::Location;
use services::rules::ReplayView;
use services::{Actor, Error, OpenError, Services};
use std::sync::Arc;
use std::time::Duration;
use store::{DatabaseUrl, Job, Numbers, Store};
use support::Engine;
use support::rollups::assert_rolled_up;
use support::town::{self, account, add_regions, at, district, region};
use tempfile::TempDir;
use testing::Cluster;
use tokio::sync::watch;

/// How soon the other server must know.
const SOON: Duration = Duration::from_secs(3);
/// After so long a screen has stopped.
const LONG: Duration = Duration::from_secs(20);
const CHILDREN: usize = 12;

struct District {
    first: Arc<Services>,
    second: Arc<Services>,
    clock: Arc<ManualClock>,
    location: Location,
    schools: [SchoolId; 2],
    /// Of the first school, then of the second.
    people: Vec<PersonId>,
    _folder: TempDir,
}

/// The same database from another machine: a folder of its own with a copy of the key file.
fn beside(location: &Location, folder: &str) -> Location {
    let data = location.data.with_file_name(folder);
    std::fs::create_dir_all(&data).unwrap();
    Location {
        key_file: data.join("fuxue.key"),
        data,
        ..location.clone()
    }
}

impl District {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Engine::Postgres.location(folder.path().join("first")).await;
        Self::at(folder, location, None).await
    }

    /// Screens of the second server look at `replica` where there is one.
    async fn at(folder: TempDir, location: Location, replica: Option<DatabaseUrl>) -> Self {
        let clock = Arc::new(ManualClock::new(at("2020-09-14", 7 * 60)));
        let open = async |location: &Location| {
            Services::open(location, clock.clone(), Arc::new(SystemEntropy))
                .await
                .unwrap()
        };
        let first = open(&location).await;
        let other = Location {
            replica,
            ..beside(&location, "second")
        };
        std::fs::copy(&location.key_file, &other.key_file).unwrap();
        let second = open(&other).await;
        let schools = fill(&first).await;
        let mut people = Vec::new();
        for school in schools {
            let mut tx = second.store.read().await.unwrap();
            let rows = tx.people_of_school(school).await.unwrap();
            people.extend(rows.iter().map(|row| row.person_id));
        }
        assert_eq!(people.len(), 2 * CHILDREN, "the other server sees them");
        Self {
            first,
            second,
            clock,
            location,
            schools,
            people,
            _folder: folder,
        }
    }

    fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.clock.now())
    }

    async fn report(
        &self,
        services: &Services,
        child: usize,
        tenths: u16,
        nonce: u8,
    ) -> Result<Receipt, Error> {
        let school = self.schools[child / CHILDREN];
        let teacher = account(1, Role::SchoolAdmin, Scope::School(school));
        let mut id = [nonce; 16];
        id[..8].copy_from_slice(&self.clock.now().0.to_be_bytes());
        let submission = Submission {
            person: self.people[child],
            day: self.today(),
            id,
            based_on: 0,
            answers: Answers {
                temperature: Temperature::Tenths(tenths),
                ..Answers::all_well()
            },
            channel: Channel::Proxy(Learned::Call),
        };
        services.report(&teacher, submission).await
    }

    /// Makes a guardian of the first child, at a server, who can sign in with a name and a password.
    async fn join(&self, services: &Services, login: &str, password: &str) {
        let (child, admin) = (
            self.people[0],
            account(1, Role::SchoolAdmin, Scope::School(self.schools[0])),
        );
        let mut tx = services.store.read().await.unwrap();
        let class = tx.person(child).await.unwrap().unwrap().class_id;
        drop(tx);
        let slips = services.print_slips(&admin, class, &[child]).await.unwrap();
        let claim = Claim {
            code: slips[0].code.as_str().into(),
            birth_date: "2013-05-01".parse().unwrap(),
            last_four: "0000".into(),
            relation: Relation::Mother,
            name: "胡敏".into(),
        };
        let credentials = Credentials {
            login: login.into(),
            password: password.into(),
        };
        let claimed = services.claim_slip(None, &claim, Some(&credentials)).await;
        let mother = claimed.unwrap().unwrap().actor;
        let agreed = services.decide_consent(&mother, child, ConsentAnswer::Given);
        agreed.await.unwrap();
    }

    /// The first child's guardian clicks *all well* at a server, knowing of so many reports before.
    async fn click(
        &self,
        services: &Services,
        token: &SessionToken,
        based_on: u16,
    ) -> Result<Receipt, Error> {
        let submission = Submission {
            person: self.people[0],
            day: self.today(),
            id: [u8::try_from(based_on).unwrap() + 1; 16],
            based_on,
            answers: Answers::all_well(),
            channel: Channel::Web,
        };
        services.report_by_session(token, submission).await
    }

    /// The counters of a school, and the same counted from the rows of its people.
    async fn counted(&self, school: SchoolId) -> (Numbers, Numbers) {
        let today = self.today();
        assert_rolled_up(&self.second.store, today).await;
        let mut tx = self.second.store.read().await.unwrap();
        let (mut counters, mut recount) = (Numbers::default(), Numbers::default());
        for row in tx.counters_of_school(school, today).await.unwrap() {
            counters += row.numbers;
        }
        for person in tx.people_of_school(school).await.unwrap() {
            let row = tx.state(person.person_id).await.unwrap().unwrap().state;
            recount.students += 1;
            match row.code_on(today) {
                Code::Green => recount.green += 1,
                Code::Yellow => recount.yellow += 1,
                Code::Red => recount.red += 1,
                Code::Grey => recount.grey += 1,
            }
            if row.reported_on(today) {
                match Channel::from_number(row.channel.unwrap()).unwrap().group() {
                    ChannelGroup::Guardian => recount.guardian += 1,
                    ChannelGroup::Paper => recount.paper += 1,
                    ChannelGroup::Proxy => recount.proxy += 1,
                }
            }
        }
        (counters, recount)
    }
}

/// Two schools of a dozen children each.
async fn fill(services: &Services) -> [SchoolId; 2] {
    let mut schools = [SchoolId(0); 2];
    let mut tx = services.store.write().await.unwrap();
    let regions = [
        ("CN", None, "country", "中国"),
        ("330503", Some("CN"), "district", "南浔区"),
    ];
    add_regions(&mut tx, &regions).await;
    for (n, school) in schools.iter_mut().enumerate() {
        let row = town::school(&format!("S{n}"), &format!("示例小学{n}"), district());
        *school = tx.insert_school(&row).await.unwrap();
    }
    tx.commit().await.unwrap();
    for n in 0..schools.len() {
        let mut roster = String::from("学号,姓名,年级,班级,出生日期,家长手机\n");
        for child in 0..CHILDREN {
            roster.push_str(&format!(
                "{n}{child:03},学生{child},一年级,{}班,2013-05-01,1990000{n}{child:03}\n",
                child % 3 + 1
            ));
        }
        let imported = services
            .import_roster_file(
                &Actor::command(),
                &format!("S{n}"),
                "roster.csv",
                roster.into_bytes(),
                false,
            )
            .await
            .unwrap();
        assert_eq!(imported.faults.len(), 0);
    }
    schools
}

/// A screen of the second server, which shows how many have reported.
struct Screen(watch::Receiver<Arc<Frame>>);

impl Screen {
    async fn open(district: &District) -> Self {
        let officer = account(9, Role::BureauAdmin, Scope::Region(region("330503")));
        let watched = Watched {
            region: region("330503"),
            mode: ScreenMode::Room,
            opened: Opened::Closed,
        };
        let mut frames = district
            .second
            .watch_screen(&officer, watched)
            .await
            .unwrap();
        assert_eq!(frames.borrow_and_update().snapshot.now.reported, Some(0));
        Self(frames)
    }

    /// Waits until it shows so many reports; how many red ones it shows then.
    async fn shows(&mut self, reports: i64, soon: Duration) -> Option<i64> {
        let is_it = |frame: &Arc<Frame>| frame.snapshot.now.reported == Some(reports);
        let frame = tokio::time::timeout(soon, self.0.wait_for(is_it)).await;
        frame.unwrap().unwrap().snapshot.now.red
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_on_one_server_is_on_the_screens_of_the_other_soon() {
    let district = District::new().await;
    let mut screen = Screen::open(&district).await;
    district.report(&district.first, 0, 391, 1).await.unwrap();
    assert_eq!(screen.shows(1, SOON).await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_that_look_at_a_replica_are_live_and_stay_so_when_it_is_gone() {
    let database = Cluster::own();
    let address = database.database(None);
    let replica = database.replica();
    let copy = replica.url(address.split(['/', '?']).nth(3).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut location = Location::in_folder(folder.path().join("first"), false);
    location.server = Some(address.parse().unwrap());
    let district = District::at(folder, location, Some(copy.parse().unwrap())).await;

    let mut screen = Screen::open(&district).await;
    let is_used = async { while !district.second.store.look().await.unwrap().is_a_look() {} };
    tokio::time::timeout(LONG, is_used).await.unwrap();
    district.report(&district.first, 0, 391, 1).await.unwrap();
    assert_eq!(screen.shows(1, LONG).await, Some(1));
    replica.down();
    district.report(&district.first, 1, 366, 1).await.unwrap();
    screen.shows(2, LONG).await;
    replica.up();
    district.report(&district.second, 2, 366, 1).await.unwrap();
    screen.shows(3, LONG).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_at_one_server_reports_at_the_other_until_they_sign_out_at_either() {
    let district = District::new().await;
    let (first, second) = (&district.first, &district.second);
    district.join(first, "mother", "correct horse").await;
    let mut known = 0;
    for (here, there) in [(first, second), (second, first)] {
        let sign_in = async || here.sign_in("mother", "correct horse").await.unwrap();
        let (phone, tablet, left) = (sign_in().await, sign_in().await, sign_in().await);
        for session in [&phone, &tablet, &left] {
            for server in [there, here] {
                let receipt = district.click(server, &session.token, known).await.unwrap();
                known += 1;
                assert_eq!((receipt.revision, receipt.fate), (known, Fate::Accepted));
                let who = server.authenticate(&session.token).await.unwrap();
                assert_eq!(who.as_ref(), Some(&session.actor));
            }
        }
        // Both have just seen the session; now it ends at one, and the others go on.
        here.sign_out(&left.token).await.unwrap();
        must_be_out(&district, &left.token, known).await;
        district.click(there, &phone.token, known).await.unwrap();
        known += 1;
        there.sign_out_everywhere(&phone.actor).await.unwrap();
        for session in [&phone, &tablet] {
            must_be_out(&district, &session.token, known).await;
        }
    }
    let (counters, recount) = district.counted(district.schools[0]).await;
    assert_eq!(counters, recount);
    assert_eq!((counters.guardian, counters.green), (1, 1));
}

/// Neither server knows this session any more, and neither takes a report by it.
async fn must_be_out(district: &District, token: &SessionToken, known: u16) {
    for server in [&district.first, &district.second] {
        let refused = district.click(server, token, known).await;
        assert!(matches!(refused, Err(Error::NotSignedIn)), "{refused:?}");
        assert_eq!(server.authenticate(token).await.unwrap(), None);
    }
}

/// A draft with another threshold of fever, replayed and handed in.
async fn submitted(services: &Arc<Services>, author: &Actor, tenths: i64) -> RulebookNo {
    let cn = region("CN");
    let lines = services.rulebooks(author, &cn).await.unwrap();
    let shipped = lines
        .iter()
        .find(|line| line.id == "cn-base" && line.status == Status::Active)
        .unwrap();
    let no = services.start_draft(author, &cn, shipped.no).await.unwrap();
    let view = services.rulebook(author, &cn, no).await.unwrap();
    let mut document = view.document.clone();
    let mut parameters = document.parameters.iter_mut();
    parameters.find(|p| p.name == "fever_tenths").unwrap().value = ParameterValue::Number(tenths);
    let saved = services
        .save_draft(author, &cn, no, document, view.revision)
        .await
        .unwrap();
    services.start_replay(author, &cn, no).await.unwrap();
    while let ReplayView::Running { .. } = services.replay(author, &cn, no).await.unwrap() {
        tokio::task::yield_now().await;
    }
    services
        .submit_rulebook(author, &cn, no, saved.revision)
        .await
        .unwrap();
    no
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rulebook_activated_on_one_server_decides_on_the_other_at_once() {
    let district = District::new().await;
    let mut hands = Vec::new();
    for login in ["author", "second"] {
        let grant = Grant {
            role: Role::BureauAdmin,
            scope: Scope::Region(region("CN")),
        };
        let new = NewStaff {
            name: login.to_uppercase(),
            login: login.into(),
            grant: grant.clone(),
        };
        let command = Actor::command();
        let created = district.first.create_staff(&command, &new).await;
        hands.push(Actor::account(
            created.unwrap().unwrap().account,
            vec![grant],
        ));
    }
    // Both servers have the rules in memory.
    for (services, child) in [(&district.first, 0), (&district.second, CHILDREN)] {
        let receipt = district.report(services, child, 371, 1).await.unwrap();
        assert_eq!(receipt.decision.code, Code::Green);
    }
    let no = submitted(&district.first, &hands[0], 370).await;
    district
        .first
        .activate_emergency(&hands[1], &region("CN"), no, false, "新变异株，先从严")
        .await
        .unwrap();
    let receipt = district
        .report(&district.second, CHILDREN + 1, 371, 1)
        .await
        .unwrap();
    assert_eq!(receipt.decision.code, Code::Yellow, "by the new rules");
    // And whoever reported before is decided about anew, by whichever server it is.
    district.second.finish_redecisions().await.unwrap();
    for school in district.schools {
        let (counters, recount) = district.counted(school).await;
        assert_eq!(counters, recount);
        assert!(counters.yellow >= 1, "{counters:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_take_reports_of_the_same_children_at_once_and_the_counters_equal_a_recount() {
    let district = Arc::new(District::new().await);
    let mut sent = tokio::task::JoinSet::new();
    for nonce in 0..8_u8 {
        for child in 0..2 * CHILDREN {
            for (n, services) in [&district.first, &district.second].into_iter().enumerate() {
                let (district, services) = (Arc::clone(&district), Arc::clone(services));
                let server = u8::try_from(n).unwrap();
                let tenths = 366 + u16::from(nonce % 4) * 5;
                sent.spawn(async move {
                    district
                        .report(&services, child, tenths, nonce * 2 + server)
                        .await
                        .unwrap()
                });
            }
        }
    }
    let receipts = sent.join_all().await;
    assert_eq!(receipts.len(), 8 * 2 * 2 * CHILDREN);
    for school in district.schools {
        let (counters, recount) = district.counted(school).await;
        assert_eq!(counters, recount);
        assert_eq!(counters.proxy, i64::try_from(CHILDREN).unwrap());
    }
    let mut tx = district.first.store.read().await.unwrap();
    for person in &district.people {
        let rows = tx.reports_of(*person, district.today(), district.today());
        let rows = rows.await.unwrap();
        let revisions: Vec<i64> = rows.iter().map(|row| row.revision).collect();
        assert_eq!(revisions, (1..=16).collect::<Vec<i64>>());
        let accepted = rows.iter().filter(|row| row.status == "accepted").count();
        assert_eq!(accepted, 1, "{rows:?}");
    }
    // The same form on the other server is the same answer.
    let again = district.report(&district.second, 0, 366, 0).await.unwrap();
    assert!(again.revision <= 16);
    let rows = tx.reports_of(district.people[0], district.today(), district.today());
    assert_eq!(rows.await.unwrap().len(), 16);
    drop(tx);
    let (store, vault) = services::open::open_store(&district.location, &SystemEntropy)
        .await
        .unwrap();
    let log = services::audit::verify(&store, &vault).await.unwrap();
    assert_eq!(
        log.faults,
        [] as [&str; 0],
        "each school's log is one chain"
    );
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_opens_the_day_and_another_takes_over_where_it_died() {
    let district = District::new().await;
    district.report(&district.first, 0, 391, 1).await.unwrap();
    district.clock.set(at("2020-09-15", 10));
    let job = Actor::job();
    // A third server looks at everybody, and is slow.
    let third = Store::connect(district.location.server.as_ref().unwrap(), None)
        .await
        .unwrap();
    let slow = third.try_hold(Job::OpenDay).await.unwrap().unwrap();
    for services in [&district.first, &district.second] {
        services.catch_up(&job).await.unwrap();
    }
    let opening = async || {
        let mut tx = district.first.store.read().await.unwrap();
        tx.opening("Asia/Shanghai").await.unwrap()
    };
    assert_eq!(
        opening().await.map(|o| (o.day, o.after_person)),
        Some((district.today(), PersonId(0))),
        "begun by one, and left to the third"
    );
    // The day has begun for both, and reports are taken.
    for (services, child) in [(&district.first, 1), (&district.second, CHILDREN)] {
        district.report(services, child, 366, 2).await.unwrap();
    }
    drop(slow);
    let (a, b) = tokio::join!(
        district.first.catch_up(&job),
        district.second.catch_up(&job)
    );
    a.unwrap();
    b.unwrap();
    // Whoever came second may have found the other at work, or the job not yet given back; the next minutes find all
    // done.
    for _ in 0..1_000 {
        if opening().await.is_none() {
            break;
        }
        district.second.catch_up(&job).await.unwrap();
    }
    assert_eq!(opening().await, None);
    for school in district.schools {
        let (counters, recount) = district.counted(school).await;
        assert_eq!(counters, recount);
    }
    let mut tx = district.first.store.read().await.unwrap();
    let heads = tx.audit_heads("*").await.unwrap();
    let of_today = heads.iter().filter(|h| h.day == district.today()).count();
    assert_eq!(of_today, 1);
    let decisions = tx.decisions_of(district.people[0], 10).await.unwrap();
    let today = decisions
        .iter()
        .filter(|d| d.day == district.today())
        .count();
    assert!(today <= 1, "nobody was decided about twice: {decisions:?}");
    drop(tx);
    third.close().await;
}

#[tokio::test]
async fn a_server_without_the_key_of_the_database_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let first = Engine::Postgres.location(folder.path().join("first")).await;
    let (store, _) = services::open::open_store(&first, &SystemEntropy)
        .await
        .unwrap();
    let other = beside(&first, "second");
    let refused = services::open::open_store(&other, &SystemEntropy)
        .await
        .unwrap_err();
    assert!(matches!(refused, OpenError::KeyMissing(..)));
    assert!(refused.to_string().contains("copy it from another server"));
    assert!(!other.key_file.exists(), "no key of its own is made");
    KeyFile::generate(&SystemEntropy)
        .write_new(&other.key_file)
        .unwrap();
    let refused = services::open::open_store(&other, &SystemEntropy).await;
    assert!(matches!(refused, Err(OpenError::KeyDiffers(..))));
    // Servers that share a database may share a folder; nobody joins a server of files.
    let locks = (first.lock().unwrap(), first.lock().unwrap());
    let of_files = Location {
        server: None,
        ..first.clone()
    };
    assert!(matches!(of_files.lock(), Err(OpenError::InUse(_))));
    drop(locks);
    store.close().await;
}
