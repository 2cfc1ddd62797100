//! Who asks, in which language, and where they are.

use super::{App, Failure};
use crate::tr::Lang;
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, COOKIE};
use http::request::Parts;
use services::accounts::{SESSION_COOKIE, SessionToken};
use services::{Actor, Error, Services};
use std::convert::Infallible;
use std::sync::Arc;

/// The cookie that keeps the chosen language.
pub const LANG_COOKIE: &str = "lang";

/// Somebody who asks, before it is known who that is.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Shared things.
    pub app: App,
    /// The reader's language.
    pub lang: Lang,
    /// Their session.
    pub token: Option<SessionToken>,
    here: String,
    origin: String,
}

impl Visitor {
    /// The use cases.
    pub fn services(&self) -> &Arc<Services> {
        &self.app.services
    }

    /// Looks up who it is.
    ///
    /// # Errors
    /// [`Error::Overloaded`] where too many ask.
    pub async fn recognised(self) -> Result<Ctx, Failure> {
        let actor = match &self.token {
            Some(token) => self.app.services.authenticate(token).await?,
            None => None,
        };
        Ok(Ctx {
            actor,
            ..self.unrecognised()
        })
    }

    /// Nobody in particular.
    pub(super) fn unrecognised(self) -> Ctx {
        Ctx {
            app: self.app,
            lang: self.lang,
            actor: None,
            token: self.token,
            here: self.here,
            origin: self.origin,
        }
    }
}

/// The surroundings of one request.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Shared things.
    pub app: App,
    /// The reader's language.
    pub lang: Lang,
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// Their session.
    pub token: Option<SessionToken>,
    /// Path and query of this request.
    pub here: String,
    /// `https://host` or `http://host`, as the reader sees it.
    pub origin: String,
}

impl Ctx {
    /// The use cases.
    pub fn services(&self) -> &Arc<Services> {
        &self.app.services
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`]
    pub fn actor(&self) -> Result<&Actor, Failure> {
        self.actor.as_ref().ok_or(Failure(Error::NotSignedIn))
    }

    /// Whether this is a demo.
    pub fn demo(&self) -> bool {
        self.app.services.demo
    }
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The chosen language, else the first that the browser asks for and we speak, else Chinese.
pub(super) fn language(headers: &HeaderMap) -> Lang {
    if let Some(lang) = cookie(headers, LANG_COOKIE).and_then(|v| v.parse().ok()) {
        return lang;
    }
    let wanted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    wanted
        .split(',')
        .find_map(|part| part.trim().get(..2)?.to_ascii_lowercase().parse().ok())
        .unwrap_or_default()
}

fn origin(parts: &Parts) -> String {
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
    let host = header("host")
        .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
        .unwrap_or("localhost");
    // The server sets this extension where TLS ends here or at a trusted proxy.
    let scheme = if parts.extensions.get() == Some(&super::html::Secure(true)) {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{host}")
}

impl FromRequestParts<App> for Ctx {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
        visitor.recognised().await
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self {
            app: app.clone(),
            lang: language(&parts.headers),
            token: cookie(&parts.headers, SESSION_COOKIE).map(SessionToken::from_cookie),
            here: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            origin: origin(parts),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_choice_outweighs_the_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(language(&headers), Lang::Zh);
        headers.insert(
            ACCEPT_LANGUAGE,
            "fr-CH, en-GB;q=0.9, zh;q=0.8".parse().unwrap(),
        );
        assert_eq!(language(&headers), Lang::En);
        headers.insert(COOKIE, "a=b; lang=zh".parse().unwrap());
        assert_eq!(language(&headers), Lang::Zh);
    }
}
