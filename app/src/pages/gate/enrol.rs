//! Enrolling a device with the code that the school's administrator made.

use super::app;
use crate::tr;
use crate::ui::{Button, ButtonKind, ErrorSummary, FieldError, PhoneShell, TextInput, error_of};
use crate::web::{Answer, AtGate, Ctx, Fields, Islands, see_other};
use axum::extract::RawQuery;
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use services::gates::{DEVICE_COOKIE, DEVICE_LIFE, Enrolled};
use services::{Error, Refusal};

/// The app of an enrolled device, else the form; `?code=` from the administrator's QR code fills it in.
///
/// A device that was cut off still hands in what it has written down, so it gets the app too, until somebody asks for
/// the form.
pub async fn show(ctx: Ctx, AtGate(device): AtGate, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    if let Some(device) = device.as_ref().filter(|_| !query.has("code")) {
        return Ok(app::page(&ctx, device.id().0));
    }
    let error = device
        .filter(services::gates::Device::is_cut_off)
        .map(|_| Refusal::DeviceCutOff.text(ctx.lang).to_owned());
    Ok(form(&ctx, StatusCode::OK, query.get("code"), error))
}

/// Enrols this browser as a device, or shows the form again.
pub async fn submit(ctx: Ctx, fields: Fields) -> Answer {
    match ctx.services().enrol_device(fields.get("code")).await {
        Ok(enrolled) => Ok(with_device(see_other("/gate"), &enrolled)),
        Err(Error::Refused(refusal)) => {
            let error = refusal.text(ctx.lang).to_owned();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(form(&ctx, status, fields.get("code"), Some(error)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The answer with the device's cookie.
fn with_device(mut response: Response, enrolled: &Enrolled) -> Response {
    let cookie = format!(
        "{DEVICE_COOKIE}={}; Path=/gate; Secure; HttpOnly; SameSite=Strict; Max-Age={DEVICE_LIFE}",
        enrolled.token.cookie()
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// The form for the code, complete without JavaScript.
pub(super) fn form(ctx: &Ctx, status: StatusCode, code: &str, error: Option<String>) -> Response {
    let lang = ctx.lang;
    let title = tr!(lang, "登记这台设备", "Enrol this device");
    let errors: Vec<_> = error
        .into_iter()
        .map(|message| FieldError::new("code", message))
        .collect();
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    let code = code.to_owned();
    ctx.html(status, &title, Islands::No, move || {
        let of = error_of(&errors, "code");
        view! {
            <PhoneShell lang=lang here=here title=heading demo=demo>
                <ErrorSummary lang=lang errors=errors />
                <form class="card pad stack" method="post" action="/gate/enrol">
                    <TextInput
                        name="code"
                        label=tr!(lang, "设备码", "Device code")
                        hint=tr!(lang, "学校管理员在“校门”页面生成，12 个字符，15 分钟内用一次", "Made by the school's administrator on the page \"Gates\": 12 characters, good once within 15 minutes")
                        value=code
                        autocomplete="off"
                        maxlength=20u32
                        required=true
                        error=of
                    />
                    <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "登记", "Enrol")}</Button>
                </form>
                <p class="hint">
                    {tr!(lang, "登记后，这台设备可以查验进出校的人，断网也能用。只用于校门，不要登记自己的手机。",
                        "Once enrolled, this device checks who comes and goes, even without a network. It is for the gate; do not enrol a phone of your own.")}
                </p>
            </PhoneShell>
        }
    })
}
