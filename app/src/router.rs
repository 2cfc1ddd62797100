//! All pages, one line each.

use crate::pages::{
    account, bureau, class, family, gate, home, interface, keys, public, rules, school, signin,
};
use crate::web::{App, Assets, Needs, Route, render_failures};
use axum::Router;
use axum::routing::{get, post};
use services::Services;
use std::sync::Arc;

/// Every route with what it needs.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::new("/", Needs::Nothing, get(home::show)),
        Route::new(
            "/signin",
            Needs::Nothing,
            get(signin::show).post(signin::submit),
        ),
        Route::new("/signout", Needs::Nothing, post(signin::leave)),
        Route::new("/lang", Needs::Nothing, post(home::set_language)),
        Route::new(
            "/activate/{code}",
            Needs::Nothing,
            get(account::activate::show).post(account::activate::submit),
        ),
        Route::new(
            "/account",
            Needs::Session,
            get(account::show).post(account::change_password),
        ),
        Route::new(
            "/account/signout-everywhere",
            Needs::Session,
            post(account::sign_out_everywhere),
        ),
    ];
    for area in [
        family::routes(),
        class::routes(),
        school::routes(),
        gate::routes(),
        interface::routes(),
        keys::routes(),
        bureau::routes(),
        public::routes(),
        rules::routes(),
    ] {
        routes.extend(area);
    }
    routes
}

/// The router of all pages. Static files, health and metrics are the server's affair.
pub fn router(services: Arc<Services>) -> Router {
    let app = App {
        services,
        assets: Arc::new(Assets::load()),
    };
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.handler);
    }
    router
        .fallback(home::not_found)
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            render_failures,
        ))
        .with_state(app)
}
