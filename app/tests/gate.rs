//! What the guard at the gate can see, and what never.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::body::Body;
use common::District;
use domain::access::Role;
use http::Request;
use tower::ServiceExt as _;

#[tokio::test]
async fn the_guard_sees_masked_names_and_verdicts_and_no_reason() {
    let district = District::new().await;
    let class = district.inside("{class}", Role::Guard);
    let path = district.inside(&format!("/gate/{{school}}?class={class}"), Role::Guard);
    let request = Request::get(path)
        .header("cookie", district.cookie(Role::Guard))
        .body(Body::empty())
        .unwrap();
    let response = district.router.clone().oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    let page = String::from_utf8(bytes.into()).unwrap();
    assert!(
        page.contains("胡*辰") && page.contains("请勿入校"),
        "{page}"
    );
    for secret in ["胡亦辰", "密切接触", "高热", "不适", "℃", "1990"] {
        assert!(
            !page.contains(secret),
            "{secret} is none of the guard's business"
        );
    }
}
