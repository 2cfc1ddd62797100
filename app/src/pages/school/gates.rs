//! The school's gates and devices: adding, renaming, closing; a code for a device, and cutting one off.

use super::desk::{Desk, Tab};
use super::gates_view::{self, Shown};
use crate::tr;
use crate::ui::{FieldError, count};
use crate::web::{Answer, Ctx, Failure, Fields, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::access::Action;
use domain::ids::{DeviceId, GateId};
use http::StatusCode;
use services::gates::EnrolmentCode;
use services::{Error, Refusal};

/// The gates, and with `?cut=` the question whether a device is to be cut off.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageGates).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, &desk, StatusCode::OK, &query, Vec::new(), None).await
}

async fn page(
    ctx: &Ctx,
    desk: &Desk,
    status: StatusCode,
    fields: &Fields,
    errors: Vec<FieldError>,
    code: Option<EnrolmentCode>,
) -> Result<Response, Failure> {
    let number = fields.page();
    let gates = ctx
        .services()
        .gates(&desk.actor, desk.id(), count(number - 1))
        .await?;
    let title = tr!(ctx.lang, "校门", "Gates");
    let code = code.map(|code| {
        let address = format!("{}/gate?code={}", ctx.origin, code.code.as_str());
        let svg = services::passes::draw(&address).ok();
        (code, address, svg)
    });
    Ok(desk.page(ctx, status, Tab::Gates, &title, || {
        gates_view::view(&Shown {
            lang: ctx.lang,
            desk,
            gates: &gates,
            fields,
            errors,
            code,
            page: number,
        })
    }))
}

/// Changes gates and devices.
pub async fn submit(ctx: Ctx, Path(school): Path<String>, fields: Fields) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageGates).await?;
    let word = fields.get("action").to_owned();
    match change(&ctx, &desk, &word, &fields).await {
        Ok(None) => Ok(see_other(&desk.path(&format!("/gates?done={word}")))),
        Ok(Some(code)) => page(&ctx, &desk, StatusCode::OK, &fields, Vec::new(), Some(code)).await,
        Err(Error::Refused(refusal)) => {
            let field = match word.as_str() {
                "add" => "name".to_owned(),
                "code" => "device".to_owned(),
                "slip" => "slip".to_owned(),
                _ => format!("name-{}", fields.get("gate")),
            };
            let text = match (refusal, word.as_str()) {
                (Refusal::FieldInvalid, "slip") => {
                    tr!(ctx.lang, "请填写几点几分", "Enter a time of day")
                }
                (Refusal::FieldInvalid, _) => tr!(
                    ctx.lang,
                    "请填写 1 到 20 个字的名字，不要和别的校门重名",
                    "Enter a name of 1 to 20 characters that no other gate has"
                ),
                _ => refusal.text(ctx.lang).to_owned(),
            };
            let errors = vec![FieldError::new(field, text)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, &desk, status, &fields, errors, None).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(
    ctx: &Ctx,
    desk: &Desk,
    word: &str,
    fields: &Fields,
) -> services::Result<Option<EnrolmentCode>> {
    let (services, actor, school) = (ctx.services(), &desk.actor, desk.id());
    let bad = || Error::Refused(Refusal::FieldInvalid);
    let gate = || fields.get("gate").parse::<GateId>().map_err(|_| bad());
    match word {
        "add" => services
            .add_gate(actor, school, fields.get("name"))
            .await
            .map(|_| None),
        "rename" | "close" | "reopen" => {
            let (name, is_closed) = (fields.get("name"), word == "close");
            services
                .change_gate(actor, school, gate()?, name, is_closed)
                .await?;
            Ok(None)
        }
        "code" => {
            let name = fields.get("device");
            services
                .make_gate_code(actor, school, gate()?, name)
                .await
                .map(Some)
        }
        "cut" => {
            let device: DeviceId = fields.get("device").parse().map_err(|_| bad())?;
            services.cut_off_device(actor, school, device).await?;
            Ok(None)
        }
        "slip" => {
            let minute = minute_of(fields.get("slip")).ok_or_else(bad)?;
            services.set_slip_minute(actor, school, minute).await?;
            Ok(None)
        }
        _ => Err(bad()),
    }
}

/// `10:00` as a minute of the day.
fn minute_of(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}
