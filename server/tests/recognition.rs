//! Two districts, each with a server, a data folder and a clock of its own, that exchange key files over their pages.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, ClassId, PersonId, RegionCode, SchoolId};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::{Day, Zone};
use server::serve::{Config, serve};
use services::accounts::{NewStaff, SESSION_COOKIE};
use services::clock::{Clock as _, ManualClock, SystemEntropy};
use services::family::{Claim, Credentials, Relation};
use services::intake::Submission;
use services::open::Location;
use services::passes::Purpose;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const CODE: &str = "3305000001";
const ROSTER: &str = "学号,姓名,性别,出生日期,年级,班级,家长1姓名,家长1关系,家长1手机\n\
    201900001,胡亦辰,男,2012-11-27,一年级,1班,胡敏,母亲,19900000001\n";

/// A district that runs.
struct District {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    address: SocketAddr,
    region: RegionCode,
    name: &'static str,
    school: SchoolId,
    class: ClassId,
    child: PersonId,
    mother: Actor,
    cookie: String,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

impl District {
    async fn start(region: &str, name: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let morning = Zone::SHANGHAI.at("2020-09-17".parse().unwrap(), 434);
        let clock = Arc::new(ManualClock::new(morning));
        let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let command = Actor::command();
        let list = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../reference/regions-cn.csv"
        ));
        services
            .import_regions(&command, &list.unwrap())
            .await
            .unwrap();
        let region: RegionCode = region.parse().unwrap();
        let new = NewSchool {
            code: CODE.into(),
            name: "示例小学".into(),
            name_en: String::new(),
            kind: SchoolKind::Primary,
            region: region.clone(),
            zone: Zone::SHANGHAI,
        };
        let school = services.create_school(&command, &new).await.unwrap();
        services
            .import_roster_file(&command, CODE, "roster.csv", ROSTER.into(), false)
            .await
            .unwrap();
        let mut tx = services.store.read().await.unwrap();
        let class = tx.classes_of(school).await.unwrap()[0].class_id;
        let child = tx.people_of_class(class).await.unwrap()[0].person_id;
        drop(tx);
        let admin = NewStaff {
            name: "王主任".into(),
            login: "bureau".into(),
            grant: Grant {
                role: Role::BureauAdmin,
                scope: Scope::Region(region.clone()),
            },
        };
        let code = services
            .create_staff(&command, &admin)
            .await
            .unwrap()
            .unwrap();
        let signed_in = services
            .activate(code.code.as_str(), "a long password")
            .await
            .unwrap();
        let cookie = format!("{SESSION_COOKIE}={}", signed_in.token.cookie());
        let mother = mother(&services, class, child).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let served = tokio::spawn({
            let (services, stop) = (services.clone(), stop.clone());
            serve(
                listener,
                stop.cancelled_owned(),
                services,
                Config::default(),
            )
        });
        Self {
            services,
            clock,
            address,
            region,
            name,
            school,
            class,
            child,
            mother,
            cookie,
            stop,
            served,
            _folder: folder,
        }
    }

    fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.clock.now())
    }

    async fn report(&self, id: u8, answers: Answers) {
        let submission = Submission {
            person: self.child,
            day: self.today(),
            id: [id; 16],
            based_on: u16::from(id - 1),
            answers,
            channel: Channel::Proxy(Learned::Call),
        };
        let grants = vec![Grant {
            role: Role::Teacher,
            scope: Scope::Class(self.class),
        }];
        let teacher = Actor::account(AccountId(12), grants);
        self.services.report(&teacher, submission).await.unwrap();
    }

    async fn live(&self) -> String {
        let live = self.services.live_pass(&self.mother, self.child).await;
        live.unwrap().issued.unwrap().text
    }

    async fn letter(&self) -> String {
        let letter = self.services.day_letter(&self.mother, self.child).await;
        letter.unwrap().issued.unwrap().text
    }

    /// The stable code of what speaks against a pass at this district's school; `None` where it counts.
    async fn look(&self, text: &str) -> Option<&'static str> {
        let now = self.clock.now();
        let says = self.services.verify_foreign(text, self.school, now).await;
        says.unwrap().err().map(|refused| refused.code())
    }

    async fn get(&self, path: &str) -> String {
        self.ask("GET", path, "", String::new()).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let percent = |text: &str| {
            text.bytes()
                .map(|b| format!("%{b:02X}"))
                .collect::<String>()
        };
        let body = (fields.iter())
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect::<Vec<_>>()
            .join("&");
        self.ask("POST", path, "application/x-www-form-urlencoded", body)
            .await
    }

    async fn ask(&self, method: &str, path: &str, kind: &str, body: String) -> String {
        let (address, length) = (self.address, body.len());
        let cookie = &self.cookie;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncookie: {cookie}\r\naccept-language: zh\r\nsec-fetch-site: same-origin\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        tokio::task::spawn_blocking(move || {
            let mut socket = TcpStream::connect(address).unwrap();
            socket
                .set_read_timeout(Some(Duration::from_mins(1)))
                .unwrap();
            socket.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            socket.read_to_string(&mut answer).unwrap();
            answer
        })
        .await
        .unwrap()
    }

    /// Uploads a key file; gives where its preview is.
    async fn upload(&self, file: &str) -> String {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"fuxue-keys.jws\"\r\n\r\n{file}\r\n--x--\r\n"
        );
        let path = format!("/bureau/{}/trust", self.region);
        let answer = self
            .ask("POST", &path, "multipart/form-data; boundary=x", body)
            .await;
        location(&answer)
    }

    /// Takes the other district's key file from its page, compares the fingerprint with what stands there, and
    /// trusts it.
    async fn trust(&self, other: &District) -> String {
        let preview = self.upload(&other.key_file().await).await;
        let page = self.get(&preview).await;
        let marks: Vec<_> = page
            .split("name=\"groups\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let read_out = other.get("/recognition").await;
        let groups: Vec<_> = marks.iter().map(|mark| &mark[2..]).collect();
        assert_eq!(groups.len(), 8);
        assert!(read_out.contains(&groups.join(" ")), "{read_out}");
        let mut form = vec![
            ("do", "trust"),
            ("with", "对方的管理员"),
            ("name", other.name),
            ("place", other.region.as_str()),
            ("from", "2020-09-17"),
            ("until", "2021-07-10"),
            ("kinds", "live"),
            ("kinds", "day_letter"),
        ];
        form.extend(marks.iter().map(|mark| ("groups", *mark)));
        let one = location(&self.form(&preview, &form).await);
        one.split('?').next().unwrap().to_owned()
    }

    async fn key_file(&self) -> String {
        let answer = self.get("/.well-known/fuxue-keys.jws").await;
        answer.split("\r\n\r\n").nth(1).unwrap().to_owned()
    }

    async fn stop(self) {
        self.stop.cancel();
        self.served.await.unwrap().unwrap();
    }
}

