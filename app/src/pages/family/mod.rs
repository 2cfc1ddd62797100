//! Guardians' pages: invitation, consent, today, report, code, and what is kept of a child.

mod answers;
mod clearance;
mod code;
mod consent;
mod contest;
mod days;
mod disown;
mod facts;
mod join;
mod letter;
mod log;
mod pass;
mod privacy;
mod report;
mod today;
mod why;
mod words;

pub use report::fault_text;

pub(in crate::pages) use words::channel_text;

use crate::web::{Needs, Route};
use axum::routing::get;
use domain::access::Action;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    let child = Needs::May(Action::ReportForChild);
    let consent = Needs::May(Action::DecideConsent);
    let log = Needs::May(Action::ReadChildLog);
    vec![
        Route::new(
            "/join",
            Needs::Nothing,
            get(join::show_code).post(join::submit_code),
        ),
        Route::new(
            "/join/{code}",
            Needs::Nothing,
            get(join::show).post(join::submit),
        ),
        Route::new("/family", Needs::Session, get(today::show)),
        Route::new("/privacy", Needs::Nothing, get(privacy::show)),
        Route::new(
            "/child/{person}/consent",
            consent,
            get(consent::show).post(consent::submit),
        ),
        Route::new(
            "/child/{person}/withdraw",
            consent,
            get(consent::show_withdrawal).post(consent::withdraw),
        ),
        Route::new(
            "/child/{person}/disown",
            child,
            get(disown::show).post(disown::submit),
        ),
        Route::new(
            "/child/{person}/report",
            child,
            get(report::show).post(report::submit),
        ),
        Route::new("/child/{person}/code", child, get(code::show)),
        Route::new(
            "/child/{person}/clearance",
            Needs::May(Action::SubmitClearance),
            get(clearance::show).post(clearance::submit),
        ),
        Route::new("/child/{person}/code/live", child, get(pass::renew)),
        Route::new("/child/{person}/letter", child, get(letter::show)),
        Route::new("/child/{person}/why", child, get(why::show)),
        Route::new("/child/{person}/days", child, get(days::show)),
        Route::new(
            "/child/{person}/contest/{report}",
            child,
            get(contest::show).post(contest::submit),
        ),
        Route::new("/child/{person}/log", log, get(log::show)),
        Route::new("/child/{person}/data", log, get(log::export)),
    ]
}
