//! Rows of days: an isolation's progress, and the last fourteen.

use crate::tr;
use crate::tr::Lang;
use crate::ui::icon::{Icon, IconName};
use crate::ui::status::{ShapeSize, StatusShape};
use crate::ui::words::{day_of_month, day_short, status_word, weekday_letter};
use domain::{Code, Day};
use leptos::prelude::*;
use std::fmt::Write as _;

/// What became of one day of an isolation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayMark {
    /// It counted.
    Done,
    /// It is running.
    Today,
    /// It is to come.
    Future,
    /// Nothing was reported; it did not count.
    Missed,
}

impl DayMark {
    fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Today => "today",
            Self::Future => "future",
            Self::Missed => "missed",
        }
    }

    fn word(self, lang: Lang) -> String {
        match self {
            Self::Done => tr!(lang, "已算", "counted"),
            Self::Today => tr!(lang, "今天", "today"),
            Self::Future => tr!(lang, "还没到", "to come"),
            Self::Missed => tr!(lang, "漏报，不算", "missed, not counted"),
        }
    }
}

/// The days of an isolation as boxes, seven to a row.
#[component]
pub fn ProgressDays(
    /// The reader's language.
    lang: Lang,
    /// The colour of the isolation.
    code: Code,
    /// The days in order.
    days: Vec<(Day, DayMark)>,
) -> AnyView {
    view! {
        <ol class=format!("daybox {}", code.word())>
            {days
                .into_iter()
                .map(|(day, mark)| {
                    let inside = match mark {
                        DayMark::Done => view! { <Icon name=IconName::Check /> }.into_any(),
                        DayMark::Today => tr!(lang, "今", "Now").into_any(),
                        DayMark::Missed => tr!(lang, "漏", "–").into_any(),
                        DayMark::Future => ().into_any(),
                    };
                    view! {
                        <li class=mark.class()>
                            <i aria-hidden="true">{inside}</i>
                            {day_of_month(lang, day)}
                            <span class="vh">" " {mark.word(lang)}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

/// One day of a strip; `None` where nothing was due (before joining, holidays without a report).
pub type StripDay = (Day, Option<Code>);

fn said(lang: Lang, code: Option<Code>) -> String {
    code.map_or_else(
        || tr!(lang, "不需要报告", "nothing due"),
        |code| status_word(lang, code),
    )
}

/// The last fourteen days as shapes over the letters of the week; today is the last.
#[component]
pub fn DayStrip(
    /// The reader's language.
    lang: Lang,
    /// The days in order.
    days: Vec<StripDay>,
    /// Which of them is today.
    today: Day,
) -> AnyView {
    view! {
        <ol class="strip">
            {days
                .into_iter()
                .map(|(day, code)| {
                    let letter = if day == today {
                        tr!(lang, "今", "Now")
                    } else {
                        weekday_letter(lang, day).to_owned()
                    };
                    let class = match (code, day == today) {
                        (None, true) => "off now",
                        (None, false) => "off",
                        (Some(_), true) => "now",
                        (Some(_), false) => "",
                    };
                    view! {
                        <li class=class>
                            {code.map(|code| view! { <StatusShape code=code size=ShapeSize::Strip /> })}
                            <span aria-hidden="true">{letter}</span>
                            <span class="vh">{day_short(lang, day)} " " {said(lang, code)}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }.into_any()
}

/// Distance between two days of [`DayDots`], in px.
const STEP: usize = 17;

/// Days as bare shapes in one small picture, for rows of a table.
#[component]
pub fn DayDots(
    /// The reader's language.
    lang: Lang,
    /// The days in order.
    days: Vec<StripDay>,
) -> AnyView {
    let width = days.len() * STEP;
    let mut inside = String::with_capacity(days.len() * 48);
    for (i, (_, code)) in days.iter().enumerate() {
        let x = i * STEP;
        // Writing to a String cannot fail.
        let _ = match code {
            Some(Code::Green) => write!(
                inside,
                r#"<circle class="g" cx="{}" cy="8.5" r="5"/>"#,
                x + 8
            ),
            Some(Code::Yellow) => {
                write!(
                    inside,
                    r#"<path class="y" d="M{} 3.2l5.2 9.6h-10.4z"/>"#,
                    x + 8
                )
            }
            Some(Code::Red) => {
                write!(
                    inside,
                    r#"<rect class="r" x="{}" y="3.5" width="10" height="10" rx="1.5"/>"#,
                    x + 3
                )
            }
            Some(Code::Grey) => write!(
                inside,
                r#"<circle class="n" cx="{}" cy="8.5" r="4.9"/>"#,
                x + 8
            ),
            None => write!(
                inside,
                r#"<circle class="o" cx="{}" cy="8.5" r="1.6"/>"#,
                x + 8
            ),
        };
    }
    view! {
        <svg
            class="dots"
            viewBox=format!("0 0 {width} 17")
            role="img"
            aria-label=summary(lang, &days)
            inner_html=inside
        ></svg>
    }
    .into_any()
}

/// The days' numbers over a column of [`DayDots`]; hidden from screen readers, because each row says its days.
#[component]
pub fn DayDotsHead(
    /// The reader's language.
    lang: Lang,
    /// The days in order.
    days: Vec<Day>,
    /// Which of them is today.
    today: Day,
) -> AnyView {
    let width = days.len() * STEP;
    let mut inside = String::new();
    for (i, day) in days.iter().enumerate() {
        let x = i * STEP + 8;
        let (_, _, date) = day.ymd();
        // Writing to a String cannot fail.
        let _ = if *day == today {
            write!(
                inside,
                r#"<text class="now" x="{x}" y="13">{}</text>"#,
                tr!(lang, "今", "▾")
            )
        } else {
            write!(inside, r#"<text x="{x}" y="13">{date}</text>"#)
        };
    }
    view! {
        <svg class="dots" viewBox=format!("0 0 {width} 17") aria-hidden="true" inner_html=inside></svg>
    }.into_any()
}

/// What the shapes say, in words: the days and how many of each code.
fn summary(lang: Lang, days: &[StripDay]) -> String {
    let (Some((first, _)), Some((last, today))) = (days.first(), days.last()) else {
        return String::new();
    };
    let counts: Vec<String> = Code::ALL
        .into_iter()
        .filter_map(|code| {
            let n = days.iter().filter(|(_, c)| *c == Some(code)).count();
            let word = status_word(lang, code);
            (n > 0).then(|| tr!(lang, "{word} {n} 天", "{word} {n}"))
        })
        .collect();
    let (from, to) = (day_short(lang, *first), day_short(lang, *last));
    let (counts_zh, counts_en) = (counts.join("，"), counts.join(", "));
    let now = said(lang, *today);
    tr!(
        lang,
        "{from}到{to}：{counts_zh}；最后一天{now}",
        "{from} to {to}: {counts_en}; last day {now}"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_strip_without_sight_says_its_days() {
        let day = Day::from_ymd(2020, 9, 15).unwrap();
        let days = [
            (day, Some(Code::Green)),
            (day.plus(1), Some(Code::Green)),
            (day.plus(2), Some(Code::Yellow)),
        ];
        assert_eq!(
            summary(Lang::Zh, &days),
            "9月15日到9月17日：可返校 2 天，观察中 1 天；最后一天观察中"
        );
        assert_eq!(
            summary(Lang::En, &days),
            "15 Sep to 17 Sep: May attend 2, Observing 1; last day Observing"
        );
    }
}
