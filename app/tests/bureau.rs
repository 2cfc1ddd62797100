//! What the bureau can rely on: true numbers, live; masked names; nothing outside one's region.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use axum::Router;
use axum::body::{Body, Bytes};
use domain::access::{Grant, Role, Scope};
use domain::ids::{PersonId, RegionCode, SchoolId};
use domain::report::{Answers, Channel, Learned, Temperature};
use domain::screen::{ScreenMode, ScreenSnapshot};
use domain::{Code, Zone};
use http::{Request, Response, StatusCode};
use services::accounts::NewStaff;
use services::bureau::Opened;
use services::clock::{Clock, ManualClock, SystemEntropy};
use services::demo::{DemoOptions, prepare};
use services::intake::Submission;
use services::open::Location;
use services::{Actor, Services};
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;

const DISTRICT: &str = "330503";

struct Bureau {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    router: Router,
    viewer: String,
    admin: String,
    stranger: String,
    _folder: tempfile::TempDir,
}

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

impl Bureau {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), true);
        let morning = Zone::SHANGHAI.at("2020-09-17".parse().unwrap(), 7 * 60 + 14);
        let clock = Arc::new(ManualClock::new(morning));
        let options = DemoOptions {
            students: 300,
            ..DemoOptions::default()
        };
        let (services, _) = prepare(&location, &options, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let router = app::router(services.clone());
        let account = async |role: Role, code: &str| {
            let new = NewStaff {
                name: "周某".into(),
                login: format!("{role}.{code}"),
                grant: Grant {
                    role,
                    scope: Scope::Region(region(code)),
                },
            };
            let made = services
                .create_staff(&Actor::command(), &new)
                .await
                .unwrap()
                .unwrap();
            let signed_in = services
                .activate(made.code.as_str(), "correct horse")
                .await
                .unwrap();
            format!("__Host-fuxue={}", signed_in.token.cookie())
        };
        Self {
            viewer: account(Role::BureauViewer, DISTRICT).await,
            admin: account(Role::BureauAdmin, DISTRICT).await,
            stranger: account(Role::BureauAdmin, "330502").await,
            services,
            clock,
            router,
            _folder: folder,
        }
    }

    async fn get(&self, cookie: &str, path: &str) -> Response<Body> {
        let request = Request::get(path)
            .header("cookie", cookie)
            .header("accept-language", "zh")
            .body(Body::empty())
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn post(&self, cookie: &str, path: &str, body: &str) -> Response<Body> {
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("accept-language", "zh")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn page(&self, cookie: &str, path: &str) -> String {
        let response = self.get(cookie, path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        text(response).await
    }

    async fn screen(&self, mode: ScreenMode) -> ScreenSnapshot {
        self.services
            .screen(&Actor::command(), &region(DISTRICT), mode, Opened::First)
            .await
            .unwrap()
    }

    /// Somebody of the district who shows this code now.
    async fn somebody(&self, code: Code) -> (SchoolId, PersonId, String) {
        let today = Zone::SHANGHAI.day_of(self.clock.now());
        let mut tx = self.services.store.read().await.unwrap();
        let rows = tx
            .states_within(&region(DISTRICT), PersonId(0), 10_000)
            .await
            .unwrap();
        let row = rows.iter().find(|r| r.code_on(today) == code).unwrap();
        let view = self
            .services
            .bureau_person(&Actor::command(), row.person_id)
            .await
            .unwrap();
        (row.school_id, row.person_id, view.name)
    }
}

async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 8 << 20)
        .await
        .unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn number(n: i64) -> String {
    app::ui::words::number(n)
}

#[tokio::test]
async fn every_number_is_the_sum_of_the_counters() {
    let bureau = Bureau::new().await;
    let mut tx = bureau.services.store.read().await.unwrap();
    let today = Zone::SHANGHAI.day_of(bureau.clock.now());
    let rows = tx
        .school_numbers_within(&region(DISTRICT), "Asia/Shanghai", today)
        .await
        .unwrap();
    drop(tx);
    let sum = |f: fn(&store::Numbers) -> i64| rows.iter().map(|r| f(&r.numbers)).sum::<i64>();
    let s = bureau.screen(ScreenMode::Room).await;
    assert_eq!(s.now.students, sum(|n| n.students));
    assert_eq!(s.now.reported, Some(sum(store::Numbers::reported)));
    let codes: i64 = Code::ALL.into_iter().map(|c| s.now.of(c).unwrap()).sum();
    assert_eq!(codes, s.now.students, "green + yellow + red + grey = all");
    for code in [Code::Yellow, Code::Red] {
        let why: i64 = s
            .reasons
            .iter()
            .filter(|r| r.code == code)
            .map(|r| r.people.unwrap())
            .sum();
        assert_eq!(
            Some(why),
            s.now.of(code),
            "each is counted under one reason"
        );
    }
    let in_towns: i64 = s.areas.iter().map(|a| a.red.unwrap()).sum();
    assert_eq!(Some(in_towns), s.now.red);
    assert_eq!(s.trend.len(), 14);
    assert_eq!(s.trend.last().unwrap().red, s.now.red);

    for path in ["", "/screen"] {
        let page = bureau
            .page(&bureau.viewer, &format!("/bureau/{DISTRICT}{path}"))
            .await;
        for n in Code::ALL.into_iter().map(|c| s.now.of(c).unwrap()) {
            assert!(page.contains(&format!(">{}<", number(n))), "{n} on {path}");
        }
        assert!(!page.contains(" style="), "no inline styles");
    }
    let school = s.schools[0].id;
    let view = bureau
        .services
        .bureau_school(&Actor::command(), school)
        .await
        .unwrap();
    assert_eq!(
        view.flagged.len(),
        usize::try_from(view.now.red + view.now.yellow).unwrap()
    );
    let page = bureau
        .page(&bureau.viewer, &format!("/bureau/school/{school}"))
        .await;
    assert!(page.contains("年级与班级"));
    for flagged in &view.flagged {
        assert!(page.contains(&flagged.name) && flagged.name.contains('*'));
    }
    let class = view.classes[0].id;
    bureau
        .page(&bureau.viewer, &format!("/bureau/class/{class}"))
        .await;
}

#[tokio::test]
async fn the_public_screen_names_nobody_and_hides_small_numbers() {
    let bureau = Bureau::new().await;
    let room = bureau.screen(ScreenMode::Room).await;
    let names: Vec<String> = room.feed.unwrap().into_iter().map(|i| i.name).collect();
    assert!(!names.is_empty(), "the demo's morning has turns");
    let path = format!(
        "/bureau/{DISTRICT}/screen?mode=public&school={}",
        room.schools[0].id
    );
    let page = bureau.page(&bureau.viewer, &path).await;
    for name in names {
        assert!(!page.contains(&name), "{name}");
    }
    let public = bureau.screen(ScreenMode::Public).await;
    assert!(public.feed.is_none() && public.open.is_none());
    let small = |cell: Option<i64>| cell.is_some_and(|n| (1..5).contains(&n));
    assert!(!Code::ALL.into_iter().any(|c| small(public.now.of(c))));
    assert!(
        !public
            .schools
            .iter()
            .any(|s| small(s.red) || small(s.yellow) || small(s.grey))
    );
    assert!(!public.areas.iter().any(|a| small(a.red) || small(a.yellow)));
    assert!(!public.reasons.iter().any(|r| small(r.people)));
    assert!(!public.trend.iter().any(|d| small(d.red) || small(d.yellow)));
}

/// The next frame of a stream, within three seconds.
async fn next_frame(
    stream: &mut (impl tokio_stream::Stream<Item = Result<Bytes, axum::Error>> + Unpin),
) -> ScreenSnapshot {
    let wait = async {
        let mut read = String::new();
        loop {
            read.push_str(&String::from_utf8_lossy(
                &stream.next().await.unwrap().unwrap(),
            ));
            let data = read
                .split("\n\n")
                .find_map(|event| event.strip_prefix("data: "));
            if let (Some(data), true) = (data, read.contains("\n\n")) {
                let frame: app::islands::bureau::ScreenFrame = serde_json::from_str(data).unwrap();
                return frame.snapshot;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(3), wait)
        .await
        .expect("a frame within three seconds")
}

#[tokio::test]
async fn an_open_screen_hears_of_a_yellow_child_within_three_seconds() {
    let bureau = Bureau::new().await;
    let response = bureau
        .get(
            &bureau.viewer,
            &format!("/bureau/{DISTRICT}/events?mode=room"),
        )
        .await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let before = next_frame(&mut stream).await;

    let (_, person, name) = bureau.somebody(Code::Grey).await;
    let submission = Submission {
        person,
        day: before.day,
        id: [7; 16],
        based_on: 0,
        answers: Answers {
            temperature: Temperature::Tenths(375),
            ..Answers::all_well()
        },
        channel: Channel::Proxy(Learned::Call),
    };
    let receipt = bureau
        .services
        .report(&Actor::command(), submission)
        .await
        .unwrap();
    assert_eq!(receipt.decision.code, Code::Yellow);
    let mut after = next_frame(&mut stream).await;
    if after.now == before.now {
        // The first tick after somebody begins to watch may come before the report.
        after = next_frame(&mut stream).await;
    }
    assert_eq!(after.now.yellow, before.now.yellow.map(|n| n + 1));
    assert_eq!(after.now.reported, before.now.reported.map(|n| n + 1));
    let newest = &after.feed.unwrap()[0];
    assert_eq!(
        (newest.name.as_str(), newest.code),
        (name.as_str(), Code::Yellow)
    );
}

#[tokio::test]
async fn a_stream_ends_when_the_server_does() {
    let bureau = Bureau::new().await;
    let shutdown = tokio_util::sync::CancellationToken::new();
    let mut request = Request::get(format!("/bureau/{DISTRICT}/events"))
        .header("cookie", &bureau.viewer)
        .body(Body::empty())
        .unwrap();
    request.extensions_mut().insert(shutdown.clone());
    let mut stream = bureau
        .router
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .into_body()
        .into_data_stream();
    next_frame(&mut stream).await;
    shutdown.cancel();
    let end = tokio::time::timeout(Duration::from_secs(2), async {
        while stream.next().await.is_some() {}
    })
    .await;
    assert!(end.is_ok());
}

#[tokio::test]
async fn a_name_is_revealed_for_a_reason_and_written_down() {
    let bureau = Bureau::new().await;
    let (school, person, masked) = bureau.somebody(Code::Yellow).await;
    let path = format!("/bureau/person/{person}");
    let page = bureau.page(&bureau.viewer, &path).await;
    assert!(page.contains(&masked) && page.contains("逐条核对规则"));

    let refused = bureau.post(&bureau.viewer, &path, "why=%E5%95%8A").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let why = "why=%E5%AE%B6%E9%95%BF%E6%9D%A5%E7%94%B5%E6%A0%B8%E5%AF%B9";
    let shown = bureau.post(&bureau.viewer, &path, why).await;
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(text(shown).await.contains("实名只显示这一次"));
    assert!(
        bureau
            .page(&bureau.viewer, &path)
            .await
            .contains("查看实名"),
        "the next page is masked again"
    );

    let rows = bureau
        .services
        .store
        .read()
        .await
        .unwrap()
        .audit_after(&format!("school:{school}"), 0, 10_000)
        .await
        .unwrap();
    let reveals: Vec<_> = rows
        .iter()
        .filter(|r| r.action == "person.reveal")
        .collect();
    assert_eq!(reveals.len(), 1);
    assert_eq!(reveals[0].subject, format!("person:{person}"));
    let sealed = reveals[0].detail_enc.as_ref().unwrap();
    assert!(
        !String::from_utf8_lossy(sealed).contains("家长来电"),
        "the reason is ciphertext"
    );

    for _ in 1..services::bureau::REVEALS_PER_HOUR {
        assert_eq!(
            bureau.post(&bureau.viewer, &path, why).await.status(),
            StatusCode::OK
        );
    }
    let capped = bureau.post(&bureau.viewer, &path, why).await;
    assert_eq!(capped.status(), StatusCode::UNPROCESSABLE_ENTITY);
    bureau.clock.advance(3_600_001);
    assert_eq!(
        bureau.post(&bureau.viewer, &path, why).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn another_district_and_lesser_roles_are_refused() {
    let bureau = Bureau::new().await;
    let (school, person, _) = bureau.somebody(Code::Yellow).await;
    let class = bureau
        .services
        .bureau_school(&Actor::command(), school)
        .await
        .unwrap()
        .classes[0]
        .id;
    let see = [
        format!("/bureau/{DISTRICT}"),
        format!("/bureau/{DISTRICT}/screen"),
        format!("/bureau/{DISTRICT}/events"),
        format!("/bureau/{DISTRICT}/export.csv"),
        format!("/bureau/{DISTRICT}/export.xlsx"),
        format!("/bureau/school/{school}"),
        format!("/bureau/class/{class}"),
        format!("/bureau/person/{person}"),
    ];
    let manage = [
        format!("/bureau/{DISTRICT}/schools"),
        format!("/bureau/{DISTRICT}/accounts"),
        format!("/bureau/{DISTRICT}/log"),
        format!("/bureau/school/{school}/admins"),
    ];
    for path in see.iter().chain(&manage) {
        assert_eq!(
            bureau.get(&bureau.stranger, path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(
            bureau.get("", path).await.status(),
            StatusCode::SEE_OTHER,
            "{path}"
        );
    }
    for path in &manage {
        assert_eq!(
            bureau.get(&bureau.viewer, path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(
            bureau.get(&bureau.admin, path).await.status(),
            StatusCode::OK,
            "{path}"
        );
    }
    for (path, body) in [
        (
            format!("/bureau/{DISTRICT}/schools"),
            "code=A1&name=A&kind=primary&town=330503001",
        ),
        (format!("/bureau/{DISTRICT}/schools/import"), ""),
        (
            format!("/bureau/{DISTRICT}/accounts"),
            "do=create&name=A&login=somebody&role=bureau_admin",
        ),
        (
            format!("/bureau/school/{school}/admins"),
            "do=create&name=A&login=somebody",
        ),
    ] {
        for cookie in [&bureau.viewer, &bureau.stranger] {
            assert_eq!(
                bureau.post(cookie, &path, body).await.status(),
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
    }
    let why = "why=long+enough";
    assert_eq!(
        bureau
            .post(&bureau.stranger, &format!("/bureau/person/{person}"), why)
            .await
            .status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_hostile_school_name_stays_text_everywhere() {
    let bureau = Bureau::new().await;
    let body =
        "code=X-1&name=%3Dcmd%3Cscript%3Ealert(1)%3C%2Fscript%3E&kind=primary&town=330503001";
    let path = format!("/bureau/{DISTRICT}/schools");
    assert_eq!(
        bureau.post(&bureau.admin, &path, body).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        bureau.post(&bureau.admin, &path, body).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "the code is taken"
    );
    for path in [
        path.clone(),
        format!("/bureau/{DISTRICT}?q=cmd"),
        format!("/bureau/{DISTRICT}?q=%3Cscript%3E"),
    ] {
        let page = bureau.page(&bureau.admin, &path).await;
        assert!(
            page.contains("=cmd&lt;script&gt;") && !page.contains("<script>alert"),
            "{path}"
        );
    }
    let csv = bureau
        .page(&bureau.admin, &format!("/bureau/{DISTRICT}/export.csv"))
        .await;
    assert!(csv.contains("'=cmd<script>") && csv.starts_with('\u{feff}'));
    let outside = bureau
        .post(
            &bureau.admin,
            &path,
            "code=X-2&name=A&kind=primary&town=330502001",
        )
        .await;
    assert_eq!(outside.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_school_gets_its_administrator_by_a_code_shown_once() {
    let bureau = Bureau::new().await;
    let (school, ..) = bureau.somebody(Code::Grey).await;
    let path = format!("/bureau/school/{school}/admins");
    let made = bureau
        .post(
            &bureau.admin,
            &path,
            "do=create&name=%E6%9D%8E%E6%95%8F&login=li.min",
        )
        .await;
    assert_eq!(made.status(), StatusCode::OK);
    let handout = text(made).await;
    assert!(
        handout.contains("/activate/") && handout.contains("<svg") && handout.contains("li.min")
    );
    assert!(!handout.contains(" style="));
    let list = bureau.page(&bureau.admin, &path).await;
    assert!(list.contains("李敏") && list.contains("等待激活") && !list.contains("/activate/"));
    let accounts = bureau
        .page(&bureau.admin, &format!("/bureau/{DISTRICT}/accounts"))
        .await;
    assert!(accounts.contains("周某"));
    bureau
        .page(&bureau.admin, &format!("/bureau/{DISTRICT}/log"))
        .await;
}

#[tokio::test]
async fn a_list_of_schools_is_imported_and_again_changes_nothing() {
    let bureau = Bureau::new().await;
    let list = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../reference/schools-nanxun-sample.csv"
    ))
    .unwrap();
    let upload = async |file: &str| {
        let body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--x--\r\n"
        );
        let request = Request::post(format!("/bureau/{DISTRICT}/schools/import"))
            .header("cookie", &bureau.admin)
            .header("accept-language", "en")
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap();
        text(bureau.router.clone().oneshot(request).await.unwrap()).await
    };
    let bad = format!(
        "{list}\n,无代码,primary,330503001,6,4,44\nZ-9,别区学校,primary,330502001,6,4,44\n"
    );
    let first = upload(&bad).await;
    assert!(first.contains("2 faulty rows"), "{first}");
    assert!(upload(&list).await.contains("0 created, 44 known already"));
}

#[tokio::test]
async fn english_pages_call_regions_and_schools_by_their_english_names() {
    let bureau = Bureau::new().await;
    let path = format!("/bureau/{DISTRICT}/schools");
    for (code, name, name_en) in [
        ("E-1", "东迁街道新学校", ""),
        ("E-2", "长安小学", "Evergreen+School"),
    ] {
        let body = format!("code={code}&name={name}&name_en={name_en}&kind=primary&town=330503001");
        let made = bureau.post(&bureau.admin, &path, &body).await;
        assert_eq!(made.status(), StatusCode::SEE_OTHER, "{name}");
    }
    let english = async |path: &str| {
        let request = Request::get(path)
            .header("cookie", &bureau.admin)
            .header("accept-language", "en")
            .body(Body::empty())
            .unwrap();
        text(bureau.router.clone().oneshot(request).await.unwrap()).await
    };
    let page = english(&path).await;
    for words in [
        "Dongqian Subdistrict Xin School",
        "Evergreen School",
        "Dongqian Subdistrict 330503001",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let found = english(&format!("{path}?q=evergreen")).await;
    assert!(found.contains("Evergreen School") && !found.contains("Xin School"));
    let none = english(&format!("{path}?q=nowhere")).await;
    assert!(none.contains("No such school"));
    let region = english(&format!("/bureau/{DISTRICT}")).await;
    assert!(region.contains("Nanxun District"), "{region}");
    let screen = english(&format!("/bureau/{DISTRICT}/screen")).await;
    assert!(screen.contains("Nanxun District School Health"), "{screen}");
}
