//! Which request goes where.

use crate::edge::{self, Edge};
use axum::{Extension, Router};
use services::Services;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The whole site: pages, the interface for other programs, health, files, and the edge around them. `ending` is
/// cancelled when the program ends: handlers of event streams receive it as an extension and end theirs.
pub fn router(
    services: &Arc<Services>,
    site_root: &Path,
    edge: &Edge,
    ending: CancellationToken,
) -> Router {
    let (interface, document) = crate::api::router(services);
    let document = Extension(app::web::ApiDocument(Arc::new(document)));
    let pages = app::router(Arc::clone(services)).layer((document, Extension(ending)));
    let site = pages
        .merge(interface)
        .merge(crate::health::router(Arc::clone(services)))
        .merge(crate::files::router(site_root));
    edge::wrap(site, edge)
}
