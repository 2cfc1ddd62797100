//! The short code: what a guard types when the QR code cannot be scanned.

use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 6;

/// Six characters that stand for a holder: 30 bits, so two people may have the same, which one list tells apart.
/// It proves nothing; who types it reads it off a card or a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortCode(u32);

/// The text is not six characters of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a short code has six characters")]
pub struct NotAShortCode;

/// The short code of a holder.
pub fn short_code(holder: u64) -> ShortCode {
    let digest = Sha256::new()
        .chain_update("fuxue-short")
        .chain_update(holder.to_be_bytes())
        .finalize();
    let first = digest
        .iter()
        .take(4)
        .fold(0, |bits, byte| bits << 8 | u32::from(*byte));
    ShortCode(first >> 2)
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..LENGTH).rev().try_for_each(|place| {
            let digit = (self.0 >> (place * 5) & 31) as usize;
            let character = ALPHABET.get(digit).copied().unwrap_or_default();
            write!(f, "{}", char::from(character))
        })
    }
}

/// Reads what was typed: capitals or not, with or without hyphens and spaces, O as 0, I and L as 1.
impl FromStr for ShortCode {
    type Err = NotAShortCode;
    fn from_str(text: &str) -> Result<Self, NotAShortCode> {
        let typed = text.chars().filter(|c| !matches!(c, ' ' | '-'));
        let digits: Vec<u32> = typed
            .map(|c| digit(c).ok_or(NotAShortCode))
            .collect::<Result<_, _>>()?;
        if digits.len() != LENGTH {
            return Err(NotAShortCode);
        }
        Ok(Self(
            digits.into_iter().fold(0, |bits, digit| bits << 5 | digit),
        ))
    }
}

fn digit(typed: char) -> Option<u32> {
    let character = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    (0..)
        .zip(ALPHABET)
        .find_map(|(digit, known)| (char::from(*known) == character).then_some(digit))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_code_of_a_holder_never_changes() {
        // Printed on cards: a change would void every one of them.
        assert_eq!(short_code(1).to_string(), "NSP0BE");
        assert_eq!(short_code(0x0123_4567_89ab_cdef).to_string(), "MJ0SE5");
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_them() {
        let code: ShortCode = "O1IL0o".parse().unwrap();
        assert_eq!(code.to_string(), "011100");
        assert_eq!("o1i-l0 O".parse(), Ok(code));
    }

    #[test]
    fn what_is_no_short_code_is_refused() {
        for text in ["", "12345", "1234567", "12345U", "12345*", "一二三四五六"] {
            assert_eq!(text.parse::<ShortCode>(), Err(NotAShortCode), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_typed(holder: u64) {
            let code = short_code(holder);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(code.to_string().to_lowercase().parse(), Ok(code));
        }
    }
}
