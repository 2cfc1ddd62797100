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

/// A word of hexadecimal digits.
pub(crate) fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |d: u8| match d {
        b'0'..=b'9' => Some(d - b'0'),
        b'A'..=b'F' => Some(d - b'A' + 10),
        b'a'..=b'f' => Some(d - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    rest.is_empty().then(|| bytes.collect())?
}
