//! What people see when something does not work: never anything internal.

use super::html::{Islands, see_other};
use super::{Answer, App, Ctx, Fields, Visitor};
use crate::tr;
use crate::tr::Lang;
use crate::ui::{PhoneShell, PrimaryButton};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{Method, StatusCode};
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

/// Fields of a form that is put on a page again; the longest one has far fewer.
const FIELDS: usize = 1_000;

/// A form that came while too many asked: its page has it, to be sent again.
#[derive(Debug, Clone)]
struct Unsent(Fields);

/// The answer to a form that is the same one however often it comes. Where too many ask, nothing typed is lost: the page
/// has all its fields, and a button that sends them once more.
pub fn or_again(answer: Answer, form: Fields) -> Response {
    let failure = match answer {
        Ok(response) => return response,
        Err(failure) => failure,
    };
    let may_come_again = matches!(failure.0, Error::Overloaded) && form.iter().count() <= FIELDS;
    let mut response = failure.into_response();
    if may_come_again {
        response.extensions_mut().insert(Unsent(form));
    }
    response
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
    let is_get = request.method() == Method::GET;
    let (mut parts, body) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &app).await;
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = response.extensions().get::<Arc<Error>>().cloned() else {
        return response;
    };
    // Shown to nobody in particular: finding out who asks may be what failed, or would take as long once more.
    let ctx = visitor.unrecognised();
    if matches!(*error, Error::NotSignedIn) {
        let back = if is_get { &ctx.here } else { "/" };
        return see_other(&format!("/signin?next={}", super::form::escape(back)));
    }
    let form = response.extensions_mut().remove::<Unsent>();
    page(&ctx, response.status(), &error, form)
}

fn page(ctx: &Ctx, status: StatusCode, error: &Error, form: Option<Unsent>) -> Response {
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
            match &form {
                Some(Unsent(form)) if form.is_step() => tr!(
                    lang,
                    "您填的都还在。请等几秒钟再继续。",
                    "All that you filled in is still here. Please wait a few seconds and go on."
                ),
                Some(_) => tr!(
                    lang,
                    "您填的都还在。请等几秒钟再交一次；无论交几次，都只算一份。",
                    "All that you filled in is still here. Please wait a few seconds and send it again; however often it is sent, it counts once."
                ),
                None => tr!(
                    lang,
                    "请等几秒钟再试一次。",
                    "Please try again in a few seconds."
                ),
            },
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
    let bare = form.is_some();
    let mut response = ctx.html(status, &title, Islands::No, move || {
        let way_on = match form {
            // And no other way on: a form that is filled in anew would be another one.
            Some(Unsent(form)) => again(lang, here.clone(), &form),
            None => view! { <p><a href="/">{tr!(lang, "回到首页", "Back to the start")}</a></p> }
                .into_any(),
        };
        view! {
            <PhoneShell lang=lang here=here title=heading demo=demo bare=bare>
                <p class="card pad">{text}</p>
                {way_on}
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

/// A form as it came, with nothing but a button.
fn again(lang: Lang, action: String, form: &Fields) -> AnyView {
    let fields = form
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }
        })
        .collect_view();
    let button = if form.is_step() {
        tr!(lang, "继续", "Go on")
    } else {
        tr!(lang, "再交一次", "Send it again")
    };
    view! {
        <form method="post" action=action>
            {fields}
            <PrimaryButton title=button />
        </form>
    }
    .into_any()
}

fn reference(ctx: &Ctx) -> String {
    let bytes: [u8; 4] = services::clock::bytes(&*ctx.services().entropy);
    format!("{:08X}", u32::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_a_form_goes_on_and_a_form_is_sent_again() {
        let button = |act: &str| {
            let form = Fields::from_pairs([("note", "咳嗽"), ("act", act)]);
            let page = again(Lang::Zh, "/child/1/report".into(), &form).to_html();
            ["继续", "再交一次"].map(|word| page.contains(word))
        };
        assert_eq!(button("add-stay"), [true, false]);
        assert_eq!(button("send"), [false, true]);
        assert_eq!(button(""), [false, true]);
    }
}
