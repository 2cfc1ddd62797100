//! The citizen identity number of GB 11643-1999.

use super::text::clean;
use crate::Day;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A valid citizen identity number (公民身份号码): 18 characters, of which 7–14 are the birth date
/// and the last is the check digit by ISO 7064 MOD 11-2.
///
/// The region digits are not looked up: regions are dissolved, while numbers stay for life.
/// `Debug` shows only the last four characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NationalId {
    text: String,
    birth: Day,
}

/// Why a text is not an identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NationalIdError {
    /// Not 17 digits and a digit or X.
    #[error("not 18 characters of an identity number")]
    Form,
    /// The check digit does not fit: something was typed wrong.
    #[error("wrong check digit")]
    CheckDigit,
    /// The check digit fits, but the birth date in it does not exist.
    #[error("no such birth date")]
    BirthDate,
}

/// Weights of the first 17 digits, GB 11643-1999, table in 4.2.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character of each remainder of the weighted sum by 11.
const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

impl NationalId {
    /// Reads a number as people type it: full-width digits, a small x and spaces are accepted.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order form, check digit, birth date.
    pub fn parse(text: &str) -> Result<Self, NationalIdError> {
        let text: String = clean(text)
            .to_ascii_uppercase()
            .split_whitespace()
            .collect();
        let (digits, check) = text.split_at_checked(17).ok_or(NationalIdError::Form)?;
        let digits: Vec<u32> = digits
            .chars()
            .map(|c| c.to_digit(10))
            .collect::<Option<_>>()
            .ok_or(NationalIdError::Form)?;
        if digits.len() != 17 || !matches!(check.as_bytes(), [b'0'..=b'9' | b'X']) {
            return Err(NationalIdError::Form);
        }
        let sum: u32 = digits
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| digit * weight)
            .sum();
        let expected = CHECK.iter().cycle().nth((sum % 11) as usize);
        if check.chars().next().as_ref() != expected {
            return Err(NationalIdError::CheckDigit);
        }
        let number = |range: std::ops::Range<usize>| {
            digits
                .get(range)
                .map(|part| part.iter().fold(0, |sum, digit| sum * 10 + digit))
        };
        let birth = (|| {
            Day::from_ymd(
                i32::try_from(number(6..10)?).ok()?,
                number(10..12)?,
                number(12..14)?,
            )
        })()
        .ok_or(NationalIdError::BirthDate)?;
        Ok(Self { text, birth })
    }

    /// The 18 characters, X as a capital.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The birth date in the number.
    pub fn birth_date(&self) -> Day {
        self.birth
    }

    /// The last four characters, by which a guardian without a telephone is asked for it.
    pub fn last_four(&self) -> &str {
        super::last_four(&self.text)
    }
}

impl FromStr for NationalId {
    type Err = NationalIdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for NationalId {
    type Error = NationalIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NationalId> for String {
    fn from(id: NationalId) -> Self {
        id.text
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalId(…{})", self.last_four())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Invented numbers with region digits that belong to no region.
    const GOOD: [&str; 4] = [
        "990119201304238444",
        "99011520071228436X",
        "990113201302063021",
        "99010920070408909X",
    ];

    #[test]
    fn good_numbers_are_read_however_they_are_typed() {
        for text in GOOD {
            assert_eq!(NationalId::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "99011520071228436x",
            " 990115 20071228 436X ",
            "９９０１１５２００７１２２８４３６Ｘ",
        ] {
            assert_eq!(NationalId::parse(text).unwrap().as_str(), GOOD[1]);
        }
        assert_eq!(
            NationalId::parse(GOOD[0]).unwrap().birth_date(),
            Day::from_ymd(2013, 4, 23).unwrap()
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for text in [
            "",
            "99011920130423844",
            "9901192013042384444",
            "99011920130423844A",
            "X90119201304238444",
            "身份证号九九零一一九身份证号身份",
        ] {
            assert_eq!(
                NationalId::parse(text),
                Err(NationalIdError::Form),
                "{text}"
            );
        }
        assert_eq!(
            NationalId::parse("990119201304238445"),
            Err(NationalIdError::CheckDigit)
        );
        assert_eq!(
            NationalId::parse(&with_check("99011920130230844")),
            Err(NationalIdError::BirthDate)
        );
    }

    #[test]
    fn debug_output_gives_nobody_away() {
        assert_eq!(
            format!("{:?}", NationalId::parse(GOOD[0]).unwrap()),
            "NationalId(…8444)"
        );
    }

    fn with_check(first: &str) -> String {
        (0..=9)
            .map(|d| format!("{first}{d}"))
            .chain([format!("{first}X")])
            .find(|text| NationalId::parse(text) != Err(NationalIdError::CheckDigit))
            .unwrap()
    }

    proptest! {
        #[test]
        fn any_single_wrong_digit_is_caught(
            region in 0u32..=999_999, days in 0i32..20_000, serial in 0u32..1000, at in 0usize..17, by in 1u32..10,
        ) {
            let (year, month, day) = Day(days).ymd();
            let good = with_check(&format!("{region:06}{year:04}{month:02}{day:02}{serial:03}"));
            prop_assert_eq!(NationalId::parse(&good).unwrap().birth_date(), Day(days));
            let wrong: String = good.chars().enumerate().map(|(i, c)| {
                if i == at { char::from_digit((c.to_digit(10).unwrap() + by) % 10, 10).unwrap() } else { c }
            }).collect();
            prop_assert_eq!(NationalId::parse(&wrong), Err(NationalIdError::CheckDigit));
        }

        #[test]
        fn two_exchanged_neighbours_are_caught(days in 0i32..20_000, serial in 0u32..1000, at in 0usize..16) {
            let (year, month, day) = Day(days).ymd();
            let good = with_check(&format!("990119{year:04}{month:02}{day:02}{serial:03}"));
            let mut typed: Vec<char> = good.chars().collect();
            typed.swap(at, at + 1);
            let typed: String = typed.into_iter().collect();
            prop_assume!(typed != good);
            prop_assert_eq!(NationalId::parse(&typed), Err(NationalIdError::CheckDigit));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = NationalId::parse(&text);
        }
    }
}
