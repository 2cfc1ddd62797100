//! What can be said of an expression before it is ever evaluated: wrong types, and parts that never matter.

use super::compile::{Comparison, Node, Op};
use super::time::Moment;
use super::{Expr, Slot, Value};

/// The type of a value, as far as it is known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Flag,
    /// An integer.
    Number,
    /// A text.
    Text,
    /// A moment.
    Moment,
    /// A list.
    List,
    /// Anything.
    Any,
}

/// What a slot may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Its type.
    pub kind: Kind,
    /// For a number: the least it may be.
    pub least: i64,
    /// For a number: the most it may be.
    pub most: i64,
}

impl Range {
    /// True or false.
    pub const FLAG: Self = Self::of(Kind::Flag);

    /// Anything of a type.
    pub const fn of(kind: Kind) -> Self {
        Self {
            kind,
            least: i64::MIN,
            most: i64::MAX,
        }
    }

    /// An integer between two, both included.
    pub const fn number(least: i64, most: i64) -> Self {
        Self {
            kind: Kind::Number,
            least,
            most,
        }
    }
}

/// Something in an expression that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {place:?}: {kind}")]
pub struct Doubt {
    /// The JSON pointer of the part; empty for the whole.
    pub place: String,
    /// What is wrong with it.
    pub kind: DoubtKind,
}

/// What cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoubtKind {
    /// The value has the wrong type.
    #[error("expected {expected:?}, found {found:?}")]
    Type {
        /// What the operation needs.
        expected: Kind,
        /// What stands there.
        found: Kind,
    },
    /// The text is not a date.
    #[error("not a date: {0:?}")]
    NotADate(String),
    /// It has the same truth whatever the facts are.
    #[error("always {0}")]
    Always(bool),
    /// It is never evaluated.
    #[error("never reached")]
    Unreachable,
}

/// What is known of a sub-expression beforehand.
#[derive(Debug, Clone, Copy)]
struct Shape {
    range: Range,
    truth: Option<bool>,
    /// The facts decide of which of several types it is.
    is_mixed: bool,
}

impl Shape {
    fn of(range: Range) -> Self {
        let truth = match range {
            Range {
                kind: Kind::Number,
                least,
                most,
            } if least > 0 || most < 0 => Some(true),
            Range {
                kind: Kind::Number,
                least: 0,
                most: 0,
            } => Some(false),
            _ => None,
        };
        Self {
            range,
            truth,
            is_mixed: false,
        }
    }

    fn flag(truth: Option<bool>) -> Self {
        Self {
            truth,
            ..Self::of(Range::FLAG)
        }
    }

    fn with_truth(kind: Kind, truth: bool) -> Self {
        Self {
            truth: Some(truth),
            ..Self::of(Range::of(kind))
        }
    }

    fn any() -> Self {
        Self::of(Range::of(Kind::Any))
    }

    /// One of two; whoever asks says its truth.
    fn either(self, other: Self) -> Self {
        let (a, b) = (self.range, other.range);
        let shape = if a.kind == b.kind {
            Self::of(Range {
                kind: a.kind,
                least: a.least.min(b.least),
                most: a.most.max(b.most),
            })
        } else {
            Self::any()
        };
        let differ = a.kind != b.kind && a.kind != Kind::Any && b.kind != Kind::Any;
        Self {
            is_mixed: self.is_mixed || other.is_mixed || differ,
            ..shape
        }
    }
}

impl Expr {
    /// Everything in this expression that cannot be meant, with what each slot may hold, in the order of the
    /// expression. An expression without doubts may still fail on values of type [`Kind::Any`].
    pub fn doubts(&self, range: impl Fn(Slot) -> Range) -> Vec<Doubt> {
        let mut checker = Checker {
            expr: self,
            range: &range,
            doubts: Vec::new(),
        };
        let root = checker.guard(self.root());
        // The innermost part that never varies is named already, unless it is a literal.
        if let Some(truth) = root.truth
            && checker.doubts.is_empty()
        {
            checker.doubt(self.root(), DoubtKind::Always(truth));
        }
        checker.doubts
    }
}

struct Checker<'a> {
    expr: &'a Expr,
    range: &'a dyn Fn(Slot) -> Range,
    doubts: Vec<Doubt>,
}

