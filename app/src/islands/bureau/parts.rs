//! The panels of the big screen, drawn from a snapshot.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, number, percent, status_word, time};
use crate::ui::*;
use domain::Code;
use domain::screen::{AreaLine, Cell, FeedItem, ReasonCount, ScreenMode, ScreenSnapshot};
use leptos::prelude::*;

/// A number, or a dash where it is hidden.
pub(super) fn cell(lang: Lang, cell: Cell) -> AnyView {
    match cell {
        Some(n) => number(n).into_any(),
        None => view! { <span aria-hidden="true">"–"</span><span class="vh">{tr!(lang, "不显示", "hidden")}</span> }.into_any(),
    }
}

pub(super) fn per_cent(share: u16) -> String {
    format!("{}.{}%", share / 10, share % 10)
}

/// The difference to yesterday at this time, as an arrow and a number.
fn change(lang: Lang, now: Cell, before: Option<Cell>) -> Option<AnyView> {
    let difference = now? - before??;
    if difference == 0 {
        return Some(tr!(lang, "和昨天此时一样", "same as yesterday").into_any());
    }
    let (class, word) = if difference > 0 {
        ("up", tr!(lang, "多", "up"))
    } else {
        ("down", tr!(lang, "少", "down"))
    };
    let words = tr!(lang, "比昨天此时", "vs yesterday");
    Some(
        view! {
            <b class=class><span class="vh">{word}</span>{number(difference.abs())}</b>
            <span>{words}</span>
        }
        .into_any(),
    )
}

