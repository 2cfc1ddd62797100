//! What is true in Fuxue: people, days, reports, facts, rules, decisions and permissions.
//!
//! Everything here is pure: no input or output, no clock, no randomness, no async. Time and
//! random values arrive as arguments, so that a server, a gate without a network and a test
//! compute the very same answer.

pub mod access;
pub mod certlogic;
pub mod code;
pub mod day;
pub mod decision;
pub mod facts;
pub mod gate;
pub mod identity;
pub mod ids;
pub mod interface;
pub mod isolation;
pub mod lang;
pub mod list;
pub mod pass;
pub mod recognition;
pub mod report;
pub mod roster;
pub mod rulebook;
pub mod screen;
pub mod state;
pub mod trial;

pub use code::{Code, Colour};
pub use day::{Day, Millis, Zone};
pub use lang::{Lang, Text};
