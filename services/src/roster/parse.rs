//! From a file to rows and faults.

use super::error::ReadError;
use super::read::{Sheet, read};
use domain::Day;
use domain::roster::{Checked, FoundHeader, Mapping, MappingProblem, check, find_header};

/// So many rows are shown on the page on which columns are mapped.
const SAMPLES: usize = 3;

/// A roster file as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The sheet that was taken: the one of which most columns were recognised.
    pub sheet: String,
    /// Other sheets that look like rosters and were not read. Say so: nobody expects half a school.
    pub other_sheets: Vec<String>,
    /// The row of the header as the spreadsheet numbers it.
    pub header_row: u32,
    /// The headers as written, from column A on.
    pub headers: Vec<String>,
    /// What each column means: as recognised, or as given.
    pub mapping: Mapping,
    /// What hinders reading by this mapping; where there is something, nothing was checked.
    pub problems: Vec<MappingProblem>,
    /// The cells of the first rows, to see what a column holds.
    pub samples: Vec<Vec<String>>,
    /// Rows and faults.
    pub checked: Checked,
}

impl Parsed {
    /// The headers of the columns that are not used, without the empty ones.
    pub fn ignored(&self) -> Vec<String> {
        let meanings = self.mapping.0.iter();
        let unused = self.headers.iter().zip(meanings);
        unused
            .filter(|(header, meaning)| meaning.is_none() && !header.is_empty())
            .map(|(header, _)| header.clone())
            .collect()
    }
}

/// Reads a roster file. `mapping` is what a person chose for the columns; without one they are
/// recognised by their headers. `today` is the school's calendar day.
///
/// This computes for up to some seconds: call it where blocking is allowed.
pub fn parse(
    bytes: &[u8],
    file_name: &str,
    mapping: Option<Mapping>,
    today: Day,
) -> Result<Parsed, ReadError> {
    let mut found: Vec<(Sheet, FoundHeader)> = read(bytes, file_name)?
        .into_iter()
        .filter_map(|sheet| find_header(&sheet.lines).map(|header| (sheet, header)))
        .collect();
    let best = found
        .iter()
        .map(|(_, header)| header.recognised)
        .max()
        .ok_or(ReadError::NoHeader)?;
    let at = found
        .iter()
        .position(|(_, header)| header.recognised == best)
        .unwrap_or_default();
    let (sheet, header) = found.remove(at);
    let other_sheets = found
        .into_iter()
        .filter(|(_, header)| header.recognised > 0 && header.mapping.problems().is_empty())
        .map(|(sheet, _)| sheet.name)
        .collect();
    let (top, below) = sheet.lines.split_at(header.at + 1);
    let mut mapping = mapping.unwrap_or(header.mapping);
    mapping.0.resize(header.headers.len(), None);
    let problems = mapping.problems();
    let checked = if problems.is_empty() {
        check(below, &header.headers, &mapping, today)
    } else {
        Checked::default()
    };
    Ok(Parsed {
        sheet: sheet.name,
        other_sheets,
        header_row: top.last().map_or(0, |line| line.number),
        mapping,
        problems,
        samples: below
            .iter()
            .take(SAMPLES)
            .map(domain::roster::Line::texts)
            .collect(),
        checked,
        headers: header.headers,
    })
}
