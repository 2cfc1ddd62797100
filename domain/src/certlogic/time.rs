//! Dates and times as the specification has them: milliseconds, UTC, JavaScript's overflow.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Timelike};
use std::fmt;

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// What `plusTime` adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Hour,
}

impl Unit {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "year" => Self::Year,
            "month" => Self::Month,
            "day" => Self::Day,
            "hour" => Self::Hour,
            _ => return None,
        })
    }
}

/// The latest and earliest moment of JavaScript's `Date`, in milliseconds.
const RANGE: i64 = 8_640_000_000_000_000;
const HOUR: i64 = 3_600_000;

impl Moment {
    fn new(millis: i64) -> Option<Self> {
        (-RANGE..=RANGE).contains(&millis).then_some(Self(millis))
    }

    fn midnight(date: NaiveDate) -> Self {
        Self(date.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
    }

    /// A date (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`) or a date with a time, as `plusTime` reads them. Digits after
    /// the milliseconds are dropped; without an offset it is UTC.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('T') {
            None => Self::parse_birth_date(text),
            Some((date, time)) => Self::parse_with_time(date, time),
        }
    }

    /// A date of birth, which may be partial: the last day that fits it.
    pub(super) fn parse_birth_date(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let year = i32::try_from(year).ok()?;
        let date = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => NaiveDate::from_ymd_opt(year, 12, 31),
            (Some(month), None, _) => NaiveDate::from_ymd_opt(year, digits(month, 2)?, 1)
                .and_then(|first| first.checked_add_months(Months::new(1)))
                .and_then(|next| next.pred_opt()),
            (Some(month), Some(day), None) => {
                NaiveDate::from_ymd_opt(year, digits(month, 2)?, digits(day, 2)?)
            }
            _ => None,
        };
        date.map(Self::midnight)
    }

    fn parse_with_time(date: &str, time: &str) -> Option<Self> {
        if date.len() != 10 {
            return None;
        }
        let clock = time.get(..8)?;
        let mut parts = clock.split(':');
        let (hour, minute, second) = (
            digits(parts.next()?, 2)?,
            digits(parts.next()?, 2)?,
            digits(parts.next()?, 2)?,
        );
        let mut rest = time.get(8..)?;
        let mut millis = 0;
        if let Some(fraction) = rest.strip_prefix('.') {
            let end = fraction
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(fraction.len());
            let decimals = fraction.get(..end).filter(|d| !d.is_empty())?;
            let three: String = decimals.chars().chain("00".chars()).take(3).collect();
            millis = three.parse().ok()?;
            rest = fraction.get(end..)?;
        }
        let at = NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?;
        let midnight = Self::parse_birth_date(date)?;
        let since_midnight = i64::from(at.num_seconds_from_midnight()) * 1_000 + i64::from(millis);
        Self::new(midnight.0 + since_midnight - offset(rest)?)
    }

    /// This moment plus an amount. A day that its month does not have runs over into the next, as JavaScript's
    /// `Date` does. `None` beyond the range of dates.
    pub(super) fn plus(self, amount: i64, unit: Unit) -> Option<Self> {
        match unit {
            Unit::Hour => Self::new(self.0.checked_add(amount.checked_mul(HOUR)?)?),
            Unit::Day => Self::new(self.0.checked_add(amount.checked_mul(24 * HOUR)?)?),
            Unit::Month => self.plus_months(amount),
            Unit::Year => self.plus_months(amount.checked_mul(12)?),
        }
    }

    fn plus_months(self, amount: i64) -> Option<Self> {
        let then = DateTime::from_timestamp_millis(self.0)?;
        let months = i64::from(then.year()) * 12 + i64::from(then.month0());
        let months = months.checked_add(amount)?;
        let year = i32::try_from(months.div_euclid(12)).ok()?;
        let month = u32::try_from(months.rem_euclid(12)).ok()? + 1;
        let date = NaiveDate::from_ymd_opt(year, month, 1)?
            .checked_add_days(Days::new(u64::from(then.day0())))?;
        Self::new(date.and_time(then.time()).and_utc().timestamp_millis())
    }
}

