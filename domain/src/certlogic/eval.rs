//! Evaluation, with and without a trace.

use super::compile::{Node, Op};
use super::{Expr, Slot, Value};
use serde::{Deserialize, Serialize};

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
    /// A sum does not fit into 64 bits.
    #[error("the sum is too large")]
    Overflow,
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
    /// The JSON pointer of the sub-expression; empty for the whole.
    pub place: String,
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

type Outcome = Result<Value, (u32, EvalProblem)>;

impl Expr {
    /// The value of this expression.
    pub fn eval(&self, data: &impl Lookup) -> Result<Value, EvalError> {
        eval(self.root(), data, &mut Nobody).map_err(|error| self.error(error))
    }

    /// The truth of this expression; an error where its value is neither truthy nor falsy.
    pub fn holds(&self, data: &impl Lookup) -> Result<bool, EvalError> {
        let root = self.root();
        eval(root, data, &mut Nobody)
            .and_then(|value| truth(root, value).map(|(holds, _)| holds))
            .map_err(|error| self.error(error))
    }

    /// The value of this expression, and of every sub-expression that was evaluated on the way,
    /// children before parents. Parts that were skipped (`and`, `if`) have no step.
    pub fn trace(&self, data: &impl Lookup) -> (Result<Value, EvalError>, Vec<Step>) {
        let mut recorder = Recorder {
            expr: self,
            steps: Vec::new(),
        };
        let value = eval(self.root(), data, &mut recorder).map_err(|error| self.error(error));
        (value, recorder.steps)
    }

    fn error(&self, (id, problem): (u32, EvalProblem)) -> EvalError {
        EvalError {
            place: self.place(id),
            problem,
        }
    }
}

fn eval(node: &Node, data: &impl Lookup, watch: &mut impl Watch) -> Outcome {
    let value = match &node.op {
        Op::Literal(value) => value.clone(),
        Op::List(items) => Value::List(
            items
                .iter()
                .map(|item| eval(item, data, watch))
                .collect::<Result<_, _>>()?,
        ),
        Op::Var(slot) => data.value(*slot),
        Op::If(parts) => {
            let [guard, then, otherwise] = &**parts;
            let (holds, _) = truth(guard, eval(guard, data, watch)?)?;
            eval(if holds { then } else { otherwise }, data, watch)?
        }
        Op::Equal(parts) => {
            let [left, right] = &**parts;
            Value::Bool(eval(left, data, watch)? == eval(right, data, watch)?)
        }
        Op::In(parts) => {
            let [item, list] = &**parts;
            let item_value = eval(item, data, watch)?;
            match eval(list, data, watch)? {
                Value::List(values) => Value::Bool(values.contains(&item_value)),
                other => return Err((list.id, EvalProblem::NotAList(other))),
            }
        }
        Op::Plus(parts) => {
            let [left, right] = &**parts;
            let (a, b) = (integer(left, data, watch)?, integer(right, data, watch)?);
            Value::Int(a.checked_add(b).ok_or((node.id, EvalProblem::Overflow))?)
        }
        Op::And(operands) => and(operands, data, watch)?,
        Op::Not(operand) => {
            let (holds, _) = truth(operand, eval(operand, data, watch)?)?;
            Value::Bool(!holds)
        }
        Op::Compare(comparison, operands) => {
            let mut all = true;
            let mut left = None;
            for operand in operands {
                let right = integer(operand, data, watch)?;
                all &= left.is_none_or(|left| comparison.holds(left, right));
                left = Some(right);
            }
            Value::Bool(all)
        }
    };
    watch.saw(node, &value);
    Ok(value)
}

/// The first falsy operand, or else the last one.
fn and(operands: &[Node], data: &impl Lookup, watch: &mut impl Watch) -> Outcome {
    let mut last = Value::Bool(true);
    for operand in operands {
        let (holds, value) = truth(operand, eval(operand, data, watch)?)?;
        last = value;
        if !holds {
            break;
        }
    }
    Ok(last)
}

fn truth(node: &Node, value: Value) -> Result<(bool, Value), (u32, EvalProblem)> {
    match value.truth() {
        Some(holds) => Ok((holds, value)),
        None => Err((node.id, EvalProblem::NoTruth(value))),
    }
}

fn integer(
    node: &Node,
    data: &impl Lookup,
    watch: &mut impl Watch,
) -> Result<i64, (u32, EvalProblem)> {
    match eval(node, data, watch)? {
        Value::Int(value) => Ok(value),
        other => Err((node.id, EvalProblem::NotAnInteger(other))),
    }
}
