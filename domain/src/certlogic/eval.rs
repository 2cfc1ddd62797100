//! Evaluation, with and without a trace.

use super::compile::{Comparison, Local, Node, Op};
use super::time::Moment;
use super::{Expr, Slot, Value};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::sync::Arc;

/// How often the lambdas of one evaluation may run in all.
const LAMBDAS: u32 = 100_000;
/// How many values a reduction may gather.
const PARTS: usize = 10_000;

/// Gives the value of each slot that an expression was compiled with.
pub trait Lookup {
    /// The value of a slot; slots that were never handed out read as [`Value::Null`].
    fn value(&self, slot: Slot) -> Value;
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalProblem {
    /// An operand must be an integer.
    #[error("not an integer: {0}")]
    NotAnInteger(Value),
    /// The second operand of `in` must be a list.
    #[error("not a list: {0}")]
    NotAList(Value),
    /// An operand must be truthy or falsy.
    #[error("neither truthy nor falsy: {0}")]
    NoTruth(Value),
    /// An operand must be a moment, made by `plusTime` or `dccDateOfBirth`.
    #[error("not a date and time: {0}")]
    NotAMoment(Value),
    /// A text must be a date, or a date with a time, of an allowed form.
    #[error("not a date: {0}")]
    NotADate(Value),
    /// An operand must be a text or null.
    #[error("not a text: {0}")]
    NotAText(Value),
    /// A sum does not fit into 64 bits, or a date lies beyond all calendars.
    #[error("the result is too large")]
    Overflow,
    /// A `reduce` runs too long, or what it gathers grows too large.
    #[error("a reduction that takes too long")]
    TooMuch,
}

/// An expression without a value, and where it went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {place:?}: {problem}")]
pub struct EvalError {
    /// The JSON pointer of the operation that failed; empty for the whole.
    pub place: String,
    /// What went wrong.
    pub problem: EvalProblem,
}

/// The value of one sub-expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The JSON pointer of the sub-expression; empty for the whole. Shared by all traces of one expression.
    pub place: Arc<str>,
    /// Its value.
    pub value: Value,
}

/// Is told the value of every sub-expression that was evaluated, children before parents.
trait Watch {
    fn saw(&mut self, node: &Node, value: &Value);
}

struct Nobody;

impl Watch for Nobody {
    #[inline]
    fn saw(&mut self, _: &Node, _: &Value) {}
}

struct Recorder<'a> {
    expr: &'a Expr,
    steps: Vec<Step>,
}

impl Watch for Recorder<'_> {
    fn saw(&mut self, node: &Node, value: &Value) {
        self.steps.push(Step {
            place: self.expr.place(node.id),
            value: value.clone(),
        });
    }
}

type Fault = (u32, EvalProblem);
type Outcome = Result<Value, Fault>;

/// What an expression reads: the data, and inside a lambda what the lambda was given.
struct Scope<'a, L> {
    data: &'a L,
    lambda: Option<(&'a Value, &'a Value)>,
    /// How many more times lambdas may run.
    fuel: &'a Cell<u32>,
}

impl<L> Clone for Scope<'_, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Scope<'_, L> {}

impl<L: Lookup> Scope<'_, L> {
    fn local(&self, local: Local, path: &[String]) -> Value {
        let Some((current, accumulator)) = self.lambda else {
            return Value::Null;
        };
        let below = |value: &Value| value.at(path.iter().map(String::as_str));
        match local {
            Local::Nothing => Value::Null,
            Local::Current => below(current),
            Local::Accumulator => below(accumulator),
            Local::Both => Value::Object(
                [
                    ("current".to_owned(), current.clone()),
                    ("accumulator".to_owned(), accumulator.clone()),
                ]
                .into(),
            ),
        }
    }
}

impl Expr {
    /// The value of this expression.
    pub fn eval(&self, data: &impl Lookup) -> Result<Value, EvalError> {
        let fuel = Cell::new(LAMBDAS);
        eval(self.root(), outermost(data, &fuel), &mut Nobody).map_err(|error| self.error(error))
    }

