//! Which report denies which record, and for which days.

use super::discrepancy::Discrepancy;
use super::matter::Stay;
use crate::decision::{day_text, temperature_text};
use crate::report::{ChannelGroup, DayReport, StandingFact, Temperature, TestResult};
use crate::state::{OfficialRecord, RecordKind, Standing, State, WINDOW_DAYS};
use crate::{Day, Text};
use serde::{Deserialize, Serialize};

/// In what a report and a record differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscrepancyKind {
    /// The reports do not mention the stay.
    StayUntold,
    /// The reports state the stay with other dates.
    StayDates,
    /// The reports state that the person only passed through.
    StayTransit,
    /// The reports state a negative test where the record says positive.
    ToldNegative,
    /// The reports state a positive test where the record says negative.
    ToldPositive,
    /// The report of the day states no fever, and the gate has measured one.
    GateTemperature,
}

/// What of a record is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) kind: DiscrepancyKind,
    pub(super) days: Vec<Day>,
    pub(super) told: Option<(Day, Option<Day>)>,
    /// Some report states it otherwise; the reports do not just leave it out.
    pub(super) is_stated: bool,
}

/// Reports of so many days before the receipt may leave a stay out; what was over earlier than that matters
/// to nobody any more.
const LOOK_BACK_DAYS: i32 = 14;
/// Travel by night, and the day a timetable names, differ by this much without anybody being wrong.
const TOLERANCE_DAYS: i32 = 1;

/// How what is `stated` denies the record; `None` where it does not.
pub(super) fn denial(
    record: &OfficialRecord,
    state: &State,
    stated: &[Standing],
) -> Option<Denial> {
    match record.kind {
        RecordKind::ConfirmedCase { sampled }
        | RecordKind::Test {
            positive: true,
            sampled,
        } => test(sampled, TestResult::Positive, stated),
        RecordKind::Test {
            positive: false,
            sampled,
        } => test(sampled, TestResult::Negative, stated),
        RecordKind::Stay { .. } => stay(record, state, stated),
        RecordKind::CloseContact { .. }
        | RecordKind::ContactOfContact { .. }
        | RecordKind::Vaccination { .. } => None,
    }
}

/// A test of that day is stated, but only with the other result.
fn test(day: Day, recorded: TestResult, stated: &[Standing]) -> Option<Denial> {
    let results = || {
        stated.iter().filter_map(|standing| match standing.fact {
            StandingFact::Test { result, sampled } if sampled == day => Some(result),
            _ => None,
        })
    };
    let kind = match results().next()? {
        _ if results().any(|result| result == recorded) => return None,
        TestResult::Negative => DiscrepancyKind::ToldNegative,
        TestResult::Positive => DiscrepancyKind::ToldPositive,
    };
    Some(Denial {
        kind,
        days: vec![day],
        told: None,
        is_stated: true,
    })
}

fn stay(record: &OfficialRecord, state: &State, stated: &[Standing]) -> Option<Denial> {
    let received = record.received;
    let official = Stay::of_record(record, &[])?;
    let first = official.arrived.max(received.plus(-WINDOW_DAYS));
    let last = official.left.map_or(received, |left| left.min(received));
    if first > last || received.since(last) > LOOK_BACK_DAYS {
        return None;
    }
    let wider = Stay {
        arrived: official.arrived.plus(-TOLERANCE_DAYS),
        left: Some(last.plus(TOLERANCE_DAYS)),
        ..official
    };
    let same: Vec<(Day, Stay)> = stated
        .iter()
        .filter_map(|standing| Some((standing.id.day, Stay::told(standing)?)))
        .filter(|(_, told)| wider.is_of(told))
        .collect();
    let silent_until = silence(record, state);
    let covers = |told: &Stay, day: Day| {
        told.arrived.plus(-TOLERANCE_DAYS) <= day
            && told
                .left
                .is_none_or(|left| day <= left.plus(TOLERANCE_DAYS))
    };
    let mut left_out = Vec::new();
    let mut passed = Vec::new();
    let mut is_stated = false;
    for day in (0..=last.since(first)).map(|shift| first.plus(shift)) {
        let mut covering = same.iter().filter(|(_, told)| covers(told, day)).peekable();
        if covering.peek().is_some() {
            if !official.transit && covering.all(|(_, told)| told.transit) {
                passed.push(day);
            }
            continue;
        }
        let otherwise = same.iter().any(|(on, _)| *on > day);
        is_stated |= otherwise;
        if otherwise || silent_until.is_some_and(|silent| day < silent) {
            left_out.push(day);
        }
    }
    let told = same.iter().map(|(_, told)| (told.arrived, told.left)).min();
    let (kind, days) = match (left_out.is_empty(), passed.is_empty()) {
        (true, true) => return None,
        (true, false) => (DiscrepancyKind::StayTransit, passed),
        (false, _) if same.is_empty() => (DiscrepancyKind::StayUntold, left_out),
        (false, _) => (DiscrepancyKind::StayDates, left_out),
    };
    Some(Denial {
        kind,
        is_stated: is_stated || kind == DiscrepancyKind::StayTransit,
        days,
        told,
    })
}

