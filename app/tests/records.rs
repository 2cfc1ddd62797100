//! What officers, schools, teachers, families and the public can rely on about records, areas and clearances.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::body::Body;
use common::{District, field, text};
use domain::access::Role;
use http::{Request, Response, StatusCode};
use tower::ServiceExt as _;

const OFFICER: Role = Role::HealthOfficer;
const RECORDS: &str = "/bureau/330503/records";
const AREAS: &str = "/bureau/330503/areas";

async fn public(district: &District, path: &str, lang: &str) -> Response<Body> {
    let request = Request::get(path)
        .header("accept-language", lang)
        .body(Body::empty())
        .unwrap();
    district.router.clone().oneshot(request).await.unwrap()
}

fn location(response: &Response<Body>) -> &str {
    response.headers()["location"].to_str().unwrap()
}

/// Uploads a list as the officer.
async fn upload(district: &District, path: &str, authority: &str, list: &str) -> Response<Body> {
    let form = [("authority", authority), ("kind", "")];
    district
        .upload(OFFICER, path, &form, "名单.csv", list)
        .await
}

#[tokio::test]
async fn everybody_reads_the_areas_and_sources_in_both_languages() {
    let district = District::new().await;
    for (path, zh, en) in [
        ("/risk-areas", "高风险", "High risk"),
        ("/sources", "南浔区疾控中心", "Last update"),
    ] {
        let page = public(&district, path, "zh").await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(text(page).await.contains(zh), "{path}");
        assert!(
            text(public(&district, path, "en").await).await.contains(en),
            "{path}"
        );
    }
    let none = text(public(&district, "/risk-areas?q=%E6%B2%A1%E6%9C%89", "zh").await).await;
    assert!(none.contains("没有这样的风险地区"));
    assert!(
        text(public(&district, "/signin", "zh").await)
            .await
            .contains("/risk-areas")
    );
}

#[tokio::test]
async fn a_list_is_previewed_applied_and_then_changes_nothing() {
    let district = District::new().await;
    let list = "手机,类型,日期\n19999999999,密接,2020-01-01\n19,密接,2020-01-01\n";
    let refused = upload(&district, &format!("{RECORDS}/import"), "", list).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(refused).await.contains("请填写发布单位"));
    let refused = upload(
        &district,
        &format!("{RECORDS}/import"),
        "某疾控",
        "甲,乙\n1,2\n",
    )
    .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(refused).await;
    assert!(
        page.contains("找不到这些列") && page.contains("value=\"某疾控\""),
        "{page}"
    );

    let sent = upload(&district, &format!("{RECORDS}/import"), "某疾控", list).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let preview = location(&sent).to_owned();
    let page = district.page(OFFICER, &preview).await;
    assert!(
        page.contains("没有新的记录") && page.contains("有错误"),
        "{page}"
    );
    let faults = district
        .page(OFFICER, &format!("{preview}?part=faulty"))
        .await;
    assert!(faults.contains("不是11位手机号"));
    let gone = district
        .post(OFFICER, &preview, &[("action", "cancel")])
        .await;
    assert_eq!(gone.status(), StatusCode::SEE_OTHER);
    let expired = district.get(OFFICER, &preview).await;
    assert_eq!(expired.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_form_for_one_record_keeps_what_was_typed() {
    let district = District::new().await;
    let path = format!("{RECORDS}/new");
    let fields = [
        ("kind", "stay"),
        ("number", "19999999999"),
        ("place", "朝阳区"),
        ("arrived", "2020-01-05"),
        ("left", "2020-01-01"),
        ("authority", "某疾控"),
    ];
    let refused = district.post(OFFICER, &path, &fields).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(refused).await;
    for typed in ["19999999999", "朝阳区", "2020-01-05", "某疾控"] {
        assert!(page.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    assert!(page.contains("离开在到达之前") && page.contains("有几个地区符合"));
    let fields = [
        ("kind", "close_contact"),
        ("number", "19999999999"),
        ("date", "2020-01-05"),
        ("authority", "某疾控"),
    ];
    let unknown = district.post(OFFICER, &path, &fields).await;
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(unknown).await.contains("本地区的名册里没有这个号码"));
}

#[tokio::test]
async fn a_record_is_withdrawn_only_after_it_was_asked_twice_and_with_a_reason() {
    let district = District::new().await;
    let page = district.page(OFFICER, RECORDS).await;
    let (_, rest) = page.split_once("?withdraw=").expect("a record to withdraw");
    let record = rest.split('"').next().unwrap();
    let asked = district
        .page(OFFICER, &format!("{RECORDS}?withdraw={record}"))
        .await;
    assert!(asked.contains("撤回这条记录？"));
    let fields = [("do", "withdraw"), ("record", record), ("reason", "")];
    let refused = district.post(OFFICER, RECORDS, &fields).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        ("do", "withdraw"),
        ("record", record),
        ("reason", "录错了人"),
    ];
    let done = district.post(OFFICER, RECORDS, &fields).await;
    assert_eq!(location(&done), format!("{RECORDS}?done=withdrawn"));
    let page = district.page(OFFICER, location(&done)).await;
    assert!(page.contains("录错了人"));
}

#[tokio::test]
async fn a_search_asks_for_an_exact_number_and_a_reason() {
    let district = District::new().await;
    let search = async |number: &str, why: &str| {
        let fields = [("do", "search"), ("number", number), ("why", why)];
        let answer = district.post(OFFICER, RECORDS, &fields).await;
        (answer.status(), text(answer).await)
    };
    let (status, page) = search("张三", "核对名单").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"张三\"") && page.contains("要完全一致"));
    let (status, page) = search("19999999999", "核对名单").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("没有这个号码"));
}

