//! Which program asks: its key, and how often it may ask.

use super::problem::{Asked, Problem};
use crate::edge::RequestId;
use axum::extract::FromRequestParts;
use domain::Lang;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use services::Services;
use services::interface::KeyBearer;
use std::sync::Arc;

/// A program that has proved itself and keeps to its pace.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// Its key.
    pub key: KeyBearer,
    /// The language that it asks for.
    pub lang: Lang,
    /// The request's number, for failures.
    pub id: Option<RequestId>,
}

impl Bearer {
    /// What to tell the program of a use case that did not happen.
    pub fn problem(&self, error: &services::Error) -> Problem {
        Problem::of(self.lang, error, self.id.as_ref())
    }

    /// The same; a field that is invalid is this one.
    pub fn problem_with(&self, error: &services::Error, field: &'static str) -> Problem {
        let problem = self.problem(error);
        match error {
            services::Error::Refused(services::Refusal::FieldInvalid) => problem.about(field),
            _ => problem,
        }
    }
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(secret.trim())
}

impl FromRequestParts<Arc<Services>> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        services: &Arc<Services>,
    ) -> Result<Self, Problem> {
        let Ok(Asked(lang)) = Asked::from_request_parts(parts, services).await;
        let id = parts.extensions.get::<RequestId>().copied();
        let secret = secret(&parts.headers).ok_or_else(|| Problem::no_key(lang))?;
        let key = services
            .key_bearer(secret)
            .await
            .map_err(|error| Problem::of(lang, &error, id.as_ref()))?
            .ok_or_else(|| Problem::no_key(lang))?;
        services.pace_key(&key).map_err(|seconds| {
            Problem::bare(lang, StatusCode::TOO_MANY_REQUESTS, None).after(seconds)
        })?;
        Ok(Self { key, lang, id })
    }
}
