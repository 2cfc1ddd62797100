//! Mobile numbers of mainland China.

use super::text::clean;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A mobile number of mainland China: 11 digits, 13x–19x. `Debug` shows only the last four digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// The text is not one mobile number of mainland China.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mobile number")]
pub struct PhoneError;

impl Phone {
    /// Reads a number as people type it: full-width digits, spaces, dashes and +86 are accepted.
    ///
    /// # Errors
    /// Anything that is not exactly one mobile number; fixed lines cannot receive messages.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text: String = clean(text)
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{2010}'..='\u{2015}'))
            .collect();
        let digits = ["+86", "0086", "86"]
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix).filter(|rest| rest.len() == 11))
            .unwrap_or(&text);
        let all_digits = digits.bytes().all(|b| b.is_ascii_digit());
        match digits.as_bytes() {
            [b'1', b'3'..=b'9', ..] if digits.len() == 11 && all_digits => {
                Ok(Self(digits.to_owned()))
            }
            _ => Err(PhoneError),
        }
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four digits, by which a guardian is asked for it.
    pub fn last_four(&self) -> &str {
        super::last_four(&self.0)
    }
}

impl FromStr for Phone {
    type Err = PhoneError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone(…{})", self.last_four())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_number_is_read_however_it_is_typed() {
        for text in [
            "19900000001",
            " 199 0000 0001 ",
            "199-0000-0001",
            "+86 19900000001",
            "+86-199-0000-0001",
            "008619900000001",
            "8619900000001",
            "(+86)19900000001",
            "１９９０００００００１",
            "\u{202D}19900000001\u{202C}",
        ] {
            assert_eq!(
                Phone::parse(text).unwrap().as_str(),
                "19900000001",
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "1990000000",
            "199000000011",
            "29900000001",
            "12900000001",
            "0572-3012345",
            "1990000000l",
            "19900000001/19900000002",
            "无",
            "+1 2025550123",
        ] {
            assert_eq!(Phone::parse(text), Err(PhoneError), "{text}");
        }
    }

    #[test]
    fn debug_output_gives_nobody_away() {
        assert_eq!(
            format!("{:?}", Phone::parse("19900004321").unwrap()),
            "Phone(…4321)"
        );
    }
}
