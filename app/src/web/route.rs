//! The route table: every page with the permission it needs. The router is made from it, and so is the test
//! that walks it for every role.

use super::App;
use axum::routing::MethodRouter;
use domain::access::Action;

/// What a route asks of its caller. The services behind it enforce it; the table says it for readers and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Nothing,
    /// Anybody signed in.
    Session,
    /// This permission, at the place that the path names.
    May(Action),
    /// A device at a gate, by its own cookie; a session is none.
    Device,
}

/// One path.
#[derive(Debug, Clone)]
pub struct Route {
    /// The path, as axum writes it. `{region}`, `{school}`, `{class}`, `{person}` name places.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// Its methods.
    pub handler: MethodRouter<App>,
}

impl Route {
    /// A route.
    pub fn new(path: &'static str, needs: Needs, handler: MethodRouter<App>) -> Self {
        Self {
            path,
            needs,
            handler,
        }
    }
}
