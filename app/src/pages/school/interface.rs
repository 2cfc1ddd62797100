//! The keys of other programs for this school.

use super::desk::{Desk, Tab};
use crate::pages::interface::{Outcome, keys_view, made_view, submit as send};
use crate::tr;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Fields, see_other};
use axum::extract::{Path, RawQuery};
use domain::access::Action;
use http::StatusCode;
use services::interface::KeyPlace;

async fn page(
    ctx: &Ctx,
    desk: &Desk,
    status: StatusCode,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let place = KeyPlace::School(desk.id());
    let keys = ctx.services().api_keys(&desk.actor, &place).await?;
    let title = tr!(ctx.lang, "接口密钥", "Interface keys");
    Ok(desk.page(ctx, status, Tab::Settings, &title, || {
        keys_view(
            ctx.lang,
            &desk.path("/interface"),
            &place,
            &keys,
            fields,
            errors,
        )
    }))
}

/// The list, and the question before revoking with `?ask=`.
pub async fn show(ctx: Ctx, Path(school): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageSchoolKeys).await?;
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    page(&ctx, &desk, StatusCode::OK, &query, Vec::new()).await
}

/// Makes or revokes a key.
pub async fn submit(ctx: Ctx, Path(school): Path<String>, fields: Fields) -> Answer {
    let desk = Desk::open(&ctx, &school, Action::ManageSchoolKeys).await?;
    let address = desk.path("/interface");
    match send(&ctx, &KeyPlace::School(desk.id()), &fields).await? {
        Outcome::Revoked => Ok(see_other(&format!("{address}?done=revoked"))),
        Outcome::Wrong(errors) => {
            page(
                &ctx,
                &desk,
                StatusCode::UNPROCESSABLE_ENTITY,
                &fields,
                errors,
            )
            .await
        }
        Outcome::Made(made) => {
            let title = tr!(ctx.lang, "密钥已生成", "The key is made");
            Ok(desk.page(&ctx, StatusCode::OK, Tab::Settings, &title, || {
                made_view(ctx.lang, &address, &made)
            }))
        }
    }
}
