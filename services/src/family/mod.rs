//! Families: invitation slips, guardians, consent, and what guardians see of their children.

mod claim;
mod code;
mod consent;
mod contest;
mod days;
mod export;
mod guardians;
mod hidden;
mod home;
mod kept;
mod log;
mod places;
mod slips;
mod why;

pub use claim::{Claim, Credentials, SLIP_FAILURES_MAX, SlipView};
pub use code::CodePage;
pub use consent::{CONSENT_VERSION, ConsentAnswer, ConsentState};
pub(crate) use consent::{consent_of, stands_refused};
pub use contest::Contest;
pub(crate) use contest::open_contest;
pub use days::{By, ChildDays, DayRevision, KEPT_DAYS, PastCodes, PastDay, RevisionStatus};
pub use guardians::{GuardianEntry, Relation};
pub(crate) use hidden::is_hidden;
pub(crate) use home::Seen;
pub use home::{ChildBrief, ChildView, FamilyHome, Link, Progress, SymptomChoice, is_unwell};
pub(crate) use kept::{Children, look_up_children};
pub use log::{ChildLog, LogEntry, LogWho};
pub use places::{RegionChoice, RegionNames};
pub use slips::{PrintedSlip, SlipStatus};
pub use why::ChildWhy;
