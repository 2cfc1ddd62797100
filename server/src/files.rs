//! Files as they lie on the disk: scripts and styles under hashed names, and the few public ones.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get_service};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use tower_http::services::{ServeDir, ServeFile};

/// What lies under `/pkg` never changes: its names hold the hash of its content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Icons and the like may be an hour old.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// `/pkg/*`, and every public file and folder beside it under its own name. They are listed once, so that an
/// address that means nothing costs no look at the disk.
pub fn router(site_root: &Path) -> Router {
    let packages = Router::new().nest_service("/pkg", folder(&site_root.join("pkg")));
    let mut public = Router::new();
    for entry in std::fs::read_dir(site_root).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let Some(name) = name.to_str().filter(|name| is_public(name)) else {
            continue;
        };
        public = if path.is_dir() {
            public.nest_service(&format!("/{name}"), folder(&path))
        } else {
            public.route_service(
                &format!("/{name}"),
                ServeFile::new(path).precompressed_br().precompressed_gzip(),
            )
        };
    }
    packages
        .layer(from_fn_with_state(FOREVER, keep))
        .merge(public.layer(from_fn_with_state(AN_HOUR, keep)))
}

/// Plain names only; not `/pkg`, which is served apart, nor the compressed copies of other files.
fn is_public(name: &str) -> bool {
    let is_copy = [".br", ".gz"].iter().any(|end| name.ends_with(end));
    let is_plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    name != "pkg" && !name.starts_with('.') && is_plain && !is_copy
}

/// The files of a folder, compressed as they lie there; what is not there gets a plain page.
fn folder(path: &Path) -> MethodRouter {
    let missing = tower::service_fn(|_| async {
        Ok::<_, Infallible>(crate::edge::plain(StatusCode::NOT_FOUND))
    });
    let files = ServeDir::new(path)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    get_service(files.fallback(missing))
}

/// Says how long browsers may keep what was found.
async fn keep(State(how_long): State<HeaderValue>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(CACHE_CONTROL, how_long);
    }
    response
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
