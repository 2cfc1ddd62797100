//! What rules say, and what is said of rules.

use super::*;
use crate::rulebook::Severity;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn rule(refuse_if: Json) -> RecognitionRule {
    RecognitionRule {
        id: "tried".into(),
        label: Text::new("试", "Tried"),
        refuse_if,
    }
}

fn worst(refuse_if: Json) -> Option<Severity> {
    let kept = KeptRule {
        rule: rule(refuse_if),
        on: true,
    };
    findings(&[kept]).iter().map(|f| f.severity).max()
}

#[test]
fn the_shipped_rules_have_no_fault_and_let_in_only_green_of_today() {
    let file = RuleFile::parse(SHIPPED).unwrap();
    assert_eq!(findings(&file.rules), []);
    assert!(file.rules.iter().all(|kept| kept.on));
    let again = serde_json::to_string(&file).unwrap();
    assert_eq!(RuleFile::parse(&again).unwrap(), file);
    let refused = |code, days_old| {
        let rules = shipped();
        judge(&rules, &foreign(code, days_old))
            .err()
            .map(|rule| rule.id.clone())
    };
    assert_eq!(refused(Code::Green, 0), None);
    for (code, days_old, by) in [
        (Code::Green, 1, "of-today"),
        (Code::Green, -1, "of-today"),
        (Code::Yellow, 0, "not-green"),
        (Code::Red, 0, "not-green"),
        (Code::Grey, 0, "not-green"),
        (Code::Red, 1, "of-today"),
    ] {
        assert_eq!(
            refused(code, days_old).as_deref(),
            Some(by),
            "{code:?} {days_old}"
        );
    }
}

#[test]
fn every_fact_can_be_asked() {
    let pass = foreign(Code::Green, 2);
    for (condition, holds) in [
        (json!({"===": [{"var": "issuer"}, 330_502_117]}), true),
        (json!({"===": [{"var": "issuer"}, 330_502_118]}), false),
        (json!({"===": [{"var": "region"}, "330502"]}), true),
        (json!({"in": [{"var": "province"}, ["42", "33"]]}), true),
        (json!({"===": [{"var": "city"}, "3301"]}), false),
        (json!({"===": [{"var": "colour"}, "green"]}), true),
        (json!({"===": [{"var": "day"}, "2020-09-15"]}), true),
        (json!({">": [{"var": "days_old"}, 1]}), true),
        (
            json!({"after": [{"plusTime": [{"var": "day"}, 0, "day"]}, {"plusTime": ["2020-09-14", 0, "day"]}]}),
            true,
        ),
    ] {
        assert_eq!(worst(condition.clone()), None, "{condition}");
        let judged = rule(condition.clone()).judge(&pass);
        let expected = if holds {
            Judged::Refuses
        } else {
            Judged::Passes
        };
        assert_eq!(judged, expected, "{condition}");
    }
    for (region, province, city) in [
        ("CN", "", ""),
        ("33", "33", ""),
        ("330502001", "33", "3305"),
    ] {
        let pass = ForeignPass {
            region: region.parse().unwrap(),
            ..foreign(Code::Green, 0)
        };
        for (fact, value) in [("province", province), ("city", city)] {
            let asked = rule(json!({"===": [{"var": fact}, value]}));
            assert_eq!(asked.judge(&pass), Judged::Refuses, "{region} {fact}");
        }
    }
}

#[test]
fn a_rule_without_an_answer_refuses() {
    let pass = foreign(Code::Green, 0);
    for condition in [
        json!({"var": "today.measured"}),
        json!({">": [{"var": "colour"}, 3]}),
        json!({"or": [true, false]}),
        json!(1.5),
        Json::Null,
    ] {
        let rules = [rule(condition.clone())];
        assert_eq!(rules[0].judge(&pass), Judged::NoAnswer, "{condition}");
        assert!(judge(&rules, &pass).is_err(), "{condition}");
        assert_eq!(
            worst(condition.clone()),
            Some(Severity::Error),
            "{condition}"
        );
    }
    assert_eq!(try_all(&shipped(), &pass), [Judged::Passes, Judged::Passes]);
}

