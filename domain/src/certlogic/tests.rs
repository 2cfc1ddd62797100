#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const PATHS: [&str; 3] = ["fever", "count", "name"];

struct Data;

impl Lookup for Data {
    fn value(&self, slot: Slot) -> Value {
        match slot {
            0 => Value::Bool(true),
            1 => Value::Int(3),
            2 => Value::Text("cough".to_owned()),
            _ => Value::Null,
        }
    }
}

fn compile(json: &Json) -> Result<Expr, CompileError> {
    Expr::compile(json, |path| {
        PATHS
            .iter()
            .position(|known| *known == path)
            .and_then(|slot| Slot::try_from(slot).ok())
    })
}

fn value(json: &Json) -> Value {
    compile(json).unwrap().eval(&Data).unwrap()
}

#[test]
fn operators_follow_the_specification() {
    let table = [
        (json!({"var": "count"}), json!(3)),
        (json!({"if": [{"var": "fever"}, 1, 2]}), json!(1)),
        (json!({"if": ["", 1, 2]}), json!(2)),
        (json!({"===": [{"var": "count"}, 3]}), json!(true)),
        (json!({"===": [1, "1"]}), json!(false)),
        (
            json!({"in": ["cough", ["rash", {"var": "name"}]]}),
            json!(true),
        ),
        (json!({"in": [1, []]}), json!(false)),
        (json!({"and": [1, 0, {"+": ["x", 1]}]}), json!(0)),
        (json!({"and": [1, "yes", [2]]}), json!([2])),
        (json!({"!": [[]]}), json!(true)),
        (json!({"!": [{"var": "count"}]}), json!(false)),
        (json!({">": [3, 2]}), json!(true)),
        (json!({">": [3, 3]}), json!(false)),
        (json!({"<": [1, {"var": "count"}, 5]}), json!(true)),
        (json!({"<": [1, {"var": "count"}, 3]}), json!(false)),
        (json!({">=": [3, 3, 3]}), json!(true)),
        (json!({"<=": [373, 379, 379]}), json!(true)),
        (json!({"<=": [373, 380, 379]}), json!(false)),
        (json!({"+": [{"var": "count"}, -4]}), json!(-1)),
    ];
    for (logic, expected) in table {
        assert_eq!(
            serde_json::to_value(value(&logic)).unwrap(),
            expected,
            "{logic}"
        );
    }
}

#[test]
fn a_faulty_expression_is_refused_with_its_place() {
    let table = [
        (json!(null), "", CompileProblem::NotAnExpression),
        (json!(37.3), "", CompileProblem::NotAnExpression),
        (json!({}), "", CompileProblem::NotAnExpression),
        (
            json!({"and": [true, {"or": [1]}]}),
            "/and/1",
            CompileProblem::UnknownOperator("or".into()),
        ),
        (
            json!({"!": [{"var": "nose"}]}),
            "/!/0/var",
            CompileProblem::UnknownPath("nose".into()),
        ),
        (
            json!({"var": ["count"]}),
            "/var",
            CompileProblem::PathNotText,
        ),
        (
            json!({"!": true}),
            "/!",
            CompileProblem::OperandsNotAList("!"),
        ),
        (
            json!({"and": [true, {"<": [1]}]}),
            "/and/1/<",
            CompileProblem::Arity {
                operator: "<",
                expected: "2 or 3",
                found: 1,
            },
        ),
        (
            json!({"if": [1, 2]}),
            "/if",
            CompileProblem::Arity {
                operator: "if",
                expected: "3",
                found: 2,
            },
        ),
    ];
    for (logic, place, problem) in table {
        let error = compile(&logic).unwrap_err();
        assert_eq!(
            (error.place.as_str(), &error.problem),
            (place, &problem),
            "{logic}"
        );
    }
    let mut deep = json!(true);
    for _ in 0..500 {
        deep = Json::Array(vec![deep]);
    }
    assert_eq!(compile(&deep).unwrap_err().problem, CompileProblem::TooDeep);
}

#[test]
fn an_error_names_the_operand_that_failed() {
    let table = [
        (
            json!({"and": [true, {">": [{"var": "name"}, 1]}]}),
            "/and/1/>/0",
        ),
        (json!({"in": [1, 2]}), "/in/1"),
        (json!({"+": [i64::MAX, 1]}), ""),
    ];
    for (logic, place) in table {
        assert_eq!(
            compile(&logic).unwrap().eval(&Data).unwrap_err().place,
            place,
            "{logic}"
        );
    }
}

#[test]
fn a_trace_has_the_value_of_every_part_that_was_looked_at() {
    let logic = json!({"and": [{"var": "fever"}, {">": [{"var": "count"}, 3]}, {"var": "name"}]});
    let (value, steps) = compile(&logic).unwrap().trace(&Data);
    assert_eq!(value.unwrap(), Value::Bool(false));
    let seen: Vec<_> = steps
        .iter()
        .map(|s| format!("{} = {}", s.place, s.value))
        .collect();
    assert_eq!(
        seen,
        [
            "/and/0 = true",
            "/and/1/>/0 = 3",
            "/and/1/>/1 = 3",
            "/and/1 = false",
            " = false"
        ]
    );
}

/// JSON that often looks like logic and often does not.
pub(crate) fn any_json() -> impl Strategy<Value = Json> {
    let operator = prop::sample::select(vec![
        "var", "if", "===", "in", "and", "!", ">", "<", ">=", "<=", "+", "reduce", "", "~/",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-3i64..5).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        prop::sample::select(vec!["", "fever", "count", "name", "x"]).prop_map(Json::from),
        prop::sample::select(vec!["fever", "count", "name"]).prop_map(|p| json!({"var": p})),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            (operator.clone(), inner.clone()).prop_map(|(op, arg)| json!({op: arg})),
            (operator.clone(), prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(op, args)| json!({op: args})),
            prop::collection::btree_map("[a-z]{0,2}", inner, 0..3)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_json_makes_it_panic_and_a_trace_changes_nothing(json in any_json()) {
        if let Ok(expr) = compile(&json) {
            let (traced, _) = expr.trace(&Data);
            prop_assert_eq!(traced, expr.eval(&Data));
            let _ = expr.holds(&Data);
        }
    }
}
