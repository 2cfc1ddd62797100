//! From a rulebook file to rules that can be evaluated, with every fault named.

use super::document::{Document, Hold, ParameterValue, Policy, Rule};
use super::error::{RulebookError, RulebookProblem as Problem};
use super::life::NOTICE_PARAMETER;
use super::{FEVER_TENTHS, MISSED_DAYS};
use crate::certlogic::{Expr, Slot};
use crate::decision::{ClearanceMode, DISCREPANCY_DUE_DAYS};
use crate::facts::Fact;
use crate::lang::Text;
use std::collections::HashSet;
use std::sync::Arc;

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
    pub(crate) names: Names,
    /// What it reads, the fact that starts its isolation included.
    pub(crate) reads: FactSet,
    pub(crate) condition: Expr,
    /// What an isolation needs; `None` where the rule colours a day only while it fires.
    pub(crate) isolate: Option<Isolate>,
}

/// What traces say of a rule, shared by all of them.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) rulebook: Arc<str>,
    pub(crate) rule: Arc<str>,
    pub(crate) label: Arc<Text>,
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

/// A compiled document, or the first fault in it.
pub(super) fn check(document: &Document) -> Result<Checked, RulebookError> {
    let (rules, faults) = check_all(document);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
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
    Ok((
        rules.into_iter().flatten().collect(),
        numbers.collect(),
        policy.unwrap_or_default(),
    ))
}

/// The rules that compile, in their places, and every fault of the document.
pub(super) fn check_all(document: &Document) -> (Vec<Option<Compiled>>, Vec<RulebookError>) {
    let mut faults = Faults::default();
    faults.note(None, "/id", name(&document.id));
    faults.note(None, "/title", text(&document.title));
    parameters(document, &mut faults);
    symptoms(document, &mut faults);
    let mut ids = HashSet::new();
    let mut rules = Vec::with_capacity(document.rules.len());
    for (index, rule) in document.rules.iter().enumerate() {
        if rule.id.is_empty() || !ids.insert(&rule.id) {
            let problem = Problem::Twice(rule.id.clone());
            faults.push(None, format!("/rules/{index}/id"), problem);
        }
        rules.push(compile(document, rule, &mut faults));
    }
    (rules, faults.0)
}

/// Faults as they are found.
#[derive(Default)]
struct Faults(Vec<RulebookError>);

impl Faults {
    fn push(&mut self, rule: Option<&str>, place: impl Into<String>, problem: Problem) {
        self.0.push(RulebookError::new(rule, place, problem));
    }

    fn note(&mut self, rule: Option<&str>, place: impl Into<String>, found: Result<(), Problem>) {
        if let Err(problem) = found {
            self.push(rule, place, problem);
        }
    }
}

fn parameters(document: &Document, faults: &mut Faults) {
    let mut names = HashSet::new();
    for (index, parameter) in document.parameters.iter().enumerate() {
        let at = |place: &str| format!("/parameters/{index}{place}");
        faults.note(None, at("/name"), name(&parameter.name));
        if !names.insert(&parameter.name) {
            faults.push(None, at("/name"), Problem::Twice(parameter.name.clone()));
        }
        faults.note(None, at("/title"), text(&parameter.title));
        let is_number = matches!(parameter.value, ParameterValue::Number(_));
        let wants_number = [FEVER_TENTHS, DISCREPANCY_DUE_DAYS, NOTICE_PARAMETER]
            .contains(&parameter.name.as_str());
        if wants_number && !is_number || parameter.name == MISSED_DAYS && is_number {
            let problem = Problem::ParameterKind(parameter.name.clone());
            faults.push(None, at("/value"), problem);
        }
    }
    let mut moved = HashSet::new();
    for (index, a_move) in document.moves.iter().enumerate() {
        if !moved.insert((&a_move.rulebook, &a_move.parameter)) {
            let problem = Problem::Twice(a_move.parameter.clone());
            faults.push(None, format!("/moves/{index}/parameter"), problem);
        }
    }
}

