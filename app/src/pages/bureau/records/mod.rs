//! Official records of a region: the list, the search by exact number, withdrawing one entered in error.

mod enter;
mod import;
mod preview;
mod view;
mod words;

pub(in crate::pages::bureau) use import::{UploadForm, list_error};
pub(in crate::pages::bureau) use preview::faults_table;
pub(in crate::pages) use words::{kind_word, record_words};

use super::shell::Frame;
use crate::pages::upload::UPLOAD_BYTES;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Fields, Islands, Needs, Route, see_other};
use crate::{tr, tr::Lang};
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::routing::get;
use domain::access::Action;
use domain::ids::RegionCode;
use http::StatusCode;
use services::records::{RecordSearch, RecordView};
use services::{Error, Refusal};

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    let needs = Needs::May(Action::EnterRecords);
    let upload = get(import::show)
        .post(import::upload)
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    vec![
        Route::new("/bureau/{region}/records", needs, get(show).post(submit)),
        Route::new(
            "/bureau/{region}/records/new",
            needs,
            get(enter::show).post(enter::submit),
        ),
        Route::new("/bureau/{region}/records/import", needs, upload),
        Route::new(
            "/bureau/{region}/records/import/{staged}",
            needs,
            get(preview::show).post(preview::submit),
        ),
    ]
}

/// What the page shows beside the list.
#[derive(Debug, Clone, Default)]
struct Shown {
    notice: String,
    search: Fields,
    found: Option<Vec<(String, Vec<RecordView>)>>,
    withdraw: Option<RecordView>,
    why: String,
    errors: Vec<FieldError>,
}

/// The list. `?withdraw=…` asks about one record, `?before=…` pages.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let shown = Shown {
        notice: query.get("done").to_owned(),
        withdraw: one(&ctx, query.get("withdraw")).await?,
        ..Shown::default()
    };
    page(&ctx, StatusCode::OK, region, &query, shown).await
}

/// Searches, or withdraws a record.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    if fields.get("do") == "withdraw" {
        return withdraw(ctx, region, fields).await;
    }
    let search = RecordSearch {
        number: fields.get("number").to_owned(),
        why: fields.get("why").to_owned(),
    };
    let found = ctx
        .services()
        .search_records(ctx.actor()?, &region, &search)
        .await;
    let mut shown = Shown {
        search: fields.clone(),
        ..Shown::default()
    };
    let status = match found {
        Ok(found) => {
            shown.found = Some(
                found
                    .into_iter()
                    .map(|(_, name, rows)| (name, rows))
                    .collect(),
            );
            StatusCode::OK
        }
        Err(Error::Refused(refusal)) => {
            shown.errors.push(search_error(ctx.lang, refusal));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(error) => return Err(error.into()),
    };
    page(&ctx, status, region, &Fields::default(), shown).await
}

fn search_error(lang: Lang, refusal: Refusal) -> FieldError {
    match refusal {
        Refusal::FieldInvalid => FieldError::new(
            "number",
            tr!(
                lang,
                "请填写 18 位身份证号或 11 位手机号，要完全一致",
                "Enter an identity number of 18 characters or a mobile number of 11 digits, exactly"
            ),
        ),
        other => FieldError::new("why", other.text(lang)),
    }
}

async fn withdraw(ctx: Ctx, region: RegionCode, fields: Fields) -> Answer {
    let record: i64 = fields.value("record")?;
    // Whoever may not see the region learns nothing about its records.
    ctx.services().records(ctx.actor()?, &region, None).await?;
    let why = fields.get("reason");
    let done = ctx
        .services()
        .withdraw_record(ctx.actor()?, record, why)
        .await;
    match done {
        Ok(()) | Err(Error::Refused(Refusal::AlreadySettled)) => Ok(see_other(&format!(
            "/bureau/{region}/records?done=withdrawn"
        ))),
        Err(Error::Refused(refusal @ Refusal::NoteNeeded)) => {
            let shown = Shown {
                withdraw: one(&ctx, fields.get("record")).await?,
                why: why.to_owned(),
                errors: vec![FieldError::new("reason", refusal.text(ctx.lang))],
                ..Shown::default()
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, status, region, &Fields::default(), shown).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The record that a query names, where there is one that the reader may withdraw.
async fn one(ctx: &Ctx, id: &str) -> Result<Option<RecordView>, crate::web::Failure> {
    let Ok(id) = id.parse() else {
        return Ok(None);
    };
    match ctx.services().record(ctx.actor()?, id).await {
        Ok(view) => Ok(Some(view).filter(|view| view.withdrawn.is_none())),
        Err(Error::Forbidden) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    region: RegionCode,
    query: &Fields,
    shown: Shown,
) -> Answer {
    let before = query.get("before").parse().ok();
    let actor = ctx.actor()?;
    let records = ctx.services().records(actor, &region, before).await?;
    let jobs = ctx.services().redecisions(actor, &region).await?;
    let frame = Frame::new(ctx, &region).await?;
    let title = tr!(ctx.lang, "官方记录", "Official records");
    Ok(ctx.html(status, &title, Islands::No, move || {
        view::page(frame, records, jobs, shown, before.is_some())
    }))
}
