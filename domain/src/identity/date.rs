//! Dates as they stand in rosters.

use super::text::clean;
use crate::Day;

/// Day 0 of spreadsheet serial numbers from 61 on: 1899-12-30.
const SERIAL_EPOCH: Day = Day(-25_569);

/// Reads a date: `2012-11-27`, `2012/11/27`, `2012.11.27`, `20121127`, `2012年11月27日` (with a time of
/// day behind it or not), or the five digits of a spreadsheet's serial number (1900 system).
///
/// `None` for anything else, two-digit years and days before months among it: they would be guesses.
pub fn parse_date(text: &str) -> Option<Day> {
    let text = clean(text);
    if text.contains('年') {
        let compact: String = text.split_whitespace().collect();
        let dashed = compact
            .trim_end_matches(['日', '号'])
            .replace(['年', '月'], "-");
        return parse_parts(&dashed);
    }
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((&text, ""));
    if !time
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z' | ' '))
    {
        return None;
    }
    if date.bytes().all(|b| b.is_ascii_digit()) {
        return match date.len() {
            5 => serial_date(date.parse().ok()?),
            8 => parse_parts(&format!(
                "{}-{}-{}",
                date.get(..4)?,
                date.get(4..6)?,
                date.get(6..)?
            )),
            _ => None,
        };
    }
    parse_parts(date)
}

/// The day of a spreadsheet's serial number in the 1900 system; a time of day is dropped.
///
/// Numbers below 61 fall before the leap day of 1900 that never was, and are refused, like those
/// after 9999-12-31.
pub fn serial_date(serial: f64) -> Option<Day> {
    if !(61.0..2_958_466.0).contains(&serial) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked above"
    )]
    let days = serial.floor() as i32;
    Some(SERIAL_EPOCH.plus(days))
}

fn parse_parts(text: &str) -> Option<Day> {
    let mut parts = text.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let well_formed =
        year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
    if parts.next().is_some() || !well_formed || ![year, month, day].into_iter().all(digits) {
        return None;
    }
    Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_usual_way_to_write_a_date_is_read() {
        let expected = Day::from_ymd(2012, 11, 27);
        for text in [
            "2012-11-27",
            "2012/11/27",
            "2012.11.27",
            "20121127",
            "2012年11月27日",
            "2012 年 11 月 27 日",
            "2012年11月27",
            "2012-11-27 00:00:00",
            "2012-11-27T00:00:00Z",
            "２０１２－１１－２７",
            "41240",
            " 2012/11/27 ",
        ] {
            assert_eq!(parse_date(text), expected, "{text}");
        }
        assert_eq!(parse_date("2012/1/5"), Day::from_ymd(2012, 1, 5));
        assert_eq!(parse_date("2012年1月5日"), Day::from_ymd(2012, 1, 5));
        assert_eq!(serial_date(41_240.75), expected);
        assert_eq!(serial_date(61.0), Day::from_ymd(1900, 3, 1));
    }

    #[test]
    fn what_is_no_date_or_a_guess_is_refused() {
        for text in [
            "",
            "2012-02-30",
            "2013-02-29",
            "2012-13-01",
            "12-11-27",
            "27/11/2012",
            "2012-11",
            "2012年11月",
            "201211",
            "2012-11-27 上午",
            "+2012-1-1",
            "2012--1-1",
            "不详",
            "9",
            "00060",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        for serial in [f64::NAN, -1.0, 0.0, 60.0, 1e9] {
            assert_eq!(serial_date(serial), None);
        }
    }

    proptest! {
        #[test]
        fn a_day_survives_being_written(days in 0i32..40_000) {
            let (year, month, day) = Day(days).ymd();
            for text in [
                Day(days).to_string(), format!("{year}/{month}/{day}"), format!("{year}{month:02}{day:02}"),
                format!("{year}年{month}月{day}日"), (days + 25_569).to_string(),
            ] {
                prop_assert_eq!(parse_date(&text), Some(Day(days)));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,16}") {
            let _ = parse_date(&text);
        }
    }
}
