//! The teacher's pages: progress, proxy and paper reports, slips, new guardians, corrections.

use crate::web::Route;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
