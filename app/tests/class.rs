//! What a teacher can rely on: numbers that add up, forms that keep what was typed, and settling things once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::body::Body;
use common::{District, field, text};
use domain::access::Role::{self, Teacher};
use http::{Response, StatusCode};

fn number_in(json: &str, name: &str) -> i64 {
    let numbers: serde_json::Value = serde_json::from_str(json).unwrap();
    numbers[name]
        .as_i64()
        .unwrap_or_else(|| panic!("{name} in {json}"))
}

#[tokio::test]
async fn the_numbers_of_a_class_add_up_and_move_with_a_proxy_report() {
    let district = District::new().await;
    let class = district.inside("/class/{class}", Teacher);
    let counts = format!("{class}/counts");
    let before = district.page(Teacher, &counts).await;
    let of = |name| number_in(&before, name);
    assert_eq!(
        of("green") + of("yellow") + of("red") + of("grey"),
        of("total")
    );
    assert!(of("grey") > 0, "a morning in progress");

    let page = district.page(Teacher, &class).await;
    let (_, rest) = page.split_once(&format!("{class}/proxy/")).unwrap();
    let proxy = format!("{class}/proxy/{}", rest.split('"').next().unwrap());
    let page = district.page(Teacher, &proxy).await;
    let submission = field(&page, "submission").to_owned();
    let base = field(&page, "base-2020-09-17").to_owned();
    let form = |learned| {
        [
            ("learned", learned),
            ("how", "well"),
            ("day", "2020-09-17"),
            ("base-2020-09-17", base.as_str()),
            ("note", "妈妈在电话里说的"),
            ("submission", submission.as_str()),
        ]
    };
    let again = district.post(Teacher, &proxy, &form("")).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = text(again).await;
    assert!(again.contains("请选择怎么得知的") && again.contains("妈妈在电话里说的"));

    let sent = district.post(Teacher, &proxy, &form("call")).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let after = district.page(Teacher, &counts).await;
    assert_eq!(number_in(&after, "proxy"), of("proxy") + 1);
    assert_eq!(number_in(&after, "grey"), of("grey") - 1);
}

#[tokio::test]
async fn paper_forms_are_entered_for_those_ticked_and_for_nobody_else() {
    let district = District::new().await;
    let class = district.inside("/class/{class}", Teacher);
    let paper = format!("{class}/paper");
    let page = district.page(Teacher, &paper).await;
    let people: Vec<String> = page
        .split("name=\"paper-")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(people.len() > 2);
    let mut form = vec![("day".to_owned(), field(&page, "day").to_owned())];
    for person in &people {
        for name in ["submission", "base"] {
            let name = format!("{name}-{person}");
            let value = field(&page, &name).to_owned();
            form.push((name, value));
        }
    }
    let [first, second] = [&people[0], &people[1]];
    form.push((format!("paper-{first}"), "yes".into()));
    form.push((format!("temperature-{first}"), "365".into()));
    form.push((format!("paper-{second}"), "yes".into()));
    form.push((format!("temperature-{second}"), "50".into()));
    let send = async |form: Vec<(String, String)>| {
        let form: Vec<_> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        district.post(Teacher, &paper, &form).await
    };

    let again = send(form.clone()).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = text(again).await;
    assert!(again.contains("value=\"50\""), "what was typed is there");

    let last = form.len() - 1;
    form[last].1 = "36.6".into();
    let temperature = form
        .iter()
        .position(|(n, _)| *n == format!("temperature-{first}"));
    form[temperature.unwrap()].1 = "36.5".into();
    let sent = send(form).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let counts = district.page(Teacher, &format!("{class}/counts")).await;
    assert_eq!(
        number_in(&counts, "grey"),
        i64::try_from(people.len()).unwrap() - 2
    );
}

/// Sends a filled-in table as the teacher, with what stands beside it in the form.
async fn send_table(
    district: &District,
    path: &str,
    fields: &[(&str, &str)],
    file: &str,
) -> Response<Body> {
    district
        .upload(Teacher, path, fields, "纸面.csv", file)
        .await
}

