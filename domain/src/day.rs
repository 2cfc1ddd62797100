//! Calendar days and the zones that turn instants into them.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar day, counted from 1970-01-01. It has no time zone; a [`Zone`] says which day an instant is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// Both engines keep a day as they keep every number, in 64 bits.
#[cfg(feature = "sqlx")]
impl<DB: sqlx::Database> sqlx::Type<DB> for Day
where
    i64: sqlx::Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        i64::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        i64::compatible(ty)
    }
}

#[cfg(feature = "sqlx")]
impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for Day
where
    i64: sqlx::Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        Ok(Self(i64::decode(value)?.try_into()?))
    }
}

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct Millis(pub i64);

/// The text is not a date of the form `2020-09-17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date")]
pub struct ParseDayError;

const EPOCH_FROM_CE: i32 = 719_163;

impl Day {
    /// The day of a Gregorian date, or `None` where there is no such date.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from)
    }

    /// The Gregorian date of this day; days beyond chrono's range (±262,000 years) read as the epoch.
    pub fn date(self) -> NaiveDate {
        self.0
            .checked_add(EPOCH_FROM_CE)
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .unwrap_or_default()
    }

    /// `days` later (earlier when negative), held at the ends of the range.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// Days from `earlier` to this day; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// Year, month (1–12) and day of the month (1–31).
    pub fn ymd(self) -> (i32, u32, u32) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// Day of the week, Monday = 0 … Sunday = 6.
    pub fn weekday(self) -> u32 {
        self.date().weekday().num_days_from_monday()
    }

    /// Saturday or Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self.date().weekday(), Weekday::Sat | Weekday::Sun)
    }
}

/// The `count` days before `day`, the earliest first.
pub(crate) fn days_back(day: Day, count: i32) -> impl Iterator<Item = Day> {
    (1..=count).rev().map(move |back| day.plus(-back))
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce() - EPOCH_FROM_CE)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().format("%Y-%m-%d").fmt(f)
    }
}

impl FromStr for Day {
    type Err = ParseDayError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self::from)
            .map_err(|_| ParseDayError)
    }
}

/// A time zone of the IANA database, for example `Asia/Shanghai`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(chrono_tz::Tz);

/// The name is not in the IANA time zone database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone")]
pub struct UnknownZone;

impl Zone {
    /// The zone of mainland China, the default of a new region.
    pub const SHANGHAI: Self = Self(chrono_tz::Asia::Shanghai);

    /// The zone's name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The calendar day of an instant in this zone.
    pub fn day_of(self, at: Millis) -> Day {
        self.local(at).date_naive().into()
    }

    /// Minutes since local midnight, 0–1439.
    pub fn minute_of(self, at: Millis) -> u32 {
        let local = self.local(at);
        local.hour() * 60 + local.minute()
    }

    /// Seconds within the local day, 0–86399.
    pub fn second_of(self, at: Millis) -> u32 {
        self.local(at).num_seconds_from_midnight()
    }

    /// The instant of `minute` minutes after midnight of `day`; in a gap of daylight saving, the gap's end.
    pub fn at(self, day: Day, minute: u32) -> Millis {
        let naive = day.date().and_hms_opt(0, 0, 0).unwrap_or_default()
            + chrono::Duration::minutes(i64::from(minute));
        let mut probe = naive;
        for _ in 0..48 {
            if let Some(found) = self.0.from_local_datetime(&probe).earliest() {
                return Millis(found.timestamp_millis());
            }
            probe += chrono::Duration::minutes(15);
        }
        Millis(naive.and_utc().timestamp_millis())
    }

    fn local(self, at: Millis) -> DateTime<chrono_tz::Tz> {
        DateTime::<Utc>::from_timestamp_millis(at.0)
            .unwrap_or_default()
            .with_timezone(&self.0)
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse().map(Self).map_err(|_| UnknownZone)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_from_1970() {
        assert_eq!(Day(0).to_string(), "1970-01-01");
        assert_eq!(
            "2020-02-29".parse::<Day>().unwrap().next().to_string(),
            "2020-03-01"
        );
        assert_eq!("2020-02-30".parse::<Day>(), Err(ParseDayError));
    }

    #[test]
    fn an_instant_belongs_to_the_day_of_its_zone() {
        let late_evening_utc = Millis(1_600_293_600_000); // 2020-09-16T22:00:00Z
        assert_eq!(
            Zone::SHANGHAI.day_of(late_evening_utc).to_string(),
            "2020-09-17"
        );
        assert_eq!(Zone::SHANGHAI.minute_of(late_evening_utc), 6 * 60);
        let urumqi: Zone = "Asia/Urumqi".parse().unwrap();
        assert_eq!(urumqi.minute_of(late_evening_utc), 4 * 60);
        let day = Zone::SHANGHAI.day_of(late_evening_utc);
        assert_eq!(Zone::SHANGHAI.at(day, 360), late_evening_utc);
    }
}
