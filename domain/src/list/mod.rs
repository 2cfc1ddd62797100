//! Lists that authorities send: of records about people, and of risk areas: which column means what, what each row
//! says, and what is wrong with it.
//!
//! One fault anywhere keeps its row out and never the others.

mod area;
mod fault;
mod header;
mod record;

pub use area::{AreaRow, read_areas};
pub use fault::{ListFault, ListReason};
pub use header::{Heading, ListColumn, Meaning, meaning_of};
pub use record::{ListKind, OUTCOMES, RecordRow, TRANSITS, Who, read_records};

use crate::Day;
use crate::identity::{clean, parse_date};
use crate::ids::RegionCode;
use crate::roster::{Cell, Line};

/// The header is looked for in the first rows.
const HEADER_ROWS: usize = 10;
/// Longest text of a cell in characters.
const TEXT_CHARS: usize = 60;

/// The good rows of a list and the faults of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// Rows without a fault, as the file has them.
    pub rows: Vec<T>,
    /// What is wrong with the others, by row.
    pub faults: Vec<ListFault>,
    /// The headers as written of the columns that are not used.
    pub ignored: Vec<String>,
}

impl<T> Read<T> {
    /// Nothing read yet.
    fn under(heading: &Heading) -> Self {
        Self {
            rows: Vec::new(),
            faults: Vec::new(),
            ignored: heading.ignored(),
        }
    }
}

/// Why a table is no such list: these columns were not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("columns are missing")]
pub struct MissingColumns<C = ListColumn>(pub Vec<C>);

/// The cleaned text of a cell, of so many characters at most.
///
/// # Errors
/// What a spreadsheet has spoilt in it.
pub fn cell_text(cell: &Cell, longest: usize) -> Result<String, ListReason> {
    let text = clean(&cell.text());
    Err(match cell {
        Cell::Error(_) => ListReason::FormulaError,
        _ if cell.is_rounded() => ListReason::Rounded,
        _ if text.contains(char::REPLACEMENT_CHARACTER) => ListReason::TextDamaged,
        _ if text.chars().count() > longest => ListReason::TooLong,
        _ => return Ok(text),
    })
}

/// Finds a region by its code or its name; `None` where there is none, or several of that name.
pub type FindRegion<'a> = &'a dyn Fn(&str) -> Option<RegionCode>;

/// One row under the recognised headers, with the faults found so far.
struct Reader<'a> {
    heading: &'a Heading,
    line: &'a Line,
    faults: Vec<ListFault>,
}

impl<'a> Reader<'a> {
    fn new(heading: &'a Heading, line: &'a Line) -> Self {
        Self {
            heading,
            line,
            faults: Vec::new(),
        }
    }

    fn cell(&self, column: ListColumn) -> &'a Cell {
        self.heading
            .place(column)
            .map_or(&Cell::Empty, |place| self.line.cell(place))
    }

    fn fault(&mut self, column: ListColumn, reason: ListReason) {
        self.faults.push(ListFault {
            row: self.line.number,
            column: self.heading.written(column),
            reason,
        });
    }

    /// A cell's text; empty where it has none, or a fault.
    fn text(&mut self, column: ListColumn) -> String {
        cell_text(self.cell(column), TEXT_CHARS).unwrap_or_else(|reason| {
            self.fault(column, reason);
            String::new()
        })
    }

    /// A cell's date, which must not lie after `latest`; `None` where it is blank or has a fault.
    fn date(&mut self, column: ListColumn, latest: Option<Day>) -> Option<Day> {
        let day = match self.cell(column) {
            Cell::Date(day) => Some(*day),
            cell if cell.is_blank() => return None,
            cell => parse_date(&cell.text()),
        };
        match day {
            None => self.fault(column, ListReason::DateUnreadable),
            Some(day) if latest.is_some_and(|latest| day > latest) => {
                self.fault(column, ListReason::DateInFuture);
            }
            Some(day) => return Some(day),
        }
        None
    }

    /// As [`Self::date`], but a blank cell is a fault.
    fn needed_date(&mut self, column: ListColumn, latest: Option<Day>) -> Option<Day> {
        if self.cell(column).is_blank() {
            self.fault(column, ListReason::DateMissing);
            return None;
        }
        self.date(column, latest)
    }

    fn region(&mut self, column: ListColumn, find: FindRegion) -> Option<RegionCode> {
        let before = self.faults.len();
        let text = self.text(column);
        if self.faults.len() > before {
            return None;
        }
        if text.is_empty() {
            self.fault(column, ListReason::RegionMissing);
            return None;
        }
        let found = find(&text);
        if found.is_none() {
            self.fault(column, ListReason::RegionUnknown);
        }
        found
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
