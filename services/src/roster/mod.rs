//! Reading the roster file that a school uploads: bytes → table of cells → rows and faults.
//!
//! Nothing here touches the database; what an import would change is [`domain::roster::plan`]'s to say.

mod error;
mod parse;
mod read;
mod text;
mod workbook;

pub use error::ReadError;
pub use parse::{Parsed, parse};
pub use read::{MAX_BYTES, MAX_ROWS, Sheet, read};
