//! What people can rely on with rulebooks: everybody reads them, drafts touch nobody and lose nothing, two people are
//! needed, and what somebody typed stays text.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::body::Body;
use common::{District, field, text};
use domain::access::Role;
use http::{Request, Response, StatusCode};
use tower::ServiceExt as _;

const LIST: &str = "/bureau/330503/rules";
const OFFICER: Role = Role::HealthOfficer;
const ADMIN: Role = Role::BureauAdmin;

fn location(response: &Response<Body>) -> String {
    let location = response.headers().get("location");
    location.expect("a redirect").to_str().unwrap().to_owned()
}

/// Without an account.
async fn anybody(district: &District, path: &str) -> Response<Body> {
    let request = Request::get(path).header("accept-language", "zh");
    let request = request.body(Body::empty()).unwrap();
    district.router.clone().oneshot(request).await.unwrap()
}

/// A draft of the district's own, and its page.
async fn draft(district: &District) -> String {
    let form = [
        ("id", "nanxun-local"),
        ("title_zh", "南浔区补充规则"),
        ("title_en", "Additions for Nanxun"),
    ];
    let begun = district.post(OFFICER, LIST, &form).await;
    assert_eq!(begun.status(), StatusCode::SEE_OTHER);
    location(&begun).split('?').next().unwrap().to_owned()
}

/// Adds a rule that asks for 37.5 °C, saved.
async fn rule(district: &District, draft: &str) -> String {
    let page = district.page(OFFICER, draft).await;
    let form = [
        ("do", "add-rule"),
        ("based_on", field(&page, "based_on")),
        ("new_rule", "Y-09"),
        ("new_colour", "yellow"),
    ];
    let added = district.post(OFFICER, draft, &form).await;
    assert_eq!(added.status(), StatusCode::SEE_OTHER);
    let rule = location(&added).split('?').next().unwrap().to_owned();
    assert_eq!(rule, format!("{draft}/Y-09"));
    let page = district.page(OFFICER, &rule).await;
    let saved = district
        .post(OFFICER, &rule, &words(field(&page, "based_on")))
        .await;
    assert_eq!(
        saved.status(),
        StatusCode::SEE_OTHER,
        "{}",
        text(saved).await
    );
    rule
}

fn words(based_on: &str) -> Vec<(&str, &str)> {
    vec![
        ("do", "save"),
        ("based_on", based_on),
        (
            "condition",
            r#"{">=":[{"var":"today.temperature_tenths"},370]}"#,
        ),
        ("num.r.1", "375"),
        ("label_zh", "本区低热"),
        ("label_en", "Mild fever here"),
        ("text_zh", "{start} 体温 {temperature}，这一天请在家观察。"),
        (
            "text_en",
            "{temperature} on {start}. Please stay at home that day.",
        ),
        ("steps_zh", "在家休息"),
        ("steps_en", "Stay at home"),
        ("reason", "local_fever"),
        ("start", ""),
    ]
}

