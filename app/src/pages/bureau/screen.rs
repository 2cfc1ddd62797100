//! The big screen and its stream of fresh numbers.

use super::chart;
use crate::islands::bureau::{BigScreen, ScreenFrame, ScreenView};
use crate::tr;
use crate::tr::Lang;
use crate::ui::DemoBanner;
use crate::web::{Answer, Ctx, Dress, Failure, Fields, Islands};
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
const RECHECK: Duration = Duration::from_mins(3);

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
        Self {
            mode: ScreenMode::from_word(fields.get("mode")),
            sort: ScreenSort::from_word(fields.get("sort")),
            page: fields.page() - 1,
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
    let snapshot = ctx
        .services()
        .screen(actor, &region, asked.mode, asked.opened())
        .await?;
    ctx.services().screen_opened(actor, &snapshot).await?;
    let around = around(&ctx, &region, asked.mode).await?;
    let view = ScreenView {
        lang: ctx.lang,
        around,
        sort: asked.sort,
        page: asked.page,
        open: asked.open,
        demo: ctx.demo(),
    };
    let frame = frame(ctx.lang, snapshot);
    let (lang, demo) = (ctx.lang, ctx.demo());
    let name = frame.snapshot.name.get(lang).to_owned();
    let title = tr!(lang, "{name}大屏", "{name}, big screen");
    let dress = Dress {
        root_class: "screen",
        ..Dress::default()
    };
    Ok(
        ctx.document(StatusCode::OK, &title, Islands::Yes, dress, move || {
            view! {
                {demo.then(|| view! { <DemoBanner lang=lang /> })}
                <BigScreen frame=frame view=view />
            }
        }),
    )
}

/// The regions around that the reader may see, widest first.
async fn around(
    ctx: &Ctx,
    region: &RegionCode,
    mode: ScreenMode,
) -> Result<Vec<(String, String)>, Failure> {
    let actor = ctx.actor()?;
    let query = if mode == ScreenMode::Public {
        "?mode=public"
    } else {
        ""
    };
    Ok(ctx
        .services()
        .regions_around(actor, region)
        .await?
        .into_iter()
        .map(|(code, name)| {
            (
                name.get(ctx.lang).to_owned(),
                format!("/bureau/{code}/screen{query}"),
            )
        })
        .collect())
}

fn frame(lang: Lang, snapshot: ScreenSnapshot) -> ScreenFrame {
    ScreenFrame {
        chart: chart::trend(lang, &snapshot),
        snapshot,
    }
}

