//! Runs of days that are judged alike.

use super::{Diary, Terms};
use crate::Day;
use serde::{Deserialize, Serialize};

/// How the days of a run are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Not later than the day the isolation became known: counts.
    Known,
    /// Has an accepted report: counts.
    Reported,
    /// Without a report, and too late for one.
    Missed,
    /// Past and without a report, which may still come.
    Open,
    /// Today or later: expected to be reported.
    Expected,
}

impl SpanKind {
    /// What it means, in a few words, Chinese and English.
    pub fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Self::Known => ("当时还不知情，计入", "before it was known: counts"),
            Self::Reported => ("已报告，计入", "reported: counts"),
            Self::Missed => ("漏报", "missed"),
            Self::Open => ("未报告，还可以补报", "not reported, can still be filled in"),
            Self::Expected => ("待报告", "to be reported"),
        }
    }
}

/// A run of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
    /// How its days are judged.
    pub kind: SpanKind,
}

impl Span {
    /// Days in it, at most 65,535.
    pub fn length(&self) -> u16 {
        u16::try_from(self.to.since(self.from).saturating_add(1)).unwrap_or(u16::MAX)
    }
}

/// The runs after a start date, in order; a run never reaches across the day asked about. The last one
/// is open-ended.
pub(super) struct Spans<'a> {
    next: Option<Day>,
    known: Day,
    day: Day,
    diary: Diary<'a>,
}

impl<'a> Spans<'a> {
    pub(super) fn new(terms: &Terms, diary: &Diary<'a>, day: Day) -> Self {
        let first = diary
            .reports
            .partition_point(|report| report.day <= terms.start);
        let reports = diary.reports.get(first..).unwrap_or_default();
        let next = (terms.start < Day(i32::MAX)).then(|| terms.start.next());
        Self {
            next,
            known: terms.known,
            day,
            diary: Diary { reports, ..*diary },
        }
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let from = self.next?;
        let Diary {
            today, late_limit, ..
        } = self.diary;
        while self
            .diary
            .reports
            .first()
            .is_some_and(|report| report.day < from)
        {
            self.diary.reports = self.diary.reports.get(1..).unwrap_or_default();
        }
        let reported = self.diary.reports.first().map(|report| report.day);
        let before_report = reported.map_or(Day(i32::MAX), |day| day.plus(-1));
        let (kind, to) = if from <= self.known {
            (SpanKind::Known, self.known)
        } else if reported == Some(from) {
            (SpanKind::Reported, from)
        } else if from >= today {
            (SpanKind::Expected, before_report)
        } else if today.since(from) > late_limit {
            let last_missed = today.plus(-1).plus(late_limit.max(0).saturating_neg());
            (SpanKind::Missed, before_report.min(last_missed).max(from))
        } else {
            (SpanKind::Open, before_report.min(today.plus(-1)))
        };
        let to = if from <= self.day {
            to.min(self.day)
        } else {
            to
        };
        self.next = (to < Day(i32::MAX)).then(|| to.next());
        Some(Span { from, to, kind })
    }
}
