//! The school administrator's pages: overview, roster, staff, settings, log.

mod clearances;
mod desk;
mod gate_day;
mod gates;
mod gates_view;
mod import;
mod interface;
mod log;
mod overview;
mod people;
mod person;
mod settings;
mod staff;
mod staff_view;
mod strips;
mod visitors;
mod words;

use super::upload::UPLOAD_BYTES;
use crate::web::{Needs, Route};
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use domain::access::Action;

/// What a list of ticked people may weigh, in bytes.
const LIST_BYTES: usize = 4 << 20;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let roster = Needs::May(Action::ChangeRoster);
    let staff = Needs::May(Action::ManageSchoolStaff);
    let settings = Needs::May(Action::ChangeSchool);
    let see = Needs::May(Action::SeeSchool);
    let gates_of = Needs::May(Action::ManageGates);
    let upload = get(import::show)
        .post(import::upload)
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    let preview = get(import::preview::show)
        .post(import::preview::submit)
        .layer(DefaultBodyLimit::max(LIST_BYTES));
    vec![
        Route::new("/school/{school}", see, get(overview::show)),
        Route::new("/school/{school}/roster", roster, get(people::show)),
        Route::new(
            "/school/{school}/person/{person}",
            roster,
            get(person::show).post(person::submit),
        ),
        Route::new("/school/{school}/roster/import", roster, upload),
        Route::new(
            "/school/{school}/roster/import/done",
            roster,
            get(import::done),
        ),
        Route::new("/school/{school}/roster/import/{staged}", roster, preview),
        Route::new(
            "/school/{school}/roster/import/{staged}/faults.csv",
            roster,
            get(import::preview::faults),
        ),
        Route::new(
            "/school/{school}/staff",
            staff,
            get(staff::show).post(staff::submit),
        ),
        Route::new(
            "/school/{school}/settings",
            settings,
            get(settings::show).post(settings::submit),
        ),
        Route::new(
            "/school/{school}/interface",
            Needs::May(Action::ManageSchoolKeys),
            get(interface::show).post(interface::submit),
        ),
        Route::new(
            "/school/{school}/clearances",
            Needs::May(Action::ClearYellow),
            get(clearances::show).post(clearances::submit),
        ),
        Route::new("/school/{school}/log", see, get(log::show)),
        Route::new(
            "/school/{school}/gates",
            gates_of,
            get(gates::show).post(gates::submit),
        ),
        Route::new("/school/{school}/gates/day", gates_of, get(gate_day::show)),
        Route::new(
            "/school/{school}/gates/day.xlsx",
            gates_of,
            get(gate_day::export),
        ),
    ]
}
