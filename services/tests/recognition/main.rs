//! Whom a region trusts and what comes of it at its schools, over real database files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod hostile;
mod house;
mod issuers;
mod rules;
mod schools;
