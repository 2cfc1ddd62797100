//! The form of one rule: read into the draft, with everything that was typed kept.

use crate::draft::{CONDITION, edit_of, parameters_of, policy_of, sample_of, tree_of};
use crate::tr;
use crate::tr::Lang;
use crate::ui::{FieldError, Unit};
use crate::web::Fields;
use domain::certlogic::Tree;
use domain::decision::ClearanceMode;
use domain::rulebook::{Document, Hold, Parameter, ParameterValue, Rule, Stricter, Unread};
use domain::trial::Sample;
use domain::{Colour, Text};

/// What a posted form of a rule comes to.
#[derive(Debug, Clone)]
pub(super) struct RuleForm {
    /// The draft with the rule and the parameters as in the form.
    pub document: Document,
    /// Where the rule stands in it.
    pub index: usize,
    /// The condition with all edits.
    pub tree: Tree,
    /// What stands in the JSON field.
    pub json: String,
    /// The facts that it is tried on.
    pub sample: Sample,
    /// What cannot be read.
    pub errors: Vec<FieldError>,
    /// What was typed for parameters whose value cannot be read.
    pub typed: Vec<(String, String)>,
}

impl RuleForm {
    /// The form of a stored rule.
    pub fn of(document: Document, index: usize) -> Option<Self> {
        let rule = document.rules.get(index)?;
        let tree = Tree::of(&rule.condition);
        Some(Self {
            json: pretty(&tree.json()),
            tree,
            index,
            sample: Sample::default(),
            errors: Vec::new(),
            typed: Vec::new(),
            document,
        })
    }

    /// Takes over what was posted. `stored` is what the fields do not hold.
    pub fn read(lang: Lang, stored: Document, index: usize, fields: &Fields) -> Option<Self> {
        let mut form = Self::of(stored, index)?;
        form.sample = sample_of(fields.iter());
        form.parameters(lang, fields);
        form.condition(lang, fields);
        form.rule(lang, fields);
        if let Some(rule) = form.document.rules.get_mut(index) {
            rule.condition = form.tree.json();
        }
        Some(form)
    }

    /// The rule as in the form.
    pub fn rule_now(&self) -> Option<&Rule> {
        self.document.rules.get(self.index)
    }

    fn parameters(&mut self, lang: Lang, fields: &Fields) {
        let (parameters, wrong) = parameters_of(fields.iter(), &self.document.parameters);
        self.document.parameters = parameters;
        for name in wrong {
            let field = format!("p.{name}");
            self.errors
                .push(FieldError::new(&field, number_wanted(lang, &name)));
            self.typed.push((name, fields.get(&field).to_owned()));
        }
    }

    /// The tree holds, unless the JSON was changed; both at once are not settled here.
    fn condition(&mut self, lang: Lang, fields: &Fields) {
        let shown = fields.get(CONDITION);
        let before = Tree::of(&serde_json::from_str(shown).unwrap_or_default());
        let word = fields.get("do");
        self.tree = tree_of(fields.iter());
        let tree_changed = self.tree != before;
        if let Some((part, edit)) = edit_of(word)
            && self.tree.edit(part, edit).is_none()
        {
            let words = tr!(
                lang,
                "这一项不能这样改",
                "This part cannot be changed like that"
            );
            self.errors.push(FieldError::new("condition", words));
        }
        let text = plain_lines(fields.get("json"));
        let json_changed = fields.has("json") && text.trim() != pretty(&before.json()).trim();
        let holds_json = json_changed && word != "tree" && edit_of(word).is_none();
        if !holds_json {
            self.json = pretty(&self.tree.json());
            return;
        }
        self.json.clone_from(&text);
        match serde_json::from_str(&text) {
            Err(error) => {
                let what = Unread::from(&error).text();
                let words = what.get(lang).to_owned();
                self.errors.push(FieldError::new("json", words));
            }
            Ok(_) if tree_changed && word != "json" => {
                let words = tr!(
                    lang,
                    "树和 JSON 都改了。请选一个：“采用 JSON”或“采用树”",
                    "Both the tree and the JSON were changed. Choose one: “take the JSON” or “take the tree”"
                );
                self.errors.push(FieldError::new("json", words));
            }
            Ok(json) => {
                self.tree = Tree::of(&json);
                self.json = pretty(&self.tree.json());
            }
        }
    }