pub(super) fn kpis(lang: Lang, s: &ScreenSnapshot) -> AnyView {
    let (schools, classes) = (number(s.school_count), number(s.class_count));
    let share = s.now.reported.map(|n| percent(n, s.now.students));
    let points = match (s.now.reported, s.before) {
        (Some(now), Some(before)) if s.now.students > 0 && before.students > 0 => before
            .reported
            .map(|then| now * 1000 / s.now.students - then * 1000 / before.students),
        _ => None,
    };
    let points = points.map(|p| {
        let class = if p < 0 { "down" } else { "up" };
        view! { <b class=class>{format!("{}.{}%", p.abs() / 10, p.abs() % 10)}</b> }
    });
    #[expect(clippy::cast_precision_loss, reason = "a share for a bar")]
    let value = s
        .now
        .reported
        .map_or(0.0, |n| n as f64 / s.now.students.max(1) as f64);
    view! {
        <dl class="kpis wide">
            <div class="kpi">
                <dt><Icon name=IconName::People />{tr!(lang, "在校学生", "Students")}</dt>
                <dd class="n">{number(s.now.students)}</dd>
                <dd class="sub">{tr!(lang, "{schools} 所学校", "{schools} schools")} <Dot /> {tr!(lang, "{classes} 个班", "{classes} classes")}</dd>
            </div>
            <div class="kpi">
                <dt><Icon name=IconName::Document />{tr!(lang, "今日已报告", "Reported today")}</dt>
                <dd class="n">{share.as_deref().map_or_else(|| "–".to_owned(), |s| s.trim_end_matches('%').to_owned())}<small>"%"</small></dd>
                <dd class="sub">
                    <span>{cell(lang, s.now.reported)} {tr!(lang, " 人", " children")}</span>
                    <Bar value=value label=tr!(lang, "已报告", "Reported") />
                    {points}
                </dd>
            </div>
            {Code::ALL
                .into_iter()
                .map(|code| {
                    let now = s.now.of(code);
                    view! {
                        <div class=format!("kpi {}", code.word())>
                            <dt><StatusShape code=code />{status_word(lang, code)}</dt>
                            <dd class="n">{cell(lang, now)}</dd>
                            <dd class="sub">{change(lang, now, s.before.map(|b| b.of(code)))}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

pub(super) fn trend_head(lang: Lang) -> AnyView {
    view! {
        <header>
            <h2>{tr!(lang, "近 14 天异常人数", "Last 14 days")}</h2>
            <ul class="legend">
                <li><StatusShape code=Code::Yellow size=ShapeSize::Strip />{tr!(lang, "观察", "Observing")}</li>
                <li><StatusShape code=Code::Red size=ShapeSize::Strip />{tr!(lang, "隔离", "Isolating")}</li>
            </ul>
        </header>
    }
    .into_any()
}

/// The chart in words.
pub(super) fn trend_words(lang: Lang, s: &ScreenSnapshot) -> String {
    let days = s.trend.iter().map(|d| {
        let day = day_short(lang, d.day);
        match (d.yellow, d.red) {
            (Some(y), Some(r)) => tr!(
                lang,
                "{day}观察 {y} 隔离 {r}",
                "{day}: {y} observing, {r} isolating"
            ),
            _ => tr!(lang, "{day}不显示", "{day}: hidden"),
        }
    });
    days.collect::<Vec<_>>()
        .join(if lang == Lang::Zh { "；" } else { "; " })
}

pub(super) fn reasons(lang: Lang, s: &ScreenSnapshot) -> AnyView {
    let panel = |code: Code, title: String| {
        let list: Vec<ReasonCount> = s
            .reasons
            .iter()
            .filter(|r| r.code == code)
            .cloned()
            .collect();
        let most = list
            .iter()
            .filter_map(|r| r.people)
            .max()
            .unwrap_or(1)
            .max(1);
        let none = list
            .is_empty()
            .then(|| view! { <p class="sub">{tr!(lang, "今天没有", "None today")}</p> });
        view! {
            <section class="panel">
                <header><StatusShape code=code /><h2>{title}</h2><b>{cell(lang, s.now.of(code))}</b></header>
                {none}
                <ul class="whys">
                    {list
                        .into_iter()
                        .map(|reason| {
                            let label = reason.label.get(lang).to_owned();
                            #[expect(clippy::cast_precision_loss, reason = "a share for a bar")]
                            let value = reason.people.unwrap_or(0) as f64 / most as f64;
                            view! {
                                <li>
                                    <span>{label.clone()}</span>
                                    <b>{cell(lang, reason.people)}</b>
                                    <Bar value=value label=label code=code />
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    };
    view! {
        <div class="pair">
            {panel(Code::Red, tr!(lang, "隔离原因", "Why red"))}
            {panel(Code::Yellow, tr!(lang, "观察原因", "Why yellow"))}
        </div>
    }
    .into_any()
}

/// Tiles beyond which they get smaller.
const ROOMY: usize = 16;

pub(super) fn areas(lang: Lang, s: &ScreenSnapshot) -> AnyView {
    let title = match s.region.level() {
        domain::ids::RegionLevel::Country => tr!(lang, "各省", "Provinces"),
        domain::ids::RegionLevel::Province => tr!(lang, "各市", "Cities"),
        domain::ids::RegionLevel::City => tr!(lang, "区县", "Districts"),
        _ => tr!(lang, "镇街", "Towns"),
    };
    let tile = |area: AreaLine| {
        let suffix = if s.mode == ScreenMode::Public {
            "?mode=public"
        } else {
            ""
        };
        let part = |code: Code, n: Cell| {
            view! {
                <span><StatusShape code=code size=ShapeSize::Strip label=status_word(lang, code) />{cell(lang, n)}</span>
            }
        };
        // The heading says what they are; a tile has room for the name alone.
        let name = area.name.get(lang);
        let name = [" Subdistrict", " Town"]
            .iter()
            .find_map(|word| name.strip_suffix(word))
            .unwrap_or(name)
            .to_owned();
        view! {
            <a class=format!("town h{}", area.heat) href=format!("/bureau/{}/screen{suffix}", area.code)>
                <span><b>{name}</b><small>{format!("{}%", area.share / 10)}</small></span>
                <span class="tally">{part(Code::Red, area.red)} {part(Code::Yellow, area.yellow)}</span>
            </a>
        }
    };
    let empty = s.areas.is_empty().then(|| {
        view! { <p class="sub">{tr!(lang, "这里不再往下分区，请看下面的学校。", "There is no level below; see the schools.")}</p> }
    });
    let class = if s.areas.len() > ROOMY {
        "towns many"
    } else {
        "towns"
    };
    view! {
        <section class="panel">
            <header>
                <h2>{title}</h2>
                <span class="sub">{tr!(lang, "底色越亮，每千人异常越多", "Brighter: more flagged per 1,000")}</span>
            </header>
            {empty}
            <div class=class>{s.areas.iter().cloned().map(tile).collect_view()}</div>
        </section>
    }
    .into_any()
}

fn feed_item(lang: Lang, item: FeedItem, seen: i64) -> impl IntoView {
    let until = item.ends.map(|day| {
        let day = day_short(lang, day);
        tr!(lang, "到 {day}", "to {day}")
    });
    view! {
        <li class=(item.id > seen).then_some("new")>
            <StatusShape code=item.code />
            <div>
                <span class="line"><b>{item.name}</b><span>{item.school.get(lang).to_owned()}</span>" "<span>{item.class.label(lang)}</span></span>
                <span><b>{status_word(lang, item.code)}</b> <Dot /> {item.label.get(lang).to_owned()}</span>
            </div>
            <div><span>{time(item.minute)}</span><span class="sub">{until}</span></div>
        </li>
    }
}

/// The newest turns; where outsiders look on, what this screen does not show.
pub(super) fn feed(lang: Lang, s: &ScreenSnapshot, seen: i64) -> AnyView {
    let today = s.turned_today.map(|n| {
        let n = number(n);
        view! {
            <span class="sub row"><Icon name=IconName::Pulse />{tr!(lang, "今天新增 {n} 人", "{n} today")}</span>
        }
    });
    let Some(items) = s.feed.clone() else {
        return view! {
            <section class="panel">
                <header><h2>{tr!(lang, "公开模式", "Public mode")}</h2>{today}</header>
                <div class="stack public">
                    <p>{tr!(lang, "这里不显示任何个人。", "No individuals are shown here.")}</p>
                    <p>{tr!(lang, "少于 5 人的数字不显示，同时隐藏能推算出它的数字，写作“–”。", "Numbers below 5 are hidden, with those from which they could be worked out, and written as “–”.")}</p>
                    <p>{tr!(lang, "每个孩子的原因和帮助，由学校和家长直接联系。", "Schools and families speak about each child directly.")}</p>
                </div>
            </section>
        }
        .into_any();
    };
    let empty = items.is_empty().then(|| view! { <p class="sub">{tr!(lang, "今天还没有新的观察或隔离。", "Nobody has turned yellow or red today.")}</p> });
    view! {
        <section class="panel">
            <header>
                <h2>{tr!(lang, "最新异常", "Newly flagged")}</h2>
                <span class="sub">{tr!(lang, "姓名已遮盖", "Names masked")}</span>
                {today}
            </header>
            {empty}
            <ol class="feed">{items.into_iter().map(|item| feed_item(lang, item, seen)).collect_view()}</ol>
        </section>
    }
    .into_any()
}

pub(super) fn foot(lang: Lang, s: &ScreenSnapshot) -> AnyView {
    let books = s
        .books
        .iter()
        .map(|book| {
            let (version, since) = (&book.version, day_short(lang, book.since));
            tr!(
                lang,
                "规则集 v{version}，{since}起生效",
                "Rulebook v{version}, since {since}"
            )
        })
        .collect::<Vec<_>>()
        .join("; ");
    let zones = s.spans_zones.then(|| {
        view! { <Dot /> {tr!(lang, "各时区按各自的今天", "each time zone on its own today")} }
    });
    view! {
        <footer class="scr-foot wide">
            <Legend lang=lang />
            <span>
                {tr!(lang, "60 秒内为实时", "Live under 60 s")} <Dot /> {tr!(lang, "超过 60 秒为延迟", "Delayed over 60 s")} <Dot />
                {tr!(lang, "超过 5 分钟为中断", "Offline over 5 min")} {zones} <Dot /> {books}
            </span>
        </footer>
    }
    .into_any()
}
