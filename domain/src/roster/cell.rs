//! Cells of a spreadsheet, as far as a roster needs to tell them apart.

use crate::Day;
use crate::identity::clean;
use serde::{Deserialize, Serialize};

/// From here on a spreadsheet has rounded a number to 15 digits, and what was typed is lost.
const EXACT_LIMIT: f64 = 1e15;

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text as it stands in the file.
    Text(String),
    /// A number without a date format.
    Number(f64),
    /// A number or text with a date format.
    Date(Day),
    /// What a formula that failed shows, such as `#N/A`.
    Error(String),
}

/// One row of cells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The row as the spreadsheet numbers it, from 1.
    pub number: u32,
    /// The cells from column A on; missing ones are empty.
    pub cells: Vec<Cell>,
}

impl Cell {
    /// The cell's text, cleaned; numbers without a trailing `.0`.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => clean(text),
            Self::Number(number) => number.to_string(),
            Self::Date(day) => day.to_string(),
        }
    }

    /// A name by which nothing can be found any more: a long number that the spreadsheet has rounded.
    pub fn is_rounded(&self) -> bool {
        match self {
            Self::Number(number) => number.abs() >= EXACT_LIMIT,
            Self::Text(text) => {
                let text = clean(text).to_ascii_uppercase();
                text.contains("E+") && text.parse::<f64>().is_ok()
            }
            _ => false,
        }
    }

    /// Whether there is nothing to see.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => clean(text).is_empty(),
            _ => false,
        }
    }
}

impl Line {
    /// The cell of a column, counted from 0.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }

    /// Whether no cell has anything to see.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }

    /// The texts of all cells.
    pub fn texts(&self) -> Vec<String> {
        self.cells.iter().map(Cell::text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_they_were_typed() {
        assert_eq!(Cell::Number(201_900_001.0).text(), "201900001");
        assert_eq!(Cell::Number(0.5).text(), "0.5");
        assert!(!Cell::Number(19_900_000_000.0).is_rounded());
    }

    #[test]
    fn a_rounded_number_is_noticed() {
        assert!(Cell::Number(990_119_201_304_238_444.0).is_rounded());
        assert!(Cell::Text("9.90119E+17".to_owned()).is_rounded());
        assert!(!Cell::Text("990119201304238444".to_owned()).is_rounded());
    }
}
