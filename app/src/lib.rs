//! What is seen: pages, components, islands and the words on them.

#![recursion_limit = "256"]

pub mod tr;
pub mod ui;
