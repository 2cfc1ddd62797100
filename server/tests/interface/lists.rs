//! What programs are told about their lists, numbers and mistakes.

use crate::town::{Town, region};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::interface::Right;
use serde_json::{Value, json};
use services::interface::KeyPlace;
use tower::ServiceExt as _;

const ROSTER: &str = "/api/v1/schools/3305030001/roster";
const RECORDS: &str = "/api/v1/regions/330503/records?authority=CDC";
const NUMBERS: &str = "/api/v1/regions/330503/numbers";

/// A district with a school in each of two time zones, and a key of the district and of the first school.
struct District {
    town: Town,
    document: Value,
    bureau: String,
    school: String,
}

impl District {
    async fn new() -> Self {
        let schools = [
            ("3305030002", "Asia/Urumqi"),
            ("3305030001", "Asia/Shanghai"),
        ];
        let roster = "学号,姓名,身份证号,班级,家长1手机\n\
            900001,沈雯,110101201211270018,一年级1班,19900000001\n\
            900002,丁可欣,,一年级1班,19900000002\n";
        let town = Town::found(schools, roster).await;
        let key = async |place, rights: &[Right]| town.key(place, rights, 1_000).await.1;
        let bureau = [Right::Records, Right::Numbers];
        let bureau = key(KeyPlace::Region(region()), &bureau).await;
        let school = key(KeyPlace::School(town.schools[1]), &[Right::Roster]).await;
        let published = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        Self {
            town,
            document: serde_json::from_str(&std::fs::read_to_string(published).unwrap()).unwrap(),
            bureau,
            school,
        }
    }

    /// Sends JSON; the answer's status, headers and body. Each status of an operation is declared by the document.
    async fn send(
        &self,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::builder().method(&method).uri(path);
        let given = headers.iter().map(|(name, _)| *name);
        if !given.into_iter().any(|name| name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.town.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let declared = self.declared(&method, path);
        let status = parts.status;
        assert!(
            declared.is_null() || declared[status.as_str()].is_object(),
            "{method} {path}: {status} is not declared"
        );
        let body = to_bytes(body, 1 << 20).await.unwrap();
        (
            status,
            parts.headers,
            serde_json::from_slice(&body).unwrap(),
        )
    }

    /// What the document says of the answers of an operation; null where there is none.
    fn declared(&self, method: &Method, path: &str) -> &Value {
        let path = path.split('?').next().unwrap();
        let fits = |pattern: &str| {
            let (pattern, path) = (pattern.split('/'), path.split('/'));
            pattern.clone().count() == path.clone().count()
                && pattern.zip(path).all(|(p, s)| p == s || p.starts_with('{'))
        };
        let paths = self.document["paths"].as_object().unwrap();
        let item = paths.iter().find(|(pattern, _)| fits(pattern));
        item.map_or(&Value::Null, |(_, item)| {
            &item[method.as_str().to_lowercase()]["responses"]
        })
    }

    async fn ask(&self, key: &str, operation: (Method, &str), body: &Value) -> (StatusCode, Value) {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str())];
        let (status, _, told) = self.send(operation, &headers, body.to_string()).await;
        (status, told)
    }
}

