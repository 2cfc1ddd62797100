//! A temperature as people type it.

use domain::identity::to_half_width;
use domain::report::{TEMPERATURE_MAX, TEMPERATURE_MIN};

/// What a typed temperature means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing was typed.
    Nothing,
    /// A temperature in tenths of a degree Celsius.
    Tenths(u16),
    /// Out of range, with what was probably meant, where that can be said.
    Off(Option<u16>),
}

/// Reads `37.8`, `37,8`, `37。8`, `３７．８`, `37.8℃`, `37`.
pub(super) fn read(text: &str) -> Typed {
    let plain: String = to_half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '℃' | '°' | 'C' | 'c' | '度'))
        .map(|c| {
            if matches!(c, ',' | '。' | '、' | '．') {
                '.'
            } else {
                c
            }
        })
        .collect();
    if plain.is_empty() {
        return Typed::Nothing;
    }
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(rest) || whole.is_empty() || whole.len() > 4 {
        return Typed::Off(None);
    }
    let number: u16 = whole.parse().unwrap_or(u16::MAX);
    let in_range = |tenths: &u16| (TEMPERATURE_MIN..=TEMPERATURE_MAX).contains(tenths);
    let tenth: u16 = rest.get(..1).and_then(|d| d.parse().ok()).unwrap_or(0);
    let tenths = number.saturating_mul(10).saturating_add(tenth);
    match rest.trim_end_matches('0').len() {
        0 | 1 if in_range(&tenths) => Typed::Tenths(tenths),
        // A second decimal: nobody measures so finely; the higher tenth is the careful reading.
        2.. => Typed::Off(Some(tenths.saturating_add(1)).filter(in_range)),
        // The point is missing: 378, 3780.
        _ if rest.is_empty() && in_range(&number) => Typed::Off(Some(number)),
        _ if rest.is_empty() && number.is_multiple_of(10) && in_range(&(number / 10)) => {
            Typed::Off(Some(number / 10))
        }
        _ => Typed::Off(None),
    }
}

/// Tenths as a form field holds them: `37.8`.
pub(super) fn typed(tenths: u16) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_read_however_it_is_typed() {
        for text in [
            "37.8",
            "37,8",
            "37。8",
            "３７．８",
            " 37.8 ℃",
            "37.80",
            "37.8度",
        ] {
            assert_eq!(read(text), Typed::Tenths(378), "{text}");
        }
        assert_eq!(read("37"), Typed::Tenths(370));
        assert_eq!(
            (read("34.0"), read("43.0")),
            (Typed::Tenths(340), Typed::Tenths(430))
        );
        assert_eq!(read("  "), Typed::Nothing);
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_was_probably_meant() {
        assert_eq!(read("378"), Typed::Off(Some(378)));
        assert_eq!(read("３７８"), Typed::Off(Some(378)));
        assert_eq!(read("3780"), Typed::Off(Some(378)));
        assert_eq!(read("37.25"), Typed::Off(Some(373)));
        for text in [
            "33.9",
            "43.1",
            "99",
            "-37",
            "abc",
            "3.7.8",
            ".8",
            "99999999999",
        ] {
            assert_eq!(read(text), Typed::Off(None), "{text}");
        }
    }
}
