//! The start: leads everybody to where they work.

use crate::web::{Answer, Ctx, Failure, Fields, see_other};
use axum::response::{IntoResponse, Response};
use domain::access::{Role, Scope};
use http::HeaderValue;
use http::header::SET_COOKIE;
use services::{Actor, Error};

/// Where somebody with these roles begins.
pub(super) fn start_of(actor: &Actor) -> String {
    let first = |role: Role| actor.scopes_of(role).next();
    match (
        first(Role::BureauAdmin)
            .or(first(Role::HealthOfficer))
            .or(first(Role::BureauViewer)),
        first(Role::SchoolAdmin),
        first(Role::Teacher),
        first(Role::Guard),
    ) {
        (Some(Scope::Region(code)), ..) => format!("/bureau/{code}"),
        (_, Some(Scope::School(id)), ..) => format!("/school/{id}"),
        (_, _, Some(Scope::Class(id)), _) => format!("/class/{id}"),
        (_, _, _, Some(Scope::School(id))) => format!("/gate/{id}"),
        _ => "/family".to_owned(),
    }
}

/// Leads to the sign-in, or to one's own start page.
pub async fn show(ctx: Ctx) -> Answer {
    Ok(see_other(
        &ctx.actor
            .as_ref()
            .map_or_else(|| "/signin".to_owned(), start_of),
    ))
}

/// Keeps the chosen language for a year and goes back.
pub async fn set_language(fields: Fields) -> Response {
    let word = if fields.get("lang") == "en" {
        "en"
    } else {
        "zh"
    };
    let mut response = see_other(crate::web::local_path(fields.get("next")));
    if let Ok(value) = HeaderValue::from_str(&format!(
        "lang={word}; Path=/; Max-Age=31536000; SameSite=Lax"
    )) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// For every path that there is not.
pub async fn not_found() -> Response {
    Failure(Error::NotFound).into_response()
}
