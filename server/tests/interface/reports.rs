//! Reports, and what holds for every operation: keys, names of requests, pace, problems.

use crate::town::{Town, admin, at, region, region_row};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use domain::access::{Role, Scope};
use domain::ids::PersonId;
use domain::interface::Right;
use domain::report::Channel;
use domain::{Code, Zone};
use serde_json::{Value, json};
use services::Actor;
use services::family::{Claim, ConsentAnswer, Credentials, Relation};
use services::interface::{Asked, KeyPlace};
use services::school::{NewSchool, SchoolKind};
use tower::ServiceExt as _;

const ROSTER: &str = "学号,姓名,出生日期,身份证号,年级,班级,家长1姓名,家长1手机\n\
    900001,沈雯,2012-11-27,110101201211270018,一年级,1班,沈国,19900000001\n\
    900002,丁可欣,2013-02-06,,一年级,1班,丁国,19900000002\n";

impl Town {
    async fn new() -> Self {
        let zone = "Asia/Shanghai";
        Self::found([("3305030001", zone), ("3305030002", zone)], ROSTER).await
    }

    async fn school_key(&self, rights: &[Right]) -> String {
        let place = KeyPlace::School(self.schools[0]);
        self.key(place, rights, 1_000).await.1
    }

    /// A guardian of a child of the first school, who has given this answer about reports online.
    async fn guardian(&self, child: usize, answer: ConsentAnswer) -> (Actor, PersonId) {
        let services = &self.services;
        let mut tx = services.store.read().await.unwrap();
        let classes = tx.classes_of(self.schools[0]).await.unwrap();
        let class = classes.first().unwrap().class_id;
        let person = tx.people_of_class(class).await.unwrap()[child].person_id;
        drop(tx);
        let (birth_date, last_four) = [("2012-11-27", "0001"), ("2013-02-06", "0002")][child];
        let teacher = admin(8, Role::Teacher, Scope::Class(class));
        let slips = services.print_slips(&teacher, class, &[person]).await;
        let claim = Claim {
            code: slips.unwrap().remove(0).code.as_str().into(),
            birth_date: birth_date.parse().unwrap(),
            last_four: last_four.into(),
            relation: Relation::Mother,
            name: "沈国".into(),
        };
        let credentials = Credentials {
            login: format!("1990000{last_four}"),
            password: "correct horse".into(),
        };
        let claimed = services.claim_slip(None, &claim, Some(&credentials)).await;
        let guardian = claimed.unwrap().unwrap().actor;
        let decided = services.decide_consent(&guardian, person, answer).await;
        decided.unwrap();
        (guardian, person)
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let kind = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(kind.starts_with("application/"), "{status} {kind}");
        assert_eq!(
            kind == "application/problem+json",
            !status.is_success(),
            "{status} {kind}"
        );
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn send(&self, secret: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        self.ask(post(secret, path).body(body.to_string().into()).unwrap())
            .await
    }
}

fn post(secret: &str, path: &str) -> axum::http::request::Builder {
    Request::post(path)
        .header("authorization", format!("Bearer {secret}"))
        .header("content-type", "application/json")
}

fn get(secret: &str, path: &str) -> Request<Body> {
    Request::get(path)
        .header("authorization", format!("Bearer {secret}"))
        .body(Body::empty())
        .unwrap()
}

fn report(n: u32, student_no: &str, day: &str) -> Value {
    json!({"id": format!("{n:032x}"), "student_no": student_no, "day": day})
}

/// A report of the first child with these fields besides.
fn report_with(n: u32, day: &str, fields: Value) -> Value {
    let mut report = report(n, "900001", day);
    let all = report.as_object_mut().unwrap();
    all.extend(fields.as_object().unwrap().clone());
    report
}

/// What a result says: its state, and of the first problem the code and the field.
fn told(result: &Value) -> (&str, Option<&str>, Option<&str>) {
    let problem = &result["problems"][0];
    (
        result["state"].as_str().unwrap(),
        problem["code"].as_str(),
        problem["field"].as_str(),
    )
}

const REPORTS: &str = "/api/v1/schools/3305030001/reports";

#[tokio::test]
async fn reports_come_in_bulk_and_each_has_its_own_result() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports, Right::Numbers]).await;
    let mut ill = report(2, "900002", "2020-09-14");
    ill["temperature_tenths"] = json!(385);
    ill["symptoms"] = json!(["cough"]);
    let mut odd = report(3, "900001", "2020-09-14");
    odd["temperature_tenths"] = json!(500);
    let body = json!({"reports": [
        report(1, "900001", "2020-09-14"), ill, odd,
        report(4, "999999", "2020-09-14"), report(5, "900001", "14.9."),
    ]});
    let (status, answer) = town.send(&key, REPORTS, &body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let states: Vec<&str> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["state"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        ["accepted", "accepted", "refused", "refused", "refused"]
    );
    assert_eq!(
        answer["results"][2]["problems"][0]["field"],
        "temperature_tenths"
    );
    let unknown = &answer["results"][3]["problems"][0];
    assert_eq!(unknown["code"], "student_unknown");
    assert_eq!(unknown["field"], "student_no");
    assert_eq!(answer["results"][4]["problems"][0]["field"], "day");
    // The same reports again are the same answers, not new revisions.
    let (_, again) = town.send(&key, REPORTS, &body).await;
    assert_eq!(again, answer);
    let (status, numbers) = town
        .ask(get(&key, "/api/v1/schools/3305030001/numbers"))
        .await;
    assert_eq!(status, StatusCode::OK);
    let class = &numbers["classes"][0];
    assert_eq!(
        (
            &class["students"],
            &class["guardian"],
            &class["green"],
            &class["red"]
        ),
        (&json!(2), &json!(2), &json!(1), &json!(1))
    );
    let all = numbers.to_string();
    assert!(!all.contains("沈雯") && !all.contains("900001"), "{all}");
}

