//! The bureau's pages: numbers by region, school, class and student; the big screen; accounts and schools.

use crate::web::Route;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    Vec::new()
}
