//! Staff set their first or a new password with the code from the person above.

use crate::pages::home::start_of;
use crate::pages::signin::with_session;
use crate::tr;
use crate::ui::{Button, ButtonKind, ErrorSummary, FieldError, PhoneShell, TextInput, error_of};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use services::{Error, Refusal};

/// The form, for a code that can still be used.
pub async fn show(ctx: Ctx, Path(code): Path<String>) -> Answer {
    page(&ctx, StatusCode::OK, &code, Vec::new()).await
}

/// Sets the password and signs in.
pub async fn submit(ctx: Ctx, Path(code): Path<String>, fields: Fields) -> Answer {
    let done = if fields.get("new") == fields.get("again") {
        ctx.services().activate(&code, fields.get("new")).await
    } else {
        Err(Refusal::PasswordsDiffer.into())
    };
    match done {
        Ok(signed_in) => Ok(with_session(
            see_other(&start_of(&signed_in.actor)),
            &signed_in,
        )),
        Err(Error::Refused(refusal @ (Refusal::PasswordWeak | Refusal::PasswordsDiffer))) => {
            let field = if refusal == Refusal::PasswordsDiffer {
                "again"
            } else {
                "new"
            };
            let errors = vec![FieldError::new(field, refusal.text(ctx.lang))];
            page(&ctx, StatusCode::UNPROCESSABLE_ENTITY, &code, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    code: &str,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let profile = ctx
        .services()
        .activation_for(code)
        .await?
        .ok_or(Error::Refused(Refusal::CodeUnusable))?;
    let lang = ctx.lang;
    let title = tr!(lang, "设置密码", "Set a password");
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    let action = format!("/activate/{}", crate::web::escape(code));
    Ok(ctx.html(status, &title, Islands::No, move || {
        let summary = errors.clone();
        let of = move |id: &str| error_of(&errors, id);
        view! {
            <PhoneShell lang=lang here=here title=heading demo=demo>
                <ErrorSummary lang=lang errors=summary />
                <p>{tr!(lang, "{name}，您的登录账号是 {login}。", "{name}, your login is {login}.", name = profile.name, login = profile.login)}</p>
                <form class="card pad stack" method="post" action=action>
                    <TextInput name="new" kind="password" label=tr!(lang, "密码", "Password") hint=tr!(lang, "至少 8 个字符", "At least 8 characters") autocomplete="new-password" required=true error=of("new") />
                    <TextInput name="again" kind="password" label=tr!(lang, "再输一次", "Once more") autocomplete="new-password" required=true error=of("again") />
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "保存并登录", "Save and sign in")}</Button>
                </form>
            </PhoneShell>
        }
    }))
}