#[tokio::test]
async fn a_report_that_cannot_be_read_names_its_field_and_keeps_no_other_out() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let good = report(1, "900001", "2020-09-14");
    let with = |field: &str, value: Value| {
        let mut report = report(2, "900002", "2020-09-14");
        report[field] = value;
        report
    };
    let mut nameless = good.clone();
    nameless.as_object_mut().unwrap().remove("id");
    let odd = [
        (
            with("temperature_tenths", json!(36.8)),
            Some("temperature_tenths"),
        ),
        (
            with("temperature_tenths", json!(-1)),
            Some("temperature_tenths"),
        ),
        (with("channel", json!("pigeon")), Some("channel")),
        (
            with("facts", json!([{"kind": "rumour"}])),
            Some("facts[0].kind"),
        ),
        (with("symptoms", json!("cough")), Some("symptoms")),
        (
            with(
                "facts",
                json!([{"kind": "contact", "last": "2020-09-13"}, {"kind": "test"}]),
            ),
            Some("facts[1].positive"),
        ),
        (
            with("facts", json!([{"kind": "contact", "last": "13.9."}])),
            Some("facts[0].last"),
        ),
        (
            with(
                "facts",
                json!([{"kind": "stay", "region": "x", "arrived": "2020-09-01"}]),
            ),
            Some("facts[0].region"),
        ),
        (
            with("symptoms_since", json!("today")),
            Some("symptoms_since"),
        ),
        (with("mood", json!("good")), Some("mood")),
        (with("day", json!("2020-09-31")), Some("day")),
        (nameless, Some("id")),
        (json!(7), None),
    ];
    let mut reports: Vec<_> = odd.iter().map(|(report, _)| report.clone()).collect();
    reports.push(good);
    let (status, answer) = town
        .send(&key, REPORTS, &json!({ "reports": reports }))
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    for ((report, field), result) in odd.iter().zip(answer["results"].as_array().unwrap()) {
        assert_eq!(result["state"], "refused", "{report}");
        assert_eq!(result["id"], report["id"].as_str().unwrap_or_default());
        let problem = &result["problems"][0];
        assert_eq!(
            (problem["code"].as_str(), problem["field"].as_str()),
            (Some("unreadable"), *field)
        );
    }
    assert_eq!(answer["results"][odd.len()]["state"], "accepted");
}

