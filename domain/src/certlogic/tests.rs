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
        "var",
        "if",
        "===",
        "in",
        "and",
        "!",
        ">",
        "<",
        ">=",
        "<=",
        "+",
        "",
        "~/",
        "after",
        "before",
        "not-after",
        "not-before",
        "plusTime",
        "dccDateOfBirth",
        "reduce",
        "extractFromUVCI",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-3i64..5).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        prop::sample::select(vec![
            "",
            "fever",
            "count",
            "name",
            "x",
            "day",
            "2020-02-29",
            "current"
        ])
        .prop_map(Json::from),
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

/// Evaluates over JSON; an error as its text.
fn over(logic: &Json, data: &Json) -> Result<Json, String> {
    evaluate(logic, data).map_err(|error| error.to_string())
}

#[test]
fn data_of_any_shape_are_read_by_their_path() {
    let data = json!({"a": {"b": [1, {"c": "x"}]}, "0": "zero", "d": null, "t": 36.6, "w": 2.0});
    let table = [
        ("a.b.1.c", json!("x")),
        ("a.b.7", json!(null)),
        ("a.b.c", json!(null)),
        ("d.e", json!(null)),
        ("0", json!("zero")),
        ("t", json!(36.6)),
        ("w", json!(2)),
        ("", data.clone()),
    ];
    for (path, expected) in table {
        let read = over(&json!({"var": path}), &data).unwrap();
        // `2.0` is the integer 2, here as in JavaScript.
        let expected = if path.is_empty() {
            read.clone()
        } else {
            expected
        };
        assert_eq!(read, expected, "{path}");
    }
    // Up to 2^53, where every decimal still says which integer it is.
    for (number, is_whole) in [
        (-9_007_199_254_740_992.0, true),
        (9_007_199_254_740_994.0, false),
        (-1e300, false),
    ] {
        let sum = over(&json!({"+": [{"var": "n"}, 0]}), &json!({"n": number}));
        assert_eq!(sum.is_ok(), is_whole, "{number}");
    }
    assert_eq!(
        over(&json!({"var": "1.0"}), &json!([1, ["x"]])),
        Ok(json!("x"))
    );
    assert_eq!(over(&json!({"var": "a"}), &json!(null)), Ok(json!(null)));
    assert!(
        over(&json!({"!": [{"var": "t"}]}), &data).is_err(),
        "decimals have no truth"
    );
}

