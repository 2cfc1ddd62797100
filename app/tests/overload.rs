//! Where too many ask at once, a family loses nothing that it typed, and its report counts once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use common::{District, field, text};
use domain::access::Role::Guardian;
use domain::ids::PersonId;
use domain::report::{Answers, Channel};
use http::StatusCode;
use services::intake::Submission;
use services::{Actor, Error};
use std::sync::Arc;
use std::time::Duration;
use store::ReportRow;
use tokio::task::JoinSet;

/// Fills the queue with reports about nobody, while somebody else has the writer.
async fn crowd(district: &District) {
    let services = &district.services;
    let day = "2020-09-17".parse().unwrap();
    let mut sent = JoinSet::new();
    let (mut next, mut refused) = (0_u32, 0);
    while refused < 3 {
        next += 1;
        let submission = Submission {
            person: PersonId(i64::MAX - i64::from(next)),
            day,
            id: u128::from(next).to_be_bytes(),
            based_on: 0,
            answers: Answers::all_well(),
            channel: Channel::Web,
        };
        let services = Arc::clone(services);
        sent.spawn(async move { services.report(&Actor::job(), submission).await });
        tokio::task::yield_now().await;
        if let Some(answer) = sent.try_join_next() {
            assert!(matches!(answer.unwrap(), Err(Error::Overloaded)));
            refused += 1;
            // What is gathered into a batch makes room once more.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    sent.detach_all();
}

/// The form that a page has: its address, and what its button sends.
fn form_of(page: &str) -> (String, Vec<(String, String)>) {
    let main = page.split_once("<main").unwrap().1;
    let form = main
        .split_once("<form method=\"post\" action=\"")
        .unwrap()
        .1;
    let (form, _) = form.split_once("</form>").unwrap();
    let (action, inside) = form.split_once('"').unwrap();
    let plain = |text: &str| {
        let quotes = text.replace("&quot;", "\"").replace("&#x27;", "'");
        let angles = quotes.replace("&lt;", "<").replace("&gt;", ">");
        angles.replace("&amp;", "&")
    };
    let fields = inside.split("<input ").skip(1).map(|input| {
        let attribute = |name: &str| {
            let (_, rest) = input.split_once(&format!("{name}=\"")).unwrap();
            plain(rest.split('"').next().unwrap())
        };
        assert_eq!(attribute("type"), "hidden");
        (attribute("name"), attribute("value"))
    });
    assert_eq!(inside.matches("<button").count(), 1, "{inside}");
    (plain(action), fields.collect())
}

fn borrowed(form: &[(String, String)]) -> Vec<(&str, &str)> {
    let pairs = form.iter();
    pairs.map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

/// Whoever sends this form gets it back as a page, with everything that they typed.
async fn sent_in_vain(district: &District, path: &str, form: &[(&str, &str)]) {
    let busy = district.post(Guardian, path, form).await;
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(busy.headers()["retry-after"], "3");
    assert_eq!(busy.headers()["cache-control"], "no-store");
    let page = text(busy).await;
    assert!(page.contains("再交一次"), "{page}");
    assert!(!page.contains("<script"));
    // No other way on: a form that is filled in anew would be another one.
    assert!(!page.contains("href=\"/\"") && page.matches("<form").count() == 1);
    let (action, again) = form_of(&page);
    assert_eq!(action, path);
    assert_eq!(borrowed(&again), form, "in its order, and nothing else");
}

/// Sends a form as often as nobody has time for it, and once more; gives the reports of the day.
async fn sent_again(district: &District, path: &str, form: &[(&str, &str)]) -> Vec<ReportRow> {
    let mut taken = 0;
    while taken < 2 {
        let sent = district.post(Guardian, path, form).await;
        if sent.status() == StatusCode::SERVICE_UNAVAILABLE {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        taken += 1;
    }
    let mut tx = district.services.store.read().await.unwrap();
    let day = "2020-09-17".parse().unwrap();
    tx.reports_of(district.child, day, day).await.unwrap()
}

#[tokio::test]
async fn one_click_that_still_waits_is_no_second_report_when_its_page_sends_it_again() {
    let district = Arc::new(District::new().await);
    let path = district.inside("/child/{person}/report", Guardian);
    let page = district.page(Guardian, "/family").await;
    let form: Vec<(String, String)> = ["submission", "day", "based_on"]
        .map(|name| (name.to_owned(), field(&page, name).to_owned()))
        .into_iter()
        .chain([("kind".to_owned(), "all_well".to_owned())])
        .collect();
    let writer = district.services.store.write().await.unwrap();
    let (family, way, same) = (Arc::clone(&district), path.clone(), form.clone());
    let earlier = tokio::spawn(async move {
        let sent = family.post(Guardian, &way, &borrowed(&same)).await;
        sent.status()
    });
    crowd(&district).await;
    assert!(!earlier.is_finished(), "it waits");
    sent_in_vain(&district, &path, &borrowed(&form)).await;
    drop(writer);
    assert_eq!(earlier.await.unwrap(), StatusCode::SEE_OTHER);
    let rows = sent_again(&district, &path, &borrowed(&form)).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((rows[0].revision, rows[0].stale), (1, false));
}

#[tokio::test]
async fn a_full_form_is_on_the_page_with_all_that_was_typed() {
    let district = District::new().await;
    let path = district.inside("/child/{person}/report", Guardian);
    let page = district.page(Guardian, &path).await;
    let form = [
        ("submission", field(&page, "submission")),
        ("day", field(&page, "day")),
        ("based_on", field(&page, "based_on")),
        ("temperature", "36.6"),
        ("symptom", "1"),
        ("symptom", "2"),
        ("since", "today"),
        ("note", "\"><script>alert('&amp;')</script> 昨晚咳嗽"),
        ("act", "send"),
    ];
    let writer = district.services.store.write().await.unwrap();
    crowd(&district).await;
    sent_in_vain(&district, &path, &form).await;
    drop(writer);
    let rows = sent_again(&district, &path, &form).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let days = district.inside("/child/{person}/days", Guardian);
    let days = district.page(Guardian, &days).await;
    assert!(days.contains("36.6") && days.contains("昨晚咳嗽"), "{days}");
}

#[tokio::test]
async fn a_form_larger_than_any_of_ours_does_not_come_back() {
    let district = District::new().await;
    let path = district.inside("/child/{person}/report", Guardian);
    let page = district.page(Guardian, "/family").await;
    let form = [
        ("kind", "all_well"),
        ("submission", field(&page, "submission")),
        ("day", field(&page, "day")),
        ("based_on", field(&page, "based_on")),
    ];
    let mut large = form.to_vec();
    large.resize(1_001, ("x", ""));
    let _writer = district.services.store.write().await.unwrap();
    crowd(&district).await;
    let busy = district.post(Guardian, &path, &large).await;
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    let page = text(busy).await;
    assert!(page.contains("回到首页") && !page.contains("再交一次"));
}