#[tokio::test]
async fn what_becomes_of_a_report_is_told_with_its_reason() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let (mother, child) = town.guardian(0, ConsentAnswer::Given).await;
    town.guardian(1, ConsentAnswer::Refused).await;
    let today = "2020-09-14";
    let long = "长".repeat(501);
    let mut refused_online = report(90, "900002", today);
    refused_online["channel"] = json!("message");
    let cases = [
        (
            json!({"temperature_tenths": 385, "channel": "message"}),
            ("accepted", None, None),
        ),
        (
            json!({"temperature_tenths": 365, "based_on": 1}),
            ("pending", None, None),
        ),
        (json!({"temperature_tenths": 384}), ("stale", None, None)),
        (
            json!({"day": "2020-09-13"}),
            ("refused", Some("not_this_day"), Some("day")),
        ),
        (
            json!({"day": "2020-09-15"}),
            ("refused", Some("not_this_day"), Some("day")),
        ),
        (
            json!({"note": long}),
            ("refused", Some("too_long"), Some("note")),
        ),
        (
            json!({"symptoms": ["cough", "gloom", "rash", "doom"]}),
            ("refused", Some("symptom_unknown"), Some("symptoms[1]")),
        ),
        (
            json!({"symptoms": ["cough"], "symptoms_since": "2020-09-15"}),
            ("refused", Some("in_future"), Some("symptoms_since")),
        ),
        (
            json!({"symptoms_since": "2020-09-13"}),
            ("refused", Some("answers_invalid"), None),
        ),
        (
            json!({"temperature_tenths": 390, "symptoms": ["cough"], "symptoms_since": "2020-09-13", "based_on": 3}),
            ("accepted", None, None),
        ),
    ];
    let mut reports: Vec<Value> = (1..)
        .zip(&cases)
        .map(|(n, (fields, _))| report_with(n, today, fields.clone()))
        .collect();
    reports.push(refused_online);
    let (_, answer) = town
        .send(&key, REPORTS, &json!({ "reports": reports }))
        .await;
    let results = answer["results"].as_array().unwrap();
    for ((fields, expected), result) in cases.iter().zip(results) {
        assert_eq!(told(result), *expected, "{fields}");
    }
    let refusal = ("refused", Some("consent_refused"), None);
    assert_eq!(told(&results[cases.len()]), refusal);
    let problems = results[6]["problems"].as_array().unwrap().iter();
    let fields: Vec<_> = problems.map(|problem| problem["field"].clone()).collect();
    assert_eq!(fields, ["symptoms[1]", "symptoms[3]"]);
    let seen = town.services.child_view(&mother, child).await.unwrap();
    let channels: Vec<_> = seen.revisions.iter().map(|told| told.channel).collect();
    let of_the_system = Channel::Interface;
    assert_eq!(
        channels,
        [
            Channel::Message,
            of_the_system,
            of_the_system,
            of_the_system
        ]
    );
}

#[tokio::test]
async fn the_same_id_is_the_first_answer_whatever_is_sent_under_it() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let (mother, child) = town.guardian(0, ConsentAnswer::Given).await;
    let first = json!({"temperature_tenths": 365});
    let other = json!({"temperature_tenths": 385, "based_on": 1});
    let reports = [&first, &first, &other].map(|said| report_with(1, "2020-09-14", said.clone()));
    let (_, answer) = town
        .send(&key, REPORTS, &json!({ "reports": reports }))
        .await;
    for result in answer["results"].as_array().unwrap() {
        let told = (&result["state"], &result["revision"]);
        assert_eq!(told, (&json!("accepted"), &json!(1)), "{answer}");
    }
    let seen = town.services.child_view(&mother, child).await.unwrap();
    assert_eq!((seen.revisions.len(), seen.decision.code), (1, Code::Green));
}

