//! Short codes that people type: on invitation slips, and for setting a password.

use sha2::{Digest, Sha256};

/// Digits and letters without those that look alike (0 O, 1 I L, U V).
const ALPHABET: &[u8; 28] = b"23456789ABCDEFGHJKMNPQRSTWXY";
/// Letters of a code; twelve of 28 symbols are more than 57 bits.
const LENGTH: usize = 12;
const SYMBOLS: u8 = 28;

/// A code of twelve symbols, shown in groups of four.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// The code of 32 random bytes. Bytes that would favour some symbols are skipped.
    pub fn new(random: [u8; 32]) -> Self {
        let limit = u8::MAX - u8::MAX % SYMBOLS;
        let symbols = random
            .iter()
            .filter(|b| **b < limit)
            .map(|b| symbol(b % SYMBOLS));
        let fallback = random.iter().map(|b| symbol(b % SYMBOLS));
        Self(symbols.chain(fallback).take(LENGTH).collect())
    }

    /// Reads a code as people type it: any case, with or without spaces and dashes, full-width or not.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = domain::identity::to_half_width(text)
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let known = |c: char| ALPHABET.iter().any(|b| char::from(*b) == c);
        (text.chars().count() == LENGTH && text.chars().all(known)).then_some(Self(text))
    }

    /// Without separators, for links.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups of four, for people.
    pub fn grouped(&self) -> String {
        let symbols: Vec<char> = self.0.chars().collect();
        symbols
            .chunks(4)
            .map(|c| c.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join("-")
    }
}

fn symbol(place: u8) -> char {
    ALPHABET
        .get(usize::from(place))
        .map_or('2', |b| char::from(*b))
}

/// What the database keeps of a code. Fifty-seven random bits that live for days and die after five failures
/// need no slow hash.
pub(crate) fn code_hash(code: &Code) -> Vec<u8> {
    Sha256::digest(code.0.as_bytes()).to_vec()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = Code::new(std::array::from_fn(|i| u8::try_from(i * 7).unwrap()));
        assert_eq!(code.as_str().len(), LENGTH);
        assert_eq!(Code::parse(&code.grouped()), Some(code.clone()));
        assert_eq!(
            Code::parse(&format!(" {} ", code.as_str().to_lowercase())),
            Some(code)
        );
        for bad in ["", "2345", "2345-6789-ABC0", "2345-6789-ABCDE"] {
            assert_eq!(Code::parse(bad), None, "{bad}");
        }
    }
}