    fn rule(&mut self, lang: Lang, fields: &Fields) {
        let Some(rule) = self.document.rules.get_mut(self.index) else {
            return;
        };
        let text = |name: &str, kept: &Text| {
            let half = |name: String, kept: &str| {
                if fields.has(&name) {
                    plain_lines(fields.get(&name)).trim().to_owned()
                } else {
                    kept.to_owned()
                }
            };
            Text::new(
                half(format!("{name}_zh"), &kept.zh),
                half(format!("{name}_en"), &kept.en),
            )
        };
        rule.label = text("label", &rule.label);
        rule.text = text("text", &rule.text);
        if fields.has("steps_zh") {
            match steps(fields.get("steps_zh"), fields.get("steps_en")) {
                Ok(steps) => rule.next_steps = steps,
                Err(steps) => {
                    rule.next_steps = steps;
                    let words = tr!(
                        lang,
                        "两种语言的行数要一样，一行一步",
                        "Both languages need as many lines: one step a line"
                    );
                    self.errors.push(FieldError::new("steps_en", words));
                }
            }
        }
        outcome(rule, fields);
    }
}

fn outcome(rule: &mut Rule, fields: &Fields) {
    let outcome = &mut rule.outcome;
    match fields.get("colour") {
        "red" => outcome.colour = Colour::Red,
        "yellow" => outcome.colour = Colour::Yellow,
        _ => {}
    }
    match fields.get("clearance") {
        "none" => outcome.clearance = ClearanceMode::None,
        "may" => outcome.clearance = ClearanceMode::May,
        "must" => outcome.clearance = ClearanceMode::Must,
        _ => {}
    }
    if fields.has("reason") {
        fields.get("reason").trim().clone_into(&mut outcome.reason);
    }
    if fields.has("start") {
        match fields.get("start") {
            "" => {
                outcome.hold = Hold::WhileFired;
                (outcome.start, outcome.days) = (None, None);
                outcome.clearance = ClearanceMode::None;
            }
            start => {
                outcome.hold = Hold::Isolation;
                outcome.start = Some(start.to_owned());
                outcome.days = Some(fields.get("days").to_owned());
            }
        }
    }
}

/// Browsers send line breaks as two characters.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// A condition as people edit it.
pub(super) fn pretty(json: &serde_json::Value) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// The steps of both languages, a line each; the longer list decides where they differ.
fn steps(zh: &str, en: &str) -> Result<Vec<Text>, Vec<Text>> {
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    };
    let (zh, en) = (lines(zh), lines(en));
    let at = |lines: &[String], i: usize| lines.get(i).cloned().unwrap_or_default();
    let steps = (0..zh.len().max(en.len()))
        .map(|i| Text::new(at(&zh, i), at(&en, i)))
        .collect();
    if zh.len() == en.len() {
        Ok(steps)
    } else {
        Err(steps)
    }
}

/// What a value that cannot be read should be.
pub(super) fn number_wanted(lang: Lang, name: &str) -> String {
    match Unit::of(name) {
        Unit::Degrees => tr!(
            lang,
            "请填温度，如 37.3",
            "Enter a temperature, for example 37.3"
        ),
        Unit::Days | Unit::Hours | Unit::Plain => tr!(lang, "请填整数", "Enter a whole number"),
    }
}

/// A new rule that says nothing yet: it never fires until its condition is written.
pub(super) fn new_rule(id: &str, colour: Colour) -> Rule {
    Rule {
        id: id.to_owned(),
        version: 1,
        label: Text::default(),
        condition: serde_json::Value::Bool(false),
        outcome: domain::rulebook::Outcome {
            colour,
            reason: String::new(),
            hold: Hold::WhileFired,
            start: None,
            days: None,
            clearance: ClearanceMode::None,
        },
        text: Text::default(),
        next_steps: Vec::new(),
    }
}

