//! Clearances: what ends an isolation before its days are full: submitted by guardian or teacher, settled by the school
//! (yellow) or the bureau (red).

mod detail;
mod settle;
mod submit;
mod view;

pub(crate) use detail::open_detail;
pub use detail::{ClearanceDetail, ClearanceKind};
pub use settle::{CLEARANCES_PAGE, ClearanceInbox, InboxPart};
pub use submit::{
    Clearable, ClearanceFault, ClearancePage, ISSUER_MAX, NOTE_MAX, NewClearance, Submitted,
};
pub use view::{ClearanceStatus, ClearanceView, SubmittedBy};
