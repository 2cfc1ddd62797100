//! Clearances: what ends an isolation before its days are full: submitted by guardian or teacher, settled by the school
//! (yellow) or the bureau (red).

mod detail;

pub use detail::{ClearanceDetail, ClearanceKind};
pub(crate) use detail::open_detail;
