//! Official records: what authorities say about people, entered one by one or by lists.

mod compare;
mod enter;
mod facts;
mod find;
mod import;
mod phones;
mod places;
mod sources;
mod staged;
mod view;

pub(crate) use compare::read_first;
pub use enter::{AUTHORITY, EnterOutcome, NewRecord, WHY};
pub(crate) use facts::open_record;
pub use import::{
    ListApplied, ListError, ListOutcome, ListPreview, Listed, PreviewRow, RowFate, RowPerson,
};
pub use sources::{HIDDEN_BELOW, SOURCES_PAGE, SourceView};
pub use staged::{ListOf, ListUpload};
pub use view::{RECORDS_PAGE, RecordSearch, RecordView, RecordsPage};
