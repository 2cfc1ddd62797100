//! The live pass below a guardian's code: how it stands, and a new one for the page that shows it.

use crate::islands::pass::LivePass as LivePassState;
use crate::tr;
use crate::tr::Lang;
use crate::ui::{Button, IconName};
use crate::web::{Answer, Ctx};
use axum::Json;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use domain::ids::PersonId;
use http::header::CACHE_CONTROL;
use leptos::prelude::*;
use serde::Serialize;
use services::passes::LivePass;

/// What the page's script receives.
#[derive(Debug, Serialize)]
struct Renewed {
    /// The QR code; none while no pass is issued.
    svg: Option<String>,
    /// Milliseconds for which it is valid.
    left: i64,
    /// Today's colour.
    code: &'static str,
}

/// A new pass. Asking for it again and again is no read that the child's log would show.
pub async fn renew(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let pass = ctx.services().live_pass(ctx.actor()?, person).await?;
    let renewed = Renewed {
        svg: pass.issued.map(|issued| issued.svg),
        left: pass.left,
        code: pass.code.word(),
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(renewed)).into_response())
}

/// How the pass stands, and the way to a new one that needs no script. Nothing where there is no pass.
pub(super) fn state(lang: Lang, person: PersonId, pass: &LivePass) -> Option<AnyView> {
    pass.issued.as_ref()?;
    let own = format!("/child/{person}/code");
    let url = format!("{own}/live");
    let left = u32::try_from(pass.left).unwrap_or_default();
    Some(
        view! {
            <div class="pass-state no-print">
                <LivePassState lang=lang url=url code=pass.code.word().to_owned() left=left />
                <Button icon=IconName::Clock href=own>{tr!(lang, "刷新", "Renew")}</Button>
            </div>
        }
        .into_any(),
    )
}
