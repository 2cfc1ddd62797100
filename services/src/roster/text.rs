//! Text tables: their encoding, their separator, their rows.

use super::error::ReadError;
use super::read::{MAX_COLUMNS, MAX_ROWS};
use domain::roster::{Cell, Line};
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// More line breaks than this in one cell come from a quotation mark that nobody closed.
const MAX_BREAKS: usize = 20;
/// The separators, the usual one first.
const SEPARATORS: [u8; 3] = *b",;\t";
/// The separator is judged by so many lines.
const JUDGED_LINES: usize = 10;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Line>, ReadError> {
    let text = decode(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let controls = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        .count();
    if text.contains('\0') || controls * 1000 > text.len() {
        return Err(ReadError::NotATable);
    }
    let text = text.trim_end().to_owned() + "\n";
    let separator = separator(&text);
    match split(&text, separator, true)? {
        Some(lines) => Ok(lines),
        None => split(&text, separator, false).map(Option::unwrap_or_default),
    }
}

fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (_, body) = bytes.split_at(mark);
        return encoding.decode_without_bom_handling(body).0.into_owned();
    }
    // UTF-16 without a mark: separators and digits leave a zero in every other byte.
    let zeros = |odd: usize| {
        bytes
            .iter()
            .take(4096)
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (high, low) = (zeros(0), zeros(1));
    if (high + low) * 10 > bytes.len().min(4096) {
        let encoding = if low > high { UTF_16LE } else { UTF_16BE };
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    let (utf8, damaged) = UTF_8.decode_without_bom_handling(bytes);
    // A file with a few broken bytes is still UTF-8: the rows with them become faults.
    let lost = utf8
        .chars()
        .filter(|c| *c == char::REPLACEMENT_CHARACTER)
        .count();
    let others = utf8.chars().filter(|c| !c.is_ascii()).count() - lost;
    if !damaged || lost * 10 < others {
        return utf8.into_owned();
    }
    GB18030.decode_without_bom_handling(bytes).0.into_owned()
}

/// The separator of which a line has most, outside quotation marks.
fn separator(text: &str) -> u8 {
    let most = |separator: u8| {
        text.lines()
            .take(JUDGED_LINES)
            .map(|line| {
                let mut quoted = false;
                line.bytes()
                    .filter(|byte| {
                        quoted ^= *byte == b'"';
                        !quoted && *byte == separator
                    })
                    .count()
            })
            .max()
    };
    // The first of equals: `max_by_key` would take the last.
    SEPARATORS
        .into_iter()
        .rev()
        .max_by_key(|separator| most(*separator))
        .unwrap_or(b',')
}

/// The rows, or `None` where an unclosed quotation mark has swallowed some.
fn split(text: &str, separator: u8, quoting: bool) -> Result<Option<Vec<Line>>, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut lines = Vec::new();
    // A spreadsheet counts a record as one row, however many lines of the file it takes.
    let mut inner_breaks = 0;
    let mut swallowed = false;
    while reader
        .read_record(&mut record)
        .map_err(|_| ReadError::NotATable)?
    {
        let breaks = |cell: &str| cell.bytes().filter(|byte| *byte == b'\n').count();
        if quoting && record.iter().any(|cell| breaks(cell) > MAX_BREAKS) {
            return Ok(None);
        }
        swallowed = record
            .iter()
            .next_back()
            .is_some_and(|cell| cell.contains('\n'));
        inner_breaks += record.iter().map(breaks).sum::<usize>();
        let row = usize::try_from(reader.position().line())
            .unwrap_or(usize::MAX)
            .saturating_sub(1 + inner_breaks);
        let number = u32::try_from(row).map_err(|_| ReadError::TooManyRows)?;
        let cells = record.iter().take(MAX_COLUMNS).map(|cell| match cell {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        });
        let line = Line {
            number,
            cells: cells.collect(),
        };
        if !line.is_blank() {
            if lines.len() == MAX_ROWS {
                return Err(ReadError::TooManyRows);
            }
            lines.push(line);
        }
    }
    // In the last rows there are few breaks to count; a mark without its partner tells.
    if quoting
        && swallowed
        && !text
            .bytes()
            .filter(|byte| *byte == b'"')
            .count()
            .is_multiple_of(2)
    {
        return Ok(None);
    }
    Ok(Some(lines))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const TABLE: &str = "学号,姓名,班级\n201900001,郭慧宇,一(1)班\n";

    fn table(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        read(bytes)
            .unwrap()
            .iter()
            .map(|line| (line.number, line.texts()))
            .collect()
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn the_encoding_is_recognised() {
        let expected = table(TABLE.as_bytes());
        assert_eq!(
            expected[1],
            (
                2,
                vec![
                    "201900001".to_owned(),
                    "郭慧宇".to_owned(),
                    "一(1)班".to_owned()
                ]
            )
        );
        let marked = format!("\u{FEFF}{TABLE}");
        for bytes in [
            marked.as_bytes().to_vec(),
            GB18030.encode(TABLE).0.into_owned(),
            utf16(TABLE, u16::to_le_bytes),
            utf16(TABLE, u16::to_be_bytes),
            utf16(&marked, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
        ] {
            assert_eq!(table(&bytes), expected);
        }
    }

    #[test]
    fn rare_characters_of_names_survive() {
        let bytes = GB18030
            .encode("学号,姓名,班级\n1,王㛃𠮷,一(1)班\n")
            .0
            .into_owned();
        assert_eq!(table(&bytes)[1].1[1], "王㛃𠮷");
    }

    #[test]
    fn a_broken_byte_damages_its_cell_only() {
        let mut bytes = "学号,姓名,班级\n1,郭慧宇,一(1)班\n2,黄怡,一(1)班\n"
            .repeat(4)
            .into_bytes();
        bytes[22 + 4] = 0xFF;
        let broken: Vec<bool> = table(&bytes)
            .iter()
            .map(|(_, cells)| cells.concat().contains('\u{FFFD}'))
            .collect();
        assert_eq!(broken.iter().filter(|broken| **broken).count(), 1);
    }

    #[test]
    fn the_separator_is_recognised() {
        let expected = table(TABLE.as_bytes());
        for separator in [";", "\t"] {
            assert_eq!(table(TABLE.replace(',', separator).as_bytes()), expected);
        }
        assert_eq!(table("\"甲,乙,丙\";丁;戊\n".as_bytes())[0].1.len(), 3);
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        for newline in ["\n", "\r\n", "\r"] {
            let text = "标题,,\n\n\n学号,\"家长\n手机\",班级\n\n1,\"甲\n乙\n丙\",3\n,,\n2,x,3"
                .replace('\n', newline);
            let numbers: Vec<u32> = table(text.as_bytes())
                .iter()
                .map(|(number, _)| *number)
                .collect();
            assert_eq!(numbers, [1, 4, 6, 8], "{newline:?}");
        }
    }

    #[test]
    fn an_unclosed_quotation_mark_swallows_nobody() {
        for broken in [1, 50, 99, 100] {
            let mark = |n| if n == broken { "\"" } else { "" };
            let rows: Vec<String> = (1..=100)
                .map(|n| format!("{n},{}甲,一(1)班", mark(n)))
                .collect();
            let text = format!("学号,姓名,班级\n{}", rows.join("\n"));
            assert_eq!(table(text.as_bytes()).len(), 101, "{broken}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(
            read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0"),
            Err(ReadError::NotATable)
        );
        assert_eq!(read(b""), Ok(vec![]));
    }
}
