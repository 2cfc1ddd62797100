//! Conditions and values as a person would say them, in both languages.

mod facts;

use super::document::{Document, Parameter, ParameterValue, Policy};
use crate::facts::Fact;
use crate::lang::Text;
use facts::{flag, says};
use serde_json::Value as Json;

/// A condition, or a part of one, in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The JSON pointer of the part inside the condition; empty for the whole.
    pub place: String,
    /// How its parts belong together.
    pub kind: ClauseKind,
    /// The sentence, that of its parts included.
    pub text: Text,
    /// The parts; empty for a single statement.
    pub parts: Vec<Clause>,
}

/// How the parts of a clause belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseKind {
    /// All of them.
    All,
    /// At least one of them.
    Any,
    /// A single statement.
    Single,
}

/// A condition in plain words, with the parameters' values filled in. What has no plain words stands as its formula.
pub fn condition(document: &Document, json: &Json) -> Clause {
    Reader {
        parameters: &document.parameters,
    }
    .clause(json, String::new(), false)
}

/// A parameter's value as people read it: tenths of a degree as degrees, days as days, policies in words.
pub fn value(name: &str, value: ParameterValue) -> Text {
    match value {
        ParameterValue::Policy(Policy::Ignore) => Text::new("照样计入", "it counts all the same"),
        ParameterValue::Policy(Policy::Pause) => {
            Text::new("顺延一天", "the end moves out by one day")
        }
        ParameterValue::Policy(Policy::Restart) => Text::new("重新计算", "the count starts again"),
        ParameterValue::Number(number) if name.ends_with("_tenths") => degrees(number),
        ParameterValue::Number(number) if name.ends_with("_days") => days(number),
        ParameterValue::Number(number) if name.ends_with("_hours") => {
            Text::new(format!("{number} 小时"), format!("{number} hours"))
        }
        ParameterValue::Number(number) => Text::new(number.to_string(), number.to_string()),
    }
}

/// Which values a parameter may have: from and to, or one of them, or any.
pub fn bounds(parameter: &Parameter) -> Text {
    let shown = |number| value(&parameter.name, ParameterValue::Number(number));
    match (parameter.min.map(shown), parameter.max.map(shown)) {
        (Some(min), Some(max)) => Text::new(
            format!("在 {} 到 {} 之间", min.zh, max.zh),
            format!("between {} and {}", min.en, max.en),
        ),
        (Some(min), None) => {
            Text::new(format!("不小于 {}", min.zh), format!("at least {}", min.en))
        }
        (None, Some(max)) => Text::new(format!("不大于 {}", max.zh), format!("at most {}", max.en)),
        (None, None) => Text::new("不限", "any value"),
    }
}

fn degrees(tenths: i64) -> Text {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    Text::new(
        format!("{sign}{whole}.{tenth} ℃"),
        format!("{sign}{whole}.{tenth} °C"),
    )
}

fn days(number: i64) -> Text {
    let plural = if number == 1 { "day" } else { "days" };
    Text::new(format!("{number} 天"), format!("{number} {plural}"))
}

/// Deeper parts stand as their formula.
const DEPTH: usize = 64;

