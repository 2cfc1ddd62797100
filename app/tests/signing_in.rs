//! What somebody can rely on who signs in, through the real router and a real database file.
#![allow(clippy::unwrap_used, reason = "tests")]

use axum::body::Body;
use http::{Request, StatusCode};
use services::Services;
use services::clock::{SystemClock, SystemEntropy};
use services::open::Location;
use std::sync::Arc;
use tower::ServiceExt as _;

#[tokio::test]
async fn the_sign_in_page_speaks_both_languages_and_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path().into(), false);
    let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
        .await
        .unwrap();
    let router = app::router(services);

    let get = |path: &str, lang: &str| {
        Request::get(path)
            .header("accept-language", lang)
            .body(Body::empty())
            .unwrap()
    };
    let text = |response: http::Response<Body>| async {
        String::from_utf8(
            axum::body::to_bytes(response.into_body(), 1 << 20)
                .await
                .unwrap()
                .into(),
        )
        .unwrap()
    };

    let page = router
        .clone()
        .oneshot(get("/signin", "zh-CN"))
        .await
        .unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("'nonce-")
    );
    assert!(text(page).await.contains("<h1>登录</h1>"));
    assert!(
        text(router.clone().oneshot(get("/signin", "en")).await.unwrap())
            .await
            .contains("<h1>Sign in</h1>")
    );

    let post = Request::post("/signin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("login=nobody&password=wrong-password"))
        .unwrap();
    let refused = router.clone().oneshot(post).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused = text(refused).await;
    assert!(
        refused.contains("账号或密码不对") && refused.contains("value=\"nobody\""),
        "{refused}"
    );

    let home = router.clone().oneshot(get("/account", "zh")).await.unwrap();
    assert_eq!(
        (home.status(), home.headers()["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/signin?next=/account")
    );
    assert_eq!(
        router
            .oneshot(get("/nowhere", "en"))
            .await
            .unwrap()
            .status(),
        StatusCode::NOT_FOUND
    );
}
