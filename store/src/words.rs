//! Rows that come as words of one text. The engine's own thread hands over row by row, and waking the reader for each
//! costs more than finding it: what is asked about many at a time comes as one text for each piece of them, people apart
//! by `;` and words by spaces.

use std::str::FromStr;

/// The rows of some texts, each read by `read`.
pub(crate) fn rows<T>(
    texts: &[Option<String>],
    what: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> sqlx::Result<Vec<T>> {
    let rows = texts.iter().flatten().flat_map(|text| text.split(';'));
    rows.map(|row| read(row).ok_or_else(|| sqlx::Error::Decode(what.into())))
        .collect()
}

/// The next word as a number.
pub(crate) fn number<'a, T: FromStr>(words: &mut impl Iterator<Item = &'a str>) -> Option<T> {
    words.next()?.parse().ok()
}

/// A word that may be missing, for which `-` stands.
pub(crate) fn missing<T: FromStr>(word: &str) -> Result<Option<T>, T::Err> {
    let word = Some(word).filter(|word| *word != "-");
    word.map(str::parse).transpose()
}

/// The parts of a word, none where `-` stands for them.
pub(crate) fn parts(word: &str, between: char) -> impl Iterator<Item = &str> {
    let word = Some(word).filter(|word| *word != "-");
    word.into_iter().flat_map(move |word| word.split(between))
}

/// What a byte is worth as a hexadecimal digit; more than 15 where it is none.
const DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut worth: u8 = 0;
    while worth < 16 {
        // SQLite writes capitals, PostgreSQL does not.
        digits[b"0123456789ABCDEF"[worth as usize] as usize] = worth;
        digits[b"0123456789abcdef"[worth as usize] as usize] = worth;
        worth += 1;
    }
    digits
};

/// A word of hexadecimal digits. Half of what comes as words is made of them: each is looked up without asking first whether
/// it is one.
pub(crate) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let mut all = 0;
    let bytes = pairs.iter().map(|pair| {
        let [high, low] = pair.map(|digit| DIGITS[usize::from(digit)]);
        all |= high | low;
        high << 4 | low
    });
    let bytes = bytes.collect();
    (rest.is_empty() && all < 16).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_either_engine_writes_them_and_nothing_else_is() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let capitals: String = all.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(bytes(&capitals).as_ref(), Some(&all));
        assert_eq!(bytes(&capitals.to_lowercase()).as_ref(), Some(&all));
        assert_eq!(bytes(""), Some(Vec::new()));
        for wrong in [
            "0", "012", "0g", "G0", "-1", " 1", "0/", "0:", "0@", "0`", "é",
        ] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