#[tokio::test]
async fn a_list_names_its_kinds_by_word_and_hears_what_was_not_used() {
    let district = District::new().await;
    let rows = json!({"rows": [
        {"身份证号": "110101201211270018", "kind": "stay", "地区": "330503", "到达": "2020-09-12", "passed_trough": true},
        {"身份证号": "110101201211270018", "kind": "close_contact", "日期": "2020-09-12"},
        {"身份证号": "110101201211270018", "姓名": "丁可欣", "kind": "second_contact", "日期": "2020-09-12"},
        {"身份证号": "11010120121127001", "kind": "rumour", "日期": "2020-09-12"},
    ]});
    let dry = format!("{RECORDS}&dry_run=true");
    let (status, told) = district
        .ask(&district.bureau, (Method::POST, &dry), &rows)
        .await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["ignored_columns"], json!(["passed_trough"]), "{told}");
    assert_eq!(told["new"], 2, "{told}");
    let faults = told["faults"].as_array().unwrap().iter();
    let codes: Vec<_> = faults
        .map(|fault| {
            (
                fault["row"].as_u64().unwrap(),
                fault["code"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        (4, "name_differs"),
        (5, "national_id_form"),
        (5, "kind_unknown"),
    ];
    assert_eq!(codes, expected, "{told}");
}

#[tokio::test]
async fn a_roster_hears_what_was_not_used_and_a_code_for_each_fault() {
    let district = District::new().await;
    let rows = json!({"rows": [
        {"student_no": "900003", "name": "王小明", "class": "一年级1班", "mood": "good"},
        {"student_no": "900004", "name": "", "class": "一年级1班"},
    ]});
    let (status, told) = district
        .ask(&district.school, (Method::PUT, ROSTER), &rows)
        .await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(
        (&told["new"], &told["ignored_columns"]),
        (&json!(1), &json!(["mood"]))
    );
    assert_eq!(told["faults"][0]["code"], "name_missing", "{told}");
    let all_used = json!({"rows": [{"学号": "900003", "姓名": "王小明", "班级": "一年级1班"}]});
    let (_, told) = district
        .ask(&district.school, (Method::PUT, ROSTER), &all_used)
        .await;
    assert_eq!(told["ignored_columns"], json!([]), "{told}");
}

#[tokio::test]
async fn a_parameter_that_is_not_right_is_named() {
    let district = District::new().await;
    let rows = json!({"rows": [{"手机": "19900000001", "kind": "case", "日期": "2020-09-12"}]});
    let authority = "/api/v1/regions/330503/records?authority=x";
    let kind = format!("{RECORDS}&kind=rumour");
    let after = format!("{NUMBERS}?after=9999999999");
    for (operation, status, code, detail) in [
        ((Method::POST, authority), 422, "field_invalid", "authority"),
        ((Method::POST, kind.as_str()), 400, "malformed", "kind"),
        ((Method::GET, &after), 422, "field_invalid", "after"),
    ] {
        let (told, problem) = district.ask(&district.bureau, operation, &rows).await;
        assert_eq!(told.as_u16(), status, "{problem}");
        let named = (problem["code"].as_str(), problem["detail"].as_str());
        assert_eq!(named, (Some(code), Some(detail)));
    }
}

#[tokio::test]
async fn a_region_has_the_sum_of_all_its_schools_beside_each_page_of_them() {
    let district = District::new().await;
    let (_, first) = district
        .ask(&district.bureau, (Method::GET, NUMBERS), &Value::Null)
        .await;
    let next = format!("{NUMBERS}?after={}", first["next"].as_str().unwrap());
    let (_, second) = district
        .ask(&district.bureau, (Method::GET, &next), &Value::Null)
        .await;
    for page in [first, second] {
        assert_eq!(page["schools"].as_array().unwrap().len(), 1, "{page}");
        assert_eq!(page["total"]["students"], 4, "{page}");
        assert_eq!(page["total"]["grey"], 4, "{page}");
    }
}

#[tokio::test]
async fn a_key_is_taken_whatever_origin_a_request_has_and_a_session_is_none() {
    let district = District::new().await;
    let rows = json!({"rows": [{"手机": "19900000001", "kind": "case", "日期": "2020-09-12"}]});
    let key = format!("Bearer {}", district.bureau);
    let foreign = [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
        ("cookie", "__Host-fuxue=secret"),
    ];
    for (key, expected) in [(Some(&key), 200), (None, 401)] {
        let mut headers = foreign.to_vec();
        headers.extend(key.map(|key| ("authorization", key.as_str())));
        let post = (Method::POST, RECORDS);
        let (status, answered, told) = district.send(post, &headers, rows.to_string()).await;
        assert_eq!(status.as_u16(), expected, "{told}");
        assert!(!answered.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn what_no_operation_answers_is_told_to_programs_in_the_language_that_they_ask_for() {
    let district = District::new().await;
    let large = vec![b' '; 21 << 20];
    for (operation, body, code, zh, en) in [
        (
            (Method::GET, "/api/v1/nothing"),
            vec![],
            "not_found",
            "接口没有",
            "The interface has",
        ),
        (
            (Method::DELETE, ROSTER),
            vec![],
            "method_not_allowed",
            "这个地址",
            "This address",
        ),
        (
            (Method::PUT, ROSTER),
            large,
            "too_large",
            "内容太大",
            "This is too large",
        ),
    ] {
        for (lang, words, other) in [("zh-CN,zh;q=0.9", zh, en), ("de", en, zh)] {
            let key = format!("Bearer {}", district.school);
            let headers = [("accept-language", lang), ("authorization", key.as_str())];
            let (_, _, problem) = district
                .send(operation.clone(), &headers, body.clone())
                .await;
            assert_eq!(problem["code"], code, "{problem}");
            let title = problem["title"].as_str().unwrap();
            assert!(
                title.starts_with(words) && !title.contains(other),
                "{problem}"
            );
        }
    }
}
