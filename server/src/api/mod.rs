//! The REST interface for other programs, under [`PREFIX`].
//!
//! A program sends its key as `Authorization: Bearer fxk_…`. Whatever changes something may name itself with
//! `Idempotency-Key`. Errors are problem documents (RFC 9457). The OpenAPI document is made from the handlers.

mod bearer;
mod body;
mod declared;
mod lists;
mod numbers;
mod problem;
#[cfg(test)]
mod published;
mod repeat;
mod reports;

pub use problem::Problem;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::get;
use domain::Lang;
use problem::Asked;
use services::Services;
use std::sync::Arc;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What a request may weigh, in bytes: a large roster.
const BODY_BYTES: usize = 20 << 20;

/// Where the interface begins.
pub const PREFIX: &str = "/api/v1/";

/// Whether a program asks for this path, and is told in its own way what is wrong.
pub fn is_of_programs(path: &str) -> bool {
    path.starts_with(PREFIX) || path == PREFIX.trim_end_matches('/')
}

/// The language in which a program is told so; `None` where no program asks.
pub fn language(request: &Request) -> Option<Lang> {
    is_of_programs(request.uri().path()).then(|| Asked::of(request.headers()).0)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fuxue 复学码",
        description = "Daily reports, official records, rosters and numbers for schools' own systems and message channels.",
        version = "1",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    modifiers(&KeyScheme),
    security(("key" = []))
)]
struct Document;

struct KeyScheme;

impl Modify for KeyScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A key that an administrator of the school or region has made.",
            ))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

fn operations() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(reports::send))
        .routes(routes!(lists::records))
        .routes(routes!(lists::roster))
        .routes(routes!(numbers::school))
        .routes(routes!(numbers::region))
}

/// The router, and the document that describes it.
pub fn router(services: &Arc<Services>) -> (Router, serde_json::Value) {
    let (router, document) = operations()
        .with_state(Arc::clone(services))
        .split_for_parts();
    let router = router.layer(DefaultBodyLimit::max(BODY_BYTES));
    let document = serde_json::to_value(document).unwrap_or_default();
    let shown = document.clone();
    let router = router
        .route(
            "/api/v1/openapi.json",
            get(move || async move { axum::Json(shown) }),
        )
        .route("/api/v1", axum::routing::any(problem::not_found))
        .route("/api/v1/", axum::routing::any(problem::not_found))
        .route("/api/v1/{*path}", axum::routing::any(problem::not_found));
    (router, document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::pages::interface::in_chinese;

    /// `docs/openapi.json` is what the program serves; `UPDATE=1` writes it anew.
    #[test]
    #[allow(clippy::unwrap_used, reason = "tests")]
    fn the_published_document_is_current() {
        let made = operations().to_openapi().to_pretty_json().unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(kept, made, "run it with UPDATE=1");
    }

    fn words(value: &serde_json::Value, found: &mut Vec<String>) {
        let inner = value.as_object().into_iter().flatten();
        for (key, value) in inner {
            match value.as_str() {
                Some(text) if key == "summary" || key == "description" => found.push(text.into()),
                _ => words(value, found),
            }
        }
        for value in value.as_array().into_iter().flatten() {
            words(value, found);
        }
    }

    #[test]
    #[allow(clippy::unwrap_used, reason = "tests")]
    fn the_page_says_everything_in_chinese_too() {
        let document = serde_json::to_value(operations().to_openapi()).unwrap();
        let mut found = Vec::new();
        words(&document["paths"], &mut found);
        for schema in document["components"]["schemas"]
            .as_object()
            .unwrap()
            .values()
        {
            // The page shows what is inside a schema, and no text about the schema itself.
            for part in ["properties", "allOf", "oneOf"] {
                let mut inside = schema[part].clone();
                for variant in inside.as_array_mut().into_iter().flatten() {
                    if let Some(variant) = variant.as_object_mut() {
                        variant.remove("description");
                    }
                }
                words(&inside, &mut found);
            }
        }
        assert!(found.len() > 50);
        found.retain(|text| !text.is_empty() && in_chinese(text).is_none());
        assert_eq!(found, Vec::<String>::new(), "without Chinese");
    }
}
