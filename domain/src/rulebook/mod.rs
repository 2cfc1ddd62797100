//! Rules as data: a rulebook is a file that experts write, checked and compiled once.

mod check;
mod difference;
mod document;
mod error;
mod findings;
mod force;
pub mod life;
pub mod plain;
mod reading;
mod signing;
pub mod stack;
mod version;

pub use difference::{Bump, Change, ChangeKind, difference};
pub use document::{
    Document, Hold, Move, Outcome, Parameter, ParameterValue, Policy, Rule, Stricter, Symptom,
};
pub use error::{RulebookError, RulebookProblem};
pub use findings::{Finding, Severity, findings, findings_against};
pub(crate) use findings::{compile_text, doubt_text};
pub use force::{Activation, Force};
pub use life::{Status, Step};
pub use reading::{Unread, UnreadWhat};
pub use signing::canonical;
pub use version::{ParseVersionError, Version};

use check::Compiled;
pub(crate) use check::{FactSet, PLACEHOLDERS, fact_set};

use crate::Day;
use crate::certlogic::{Lookup, Slot, Value};
use crate::decision::SymptomMasks;
use crate::facts::{Fact, Facts};
use crate::report::{Answers, TEMPERATURE_MAX, TEMPERATURE_MIN, Temperature};

/// The pack that ships, as JSON text; loaded with [`Rulebook::parse`] like any other.
pub const SHIPPED: &str = include_str!("../../../rulebooks/cn-base-1.0.0.json");

/// The parameter that holds the temperature, in tenths of a degree, from which it is a fever.
pub const FEVER_TENTHS: &str = "fever_tenths";
/// The parameter that holds the policy for missed days of an isolation.
pub const MISSED_DAYS: &str = "missed_days";

/// A rulebook that has been checked and compiled.
#[derive(Debug, Clone)]
pub struct Rulebook {
    document: Document,
    rules: Vec<Compiled>,
    /// The values of the number parameters, in the order of the document; slots after the facts.
    numbers: Vec<Option<i64>>,
    policy: Policy,
    plain: u128,
    mixes: bool,
    force: Force,
}

impl Rulebook {
    /// Reads, checks and compiles a rulebook file.
    pub fn parse(json: &str) -> Result<Self, RulebookError> {
        let document: Document = serde_json::from_str(json).map_err(|error| {
            RulebookError::new(None, "", RulebookProblem::Format(Unread::from(&error)))
        })?;
        Self::compile(document)
    }

    /// Checks and compiles a document.
    pub fn compile(document: Document) -> Result<Self, RulebookError> {
        let (rules, numbers, policy) = check::check(&document)?;
        let force = Force {
            from: document.effective_from,
            until: document.retired,
            opens: None,
            is_lapsed: false,
        };
        let mut book = Self {
            force,
            document,
            rules,
            numbers,
            policy,
            plain: 0,
            mixes: false,
        };
        book.mixes = book.rules.iter().any(Compiled::mixes);
        book.plain = (0..128)
            .filter(|bit| book.is_plain_bit(*bit))
            .fold(0, |all, bit| all | 1 << bit);
        Ok(book)
    }

    /// What the file says.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The rulebook's name, for example `cn-base`.
    pub fn id(&self) -> &str {
        &self.document.id
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.document.version
    }

    /// Whether it judges `day`.
    pub fn in_force(&self, day: Day) -> bool {
        self.force.contains(day)
    }

    /// The value of a number parameter.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self
            .document
            .parameters
            .iter()
            .find(|p| p.name == name)?
            .value
        {
            ParameterValue::Number(value) => Some(value),
            ParameterValue::Policy(_) => None,
        }
    }

    /// What a missed day of an isolation does.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = (&Rule, &Compiled)> {
        self.document.rules.iter().zip(&self.rules)
    }

    /// What a rule's condition reads.
    pub(crate) fn data<'a>(&'a self, facts: &'a Facts) -> RuleData<'a> {
        RuleData {
            facts,
            numbers: &self.numbers,
        }
    }

    /// Whether no isolation rule fires on a day with these answers and nothing else known.
    pub(crate) fn is_plain(&self, answers: &Answers) -> bool {
        !answers.paper_refused
            && answers.symptoms.is_empty()
            && match answers.temperature {
                Temperature::BelowThreshold => self.plain & 1 != 0,
                Temperature::Tenths(tenths) => tenths
                    .checked_sub(TEMPERATURE_MIN)
                    .and_then(|above| 1u128.checked_shl(u32::from(above) + 1))
                    .is_some_and(|bit| self.plain & bit != 0),
            }
    }

    /// Whether no isolation rule fires on a day without a report and nothing else known.
    pub(crate) fn is_plain_unreported(&self) -> bool {
        self.plain & UNREPORTED != 0
    }

    /// Whether some rule looks at answers and at events together: then no day can be skipped.
    pub(crate) fn mixes(&self) -> bool {
        self.mixes
    }

    /// Whether some isolation rule looks at these facts and at others too.
    pub(crate) fn joins(&self, facts: FactSet) -> bool {
        let mut isolating = self.rules.iter().filter(|rule| rule.isolate.is_some());
        isolating.any(|rule| rule.reads & facts != 0 && rule.reads & !facts != 0)
    }

    fn is_plain_bit(&self, bit: u8) -> bool {
        let mut facts = Facts::plain(Day(0));
        let tenths = TEMPERATURE_MIN
            .saturating_add(u16::from(bit))
            .saturating_sub(1);
        let temperature = match bit {
            0 => Some(Temperature::BelowThreshold),
            UNREPORTED_BIT => None,
            _ if tenths <= TEMPERATURE_MAX => Some(Temperature::Tenths(tenths)),
            _ => return false,
        };
        if let Some(temperature) = temperature {
            let answers = Answers {
                temperature,
                ..Answers::all_well()
            };
            facts.answer(&answers, SymptomMasks::default());
        }
        let data = self.data(&facts);
        self.rules
            .iter()
            .filter(|rule| rule.isolate.is_some())
            .all(|rule| matches!(rule.condition.holds(&data), Ok(false)))
    }
}

const UNREPORTED_BIT: u8 = 127;
const UNREPORTED: u128 = 1 << UNREPORTED_BIT;

/// Facts and parameters together.
pub(crate) struct RuleData<'a> {
    facts: &'a Facts,
    numbers: &'a [Option<i64>],
}

impl Lookup for RuleData<'_> {
    fn value(&self, slot: Slot) -> Value {
        match usize::from(slot).checked_sub(Fact::ALL.len()) {
            None => self.facts.value(slot),
            Some(index) => self
                .numbers
                .get(index)
                .copied()
                .flatten()
                .map_or(Value::Null, Value::Int),
        }
    }
}

#[cfg(test)]
mod tests;
