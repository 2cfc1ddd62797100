//! The decision: which code a person shows on a day, and why.

mod model;

pub use model::{ClearanceMode, Decision, Reason, Source};