#[test]
fn what_can_never_be_meant_is_found_beforehand() {
    for (condition, severity) in [
        (json!({"===": [{"var": "colour"}, "gren"]}), Severity::Error),
        (json!({"===": ["Red", {"var": "colour"}]}), Severity::Error),
        (
            json!({"in": [{"var": "region"}, ["330502", "33050"]]}),
            Severity::Error,
        ),
        (
            json!({"===": [{"var": "province"}, "330502"]}),
            Severity::Error,
        ),
        (
            json!({"===": [{"var": "day"}, "2020-02-30"]}),
            Severity::Error,
        ),
        (json!({"===": [{"var": "issuer"}, 12]}), Severity::Warning),
        (
            json!({"===": [{"var": "issuer"}, "330502117"]}),
            Severity::Error,
        ),
        (json!(true), Severity::Warning),
    ] {
        assert_eq!(worst(condition.clone()), Some(severity), "{condition}");
    }
    let mut twice = RuleFile::parse(SHIPPED).unwrap().rules;
    twice.push(twice[0].clone());
    assert!(findings(&twice).iter().any(|f| f.place == "/rules/2/id"));
    twice[2].rule.id = "Größe".into();
    twice[1].rule.label.en = " ".into();
    let places: Vec<_> = findings(&twice).into_iter().map(|f| f.place).collect();
    assert_eq!(places, ["/rules/1/label/en", "/rules/2/id"]);
    let many = vec![twice[0].clone(); RULES_MAX + 1];
    assert!(findings(&many).iter().any(|f| f.place == "/rules"));
    let long = json!({"in": [{"var": "city"}, vec!["3305"; 2_000]]});
    assert_eq!(worst(long), Some(Severity::Error));
}

#[test]
fn only_a_file_of_rules_is_read() {
    assert!(RuleFile::parse("{}").is_err());
    assert!(RuleFile::parse(crate::rulebook::SHIPPED).is_err());
    let other = SHIPPED.replace("recognition 1", "recognition 2");
    assert!(matches!(
        RuleFile::parse(&other),
        Err(RuleFileError::Format(_))
    ));
    let faulty = SHIPPED.replace("\"green\"", "\"grn\"");
    assert!(matches!(
        RuleFile::parse(&faulty),
        Err(RuleFileError::Faulty(_))
    ));
}

prop_compose! {
    fn passes()(number in 100_000_000..1_000_000_000_u32, code in 0..4_i64, back in -400..400_i32,
        region in prop::sample::select(vec!["CN", "33", "3305", "330502", "330502001"])) -> ForeignPass {
        ForeignPass {
            issuer: issuer(number),
            region: region.parse().unwrap(),
            code: Code::from_number(code),
            day: TODAY.plus(-back),
            today: TODAY,
        }
    }
}

fn conditions() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        "[a-z0-9]{0,6}".prop_map(Json::from),
        Just(Json::Null),
        prop::sample::select(RecognitionFact::ALL.to_vec()).prop_map(|f| json!({"var": f.path()})),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operator =
            prop::sample::select(vec!["===", "in", "and", "!", ">", "+", "if", "plusTime"]);
        (operator, prop::collection::vec(inner, 0..4))
            .prop_map(|(operator, parts)| json!({operator: parts}))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn only_green_of_today_passes_the_shipped_rules(pass in passes()) {
        let is_let_in = judge(&shipped(), &pass).is_ok();
        prop_assert_eq!(is_let_in, pass.code == Code::Green && pass.day == pass.today);
    }

    #[test]
    fn one_more_rule_never_lets_anybody_in(pass in passes(), condition in conditions(), first in any::<bool>()) {
        let mut rules = shipped();
        let before = judge(&rules, &pass).is_ok();
        rules.insert(if first { 0 } else { rules.len() }, rule(condition));
        let after = judge(&rules, &pass).is_ok();
        prop_assert!(before || !after);
    }

    #[test]
    fn a_rule_without_errors_always_has_an_answer(pass in passes(), condition in conditions()) {
        if worst(condition.clone()) != Some(Severity::Error) {
            let judged = rule(condition.clone()).judge(&pass);
            // A text that is no date is only known once it is there.
            if !condition.to_string().contains("plusTime") {
                prop_assert_ne!(judged, Judged::NoAnswer, "{}", condition);
            }
        }
    }
}