impl Checker<'_> {
    fn doubt(&mut self, node: &Node, kind: DoubtKind) {
        self.doubts.push(Doubt {
            place: self.expr.place(node.id).as_ref().to_owned(),
            kind,
        });
    }

    /// A part that has to be of a type.
    fn expect(&mut self, node: &Node, expected: Kind) -> Shape {
        let shape = self.node(node);
        let found = shape.range.kind;
        if found != expected && (found != Kind::Any || shape.is_mixed) {
            self.doubt(node, DoubtKind::Type { expected, found });
            return Shape::of(Range::of(expected));
        }
        shape
    }

    /// A part that has to be truthy or falsy.
    fn guard(&mut self, node: &Node) -> Shape {
        let shape = self.node(node);
        if shape.range.kind == Kind::Moment {
            let (expected, found) = (Kind::Flag, Kind::Moment);
            self.doubt(node, DoubtKind::Type { expected, found });
        }
        shape
    }

    fn node(&mut self, node: &Node) -> Shape {
        match &node.op {
            Op::Literal(value) => literal(value),
            Op::List(items) => {
                for item in items {
                    self.node(item);
                }
                Shape::with_truth(Kind::List, !items.is_empty())
            }
            Op::Var(slot) => Shape::of((self.range)(*slot)),
            Op::Local(..) => Shape::any(),
            Op::If(parts) => self.choice(parts),
            Op::Equal(parts) => {
                let [left, right] = &**parts;
                let (left, right) = (self.node(left), self.node(right));
                self.decided(node, equal(left.range, right.range))
            }
            Op::In(parts) => {
                let [item, list] = &**parts;
                self.node(item);
                let list_shape = self.expect(list, Kind::List);
                let is_empty = list_shape.truth == Some(false);
                self.decided(node, is_empty.then_some(false))
            }
            Op::Plus(parts) => {
                let [left, right] = &**parts;
                let a = self.expect(left, Kind::Number).range;
                let b = self.expect(right, Kind::Number).range;
                Shape::of(Range::number(
                    a.least.saturating_add(b.least),
                    a.most.saturating_add(b.most),
                ))
            }
            Op::And(operands) => self.and(operands),
            Op::Not(operand) => Shape::flag(self.guard(operand).truth.map(|truth| !truth)),
            Op::Compare(comparison, operands) => {
                let ranges: Vec<_> = operands
                    .iter()
                    .map(|operand| self.expect(operand, Kind::Number).range)
                    .collect();
                self.decided(node, compare(*comparison, &ranges))
            }
            Op::CompareTime(_, operands) => {
                for operand in operands {
                    self.expect(operand, Kind::Moment);
                }
                Shape::flag(None)
            }
            Op::PlusTime(date, ..) => self.date(date, Moment::parse),
            Op::BirthDate(date) => self.date(date, Moment::parse_birth_date),
            Op::Reduce(parts) => {
                let [operand, lambda, initial] = &**parts;
                self.expect(operand, Kind::List);
                self.node(lambda);
                self.node(initial);
                Shape::any()
            }
            Op::FromUci(operand, _) => {
                self.expect(operand, Kind::Text);
                Shape::any()
            }
        }
    }

    /// A comparison whose outcome never varies is named where it stands.
    fn decided(&mut self, node: &Node, truth: Option<bool>) -> Shape {
        if let Some(truth) = truth {
            self.doubt(node, DoubtKind::Always(truth));
        }
        Shape::flag(truth)
    }

    fn and(&mut self, operands: &[Node]) -> Shape {
        let mut truth = Some(true);
        // What it may be: an operand that is falsy, or else the last one.
        let mut outcome: Option<Shape> = None;
        let mut last = None;
        for operand in operands {
            if truth == Some(false) {
                self.doubt(operand, DoubtKind::Unreachable);
                break;
            }
            let shape = self.guard(operand);
            if matches!(operand.op, Op::Literal(_))
                && let Some(truth) = shape.truth
            {
                self.doubt(operand, DoubtKind::Always(truth));
            }
            if let Some(before) = last.replace(shape)
                && before.truth != Some(true)
            {
                outcome = Some(outcome.map_or(before, |outcome| outcome.either(before)));
            }
            truth = match (truth, shape.truth) {
                (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        let shape = match (outcome, last) {
            (Some(outcome), Some(last)) => outcome.either(last),
            (None, Some(last)) => last,
            _ => Shape::of(Range::FLAG),
        };
        Shape { truth, ..shape }
    }

    fn choice(&mut self, parts: &[Node; 3]) -> Shape {
        let [guard, then, otherwise] = parts;
        let truth = self.guard(guard).truth;
        if let Some(truth) = truth {
            let dead = if truth { otherwise } else { then };
            self.doubt(dead, DoubtKind::Unreachable);
            return self.node(if truth { then } else { otherwise });
        }
        let (a, b) = (self.node(then), self.node(otherwise));
        let truth = if a.truth == b.truth { a.truth } else { None };
        Shape {
            truth,
            ..a.either(b)
        }
    }

    fn date(&mut self, node: &Node, parse: fn(&str) -> Option<Moment>) -> Shape {
        self.expect(node, Kind::Text);
        if let Op::Literal(Value::Text(text)) = &node.op
            && parse(text).is_none()
        {
            self.doubt(node, DoubtKind::NotADate(text.clone()));
        }
        Shape::of(Range::of(Kind::Moment))
    }
}

fn literal(value: &Value) -> Shape {
    match value {
        Value::Bool(truth) => Shape::flag(Some(*truth)),
        Value::Int(value) => Shape::of(Range::number(*value, *value)),
        Value::Text(text) => Shape::with_truth(Kind::Text, !text.is_empty()),
        _ => Shape::any(),
    }
}

/// Whether two values are equal, where their types or ranges tell.
fn equal(a: Range, b: Range) -> Option<bool> {
    if a.kind == Kind::Any || b.kind == Kind::Any {
        return None;
    }
    let is_exact = |range: Range| range.kind == Kind::Number && range.least == range.most;
    if a.kind != b.kind || a.most < b.least || b.most < a.least {
        Some(false)
    } else {
        (is_exact(a) && a == b).then_some(true)
    }
}

/// Whether every neighbouring pair stands as the comparison says, where their ranges tell.
fn compare(comparison: Comparison, ranges: &[Range]) -> Option<bool> {
    let mut all = Some(true);
    for (a, b) in ranges.iter().zip(ranges.iter().skip(1)) {
        let holds = [(a.least, b.most), (a.most, b.least)].map(|(a, b)| comparison.holds(a, b));
        let pair = match holds {
            [true, true] => Some(true),
            [false, false] => Some(false),
            _ => None,
        };
        all = match (all, pair) {
            (_, Some(false)) => return Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
    }
    all
}