/// A new parameter as a form describes it.
///
/// # Errors
/// What cannot be read.
pub(super) fn new_parameter(lang: Lang, fields: &Fields) -> Result<Parameter, Vec<FieldError>> {
    let mut errors = Vec::new();
    let name = fields.get("new_name").trim();
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_name) {
        let words = tr!(
            lang,
            "只用小写字母、数字和下划线",
            "Small letters, digits and underscores only"
        );
        errors.push(FieldError::new("new_name", words));
    }
    let title = Text::new(fields.get("new_zh").trim(), fields.get("new_en").trim());
    for (id, half) in [("new_zh", &title.zh), ("new_en", &title.en)] {
        if half.is_empty() {
            errors.push(FieldError::new(
                id,
                tr!(lang, "请填写名称", "Enter a title"),
            ));
        }
    }
    let typed = fields.get("new_value");
    let value = policy_of(typed)
        .map(ParameterValue::Policy)
        .or_else(|| Unit::of(name).read(typed).map(ParameterValue::Number));
    if value.is_none() {
        errors.push(FieldError::new("new_value", number_wanted(lang, name)));
    }
    let stricter = match fields.get("new_stricter") {
        "higher" => Stricter::Higher,
        _ => Stricter::Lower,
    };
    match value {
        Some(value) if errors.is_empty() => Ok(Parameter {
            name: name.to_owned(),
            title,
            value,
            stricter,
            min: None,
            max: None,
        }),
        _ => Err(errors),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::rulebook::SHIPPED;
    use serde_json::json;

    fn read(pairs: &[(&str, &str)]) -> RuleForm {
        let document: Document = serde_json::from_str(SHIPPED).unwrap();
        let index = document.rules.iter().position(|r| r.id == "Y-07").unwrap();
        RuleForm::read(
            Lang::En,
            document,
            index,
            &Fields::from_pairs(pairs.to_vec()),
        )
        .unwrap()
    }

    const SHOWN: &str = r#"{">": [{"var": "gaps.missed_school_days"}, 3]}"#;

    #[test]
    fn the_tree_holds_until_the_json_is_changed() {
        let pretty = pretty(&serde_json::from_str(SHOWN).unwrap()).replace('\n', "\r\n");
        let form = read(&[("condition", SHOWN), ("num.r.1", "5"), ("json", &pretty)]);
        assert_eq!(
            form.tree.json(),
            json!({">": [{"var": "gaps.missed_school_days"}, 5]})
        );
        assert_eq!(form.rule_now().unwrap().condition, form.tree.json());
        assert!(form.errors.is_empty());
        let form = read(&[("condition", SHOWN), ("num.r.1", "3"), ("json", "true")]);
        assert_eq!(form.tree.json(), json!(true));
    }

    #[test]
    fn two_changes_at_once_lose_nothing() {
        let both = [("condition", SHOWN), ("num.r.1", "5"), ("json", "true")];
        let form = read(&both);
        assert_eq!(form.errors[0].id, "json");
        assert_eq!(form.json, "true");
        assert_eq!(
            form.tree.json(),
            json!({">": [{"var": "gaps.missed_school_days"}, 5]})
        );
        let with = |word| read(&[&both[..], &[("do", word)]].concat());
        assert_eq!(with("json").tree.json(), json!(true));
        assert_eq!(with("tree").tree.json()[">"][1], json!(5));
        assert!(with("tree").errors.is_empty() && with("json").errors.is_empty());
    }

    #[test]
    fn what_is_no_json_is_shown_again_as_typed() {
        let form = read(&[
            ("condition", SHOWN),
            ("num.r.1", "3"),
            ("json", "{oops </textarea>"),
        ]);
        assert_eq!(form.errors[0].id, "json");
        assert_eq!(form.json, "{oops </textarea>");
        assert_eq!(
            form.tree.json(),
            serde_json::from_str::<serde_json::Value>(SHOWN).unwrap()
        );
    }

    #[test]
    fn steps_pair_up_by_line() {
        assert_eq!(steps("一\n\n二", "one\ntwo").unwrap().len(), 2);
        assert_eq!(steps("一\n二", "one").unwrap_err()[1], Text::new("二", ""));
    }
}
