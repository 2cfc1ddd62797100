//! Excel workbooks (`.xlsx`).

use super::error::ReadError;
use super::read::{MAX_COLUMNS, MAX_ROWS, Sheet};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};
use domain::Day;
use domain::identity::parse_date;
use domain::roster::{Cell, Line};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

/// Most bytes that a workbook may unpack to: a row of a roster takes about 900.
const MAX_UNPACKED: u64 = 192 * 1024 * 1024;
/// Most files in a workbook's archive.
const MAX_PARTS: usize = 10_000;
/// Most cells that are kept, over all sheets.
const MAX_CELLS: usize = 4_000_000;
/// Most bytes of text that are kept, over all sheets: a shared text is stored once and copied often.
const MAX_TEXT: usize = 64 * 1024 * 1024;
/// Serial dates end with the year 9999; larger numbers with a date's format are digits such as 20121127.
const SERIAL_END: f64 = 2_958_466.0;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    measure(bytes)?;
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ReadError::Locked,
        _ => ReadError::Damaged,
    })?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut budget = Budget {
        cells: MAX_CELLS,
        text: MAX_TEXT,
        rows: MAX_ROWS,
    };
    let mut sheets = Vec::new();
    for name in names {
        if let Some(lines) = read_sheet(&mut book, &name, &mut budget)? {
            sheets.push(Sheet { name, lines });
        }
    }
    Ok(sheets)
}

/// Unpacks the archive into nothing, to know before it is read for good that it is no bomb. The sizes
/// that an archive declares prove nothing.
fn measure(bytes: &[u8]) -> Result<(), ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(ReadError::TooLarge);
    }
    let mut left = MAX_UNPACKED;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|_| ReadError::Damaged)?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        left = left
            .checked_sub(unpacked.map_err(|_| ReadError::Damaged)?)
            .ok_or(ReadError::TooLarge)?;
    }
    Ok(())
}

/// What may still be kept.
struct Budget {
    cells: usize,
    text: usize,
    rows: usize,
}

impl Budget {
    fn spend(&mut self, cell: &Cell) -> Result<(), ReadError> {
        let text = match cell {
            Cell::Text(text) | Cell::Error(text) => text.len(),
            _ => 0,
        };
        self.text = self.text.checked_sub(text).ok_or(ReadError::TooLarge)?;
        self.spend_cells(1)
    }

    fn spend_cells(&mut self, cells: usize) -> Result<(), ReadError> {
        self.cells = self.cells.checked_sub(cells).ok_or(ReadError::TooLarge)?;
        Ok(())
    }
}

/// The rows of a sheet, `None` where it is a chart. Cells are read one by one: a single cell in the
/// last corner must not cost a table of billions.
fn read_sheet(
    book: &mut Book<'_>,
    name: &str,
    budget: &mut Budget,
) -> Result<Option<Vec<Line>>, ReadError> {
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
        Err(_) => return Err(ReadError::Damaged),
    };
    while let Some(found) = reader.next_cell().map_err(|_| ReadError::Damaged)? {
        let (row, column) = found.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let cell = cell(found.get_value());
        if cell.is_blank() || column >= MAX_COLUMNS {
            continue;
        }
        budget.spend(&cell)?;
        if !rows.contains_key(&row) {
            budget.rows = budget.rows.checked_sub(1).ok_or(ReadError::TooManyRows)?;
        }
        put(rows.entry(row).or_default(), column, cell, budget)?;
    }
    drop(reader);
    let merged = book
        .merge_cells_by_sheet_name(name)
        .map_err(|_| ReadError::Damaged)?;
    for region in merged {
        fill(&mut rows, region, budget)?;
    }
    Ok(Some(
        rows.into_iter()
            .map(|(row, cells)| Line {
                number: row.saturating_add(1),
                cells,
            })
            .collect(),
    ))
}

fn put(
    cells: &mut Vec<Cell>,
    column: usize,
    cell: Cell,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    if cells.len() <= column {
        budget.spend_cells(column - cells.len())?;
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(place) = cells.get_mut(column) {
        *place = cell;
    }
    Ok(())
}

/// A cell merged over several rows, such as one class over its children, counts for each of them.
fn fill(
    rows: &mut BTreeMap<u32, Vec<Cell>>,
    region: Dimensions,
    budget: &mut Budget,
) -> Result<(), ReadError> {
    let ((first, column), (last, _)) = (region.start, region.end);
    let column = usize::try_from(column).unwrap_or(usize::MAX);
    if first >= last || column >= MAX_COLUMNS {
        return Ok(());
    }
    let Some(value) = rows
        .get(&first)
        .and_then(|cells| cells.get(column))
        .cloned()
    else {
        return Ok(());
    };
    for (_, cells) in rows.range_mut(first + 1..=last) {
        budget.spend(&value)?;
        if cells.get(column).is_none_or(Cell::is_blank) {
            put(cells, column, value.clone(), budget)?;
        }
    }
    Ok(())
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "numbers beyond 2^53 are rounded ones anyway"
        )]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(value) => Cell::Text(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(value) => date(*value).map_or(Cell::Number(value.as_f64()), Cell::Date),
        DataRef::DateTimeIso(text) => {
            parse_date(text).map_or_else(|| Cell::Text(text.clone()), Cell::Date)
        }
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn date(value: ExcelDateTime) -> Option<Day> {
    let in_range = (1.0..SERIAL_END).contains(&value.as_f64());
    let date = value
        .as_datetime()
        .filter(|_| in_range && value.is_datetime())?;
    Some(date.date().into())
}
