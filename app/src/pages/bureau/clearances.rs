//! The health officer's inbox of clearances for red.

use super::shell::{Frame, RegionShell, Tab};
use crate::pages::clearance::{ClearanceList, InboxFrame};
use crate::tr;
use crate::ui::{FieldError, PageHead};
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::RegionCode;
use leptos::prelude::*;
use services::clearances::{CLEARANCES_PAGE, InboxPart};
use services::{Error, Refusal};

/// The inbox. `?show=settled` lists what was settled.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let own = format!("/bureau/{region}/clearances");
    let inbox = InboxFrame::new(ctx.lang, own, &query, true);
    page(&ctx, region, inbox).await
}

/// Accepts or refuses one.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    // Whoever may not see the inbox may settle nothing either, whatever the form says.
    let part = InboxPart {
        is_waiting: true,
        skip: 0,
    };
    ctx.services()
        .region_clearances(ctx.actor()?, &region, part)
        .await?;
    let clearance: i64 = fields.value("clearance")?;
    let accept = fields.get("do") == "accept";
    let done = ctx
        .services()
        .settle_clearance(ctx.actor()?, clearance, accept, fields.get("note"))
        .await;
    let own = format!("/bureau/{region}/clearances");
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
            let mut inbox = InboxFrame::new(ctx.lang, own, &Fields::default(), true);
            inbox.errors = vec![FieldError::new(
                format!("note-{clearance}"),
                refusal.text(ctx.lang),
            )];
            inbox.typed = fields;
            page(&ctx, region, inbox).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(ctx: &Ctx, region: RegionCode, list: InboxFrame) -> Answer {
    let part = InboxPart {
        is_waiting: list.is_waiting,
        skip: (list.page - 1) * CLEARANCES_PAGE,
    };
    let inbox = ctx
        .services()
        .region_clearances(ctx.actor()?, &region, part)
        .await?;
    let frame = Frame::new(ctx, &region).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "解除证明（红码）", "Clearances for red");
    let heading = title.clone();
    let status = list.status();
    Ok(ctx.html(status, &title, Islands::No, move || {
        let sub = tr!(lang, "接受后马上重新判定。谁提交的，不能由谁处理；姓名在这里遮住。", "An accepted one is decided upon at once. Whoever submitted one does not settle it; names are masked here.");
        view! {
            <RegionShell frame=frame tab=Tab::Clearances>
                <PageHead title=heading sub=sub />
                <ClearanceList frame=list inbox=inbox />
            </RegionShell>
        }
    }))
}
