//! Guardians' pages: invitation, consent, today, report, code.

use crate::web::Route;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