#[tokio::test]
async fn a_student_number_is_found_however_it_is_written() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let more = "学号,姓名,年级,班级\nｇ-900003,王小明,一年级,1班\n";
    let command = Actor::command();
    let import =
        town.services
            .import_roster_file(&command, "3305030001", "more.csv", more.into(), false);
    assert_eq!(import.await.unwrap().new, 1);
    let written = [
        "G-900003",
        "g-900003",
        "Ｇ－９００００３",
        " G-900 003\u{3000}",
        "'g-900003",
        "９００００１",
        "900001.0",
        "900 001",
        "\u{202D}900001\u{202C}",
    ];
    let reports: Vec<Value> = (1..)
        .zip(written)
        .map(|(n, number)| report(n, number, "2020-09-14"))
        .collect();
    let (_, answer) = town
        .send(&key, REPORTS, &json!({ "reports": reports }))
        .await;
    for (number, result) in written.iter().zip(answer["results"].as_array().unwrap()) {
        assert_eq!(told(result), ("accepted", None, None), "{number}");
    }
}

#[tokio::test]
async fn each_kind_of_fact_is_taken_and_a_wrong_day_is_named() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let today = "2020-09-14";
    let good = [
        json!({"kind": "household", "matter": "symptoms", "since": "2020-09-12"}),
        json!({"kind": "household", "matter": "returned", "since": "2020-09-14"}),
        json!({"kind": "stay", "region": "110000", "arrived": "2020-06-01"}),
        json!({"kind": "stay", "region": "110000", "arrived": "2020-09-01", "left": "2020-09-14", "transit": true}),
        json!({"kind": "test", "positive": false, "sampled": "2020-09-13"}),
        json!({"kind": "household", "matter": "isolating", "since": "2020-09-13"}),
        json!({"kind": "contact", "suspected": true, "last": "2020-09-13"}),
        json!({"kind": "contact", "household": true, "last": "2020-09-13"}),
        json!({"kind": "test", "positive": true, "sampled": "2020-09-13"}),
    ];
    let (future, long_ago) = (Some("in_future"), Some("too_long_ago"));
    let wrong = [
        (
            json!({"kind": "household", "matter": "symptoms", "since": "2020-09-15"}),
            future,
        ),
        (
            json!({"kind": "household", "matter": "isolating", "since": "2020-07-01"}),
            long_ago,
        ),
        (
            json!({"kind": "household", "matter": "symptoms", "since": "2020-09-12", "until": "2020-09-13"}),
            Some("unknown_fact"),
        ),
        (
            json!({"kind": "stay", "region": "110000", "arrived": "2020-09-15"}),
            future,
        ),
        (
            json!({"kind": "stay", "region": "110000", "arrived": "2020-09-10", "left": "2020-09-09"}),
            Some("ends_before_start"),
        ),
        (
            json!({"kind": "test", "positive": true, "sampled": "2020-07-01"}),
            long_ago,
        ),
        (json!({"kind": "contact", "last": "2020-09-15"}), future),
    ];
    let mut reports = Vec::new();
    let all = good.iter().chain(wrong.iter().map(|(fact, _)| fact));
    for (n, fact) in all.enumerate() {
        // With those that were taken before: none of them is to be weakened.
        let facts: Vec<_> = good.iter().take(n).chain([fact]).collect();
        let fields = json!({"facts": facts, "based_on": n.min(good.len())});
        reports.push(report_with(u32::try_from(n).unwrap(), today, fields));
    }
    let (_, answer) = town
        .send(&key, REPORTS, &json!({ "reports": reports }))
        .await;
    let results = answer["results"].as_array().unwrap();
    let (taken, refused) = results.split_at(good.len());
    for (fact, result) in good.iter().zip(taken) {
        assert_eq!(told(result), ("accepted", None, None), "{fact}");
    }
    for ((fact, code), result) in wrong.iter().zip(refused) {
        assert_eq!(told(result), ("refused", *code, Some("facts[9]")), "{fact}");
    }
    let many = json!({"facts": vec![good[0].clone(); 21], "based_on": 9});
    let many = json!({"reports": [report_with(99, today, many)]});
    let (_, answer) = town.send(&key, REPORTS, &many).await;
    let expected = ("refused", Some("too_many"), Some("facts"));
    assert_eq!(told(&answer["results"][0]), expected);
}

