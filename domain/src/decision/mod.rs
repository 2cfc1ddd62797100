//! The decision: which code a person shows on a day, and why.

mod compare;
mod context;
mod decide;
mod explain;
mod kept;
mod model;
mod outlook;
mod prune;
mod trigger;
mod withdraw;
mod words;

pub use compare::{all_well_available, weakens};
pub use context::{Calendar, Context, DISCREPANCY_DUE_DAYS};
pub use decide::{Brief, brief, decide, history};
pub use explain::{FactRead, IsolationTrace, Line, Rederived, RuleTrace, Trace, explain};
pub use model::{ClearanceMode, Decision, Reason, Source};
pub use outlook::{Change, Outlook, What, outlook};
pub use prune::prune;
pub use withdraw::withdraw;
pub use words::{day_text, temperature_text};

pub(crate) use context::{DISCREPANCY_DAYS_MAX, SymptomMasks};
pub(crate) use trigger::{Cause, isolation_end};

/// The reason code of a rule that could not be decided.
pub const UNDECIDABLE: &str = "undecidable";

#[cfg(test)]
mod tests;
