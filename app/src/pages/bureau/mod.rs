//! The bureau's pages: numbers by region, school, class and student; the big screen; accounts and schools.

mod chart;
mod person;
mod region;
mod school;
mod screen;
mod shell;

use crate::web::{Needs, Route};
use axum::routing::get;
use domain::access::Action;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let see = Needs::May(Action::SeeRegion);
    let export = Needs::May(Action::ExportRegion);
    vec![
        Route::new("/bureau/{region}", see, get(region::show)),
        Route::new("/bureau/{region}/screen", see, get(screen::show)),
        Route::new("/bureau/{region}/events", see, get(screen::events)),
        Route::new("/bureau/{region}/export.xlsx", export, get(region::xlsx)),
        Route::new("/bureau/{region}/export.csv", export, get(region::csv)),
        Route::new("/bureau/school/{school}", see, get(school::school)),
        Route::new("/bureau/class/{class}", see, get(school::class)),
        Route::new("/bureau/person/{person}", see, get(person::show).post(person::reveal)),
    ]
}