#[tokio::test]
async fn everybody_reads_how_the_colours_are_decided() {
    let district = District::new().await;
    let response = anybody(&district, "/rules?region=330503").await;
    assert_eq!(response.status(), StatusCode::OK);
    let page = text(response).await;
    for words in [
        "南浔区",
        "R-01",
        "密切接触者",
        "体温达到 38.0 ℃",
        "隔离中",
        "顺延一天",
        "历史版本",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains(" style="));
    let file = anybody(&district, "/rules/cn-base/1.0.0").await;
    assert_eq!(file.headers()["content-type"], "application/json");
    let json: serde_json::Value = serde_json::from_str(&text(file).await).unwrap();
    assert_eq!(json["document"]["id"], "cn-base");
    for path in ["/rules/cn-base/9.9.9", "/rules?region=999999"] {
        assert_eq!(
            anybody(&district, path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let sign_in = text(anybody(&district, "/signin").await).await;
    assert!(sign_in.contains("href=\"/rules\""));
}

#[tokio::test]
async fn a_guardian_reads_why_in_plain_words() {
    let district = District::new().await;
    let child = district.child;
    let code = district
        .page(Role::Guardian, &format!("/child/{child}/code"))
        .await;
    assert!(code.contains(&format!("/child/{child}/why")) && code.contains("href=\"/rules\""));
    let why = district
        .page(Role::Guardian, &format!("/child/{child}/why"))
        .await;
    for words in ["哪条规则", "看了哪些情况", "/rules?region=330503"] {
        assert!(why.contains(words), "{words}");
    }
}

#[tokio::test]
async fn staff_see_every_rule_with_the_value_of_each_part() {
    let district = District::new().await;
    for (role, path) in [
        (Role::Teacher, "/class/{class}/person/{person}"),
        (Role::BureauViewer, "/bureau/person/{person}"),
    ] {
        let page = district.page(role, &district.inside(path, role)).await;
        for words in [
            "用到的事实",
            "逐条核对规则",
            "结论与下一步",
            "R-05",
            "体温达到 38.0 ℃",
            "逐项的值",
            "不符合",
        ] {
            assert!(page.contains(words), "{role} {words}");
        }
    }
}

#[tokio::test]
async fn a_condition_is_edited_and_tried_without_saving() {
    let district = District::new().await;
    let draft = draft(&district).await;
    let rule = rule(&district, &draft).await;
    let page = district.page(OFFICER, &rule).await;
    assert!(
        page.contains("体温达到 37.5 ℃"),
        "the saved condition as a sentence"
    );
    let based_on = field(&page, "based_on").to_owned();
    let mut form = words(&based_on);
    form[0] = ("do", "wrap:r:any");
    form.push(("f.today.temperature_tenths", "37.6"));
    let edited = district.post(OFFICER, &rule, &form).await;
    assert_eq!(edited.status(), StatusCode::OK);
    let page = text(edited).await;
    assert!(page.contains("任一成立") && page.contains("name=\"leaf.r.1.0\""));
    assert!(page.contains("符合，判为观察中"), "37.6 is tried at once");
    form[0] = ("do", "try");
    form.retain(|(name, _)| !name.starts_with("f."));
    form.push(("f.today.temperature_tenths", "36.6"));
    let tried = text(district.post(OFFICER, &rule, &form).await).await;
    assert!(tried.contains("不符合，这条规则不起作用"));
    let kept = district.page(OFFICER, &rule).await;
    assert!(
        !kept.contains("任一成立") && field(&kept, "based_on") == based_on,
        "nothing was saved"
    );
}

#[tokio::test]
async fn faults_stand_at_their_place_and_touch_nobody() {
    let district = District::new().await;
    let draft = draft(&district).await;
    let rule = rule(&district, &draft).await;
    let page = district.page(OFFICER, &rule).await;
    let based_on = field(&page, "based_on").to_owned();
    let mut form = words(&based_on);
    form[0] = ("do", "json");
    form.push(("json", r#"{"<": [{"var": "no.such.fact"}, 3]}"#));
    let page = text(district.post(OFFICER, &rule, &form).await).await;
    assert!(page.contains("no.such.fact") && page.contains("class=\"error\""));
    form.retain(|(name, _)| *name != "json");
    form.push(("json", "{broken </textarea><script>alert(1)</script>"));
    let broken = district.post(OFFICER, &rule, &form).await;
    assert_eq!(broken.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(broken).await;
    assert!(
        page.contains("{broken &lt;/textarea&gt;&lt;script&gt;alert(1)"),
        "what was typed is still there"
    );
    assert!(!page.contains("<script>alert"));
}

#[tokio::test]
async fn what_was_typed_stays_text_and_a_stale_draft_loses_nothing() {
    let district = District::new().await;
    let draft = draft(&district).await;
    let rule = rule(&district, &draft).await;
    let page = district.page(OFFICER, &rule).await;
    let based_on = field(&page, "based_on").to_owned();
    let hostile = "</textarea><script>alert(1)</script>\"'><b>";
    let mut form = words(&based_on);
    for (name, value) in &mut form {
        if ["label_zh", "text_zh", "steps_zh"].contains(name) {
            *value = hostile;
        }
    }
    let saved = district.post(OFFICER, &rule, &form).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    for path in [rule.as_str(), draft.as_str()] {
        let page = district.page(OFFICER, path).await;
        assert!(
            page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"),
            "{path}"
        );
        assert!(!page.contains(" style="));
    }
    // Somebody else still has the revision from before.
    let mut late = words(&based_on);
    late.retain(|(name, _)| *name != "label_zh");
    late.push(("label_zh", "晚到的改动"));
    let stale = district.post(OFFICER, &rule, &late).await;
    assert_eq!(stale.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(stale).await;
    assert!(page.contains("刚被别人改过") && page.contains("晚到的改动"));
    assert!(
        district
            .page(OFFICER, &rule)
            .await
            .contains("&lt;script&gt;"),
        "the other's change holds"
    );
}

#[tokio::test]
async fn only_those_who_may_write_see_drafts_and_buttons() {
    let district = District::new().await;
    let draft = draft(&district).await;
    let viewer = Role::BureauViewer;
    let list = district.page(viewer, LIST).await;
    assert!(
        list.contains("复学健康判定基础规则")
            && !list.contains("南浔区补充规则")
            && !list.contains("新建草稿")
    );
    assert_eq!(
        district.get(viewer, &draft).await.status(),
        StatusCode::FORBIDDEN
    );
    for (path, form) in [
        (
            LIST,
            vec![("id", "other"), ("title_zh", "一"), ("title_en", "one")],
        ),
        (draft.as_str(), vec![("do", "save"), ("based_on", "1")]),
        (draft.as_str(), vec![("do", "submit"), ("based_on", "1")]),
        (
            "/bureau/330503/rules/1",
            vec![("do", "retire"), ("why", "because I can")],
        ),
    ] {
        assert_eq!(
            district.post(viewer, path, &form).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    // The district reads the country's rules and cannot write them.
    let base = district.page(ADMIN, "/bureau/330503/rules/1").await;
    assert!(base.contains("R-01") && !base.contains("存草稿") && !base.contains("停用…"));
    let rule = district.page(ADMIN, "/bureau/330503/rules/1/R-05").await;
    assert!(rule.contains("体温达到 38.0 ℃") && !rule.contains("name=\"condition\""));
    let tried = district
        .post(
            ADMIN,
            "/bureau/330503/rules/1/R-05",
            &[("do", "save"), ("based_on", "1")],
        )
        .await;
    assert_eq!(tried.status(), StatusCode::FORBIDDEN);
}

/// The page once its replay is over.
async fn replayed(district: &District, draft: &str) -> String {
    for _ in 0..5_000 {
        let page = district.page(OFFICER, draft).await;
        if page.contains("名学生会变色") {
            return page;
        }
        assert!(!page.contains("试算中断"), "the replay failed");
        tokio::task::yield_now().await;
    }
    panic!("the replay does not end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rulebook_lives_through_its_pages_with_two_people() {
    let district = District::new().await;
    let draft = draft(&district).await;
    rule(&district, &draft).await;
    let page = district.page(OFFICER, &draft).await;
    assert!(page.contains("检查全部通过"), "{page}");
    assert!(!page.contains("value=\"submit\""), "first the replay");
    let started = district.post(OFFICER, &draft, &[("do", "replay")]).await;
    assert_eq!(started.status(), StatusCode::SEE_OTHER);
    let page = replayed(&district, &draft).await;
    let based_on = field(&page, "based_on").to_owned();
    let submit = [("do", "submit"), ("based_on", based_on.as_str())];
    assert_eq!(
        district.post(OFFICER, &draft, &submit).await.status(),
        StatusCode::SEE_OTHER
    );

    let own = district.page(OFFICER, &draft).await;
    assert!(own.contains("待批准") && !own.contains("value=\"approve\""));
    let approve = [("do", "approve"), ("based_on", based_on.as_str())];
    let refused = district.post(OFFICER, &draft, &approve).await;
    assert_eq!(
        refused.status(),
        StatusCode::FORBIDDEN,
        "an officer approves nothing"
    );

    let second = district.page(ADMIN, &draft).await;
    assert!(second.contains("value=\"approve\"") && second.contains("value=\"return\""));
    let back = district
        .post(ADMIN, &draft, &[("do", "return"), ("note", "")])
        .await;
    assert_eq!(
        back.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "a reason is needed"
    );
    assert_eq!(
        district.post(ADMIN, &draft, &approve).await.status(),
        StatusCode::SEE_OTHER
    );

    let near = [("do", "schedule"), ("day", "2020-09-18"), ("open", "yes")];
    let near = district.post(ADMIN, &draft, &near).await;
    assert_eq!(near.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(near).await.contains("太近"));
    let page = district.page(ADMIN, &draft).await;
    let day = "2020-09-20";
    let earliest = format!("min=\"{day}\"");
    assert!(
        page.contains(&earliest),
        "48 hours of notice from Thursday morning"
    );
    let schedule = [("do", "schedule"), ("day", day), ("open", "no")];
    assert_eq!(
        district.post(ADMIN, &draft, &schedule).await.status(),
        StatusCode::SEE_OTHER
    );
    let page = district.page(ADMIN, &draft).await;
    assert!(page.contains("待生效") && page.contains("9月20日"));
    let public = text(anybody(&district, "/rules?region=330503").await).await;
    assert!(public.contains("南浔区补充规则") && public.contains("待生效"));
    let ask = district.page(ADMIN, &format!("{draft}?ask=cancel")).await;
    assert!(ask.contains("alertdialog"));
    assert_eq!(
        district
            .post(ADMIN, &draft, &[("do", "cancel")])
            .await
            .status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_rule_of_the_base_is_taken_out_and_put_back() {
    let district = District::new().await;
    let draft = draft(&district).await;
    let rule = rule(&district, &draft).await;
    let ask = district.page(OFFICER, &format!("{rule}?ask=delete")).await;
    assert!(ask.contains("value=\"delete-rule\""));
    let based_on = field(&ask, "based_on").to_owned();
    let form = [
        ("do", "delete-rule"),
        ("based_on", based_on.as_str()),
        ("rule", "Y-09"),
    ];
    assert_eq!(
        district.post(OFFICER, &draft, &form).await.status(),
        StatusCode::SEE_OTHER
    );
    assert!(!district.page(OFFICER, &draft).await.contains("本区低热"));
    let gone = district.get(OFFICER, &rule).await;
    assert_eq!(location(&gone), draft);
}

#[tokio::test]
async fn stricter_values_and_new_parameters_are_saved_and_bad_ones_come_back() {
    let district = District::new().await;
    let draft = draft(&district).await;
    let page = district.page(OFFICER, &draft).await;
    let based_on = field(&page, "based_on").to_owned();
    let title = [("title_zh", "南浔区补充规则"), ("title_en", "Additions")];
    let bad = [
        &title[..],
        &[
            ("do", "save"),
            ("based_on", &based_on),
            ("m.cn-base.fever_tenths", "warm"),
        ],
    ]
    .concat();
    let refused = district.post(OFFICER, &draft, &bad).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(refused).await.contains("value=\"warm\""));
    let good = [
        &title[..],
        &[
            ("do", "save"),
            ("based_on", &based_on),
            ("m.cn-base.fever_tenths", "37.2"),
        ],
    ]
    .concat();
    assert_eq!(
        district.post(OFFICER, &draft, &good).await.status(),
        StatusCode::SEE_OTHER
    );
    let page = district.page(OFFICER, &draft).await;
    assert!(page.contains("value=\"37.2\""));
    let based_on = field(&page, "based_on").to_owned();
    let parameter = [
        ("do", "add-parameter"),
        ("based_on", based_on.as_str()),
        ("new_name", "local_days"),
        ("new_value", "5"),
        ("new_zh", "本区观察天数"),
        ("new_en", "Days of observing here"),
        ("new_stricter", "higher"),
    ];
    assert_eq!(
        district.post(OFFICER, &draft, &parameter).await.status(),
        StatusCode::SEE_OTHER
    );
    let page = district.page(OFFICER, &draft).await;
    assert!(page.contains("name=\"p.local_days\""));
}
