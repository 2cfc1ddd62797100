//! What the bureau sees: numbers of regions, schools and classes, flagged people behind masked names, and live screens.

mod export;
mod live;
mod log;
mod numbers;
mod person;
mod places;
mod ranks;
mod reasons;
mod region;
mod school;
mod screen;

pub use export::{Download, FileKind};
pub use live::{Frame, Screens, Watched};
pub use numbers::{FoundSchools, RegionPage, SchoolSum, SchoolsAsked};
pub use person::{BureauPerson, REVEALS_PER_HOUR};
pub(crate) use reasons::ReasonLabels;
pub(crate) use region::RegionInfo;
pub use school::{Counts, Flagged, SchoolView};
pub use screen::Opened;
pub use store::SchoolOrder;