fn symptoms(document: &Document, faults: &mut Faults) {
    let (mut numbers, mut codes) = (HashSet::new(), HashSet::new());
    for (index, symptom) in document.symptoms.iter().enumerate() {
        let at = |place: &str| format!("/symptoms/{index}{place}");
        if symptom.number > 63 {
            faults.push(None, at("/number"), Problem::SymptomNumber(symptom.number));
        }
        if !numbers.insert(symptom.number) {
            let problem = Problem::Twice(symptom.number.to_string());
            faults.push(None, at("/number"), problem);
        }
        faults.note(None, at("/code"), name(&symptom.code));
        if !codes.insert(&symptom.code) {
            faults.push(None, at("/code"), Problem::Twice(symptom.code.clone()));
        }
        faults.note(None, at("/title"), text(&symptom.title));
    }
}

/// Repairs of one condition in search of further faults.
const REPAIRS: usize = 40;

/// Compiles a condition; a faulty part is put aside, so that the faults after it are found as well.
fn condition(document: &Document, rule: &Rule, faults: &mut Faults) -> Option<Expr> {
    let mut json = rule.condition.clone();
    let mut last = None;
    for _ in 0..REPAIRS {
        match Expr::compile(&json, |path| slot(document, path)) {
            Ok(expr) if json == rule.condition => return Some(expr),
            Ok(_) => return None,
            // A part that is no expression of its own cannot be put aside.
            Err(error) if last.as_ref() == Some(&error.place) => return None,
            Err(error) => {
                let place = format!("/condition{}", error.place);
                last = Some(error.place.clone());
                faults.push(Some(&rule.id), place, error.problem.into());
                *faulty_part(&mut json, &error.place)? = serde_json::Value::Bool(true);
            }
        }
    }
    None
}

/// The smallest expression around a place, which may point at an operator or at its operands.
fn faulty_part<'a>(
    json: &'a mut serde_json::Value,
    place: &str,
) -> Option<&'a mut serde_json::Value> {
    let mut at = String::new();
    let mut expression = String::new();
    let mut here: &serde_json::Value = json;
    for key in place.split('/').skip(1) {
        let name = key.replace("~1", "/").replace("~0", "~");
        let is_operator = here.is_object();
        here = match here {
            serde_json::Value::Object(object) => object.get(&name)?,
            serde_json::Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
        at.push('/');
        at.push_str(key);
        if !is_operator {
            expression.clone_from(&at);
        }
    }
    json.pointer_mut(&expression)
}

fn compile(document: &Document, rule: &Rule, faults: &mut Faults) -> Option<Compiled> {
    let before = faults.0.len();
    let id = Some(rule.id.as_str());
    for (place, value) in [("/label", &rule.label), ("/text", &rule.text)] {
        faults.note(id, place, text(value).and_then(|()| placeholders(value)));
    }
    for (index, step) in rule.next_steps.iter().enumerate() {
        let checked = text(step).and_then(|()| placeholders(step));
        faults.note(id, format!("/next_steps/{index}"), checked);
    }
    faults.note(id, "/outcome/reason", name(&rule.outcome.reason));
    let condition = condition(document, rule, faults);
    let outcome = &rule.outcome;
    let isolate = match (outcome.hold, &outcome.start, &outcome.days) {
        (Hold::Isolation, Some(start), Some(days)) => {
            let fact = Fact::from_path(start).filter(|fact| !fact.is_counted());
            if fact.is_none() {
                faults.push(id, "/outcome/start", Problem::Start(start.clone()));
            }
            let length = length(document, days);
            if length.is_none() {
                faults.push(id, "/outcome/days", Problem::Days(days.clone()));
            }
            fact.zip(length)
                .map(|(start, days)| Isolate { start, days })
        }
        (Hold::WhileFired, None, None) if outcome.clearance == ClearanceMode::None => None,
        _ => {
            faults.push(id, "/outcome", Problem::Hold);
            None
        }
    };
    let condition = condition?;
    let facts = || {
        condition
            .slots()
            .iter()
            .filter_map(|slot| Fact::from_slot(*slot))
    };
    if outcome.hold == Hold::Isolation
        && let Some(fact) = facts().find(|fact| fact.is_counted())
    {
        faults.push(id, "/condition", Problem::Counted(fact.path()));
    }
    let reads = fact_set(facts().chain(isolate.map(|isolate| isolate.start)));
    (faults.0.len() == before).then(|| Compiled {
        names: Names {
            rulebook: document.id.as_str().into(),
            rule: rule.id.as_str().into(),
            label: Arc::new(rule.label.clone()),
        },
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
