//! The guard's page: masked names and verdicts.

use crate::web::Route;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
