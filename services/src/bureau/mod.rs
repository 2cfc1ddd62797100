//! What the bureau sees: numbers of regions, schools and classes, flagged people behind masked names, and live screens.

mod live;
mod reasons;
mod screen;

pub use live::{Frame, Screens, Watched};
pub use screen::Opened;