struct Reader<'a> {
    parameters: &'a [Parameter],
}

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    Fact(Fact),
    Number(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

impl Op {
    fn parse(operator: &str) -> Option<Self> {
        Some(match operator {
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::More,
            ">=" => Self::AtLeast,
            "===" => Self::Equal,
            _ => return None,
        })
    }

    fn negated(self) -> Self {
        match self {
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
        }
    }

    /// With the sides changed over.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

fn single(place: String, text: Text) -> Clause {
    Clause {
        place,
        kind: ClauseKind::Single,
        text,
        parts: Vec::new(),
    }
}

impl Reader<'_> {
    /// `negated`: what is said is that the part does not hold.
    fn clause(&self, json: &Json, place: String, negated: bool) -> Clause {
        let operation = json
            .as_object()
            .filter(|object| object.len() == 1)
            .and_then(|object| object.iter().next())
            .map(|(operator, operands)| (operator.as_str(), operands));
        let is_deep = place.matches('/').count() > 2 * DEPTH;
        let known = match (json, operation) {
            (Json::Bool(truth), _) => Some(constant(*truth != negated)),
            (_, Some(("!", operands))) if !is_deep => {
                if let Some([operand]) = operands.as_array().map(Vec::as_slice) {
                    return self.clause(operand, format!("{place}/!/0"), !negated);
                }
                None
            }
            (_, Some(("and", Json::Array(operands)))) if !is_deep => {
                let said = |(i, part)| self.clause(part, format!("{place}/and/{i}"), negated);
                let parts = operands.iter().enumerate().map(said).collect();
                let kind = if negated {
                    ClauseKind::Any
                } else {
                    ClauseKind::All
                };
                return joined(place, kind, parts);
            }
            (_, Some(("if", Json::Array(operands)))) if !is_deep => {
                self.choice(operands, &place, negated)
            }
            (_, Some(("var", Json::String(path)))) => {
                Fact::from_path(path).and_then(|fact| flag(fact, !negated))
            }
            (_, Some((operator, Json::Array(operands)))) => {
                self.comparison(operator, operands, negated)
            }
            _ => None,
        };
        single(place, known.unwrap_or_else(|| formula(json, negated)))
    }

    fn choice(&self, operands: &[Json], place: &str, negated: bool) -> Option<Text> {
        let [guard, then, otherwise] = operands else {
            return None;
        };
        let say = |json, index: usize, negated| {
            self.clause(json, format!("{place}/if/{index}"), negated)
                .text
        };
        let (a, b, c) = (
            say(guard, 0, false),
            say(then, 1, negated),
            say(otherwise, 2, negated),
        );
        Some(Text::new(
            format!("如果{}，要求{}，否则要求{}", a.zh, b.zh, c.zh),
            format!("if {}, then {}, otherwise {}", a.en, b.en, c.en),
        ))
    }

    fn comparison(&self, operator: &str, operands: &[Json], negated: bool) -> Option<Text> {
        let op = Op::parse(operator)?;
        match operands {
            [left, right] => {
                if op == Op::Equal
                    && let Some(text) = flag_equals(left, right, negated)
                        .or_else(|| flag_equals(right, left, negated))
                {
                    return Some(text);
                }
                let op = if negated { op.negated() } else { op };
                match (self.term(left)?, self.term(right)?) {
                    (Term::Fact(fact), Term::Number(number)) => Some(says(fact, op, number)),
                    (Term::Number(number), Term::Fact(fact)) => {
                        Some(says(fact, op.turned(), number))
                    }
                    _ => None,
                }
            }
            [low, middle, high] if !negated => {
                match (self.term(low)?, self.term(middle)?, self.term(high)?) {
                    (Term::Number(low), Term::Fact(fact), Term::Number(high)) => {
                        let (a, b) = (says(fact, op.turned(), low), says(fact, op, high));
                        Some(Text::new(
                            format!("{}，并且{}", a.zh, b.zh),
                            format!("{} and {}", a.en, b.en),
                        ))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn term(&self, json: &Json) -> Option<Term> {
        if let Some(number) = json.as_i64() {
            return Some(Term::Number(number));
        }
        let path = json.get("var")?.as_str()?;
        if let Some(fact) = Fact::from_path(path) {
            return Some(Term::Fact(fact));
        }
        let name = path.strip_prefix("param.")?;
        match self
            .parameters
            .iter()
            .find(|parameter| parameter.name == name)?
            .value
        {
            ParameterValue::Number(number) => Some(Term::Number(number)),
            ParameterValue::Policy(_) => None,
        }
    }
}

fn constant(truth: bool) -> Text {
    if truth {
        Text::new("总是成立", "always")
    } else {
        Text::new("从不成立", "never")
    }
}

fn formula(json: &Json, negated: bool) -> Text {
    if negated {
        Text::new(
            format!("公式 {json} 不成立"),
            format!("the formula {json} does not hold"),
        )
    } else {
        Text::new(
            format!("公式 {json} 成立"),
            format!("the formula {json} holds"),
        )
    }
}

fn joined(place: String, kind: ClauseKind, parts: Vec<Clause>) -> Clause {
    let (zh, en) = match kind {
        ClauseKind::Any => ("，或者", " or "),
        _ => ("，并且", " and "),
    };
    let inner = |part: &Clause| {
        if part.kind == ClauseKind::Single || part.kind == kind {
            part.text.clone()
        } else {
            Text::new(
                format!("（{}）", part.text.zh),
                format!("({})", part.text.en),
            )
        }
    };
    let texts: Vec<Text> = parts.iter().map(inner).collect();
    let list =
        |half: fn(&Text) -> &str, comma| texts.iter().map(half).collect::<Vec<_>>().join(comma);
    let text = Text::new(list(|t| &t.zh, zh), list(|t| &t.en, en));
    Clause {
        place,
        kind,
        text,
        parts,
    }
}

fn flag_equals(fact: &Json, truth: &Json, negated: bool) -> Option<Text> {
    let fact = Fact::from_path(fact.get("var")?.as_str()?)?;
    flag(fact, truth.as_bool()? != negated)
}

#[cfg(test)]
mod tests;
