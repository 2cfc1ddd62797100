//! CertLogic 1.3: the JSON logic of the EU's health certificate rules, compiled once, evaluated often.
//!
//! The semantics are those of the specification of `eu-dcc-business-rules`. An expression is
//! compiled from JSON; the paths of its `var`s are resolved at that moment to numbered slots, so
//! that an unknown path is an error of the rule and not of the evaluation. Every sub-expression has
//! a number, which leads back to its place in the JSON for errors and traces.
//!
//! A whole expression is checked before any of it is evaluated, branches that are never taken
//! included. Where the specification leaves a choice, this implementation takes the stricter one:
//! decimals are neither truthy nor falsy, a date that does not exist is an error.

mod compile;
mod eval;
mod json;
mod settle;
mod shape;
mod time;
mod tree;
mod value;

pub use compile::{CompileError, CompileProblem};
pub use eval::{EvalError, EvalProblem, Lookup, Step};
pub use json::{EvaluateError, evaluate};
pub use settle::Settled;
pub use shape::{Doubt, DoubtKind, Kind, Range};
pub use time::Moment;
pub use tree::{Edit, Join, Tree};
pub use value::Value;

use compile::Node;
use std::sync::Arc;

/// The number of a value that a `var` reads.
pub type Slot = u16;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Expr {
    root: Node,
    /// The JSON pointer of each sub-expression, by its number.
    places: Vec<Arc<str>>,
    /// Every slot that some `var` reads, ascending and without repetition.
    slots: Vec<Slot>,
}

impl Expr {
    /// The slots this expression reads, ascending.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }
}

#[cfg(test)]
pub(crate) mod tests;
