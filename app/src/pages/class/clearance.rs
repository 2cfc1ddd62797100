//! A teacher submits a clearance for a child of the class.

use super::shell::{ClassShell, Frame, Tab};
use crate::pages::clearance::{self, SubmitClearance};
use crate::tr;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::{ClassId, PersonId};
use http::StatusCode;
use leptos::prelude::*;
use services::Error;
use services::clearances::Submitted;

/// The form and what was submitted.
pub async fn show(
    ctx: Ctx,
    Path((class, person)): Path<(ClassId, PersonId)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, StatusCode::OK, class, person, &query, Vec::new()).await
}

/// Submits it, or shows the form again with what is to be mended.
pub async fn submit(
    ctx: Ctx,
    Path((class, person)): Path<(ClassId, PersonId)>,
    fields: Fields,
) -> Answer {
    let submitted = ctx
        .services()
        .submit_clearance(ctx.actor()?, person, &clearance::read(&fields))
        .await?;
    match submitted {
        Submitted::Waits(_) => Ok(see_other(&format!(
            "/class/{class}/person/{person}/clearance?sent=1"
        ))),
        Submitted::Wrong(faults) => {
            let errors = clearance::errors(ctx.lang, faults);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, status, class, person, &fields, errors).await
        }
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    class: ClassId,
    person: PersonId,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let found = ctx.services().clearance_page(ctx.actor()?, person).await?;
    let around = match ctx.services().class_frame(ctx.actor()?, class).await {
        // A guardian has a page of their own for it.
        Err(Error::Forbidden) => return Ok(see_other(&format!("/child/{person}/clearance"))),
        around => around?,
    };
    if found.class != class {
        return Err(Failure(Error::Forbidden));
    }
    let frame = Frame::new(ctx, &around);
    let lang = ctx.lang;
    let title = tr!(lang, "解除证明", "Clearance");
    let fields = fields.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        let action = frame.at(&format!("/person/{person}/clearance"));
        let name = found.name.clone();
        let trail = vec![
            Crumb::link(name.clone(), frame.at(&format!("/person/{person}"))),
            Crumb::here(tr!(lang, "解除证明", "Clearance")),
        ];
        let sent = (fields.get("sent") == "1").then(|| {
            view! { <Notice icon=IconName::Check live=true>{tr!(lang, "已提交。家长能看到处理到哪一步。", "Submitted. The family can follow it.")}</Notice> }
        });
        view! {
            <ClassShell frame=frame tab=Tab::Today>
                <Crumbs lang=lang trail=trail />
                <PageHead title=tr!(lang, "{name}的解除证明", "Clearance of {name}") />
                {sent}
                <ErrorSummary lang=lang errors=errors.clone() />
                <SubmitClearance lang=lang page=found action=action fields=fields errors=errors />
            </ClassShell>
        }
    }))
}
