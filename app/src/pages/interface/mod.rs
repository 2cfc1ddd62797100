//! Keys of the interface for other programs, as an administrator makes and revokes them; and the interface's page.

mod chinese;
mod fields;
mod keys;
mod reference;

pub use chinese::in_chinese;
pub(super) use keys::{Outcome, keys_view, made_view, submit};

use crate::web::{Needs, Route};
use axum::routing::get;

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    vec![Route::new("/api", Needs::Nothing, get(reference::show))]
}
