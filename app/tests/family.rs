//! What a family can rely on: one click is a report, nothing typed is lost, and a proxy report can be contested.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use common::{District, field, text};
use domain::access::Role::{Guardian, Teacher};
use http::StatusCode;

#[tokio::test]
async fn one_click_is_a_report_and_the_same_click_again_is_the_same_report() {
    let district = District::new().await;
    let report = district.inside("/child/{person}/report", Guardian);
    let days = district.inside("/child/{person}/days", Guardian);
    let page = district.page(Guardian, "/family").await;
    assert!(page.contains("今天待报"), "{page}");
    let form = [
        ("kind", "all_well"),
        ("submission", field(&page, "submission")),
        ("day", field(&page, "day")),
        ("based_on", field(&page, "based_on")),
    ];
    for _ in 0..2 {
        let sent = district.post(Guardian, &report, &form).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let to = sent.headers()["location"].to_str().unwrap().to_owned();
        let code = district.page(Guardian, &to).await;
        assert!(code.contains("可返校") && code.contains("<svg"), "{code}");
    }
    let page = district.page(Guardian, &days).await;
    let today = page.split("9月16日").next().unwrap();
    assert_eq!(today.matches("现在按这份").count(), 1, "{today}");
}

#[tokio::test]
async fn a_wrong_answer_is_named_in_place_and_nothing_typed_is_lost() {
    let district = District::new().await;
    let report = district.inside("/child/{person}/report", Guardian);
    let page = district.page(Guardian, &report).await;
    let form = [
        ("act", "send"),
        ("submission", field(&page, "submission")),
        ("day", field(&page, "day")),
        ("based_on", field(&page, "based_on")),
        ("temperature", "99"),
        ("symptom", "1"),
        ("note", "\"><script>alert(1)</script>"),
    ];
    let again = district.post(Guardian, &report, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = text(again).await;
    assert!(again.contains("34.0"), "the range is named");
    assert!(again.contains("value=\"99\""), "what was typed is there");
    assert!(again.contains("alert(1)") && !again.contains("<script>alert"));
    assert_eq!(
        field(&again, "submission"),
        field(&page, "submission"),
        "still the same report"
    );
}

#[tokio::test]
async fn a_form_that_is_torn_or_strange_is_refused_in_words() {
    let district = District::new().await;
    let report = district.inside("/child/{person}/report", Guardian);
    for form in [
        &[][..],
        &[("kind", "all_well")],
        &[
            ("kind", "all_well"),
            ("submission", "xyz"),
            ("day", "2020-09-17"),
            ("based_on", "0"),
        ],
        &[("act", "remove-stay-99999")],
        &[("act", "no-such-act"), ("temperature", "36.5")],
    ] {
        let answer = district.post(Guardian, &report, form).await;
        let status = answer.status();
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::OK,
            "{form:?}: {status}"
        );
        assert!(text(answer).await.contains("<main"), "{form:?}");
    }
}

#[tokio::test]
async fn a_proxy_report_is_marked_and_can_be_contested_once() {
    let district = District::new().await;
    let class = district.inside("/class/{class}", Teacher);
    let child = district.child.to_string();
    let proxy = format!("{class}/proxy/{child}");
    let page = district.page(Teacher, &proxy).await;
    let form = [
        ("learned", "call"),
        ("how", "detail"),
        ("temperature", "37.5"),
        ("day", "2020-09-17"),
        ("base-2020-09-17", "0"),
        ("submission", field(&page, "submission")),
    ];
    let sent = district.post(Teacher, &proxy, &form).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);

    let days = format!("/child/{child}/days");
    let page = district.page(Guardian, &days).await;
    assert!(page.contains("代报"), "{page}");
    let (_, rest) = page.split_once("/contest/").expect("a link to object");
    let report = rest.split('"').next().unwrap().to_owned();
    let contest = format!("/child/{child}/contest/{report}");
    assert!(district.page(Guardian, &contest).await.contains("37.5"));

    let empty = district.post(Guardian, &contest, &[("words", "")]).await;
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        let words = [("words", "没有人打过电话")];
        let sent = district.post(Guardian, &contest, &words).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER, "twice is once");
    }
    let page = district.page(Guardian, &days).await;
    assert!(page.contains("没有人打过电话") && page.contains("等老师答复"));
    assert!(!page.contains("/contest/"));

    let inbox = format!("{class}/inbox");
    assert!(
        district
            .page(Teacher, &inbox)
            .await
            .contains("没有人打过电话")
    );
    let answer = |note, decision| {
        [
            ("report", report.as_str()),
            ("note", note),
            ("decision", decision),
        ]
    };
    let without = district.post(Teacher, &inbox, &answer("", "strike")).await;
    assert_eq!(without.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let done = answer("打错电话了，抱歉", "strike");
    let done = district.post(Teacher, &inbox, &done).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);

    let page = district.page(Guardian, &days).await;
    assert!(page.contains("异议后已撤下") && page.contains("打错电话了，抱歉"));
    assert!(
        district
            .page(Guardian, "/family")
            .await
            .contains("今天待报")
    );
    let log = district
        .page(Guardian, &format!("/child/{child}/log"))
        .await;
    assert!(log.contains("报告撤下"), "{log}");
}

#[tokio::test]
async fn a_report_of_another_child_or_of_ones_own_hand_cannot_be_contested() {
    let district = District::new().await;
    let child = district.child.to_string();
    let page = district
        .page(Guardian, &format!("/child/{child}/days"))
        .await;
    assert!(!page.contains("/contest/"), "all were the family's own");
    for report in ["1", "0", "999999999999"] {
        let contest = format!("/child/{child}/contest/{report}");
        assert_eq!(
            district.get(Guardian, &contest).await.status(),
            StatusCode::NOT_FOUND
        );
        let words = [("words", "这不是我家的")];
        let answer = district.post(Guardian, &contest, &words).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{report}");
    }
}
