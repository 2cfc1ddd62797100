//! The big screen and its stream of fresh numbers.

use super::chart;
use crate::islands::bureau::{BigScreen, ScreenFrame, ScreenView};
use crate::tr;
use crate::tr::Lang;
use crate::ui::DemoBanner;
use crate::web::{Answer, Ctx, Failure, Fields, Islands};
use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::access::{Action, Place};
use domain::ids::{RegionCode, SchoolId};
use domain::screen::{ScreenMode, ScreenSnapshot, ScreenSort};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use services::accounts::SessionToken;
use services::bureau::{Frame, Opened, Watched};
use services::{Actor, Services};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

/// How often an open stream asks whether its session still holds.
const RECHECK: Duration = Duration::from_secs(180);

/// What the query asks for.
struct Asked {
    mode: ScreenMode,
    sort: ScreenSort,
    page: usize,
    open: Option<i64>,
}

impl Asked {
    fn read(query: Option<String>) -> Self {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        let page: usize = fields.get("page").parse().unwrap_or(1);
        Self {
            mode: ScreenMode::from_word(fields.get("mode")),
            sort: ScreenSort::from_word(fields.get("sort")),
            page: page.clamp(1, 10_000) - 1,
            open: fields.get("school").parse().ok(),
        }
    }

    fn opened(&self) -> Opened {
        match self.open {
            None => Opened::First,
            Some(0) => Opened::Closed,
            Some(id) => Opened::School(SchoolId(id)),
        }
    }
}

/// The big screen.
pub async fn show(ctx: Ctx, Path(region): Path<RegionCode>, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::read(query);
    let actor = ctx.actor()?;
    let snapshot = ctx.services().screen(actor, &region, asked.mode, asked.opened()).await?;
    ctx.services().screen_opened(actor, &snapshot).await?;
    let around = around(&ctx, &region, asked.mode).await?;
    let view = ScreenView { lang: ctx.lang, around, sort: asked.sort, page: asked.page, open: asked.open, demo: ctx.demo() };
    let frame = frame(ctx.lang, snapshot);
    let (lang, demo) = (ctx.lang, ctx.demo());
    let name = frame.snapshot.name.clone();
    let title = tr!(lang, "{name}大屏", "{name}, big screen");
    Ok(ctx.document(StatusCode::OK, &title, Islands::Yes, "screen", move || {
        view! {
            {demo.then(|| view! { <DemoBanner lang=lang /> })}
            <BigScreen frame=frame view=view />
        }
    }))
}

/// The regions around that the reader may see, widest first.
async fn around(ctx: &Ctx, region: &RegionCode, mode: ScreenMode) -> Result<Vec<(String, String)>, Failure> {
    let actor = ctx.actor()?;
    let query = if mode == ScreenMode::Public { "?mode=public" } else { "" };
    Ok(ctx
        .services()
        .regions_around(actor, region)
        .await?
        .into_iter()
        .map(|(code, name)| (name, format!("/bureau/{code}/screen{query}")))
        .collect())
}

fn frame(lang: Lang, snapshot: ScreenSnapshot) -> ScreenFrame {
    ScreenFrame { chart: chart::trend(lang, &snapshot), snapshot }
}

fn written(lang: Lang, frame: &Frame) -> Arc<str> {
    frame.text(lang, |snapshot| serde_json::to_string(&self::frame(lang, snapshot.clone())).unwrap_or_default())
}

/// The stream of fresh numbers: the present ones at once, then each change, until the reader leaves, the session
/// ends or the server shuts down.
pub async fn events(
    ctx: Ctx,
    Path(region): Path<RegionCode>,
    RawQuery(query): RawQuery,
    shutdown: Option<Extension<CancellationToken>>,
) -> Result<Response, Failure> {
    let asked = Asked::read(query);
    let watched = Watched { region, mode: asked.mode, opened: asked.opened() };
    let frames = ctx.services().watch_screen(ctx.actor()?, watched.clone()).await?;
    let (send, receive) = mpsc::channel(1);
    let reader = Reader {
        services: Arc::clone(ctx.services()),
        token: ctx.token.clone(),
        region: watched.region,
        lang: ctx.lang,
        shutdown: shutdown.map(|Extension(token)| token).unwrap_or_default(),
    };
    tokio::spawn(reader.forward(frames, send));
    let mut response = Sse::new(ReceiverStream::new(receive)).keep_alive(KeepAlive::default()).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies would otherwise collect the stream before they pass it on.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Somebody who watches.
struct Reader {
    services: Arc<Services>,
    token: Option<SessionToken>,
    region: RegionCode,
    lang: Lang,
    shutdown: CancellationToken,
}

impl Reader {
    async fn forward(self, mut frames: watch::Receiver<Arc<Frame>>, send: mpsc::Sender<Result<Event, Infallible>>) {
        let mut recheck = tokio::time::interval(RECHECK);
        recheck.tick().await;
        frames.mark_changed();
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                () = send.closed() => return,
                _ = recheck.tick() => if !self.still_may().await { return },
                changed = frames.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let frame = Arc::clone(&frames.borrow_and_update());
                    let event = Event::default().data(&*written(self.lang, &frame));
                    if send.send(Ok(event)).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn still_may(&self) -> bool {
        let Some(token) = &self.token else { return false };
        let actor: Option<Actor> = self.services.authenticate(token).await.ok().flatten();
        actor.is_some_and(|a| a.may(Action::SeeRegion, &Place::region(self.region.clone())))
    }
}
