//! Parts of pages that come alive in the browser.

pub mod bureau;
pub mod class;
#[cfg(feature = "hydrate")]
mod device;
pub mod family;
pub mod gate;
pub mod pass;
pub mod report;
pub mod rules;
