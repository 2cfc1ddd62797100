//! What is wrong with rules of recognition before any pass is judged by them, and their file.

use super::facts::range;
use super::{RecognitionFact, RecognitionRule};
use crate::certlogic::DoubtKind;
use crate::lang::Text;
use crate::rulebook::{Finding, Severity, compile_text, doubt_text};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashSet;

/// The rules that come with the program.
pub const SHIPPED: &str = include_str!("../../../rulebooks/cn-recognition.json");
/// Most rules of one region.
pub const RULES_MAX: usize = 50;
const FORMAT: &str = "fuxue recognition 1";
/// Longest condition, in bytes of JSON.
const CONDITION_BYTES: usize = 8_192;
const LABEL_CHARS: usize = 100;

/// A rule as a region keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptRule {
    /// The rule.
    #[serde(flatten)]
    pub rule: RecognitionRule,
    /// Whether it judges.
    pub on: bool,
}

/// A file of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleFile {
    format: String,
    /// The rules, in order.
    pub rules: Vec<KeptRule>,
}

/// Why a file of rules is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileError {
    /// It is not such a file.
    #[error("not a file of recognition rules: {0}")]
    Format(String),
    /// A rule in it is faulty.
    #[error("{0}")]
    Faulty(String),
}

impl RuleFile {
    /// The file of some rules.
    pub fn of(rules: Vec<KeptRule>) -> Self {
        Self {
            format: FORMAT.into(),
            rules,
        }
    }

    /// Reads a file and checks every rule in it.
    ///
    /// # Errors
    /// [`RuleFileError`] where it is no such file, or a rule has an error.
    pub fn parse(text: &str) -> Result<Self, RuleFileError> {
        let file: Self =
            serde_json::from_str(text).map_err(|e| RuleFileError::Format(e.to_string()))?;
        if file.format != FORMAT {
            return Err(RuleFileError::Format(file.format));
        }
        let worst = findings(&file.rules)
            .into_iter()
            .find(|finding| finding.severity == Severity::Error);
        match worst {
            Some(finding) => Err(RuleFileError::Faulty(format!(
                "{}: {}",
                finding.place, finding.text.en
            ))),
            None => Ok(file),
        }
    }
}

/// Everything wrong or doubtful in some rules, switched off or not, in their order.
pub fn findings(rules: &[KeptRule]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut ids = HashSet::new();
    for (index, KeptRule { rule, .. }) in rules.iter().enumerate() {
        let mut add = |place: &str, severity, text| {
            found.push(Finding {
                severity,
                rule: Some(rule.id.clone()),
                place: format!("/rules/{index}{place}"),
                text,
            });
        };
        if !is_name(&rule.id) {
            let text = Text::new(
                "名字只能用小写字母、数字和连字符，1 到 40 个字符",
                "a name has 1 to 40 small letters, digits or hyphens",
            );
            add("/id", Severity::Error, text);
        } else if !ids.insert(&rule.id) {
            let text = Text::new("这个名字用了两次", "this name is used twice");
            add("/id", Severity::Error, text);
        }
        for (place, half) in [("/label/zh", &rule.label.zh), ("/label/en", &rule.label.en)] {
            if !(1..=LABEL_CHARS).contains(&half.trim().chars().count()) {
                let text = Text::new(
                    "中文和英文的说明都要写，最多 100 个字",
                    "say it in Chinese and in English, in at most 100 characters each",
                );
                add(place, Severity::Error, text);
            }
        }
        condition(rule, &mut add);
    }
    if rules.len() > RULES_MAX {
        found.push(Finding {
            severity: Severity::Error,
            rule: None,
            place: "/rules".into(),
            text: Text::new("规则太多，最多 50 条", "there are more than 50 rules"),
        });
    }
    found
}

fn condition(rule: &RecognitionRule, add: &mut impl FnMut(&str, Severity, Text)) {
    if rule.refuse_if.to_string().len() > CONDITION_BYTES {
        let text = Text::new("条件太长", "the condition is too long");
        return add("/refuse_if", Severity::Error, text);
    }
    let expr = match rule.compile() {
        Ok(expr) => expr,
        Err(error) => {
            let text = Text::new(compile_text(&error.problem), error.problem.to_string());
            let place = format!("/refuse_if{}", error.place);
            return add(&place, Severity::Error, text);
        }
    };
    for doubt in expr.doubts(range) {
        let is_fault = matches!(doubt.kind, DoubtKind::Type { .. } | DoubtKind::NotADate(_));
        let severity = if is_fault {
            Severity::Error
        } else {
            Severity::Warning
        };
        let place = format!("/refuse_if{}", doubt.place);
        add(&place, severity, doubt_text(&doubt.kind));
    }
    words(&rule.refuse_if, "/refuse_if", add);
}

/// A text that is compared with a fact has to be one that the fact can be: `gren` would never refuse anybody.
fn words(json: &Json, place: &str, add: &mut impl FnMut(&str, Severity, Text)) {
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                words(item, &format!("{place}/{index}"), add);
            }
        }
        Json::Object(object) => {
            for (operator, operands) in object {
                let below = format!("{place}/{operator}");
                if let ("===" | "in", Some([left, right])) =
                    (operator.as_str(), operands.as_array().map(Vec::as_slice))
                {
                    compared(left, right, &format!("{below}/1"), add);
                    compared(right, left, &format!("{below}/0"), add);
                }
                words(operands, &below, add);
            }
        }
        _ => {}
    }
}

fn compared(fact: &Json, with: &Json, place: &str, add: &mut impl FnMut(&str, Severity, Text)) {
    let path = fact.get("var").and_then(Json::as_str);
    let Some(fact) = path.and_then(RecognitionFact::from_path) else {
        return;
    };
    let one = std::slice::from_ref(with);
    let values = with.as_array().map_or(one, Vec::as_slice);
    let texts = values.iter().filter_map(Json::as_str);
    for text in texts.filter(|text| !fact.may_be(text)) {
        let path = fact.path();
        let words = Text::new(
            format!("{path} 不可能是“{text}”"),
            format!("{path} can never be “{text}”"),
        );
        add(place, Severity::Error, words);
    }
}

fn is_name(name: &str) -> bool {
    let usable = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(usable)
}
