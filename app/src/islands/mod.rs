//! Parts of pages that come alive in the browser.

pub mod bureau;
pub mod class;
pub mod family;
pub mod pass;
pub mod rules;
