//! For load balancers and service managers: whether the process answers, and whether its database does.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;
use services::Services;
use std::sync::Arc;
use std::time::Duration;

/// A database that takes longer than this is as good as gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz` and `/readyz`.
pub fn router(services: Arc<Services>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(services)
}

async fn ready(State(services): State<Arc<Services>>) -> Response {
    match tokio::time::timeout(PATIENCE, ask(&services)).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            not_ready()
        }
        Err(_) => {
            tracing::error!("the database did not answer in time");
            not_ready()
        }
    }
}

fn not_ready() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "the database does not answer\n",
    )
        .into_response()
}

async fn ask(services: &Services) -> store::Result<()> {
    services.store.read().await?.region_count().await?;
    Ok(())
}