/// An offset from UTC in milliseconds: nothing, `Z`, `+h`, `+hh`, `+hmm`, `+hhmm`, `+h:mm` or `+hh:mm`.
fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Some(0),
        Some(b'Z') => return (text.len() == 1).then_some(0),
        Some(b'+') => (1, text.get(1..)?),
        Some(b'-') => (-1, text.get(1..)?),
        Some(_) => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None => rest.split_at_checked(if rest.len() > 2 {
            rest.len() - 2
        } else {
            rest.len()
        })?,
    };
    let hours = digits(hours, 1).or_else(|| digits(hours, 2))?;
    let minutes = if minutes.is_empty() && !rest.ends_with(':') {
        0
    } else {
        digits(minutes, 2)?
    };
    let is_offset = hours < 24 && minutes < 60;
    is_offset.then_some(sign * (i64::from(hours) * 60 + i64::from(minutes)) * 60_000)
}

/// A number of just so many ASCII digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let is_plain = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Moment {
    /// As JavaScript writes it: `2021-05-18T00:00:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_millis(self.0) {
            Some(moment) => write!(f, "{}", moment.format("%Y-%m-%dT%H:%M:%S%.3fZ")),
            None => write!(f, "{} ms", self.0),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_in_all_their_forms() {
        let table = [
            ("2021", "2021-12-31T00:00:00.000Z"),
            ("2020-02", "2020-02-29T00:00:00.000Z"),
            ("2021-12", "2021-12-31T00:00:00.000Z"),
            ("2021-05-18", "2021-05-18T00:00:00.000Z"),
            ("2021-05-18T01:02:03", "2021-05-18T01:02:03.000Z"),
            ("2021-05-18T01:02:03Z", "2021-05-18T01:02:03.000Z"),
            ("2021-05-18T01:02:03+1", "2021-05-18T00:02:03.000Z"),
            ("2021-05-18T01:02:03+01", "2021-05-18T00:02:03.000Z"),
            ("2021-05-18T01:02:03+130", "2021-05-17T23:32:03.000Z"),
            ("2021-05-18T01:02:03-0130", "2021-05-18T02:32:03.000Z"),
            ("2021-05-18T01:02:03+1:30", "2021-05-17T23:32:03.000Z"),
            ("2021-05-18T01:02:03-01:30", "2021-05-18T02:32:03.000Z"),
            ("2021-05-18T01:02:03.4", "2021-05-18T01:02:03.400Z"),
            ("2021-05-18T01:02:03.45678Z", "2021-05-18T01:02:03.456Z"),
            ("2021-05-18T01:02:03.004+08:00", "2021-05-17T17:02:03.004Z"),
        ];
        for (text, expected) in table {
            assert_eq!(Moment::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "21",
            "2021-",
            "2021-13",
            "2021-02-30",
            "2021-2-3",
            "2021-05-18T",
            "2021-05-18T25:00:00Z",
            "2021-05-18T01:02Z",
            "2021-05-18 01:02:03",
            "2021-05-18T01:02:03.",
            "2021-05-18T01:02:03z",
            "2021-05-18T01:02:03+",
            "2021-05-18T01:02:03+1:",
            "2021-05-18T01:02:03+24:00",
            "2021-05-18T01:02:03+01:60",
            "2021-05-18T01:02:03+00130",
            "2021-05T01:02:03Z",
            "+021-05-18",
            "二〇二一",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn leap_days_run_over_as_the_specification_says() {
        let table = [
            ("2020-02-29", 1, Unit::Day, "2020-03-01"),
            ("2020-02-29", 1, Unit::Month, "2020-03-29"),
            ("2020-02-29", 1, Unit::Year, "2021-03-01"),
            ("2020-02-29", -1, Unit::Year, "2019-03-01"),
            ("2021-01-31", 1, Unit::Month, "2021-03-03"),
            ("2021-03-31", -1, Unit::Month, "2021-03-03"),
            ("2021-01-15", -1, Unit::Month, "2020-12-15"),
            ("2021-12-31", 24, Unit::Hour, "2022-01-01"),
        ];
        for (from, amount, unit, expected) in table {
            let moment = Moment::parse(from).unwrap().plus(amount, unit).unwrap();
            assert_eq!(
                moment,
                Moment::parse(expected).unwrap(),
                "{from} {amount} {unit:?}"
            );
        }
        let start = Moment::parse("2021-01-01").unwrap();
        for unit in [Unit::Year, Unit::Month, Unit::Day, Unit::Hour] {
            for amount in [i64::MIN, i64::MAX] {
                assert_eq!(start.plus(amount, unit), None, "{unit:?}");
            }
        }
    }
}
