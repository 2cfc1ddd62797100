//! A condition tried on sample facts, before anybody is judged by it.

use crate::certlogic::{CompileError, EvalError, Expr, Lookup, Slot, Value};
use crate::facts::{Fact, FactKind, NONE_DAYS};
use crate::rulebook::{Parameter, ParameterValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Facts that somebody made up, by their path; what is not named is as on a plain day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample(BTreeMap<String, i64>);

/// Why a condition could not be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialError {
    /// It is no condition.
    Compile(CompileError),
    /// It has no answer for these facts.
    Eval(EvalError),
}

impl TrialError {
    /// The JSON pointer of the part that is wrong; empty for the whole.
    pub fn place(&self) -> &str {
        match self {
            Self::Compile(error) => &error.place,
            Self::Eval(error) => &error.place,
        }
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Whether it holds.
    pub fired: Result<bool, TrialError>,
    /// The value of each part that was looked at, by its JSON pointer.
    pub seen: BTreeMap<String, Value>,
}

impl Sample {
    /// The value of a fact: flags are 0 or 1.
    pub fn get(&self, fact: Fact) -> i64 {
        self.0
            .get(fact.path())
            .copied()
            .unwrap_or_else(|| plain(fact))
    }

    /// Sets a fact.
    pub fn set(&mut self, fact: Fact, value: i64) {
        self.0.insert(fact.path().to_owned(), value);
    }

    /// Takes over what a form says about a fact: a temperature in degrees Celsius, a number, or nothing. What is no
    /// number changes nothing.
    pub fn read(&mut self, fact: Fact, text: &str) {
        let text = text.trim();
        let value = match (fact.kind(), text) {
            (FactKind::DaysSince, "") => Some(i64::from(NONE_DAYS)),
            (_, "") => Some(0),
            _ if fact == Fact::TodayTemperature => tenths(text),
            _ => text.parse().ok().filter(|n| (0..=9999).contains(n)),
        };
        if let Some(value) = value {
            self.set(fact, value);
        }
    }

    /// The value as a form shows it, the reverse of [`Self::read`].
    pub fn shown(&self, fact: Fact) -> String {
        let value = self.get(fact);
        match fact.kind() {
            FactKind::DaysSince if value >= i64::from(NONE_DAYS) => String::new(),
            _ if fact == Fact::TodayTemperature => format!("{}.{}", value / 10, value % 10),
            _ => value.to_string(),
        }
    }
}

/// On a plain day somebody has reported 36.5 °C and nothing else.
fn plain(fact: Fact) -> i64 {
    match (fact, fact.kind()) {
        (Fact::TodayReported | Fact::TodayMeasured, _) => 1,
        (Fact::TodayTemperature, _) => 365,
        (_, FactKind::DaysSince) => i64::from(NONE_DAYS),
        (_, FactKind::Flag | FactKind::Number) => 0,
    }
}

/// 37.6, 37 or 37.60 as tenths.
fn tenths(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let tenth = match rest.trim_end_matches('0') {
        "" => 0,
        digit => digit.parse::<i64>().ok().filter(|d| (1..=9).contains(d))?,
    };
    let whole: i64 = whole.parse().ok().filter(|w| (0..=99).contains(w))?;
    Some(whole * 10 + tenth)
}

struct Data<'a> {
    sample: &'a Sample,
    parameters: &'a [Parameter],
}

impl Lookup for Data<'_> {
    fn value(&self, slot: Slot) -> Value {
        let index = usize::from(slot);
        if let Some(fact) = Fact::ALL.get(index) {
            let value = self.sample.get(*fact);
            return match fact.kind() {
                FactKind::Flag => Value::Bool(value != 0),
                FactKind::Number | FactKind::DaysSince => Value::Int(value),
            };
        }
        match self.parameters.get(index - Fact::ALL.len()) {
            Some(Parameter {
                value: ParameterValue::Number(value),
                ..
            }) => Value::Int(*value),
            _ => Value::Null,
        }
    }
}

fn slot(parameters: &[Parameter], path: &str) -> Option<Slot> {
    let index = match path.strip_prefix("param.") {
        None => Fact::ALL.iter().position(|fact| fact.path() == path)?,
        Some(name) => {
            let is_it =
                |p: &Parameter| p.name == name && matches!(p.value, ParameterValue::Number(_));
            Fact::ALL.len() + parameters.iter().position(is_it)?
        }
    };
    Slot::try_from(index).ok()
}

/// Tries a condition.
pub fn attempt(condition: &serde_json::Value, parameters: &[Parameter], sample: &Sample) -> Trial {
    let expr = match Expr::compile(condition, |path| slot(parameters, path)) {
        Ok(expr) => expr,
        Err(error) => {
            return Trial {
                fired: Err(TrialError::Compile(error)),
                seen: BTreeMap::new(),
            };
        }
    };
    let data = Data { sample, parameters };
    let (_, steps) = expr.trace(&data);
    Trial {
        fired: expr.holds(&data).map_err(TrialError::Eval),
        seen: steps
            .into_iter()
            .map(|s| (s.place.as_ref().to_owned(), s.value))
            .collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rulebook::{Document, SHIPPED};

    fn fired(rule: &str, facts: &[(Fact, &str)]) -> Result<bool, TrialError> {
        let document: Document = serde_json::from_str(SHIPPED).unwrap();
        let mut sample = Sample::default();
        for (fact, text) in facts {
            sample.read(*fact, text);
        }
        let rule = document.rules.iter().find(|r| r.id == rule).unwrap();
        attempt(&rule.condition, &document.parameters, &sample).fired
    }

    #[test]
    fn a_plain_day_fires_no_rule_that_ships() {
        let document: Document = serde_json::from_str(SHIPPED).unwrap();
        for rule in &document.rules {
            let trial = attempt(&rule.condition, &document.parameters, &Sample::default());
            assert_eq!(trial.fired, Ok(false), "{}", rule.id);
            assert_eq!(trial.seen.get(""), Some(&Value::Bool(false)));
        }
    }

    #[test]
    fn sample_facts_decide() {
        assert_eq!(fired("Y-04", &[(Fact::TodayTemperature, "37.5")]), Ok(true));
        assert_eq!(
            fired("Y-04", &[(Fact::TodayTemperature, "38.0")]),
            Ok(false)
        );
        assert_eq!(fired("R-05", &[(Fact::TodayTemperature, "38")]), Ok(true));
        assert_eq!(fired("R-03", &[(Fact::ContactClose, "14")]), Ok(true));
        assert_eq!(fired("R-03", &[(Fact::ContactClose, "")]), Ok(false));
        assert_eq!(
            fired("Y-04", &[(Fact::TodayTemperature, "warm")]),
            Ok(false)
        );
    }

    #[test]
    fn what_a_form_shows_is_read_back_the_same() {
        let mut sample = Sample::default();
        for fact in Fact::ALL {
            let shown = sample.shown(fact);
            sample.read(fact, &shown);
            assert_eq!(sample.get(fact), plain(fact), "{}", fact.path());
        }
    }

    #[test]
    fn a_fault_says_where() {
        let condition = serde_json::json!({"and": [true, {">": [{"var": "no.such"}, 1]}]});
        let trial = attempt(&condition, &[], &Sample::default());
        assert_eq!(trial.fired.unwrap_err().place(), "/and/1/>/0/var");
    }
}
