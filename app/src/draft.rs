//! What the form of a rule says: its condition as a tree, the parameters it reads, and the facts it is tried on.
//! The server reads the posted form, and the browser the form on the page, with the same words.

use crate::ui::Unit;
use domain::certlogic::{Edit, Join, Tree};
use domain::facts::Fact;
use domain::rulebook::{Parameter, ParameterValue, Policy};
use domain::trial::Sample;

/// The field that holds the condition as the page last showed it.
pub const CONDITION: &str = "condition";

/// The condition: as the page last showed it, with what was chosen and typed since.
pub fn tree_of<'a>(fields: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Tree {
    let shown = fields
        .clone()
        .find(|(name, _)| *name == CONDITION)
        .and_then(|(_, text)| serde_json::from_str(text).ok())
        .unwrap_or(serde_json::Value::Bool(false));
    let mut tree = Tree::of(&shown);
    // A leaf is changed before its number is read: only a number has one.
    for kind in ["leaf", "op", "num"] {
        for (name, value) in fields.clone() {
            if let Some((_, part)) = name.split_once('.').filter(|(first, _)| *first == kind) {
                tree.set(kind, part, value);
            }
        }
    }
    tree
}

/// The parameters with the values in the form, and the names of those whose value cannot be read.
pub fn parameters_of<'a>(
    fields: impl Iterator<Item = (&'a str, &'a str)>,
    known: &[Parameter],
) -> (Vec<Parameter>, Vec<String>) {
    let mut parameters = known.to_vec();
    let mut wrong = Vec::new();
    for (name, text) in fields {
        let Some(name) = name.strip_prefix("p.") else {
            continue;
        };
        let Some(parameter) = parameters.iter_mut().find(|p| p.name == name) else {
            continue;
        };
        match parameter_read(parameter, text) {
            Some(value) => parameter.value = value,
            None => wrong.push(name.to_owned()),
        }
    }
    (parameters, wrong)
}

fn parameter_read(parameter: &Parameter, text: &str) -> Option<ParameterValue> {
    match parameter.value {
        ParameterValue::Number(_) => Unit::of(&parameter.name)
            .read(text)
            .map(ParameterValue::Number),
        ParameterValue::Policy(_) => policy_of(text).map(ParameterValue::Policy),
    }
}

/// The word of a policy in forms and files.
pub fn policy_code(policy: Policy) -> &'static str {
    match policy {
        Policy::Ignore => "ignore",
        Policy::Pause => "pause",
        Policy::Restart => "restart",
    }
}

/// The policy of a word.
pub fn policy_of(word: &str) -> Option<Policy> {
    [Policy::Ignore, Policy::Pause, Policy::Restart]
        .into_iter()
        .find(|policy| policy_code(*policy) == word)
}

/// The sample facts in the form.
pub fn sample_of<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Sample {
    let mut sample = Sample::default();
    for (name, text) in fields {
        if let Some(fact) = name.strip_prefix("f.").and_then(Fact::from_path) {
            sample.read(fact, text);
        }
    }
    sample
}

/// The edit that a button of the tree asks for: `add:r.0:any`, `remove:r.1` …, and the part that it is about.
pub fn edit_of(word: &str) -> Option<(&str, Edit)> {
    let mut words = word.split(':');
    let (verb, part) = (words.next()?, words.next()?);
    let join = words.next().and_then(Join::from_word);
    let edit = match (verb, join) {
        ("remove", None) => Edit::Remove,
        ("unwrap", None) => Edit::Unwrap,
        ("add", Some(join)) => Edit::Add(join),
        ("replace", Some(join)) => Edit::Replace(join),
        ("wrap", Some(join)) => Edit::Wrap(join),
        _ => return None,
    };
    Some((part, edit))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::rulebook::{Document, SHIPPED};
    use serde_json::json;

    #[test]
    fn what_was_chosen_and_typed_changes_the_shown_condition() {
        let fields = [
            (
                "condition",
                r#"{">=": [{"var": "today.temperature_tenths"}, 370]}"#,
            ),
            ("num.r.1", "375"),
            ("op.r", ">"),
            ("leaf.r.0", "today.temperature_tenths"),
            ("leaf.r.1", "#number"),
        ];
        assert_eq!(
            tree_of(fields.into_iter()).json(),
            json!({">": [{"var": "today.temperature_tenths"}, 375]})
        );
        let fields = [("condition", "nonsense")];
        assert_eq!(tree_of(fields.into_iter()).json(), json!(false));
    }

    #[test]
    fn parameters_are_read_in_their_unit() {
        let known = serde_json::from_str::<Document>(SHIPPED)
            .unwrap()
            .parameters;
        let fields = [
            ("p.fever_tenths", "37.5"),
            ("p.case_days", "many"),
            ("p.missed_days", "restart"),
            ("p.unknown", "1"),
        ];
        let (parameters, wrong) = parameters_of(fields.into_iter(), &known);
        assert_eq!(wrong, ["case_days"]);
        let value = |name: &str| parameters.iter().find(|p| p.name == name).unwrap().value;
        assert_eq!(value("fever_tenths"), ParameterValue::Number(375));
        assert_eq!(value("case_days"), ParameterValue::Number(14));
        assert_eq!(
            value("missed_days"),
            ParameterValue::Policy(Policy::Restart)
        );
    }

    #[test]
    fn a_button_says_what_it_does_to_which_part() {
        assert_eq!(edit_of("add:r.0:any"), Some(("r.0", Edit::Add(Join::Any))));
        assert_eq!(edit_of("wrap:r:!"), Some(("r", Edit::Wrap(Join::Not))));
        assert_eq!(edit_of("remove:r.1"), Some(("r.1", Edit::Remove)));
        for other in ["save", "add:r", "add:r:nonsense", "", "remove"] {
            assert_eq!(edit_of(other), None, "{other}");
        }
    }
}
