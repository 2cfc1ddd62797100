//! Rules as data.

mod version;

pub use version::{ParseVersionError, Version};
