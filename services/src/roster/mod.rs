//! The roster file that a school uploads: bytes → table of cells → rows and faults → what it would change → the change.
//!
//! [`read`] and [`parse`] touch no database; what an import would change is [`domain::roster::plan`]'s to say.

mod error;
mod import;
mod newcomers;
mod parse;
mod read;
mod staged;
mod text;
mod workbook;
mod write;

pub use error::ReadError;
pub use import::{AbsentPerson, Applied, Counts, ImportError, ImportOutcome, Imported, Preview};
pub use parse::{Parsed, parse};
pub use read::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Sheet, read};
pub(crate) use staged::STAGED_LIFE;
pub(crate) use write::{Seating, place_in_class, take_back};
