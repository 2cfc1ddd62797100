//! The bureau's pages: numbers by region, school, class and student; the big screen; accounts and schools.

mod accounts;
mod areas;
mod chart;
mod clearances;
mod discrepancies;
mod handout;
mod interface;
mod jobs;
mod log;
mod person;
mod place;
pub(super) mod records;
mod region;
mod rules;
mod school;
mod schools;
mod screen;
mod shell;
mod trust;

pub(super) use rules::download;

use crate::web::{Needs, Route};
use axum::routing::{get, post};
use domain::access::Action;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let see = Needs::May(Action::SeeRegion);
    let export = Needs::May(Action::ExportRegion);
    let manage = Needs::May(Action::ManageRegion);
    let mut routes = vec![
        Route::new("/bureau/{region}", see, get(region::show)),
        Route::new("/bureau/{region}/screen", see, get(screen::show)),
        Route::new("/bureau/{region}/events", see, get(screen::events)),
        Route::new("/bureau/{region}/export.xlsx", export, get(region::xlsx)),
        Route::new("/bureau/{region}/export.csv", export, get(region::csv)),
        Route::new("/bureau/school/{school}", see, get(school::school)),
        Route::new("/bureau/class/{class}", see, get(school::class)),
        Route::new(
            "/bureau/person/{person}",
            see,
            get(person::show).post(person::reveal),
        ),
        Route::new(
            "/bureau/{region}/interface",
            Needs::May(Action::ManageRegionKeys),
            get(interface::show).post(interface::submit),
        ),
        Route::new(
            "/bureau/{region}/schools",
            manage,
            get(schools::show).post(schools::create),
        ),
        Route::new(
            "/bureau/{region}/schools/import",
            manage,
            post(schools::import),
        ),
        Route::new(
            "/bureau/school/{school}/admins",
            manage,
            get(accounts::school).post(accounts::school_change),
        ),
        Route::new(
            "/bureau/{region}/accounts",
            manage,
            get(accounts::region).post(accounts::region_change),
        ),
        Route::new("/bureau/{region}/log", manage, get(log::show)),
    ];
    routes.extend(records::routes());
    routes.extend(areas::routes());
    routes.extend([
        Route::new(
            "/bureau/{region}/clearances",
            Needs::May(Action::ClearRed),
            get(clearances::show).post(clearances::submit),
        ),
        Route::new(
            "/bureau/{region}/discrepancies",
            Needs::May(Action::SettleDiscrepancy),
            get(discrepancies::show).post(discrepancies::submit),
        ),
    ]);
    routes.extend(rules::routes());
    routes.extend(trust::routes());
    routes
}
