#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use serde_json::{Value as Json, json};

fn shipped() -> Json {
    serde_json::from_str(SHIPPED).unwrap()
}

#[test]
fn the_shipped_pack_is_read_and_written_alike() {
    let book = Rulebook::parse(SHIPPED).unwrap();
    assert_eq!(
        (book.id(), book.version().to_string().as_str()),
        ("cn-base", "1.0.0")
    );
    assert_eq!(book.number("fever_tenths"), Some(373));
    assert_eq!(book.policy(), Policy::Pause);
    assert_eq!(serde_json::to_value(book.document()).unwrap(), shipped());
}

#[test]
fn days_with_plain_answers_need_no_evaluation() {
    let book = Rulebook::parse(SHIPPED).unwrap();
    let measured = |tenths| Answers {
        temperature: Temperature::Tenths(tenths),
        ..Answers::all_well()
    };
    assert!(book.is_plain(&Answers::all_well()) && book.is_plain_unreported() && !book.mixes());
    assert!(book.is_plain(&measured(340)) && book.is_plain(&measured(372)));
    assert!(!book.is_plain(&Answers::paper_refused()));
    for tenths in [0, 339, 373, 380, 430, 431, u16::MAX] {
        assert!(!book.is_plain(&measured(tenths)), "{tenths}");
    }
}

#[test]
fn a_book_joins_the_facts_that_one_isolation_rule_asks_for_together() {
    let contact = fact_set([Fact::ContactClose]);
    let case = fact_set([Fact::CaseOfficial]);
    assert!(!Rulebook::parse(SHIPPED).unwrap().joins(contact));
    let mut document = shipped();
    document["rules"][0]["condition"] = json!({"and": [
        {"<": [{"var": "case.official.days_since"}, 9999]}, {"<": [{"var": "contact.close.days_since_last"}, 9]},
    ]});
    let book = Rulebook::compile(serde_json::from_value(document).unwrap()).unwrap();
    assert!(book.joins(contact) && book.joins(case));
    assert!(!book.joins(contact | case));
    assert!(!book.joins(fact_set([Fact::StayHigh])));
}

#[test]
fn a_faulty_rulebook_names_the_rule_and_the_place() {
    type Change = fn(&mut Json);
    let table: [(Change, &str); 14] = [
        (
            |j| j["id"] = json!("CN Base"),
            r#"at "/id": not a usable name: "CN Base""#,
        ),
        (
            |j| j["title"]["en"] = json!(" "),
            r#"at "/title": a text is missing"#,
        ),
        (
            |j| j["version"] = json!("1.0"),
            "not a version of the form 1.0.0",
        ),
        (|j| j["effective_from"] = json!("soon"), "not a date"),
        (|j| j["colour"] = json!("red"), "there is no field “colour”"),
        (
            |j| j["parameters"][1]["name"] = json!("fever_tenths"),
            r#"at "/parameters/1/name": used twice"#,
        ),
        (
            |j| j["parameters"][0]["value"] = json!("pause"),
            "of the wrong kind",
        ),
        (
            |j| j["symptoms"][1]["number"] = json!(64),
            r#"at "/symptoms/1/number": a symptom's number"#,
        ),
        (
            |j| j["rules"][1]["id"] = json!("R-01"),
            r#"at "/rules/1/id": used twice: "R-01""#,
        ),
        (
            |j| j["rules"][2]["condition"] = json!({"!": [{"var": "contact.closest"}]}),
            r#"rule R-03, at "/condition/!/0/var": unknown fact or parameter "contact.closest""#,
        ),
        (
            |j| j["rules"][2]["condition"] = json!({"<": [{"var": "param.missed_days"}, 1]}),
            r#"unknown fact or parameter "param.missed_days""#,
        ),
        (
            |j| j["rules"][2]["text"]["zh"] = json!("到 {end}"),
            r#"rule R-03, at "/text": unknown placeholder "end""#,
        ),
        (
            |j| j["rules"][0]["outcome"]["start"] = json!("gaps.missed_school_days"),
            r#"rule R-01, at "/outcome/start": not a fact with a date"#,
        ),
        (
            |j| j["rules"][0]["condition"] = json!({"var": "gaps.missed_school_days"}),
            r#"rule R-01, at "/condition": an isolation cannot rest on "gaps.missed_school_days""#,
        ),
    ];
    for (change, expected) in table {
        let mut json = shipped();
        change(&mut json);
        let error = Rulebook::parse(&json.to_string()).unwrap_err().to_string();
        assert!(
            error.contains(expected),
            "{error}\nshould contain\n{expected}"
        );
    }
    assert!(Rulebook::parse("").is_err() && Rulebook::parse("[]").is_err());
}