#[tokio::test]
async fn what_is_told_again_is_not_added_and_ends_once() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let (mother, child) = town.guardian(0, ConsentAnswer::Given).await;
    let stay = json!({"kind": "stay", "region": "110000", "arrived": "2020-09-10"});
    let home = json!({"kind": "household", "matter": "returned", "since": "2020-09-12"});
    let test = json!({"kind": "test", "positive": false, "sampled": "2020-09-13"});
    let with = |fact: &Value, field: &str, day: &str| {
        let mut fact = fact.clone();
        fact[field] = json!(day);
        fact
    };
    let on = json!([stay, home, test]);
    let over = json!([
        with(&stay, "left", "2020-09-15"),
        with(&home, "until", "2020-09-16"),
        test,
    ]);
    let mut seen = Vec::new();
    for (n, (day, facts)) in (14..).zip([&on, &on, &over, &over, &on]).enumerate() {
        let day = format!("2020-09-{day}");
        town.clock.set(at(&day, 7 * 60));
        let number = u32::try_from(n).unwrap();
        let report = report_with(number, &day, json!({ "facts": facts }));
        let (_, answer) = town
            .send(&key, REPORTS, &json!({ "reports": [report] }))
            .await;
        assert_eq!(
            told(&answer["results"][0]),
            ("accepted", None, None),
            "{day}"
        );
        let view = town.services.child_view(&mother, child).await.unwrap();
        let changes = view.report.unwrap().answers.changes;
        seen.push((changes.len(), view.standing));
    }
    let changed: Vec<usize> = seen.iter().map(|(changes, _)| *changes).collect();
    assert_eq!(changed, [3, 0, 2, 0, 0]);
    let standing = &seen.last().unwrap().1;
    let ended: Vec<_> = standing.iter().map(|fact| fact.ended).collect();
    // The household's is over, and no longer shown.
    assert_eq!(ended, [Some("2020-09-15".parse().unwrap()), None]);
}

#[tokio::test]
async fn several_reports_of_one_person_count_in_their_order() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    let mut reports = Vec::new();
    for n in 0..8 {
        let mut report = report(n + 1, "900001", "2020-09-14");
        report["based_on"] = json!(n);
        report["temperature_tenths"] = json!(380 + n);
        reports.push(report);
    }
    let (status, answer) = town
        .send(&key, REPORTS, &json!({ "reports": reports }))
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    for (n, result) in answer["results"].as_array().unwrap().iter().enumerate() {
        let told = (&result["state"], &result["revision"]);
        assert_eq!(told, (&json!("accepted"), &json!(n + 1)), "{answer}");
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_refused_in_words_for_people() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Roster]).await;
    let region_key = town.key(KeyPlace::Region(region()), &[Right::Records], 1_000);
    let bureau = region_key.await.1;
    let roster = "/api/v1/schools/3305030001/roster";
    let records = "/api/v1/regions/330503/records";
    let old_excel = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let row = br#"{"rows": [{"\u5b66\u53f7": "900001", "\u59d3\u540d": "\u6c88\u96ef"}]}"#.to_vec();
    for (request, status, code, words) in [
        (
            Request::put(roster)
                .header("content-type", "text/csv")
                .body(old_excel.into()),
            422,
            "old_excel",
            "这是旧版 Excel 文件（.xls），请另存为 .xlsx 或 .csv 后再上传",
        ),
        (
            Request::put(roster)
                .header("content-type", "application/json")
                .body(row.into()),
            422,
            "columns_missing",
            "没有“班级”列",
        ),
        (
            Request::put(format!("{roster}?dryrun=true")).body(Body::empty()),
            400,
            "malformed",
            "dryrun",
        ),
        (
            Request::post(records).body(Body::empty()),
            400,
            "malformed",
            "authority",
        ),
    ] {
        let mut request = request.unwrap();
        let secret = if request.uri().path() == records {
            &bureau
        } else {
            &key
        };
        let bearer = format!("Bearer {secret}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        let headers = request.headers_mut();
        headers.insert("accept-language", "zh-CN".parse().unwrap());
        let (told, problem) = town.ask(request).await;
        assert_eq!(
            (told.as_u16(), problem["code"].as_str()),
            (status, Some(code)),
            "{problem}"
        );
        let said = problem["title"].as_str().unwrap().to_owned()
            + problem["detail"].as_str().unwrap_or_default();
        assert!(said.contains(words), "{problem}");
    }
}