#[tokio::test]
async fn an_area_is_declared_changed_and_withdrawn() {
    let district = District::new().await;
    let today = district.services.clock.now();
    let today = domain::Zone::SHANGHAI.day_of(today).to_string();
    let declare = async |place: &str, code: &str| {
        let fields = [
            ("place", place),
            ("place_code", code),
            ("level", "medium"),
            ("from", today.as_str()),
            ("look_back", "14"),
            ("authority", "某疾控"),
        ];
        district.post(OFFICER, AREAS, &fields).await
    };
    let several = declare("朝阳区", "").await;
    assert_eq!(several.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(several).await.contains("name=\"place_code\""));
    let done = declare("朝阳区", "110105").await;
    assert_eq!(location(&done), format!("{AREAS}?done=declared"));
    let page = district.page(OFFICER, &format!("{AREAS}?q=110105")).await;
    assert!(page.contains("北京市朝阳区") && page.contains("重新判定"));
    let (_, rest) = page.split_once("?change=").unwrap();
    let area = rest.split('"').next().unwrap();
    let form = district
        .page(OFFICER, &format!("{AREAS}?change={area}"))
        .await;
    assert_eq!(field(&form, "area"), area);
    let fields = [
        ("area", area),
        ("level", "medium"),
        ("from", today.as_str()),
        ("to", "2020-01-01"),
        ("look_back", "14"),
        ("authority", "某疾控"),
    ];
    let refused = district.post(OFFICER, AREAS, &fields).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("do", "withdraw"), ("area", area), ("reason", "宣布错了")];
    let done = district.post(OFFICER, AREAS, &fields).await;
    assert_eq!(location(&done), format!("{AREAS}?done=withdrawn"));

    let list = format!("地区,风险等级,起始日期\n110105,高,{today}\n某地,高,{today}\n");
    let sent = upload(&district, &format!("{AREAS}/import"), "某疾控", &list).await;
    let preview = location(&sent).to_owned();
    let page = district.page(OFFICER, &preview).await;
    assert!(page.contains("将新增 1 个") && page.contains("找不到这个地区"));
    let mark = field(&page, "mark").to_owned();
    let fields = [("action", "apply"), ("mark", mark.as_str())];
    let done = district.post(OFFICER, &preview, &fields).await;
    assert_eq!(location(&done), format!("{AREAS}?done=imported"));
}

#[tokio::test]
async fn the_demo_shows_work_in_every_inbox() {
    let district = District::new().await;
    let own = district.inside("/school/{school}/clearances", Role::SchoolAdmin);
    let page = district.page(Role::SchoolAdmin, &own).await;
    let clearance = field(&page, "clearance").to_owned();
    let fields = [("do", "accept"), ("clearance", &clearance), ("note", "")];
    let refused = district.post(Role::SchoolAdmin, &own, &fields).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        ("do", "accept"),
        ("clearance", &clearance),
        ("note", "已看过原件"),
    ];
    let done = district.post(Role::SchoolAdmin, &own, &fields).await;
    assert_eq!(location(&done), format!("{own}?done=accepted"));
    let settled = district
        .page(Role::SchoolAdmin, &format!("{own}?show=settled"))
        .await;
    assert!(settled.contains("已看过原件"));

    let red = district.page(OFFICER, "/bureau/330503/clearances").await;
    assert!(red.contains("name=\"clearance\""));
    let own = "/bureau/330503/discrepancies";
    let page = district.page(OFFICER, own).await;
    let record = field(&page, "record").to_owned();
    let fields = [("record", record.as_str()), ("note", "家长已说明")];
    let refused = district.post(OFFICER, own, &fields).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(refused).await;
    assert!(page.contains("请选择核对的结果") && page.contains("value=\"家长已说明\""));
    let fields = [
        ("record", record.as_str()),
        ("finding", "both_right"),
        ("note", "家长已说明"),
    ];
    let done = district.post(OFFICER, own, &fields).await;
    assert_eq!(location(&done), format!("{own}?done=settled"));
}

#[tokio::test]
async fn a_family_without_a_running_isolation_is_told_so() {
    let district = District::new().await;
    let child = district.child;
    let page = district
        .page(Role::Guardian, &format!("/child/{child}/clearance"))
        .await;
    assert!(page.contains("现在没有可以用证明解除的"));
}

#[tokio::test]
async fn several_days_off_are_entered_at_once() {
    let district = District::new().await;
    let own = district.inside("/school/{school}/settings", Role::SchoolAdmin);
    let today = domain::Zone::SHANGHAI.day_of(district.services.clock.now());
    let (first, last) = (today.plus(20).to_string(), today.plus(29).to_string());
    let fields = [
        ("action", "day"),
        ("day", first.as_str()),
        ("last", last.as_str()),
        ("what", "none"),
    ];
    let saved = district.post(Role::SchoolAdmin, &own, &fields).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let page = district.page(Role::SchoolAdmin, &own).await;
    assert!(
        page.matches("放假</small>").count() >= 6,
        "ten days have at least six of the week"
    );
    let fields = [
        ("action", "day"),
        ("day", last.as_str()),
        ("last", first.as_str()),
        ("what", "none"),
    ];
    let refused = district.post(Role::SchoolAdmin, &own, &fields).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(refused).await.contains(&format!("value=\"{last}\"")));
}
