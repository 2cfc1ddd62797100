//! A school's roster file: which column means what, what each row says, what is wrong with it, and
//! what importing it would change.
//!
//! The way of a file: cells ([`Line`]) → which row holds the headers ([`find_header`]) → what each
//! column means ([`Mapping`], which a person may change) → rows and faults ([`check`]) → the
//! difference to what the system has ([`plan`]).
//!
//! One fault anywhere in a mapped cell keeps the whole row out, in optional cells too: half a row
//! would be forgotten, a listed fault gets mended. Whoever does not need a column can leave it
//! unmapped, and its faults are gone. Faulty rows never stop good ones.

mod cell;
mod check;
mod class;
mod class_text;
mod column;
mod fault;
mod header;
mod mapping;
mod merge;
mod plan;
mod reader;
mod row;

pub use cell::{Cell, Line};
pub use check::{AGE_MAX, AGE_MIN, Checked, Mention, check};
pub use class::{ClassName, Stage};
pub use class_text::{ClassProblem, read_class, read_grade};
pub use column::Column;
pub use fault::{Fault, FaultReason};
pub use header::recognise;
pub use mapping::{FoundHeader, HEADER_ROWS, Mapping, MappingProblem, Needed, find_header};
pub use plan::{Change, ExistingPerson, Plan, Update, plan};
pub(crate) use reader::one_of;
pub use reader::{BOARDINGS, SEXES, Words};
pub use row::{GuardianEntry, RosterRow, Sex};
