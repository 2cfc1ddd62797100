//! From JSON to a tree that can be evaluated.

use super::time::Unit;
use super::value::integer;
use super::{Expr, Slot, Value};
use serde_json::Value as Json;
use std::sync::Arc;

/// Deepest nesting of a rule; deeper JSON is refused, so that neither step can exhaust the stack.
const MAX_DEPTH: usize = 64;

/// One sub-expression.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Its number, which is its index among the places.
    pub(super) id: u32,
    pub(super) op: Op,
}

/// What a sub-expression does.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Literal(Value),
    List(Vec<Node>),
    Var(Slot),
    /// A value below `current` or `accumulator`, inside the lambda of a `reduce`.
    Local(Local, Vec<String>),
    If(Box<[Node; 3]>),
    Equal(Box<[Node; 2]>),
    In(Box<[Node; 2]>),
    Plus(Box<[Node; 2]>),
    And(Vec<Node>),
    Not(Box<Node>),
    Compare(Comparison, Vec<Node>),
    CompareTime(Comparison, Vec<Node>),
    PlusTime(Box<Node>, i64, Unit),
    BirthDate(Box<Node>),
    Reduce(Box<[Node; 3]>),
    FromUci(Box<Node>, i64),
}

impl Node {
    /// The parts below this one, the lambda of a `reduce` left out: it reads no slots.
    pub(super) fn children(&self) -> Vec<&Self> {
        match &self.op {
            Op::Literal(_) | Op::Var(_) | Op::Local(..) => Vec::new(),
            Op::List(nodes)
            | Op::And(nodes)
            | Op::Compare(_, nodes)
            | Op::CompareTime(_, nodes) => nodes.iter().collect(),
            Op::Not(node) | Op::PlusTime(node, ..) | Op::BirthDate(node) | Op::FromUci(node, _) => {
                vec![node]
            }
            Op::Equal(parts) | Op::In(parts) | Op::Plus(parts) => parts.iter().collect(),
            Op::If(parts) => parts.iter().collect(),
            Op::Reduce(parts) => {
                let [operand, _, initial] = &**parts;
                vec![operand, initial]
            }
        }
    }
}

/// What a lambda sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Local {
    Both,
    Current,
    Accumulator,
    Nothing,
}

impl Local {
    fn parse(path: &str) -> (Self, Vec<String>) {
        if path.is_empty() {
            return (Self::Both, Vec::new());
        }
        let mut fragments = path.split('.');
        let local = match fragments.next() {
            Some("current") => Self::Current,
            Some("accumulator") => Self::Accumulator,
            _ => Self::Nothing,
        };
        (local, fragments.map(str::to_owned).collect())
    }
}

/// The comparisons, of integers and of moments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Comparison {
    pub(super) fn holds<T: Ord>(self, left: T, right: T) -> bool {
        match self {
            Self::Greater => left > right,
            Self::Less => left < right,
            Self::GreaterOrEqual => left >= right,
            Self::LessOrEqual => left <= right,
        }
    }
}