#[tokio::test]
async fn paper_forms_come_from_a_table_and_faulty_rows_are_named() {
    let district = District::new().await;
    let class = district.inside("/class/{class}", Teacher);
    let paper = district.page(Teacher, &format!("{class}/paper")).await;
    let path = format!("{class}/paper/table");
    assert!(paper.contains(&format!("href=\"{path}\"")), "{paper}");
    let page = district.page(Teacher, &path).await;
    let download = format!("{path}.xlsx");
    assert!(page.contains(&format!("href=\"{download}\"")), "{page}");
    let file = district.get(Teacher, &download).await;
    assert_eq!(file.status(), StatusCode::OK);
    let kind = file.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.contains("spreadsheetml"), "{kind}");
    for role in [Role::Guardian, Role::Guard, Role::BureauAdmin] {
        for path in [&path, &download] {
            let refused = district.get(role, path).await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{role} {path}");
        }
    }

    // Nobody can be entered on paper alone whose family consents, so the names on the paper page will do.
    let names: Vec<&str> = paper
        .split("<label class=\"choice\">")
        .skip(1)
        .filter_map(|row| row.split_once("<span class=\"vh\">"))
        .filter_map(|(_, rest)| rest.split_once(" 有签字纸面"))
        .map(|(name, _)| name)
        .collect();
    let [first, second] = [names[0], names[1]];
    let day = "2020-09-17";
    let table = |temperature| {
        format!(
            "姓名,有签字纸面,体温,不舒服\n{first},有,36.5\n{second},有,{temperature}\n没有这人,,\n"
        )
    };
    let fields = [("day", day), ("signed", "yes")];

    let grey = async || {
        let counts = district.page(Teacher, &format!("{class}/counts")).await;
        number_in(&counts, "grey")
    };
    let before = grey().await;
    let unsigned = send_table(&district, &path, &fields[..1], &table("36.5")).await;
    assert_eq!(unsigned.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(unsigned).await.contains("请确认手里有"));
    let empty = send_table(&district, &path, &fields, "").await;
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(empty).await.contains("请先选择文件"));
    let strange = send_table(&district, &path, &fields, "姓名,体温\n甲,36.5\n").await;
    assert_eq!(strange.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        text(strange)
            .await
            .contains("找不到这些列：有签字纸面、不舒服")
    );
    assert_eq!(grey().await, before, "nothing was entered");

    let again = send_table(&district, &path, &fields, &table("365")).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let again = text(again).await;
    assert!(again.contains("收下 1 份，1 行没有填，跳过了。"), "{again}");
    assert!(again.contains("请填 34.0 到 43.0 之间的体温"), "{again}");
    assert!(again.contains("改好这些行，把整张表再传一次"), "{again}");
    let unread = table("365")
        .replace(",体温", ",值日,体温")
        .replace("有,", "有,窗边,");
    let unread = text(send_table(&district, &path, &fields, &unread).await).await;
    assert!(unread.contains("没有读这些列：值日"), "{unread}");

    // Of another day than the one that is chosen, and too late.
    let late = [("day", "2020-09-16"), ("signed", "yes")];
    let dated = format!("三(1)班 {day}\n{}", table("36.6"));
    let other = send_table(&district, &path, &late, &dated).await;
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let other = text(other).await;
    assert!(other.contains("请选 9月17日 周四，再传一次。"), "{other}");
    let chosen = other.split("value=\"2020-09-16\"").nth(1).unwrap();
    assert!(
        chosen.split('>').next().unwrap().contains("checked"),
        "{other}"
    );
    let old = [("day", "2020-01-01"), ("signed", "yes")];
    let old = text(send_table(&district, &path, &old, &table("36.6")).await).await;
    assert!(old.contains("这一天已经不能补报。"), "{old}");
    let said = district
        .page(Teacher, &format!("{path}?taken=2&day=2020-09-16"))
        .await;
    assert!(said.contains("9月16日 周三：收下 2 份。"), "{said}");

    let done = send_table(&district, &path, &fields, &table("36.6")).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let location = done.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("{path}?taken=1&known=1&skipped=1"));
    let page = district.page(Teacher, location).await;
    assert!(page.contains("收下 1 份，1 份以前就收下了，1 行没有填，跳过了。"));
    assert_eq!(grey().await, before - 2);
}

#[tokio::test]
async fn a_correction_is_settled_once_and_with_words() {
    let district = District::new().await;
    let inbox = district.inside("/class/{class}/inbox", Teacher);
    let page = district.page(Teacher, &inbox).await;
    let report = field(&page, "report").to_owned();
    let form = |note, decision| {
        [
            ("report", report.as_str()),
            ("note", note),
            ("decision", decision),
        ]
    };
    let short = district.post(Teacher, &inbox, &form("好", "confirm")).await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        text(short).await.contains("好</textarea>"),
        "what was typed is there"
    );
    let strange = form("和妈妈通了电话", "burn");
    let strange = district.post(Teacher, &inbox, &strange).await;
    assert_eq!(strange.status(), StatusCode::UNPROCESSABLE_ENTITY);

    let done = form("和妈妈通了电话", "confirm");
    let first = district.post(Teacher, &inbox, &done).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let second = district.post(Teacher, &inbox, &done).await;
    assert_eq!(second.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = district.page(Teacher, &inbox).await;
    assert!(page.contains("没有要确认的更正"), "{page}");
}

#[tokio::test]
async fn a_class_can_be_searched_and_printed_and_exported() {
    let district = District::new().await;
    let class = district.inside("/class/{class}", Teacher);
    let found = district.page(Teacher, &format!("{class}?q=胡亦辰")).await;
    assert!(found.contains("胡亦辰"));
    let list = district.page(Teacher, &format!("{class}/list")).await;
    assert!(list.contains("胡亦辰"));
    let file = district.get(Teacher, &format!("{class}/export.xlsx")).await;
    assert_eq!(file.status(), StatusCode::OK);
    let kind = file.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.contains("spreadsheetml"), "{kind}");
    for role in [Role::Guardian, Role::Guard, Role::BureauAdmin] {
        let refused = district.get(role, &format!("{class}/export.xlsx")).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{role}");
    }
}
