//! The bureau's pages: numbers by region, school, class and student; the big screen; accounts and schools.

mod chart;
mod screen;

use crate::web::{Needs, Route};
use axum::routing::get;
use domain::access::Action;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let see = Needs::May(Action::SeeRegion);
    vec![
        Route::new("/bureau/{region}/screen", see, get(screen::show)),
        Route::new("/bureau/{region}/events", see, get(screen::events)),
    ]
}
