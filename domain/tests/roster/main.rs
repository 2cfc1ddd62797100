//! What a school can rely on when it imports its roster.
#![allow(clippy::unwrap_used, reason = "tests")]

mod faults;
mod import;

use domain::Day;
use domain::roster::{Cell, Checked, Line, Mapping, check};

/// The day on which these rosters are read.
fn today() -> Day {
    "2020-09-17".parse().unwrap()
}

/// A file with its header in row 2.
fn file(headers: &str, rows: &[Vec<Cell>]) -> Checked {
    let headers: Vec<String> = headers.split(',').map(ToOwned::to_owned).collect();
    let mapping = Mapping::recognise(&headers);
    assert_eq!(mapping.problems(), []);
    let lines: Vec<Line> = (3..)
        .zip(rows)
        .map(|(number, cells)| Line {
            number,
            cells: cells.clone(),
        })
        .collect();
    check(&lines, &headers, &mapping, today())
}

/// The cells of a row written with commas.
fn row(text: &str) -> Vec<Cell> {
    text.split(',')
        .map(|cell| Cell::Text(cell.to_owned()))
        .collect()
}

/// A file of rows written with commas.
fn csv(headers: &str, rows: &[&str]) -> Checked {
    file(
        headers,
        &rows.iter().map(|text| row(text)).collect::<Vec<_>>(),
    )
}
