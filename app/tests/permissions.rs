//! Walks every route for every role, inside and outside its scope: the route table says what each needs, and the
//! services behind it must enforce just that.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use app::web::Needs;
use axum::Router;
use axum::body::Body;
use common::District;
use domain::access::{Action, Role};
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;

/// The answer's status, and whether it leads to the sign-in.
async fn ask(
    router: &Router,
    method: &Method,
    path: &str,
    cookie: Option<&str>,
) -> (StatusCode, bool) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    if method == Method::POST {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    let response = router
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let to_sign_in = response
        .headers()
        .get("location")
        .is_some_and(|l| l.to_str().unwrap().starts_with("/signin"));
    (response.status(), to_sign_in)
}

const METHODS: [Method; 2] = [Method::GET, Method::POST];

/// Refused by the services, or by the router because there is no such method.
fn is_refused(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED
    )
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let district = District::new().await;
    for route in app::routes()
        .iter()
        .filter(|r| !matches!(r.needs, Needs::Nothing | Needs::Device))
    {
        let path = district.inside(route.path, Role::Teacher);
        for method in METHODS {
            let (status, to_sign_in) = ask(&district.router, &method, &path, None).await;
            let refused = (status == StatusCode::SEE_OTHER && to_sign_in)
                || status == StatusCode::METHOD_NOT_ALLOWED;
            assert!(refused, "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn a_role_gets_what_the_table_says_and_nothing_else() {
    let district = District::new().await;
    for route in app::routes() {
        let Needs::May(action) = route.needs else {
            continue;
        };
        for role in Role::ALL {
            let cookie = district.cookie(role);
            let path = district.inside(route.path, role);
            if action.roles().contains(&role) {
                let (status, _) = ask(&district.router, &Method::GET, &path, Some(cookie)).await;
                assert!(
                    !matches!(
                        status,
                        StatusCode::FORBIDDEN | StatusCode::INTERNAL_SERVER_ERROR
                    ),
                    "{role} may {action:?}, but {path}: {status}"
                );
            } else {
                expect_refusal(&district, &path, cookie, role, action).await;
            }
        }
    }
}

#[tokio::test]
async fn no_role_reaches_outside_its_scope() {
    let district = District::new().await;
    for route in app::routes() {
        let Needs::May(action) = route.needs else {
            continue;
        };
        for role in Role::ALL {
            let path = district.outside(route.path, role);
            expect_refusal(&district, &path, district.cookie(role), role, action).await;
        }
    }
}

async fn expect_refusal(district: &District, path: &str, cookie: &str, role: Role, action: Action) {
    let mut forbidden = false;
    for method in METHODS {
        let (status, _) = ask(&district.router, &method, path, Some(cookie)).await;
        assert!(
            is_refused(status),
            "{role} may not {action:?}, but {method} {path}: {status}"
        );
        forbidden |= status == StatusCode::FORBIDDEN;
    }
    assert!(forbidden, "{path} has no method at all");
}