    /// The truth of this expression; an error where its value is neither truthy nor falsy.
    pub fn holds(&self, data: &impl Lookup) -> Result<bool, EvalError> {
        let root = self.root();
        let fuel = Cell::new(LAMBDAS);
        eval(root, outermost(data, &fuel), &mut Nobody)
            .and_then(|value| truth(root, value).map(|(holds, _)| holds))
            .map_err(|error| self.error(error))
    }

    /// The value of this expression, and of every sub-expression that was evaluated on the way,
    /// children before parents. Parts that were skipped (`and`, `if`) have no step.
    pub fn trace(&self, data: &impl Lookup) -> (Result<Value, EvalError>, Vec<Step>) {
        let mut recorder = Recorder {
            expr: self,
            steps: Vec::with_capacity(self.places.len()),
        };
        let fuel = Cell::new(LAMBDAS);
        let value = eval(self.root(), outermost(data, &fuel), &mut recorder)
            .map_err(|error| self.error(error));
        (value, recorder.steps)
    }

    /// The value of one part of this expression.
    pub(super) fn eval_node(&self, node: &Node, data: &impl Lookup) -> Result<Value, EvalError> {
        let fuel = Cell::new(LAMBDAS);
        eval(node, outermost(data, &fuel), &mut Nobody).map_err(|error| self.error(error))
    }

    fn error(&self, (id, problem): Fault) -> EvalError {
        EvalError {
            place: self.place(id).as_ref().to_owned(),
            problem,
        }
    }
}

fn outermost<'a, L>(data: &'a L, fuel: &'a Cell<u32>) -> Scope<'a, L> {
    Scope {
        data,
        lambda: None,
        fuel,
    }
}

fn eval<L: Lookup>(node: &Node, scope: Scope<'_, L>, watch: &mut impl Watch) -> Outcome {
    let value = match &node.op {
        Op::Literal(value) => value.clone(),
        Op::List(items) => Value::List(
            items
                .iter()
                .map(|item| eval(item, scope, watch))
                .collect::<Result<_, _>>()?,
        ),
        Op::Var(slot) => scope.data.value(*slot),
        Op::Local(local, path) => scope.local(*local, path),
        Op::If(parts) => {
            let [guard, then, otherwise] = &**parts;
            let (holds, _) = truth(guard, eval(guard, scope, watch)?)?;
            eval(if holds { then } else { otherwise }, scope, watch)?
        }
        Op::Equal(parts) => {
            let [left, right] = &**parts;
            Value::Bool(eval(left, scope, watch)? == eval(right, scope, watch)?)
        }
        Op::In(parts) => {
            let [item, list] = &**parts;
            let item_value = eval(item, scope, watch)?;
            match eval(list, scope, watch)? {
                Value::List(values) => Value::Bool(values.contains(&item_value)),
                other => return Err((list.id, EvalProblem::NotAList(other))),
            }
        }
        Op::Plus(parts) => {
            let [left, right] = &**parts;
            let (a, b) = (integer(left, scope, watch)?, integer(right, scope, watch)?);
            Value::Int(a.checked_add(b).ok_or((node.id, EvalProblem::Overflow))?)
        }
        Op::And(operands) => and(operands, scope, watch)?,
        Op::Not(operand) => {
            let (holds, _) = truth(operand, eval(operand, scope, watch)?)?;
            Value::Bool(!holds)
        }
        Op::Compare(comparison, operands) => compare(*comparison, operands, |operand| {
            integer(operand, scope, watch)
        })?,
        Op::CompareTime(comparison, operands) => compare(*comparison, operands, |operand| {
            moment(operand, scope, watch)
        })?,
        Op::PlusTime(date, amount, unit) => {
            let from = date_of(date, scope, watch, Moment::parse)?;
            let then = from.plus(*amount, *unit);
            Value::Moment(then.ok_or((node.id, EvalProblem::Overflow))?)
        }
        Op::BirthDate(date) => {
            Value::Moment(date_of(date, scope, watch, Moment::parse_birth_date)?)
        }
        Op::Reduce(parts) => reduce(parts, scope, watch)?,
        Op::FromUci(operand, index) => match eval(operand, scope, watch)? {
            Value::Null => Value::Null,
            Value::Text(uci) => uci_fragment(&uci, *index),
            other => return Err((operand.id, EvalProblem::NotAText(other))),
        },
    };
    watch.saw(node, &value);
    Ok(value)
}

