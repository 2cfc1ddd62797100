//! What is certain while some values are unknown.

use super::compile::{Node, Op};
use super::eval::{EvalError, Lookup};
use super::{Expr, Slot, Value};

/// The truth of an expression, some values of which are unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It holds or not, whatever the unknown values are.
    Certain(bool),
    /// These unknown values decide, ascending.
    Open(Vec<Slot>),
}

/// What is known of a sub-expression.
enum Partial {
    Known(Value),
    /// Only its truth is known.
    Truth(bool),
    /// It depends on the unknown values named so far.
    Open,
}

impl Partial {
    fn truth(&self) -> Option<bool> {
        match self {
            Self::Known(value) => value.truth(),
            Self::Truth(truth) => Some(*truth),
            Self::Open => None,
        }
    }
}

impl Expr {
    /// Whether this expression holds, with what is known. A part that would fail with some unknown values counts
    /// as open.
    ///
    /// # Errors
    /// [`EvalError`] where it fails whatever the unknown values are.
    pub fn settle(
        &self,
        data: &impl Lookup,
        is_unknown: impl Fn(Slot) -> bool,
    ) -> Result<Settled, EvalError> {
        if !self.slots().iter().any(|slot| is_unknown(*slot)) {
            return self.holds(data).map(Settled::Certain);
        }
        let mut settler = Settler {
            expr: self,
            data,
            is_unknown: &is_unknown,
            open: Vec::new(),
        };
        let partial = settler.node(self.root());
        Ok(match partial.truth() {
            Some(truth) => Settled::Certain(truth),
            None if settler.open.is_empty() => return self.holds(data).map(Settled::Certain),
            None => {
                settler.open.sort_unstable();
                settler.open.dedup();
                Settled::Open(settler.open)
            }
        })
    }
}

struct Settler<'a, L> {
    expr: &'a Expr,
    data: &'a L,
    is_unknown: &'a dyn Fn(Slot) -> bool,
    /// The unknown values that may matter.
    open: Vec<Slot>,
}

impl<L: Lookup> Settler<'_, L> {
    fn node(&mut self, node: &Node) -> Partial {
        let before = self.open.len();
        let partial = match &node.op {
            Op::Var(slot) if (self.is_unknown)(*slot) => {
                self.open.push(*slot);
                Partial::Open
            }
            Op::If(parts) => self.choice(parts),
            Op::And(operands) => self.and(operands),
            Op::Not(operand) => match self.node(operand).truth() {
                Some(truth) => Partial::Truth(!truth),
                None => Partial::Open,
            },
            _ => {
                for child in node.children() {
                    self.node(child);
                }
                if self.open.len() > before {
                    Partial::Open
                } else {
                    // Nothing unknown below: a failure here is left to whoever reads the value.
                    self.expr
                        .eval_node(node, self.data)
                        .map_or(Partial::Open, Partial::Known)
                }
            }
        };
        if partial.truth().is_some() {
            self.open.truncate(before);
        }
        partial
    }

    /// Falsy as soon as one operand is, whatever the others are.
    fn and(&mut self, operands: &[Node]) -> Partial {
        let truths: Vec<_> = operands.iter().map(|o| self.node(o).truth()).collect();
        if truths.contains(&Some(false)) {
            Partial::Truth(false)
        } else if truths.iter().all(|truth| *truth == Some(true)) {
            Partial::Truth(true)
        } else {
            Partial::Open
        }
    }

    fn choice(&mut self, parts: &[Node; 3]) -> Partial {
        let [guard, then, otherwise] = parts;
        match self.node(guard).truth() {
            Some(true) => self.node(then),
            Some(false) => self.node(otherwise),
            None => {
                let (a, b) = (self.node(then).truth(), self.node(otherwise).truth());
                match a {
                    Some(truth) if a == b => Partial::Truth(truth),
                    _ => Partial::Open,
                }
            }
        }
    }
}
