//! What a device at a gate can get, and what never: by its own credential only, and without anybody's reasons.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{District, text};
use domain::access::Role;
use http::{Request, Response, StatusCode};
use tower::ServiceExt as _;

const SECRETS: [&str; 8] = [
    "胡亦辰",
    "密切接触",
    "高热",
    "不适",
    "℃",
    "temperature",
    "symptom",
    "reason",
];

impl District {
    async fn as_device(
        &self,
        cookie: &str,
        request: http::request::Builder,
        body: String,
    ) -> Response<Body> {
        let request = request
            .header("cookie", cookie)
            .body(Body::from(body))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Enrols a device as a browser does, and gives its cookie.
    async fn enrol(&self) -> String {
        let path = self.inside("/school/{school}/gates", Role::SchoolAdmin);
        let page = self.page(Role::SchoolAdmin, &path).await;
        let options = page.split_once("name=\"gate\"").unwrap().1;
        let gate = options.split_once("<option value=\"").unwrap().1;
        let gate = gate.split('"').next().unwrap();
        let form = [("action", "code"), ("gate", gate), ("device", "平板")];
        let made = text(self.post(Role::SchoolAdmin, &path, &form).await).await;
        let code = made.split_once("/gate?code=").unwrap().1;
        let code: String = code.chars().take(12).collect();
        let request = Request::post("/gate/enrol")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self.as_device("", request, format!("code={code}")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        for part in ["Path=/gate", "Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        cookie.split(';').next().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_device_is_no_session_and_a_session_is_no_device() {
    let district = District::new().await;
    let device = district.enrol().await;
    let school = district.inside("/school/{school}", Role::SchoolAdmin);
    let token = device.split_once('=').unwrap().1;
    for cookie in [device.clone(), format!("__Host-fuxue={token}")] {
        for path in [school.as_str(), "/account", "/"] {
            let answer = district
                .as_device(&cookie, Request::get(path), String::new())
                .await;
            let to = answer
                .headers()
                .get("location")
                .map(|to| to.to_str().unwrap());
            assert!(
                to.is_some_and(|to| to.starts_with("/signin")),
                "{path}: {to:?}"
            );
        }
    }
    for role in [Role::Guard, Role::SchoolAdmin] {
        let session = district.cookie(role).to_owned();
        let token = session.split_once('=').unwrap().1.to_owned();
        for cookie in [session, format!("fuxue_gate={token}")] {
            let take = Request::get("/gate/api/take");
            let answer = district.as_device(&cookie, take, String::new()).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
            assert_eq!(text(answer).await, r#"{"error":"cut_off"}"#);
            let hand_in = Request::post("/gate/api/entries");
            let answer = district
                .as_device(&cookie, hand_in, r#"{"entries":[]}"#.into())
                .await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn no_answer_to_a_device_holds_a_reason_an_answer_or_a_full_name() {
    let district = District::new().await;
    let device = district.enrol().await;
    let take = Request::get("/gate/api/take?roll=&waiting=3&app=test");
    let answer = district.as_device(&device, take, String::new()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let taken: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
    let body = |name: &str| {
        let text = taken[name].as_str().unwrap();
        let json = URL_SAFE_NO_PAD
            .decode(text.split('.').nth(1).unwrap())
            .unwrap();
        String::from_utf8(json).unwrap()
    };
    let (stamp, roll) = (body("stamp"), body("roll"));
    assert!(roll.contains("胡*辰"), "{roll}");
    let plain: serde_json::Value = serde_json::from_str(&roll).unwrap();
    let holder = plain["people"][0]["holder"].clone();
    let mut seen = vec![stamp, roll];
    let entries = serde_json::json!({"entries": [
        {"id": "00000000000000000000000000000001", "seq": 1, "at": 1_600_297_000_000_i64, "clock": "counted",
         "act": {"what": "scan", "holder": holder, "shown": "card", "direction": "in", "verdict": "admit"}},
        {"id": "00000000000000000000000000000002", "seq": 2, "at": 1_600_297_001_000_i64, "clock": "counted",
         "act": {"what": "slip", "holder": holder, "tenths": 364}},
        {"id": "00000000000000000000000000000003", "seq": 3, "at": 1_600_297_002_000_i64, "clock": "counted",
         "act": {"what": "reading", "holder": holder, "tenths": 381, "first": null, "by": "周"}},
        {"id": "x", "seq": 4, "at": 0, "clock": "counted", "act": {"what": "refused", "why": "expired"}},
    ]});
    for _ in 0..2 {
        let hand_in = Request::post("/gate/api/entries").header("content-type", "application/json");
        let answer = district
            .as_device(&device, hand_in, entries.to_string())
            .await;
        assert_eq!(answer.status(), StatusCode::OK);
        let receipts: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
        let states: Vec<_> = receipts["receipts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| &r["state"])
            .collect();
        assert_eq!(states, ["kept", "kept", "kept", "refused"]);
        seen.push(receipts.to_string());
    }
    let malformed = Request::post("/gate/api/entries");
    let answer = district.as_device(&device, malformed, "{".into()).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    seen.push(text(answer).await);
    for path in ["/gate", "/gate/api/take?roll=x"] {
        let answer = district
            .as_device(&device, Request::get(path), String::new())
            .await;
        seen.push(text(answer).await);
    }
    for (place, answer) in seen.iter().enumerate() {
        for secret in SECRETS {
            assert!(
                !answer.contains(secret),
                "{secret} in answer {place}: {answer}"
            );
        }
        let mut numbers = answer.split(|c: char| !c.is_ascii_digit());
        let is_phone = |number: &str| number.len() == 11 && number.starts_with("199");
        assert!(
            !numbers.any(is_phone),
            "a phone in answer {place}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_wrong_code_enrols_nothing_and_what_was_typed_stays() {
    let district = District::new().await;
    let request =
        Request::post("/gate/enrol").header("content-type", "application/x-www-form-urlencoded");
    let answer = district
        .as_device("", request, "code=AAAA-BBBB-CCCC".into())
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.headers().get("set-cookie").is_none());
    assert!(text(answer).await.contains("AAAA-BBBB-CCCC"));
}

#[tokio::test]
async fn the_teacher_sees_who_came_and_the_school_its_gates_day() {
    let district = District::new().await;
    let class = district.inside("/class/{class}", Role::Teacher);
    let page = district.page(Role::Teacher, &class).await;
    for words in [
        "到校",
        "到校但没有报告",
        "校门测温偏高",
        "37.4",
        "等第二次测温",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let gates = district.inside("/school/{school}/gates", Role::SchoolAdmin);
    let page = district.page(Role::SchoolAdmin, &gates).await;
    assert!(page.contains("东门平板") && page.contains("停用…"));
    let mut day = String::new();
    for page in 1..=3 {
        let path = format!("{gates}/day?page={page}");
        day += &district.page(Role::SchoolAdmin, &path).await;
    }
    assert!(day.contains("平安条，待确认") && day.contains("测温偏高"));
    assert!(
        !day.contains("37.4"),
        "how high it was is the class's affair"
    );
    let marked = district
        .page(
            Role::SchoolAdmin,
            &format!("{gates}/day?verdict=report_first&q=没有"),
        )
        .await;
    assert!(marked.contains("没有找到"));
    let file = district
        .get(Role::SchoolAdmin, &format!("{gates}/day.xlsx"))
        .await;
    assert_eq!(file.status(), StatusCode::OK);
}
