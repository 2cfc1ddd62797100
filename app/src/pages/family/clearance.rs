//! A guardian submits a clearance, and follows what becomes of it.

use crate::pages::clearance::{self, SubmitClearance};
use crate::tr;
use crate::ui::{ErrorSummary, FieldError, IconName, Notice, PhoneShell};
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::PersonId;
use http::StatusCode;
use leptos::prelude::*;
use services::clearances::Submitted;

/// The form and what was submitted.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, StatusCode::OK, person, &query, Vec::new()).await
}

/// Submits it, or shows the form again with what is to be mended.
pub async fn submit(ctx: Ctx, Path(person): Path<PersonId>, fields: Fields) -> Answer {
    let submitted = ctx
        .services()
        .submit_clearance(ctx.actor()?, person, &clearance::read(&fields))
        .await?;
    match submitted {
        Submitted::Waits(_) => Ok(see_other(&format!("/child/{person}/clearance?sent=1"))),
        Submitted::Wrong(faults) => {
            let errors = clearance::errors(ctx.lang, faults);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, status, person, &fields, errors).await
        }
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    person: PersonId,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let found = ctx.services().clearance_page(ctx.actor()?, person).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "解除证明", "Clearance");
    let here = format!("/child/{person}/clearance");
    let (heading, demo, action) = (title.clone(), ctx.demo(), here.clone());
    let (fields, name) = (fields.clone(), found.name.clone());
    Ok(ctx.html(status, &title, Islands::No, move || {
        let sent = (fields.get("sent") == "1").then(|| {
            view! { <Notice icon=IconName::Check live=true>{tr!(lang, "已提交。处理结果会显示在下面。", "Submitted. What becomes of it is shown below.")}</Notice> }
        });
        view! {
            <PhoneShell lang=lang here=here title=heading back=format!("/child/{person}/code") demo=demo>
                <p class="sub">{name}</p>
                {sent}
                <ErrorSummary lang=lang errors=errors.clone() />
                <SubmitClearance lang=lang page=found action=action fields=fields errors=errors />
            </PhoneShell>
        }
    }))
}
