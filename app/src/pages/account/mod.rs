//! One's own account: password and sessions.

pub mod activate;

use super::signin::{with_session, without_session};
use crate::tr;
use crate::ui::{Button, ButtonKind, ErrorSummary, FieldError, PhoneShell, TextInput, error_of};
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::response::Response;
use http::StatusCode;
use leptos::prelude::*;
use services::accounts::AccountProfile;
use services::{Error, Refusal};

/// The page.
pub async fn show(ctx: Ctx) -> Answer {
    let profile = ctx.services().own_profile(ctx.actor()?).await?;
    Ok(page(&ctx, StatusCode::OK, &profile, Vec::new()))
}

/// Changes the password and begins the session anew.
pub async fn change_password(ctx: Ctx, fields: Fields) -> Answer {
    let profile = ctx.services().own_profile(ctx.actor()?).await?;
    let changed = if fields.get("new") == fields.get("again") {
        ctx.services()
            .change_password(ctx.actor()?, fields.get("present"), fields.get("new"))
            .await
    } else {
        Err(Refusal::PasswordsDiffer.into())
    };
    match changed {
        Ok(signed_in) => Ok(with_session(see_other("/account?changed=1"), &signed_in)),
        Err(Error::Refused(refusal)) => {
            let field = match refusal {
                Refusal::PasswordWrong => "present",
                Refusal::PasswordsDiffer => "again",
                _ => "new",
            };
            let errors = vec![FieldError::new(field, refusal.text(ctx.lang))];
            Ok(page(
                &ctx,
                StatusCode::UNPROCESSABLE_ENTITY,
                &profile,
                errors,
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends every session of the account.
pub async fn sign_out_everywhere(ctx: Ctx) -> Answer {
    ctx.services().sign_out_everywhere(ctx.actor()?).await?;
    Ok(without_session(see_other("/signin")))
}

fn page(
    ctx: &Ctx,
    status: StatusCode,
    profile: &AccountProfile,
    errors: Vec<FieldError>,
) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "我的账号", "My account");
    let changed = ctx.here.contains("changed=1").then(|| {
        tr!(
            lang,
            "密码已修改，其他设备已退出。",
            "Password changed; other devices are signed out."
        )
    });
    let (name, login) = (profile.name.clone(), profile.login.clone());
    let (here, heading, demo) = ("/account".to_owned(), title.clone(), ctx.demo());
    ctx.html(status, &title, Islands::No, move || {
        let summary = errors.clone();
        let of = move |id: &str| error_of(&errors, id);
        view! {
            <PhoneShell lang=lang here=here title=heading back="/" demo=demo>
                {changed.map(|text| view! { <p class="card pad" role="status">{text}</p> })}
                <ErrorSummary lang=lang errors=summary />
                <dl class="card pad facts">
                    <div><dt>{tr!(lang, "姓名", "Name")}</dt><dd>{name}</dd></div>
                    <div><dt>{tr!(lang, "登录账号", "Login")}</dt><dd>{login}</dd></div>
                </dl>
                <form class="card pad stack" method="post" action="/account">
                    <h2>{tr!(lang, "修改密码", "Change the password")}</h2>
                    <TextInput name="present" kind="password" label=tr!(lang, "现在的密码", "Present password") autocomplete="current-password" required=true error=of("present") />
                    <TextInput name="new" kind="password" label=tr!(lang, "新密码", "New password") hint=tr!(lang, "至少 8 个字符", "At least 8 characters") autocomplete="new-password" required=true error=of("new") />
                    <TextInput name="again" kind="password" label=tr!(lang, "再输一次", "Once more") autocomplete="new-password" required=true error=of("again") />
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "保存新密码", "Save the new password")}</Button>
                </form>
                <form class="card pad stack" method="post" action="/account/signout-everywhere">
                    <h2>{tr!(lang, "退出所有设备", "Sign out everywhere")}</h2>
                    <p>{tr!(lang, "手机丢了或借给别人用过，请退出所有设备。", "If a phone was lost or lent, sign out on all devices.")}</p>
                    <Button>{tr!(lang, "退出所有设备", "Sign out everywhere")}</Button>
                </form>
                <form method="post" action="/signout">
                    <Button>{tr!(lang, "退出登录", "Sign out")}</Button>
                </form>
            </PhoneShell>
        }
    })
}
