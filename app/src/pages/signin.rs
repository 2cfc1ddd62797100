//! Signing in and out.

use super::home::start_of;
use crate::tr;
use crate::ui::{Button, ButtonKind, ErrorSummary, FieldError, PhoneShell, TextInput};
use crate::web::{Answer, Ctx, Fields, Islands, local_path, see_other};
use axum::extract::RawQuery;
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use services::Error;
use services::accounts::{SESSION_COOKIE, SignedIn};

/// The form.
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    if let Some(actor) = ctx.actor.as_ref().filter(|_| query.get("next").is_empty()) {
        return Ok(see_other(&start_of(actor)));
    }
    Ok(page(&ctx, StatusCode::OK, &query, None))
}

/// Begins a session, or shows the form again with what was typed.
pub async fn submit(ctx: Ctx, fields: Fields) -> Answer {
    match ctx
        .services()
        .sign_in(fields.get("login"), fields.get("password"))
        .await
    {
        Ok(signed_in) => {
            let next = local_path(fields.get("next"));
            let next = if next == "/" {
                start_of(&signed_in.actor)
            } else {
                next.to_owned()
            };
            Ok(with_session(see_other(&next), &signed_in))
        }
        Err(Error::Refused(refusal)) => Ok(page(
            &ctx,
            StatusCode::UNPROCESSABLE_ENTITY,
            &fields,
            Some(refusal.text(ctx.lang).to_owned()),
        )),
        Err(error) => Err(error.into()),
    }
}

/// Ends the session.
pub async fn leave(ctx: Ctx) -> Answer {
    if let Some(token) = &ctx.token {
        ctx.services().sign_out(token).await?;
    }
    Ok(without_session(see_other("/signin")))
}

/// The answer with the session's cookie.
pub(super) fn with_session(mut response: Response, signed_in: &SignedIn) -> Response {
    let cookie = format!(
        "{SESSION_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        signed_in.token.cookie(),
        signed_in.max_age
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// The answer without it.
pub(super) fn without_session(mut response: Response) -> Response {
    let cookie = format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

fn page(ctx: &Ctx, status: StatusCode, typed: &Fields, error: Option<String>) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "登录", "Sign in");
    let errors: Vec<_> = error
        .iter()
        .map(|e| FieldError::new("login", e.clone()))
        .collect();
    let (login, next) = (
        typed.get("login").to_owned(),
        local_path(typed.get("next")).to_owned(),
    );
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    ctx.html(status, &title, Islands::No, move || {
        view! {
            <PhoneShell lang=lang here=here title=heading demo=demo>
                <ErrorSummary lang=lang errors=errors />
                <form class="card pad stack" method="post" action="/signin">
                    <input type="hidden" name="next" value=next />
                    <TextInput name="login" label=tr!(lang, "手机号或账号", "Mobile number or login") value=login autocomplete="username" required=true />
                    <TextInput name="password" kind="password" label=tr!(lang, "密码", "Password") autocomplete="current-password" required=true />
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "登录", "Sign in")}</Button>
                </form>
                <p>
                    <a href="/join">{tr!(lang, "我有学校发的邀请条", "I have an invitation slip from the school")}</a>
                </p>
                <p class="hint">
                    {tr!(lang, "忘了密码？家长请向班主任要一张新的邀请条，老师请找学校管理员。",
                        "Forgot the password? Guardians ask the class teacher for a new slip; staff ask the school's administrator.")}
                </p>
            </PhoneShell>
        }
    })
}