/// The day of the last report that would have had to mention the stay: made after it began, before the record
/// was there for everybody to see, and with answers that are still known.
pub(super) fn silence(record: &OfficialRecord, state: &State) -> Option<Day> {
    let asks = |report: &&DayReport| {
        let is_slip = report.channel.group() == ChannelGroup::Paper;
        let is_known = state.destroyed_to.is_none_or(|to| report.day > to);
        report.day < record.received
            && record.received.since(report.day) <= LOOK_BACK_DAYS
            && is_known
            && !(is_slip && report.answers.changes.is_empty())
    };
    state
        .reports
        .iter()
        .rev()
        .find(asks)
        .map(|report| report.day)
}

/// What the report of `day` says of the temperature, where that is below `threshold`. A report whose answers were
/// destroyed, or that was checked on paper, says nothing.
pub(super) fn told_below(state: &State, day: Day, threshold: u16) -> Option<Temperature> {
    let report = state.report_of(day)?;
    let is_known = state.destroyed_to.is_none_or(|to| day > to);
    if !is_known || report.answers.paper_refused {
        return None;
    }
    let told = report.answers.temperature;
    let is_high = matches!(told, Temperature::Tenths(tenths) if tenths >= threshold);
    (!is_high).then_some(told)
}

/// A run of days in words.
fn days_text(from: Day, to: Option<Day>) -> Text {
    let start = day_text(from);
    match to.map(|day| (day == from, day_text(day))) {
        Some((true, _)) => Text::new(start.zh, format!("on {}", start.en)),
        Some((false, end)) => Text::new(
            format!("{}至{}", start.zh, end.zh),
            format!("from {} to {}", start.en, end.en),
        ),
        None => Text::new(format!("{}起至今", start.zh), format!("since {}", start.en)),
    }
}

/// What differs, what the reports say, and what to do.
pub(super) fn text(discrepancy: &Discrepancy, place: Option<&Text>) -> Text {
    let authority = &discrepancy.authority;
    let there = place
        .cloned()
        .unwrap_or_else(|| Text::new("另一个地区", "another region"));
    let days = match discrepancy.days.as_slice() {
        [first, .., last] => days_text(*first, Some(*last)),
        [only] => days_text(*only, Some(*only)),
        [] => Text::default(),
    };
    let told = discrepancy
        .told
        .map_or_else(Text::default, |(from, to)| days_text(from, to));
    let stay = |zh: &str, en: &str| {
        Text::new(
            format!(
                "{authority}的记录：{} 在{}。{zh}如果记录是对的，请在报告里补上或更正；如果记录不对，请告诉班主任。",
                days.zh, there.zh
            ),
            format!(
                "A record of {authority} says: in {} {}. {en} If the record is right, please add or correct the stay in a report; if it is wrong, please tell the class teacher.",
                there.en, days.en
            ),
        )
    };
    let test = |zh: [&str; 2], en: [&str; 2]| {
        let [recorded_zh, told_zh] = zh;
        let [recorded_en, told_en] = en;
        Text::new(
            format!(
                "{authority}的记录：{} 采样的检测为{recorded_zh}；报告里同一天的检测为{told_zh}。如果报告填错了，请更正；如果记录不对，请告诉班主任。",
                days.zh
            ),
            format!(
                "A record of {authority} says: the test sampled {} was {recorded_en}; the reports say that the test of that day was {told_en}. If the report is mistaken, please correct it; if the record is wrong, please tell the class teacher.",
                days.en
            ),
        )
    };
    match discrepancy.kind {
        DiscrepancyKind::StayUntold => stay(
            "之后的报告没有提到。",
            "The reports after that do not mention it.",
        ),
        DiscrepancyKind::StayDates => stay(
            &format!("报告里写的是 {}。", told.zh),
            &format!("The reports say: {}.", told.en),
        ),
        DiscrepancyKind::StayTransit => stay(
            "报告里写的是途经、没有出站。",
            "The reports say: only passed through, without leaving the station.",
        ),
        DiscrepancyKind::ToldNegative => test(["阳性", "阴性"], ["positive", "negative"]),
        DiscrepancyKind::ToldPositive => test(["阴性", "阳性"], ["negative", "positive"]),
        DiscrepancyKind::GateTemperature => gate(discrepancy, &days),
    }
}

fn gate(discrepancy: &Discrepancy, days: &Text) -> Text {
    let (measured, told) = discrepancy.tenths.unwrap_or_default();
    let measured = temperature_text(measured);
    let told = told.map_or_else(|| Text::new("没有发热", "no fever"), temperature_text);
    Text::new(
        format!(
            "校门测温（两次）：{} 为 {}；当天的报告写的是{}。请在家休息并复测；如果报告填错了，请更正；如果测温不准，请告诉班主任。",
            days.zh, measured.zh, told.zh
        ),
        format!(
            "The school gate measured {} {}, twice; the report of that day says {}. Please rest at home and measure again. If the report is mistaken, please correct it; if the measurement was wrong, please tell the class teacher.",
            measured.en, days.en, told.en
        ),
    )
}
