//! The keys of other programs for this region.

use super::shell::{Frame, RegionShell, Tab};
use crate::pages::interface::{Outcome, keys_view, made_view, submit as send};
use crate::tr;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use domain::ids::RegionCode;
use http::StatusCode;
use leptos::prelude::*;
use services::interface::KeyPlace;

async fn page(
    ctx: &Ctx,
    region: &RegionCode,
    status: StatusCode,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let place = KeyPlace::Region(region.clone());
    let keys = ctx.services().api_keys(ctx.actor()?, &place).await?;
    let frame = Frame::new(ctx, region).await?;
    let title = tr!(ctx.lang, "接口密钥", "Interface keys");
    let body = keys_view(ctx.lang, &address(region), &place, &keys, fields, errors);
    Ok(ctx.html(status, &title, Islands::No, move || {
        view! { <RegionShell frame=frame tab=Tab::Interface>{body}</RegionShell> }
    }))
}

fn address(region: &RegionCode) -> String {
    format!("/bureau/{region}/interface")
}

/// The list, and the question before revoking with `?ask=`.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, &region, StatusCode::OK, &query, Vec::new()).await
}

/// Makes or revokes a key.
pub async fn submit(ctx: Ctx, Path(region): Path<RegionCode>, fields: Fields) -> Answer {
    match send(&ctx, &KeyPlace::Region(region.clone()), &fields).await? {
        Outcome::Revoked => Ok(see_other(&format!("{}?done=revoked", address(&region)))),
        Outcome::Wrong(errors) => {
            page(
                &ctx,
                &region,
                StatusCode::UNPROCESSABLE_ENTITY,
                &fields,
                errors,
            )
            .await
        }
        Outcome::Made(made) => {
            let frame = Frame::new(&ctx, &region).await?;
            let title = tr!(ctx.lang, "密钥已生成", "The key is made");
            let (lang, address) = (ctx.lang, address(&region));
            ctx.ok(&title, Islands::No, move || {
                view! { <RegionShell frame=frame tab=Tab::Interface>{made_view(lang, &address, &made)}</RegionShell> }
            })
        }
    }
}
