//! The school administrator's pages: roster, staff, settings.

use crate::web::Route;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
