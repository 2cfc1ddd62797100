//! The school's inbox of clearances for yellow.

use super::desk::{Desk, Tab};
use crate::pages::clearance::{ClearanceList, InboxFrame};
use crate::tr;
use crate::ui::{FieldError, PageHead};
use crate::web::{Answer, Ctx, Fields, see_other};
use axum::extract::{Path, RawQuery};
use domain::access::Action;
use leptos::prelude::*;
use services::clearances::{CLEARANCES_PAGE, InboxPart};
use services::{Error, Refusal};

/// The inbox. `?show=settled` lists what was settled.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ClearYellow).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let frame = InboxFrame::new(ctx.lang, desk.path("/clearances"), &query, false);
    page(&ctx, desk, frame).await
}

/// Accepts or refuses one.
pub async fn submit(ctx: Ctx, Path(school): Path<String>, fields: Fields) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ClearYellow).await?;
    let clearance: i64 = fields.value("clearance")?;
    let accept = fields.get("do") == "accept";
    let done = ctx
        .services()
        .settle_clearance(&desk.actor, clearance, accept, fields.get("note"))
        .await;
    let own = desk.path("/clearances");
    match done {
        // Somebody was first, perhaps with the other answer: it is shown as they settled it.
        Err(Error::Refused(Refusal::AlreadySettled)) => {
            Ok(see_other(&format!("{own}?show=settled&done=before")))
        }
        Ok(()) => {
            let word = if accept { "accepted" } else { "refused" };
            Ok(see_other(&format!("{own}?done={word}")))
        }
        Err(Error::Refused(refusal)) => {
            let mut frame = InboxFrame::new(ctx.lang, own, &Fields::default(), false);
            frame.errors = vec![FieldError::new(
                format!("note-{clearance}"),
                refusal.text(ctx.lang),
            )];
            frame.typed = fields;
            page(&ctx, desk, frame).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(ctx: &Ctx, desk: Desk, frame: InboxFrame) -> Answer {
    let lang = ctx.lang;
    let part = InboxPart {
        is_waiting: frame.is_waiting,
        skip: (frame.page - 1) * CLEARANCES_PAGE,
    };
    let inbox = ctx
        .services()
        .school_clearances(&desk.actor, desk.id(), part)
        .await?;
    let title = tr!(lang, "解除证明（黄码）", "Clearances for yellow");
    let status = frame.status();
    Ok(desk.page(ctx, status, Tab::Clearances, &title, || {
        let sub = tr!(
            lang,
            "接受后马上重新判定。谁提交的，不能由谁处理。",
            "An accepted one is decided upon at once. Whoever submitted one does not settle it."
        );
        view! {
            <PageHead title=title.clone() sub=sub />
            <ClearanceList frame=frame inbox=inbox />
        }
        .into_any()
    }))
}