#[tokio::test]
async fn a_key_does_what_it_may_where_it_may_and_no_more() {
    let town = Town::new().await;
    let reports = town.school_key(&[Right::Reports]).await;
    let numbers = town.school_key(&[Right::Numbers]).await;
    let place = KeyPlace::Region(region());
    let (id, bureau) = town
        .key(place.clone(), &[Right::Records, Right::Numbers], 1_000)
        .await;
    let one = json!({"reports": [report(1, "900001", "2020-09-14")]});
    let other = "/api/v1/schools/3305030002/reports";
    for (key, path, expected) in [
        (reports.as_str(), REPORTS, 200),
        (&reports, other, 403),
        (&reports, "/api/v1/schools/9999999999/reports", 403),
        (&numbers, REPORTS, 403),
        (&bureau, REPORTS, 403),
        ("fxk_unknown", REPORTS, 401),
        ("", REPORTS, 401),
    ] {
        let (status, _) = town.send(key, path, &one).await;
        assert_eq!(status, expected, "{path}");
    }
    for (key, path, expected) in [
        (&numbers, "/api/v1/schools/3305030001/numbers", 200),
        (&numbers, "/api/v1/schools/3305030002/numbers", 403),
        (&numbers, "/api/v1/regions/330503/numbers", 403),
        (&bureau, "/api/v1/schools/3305030002/numbers", 200),
        (&bureau, "/api/v1/regions/330503/numbers", 200),
        (&bureau, "/api/v1/regions/CN/numbers", 403),
        (&bureau, "/api/v1/regions/nowhere/numbers", 403),
        (&bureau, "/api/v1/nothing", 404),
    ] {
        assert_eq!(town.ask(get(key, path)).await.0, expected, "{path}");
    }
    // A key opens no page, and a page's session is no key.
    let page = Request::get("/school/1")
        .header("authorization", format!("Bearer {bureau}"))
        .body(Body::empty())
        .unwrap();
    let page = town.router.clone().oneshot(page).await.unwrap();
    assert_ne!(page.status(), StatusCode::OK);
    // Revoked it is shut out at once, and an expired one as well.
    let boss = admin(7, Role::BureauAdmin, Scope::Region(region()));
    town.services
        .revoke_api_key(&boss, &place, id)
        .await
        .unwrap();
    let path = "/api/v1/regions/330503/numbers";
    assert_eq!(town.ask(get(&bureau, path)).await.0, 401);
    town.clock.set(at("2020-10-14", 7 * 60));
    let path = "/api/v1/schools/3305030001/numbers";
    assert_eq!(town.ask(get(&numbers, path)).await.0, 401);
}

