//! What goes wrong around the program, one fault a file: [`load`] sends reports meanwhile, and
//! [`kept`] says what must be left of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod backup;
mod balancer;
mod disk;
mod families;
mod files;
mod kept;
mod kills;
mod load;
mod midnight;
mod opening;
mod overload;
mod postgres;
mod programs;
#[path = "../../../services/tests/support/rollups.rs"]
mod rollups;
mod silence;
mod slow;
#[path = "../support/mod.rs"]
mod support;
