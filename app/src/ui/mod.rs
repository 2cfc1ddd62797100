//! The parts that pages are built from: one look, one behaviour, both languages.
//!
//! Every component renders to plain HTML on the server and needs no script. Optional texts are
//! [`OptText`], places for a view of the page's own are [`Slot`]: both take what is at hand.

mod blocks;
mod button;
mod charts;
mod choice;
mod code_frame;
mod condition;
mod days;
mod facts;
mod field;
mod icon;
mod numbers;
mod props;
mod shell;
mod status;
mod table;
pub mod words;

pub use blocks::*;
pub use button::*;
pub use charts::*;
pub use choice::*;
pub use code_frame::*;
pub use condition::*;
pub use days::*;
pub use facts::*;
pub use field::*;
pub use icon::*;
pub use numbers::*;
pub use props::{OptText, Slot};
pub use shell::*;
pub use status::*;
pub use table::*;
