//! The school's administration: creating schools, roster, settings, staff, log.

mod create;
mod kind;

pub use create::{NewSchool, SchoolFault, SchoolImport};
pub use kind::SchoolKind;
