//! What can be wrong with a rulebook.

use super::Unread;
use crate::certlogic::CompileProblem;
use std::fmt;

/// A fault in a rulebook: which rule, where, what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulebookError {
    /// The rule's id; `None` where the fault is outside the rules.
    pub rule: Option<String>,
    /// The place: inside the rule (or file), as a JSON pointer.
    pub place: String,
    /// What is wrong.
    pub problem: RulebookProblem,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulebookProblem {
    /// Not JSON, or not of the form of a rulebook.
    #[error("not a rulebook file: {0}")]
    Format(Unread),
    /// A name is empty or has characters it must not have.
    #[error("not a usable name: {0:?}")]
    Name(String),
    /// Two things share a name or number.
    #[error("used twice: {0:?}")]
    Twice(String),
    /// A text is missing in one of the languages.
    #[error("a text is missing in Chinese or English")]
    TextMissing,
    /// A text holds a placeholder that nothing fills.
    #[error("unknown placeholder {0:?}")]
    Placeholder(String),
    /// The condition is not CertLogic.
    #[error("{0}")]
    Condition(#[from] CompileProblem),
    /// An isolation needs `start` and `days`; other outcomes must have neither, nor a clearance.
    #[error(
        "an isolation needs \"start\" and \"days\"; other outcomes have neither, nor a clearance"
    )]
    Hold,
    /// The start is not a fact with a date.
    #[error("not a fact with a date: {0:?}")]
    Start(String),
    /// The days are not a number parameter between 1 and 366.
    #[error("not a parameter with a number from 1 to 366: {0:?}")]
    Days(String),
    /// An isolation rests on a fact that is counted over other days and has no date.
    #[error("an isolation cannot rest on {0:?}, which is counted and has no date")]
    Counted(&'static str),
    /// A symptom's number is above 63.
    #[error("a symptom's number must be 0 to 63, not {0}")]
    SymptomNumber(u8),
    /// A parameter that the program knows is not a number (or a policy) as it must be.
    #[error("the parameter {0:?} is of the wrong kind")]
    ParameterKind(String),
}

impl RulebookError {
    pub(super) fn new(
        rule: Option<&str>,
        place: impl Into<String>,
        problem: RulebookProblem,
    ) -> Self {
        Self {
            rule: rule.map(str::to_owned),
            place: place.into(),
            problem,
        }
    }
}

impl fmt::Display for RulebookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rule) = &self.rule {
            write!(f, "rule {rule}, ")?;
        }
        write!(f, "at {:?}: {}", self.place, self.problem)
    }
}

impl std::error::Error for RulebookError {}
