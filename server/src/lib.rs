//! What is served: the command line, the router with everything between a socket and a page, background jobs,
//! metrics, and an orderly end.
//!
//! The program is thin on purpose: `main.rs` calls [`commands::run`], and tests start the same [`serve::serve`]
//! with a listener of their own.

pub mod api;
pub mod background;
pub mod cli;
pub mod commands;
pub mod edge;
pub mod files;
pub mod health;
pub mod logging;
pub mod monitor;
pub mod patience;
pub mod room;
pub mod router;
pub mod serve;
