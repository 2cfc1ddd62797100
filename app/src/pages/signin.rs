//! Signing in and out.

use super::home::start_of;
use crate::tr;
use crate::tr::Lang;
use crate::ui::{Button, ButtonKind, Card, ErrorSummary, FieldError, PhoneShell, TextInput};
use crate::web::{Answer, Ctx, Fields, Islands, local_path, see_other};
use axum::extract::RawQuery;
use axum::response::Response;
use domain::access::Role;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use services::Error;
use services::accounts::{SESSION_COOKIE, SignedIn};
use services::demo::DemoAccount;

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
            if let Some(token) = &ctx.token {
                ctx.services().sign_out(token).await?;
            }
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
    let demo_accounts = ctx
        .services()
        .demo_accounts
        .get()
        .cloned()
        .unwrap_or_default();
    let (login, next) = (
        typed.get("login").to_owned(),
        local_path(typed.get("next")).to_owned(),
    );
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    ctx.html(status, &title, Islands::No, move || {
        view! {
            <PhoneShell lang=lang here=here title=heading demo=demo>
                <ErrorSummary lang=lang errors=errors />
                {(!demo_accounts.is_empty()).then(|| view! { <DemoAccounts lang=lang accounts=demo_accounts /> })}
                <form class="card pad stack" method="post" action="/signin">
                    <input type="hidden" name="next" value=next />
                    <TextInput name="login" label=tr!(lang, "手机号或账号", "Mobile number or login") value=login autocomplete="username" required=true />
                    <TextInput name="password" kind="password" label=tr!(lang, "密码", "Password") autocomplete="current-password" required=true />
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "登录", "Sign in")}</Button>
                </form>
                <p>
                    <a href="/join">{tr!(lang, "我有学校发的邀请条", "I have an invitation slip from the school")}</a>
                </p>
                <p>
                    <a href="/rules">{tr!(lang, "颜色是怎么判定的", "How the colours are decided")}</a>
                </p>
                <p class="hint">
                    {tr!(lang, "忘了密码？家长请向班主任要一张新的邀请条，老师请找学校管理员。",
                        "Forgot the password? Guardians ask the class teacher for a new slip; staff ask the school's administrator.")}
                </p>
                <p class="row">
                    <a href="/risk-areas">{tr!(lang, "风险地区", "Risk areas")}</a>
                    <a href="/sources">{tr!(lang, "信息来源", "Sources")}</a>
                </p>
            </PhoneShell>
        }
    })
}

/// A demo's accounts, each entered with one click.
#[component]
fn DemoAccounts(lang: Lang, accounts: Vec<DemoAccount>) -> impl IntoView {
    view! {
        <Card title=tr!(lang, "以演示账号进入", "Enter with a demo account")>
            <div class="stack">
                {accounts
                    .into_iter()
                    .map(|account| {
                        view! {
                            <form method="post" action="/signin">
                                <input type="hidden" name="login" value=account.login />
                                <input type="hidden" name="password" value=account.password />
                                <Button wide=true>{role_name(lang, &account.role)}</Button>
                            </form>
                        }
                    })
                    .collect_view()}
            </div>
        </Card>
    }
}

fn role_name(lang: Lang, role: &str) -> String {
    match role.parse() {
        Ok(Role::Guardian) => tr!(lang, "家长", "Guardian"),
        Ok(Role::Teacher) => tr!(lang, "班主任", "Class teacher"),
        Ok(Role::Guard) => tr!(lang, "门卫", "Gate guard"),
        Ok(Role::SchoolAdmin) => tr!(lang, "学校管理员", "School administrator"),
        Ok(Role::BureauViewer) => tr!(lang, "教育局（只看数字）", "Bureau viewer"),
        Ok(Role::HealthOfficer) => tr!(lang, "卫生专员", "Health officer"),
        Ok(Role::BureauAdmin) => tr!(lang, "教育局管理员", "Bureau administrator"),
        Err(_) => role.to_owned(),
    }
}