/// Whether every operand stands to its right neighbour as the comparison says.
fn compare<T: Ord + Copy>(
    comparison: Comparison,
    operands: &[Node],
    mut value: impl FnMut(&Node) -> Result<T, Fault>,
) -> Outcome {
    let mut all = true;
    let mut left = None;
    for operand in operands {
        let right = value(operand)?;
        all &= left.is_none_or(|left| comparison.holds(left, right));
        left = Some(right);
    }
    Ok(Value::Bool(all))
}

/// The first falsy operand, or else the last one.
fn and<L: Lookup>(operands: &[Node], scope: Scope<'_, L>, watch: &mut impl Watch) -> Outcome {
    let mut last = Value::Bool(true);
    for operand in operands {
        let (holds, value) = truth(operand, eval(operand, scope, watch)?)?;
        last = value;
        if !holds {
            break;
        }
    }
    Ok(last)
}

/// A left fold. The lambda's steps are not watched: one place would have many values.
fn reduce<L: Lookup>(parts: &[Node; 3], scope: Scope<'_, L>, watch: &mut impl Watch) -> Outcome {
    let [operand, lambda, initial] = parts;
    let items = match eval(operand, scope, watch)? {
        Value::Null => Vec::new(),
        Value::List(items) => items,
        other => return Err((operand.id, EvalProblem::NotAList(other))),
    };
    let mut accumulator = eval(initial, scope, watch)?;
    for current in &items {
        let Some(left) = scope.fuel.get().checked_sub(1) else {
            return Err((lambda.id, EvalProblem::TooMuch));
        };
        scope.fuel.set(left);
        let inner = Scope {
            lambda: Some((current, &accumulator)),
            ..scope
        };
        accumulator = eval(lambda, inner, &mut Nobody)?;
        if accumulator.parts() > PARTS {
            return Err((lambda.id, EvalProblem::TooMuch));
        }
    }
    Ok(accumulator)
}

/// The fragment of a unique certificate identifier with an index from 0; `Null` where there is none.
fn uci_fragment(uci: &str, index: i64) -> Value {
    let fragments = uci.strip_prefix("URN:UVCI:").unwrap_or(uci);
    usize::try_from(index)
        .ok()
        .and_then(|index| fragments.split(['/', '#', ':']).nth(index))
        .map_or(Value::Null, |fragment| Value::Text(fragment.to_owned()))
}

fn truth(node: &Node, value: Value) -> Result<(bool, Value), Fault> {
    match value.truth() {
        Some(holds) => Ok((holds, value)),
        None => Err((node.id, EvalProblem::NoTruth(value))),
    }
}

fn integer<L: Lookup>(
    node: &Node,
    scope: Scope<'_, L>,
    watch: &mut impl Watch,
) -> Result<i64, Fault> {
    match eval(node, scope, watch)? {
        Value::Int(value) => Ok(value),
        other => Err((node.id, EvalProblem::NotAnInteger(other))),
    }
}

fn moment<L: Lookup>(
    node: &Node,
    scope: Scope<'_, L>,
    watch: &mut impl Watch,
) -> Result<Moment, Fault> {
    match eval(node, scope, watch)? {
        Value::Moment(value) => Ok(value),
        other => Err((node.id, EvalProblem::NotAMoment(other))),
    }
}

fn date_of<L: Lookup>(
    node: &Node,
    scope: Scope<'_, L>,
    watch: &mut impl Watch,
    parse: fn(&str) -> Option<Moment>,
) -> Result<Moment, Fault> {
    let value = eval(node, scope, watch)?;
    let moment = match &value {
        Value::Text(text) => parse(text),
        _ => None,
    };
    moment.ok_or((node.id, EvalProblem::NotADate(value)))
}