fn written(lang: Lang, frame: &Frame) -> Arc<str> {
    frame.text(lang, |snapshot| {
        serde_json::to_string(&self::frame(lang, snapshot.clone())).unwrap_or_default()
    })
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
    let watched = Watched {
        region,
        mode: asked.mode,
        opened: asked.opened(),
    };
    let frames = ctx
        .services()
        .watch_screen(ctx.actor()?, watched.clone())
        .await?;
    let (send, receive) = mpsc::channel(1);
    let reader = Reader {
        services: Arc::clone(ctx.services()),
        token: ctx.token.clone(),
        region: watched.region,
        lang: ctx.lang,
        shutdown: shutdown.map(|Extension(token)| token).unwrap_or_default(),
    };
    tokio::spawn(reader.forward(frames, send));
    let mut response = Sse::new(ReceiverStream::new(receive))
        .keep_alive(KeepAlive::default())
        .into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies would otherwise collect the stream before they pass it on.
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
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
    async fn forward(
        self,
        mut frames: watch::Receiver<Arc<Frame>>,
        send: mpsc::Sender<Result<Event, Infallible>>,
    ) {
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
        let Some(token) = &self.token else {
            return false;
        };
        let actor: Option<Actor> = self.services.authenticate(token).await.ok().flatten();
        actor.is_some_and(|a| a.may(Action::SeeRegion, &Place::region(self.region.clone())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::roster::{ClassName, Stage};
    use domain::screen::*;
    use domain::{Code, Day, Millis, Text};

    fn sample() -> ScreenSnapshot {
        let class = ClassName {
            stage: Stage::Primary,
            grade: 3,
            number: 2,
        };
        let town = |n: u32| RegionCode::parse(&format!("330503{n:03}")).unwrap();
        let names = [
            "东迁街道",
            "旧馆街道",
            "南浔镇",
            "双林镇",
            "练市镇",
            "善琏镇",
            "菱湖镇",
            "和孚镇",
            "千金镇",
            "石淙镇",
        ];
        let area = |(i, name): (u32, &str)| AreaLine {
            code: town(i),
            name: Text::new(name, "Nanxun Town"),
            share: 955,
            yellow: Some(i64::from(i) * 9),
            red: Some(i64::from(i)),
            heat: u8::try_from(i % 5).unwrap(),
        };
        let school = |id: i64| SchoolLine {
            id: SchoolId(id),
            name: Text::new(
                "双林镇示例第二小学<b>",
                "Shuanglin Town Sample No. 2 Primary School<b>",
            ),
            area: None,
            share: 966,
            own: 950,
            yellow: Some(41),
            red: Some(14 - id % 14),
            grey: Some(64),
        };
        let reason = |code, n, zh: &str, en: &str| ReasonCount {
            code,
            label: Text::new(zh, en),
            people: Some(n),
        };
        let now = Totals {
            students: 33_412,
            reported: Some(32_209),
            green: Some(31_830),
            yellow: Some(312),
            red: Some(89),
            grey: Some(1181),
        };
        let before = Totals {
            reported: Some(31_800),
            yellow: Some(350),
            red: Some(83),
            ..now
        };
        let item = |id: i64| FeedItem {
            id,
            name: "胡*辰".into(),
            school: Text::new(
                "双林镇示例第二小学",
                "Shuanglin Town Sample No. 2 Primary School",
            ),
            class,
            code: if id % 3 == 0 { Code::Red } else { Code::Yellow },
            label: Text::new("密接者的接触者", "Contact of a contact"),
            ends: Some(Day(18_530)),
            minute: 434,
        };
        ScreenSnapshot {
            region: RegionCode::parse("330503").unwrap(),
            name: Text::new("南浔区", "Nanxun District"),
            mode: ScreenMode::Room,
            day: Day(18_522),
            at: Millis(0),
            second: 26_072,
            spans_zones: false,
            school_count: 44,
            class_count: 842,
            now,
            before: Some(before),
            trend: (0..14)
                .map(|i| TrendDay {
                    day: Day(18_509 + i),
                    yellow: Some(200 + i64::from(i) * 8),
                    red: Some(40 + i64::from(i) * 3),
                })
                .collect(),
            reasons: vec![
                reason(Code::Red, 44, "密切接触者", "Close contact"),
                reason(
                    Code::Red,
                    25,
                    "高风险地区返回",
                    "Back from a high-risk area",
                ),
                reason(
                    Code::Red,
                    15,
                    "高热或发热加症状",
                    "High fever, or fever with symptoms",
                ),
                reason(
                    Code::Yellow,
                    163,
                    "低热或轻微不适",
                    "Mild fever or symptoms",
                ),
                reason(Code::Yellow, 93, "密接者的接触者", "Contact of a contact"),
                reason(
                    Code::Yellow,
                    44,
                    "中风险地区返回或途经",
                    "Medium-risk area, transit",
                ),
                reason(Code::Yellow, 12, "漏报较多", "Many missed reports"),
            ],
            areas: (1..).zip(names).map(area).collect(),
            schools: (1..45).map(school).collect(),
            ranked: 44,
            open: Some(OpenSchool {
                id: SchoolId(14),
                classes: (1..4)
                    .map(|n| ClassLine {
                        id: domain::ids::ClassId(n),
                        name: class,
                        students: 44,
                        reported: 42,
                        yellow: 6,
                        red: 4,
                        reasons: vec![
                            (Text::new("密切接触者", "Close contact"), 4),
                            (Text::new("低热或轻微不适", "Mild fever or symptoms"), 3),
                        ],
                    })
                    .collect(),
            }),
            feed: Some((1..9).rev().map(item).collect()),
            turned_today: Some(23),
            books: vec![BookInForce {
                version: "1.0.0".into(),
                since: Day(18_262),
            }],
        }
    }

    fn drawn(lang: Lang, snapshot: ScreenSnapshot, page: usize) -> String {
        let view = ScreenView {
            lang,
            around: vec![("湖州市".into(), "#".into())],
            sort: ScreenSort::Flagged,
            page,
            open: None,
            demo: false,
        };
        Owner::new()
            .with(|| view! { <BigScreen frame=frame(lang, snapshot) view=view /> }.to_html())
    }

    #[test]
    fn the_screen_has_the_numbers_without_script_and_no_inline_style() {
        for lang in Lang::ALL {
            let html = drawn(lang, sample(), 0);
            for number in ["33,412", "32,209", "31,830", "312", "89", "1,181"] {
                assert!(html.contains(number), "{number}");
            }
            assert!(!html.contains(" style=") && html.contains("<svg"));
            assert!(html.contains("第二小学&lt;b&gt;") && !html.contains("第二小学<b>"));
        }
    }

    #[test]
    fn a_wide_region_shows_its_first_places_and_leads_to_the_table_of_all() {
        let mut wide = sample();
        (wide.ranked, wide.school_count) = (30, 1_000);
        let table = "href=\"/bureau/330503\" aria-label=\"Table of all 1,000 schools\"";
        let last = drawn(Lang::En, wide.clone(), 99);
        assert!(last.contains("25–30 of ") && last.contains(table));
        // One that was asked for is there, whatever its place.
        let mut asked = wide.clone();
        asked.open.as_mut().unwrap().id = SchoolId(13);
        assert!(drawn(Lang::En, asked, 99).contains("31–31 of "));
        // Outsiders may not open it.
        assert!(!drawn(Lang::En, wide.public(), 0).contains(table));
        assert!(!drawn(Lang::En, sample(), 0).contains("Table of all"));
    }
}
