//! Files as they lie on the disk: scripts and styles under hashed names, and the few public ones.

use axum::Router;
use axum::response::Response;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use std::path::{Path, PathBuf};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// What lies under `/pkg` never changes: its names hold the hash of its content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Icons and the like may be an hour old.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// `/pkg/*`, and as the fallback the public files beside it; what is nowhere gets a plain page.
pub fn router(site_root: &Path) -> Router {
    let kept = |value: HeaderValue| {
        SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, move |response: &Response| {
            let is_file =
                response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
            is_file.then(|| value.clone())
        })
    };
    let folder = |path: PathBuf| {
        ServeDir::new(path)
            .precompressed_br()
            .precompressed_gzip()
            .append_index_html_on_directories(false)
    };
    let missing = tower::service_fn(|_| async { Ok(crate::edge::plain(StatusCode::NOT_FOUND)) });
    let packages = ServiceBuilder::new()
        .layer(kept(FOREVER))
        .map_response(axum::response::IntoResponse::into_response)
        .service(folder(site_root.join("pkg")).fallback(missing));
    let public = ServiceBuilder::new()
        .layer(kept(AN_HOUR))
        .map_response(axum::response::IntoResponse::into_response)
        .service(folder(site_root.to_owned()).fallback(missing));
    Router::new()
        .nest_service("/pkg", packages)
        .fallback_service(public)
}

/// The site folder: the one asked for, else `site` beside the program, else above it (where cargo puts them),
/// else `target/site`.
pub fn site_root(asked: Option<PathBuf>) -> PathBuf {
    let program = std::env::current_exe().ok();
    let near = program
        .iter()
        .flat_map(|p| p.ancestors().skip(1).take(2))
        .map(|folder| folder.join("site"));
    asked
        .or_else(|| near.into_iter().find(|folder| folder.is_dir()))
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::edge::testing::*;
    use axum::body::Body;
    use tower::ServiceExt as _;

    fn site() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        let files = [
            ("site/pkg/fuxue.AbC.js", "script"),
            ("site/pkg/fuxue.AbC.js.br", "smaller"),
            ("site/robots.txt", "User-agent: *"),
            ("secret", "secret"),
        ];
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    async fn get(folder: &tempfile::TempDir, path: &str, encoding: &str) -> Response {
        let request = request("GET", path)
            .header("accept-encoding", encoding)
            .body(Body::empty())
            .unwrap();
        crate::edge::wrap(router(&folder.path().join("site")), &edge())
            .oneshot(request)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn packages_are_kept_for_ever_and_come_compressed() {
        let site = site();
        let small = get(&site, "/pkg/fuxue.AbC.js", "br, gzip").await;
        assert_eq!(
            small.headers()["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(small.headers()["content-encoding"], "br");
        assert_eq!(small.headers()["x-content-type-options"], "nosniff");
        assert!(
            small.headers()["content-type"]
                .to_str()
                .unwrap()
                .contains("javascript")
        );
        assert_eq!(text(small).await, "smaller");
        assert_eq!(
            text(get(&site, "/pkg/fuxue.AbC.js", "identity").await).await,
            "script"
        );
    }

    #[tokio::test]
    async fn public_files_are_served_and_nothing_else() {
        let site = site();
        let robots = get(&site, "/robots.txt", "identity").await;
        assert_eq!(
            (
                robots.status(),
                robots.headers()["cache-control"].to_str().unwrap()
            ),
            (StatusCode::OK, "public, max-age=3600")
        );
        for path in [
            "/pkg/fuxue.old.js",
            "/pkg/",
            "/pkg",
            "/nothing",
            "/",
            "/../secret",
            "/%2e%2e/secret",
        ] {
            let missing = get(&site, path, "identity").await;
            assert_eq!(
                (
                    missing.status(),
                    missing.headers()["cache-control"].to_str().unwrap()
                ),
                (StatusCode::NOT_FOUND, "no-store"),
                "{path}"
            );
            assert!(text(missing).await.contains("没有这个页面"), "{path}");
        }
    }
}
