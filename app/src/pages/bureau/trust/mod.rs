//! Recognition of other issuers: whom the bureau trusts, how far, and by which rules.

mod form;
mod issuer;
mod list;
mod preview;
mod rules;
mod rules_view;
mod words;

use crate::web::{Ctx, Failure, Needs, Route};
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use domain::access::Action;
use domain::ids::RegionCode;

/// What an upload may weigh on the wire, in bytes: above the largest key file, so that the page can say that it is
/// too large.
const UPLOAD_BYTES: usize = 1 << 20;

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    let needs = Needs::May(Action::TrustIssuers);
    let list = get(list::show)
        .post(list::upload)
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    vec![
        Route::new("/bureau/{region}/trust", needs, list),
        Route::new(
            "/bureau/{region}/trust/new/{staged}",
            needs,
            get(preview::show).post(preview::submit),
        ),
        Route::new(
            "/bureau/{region}/trust/{issuer}",
            needs,
            get(issuer::show).post(issuer::submit),
        ),
        Route::new(
            "/bureau/{region}/recognition",
            needs,
            get(rules::show).post(rules::submit),
        ),
    ]
}

/// Whoever may not see the list may do nothing here, whatever else is wrong with what they ask.
async fn require(ctx: &Ctx, region: &RegionCode) -> Result<(), Failure> {
    let actor = ctx.actor()?;
    ctx.services().trusted_issuers(actor, region, "", 0).await?;
    Ok(())
}
