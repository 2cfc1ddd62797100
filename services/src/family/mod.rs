//! Families: invitation slips, guardians, consent.

mod claim;
mod consent;
mod guardians;
mod slips;

pub use claim::{Claim, Credentials, SLIP_FAILURES_MAX, SlipView};
pub(crate) use consent::stands_refused;
pub use consent::{CONSENT_VERSION, ConsentAnswer, ConsentState};
pub use guardians::{GuardianEntry, Relation};
pub use slips::{PrintedSlip, SlipStatus};