#[tokio::test]
async fn a_request_that_names_itself_is_done_once() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Roster]).await;
    let path = "/api/v1/schools/3305030001/roster";
    let rows = json!({"rows": [
        {"学号": "900003", "姓名": "王小明", "年级": "一年级", "班级": "1班"},
        {"学号": "900004", "姓名": "", "年级": "一年级", "班级": "1班"},
    ]});
    let put = |name: &str, body: &Value| {
        Request::put(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json")
            .header("accept-language", "zh-CN")
            .header("idempotency-key", name)
            .body(Body::from(body.to_string()))
            .unwrap()
    };
    let (status, first) = town.ask(put("september", &rows)).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    assert_eq!(
        (&first["new"], &first["faults"][0]["row"]),
        (&json!(1), &json!(3))
    );
    let (_, again) = town.ask(put("september", &rows)).await;
    assert_eq!(
        again, first,
        "the answer of the first one, not \"unchanged\""
    );
    let (_, anew) = town.ask(put("october", &rows)).await;
    assert_eq!((&anew["new"], &anew["unchanged"]), (&json!(0), &json!(1)));
    let (status, problem) = town.ask(put("september", &json!({"rows": []}))).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("name_taken"))
    );
    // What was refused may be mended under the same name.
    let (status, problem) = town.ask(put("fresh", &json!({"rows": [{"a": "b"}]}))).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("no_header")),
    );
    assert_eq!(town.ask(put("fresh", &rows)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_is_being_worked_on_is_told_so() {
    let town = Town::new().await;
    let place = KeyPlace::School(town.schools[0]);
    let (id, secret) = town.key(place, &[Right::Reports], 1_000).await;
    let body = json!({"reports": [report(1, "900001", "2020-09-14")]}).to_string();
    let asked = Asked::of(&[b"reports", b"3305030001", body.as_bytes()]);
    let begun = town.services.begin_request(id, "morning", asked).await;
    let begun = begun.unwrap();
    let send = || {
        let request = post(&secret, REPORTS).header("idempotency-key", "morning");
        request.body(Body::from(body.clone())).unwrap()
    };
    let (status, problem) = town.ask(send()).await;
    assert_eq!(
        (status.as_u16(), problem["code"].as_str()),
        (409, Some("still_working"))
    );
    let again = town.router.clone().oneshot(send()).await.unwrap();
    assert_eq!(again.headers()["retry-after"], "2");
    // Whoever worked on it has gone.
    drop(begun);
    let (status, answer) = town.ask(send()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["results"][0]["state"], "accepted");
}

#[tokio::test]
async fn a_list_of_records_recolours_those_it_names() {
    let town = Town::new().await;
    let place = KeyPlace::Region(region());
    let (_, key) = town
        .key(place, &[Right::Records, Right::Numbers], 1_000)
        .await;
    let rows = json!({"rows": [
        {"身份证号": "110101201211270018", "类型": "密切接触者", "日期": "2020-09-13"},
        {"身份证号": "110101201211270019", "类型": "密切接触者", "日期": "2020-09-13"},
    ]});
    let path = "/api/v1/regions/330503/records?authority=CDC";
    let (status, done) = town.send(&key, path, &rows).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    assert_eq!(done["new"], 1, "{done}");
    assert_eq!(done["faults"][0]["row"], 3);
    let (_, numbers) = town.ask(get(&key, "/api/v1/regions/330503/numbers")).await;
    let red: i64 = numbers["schools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|school| school["red"].as_i64().unwrap())
        .sum();
    assert_eq!(red, 2, "the pupil is on two rosters: {numbers}");
}

#[tokio::test]
async fn the_schools_of_a_region_come_in_pages() {
    let town = Town::new().await;
    let place = KeyPlace::Region(region());
    let (_, key) = town.key(place, &[Right::Numbers], 1_000).await;
    // A page ends with its time zone, if not before.
    let west = NewSchool {
        code: "3305030003".into(),
        name: "学校3305030003".into(),
        name_en: String::new(),
        kind: SchoolKind::Primary,
        region: region(),
        zone: "Asia/Urumqi".parse().unwrap(),
    };
    let made = town.services.create_school(&Actor::command(), &west).await;
    made.unwrap();
    let command = Actor::command();
    let roster = town.services.import_roster_file(
        &command,
        "3305030003",
        "roster.csv",
        ROSTER.into(),
        false,
    );
    roster.await.unwrap();
    let pages = "/api/v1/regions/330503/numbers";
    // After midnight in the east it is the day before in the west.
    town.clock.set(at("2020-09-15", 30));
    for (ask, day, schools, next) in [
        ("", 15, vec!["3305030001", "3305030002"], Some("3305030002")),
        (
            "?after=3305030001",
            15,
            vec!["3305030002"],
            Some("3305030002"),
        ),
        ("?after=3305030002", 14, vec!["3305030003"], None),
        ("?after=3305030003", 15, vec![], None),
    ] {
        let (status, page) = town.ask(get(&key, &format!("{pages}{ask}"))).await;
        assert_eq!(status, StatusCode::OK, "{ask}: {page}");
        let found = page["schools"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|school| school["code"].clone()).collect();
        let expected: Vec<_> = schools.iter().map(|code| json!(code)).collect();
        assert_eq!((found, page["next"].as_str()), (expected, next), "{ask}");
        assert_eq!(page["day"], format!("2020-09-{day}"), "{ask}");
    }
    // Nothing outside the region comes with a school from outside, nor that there is one.
    let mut tx = town.services.store.write().await.unwrap();
    let lower = region_row("330502", Some("CN"), "district");
    tx.upsert_region(&lower, true).await.unwrap();
    tx.commit().await.unwrap();
    let outside = NewSchool {
        code: "3305020001".into(),
        region: lower.code,
        zone: Zone::SHANGHAI,
        ..west
    };
    let made = town.services.create_school(&command, &outside).await;
    made.unwrap();
    for (ask, status) in [
        ("?after=3305020001", 422),
        ("?after=9999999999", 422),
        ("?before=3305030003", 400),
    ] {
        let told = town.ask(get(&key, &format!("{pages}{ask}"))).await.0;
        assert_eq!(told.as_u16(), status, "{ask}");
    }
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits_for_the_next_minute() {
    let town = Town::new().await;
    let place = KeyPlace::School(town.schools[0]);
    let (_, key) = town.key(place, &[Right::Numbers], 2).await;
    let path = "/api/v1/schools/3305030001/numbers";
    assert_eq!(town.ask(get(&key, path)).await.0, 200);
    assert_eq!(town.ask(get(&key, path)).await.0, 200);
    let refused = town.router.clone().oneshot(get(&key, path)).await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "61");
    town.clock.set(at("2020-09-14", 7 * 60 + 1));
    assert_eq!(town.ask(get(&key, path)).await.0, 200);
}

#[tokio::test]
async fn what_is_malformed_is_told_as_a_problem() {
    let town = Town::new().await;
    let key = town.school_key(&[Right::Reports]).await;
    for body in [
        "{}",
        "[]",
        r#"{"reports": [], "more": 1}"#,
        r#"{"reports": ["#,
        "reports=1",
        "",
    ] {
        let request = post(&key, REPORTS).body(body.into()).unwrap();
        let (status, problem) = town.ask(request).await;
        assert_eq!(
            (status.as_u16(), problem["code"].as_str()),
            (400, Some("malformed")),
            "{body}"
        );
    }
    let roster_key = town.school_key(&[Right::Roster]).await;
    let roster = |media| {
        let request = Request::put("/api/v1/schools/3305030001/roster")
            .header("authorization", format!("Bearer {roster_key}"))
            .header("content-type", media);
        request.body(Body::from(ROSTER)).unwrap()
    };
    for (media, status) in [
        ("text/plain", 415),
        ("", 415),
        ("text/csv; charset=utf-8", 200),
    ] {
        assert_eq!(town.ask(roster(media)).await.0, status, "{media}");
    }
    let many = json!({ "reports": vec![0; 1_001] });
    let (status, problem) = town.send(&key, REPORTS, &many).await;
    assert_eq!(
        (status.as_u16(), problem["detail"].as_str()),
        (400, Some("reports: at most 1000"))
    );
    for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
        let wrong = Request::builder().method(method).uri(REPORTS);
        let wrong = wrong.body(Body::empty()).unwrap();
        let told = town.router.clone().oneshot(wrong).await.unwrap();
        let headers = ["content-type", "allow"].map(|name| told.headers()[name].to_str().unwrap());
        assert_eq!(
            (told.status().as_u16(), headers),
            (405, ["application/problem+json", "POST"]),
            "{method}"
        );
    }
    for nowhere in ["/api/v1", "/api/v1/", "/api/v1/nothing"] {
        assert_eq!(town.ask(get(&key, nowhere)).await.0, 404, "{nowhere}");
    }
    for bytes in [(4 << 20) + 1, 21 << 20] {
        let too_large = post(&key, REPORTS).body(Body::from(vec![b' '; bytes]));
        let (status, problem) = town.ask(too_large.unwrap()).await;
        assert_eq!(
            (status.as_u16(), problem["code"].as_str()),
            (413, Some("too_large")),
            "{bytes}"
        );
    }
    let (status, document) = town
        .ask(
            Request::get("/api/v1/openapi.json")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(status, 200);
    assert!(document["paths"]["/api/v1/schools/{school}/reports"]["post"].is_object());
}
