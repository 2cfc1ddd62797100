//! What people see when something does not work: never anything internal.

use super::html::{Islands, Secure, see_other};
use super::{App, Ctx, Visitor};
use crate::tr;
use crate::ui::PhoneShell;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use leptos::prelude::*;
use services::Error;
use std::sync::Arc;

/// A failed request. Handlers return it with `?`; [`render_failures`] turns it into a page.
#[derive(Debug)]
pub struct Failure(pub Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = status_of(&self.0).into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotSignedIn => StatusCode::UNAUTHORIZED,
        Error::Forbidden => StatusCode::FORBIDDEN,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Refused(_) | Error::Answers(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Turns failures into pages in the reader's language. Reading pages lead to the sign-in and back.
pub async fn render_failures(State(app): State<App>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let headers = request.headers().clone();
    let secure = request.extensions().get::<Secure>().copied();
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<Arc<Error>>().cloned() else {
        return response;
    };
    if matches!(*error, Error::NotSignedIn) {
        let back = if method == http::Method::GET {
            uri.path_and_query().map_or("/", |p| p.as_str())
        } else {
            "/"
        };
        return see_other(&format!("/signin?next={}", super::form::escape(back)));
    }
    let mut again = Request::new(());
    *again.uri_mut() = uri;
    *again.headers_mut() = headers;
    if let Some(secure) = secure {
        again.extensions_mut().insert(secure);
    }
    let (mut parts, ()) = again.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &app).await;
    // The failure may have come from finding out who asks: then the page is shown to nobody in particular.
    let nobody = visitor.clone();
    let ctx = Box::pin(visitor.recognised()).await;
    page(
        &ctx.unwrap_or_else(|_| nobody.unrecognised()),
        response.status(),
        &error,
    )
}

fn page(ctx: &Ctx, status: StatusCode, error: &Error) -> Response {
    let lang = ctx.lang;
    let (title, text) = match error {
        Error::Forbidden | Error::NotSignedIn => (
            tr!(lang, "这里不能打开", "You cannot open this"),
            tr!(
                lang,
                "没有这个页面，或者您的账号没有权限。",
                "There is no such page, or your account may not see it."
            ),
        ),
        Error::NotFound => (
            tr!(lang, "没有找到", "Not found"),
            tr!(
                lang,
                "没有这个页面，或者这一条已经不在了。请检查网址，或从首页重新进入。",
                "There is no such page, or the entry is no longer there. Check the address, or begin at the start page."
            ),
        ),
        Error::Refused(refusal) => (
            tr!(lang, "没有完成", "Not done"),
            refusal.text(lang).to_owned(),
        ),
        Error::Answers(_) => (
            tr!(lang, "没有完成", "Not done"),
            tr!(
                lang,
                "有几处填写要改，请返回修改。",
                "Some answers need a change. Please go back."
            ),
        ),
        Error::Overloaded => (
            tr!(lang, "现在人太多", "Busy right now"),
            tr!(
                lang,
                "请等几秒钟再试一次，您填的内容没有丢。",
                "Please try again in a few seconds."
            ),
        ),
        Error::Internal(cause) => {
            let number = reference(ctx);
            tracing::error!(reference = %number, cause = %cause, "a request failed");
            (
                tr!(lang, "出了问题", "Something went wrong"),
                tr!(
                    lang,
                    "请稍后再试。如果一直这样，请把编号 {number} 告诉学校。",
                    "Please try again later. If it stays, tell the school this number: {number}"
                ),
            )
        }
    };
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    let mut response = ctx.html(status, &title, Islands::No, move || {
        view! {
            <PhoneShell lang=lang here=here title=heading demo=demo>
                <p class="card pad">{text}</p>
                <p><a href="/">{tr!(lang, "回到首页", "Back to the start")}</a></p>
            </PhoneShell>
        }
    });
    if matches!(error, Error::Overloaded) {
        response
            .headers_mut()
            .insert(RETRY_AFTER, http::HeaderValue::from_static("3"));
    }
    response
}

fn reference(ctx: &Ctx) -> String {
    let bytes: [u8; 4] = services::clock::bytes(&*ctx.services().entropy);
    format!("{:08X}", u32::from_be_bytes(bytes))
}
