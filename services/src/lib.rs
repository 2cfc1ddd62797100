//! What is done in Fuxue: one module per use case.

pub mod roster;
