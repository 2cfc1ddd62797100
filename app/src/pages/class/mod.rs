//! The teacher's pages: progress, proxy and paper reports, slips, new guardians, corrections.

mod cards;
mod clearance;
mod export;
mod gate;
mod inbox;
mod list;
mod paper;
mod person;
mod proxy;
mod shell;
mod slips;
mod table;
mod today;
mod well_slips;
mod words;

use super::upload::UPLOAD_BYTES;
use crate::web::{Needs, Route};
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use domain::access::Action;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let paper_table = get(table::show)
        .post(table::submit)
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    vec![
        Route::new(
            "/class/{class}",
            Needs::May(Action::SeeClass),
            get(today::show),
        ),
        Route::new(
            "/class/{class}/counts",
            Needs::May(Action::SeeClass),
            get(today::counts),
        ),
        Route::new(
            "/class/{class}/list",
            Needs::May(Action::SeeClass),
            get(list::show),
        ),
        Route::new(
            "/class/{class}/person/{person}",
            Needs::May(Action::SeeClass),
            get(person::show).post(person::ask),
        ),
        Route::new(
            "/class/{class}/person/{person}/clearance",
            Needs::May(Action::SubmitClearance),
            get(clearance::show).post(clearance::submit),
        ),
        Route::new(
            "/class/{class}/proxy/{person}",
            Needs::May(Action::ReportByProxy),
            get(proxy::show).post(proxy::submit),
        ),
        Route::new(
            "/class/{class}/paper",
            Needs::May(Action::ReportByProxy),
            get(paper::show).post(paper::submit),
        ),
        Route::new(
            "/class/{class}/paper/table",
            Needs::May(Action::ReportByProxy),
            paper_table,
        ),
        Route::new(
            "/class/{class}/paper/table.xlsx",
            Needs::May(Action::ReportByProxy),
            get(table::download),
        ),
        Route::new(
            "/class/{class}/inbox",
            Needs::May(Action::ConfirmCorrection),
            get(inbox::show).post(inbox::submit),
        ),
        Route::new(
            "/class/{class}/gate-slip",
            Needs::May(Action::ConfirmSlip),
            get(gate::show).post(gate::submit),
        ),
        Route::new(
            "/class/{class}/slips",
            Needs::May(Action::PrintSlips),
            get(slips::show).post(slips::print),
        ),
        Route::new(
            "/class/{class}/cards",
            Needs::May(Action::PrintCards),
            get(cards::show).post(cards::print),
        ),
        Route::new(
            "/class/{class}/well-slips",
            Needs::May(Action::PrintCards),
            get(well_slips::show),
        ),
        Route::new(
            "/class/{class}/export.xlsx",
            Needs::May(Action::ExportClass),
            get(export::download),
        ),
    ]
}
