//! Requests that may be sent again: with `Idempotency-Key` the second one gets the first one's answer.

use super::bearer::Bearer;
use super::problem::Problem;
use axum::response::{IntoResponse as _, Response};
use domain::Lang;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use services::Services;
use services::interface::{Asked, Repeat};
use std::sync::Arc;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest name of a request, in bytes.
const NAME_MAX: usize = 200;

/// What a request did.
pub trait Outcome: Serialize + Send + 'static {
    /// Whether it shall be the answer however often the request is sent; otherwise some of it is to be sent again.
    fn is_final(&self) -> bool {
        true
    }
}

/// How a request ended.
enum End {
    /// It was done now.
    Done {
        /// Its answer.
        text: String,
        is_final: bool,
    },
    /// It had been done before.
    Before(u16, String),
}

/// Does `work` once for each name that a request gives itself, and always for one without a name. The work goes on
/// to its end even where the program hangs up.
pub async fn once<T, W>(
    services: &Arc<Services>,
    bearer: &Bearer,
    headers: &HeaderMap,
    asked: &[&[u8]],
    work: W,
) -> Result<Response, Problem>
where
    T: Outcome,
    W: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let name = match headers.get(NAME).map(HeaderValue::to_str) {
        None => None,
        Some(Ok(name)) if (1..=NAME_MAX).contains(&name.len()) => {
            Some((name.to_owned(), Asked::of(asked)))
        }
        Some(_) => return Err(Problem::malformed(bearer.lang, "Idempotency-Key")),
    };
    let (services, asker) = (Arc::clone(services), bearer.clone());
    // From the name on, so that none stays taken by what never begins.
    let done = tokio::spawn(async move {
        let begun = match name {
            None => None,
            Some((name, asked)) => {
                let repeat = services.begin_request(asker.key.id, &name, asked).await;
                match repeat.map_err(|error| asker.problem(&error))? {
                    Repeat::New(begun) => Some(begun),
                    Repeat::Answered(status, body) => return Ok(End::Before(status, body)),
                    Repeat::Working => return Err(working(asker.lang)),
                    Repeat::Other => return Err(other(asker.lang)),
                }
            }
        };
        // A task of its own: after a panic the name is free again.
        let answer = tokio::spawn(work)
            .await
            .unwrap_or_else(|_| Err(failed(&asker)));
        if let Some(begun) = begun {
            let done = answer.as_ref().ok().filter(|done| done.is_final());
            let kept = done.map(|done| (200, body_of(done)));
            let ended = services.end_request(begun, kept).await;
            ended.map_err(|error| asker.problem(&error))?;
        }
        answer.map(|done| End::Done {
            text: body_of(&done),
            is_final: done.is_final(),
        })
    });
    match done.await.unwrap_or_else(|_| Err(failed(bearer)))? {
        End::Before(status, body) => Ok(replayed(status, body)),
        End::Done { text, is_final } => {
            let mut response = json(StatusCode::OK, text);
            if !is_final {
                let headers = response.headers_mut();
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Ok(response)
        }
    }
}

fn failed(asker: &Bearer) -> Problem {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Problem::bare(asker.lang, status, asker.id.as_ref())
}

fn body_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn json(status: StatusCode, text: String) -> Response {
    let mut response = (status, text).into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn replayed(status: u16, body: String) -> Response {
    let mut response = json(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body);
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn working(lang: Lang) -> Problem {
    let title = match lang {
        Lang::Zh => "同名的请求还在处理，请稍后再问。",
        Lang::En => "The request of this name is still being worked on; ask again in a moment.",
    };
    Problem::new(StatusCode::CONFLICT, "still_working", title).after(2)
}

fn other(lang: Lang) -> Problem {
    let title = match lang {
        Lang::Zh => "这个 Idempotency-Key 已用于内容不同的请求。",
        Lang::En => "This Idempotency-Key belongs to a request that asked something else.",
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "name_taken", title)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use domain::access::{Grant, Role, Scope};
    use domain::ids::{AccountId, RegionCode};
    use domain::interface::Right;
    use services::Actor;
    use services::clock::{SystemClock, SystemEntropy};
    use services::interface::{KeyPlace, NewKey};
    use services::open::Location;
    use store::RegionRow;

    #[derive(Debug, Serialize)]
    struct Round {
        round: u32,
        #[serde(skip)]
        is_last: bool,
    }

    impl Outcome for Round {
        fn is_final(&self) -> bool {
            self.is_last
        }
    }

    /// A key of the whole country.
    async fn key(services: &Services) -> Bearer {
        let code: RegionCode = "CN".parse().unwrap();
        let country = RegionRow {
            code: code.clone(),
            parent: None,
            level: "country".into(),
            name: "中国".into(),
            name_en: String::new(),
        };
        let mut tx = services.store.write().await.unwrap();
        tx.upsert_region(&country, true).await.unwrap();
        tx.commit().await.unwrap();
        let admin = Grant {
            role: Role::BureauAdmin,
            scope: Scope::Region(code.clone()),
        };
        let admin = Actor::account(AccountId(1), vec![admin]);
        let new = NewKey {
            name: "一卡通".into(),
            rights: vec![Right::Numbers],
            days: 30,
            per_minute: 1_000,
        };
        let place = KeyPlace::Region(code);
        let made = services.make_api_key(&admin, &place, &new).await.unwrap();
        let key = services.key_bearer(&made.secret).await.unwrap().unwrap();
        Bearer {
            key,
            lang: Lang::En,
            id: None,
        }
    }

    #[tokio::test]
    async fn what_is_not_finished_is_done_again_under_its_name_and_what_is_finished_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy));
        let services = services.await.unwrap();
        let bearer = key(&services).await;
        let mut headers = HeaderMap::new();
        headers.insert(NAME, HeaderValue::from_static("morning"));
        let send = async |round, is_last| {
            let work = async move {
                assert!(round > 0, "a test");
                Ok(Round { round, is_last })
            };
            let answer = once(&services, &bearer, &headers, &[b"all"], work).await;
            let (parts, body) = answer?.into_parts();
            let has = |name| parts.headers.contains_key(name);
            let (again, before) = (has(RETRY_AFTER), has(REPLAYED));
            let body = to_bytes(body, 1_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            Ok::<_, Problem>((body, again, before))
        };
        let broken = send(0, true).await.unwrap_err().into_response();
        assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for (round, is_last, expected) in [
            (1, false, (r#"{"round":1}"#, true, false)),
            (2, true, (r#"{"round":2}"#, false, false)),
            (3, true, (r#"{"round":2}"#, false, true)),
        ] {
            let (body, again, before) = send(round, is_last).await.unwrap();
            assert_eq!((body.as_str(), again, before), expected);
        }
    }
}
