//! The decision: which code a person shows on a day, and why.

mod compare;
mod context;
mod decide;
mod explain;
mod model;
mod prune;
mod trigger;
mod withdraw;
mod words;

pub use compare::{all_well_available, weakens};
pub use context::{Calendar, Context};
pub use decide::{decide, history};
pub use explain::{FactRead, IsolationTrace, Line, RuleTrace, Trace, explain};
pub use model::{ClearanceMode, Decision, Reason, Source};
pub use prune::prune;
pub use withdraw::withdraw;
pub use words::{day_text, temperature_text};

pub(crate) use context::SymptomMasks;

/// The reason code of a rule that could not be decided.
pub const UNDECIDABLE: &str = "undecidable";

/// The reason code of a day on which the school checked on paper and the child may not attend.
pub const CHECKED_ON_PAPER: &str = "checked_on_paper";

#[cfg(test)]
mod tests;
