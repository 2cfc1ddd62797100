//! What is done: one module per use case. Each authorises, loads, lets the domain decide, saves and audits,
//! in one transaction.

pub mod accounts;
pub mod actor;
pub mod areas;
pub mod audit;
mod blob;
pub mod bureau;
pub mod classroom;
pub mod clearances;
pub mod clock;
pub mod codes;
mod context;
pub mod demo;
pub mod discrepancies;
mod english;
pub mod error;
pub mod family;
pub mod gates;
mod gather;
mod grounds;
pub mod intake;
pub mod interface;
pub mod keys;
mod midnight;
mod nodes;
pub mod open;
mod pace;
pub mod passes;
mod people;
pub mod recognition;
mod recolour;
pub mod records;
pub mod redecide;
pub mod regions;
mod retention;
pub mod roster;
pub mod rules;
pub mod school;
pub mod vault;

#[cfg(test)]
#[path = "../tests/support/rollups.rs"]
mod rollups;

pub use actor::Actor;
pub use context::SchoolInfo;
pub use error::{Error, Refusal, Result};
pub use midnight::SLOT;
pub use open::{OpenError, Services};
