//! A class's teacher: progress, one pupil with all reasons, proxy and paper reports, corrections, exports; and the
//! guard at the gate.

mod answers;
mod class;
mod contests;
mod export;
mod forms;
mod frame;
mod gate;
mod paper;
mod pending;
mod person;
mod table;

pub use answers::{AnswersView, ReportView, Reporter};
pub use class::{ClassView, Contact, Flag, Pupil, Told};
pub use contests::ContestView;
pub use export::Workbook;
pub use forms::{PaperForm, PaperRow, ProxyForm, Symptom};
pub(crate) use frame::Entered;
pub use frame::{ClassCounts, ClassFrame};
pub use gate::{GateClass, GateEntry, GateView};
pub use paper::{PaperCheck, PaperEntry, PaperFault};
pub use pending::{Inbox, PendingView};
pub(crate) use person::needed_note;
pub use person::{ConsentSummary, DayView, DecisionNote, GuardianNote, PersonView};
pub use table::{RowFault, RowReason, TABLE_ROWS, TableColumn, TableError, TableOutcome, Tabled};