/// Why a piece of JSON is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileProblem {
    /// `null`, a decimal number, or an object that does not have exactly one key.
    #[error("neither a literal nor an operation with one key")]
    NotAnExpression,
    /// The operator is not known.
    #[error("unknown operator {0:?}")]
    UnknownOperator(String),
    /// The operands of an operation are not in a list.
    #[error("the operands of {0:?} must be in a list")]
    OperandsNotAList(&'static str),
    /// The number of operands is wrong.
    #[error("{operator:?} takes {expected} operands, not {found}")]
    Arity {
        /// The operator.
        operator: &'static str,
        /// How many it takes.
        expected: &'static str,
        /// How many there are.
        found: usize,
    },
    /// The argument of `var` is not a text.
    #[error("the path of \"var\" must be a text")]
    PathNotText,
    /// There is no fact or parameter of that name.
    #[error("unknown fact or parameter {0:?}")]
    UnknownPath(String),
    /// The second operand of `plusTime` or `extractFromUVCI` is not a whole number.
    #[error("the second operand of {0:?} must be a whole number")]
    AmountNotInteger(&'static str),
    /// The third operand of `plusTime` is not a unit of time.
    #[error("the unit of \"plusTime\" must be \"year\", \"month\", \"day\" or \"hour\"")]
    UnknownUnit,
    /// The nesting is too deep.
    #[error("nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// JSON that is not an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {place:?}: {problem}")]
pub struct CompileError {
    /// The JSON pointer of the faulty part; empty for the whole.
    pub place: String,
    /// What is wrong with it.
    pub problem: CompileProblem,
}

impl Expr {
    /// Compiles JSON. `resolve` gives the slot of a path, or `None` where there is no such path.
    pub fn compile(
        json: &Json,
        mut resolve: impl FnMut(&str) -> Option<Slot>,
    ) -> Result<Self, CompileError> {
        let mut compiler = Compiler {
            resolve: &mut resolve,
            places: Vec::new(),
            slots: Vec::new(),
            depth: 0,
            lambdas: 0,
        };
        let root = compiler.node(json, String::new())?;
        let Compiler {
            places, mut slots, ..
        } = compiler;
        slots.sort_unstable();
        slots.dedup();
        Ok(Self {
            root,
            places,
            slots,
        })
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    /// The place of a sub-expression by its number.
    pub(super) fn place(&self, id: u32) -> Arc<str> {
        usize::try_from(id)
            .ok()
            .and_then(|id| self.places.get(id))
            .cloned()
            .unwrap_or_default()
    }
}

struct Compiler<'a> {
    resolve: &'a mut dyn FnMut(&str) -> Option<Slot>,
    places: Vec<Arc<str>>,
    slots: Vec<Slot>,
    depth: usize,
    /// Lambdas around this place; inside one, `var` sees nothing but what it is given.
    lambdas: usize,
}

impl Compiler<'_> {
    fn node(&mut self, json: &Json, place: String) -> Result<Node, CompileError> {
        if self.depth >= MAX_DEPTH {
            return Err(CompileError {
                place,
                problem: CompileProblem::TooDeep,
            });
        }
        let id = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(place.as_str().into());
        self.depth += 1;
        let op = self.op(json, &place)?;
        self.depth -= 1;
        Ok(Node { id, op })
    }

    fn op(&mut self, json: &Json, place: &str) -> Result<Op, CompileError> {
        let fail = |problem| {
            Err(CompileError {
                place: place.to_owned(),
                problem,
            })
        };
        match json {
            Json::Bool(value) => Ok(Op::Literal(Value::Bool(*value))),
            Json::String(value) => Ok(Op::Literal(Value::Text(value.clone()))),
            Json::Number(number) => match integer(number) {
                Some(value) => Ok(Op::Literal(Value::Int(value))),
                None => fail(CompileProblem::NotAnExpression),
            },
            Json::Array(items) => Ok(Op::List(self.nodes(items, place)?)),
            Json::Object(object) => match (object.iter().next(), object.len()) {
                (Some((operator, operands)), 1) => self.operation(operator, operands, place),
                _ => fail(CompileProblem::NotAnExpression),
            },
            Json::Null => fail(CompileProblem::NotAnExpression),
        }
    }

    fn nodes(&mut self, items: &[Json], place: &str) -> Result<Vec<Node>, CompileError> {
        items
            .iter()
            .enumerate()
            .map(|(i, item)| self.node(item, format!("{place}/{i}")))
            .collect()
    }

    fn operation(&mut self, operator: &str, operands: &Json, at: &str) -> Result<Op, CompileError> {
        let place = format!("{at}/{}", operator.replace('~', "~0").replace('/', "~1"));
        match operator {
            "var" => self.var(operands, place),
            "if" => Ok(Op::If(Box::new(self.exactly("if", "3", operands, &place)?))),
            "===" => Ok(Op::Equal(Box::new(
                self.exactly("===", "2", operands, &place)?,
            ))),
            "in" => Ok(Op::In(Box::new(self.exactly("in", "2", operands, &place)?))),
            "+" => Ok(Op::Plus(Box::new(
                self.exactly("+", "2", operands, &place)?,
            ))),
            "!" => {
                let [operand] = self.exactly("!", "1", operands, &place)?;
                Ok(Op::Not(Box::new(operand)))
            }
            "and" => Ok(Op::And(self.between(
                "and",
                (2, usize::MAX),
                "2 or more",
                operands,
                &place,
            )?)),
            ">" => self.comparison(">", Comparison::Greater, operands, &place),
            "<" => self.comparison("<", Comparison::Less, operands, &place),
            ">=" => self.comparison(">=", Comparison::GreaterOrEqual, operands, &place),
            "<=" => self.comparison("<=", Comparison::LessOrEqual, operands, &place),
            "after" => self.time("after", Comparison::Greater, operands, &place),
            "before" => self.time("before", Comparison::Less, operands, &place),
            "not-before" => self.time("not-before", Comparison::GreaterOrEqual, operands, &place),
            "not-after" => self.time("not-after", Comparison::LessOrEqual, operands, &place),
            "plusTime" => self.plus_time(operands, &place),
            "dccDateOfBirth" => {
                let [operand] = self.exactly("dccDateOfBirth", "1", operands, &place)?;
                Ok(Op::BirthDate(Box::new(operand)))
            }
            "reduce" => self.reduce(operands, &place),
            "extractFromUVCI" => {
                let [operand, index] = raw("extractFromUVCI", "2", operands, &place)?;
                let index = whole("extractFromUVCI", index, &place)?;
                let operand = self.node(operand, format!("{place}/0"))?;
                Ok(Op::FromUci(Box::new(operand), index))
            }
            other => Err(CompileError {
                place: at.to_owned(),
                problem: CompileProblem::UnknownOperator(other.to_owned()),
            }),
        }
    }

    fn var(&mut self, path: &Json, place: String) -> Result<Op, CompileError> {
        let Json::String(path) = path else {
            return Err(CompileError {
                place,
                problem: CompileProblem::PathNotText,
            });
        };
        let unknown = || CompileError {
            place: place.clone(),
            problem: CompileProblem::UnknownPath(path.clone()),
        };
        // Between and around the periods there must be something; only the whole data has the empty path.
        if !path.is_empty() && path.split('.').any(str::is_empty) {
            return Err(unknown());
        }
        if self.lambdas > 0 {
            let (local, path) = Local::parse(path);
            return Ok(Op::Local(local, path));
        }
        match (self.resolve)(path) {
            Some(slot) => {
                self.slots.push(slot);
                Ok(Op::Var(slot))
            }
            None => Err(unknown()),
        }
    }

    fn comparison(
        &mut self,
        operator: &'static str,
        comparison: Comparison,
        operands: &Json,
        place: &str,
    ) -> Result<Op, CompileError> {
        Ok(Op::Compare(
            comparison,
            self.between(operator, (2, 3), "2 or 3", operands, place)?,
        ))
    }

    fn time(
        &mut self,
        operator: &'static str,
        comparison: Comparison,
        operands: &Json,
        place: &str,
    ) -> Result<Op, CompileError> {
        Ok(Op::CompareTime(
            comparison,
            self.between(operator, (2, 3), "2 or 3", operands, place)?,
        ))
    }

    fn plus_time(&mut self, operands: &Json, place: &str) -> Result<Op, CompileError> {
        let [date, amount, unit] = raw("plusTime", "3", operands, place)?;
        let amount = whole("plusTime", amount, place)?;
        let unit = unit.as_str().and_then(Unit::parse).ok_or(CompileError {
            place: format!("{place}/2"),
            problem: CompileProblem::UnknownUnit,
        })?;
        let date = self.node(date, format!("{place}/0"))?;
        Ok(Op::PlusTime(Box::new(date), amount, unit))
    }

    /// The operand and the initial value are read outside the lambda, the lambda sees only what it is given.
    fn reduce(&mut self, operands: &Json, place: &str) -> Result<Op, CompileError> {
        let [operand, lambda, initial] = raw("reduce", "3", operands, place)?;
        let operand = self.node(operand, format!("{place}/0"))?;
        self.lambdas += 1;
        let lambda = self.node(lambda, format!("{place}/1"));
        self.lambdas -= 1;
        let initial = self.node(initial, format!("{place}/2"))?;
        Ok(Op::Reduce(Box::new([operand, lambda?, initial])))
    }

    fn exactly<const N: usize>(
        &mut self,
        operator: &'static str,
        expected: &'static str,
        operands: &Json,
        place: &str,
    ) -> Result<[Node; N], CompileError> {
        let nodes = self.between(operator, (N, N), expected, operands, place)?;
        let found = nodes.len();
        nodes
            .try_into()
            .map_err(|_| arity(operator, expected, found, place))
    }

    fn between(
        &mut self,
        operator: &'static str,
        (least, most): (usize, usize),
        expected: &'static str,
        operands: &Json,
        place: &str,
    ) -> Result<Vec<Node>, CompileError> {
        let items = list(operator, operands, place)?;
        if !(least..=most).contains(&items.len()) {
            return Err(arity(operator, expected, items.len(), place));
        }
        self.nodes(items, place)
    }
}

fn list<'a>(
    operator: &'static str,
    operands: &'a Json,
    place: &str,
) -> Result<&'a [Json], CompileError> {
    match operands {
        Json::Array(items) => Ok(items),
        _ => Err(CompileError {
            place: place.to_owned(),
            problem: CompileProblem::OperandsNotAList(operator),
        }),
    }
}

fn arity(
    operator: &'static str,
    expected: &'static str,
    found: usize,
    place: &str,
) -> CompileError {
    CompileError {
        place: place.to_owned(),
        problem: CompileProblem::Arity {
            operator,
            expected,
            found,
        },
    }
}

/// Just so many operands, as they stand.
fn raw<'a, const N: usize>(
    operator: &'static str,
    expected: &'static str,
    operands: &'a Json,
    place: &str,
) -> Result<&'a [Json; N], CompileError> {
    let items = list(operator, operands, place)?;
    items
        .try_into()
        .map_err(|_| arity(operator, expected, items.len(), place))
}

/// The second operand, which has to be a literal whole number.
fn whole(operator: &'static str, json: &Json, place: &str) -> Result<i64, CompileError> {
    match json {
        Json::Number(number) => integer(number),
        _ => None,
    }
    .ok_or_else(|| CompileError {
        place: format!("{place}/1"),
        problem: CompileProblem::AmountNotInteger(operator),
    })
}
