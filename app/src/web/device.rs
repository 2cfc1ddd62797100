//! A device at a gate, by its own cookie: never a session, and no session is one.

use super::{App, Failure, ctx::cookie};
use axum::extract::FromRequestParts;
use http::request::Parts;
use services::gates::{DEVICE_COOKIE, Device, DeviceToken};

/// The device that asks, cut off or not; `None` for whoever is no device.
#[derive(Debug, Clone)]
pub struct AtGate(pub Option<Device>);

impl FromRequestParts<App> for AtGate {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self(match cookie(&parts.headers, DEVICE_COOKIE) {
            Some(value) => {
                app.services
                    .device(&DeviceToken::from_cookie(value))
                    .await?
            }
            None => None,
        }))
    }
}
