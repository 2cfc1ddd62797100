use super::*;
use crate::rulebook::{Rulebook, SHIPPED};
use proptest::prelude::*;

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        Just(json!(1.5)),
        "[a-z.]{0,6}".prop_map(Json::from),
        Just(json!({"var": "today.reported"})),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let operator = prop::sample::select(vec![
            "and", "!", "<", "===", "in", "+", "if", "var", "any", "list", "plusTime",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            (operator, prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(op, parts)| json!({op: parts})),
            prop::collection::vec(inner, 2..4).prop_map(|parts| {
                let not: Vec<_> = parts.iter().map(|p| json!({"!": [p]})).collect();
                json!({"!": [{"and": not}]})
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_nobody_edits_stays_as_it_is(json in any_json()) {
        prop_assert_eq!(Tree::of(&json).json(), json);
    }

    #[test]
    fn every_part_is_found_by_its_name_and_its_place(json in any_json()) {
        let tree = Tree::of(&json);
        let json = tree.json();
        tree.walk(&mut |name, place, part| {
            assert_eq!(tree.part(name), Some(part));
            assert_eq!(json.pointer(place), Some(&part.json()), "{name} {place}");
        });
    }

    #[test]
    fn no_edit_breaks_a_tree(json in any_json(), name in "r(\\.[0-3]){0,3}", which in 0usize..12) {
        for edit in [
            Edit::Remove,
            Edit::Add(Join::ALL[which]),
            Edit::Replace(Join::ALL[which]),
            Edit::Wrap(Join::ALL[which]),
            Edit::Unwrap,
        ] {
            let mut tree = Tree::of(&json);
            if tree.edit(&name, edit).is_none() {
                prop_assert_eq!(&tree, &Tree::of(&json));
            }
            prop_assert_eq!(Tree::of(&tree.json()).json(), tree.json());
        }
    }
}

#[test]
fn the_shipped_rules_are_edited_without_raw_parts() {
    for rule in &Rulebook::parse(SHIPPED).unwrap().document().rules {
        Tree::of(&rule.condition).walk(&mut |name, _, part| {
            assert!(!matches!(part, Tree::Raw(_)), "{} {name}", rule.id);
        });
    }
}

#[test]
fn a_group_of_two_that_loses_one_is_the_other() {
    let json =
        json!({"and": [{">": [{"var": "symptoms.listed_count"}, 0]}, {"var": "symptoms.fever"}]});
    let mut tree = Tree::of(&json);
    tree.edit("r.0", Edit::Remove).unwrap();
    assert_eq!(tree.json(), json!({"var": "symptoms.fever"}));
    assert_eq!(tree.edit("r", Edit::Remove), None);
    tree.edit("r", Edit::Wrap(Join::Any)).unwrap();
    tree.edit("r", Edit::Add(Join::AtLeast)).unwrap();
    assert_eq!(tree.json()["!"][0]["and"].as_array().unwrap().len(), 3);
}

#[test]
fn a_comparison_gains_a_third_operand_and_loses_it() {
    let mut tree = Tree::of(&json!({"<=": [{"var": "param.a"}, 3]}));
    tree.edit("r", Edit::Add(Join::All)).unwrap();
    assert_eq!(tree.edit("r", Edit::Add(Join::All)), None);
    assert_eq!(tree.json(), json!({"<=": [{"var": "param.a"}, 3, 0]}));
    tree.set("op", "r", "===");
    assert_eq!(
        tree.json(),
        json!({"<=": [{"var": "param.a"}, 3, 0]}),
        "=== takes two"
    );
    tree.edit("r.0", Edit::Remove).unwrap();
    tree.set("op", "r", ">");
    tree.set("leaf", "r.0", "param.b");
    tree.set("leaf", "r.1", "#true");
    assert_eq!(tree.json(), json!({">": [{"var": "param.b"}, true]}));
    tree.set("leaf", "r.1", "#number");
    tree.set("num", "r.1", "17");
    tree.set("num", "r.1", "x");
    assert_eq!(tree.json(), json!({">": [{"var": "param.b"}, 17]}));
}

#[test]
fn an_object_of_two_operators_is_none_and_stays_as_it_is() {
    let json = json!({"and": [true, false], "!": [true]});
    let tree = Tree::of(&json);
    assert_eq!(tree, Tree::Raw(json.clone()));
    assert_eq!(tree.json(), json);
}

#[test]
fn what_a_group_held_takes_its_place() {
    let mut tree = Tree::of(&json!({"and": [{"!": [{"var": "a"}]}, {"and": [1, 2]}]}));
    tree.edit("r.1", Edit::Unwrap).unwrap();
    tree.edit("r.0", Edit::Unwrap).unwrap();
    assert_eq!(tree.json(), json!({"and": [{"var": "a"}, 1, 2]}));
    assert_eq!(tree.edit("r.0", Edit::Unwrap), None, "a leaf holds nothing");
    tree.edit("r", Edit::Unwrap).unwrap();
    assert_eq!(tree.json(), json!({"var": "a"}));
}

#[test]
fn each_part_of_a_condition_is_a_part_of_the_tree() {
    let json = json!({"if": [{"!": [{"and": [{"!": [true]}, {"!": [{"var": "a"}]}]}]}, [1], 1.5]});
    let var = |path: &str| Tree::Var(path.to_owned());
    let parts = vec![
        Tree::Group(Join::Any, vec![Tree::Flag(true), var("a")]),
        Tree::Group(Join::List, vec![Tree::Number(1)]),
        Tree::Raw(json!(1.5)),
    ];
    let tree = Tree::of(&json);
    assert_eq!(tree, Tree::Group(Join::If, parts));
    let mut walked = Vec::new();
    tree.walk(&mut |name, place, _| walked.push(format!("{name} at {place}")));
    let expected = [
        "r at ",
        "r.0 at /if/0",
        "r.0.0 at /if/0/!/0/and/0/!/0",
        "r.0.1 at /if/0/!/0/and/1/!/0",
        "r.1 at /if/1",
        "r.1.0 at /if/1/0",
        "r.2 at /if/2",
    ];
    assert_eq!(walked, expected);
    // What is almost any of several.
    for json in [
        json!({"!": [{"and": [{"!": [1]}]}]}),
        json!({"!": [{"and": [{"!": [1]}, {"!": [1, 2]}]}]}),
        json!({"!": [{"and": [{"!": [1]}, {"!": [2], "+": [1, 2]}]}]}),
        json!({"!": [{"and": [{"!": [1]}, {"!": [2]}], "or": []}]}),
    ] {
        let tree = Tree::of(&json);
        assert!(matches!(tree, Tree::Group(Join::Not, _)), "{json}");
        assert_eq!(tree.json(), json);
    }
}

#[test]
fn a_group_gains_and_loses_what_its_operation_allows() {
    let table = [
        (json!({"and": [1, 2]}), true, true),
        (
            json!({"!": [{"and": [{"!": [1]}, {"!": [2]}]}]}),
            true,
            true,
        ),
        (json!({"!": [1]}), false, false),
        (json!({"<": [1, 2]}), false, true),
        (json!({"<": [1, 2, 3]}), true, false),
        (json!({"===": [1, 2]}), false, false),
        (json!({"if": [1, 2, 3]}), false, false),
        (json!([]), false, true),
        (json!([1]), true, true),
        (json!(1), false, false),
    ];
    for (json, loses, gains) in table {
        let tree = Tree::of(&json);
        assert_eq!((tree.can_lose(), tree.can_gain()), (loses, gains), "{json}");
    }
}

#[test]
fn a_part_becomes_what_a_form_says_and_otherwise_stays() {
    let table = [
        (json!(17), "#number", json!(17)),
        (json!(true), "#number", json!(0)),
        (json!(17), "#true", json!(true)),
        (json!(true), "#false", json!(false)),
        (json!(17), "", json!(17)),
        (json!(false), "param.a", json!({"var": "param.a"})),
        (json!([1]), "#true", json!([1])),
    ];
    for (json, said, expected) in table {
        let mut tree = Tree::of(&json);
        tree.set("leaf", "r", said);
        assert_eq!(tree.json(), expected, "{json} {said}");
    }
    let mut tree = Tree::of(&json!({"and": [1, []]}));
    assert_eq!(tree.edit("r.1", Edit::Unwrap), None, "nothing is in it");
    assert_eq!(tree.json(), json!({"and": [1, []]}));
}
