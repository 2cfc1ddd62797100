//! Rows of a list of risk areas.

use super::{FindRegion, Heading, ListColumn, ListFault, ListReason, MissingColumns, Read, Reader};
use crate::Day;
use crate::facts::{RiskArea, RiskLevel};
use crate::ids::RegionCode;
use crate::roster::Line;
use serde::{Deserialize, Serialize};

/// The longest look-back in days.
const LOOK_BACK_MAX: u16 = 60;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaRow {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// Where.
    pub region: RegionCode,
    /// Its level.
    pub level: RiskLevel,
    /// The first day of the declaration.
    pub from: Day,
    /// The last day, where it was lifted.
    pub to: Option<Day>,
    /// Days before the declaration that count too.
    pub look_back: u16,
}

impl AreaRow {
    /// The columns that a list of risk areas can have.
    pub const COLUMNS: [ListColumn; 5] = [
        ListColumn::Region,
        ListColumn::Level,
        ListColumn::From,
        ListColumn::To,
        ListColumn::LookBack,
    ];
}

/// Reads a list of risk areas; `today` is the region's calendar day.
///
/// # Errors
/// [`MissingColumns`] where it has no region, no level or no first day.
pub fn read_areas(
    lines: &[Line],
    today: Day,
    find: FindRegion,
) -> Result<Read<AreaRow>, MissingColumns> {
    let needed: &[&[ListColumn]] = &[
        &[ListColumn::Region],
        &[ListColumn::Level],
        &[ListColumn::From],
    ];
    let (heading, below) = Heading::find(lines, &AreaRow::COLUMNS, needed)?;
    let mut read = Read::under(&heading);
    for line in below {
        match read_area(&heading, line, today, find) {
            Ok(row) => read.rows.push(row),
            Err(faults) => read.faults.extend(faults),
        }
    }
    Ok(read)
}

fn read_area(
    heading: &Heading,
    line: &Line,
    today: Day,
    find: FindRegion,
) -> Result<AreaRow, Vec<ListFault>> {
    let mut reader = Reader::new(heading, line);
    let region = reader.region(ListColumn::Region, find);
    let level = match reader.text(ListColumn::Level).to_lowercase().as_str() {
        "高" | "高风险" | "高风险地区" | "高风险区" | "high" => Some(RiskLevel::High),
        "中" | "中风险" | "中风险地区" | "中风险区" | "medium" => {
            Some(RiskLevel::Medium)
        }
        _ => {
            reader.fault(ListColumn::Level, ListReason::LevelUnknown);
            None
        }
    };
    let from = reader.needed_date(ListColumn::From, Some(today));
    let to = reader.date(ListColumn::To, None);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        reader.fault(ListColumn::To, ListReason::LiftedBeforeFrom);
    }
    let text = reader.text(ListColumn::LookBack);
    let look_back = match text.trim_end_matches('天').trim().parse::<u16>() {
        _ if text.is_empty() => RiskArea::LOOK_BACK_DAYS,
        Ok(days) if days <= LOOK_BACK_MAX => days,
        _ => {
            reader.fault(ListColumn::LookBack, ListReason::LookBackUnknown);
            0
        }
    };
    match (region, level, from) {
        (Some(region), Some(level), Some(from)) if reader.faults.is_empty() => Ok(AreaRow {
            row: line.number,
            region,
            level,
            from,
            to,
            look_back,
        }),
        _ => Err(reader.faults),
    }
}