#[test]
fn dates_lists_and_identifiers_follow_the_specification() {
    let data = json!({
        "dob": "2004-01", "clock": "2022-01-30T13:37:00.042Z", "items": [1, 2, 3], "none": null,
        "uci": "URN:UVCI:01:NL:187/37512422923",
    });
    let minor = json!({"after": [
        {"dccDateOfBirth": [{"var": "dob"}]},
        {"plusTime": [{"var": "clock"}, -18, "year"]},
    ]});
    let days = |a: &str, op: &str, b: &str| json!({op: [{"plusTime": [a, 0, "day"]}, {"plusTime": [b, 0, "hour"]}]});
    let table = [
        (minor, json!(true)),
        (days("2021-05-18", "not-after", "2021-05-18"), json!(true)),
        (days("2021-05-18", "not-before", "2021-05-19"), json!(false)),
        (
            days("2021-05-18", "before", "2021-05-18T00:00:00.001"),
            json!(true),
        ),
        (
            json!({"plusTime": ["2021-01-31", 1, "month"]}),
            json!("2021-03-03T00:00:00.000Z"),
        ),
        (
            json!({"before": [
                {"plusTime": ["2021-01-01", 0, "day"]},
                {"plusTime": ["2021-01-01", 1, "day"]},
                {"plusTime": ["2021-01-01", 2, "day"]},
            ]}),
            json!(true),
        ),
        (
            json!({"reduce": [{"var": "items"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 10]}),
            json!(16),
        ),
        (
            json!({"reduce": [{"var": "none"}, {"var": "items"}, 7]}),
            json!(7),
        ),
        (
            json!({"reduce": [{"var": "items"}, {"var": "items"}, 7]}),
            json!(null),
        ),
        (
            json!({"reduce": [[1], {"var": ""}, 7]}),
            json!({"current": 1, "accumulator": 7}),
        ),
        (
            json!({"reduce": [[[1, 2], [3]], {"+": [{"var": "accumulator"}, {"reduce": [
            {"var": "current"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0,
        ]}]}, 0]}),
            json!(6),
        ),
        // Only its lambda is cut off from the data.
        (
            json!({"reduce": [[], {"var": "current"}, {"var": "dob"}]}),
            json!("2004-01"),
        ),
        (
            json!({"===": [{"reduce": [[1], {"var": "current"}, 0]}, {"var": "items.0"}]}),
            json!(true),
        ),
        (json!({"extractFromUVCI": [{"var": "uci"}, 1]}), json!("NL")),
        (json!({"extractFromUVCI": [{"var": "uci"}, 9]}), json!(null)),
        (
            json!({"extractFromUVCI": [{"var": "uci"}, -1]}),
            json!(null),
        ),
        (
            json!({"extractFromUVCI": [{"var": "none"}, 1]}),
            json!(null),
        ),
        (json!({"extractFromUVCI": ["a::c/#/f", 5]}), json!("f")),
        (json!({"extractFromUVCI": ["a::c/#/f", 1]}), json!("")),
    ];
    for (logic, expected) in table {
        assert_eq!(over(&logic, &data), Ok(expected), "{logic}");
    }
    let wrong = [
        json!({"plusTime": [{"var": "none"}, 0, "day"]}),
        json!({"plusTime": ["2021-02-30", 0, "day"]}),
        json!({"plusTime": ["2021-02-03", 0, "week"]}),
        json!({"plusTime": ["2021-02-03", "1", "day"]}),
        json!({"plusTime": ["2021-02-03", {"+": [1, 1]}, "day"]}),
        json!({"plusTime": [{"plusTime": ["2021-02-03", 0, "day"]}, 0, "day"]}),
        json!({"dccDateOfBirth": ["2021-02-03T00:00:00Z"]}),
        json!({"dccDateOfBirth": [{"var": "none"}]}),
        json!({"after": ["2021-02-03", "2021-02-04"]}),
        json!({"after": [{"plusTime": ["2021-02-03", 0, "day"]}]}),
        json!({"reduce": [{"var": "dob"}, 1, 2]}),
        json!({"extractFromUVCI": [1, 2]}),
        json!({"extractFromUVCI": ["a", "b"]}),
        json!({"if": [true, 1, {"or": [1]}]}),
    ];
    for logic in wrong {
        assert!(over(&logic, &data).is_err(), "{logic}");
    }
}

/// Where implementations of the specification (1.3.2, sections *Values*, *Data access*, *Infix operators* and
/// *Extract data from an UCI*, and its test suite) have been seen to differ.
#[test]
fn the_edges_of_the_specification_hold() {
    let data = json!({
        "none": null, "empty": {}, "nothing": [], "nulls": [null, null], "half": 0.5, "text": "plum",
        "id": "URN:UVCI:07:SE:4/9#K",
    });
    let table = [
        // What counts as true and as false.
        (json!({"if": [{"var": "empty"}, 1, 2]}), json!(2)),
        (json!({"if": [{"var": "nothing"}, 1, 2]}), json!(2)),
        (json!({"if": [{"var": "nulls"}, 1, 2]}), json!(1)),
        (json!({"if": ["0", 1, 2]}), json!(1)),
        (json!({"!": [{"var": "nulls.1"}]}), json!(true)),
        // The operand itself is the value, and those after the first falsy one are not looked at.
        (json!({"and": [true, {"var": "empty"}]}), json!({})),
        (
            json!({"and": [true, {"var": "none"}, {"+": ["", 1]}]}),
            json!(null),
        ),
        // Nothing is in a list only where it stands in it.
        (
            json!({"in": [{"var": "none"}, {"var": "nothing"}]}),
            json!(false),
        ),
        (
            json!({"in": [{"var": "none"}, {"var": "nulls"}]}),
            json!(true),
        ),
        // No path leads into what is not there.
        (json!({"var": "text.0"}), json!(null)),
        (json!({"var": "nulls.-1"}), json!(null)),
        (json!({"var": "none.a.b"}), json!(null)),
        // The prefix of an identifier is no part of it, with or without parts of its own.
        (json!({"extractFromUVCI": [{"var": "id"}, 0]}), json!("07")),
        (json!({"extractFromUVCI": [{"var": "id"}, 4]}), json!("K")),
        (json!({"extractFromUVCI": [{"var": "id"}, 5]}), json!(null)),
        (json!({"extractFromUVCI": ["", 0]}), json!("")),
        (json!({"extractFromUVCI": ["", 1]}), json!(null)),
        (json!({"extractFromUVCI": ["", -1]}), json!(null)),
        // A lambda sees what it is given and nothing else.
        (json!({"reduce": [[1], {"var": "text"}, 7]}), json!(null)),
    ];
    for (logic, expected) in table {
        assert_eq!(over(&logic, &data), Ok(expected), "{logic}");
    }
    let wrong = [
        json!(null),
        json!([null]),
        json!({"===": [null, 1]}),
        json!({"var": "text."}),
        json!({"var": "a..b"}),
        json!({"var": ["text", 1]}),
        json!({"!": [true, false]}),
        json!({"and": []}),
        json!({"and": [true]}),
        json!({"in": ["um", {"var": "text"}]}),
        json!({"in": [1, {"var": "none"}]}),
        json!({"if": [{"var": "half"}, 1, 2]}),
        json!({"<": [1, {"var": "half"}]}),
        json!({"<": [3, 1, {"var": "text"}]}),
        json!({"+": [1, {"var": "none"}]}),
        json!({"+": [i64::MAX, 1]}),
        json!({"after": ["2021", "2020"]}),
        json!({"!": [{"plusTime": ["2021", 0, "day"]}]}),
        json!({"all": [[1], true]}),
    ];
    for logic in wrong {
        assert!(over(&logic, &data).is_err(), "{logic}");
    }
}

#[test]
fn a_reduction_cannot_run_away() {
    let doubling = json!({"reduce": [
        (0..60).collect::<Vec<_>>(), [{"var": "accumulator"}, {"var": "accumulator"}], 1,
    ]});
    let mut nested = json!({"var": "accumulator"});
    for _ in 0..8 {
        nested = json!({"reduce": [(0..30).collect::<Vec<_>>(), nested, 0]});
    }
    for logic in [doubling, nested] {
        assert!(over(&logic, &json!(null)).unwrap_err().contains("too long"));
    }
}

#[test]
fn a_reduction_gathers_ten_thousand_values_and_not_one_more() {
    let gather = json!({"reduce": [{"var": "lists"}, [{"var": "current"}], 0]});
    // With both lists around them.
    for (count, fits) in [(9_998, true), (9_999, false)] {
        let data = json!({"lists": [vec![1; count]]});
        assert_eq!(over(&gather, &data).is_ok(), fits, "{count}");
    }
    let take = json!({"reduce": [{"var": "objects"}, {"var": "current"}, 0]});
    for (count, fits) in [(9_999, true), (10_000, false)] {
        let object: serde_json::Map<_, _> = (0..count).map(|i| (i.to_string(), json!(i))).collect();
        let data = json!({"objects": [object]});
        assert_eq!(over(&take, &data).is_ok(), fits, "{count}");
    }
}

/// What the paths of [`Data`] may hold.
fn range(slot: Slot) -> Range {
    match slot {
        0 => Range::FLAG,
        1 => Range::number(0, 9),
        2 => Range::of(Kind::Text),
        _ => Range::of(Kind::Any),
    }
}

#[test]
fn what_cannot_be_meant_is_named_with_its_place() {
    let always = DoubtKind::Always;
    let kinds = |expected, found| DoubtKind::Type { expected, found };
    let table = [
        (json!({">": [{"var": "count"}, 3]}), vec![]),
        (json!({"and": [{"var": "fever"}, {"var": "count"}]}), vec![]),
        (
            json!({">": [{"var": "count"}, 9]}),
            vec![("", always(false))],
        ),
        (
            json!({"<": [{"var": "count"}, 99]}),
            vec![("", always(true))],
        ),
        (
            json!({"<=": [0, {"var": "count"}, 99]}),
            vec![("", always(true))],
        ),
        (
            json!({">": [{"+": [{"var": "count"}, 10]}, 3]}),
            vec![("", always(true))],
        ),
        (
            json!({">": [{"var": "name"}, 3]}),
            vec![("/>/0", kinds(Kind::Number, Kind::Text))],
        ),
        (
            json!({"in": ["a", {"var": "name"}]}),
            vec![("/in/1", kinds(Kind::List, Kind::Text))],
        ),
        (json!({"in": ["a", []]}), vec![("", always(false))]),
        (
            json!({"in": [1, {"and": [true, {"var": "count"}]}]}),
            vec![
                ("/in/1/and/0", always(true)),
                ("/in/1", kinds(Kind::List, Kind::Number)),
            ],
        ),
        (
            json!({">": [{"and": [{"var": "fever"}, {"var": "count"}]}, 3]}),
            vec![("/>/0", kinds(Kind::Number, Kind::Any))],
        ),
        (
            json!({">": [{"if": [{"var": "fever"}, {"var": "name"}, 1]}, 3]}),
            vec![("/>/0", kinds(Kind::Number, Kind::Any))],
        ),
        (
            json!({"===": [{"var": "name"}, 1]}),
            vec![("", always(false))],
        ),
        (
            json!({"after": [{"var": "name"}, {"plusTime": ["2021", 0, "day"]}]}),
            vec![("/after/0", kinds(Kind::Moment, Kind::Text))],
        ),
        (
            json!({"!": [{"plusTime": ["May", 0, "day"]}]}),
            vec![
                ("/!/0/plusTime/0", DoubtKind::NotADate("May".into())),
                ("/!/0", kinds(Kind::Flag, Kind::Moment)),
            ],
        ),
        (
            json!({"and": [{"var": "fever"}, {">": [1, 2]}, {"var": "count"}]}),
            vec![
                ("/and/1", always(false)),
                ("/and/2", DoubtKind::Unreachable),
            ],
        ),
        (
            json!({"and": [true, {"var": "fever"}]}),
            vec![("/and/0", always(true))],
        ),
        (
            json!({"if": [{"===": [1, 1]}, {"var": "fever"}, {"var": "name"}]}),
            vec![("/if/0", always(true)), ("/if/2", DoubtKind::Unreachable)],
        ),
        (json!(true), vec![("", always(true))]),
        (json!({"!": [false]}), vec![("", always(true))]),
    ];
    for (logic, expected) in table {
        let doubts = compile(&logic).unwrap().doubts(range);
        let found: Vec<_> = doubts
            .iter()
            .map(|d| (d.place.as_str(), d.kind.clone()))
            .collect();
        assert_eq!(found, expected, "{logic}");
    }
}

/// Numbers that lie between others, a flag, a text and something of any type.
const RANGED: [(&str, Range); 9] = [
    ("digit", Range::number(0, 9)),
    ("some", Range::number(1, 9)),
    ("debt", Range::number(-9, -1)),
    ("at_most_zero", Range::number(-9, 0)),
    ("any_digit", Range::number(-9, 9)),
    ("zero", Range::number(0, 0)),
    ("flag", Range::FLAG),
    ("text", Range::of(Kind::Text)),
    ("any", Range::of(Kind::Any)),
];

/// The places and kinds of what is doubtful in a condition about them.
fn doubts_about(logic: &Json) -> Vec<(String, DoubtKind)> {
    let resolve = |path: &str| {
        let place = RANGED.iter().position(|(name, _)| *name == path)?;
        Slot::try_from(place).ok()
    };
    let expr = Expr::compile(logic, resolve).unwrap();
    let doubts = expr.doubts(|slot| RANGED[usize::from(slot)].1).into_iter();
    doubts.map(|doubt| (doubt.place, doubt.kind)).collect()
}

#[test]
fn what_numbers_may_be_tells_what_never_varies() {
    let var = |name: &str| json!({"var": name});
    let not = |logic: Json| json!({"!": [logic]});
    let if_flag = |a: Json, b: Json| json!({"if": [{"var": "flag"}, a, b]});
    let table = [
        // Zero is falsy, every other number truthy.
        (not(var("digit")), None),
        (not(var("some")), Some(false)),
        (not(var("debt")), Some(false)),
        (not(var("at_most_zero")), None),
        (not(var("any_digit")), None),
        (not(var("zero")), Some(true)),
        (not(json!("x")), Some(false)),
        (not(json!("")), Some(true)),
        (not(var("text")), None),
        // Equal are numbers that can be nothing else; different are those that never meet.
        (json!({"===": [var("digit"), 10]}), Some(false)),
        (json!({"===": [10, var("digit")]}), Some(false)),
        (json!({"===": [var("digit"), 9]}), None),
        (json!({"===": [9, var("digit")]}), None),
        (json!({"===": [var("digit"), 0]}), None),
        (json!({"===": [0, var("digit")]}), None),
        (json!({"===": [var("digit"), -1]}), Some(false)),
        (json!({"===": [-1, var("digit")]}), Some(false)),
        (json!({"===": [var("digit"), var("digit")]}), None),
        (json!({"===": [var("zero"), 0]}), Some(true)),
        (json!({"===": ["a", "a"]}), None),
        (json!({"===": [var("any"), 1]}), None),
        (json!({"===": ["a", var("any")]}), None),
        // Every pair counts.
        (json!({"<": [var("digit"), 10, 30]}), Some(true)),
        (json!({"<": [var("digit"), 9, 30]}), None),
        (json!({"<": [0, var("digit"), 5]}), None),
        (json!({"<": [1, 2, var("digit")]}), None),
        (json!({"<": [var("digit"), 5, 3]}), Some(false)),
        (json!({">=": [var("digit"), var("debt")]}), Some(true)),
        (json!({">": [var("zero"), var("digit")]}), Some(false)),
        // A sum and a choice reach from the least to the most.
        (
            json!({">": [{"+": [var("digit"), var("some")]}, 0]}),
            Some(true),
        ),
        (json!({">": [{"+": [var("digit"), var("some")]}, 1]}), None),
        (json!({">": [{"+": [var("digit"), var("some")]}, 17]}), None),
        (
            json!({">": [{"+": [var("digit"), var("some")]}, 18]}),
            Some(false),
        ),
        (json!({">": [if_flag(json!(2), json!(7)), 1]}), Some(true)),
        (json!({">": [if_flag(json!(7), json!(2)), 2]}), None),
        (json!({">": [if_flag(json!(2), json!(7)), 6]}), None),
        (json!({">": [if_flag(json!(7), json!(2)), 7]}), Some(false)),
    ];
    for (logic, truth) in table {
        let expected = truth.map(|truth| (String::new(), DoubtKind::Always(truth)));
        assert_eq!(doubts_about(&logic), Vec::from_iter(expected), "{logic}");
    }
}

#[test]
fn a_group_never_varies_where_its_parts_tell() {
    let var = |name: &str| json!({"var": name});
    let flag = || var("flag");
    let table = [
        (json!({"and": [flag(), []]}), Some(false)),
        (json!({"and": [[1], [2]]}), Some(true)),
        (json!({"and": [flag(), [2]]}), None),
        (json!({"and": [[1], flag()]}), None),
        (json!({"if": [flag(), [1], [2]]}), Some(true)),
        (json!({"if": [flag(), [], []]}), Some(false)),
        (json!({"if": [flag(), [1], []]}), None),
        (json!({"if": [flag(), [1], flag()]}), None),
        // What a group is comes from its parts: here a number, there anything.
        (json!({">": [{"and": [[1], var("digit")]}, 3]}), None),
        (
            json!({">": [{"and": [var("digit"), var("some")]}, 3]}),
            None,
        ),
        (
            json!({">": [{"and": [var("digit"), var("some"), [1], var("zero")]}, 9]}),
            Some(false),
        ),
        (json!({">": [var("any"), 3]}), None),
        (json!({">": [{"if": [flag(), var("any"), 4]}, 3]}), None),
        (json!({">": [{"if": [flag(), 4, var("any")]}, 3]}), None),
        (json!({"in": [1, var("any")]}), None),
        (
            json!({"after": [{"dccDateOfBirth": ["2004"]}, {"plusTime": ["2021", 0, "day"]}]}),
            None,
        ),
    ];
    for (logic, truth) in table {
        let expected = truth.map(|truth| (String::new(), DoubtKind::Always(truth)));
        assert_eq!(doubts_about(&logic), Vec::from_iter(expected), "{logic}");
    }
    let mixed = |place: &str| {
        let (expected, found) = (Kind::Number, Kind::Any);
        vec![(place.to_owned(), DoubtKind::Type { expected, found })]
    };
    for operand in [
        json!({"if": [flag(), var("text"), 4]}),
        json!({"if": [flag(), {"if": [flag(), var("text"), 4]}, 4]}),
        json!({"if": [flag(), 4, {"if": [flag(), var("text"), 4]}]}),
        json!({"and": [var("text"), var("any_digit"), 4]}),
    ] {
        let logic = json!({">": [operand, 3]});
        let found = doubts_about(&logic);
        let types: Vec<_> = found
            .into_iter()
            .filter(|(place, _)| place == "/>/0")
            .collect();
        assert_eq!(types, mixed("/>/0"), "{logic}");
    }
    let no_date = DoubtKind::NotADate("May".into());
    assert_eq!(
        doubts_about(
            &json!({"after": [{"dccDateOfBirth": ["May"]}, {"dccDateOfBirth": ["2004"]}]})
        ),
        [("/after/0/dccDateOfBirth/0".to_owned(), no_date)]
    );
}

#[test]
fn what_is_unknown_is_open_only_where_it_matters() {
    let certain = Settled::Certain;
    let count = || json!({">": [{"var": "count"}, 5]});
    let table = [
        (count(), Settled::Open(vec![1])),
        (json!({"and": [count(), false]}), certain(false)),
        (
            json!({"and": [{"var": "fever"}, count()]}),
            Settled::Open(vec![1]),
        ),
        (
            json!({"and": [{"!": [{"var": "fever"}]}, count()]}),
            certain(false),
        ),
        (json!({"if": [count(), 1, 2]}), certain(true)),
        (json!({"if": [count(), 1, 0]}), Settled::Open(vec![1])),
        (json!({"if": [{"var": "fever"}, 1, count()]}), certain(true)),
        (
            json!({"!": [{"and": [{"!": [count()]}, {"!": [{"var": "fever"}]}]}]}),
            certain(true),
        ),
        (
            json!({"in": [{"var": "count"}, [1, 2]]}),
            Settled::Open(vec![1]),
        ),
        // With the count as it stands this sum would fail, but nothing depends on it.
        (
            json!({"!": [{"and": [{">": [{"+": [{"var": "count"}, i64::MAX]}, 5]}, false]}]}),
            certain(true),
        ),
    ];
    for (logic, expected) in table {
        let settled = compile(&logic).unwrap().settle(&Data, |slot| slot == 1);
        assert_eq!(settled, Ok(expected), "{logic}");
    }
    let failing = compile(&json!({">": [{"var": "name"}, 1]})).unwrap();
    assert!(failing.settle(&Data, |_| false).is_err());
    let failing = json!({"if": [{"var": "fever"}, {">": [{"var": "name"}, 1]}, count()]});
    let settled = compile(&failing).unwrap().settle(&Data, |slot| slot == 1);
    assert_eq!(settled.unwrap_err().place, "/if/1/>/0");
}

/// [`Data`] with another count.
struct Counted(i64);

impl Lookup for Counted {
    fn value(&self, slot: Slot) -> Value {
        match slot {
            1 => Value::Int(self.0),
            _ => Data.value(slot),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_json_makes_it_panic_and_a_trace_changes_nothing(json in any_json()) {
        if let Ok(expr) = compile(&json) {
            let (traced, _) = expr.trace(&Data);
            prop_assert_eq!(traced, expr.eval(&Data));
            let _ = expr.holds(&Data);
            let _ = expr.doubts(range);
        }
    }

    #[test]
    fn what_is_settled_holds_for_every_unknown_value(json in any_json()) {
        if let Ok(expr) = compile(&json)
            && let Ok(Settled::Certain(truth)) = expr.settle(&Data, |slot| slot == 1)
        {
            for count in [-1, 0, 1, 2, 3, 4, 1000] {
                if let Ok(holds) = expr.holds(&Counted(count)) {
                    prop_assert_eq!(holds, truth, "{} with {}", json, count);
                }
            }
        }
    }

    #[test]
    fn a_doubt_about_the_whole_is_true_of_every_value(json in any_json(), count in 0i64..=9) {
        if let Ok(expr) = compile(&json) {
            for doubt in expr.doubts(range).iter().filter(|doubt| doubt.place.is_empty()) {
                if let DoubtKind::Always(truth) = doubt.kind
                    && let Ok(holds) = expr.holds(&Counted(count))
                {
                    prop_assert_eq!(holds, truth, "{}", json);
                }
            }
        }
    }
}
