//! The interface for other programs, over the router that the program serves and a real database file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod lists;
mod reports;
mod town;
