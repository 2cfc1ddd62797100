//! From bytes to tables of cells, whatever program wrote them.

use super::error::ReadError;
use super::{text, workbook};
use domain::roster::Line;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Most rows with anything in them.
pub const MAX_ROWS: usize = 200_000;
/// Columns right of this one are not looked at.
pub const MAX_COLUMNS: usize = 256;

/// One table of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// The sheet's name; the file's for a text table.
    pub name: String,
    /// The rows that are not blank, ascending, numbered as the spreadsheet shows them.
    pub lines: Vec<Line>,
}

/// Reads the tables of a file: an `.xlsx` workbook, or text separated by commas, semicolons or tabs
/// in UTF-8, UTF-16 or GB 18030. The content decides which, not the name's ending.
///
/// This computes for up to some seconds: call it where blocking is allowed.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Vec<Sheet>, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook::read(bytes);
    }
    // The compound files of old Excel, which are also the envelope of encrypted workbooks.
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        let marker: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let locked = bytes.windows(marker.len()).any(|window| window == marker);
        return Err(if locked {
            ReadError::Locked
        } else {
            ReadError::OldExcel
        });
    }
    let lines = text::read(bytes)?;
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    Ok(vec![Sheet {
        name: name.to_owned(),
        lines,
    }])
}
