//! The parts that pages are built from: one look, one behaviour, both languages.
//!
//! Every component renders to plain HTML on the server and needs no script. A view passed as a
//! property (`end`, `sub`, `aside` …) is a [`leptos::children::ViewFnOnce`]: give a `view!` or a closure.

mod blocks;
mod button;
mod charts;
mod choice;
mod code_frame;
mod days;
mod field;
mod icon;
mod opt;
mod shell;
mod status;
mod table;
pub mod words;

pub use blocks::*;
pub use button::*;
pub use charts::*;
pub use choice::*;
pub use code_frame::*;
pub use days::*;
pub use field::*;
pub use icon::*;
pub use opt::OptText;
pub use shell::*;
pub use status::*;
pub use table::*;
