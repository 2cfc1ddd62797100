//! What is seen: pages, components, islands and the words on them.

pub mod tr;
pub mod ui;
