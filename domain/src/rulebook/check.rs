//! From a rulebook file to rules that can be evaluated, with every fault named.

use super::document::{Document, Hold, ParameterValue, Policy, Rule};
use super::error::{RulebookError, RulebookProblem as Problem};
use super::{FEVER_TENTHS, LATE_LIMIT_DAYS, MISSED_DAYS};
use crate::certlogic::{Expr, Slot};
use crate::decision::ClearanceMode;
use crate::facts::Fact;
use crate::lang::Text;
use std::collections::HashSet;

/// A set of facts, by the bit of each.
pub(crate) type FactSet = u32;

/// The set of these facts.
pub(crate) fn fact_set(facts: impl IntoIterator<Item = Fact>) -> FactSet {
    facts
        .into_iter()
        .fold(0, |set, fact| set | 1 << fact as u32)
}

/// A compiled rule.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    /// What it reads, the fact that starts its isolation included.
    pub(crate) reads: FactSet,
    pub(crate) condition: Expr,
    /// What an isolation needs; `None` where the rule colours a day only while it fires.
    pub(crate) isolate: Option<Isolate>,
}

/// How an isolation counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Isolate {
    pub(crate) start: Fact,
    pub(crate) days: u16,
}

impl Compiled {
    /// An isolation that looks at answers and at events together.
    pub(super) fn mixes(&self) -> bool {
        let reads = |test: fn(Fact) -> bool| {
            self.reads & fact_set(Fact::ALL.into_iter().filter(|fact| test(*fact))) != 0
        };
        self.isolate.is_some() && reads(Fact::is_of_the_report) && reads(Fact::is_of_an_event)
    }
}

/// The placeholders that texts may hold.
pub(crate) const PLACEHOLDERS: [&str; 7] = [
    "start",
    "until",
    "temperature",
    "threshold",
    "symptoms",
    "findings",
    "place",
];

type Checked = (Vec<Compiled>, Vec<Option<i64>>, Policy);

pub(super) fn check(document: &Document) -> Result<Checked, RulebookError> {
    let outside = |place: &str, problem| RulebookError::new(None, place, problem);
    name(&document.id).map_err(|problem| outside("/id", problem))?;
    text(&document.title).map_err(|problem| outside("/title", problem))?;
    parameters(document)?;
    symptoms(document)?;
    let mut ids = HashSet::new();
    let mut rules = Vec::with_capacity(document.rules.len());
    for (index, rule) in document.rules.iter().enumerate() {
        if rule.id.is_empty() || !ids.insert(&rule.id) {
            let problem = Problem::Twice(rule.id.clone());
            return Err(outside(&format!("/rules/{index}/id"), problem));
        }
        rules.push(compile(document, rule)?);
    }
    let numbers = document
        .parameters
        .iter()
        .map(|parameter| match parameter.value {
            ParameterValue::Number(value) => Some(value),
            ParameterValue::Policy(_) => None,
        });
    let policy = document
        .parameters
        .iter()
        .find_map(|parameter| match parameter.value {
            ParameterValue::Policy(policy) if parameter.name == MISSED_DAYS => Some(policy),
            _ => None,
        });
    Ok((rules, numbers.collect(), policy.unwrap_or_default()))
}

fn parameters(document: &Document) -> Result<(), RulebookError> {
    let mut names = HashSet::new();
    for (index, parameter) in document.parameters.iter().enumerate() {
        let fail = |place: &str, problem| {
            Err(RulebookError::new(
                None,
                format!("/parameters/{index}{place}"),
                problem,
            ))
        };
        if let Err(problem) = name(&parameter.name) {
            return fail("/name", problem);
        }
        if !names.insert(&parameter.name) {
            return fail("/name", Problem::Twice(parameter.name.clone()));
        }
        if let Err(problem) = text(&parameter.title) {
            return fail("/title", problem);
        }
        let is_number = matches!(parameter.value, ParameterValue::Number(_));
        let wants_number = [FEVER_TENTHS, LATE_LIMIT_DAYS].contains(&parameter.name.as_str());
        if wants_number && !is_number || parameter.name == MISSED_DAYS && is_number {
            return fail("/value", Problem::ParameterKind(parameter.name.clone()));
        }
    }
    Ok(())
}

