//! What goes wrong around the program, one fault a file: [`load`] sends reports meanwhile, and says what must be left.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod backup;
mod balancer;
mod disk;
mod files;
mod kills;
mod load;
mod midnight;
mod postgres;
mod slow;
#[path = "../support/mod.rs"]
mod support;
