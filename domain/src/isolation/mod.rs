//! Isolation by calendar days: which days count, which are missed, and when it ends.
//!
//! An isolation of N days with start date t covers the days after t until N days have counted.

mod span;

pub use span::{Span, SpanKind};

use crate::Day;
use crate::decision::ClearanceMode;
use crate::report::DayReport;
use crate::rulebook::Policy;
use span::Spans;

/// What an isolation is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The date t; the days after it are covered.
    pub start: Day,
    /// The day it became known; days up to it count without a report.
    pub known: Day,
    /// Days that have to count.
    pub days: u16,
    /// What a missed day does.
    pub policy: Policy,
    /// Whether a clearance may or must end it.
    pub clearance: ClearanceMode,
    /// The earliest date of an accepted clearance that applies to it.
    pub cleared: Option<Day>,
}

/// What the days are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Diary<'a> {
    /// The accepted reports, ascending by day.
    pub reports: &'a [DayReport],
    /// The present day.
    pub today: Day,
    /// Days after which an unreported day is missed.
    pub late_limit: i32,
}

/// How an isolation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Days that counted up to and including the day asked about, without days that are only expected to.
    pub counted: u16,
    /// Days missed up to and including the day asked about.
    pub missed: u16,
    /// The last covered day, if today and all later days are reported; `None` until a clearance is accepted.
    pub ends: Option<Day>,
}

impl Terms {
    /// Whether it covers `day`, given its last day. The start day itself is covered if it was known then.
    pub fn covers(&self, day: Day, ends: Option<Day>) -> bool {
        let begun = self.start < day || (self.start == day && self.known <= day);
        begun && ends.is_none_or(|ends| day <= ends)
    }

    /// How it stands, with the counts of `day`.
    pub fn course(&self, diary: &Diary, day: Day) -> Course {
        self.walk(diary, day, |_, _| {})
    }

    /// The same, telling each run of days with the days counted after it.
    pub fn walk(&self, diary: &Diary, day: Day, mut tell: impl FnMut(Span, u16)) -> Course {
        let mut course = Course {
            counted: 0,
            missed: 0,
            ends: None,
        };
        // `total` includes the days that are only expected to count.
        let (mut total, mut counted, mut missed) = (0u16, 0u16, 0u16);
        let mut full = self.start;
        for mut span in Spans::new(self, diary, day) {
            let needed = self.days.saturating_sub(total);
            if needed == 0 {
                break;
            }
            let counts = match span.kind {
                SpanKind::Known | SpanKind::Reported | SpanKind::Expected => true,
                SpanKind::Missed | SpanKind::Open => self.policy == Policy::Ignore,
            };
            if counts {
                span.to = span.to.min(span.from.plus(i32::from(needed) - 1));
            }
            let length = span.length();
            if counts {
                total = total.saturating_add(length);
                if span.kind != SpanKind::Expected {
                    counted = counted.saturating_add(length);
                }
            }
            if span.kind == SpanKind::Missed {
                missed = missed.saturating_add(length);
                if self.policy == Policy::Restart {
                    (total, counted) = (0, 0);
                }
            }
            if span.to <= day {
                (course.counted, course.missed) = (counted, missed);
            }
            full = span.to;
            tell(span, total);
        }
        course.ends = self.end(full);
        course
    }

    /// The last covered day, where the days are full on `full`.
    fn end(&self, full: Day) -> Option<Day> {
        let before = self.cleared.map(|date| date.plus(-1));
        match self.clearance {
            ClearanceMode::None => Some(full),
            ClearanceMode::May => Some(before.map_or(full, |before| full.min(before))),
            ClearanceMode::Must => before.map(|before| full.max(before)),
        }
    }
}

#[cfg(test)]
mod tests;
