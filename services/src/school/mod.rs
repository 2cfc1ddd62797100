//! The school's administration: creating schools, roster, settings, staff, log.

mod create;
mod kind;
mod log;
mod overview;
mod people;
mod settings;
mod staff;

pub use create::{NewSchool, SchoolFault, SchoolImport};
pub use kind::SchoolKind;
pub use log::{LogActor, LogEntry, LogPage};
pub use overview::{ClassSummary, FlaggedPerson, SchoolCard, SchoolOverview, SetUp};
pub use people::{PeopleFilter, PeoplePage, PersonEntry, PersonRecord};
pub use settings::{DAYS_AT_ONCE, SchoolSettings, SettingFault, SettingsView};
pub use staff::{ClassTeacher, MadeTeacher};