async fn mother(services: &Services, class: ClassId, child: PersonId) -> Actor {
    let grants = vec![Grant {
        role: Role::Teacher,
        scope: Scope::Class(class),
    }];
    let teacher = Actor::account(AccountId(12), grants);
    let slips = services
        .print_slips(&teacher, class, &[child])
        .await
        .unwrap();
    let claim = Claim {
        code: slips[0].code.as_str().into(),
        birth_date: "2012-11-27".parse().unwrap(),
        last_four: "0001".into(),
        relation: Relation::Mother,
        name: "胡敏".into(),
    };
    let credentials = Credentials {
        login: "19900000001".into(),
        password: "correct horse".into(),
    };
    let claimed = services.claim_slip(None, &claim, Some(&credentials)).await;
    claimed.unwrap().unwrap().actor
}

fn location(answer: &str) -> String {
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let line = answer.lines().find_map(|l| l.strip_prefix("location: "));
    line.unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_districts_recognise_each_other_until_they_do_not() {
    let nanxun = District::start("330503", "南浔区").await;
    let wuxing = District::start("330502", "吴兴区").await;
    for district in [&nanxun, &wuxing] {
        district.report(1, Answers::all_well()).await;
    }
    let live = wuxing.live().await;
    assert_eq!(nanxun.look(&live).await, Some("issuer_not_trusted"));
    let wuxing_at_nanxun = nanxun.trust(&wuxing).await;
    wuxing.trust(&nanxun).await;
    for (guest, host) in [(&wuxing, &nanxun), (&nanxun, &wuxing)] {
        assert_eq!(host.look(&guest.live().await).await, None);
        assert_eq!(host.look(&guest.letter().await).await, None);
        let cards = (guest.services)
            .print_cards(&Actor::command(), guest.class, &[])
            .await
            .unwrap();
        let card = host.look(&cards[0].pass.text).await;
        assert_eq!(card, Some("not_recognised_kind"));
        let page = host.get("/recognition").await;
        assert!(page.contains(guest.name), "{page}");
    }

    // Removed, and taken back.
    let page = nanxun.get(&format!("{wuxing_at_nanxun}?remove=1")).await;
    let version = |page: &str| {
        let (_, rest) = page.split_once("name=\"version\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (v, why) = (version(&page), "暂停互认");
    let form = [("do", "remove"), ("version", v.as_str()), ("reason", why)];
    let removed = location(&nanxun.form(&wuxing_at_nanxun, &form).await);
    assert_eq!(nanxun.look(&live).await, Some("issuer_not_trusted"));
    assert_eq!(
        wuxing.look(&nanxun.live().await).await,
        None,
        "the other way goes on"
    );
    let v = version(&nanxun.get(&removed).await);
    let form = [("do", "restore"), ("version", v.as_str())];
    location(&nanxun.form(&wuxing_at_nanxun, &form).await);
    assert_eq!(nanxun.look(&live).await, None);

    // A key that somebody may have copied: refused as soon as the newer file is there.
    let letter = wuxing.letter().await;
    let keys = wuxing.services.list_pass_keys().await.unwrap();
    let screens = keys.iter().find(|key| key.purpose == Purpose::Screens);
    let revoked = screens.unwrap().id;
    let command = Actor::command();
    wuxing.clock.advance(1_000);
    wuxing
        .services
        .revoke_pass_key(&command, revoked)
        .await
        .unwrap();
    assert_eq!(nanxun.look(&letter).await, None, "nobody has told them yet");
    nanxun.clock.advance(1_000);
    let preview = nanxun.upload(&wuxing.key_file().await).await;
    assert!(nanxun.get(&preview).await.contains(&revoked.to_string()));
    location(&nanxun.form(&preview, &[("do", "renew")]).await);
    assert_eq!(nanxun.look(&letter).await, Some("key_revoked"));
    assert_eq!(
        nanxun.look(&wuxing.live().await).await,
        None,
        "its successor is known"
    );

    // Red stays outside.
    let ill = Answers {
        temperature: Temperature::Tenths(386),
        ..Answers::all_well()
    };
    wuxing.report(2, ill).await;
    let says = wuxing.live().await;
    let now = nanxun.clock.now();
    let verdict = nanxun
        .services
        .verify_foreign(&says, nanxun.school, now)
        .await;
    let refused = verdict.unwrap().unwrap_err();
    assert_eq!(refused.rule().unwrap().id, "not-green");
    assert!(refused.text(domain::Lang::Zh).contains("吴兴区"));
    nanxun.stop().await;
    wuxing.stop().await;
}