fn symptoms(document: &Document) -> Result<(), RulebookError> {
    let (mut numbers, mut codes) = (HashSet::new(), HashSet::new());
    for (index, symptom) in document.symptoms.iter().enumerate() {
        let fail = |place: &str, problem| {
            Err(RulebookError::new(
                None,
                format!("/symptoms/{index}{place}"),
                problem,
            ))
        };
        if symptom.number > 63 {
            return fail("/number", Problem::SymptomNumber(symptom.number));
        }
        if !numbers.insert(symptom.number) {
            return fail("/number", Problem::Twice(symptom.number.to_string()));
        }
        if let Err(problem) = name(&symptom.code) {
            return fail("/code", problem);
        }
        if !codes.insert(&symptom.code) {
            return fail("/code", Problem::Twice(symptom.code.clone()));
        }
        if let Err(problem) = text(&symptom.title) {
            return fail("/title", problem);
        }
    }
    Ok(())
}

fn compile(document: &Document, rule: &Rule) -> Result<Compiled, RulebookError> {
    let fail = |place: &str, problem| RulebookError::new(Some(&rule.id), place, problem);
    for (place, value) in [("/label", &rule.label), ("/text", &rule.text)] {
        text(value)
            .and_then(|()| placeholders(value))
            .map_err(|problem| fail(place, problem))?;
    }
    for (index, step) in rule.next_steps.iter().enumerate() {
        let checked = text(step).and_then(|()| placeholders(step));
        checked.map_err(|problem| fail(&format!("/next_steps/{index}"), problem))?;
    }
    name(&rule.outcome.reason).map_err(|problem| fail("/outcome/reason", problem))?;
    let condition = Expr::compile(&rule.condition, |path| slot(document, path))
        .map_err(|error| fail(&format!("/condition{}", error.place), error.problem.into()))?;
    let outcome = &rule.outcome;
    let isolate = match (outcome.hold, &outcome.start, &outcome.days) {
        (Hold::Isolation, Some(start), Some(days)) => Some(Isolate {
            start: Fact::from_path(start)
                .filter(|fact| !fact.is_counted())
                .ok_or_else(|| fail("/outcome/start", Problem::Start(start.clone())))?,
            days: length(document, days)
                .ok_or_else(|| fail("/outcome/days", Problem::Days(days.clone())))?,
        }),
        (Hold::WhileFired, None, None) if outcome.clearance == ClearanceMode::None => None,
        _ => return Err(fail("/outcome", Problem::Hold)),
    };
    let facts = || {
        condition
            .slots()
            .iter()
            .filter_map(|slot| Fact::from_slot(*slot))
    };
    if isolate.is_some()
        && let Some(fact) = facts().find(|fact| fact.is_counted())
    {
        return Err(fail("/condition", Problem::Counted(fact.path())));
    }
    let reads = fact_set(facts().chain(isolate.map(|isolate| isolate.start)));
    Ok(Compiled {
        reads,
        condition,
        isolate,
    })
}

/// The slot of a fact, or of a number parameter after all facts.
fn slot(document: &Document, path: &str) -> Option<Slot> {
    if let Some(fact) = Fact::from_path(path) {
        return Slot::try_from(fact as usize).ok();
    }
    let name = path.strip_prefix("param.")?;
    let index = document.parameters.iter().position(|parameter| {
        parameter.name == name && matches!(parameter.value, ParameterValue::Number(_))
    })?;
    Slot::try_from(Fact::ALL.len() + index).ok()
}

fn length(document: &Document, name: &str) -> Option<u16> {
    match document
        .parameters
        .iter()
        .find(|parameter| parameter.name == name)?
        .value
    {
        ParameterValue::Number(days) if (1..=366).contains(&days) => u16::try_from(days).ok(),
        _ => None,
    }
}

fn name(name: &str) -> Result<(), Problem> {
    let usable = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(usable) {
        Ok(())
    } else {
        Err(Problem::Name(name.to_owned()))
    }
}

fn text(text: &Text) -> Result<(), Problem> {
    let missing = text.zh.trim().is_empty() || text.en.trim().is_empty();
    if missing {
        Err(Problem::TextMissing)
    } else {
        Ok(())
    }
}

fn placeholders(text: &Text) -> Result<(), Problem> {
    for half in [&text.zh, &text.en] {
        for part in half.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            if !part.contains('}') || !PLACEHOLDERS.contains(&name) {
                return Err(Problem::Placeholder(name.to_owned()));
            }
        }
    }
    Ok(())
}
