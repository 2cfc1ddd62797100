//! Reading the rows of a roster, and finding what is wrong with them.

use super::cell::Line;
use super::class::ClassName;
use super::column::Column;
use super::fault::{Fault, FaultReason};
use super::mapping::Mapping;
use super::reader::{Found, Reader};
use super::row::RosterRow;
use crate::Day;
use crate::identity::NationalId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Youngest age of a student in completed years: nursery classes take children from two.
pub const AGE_MIN: i32 = 2;
/// A student is younger than this, in years.
pub const AGE_MAX: i32 = 25;

/// A line that begins so and fills only one or two cells speaks of the list, not of a child.
const NOTES: [&str; 11] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "总人数",
    "填表",
    "制表",
    "审核",
    "说明",
    "注:",
    "备注:",
];

/// A roster as read: the good rows, the faults, and who the faulty rows may be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// The good rows with their numbers in the spreadsheet, ascending.
    pub rows: Vec<(u32, RosterRow)>,
    /// All faults, ascending by row, then by column.
    pub faults: Vec<Fault>,
    /// What could be read of each faulty row, so that nobody is taken for absent because of a fault.
    pub set_aside: Vec<Mention>,
    /// The header as written of each column that the file has.
    pub headers: BTreeMap<Column, String>,
}

/// Who a faulty row may be about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// The student number, where it can be read.
    pub student_no: Option<String>,
    /// The identity number, where it is valid.
    pub national_id: Option<NationalId>,
    /// The name.
    pub name: String,
    /// The class, where it can be read.
    pub class: Option<ClassName>,
}

impl Checked {
    /// The header as written of a column, or the column's usual one where the file has none.
    pub fn header(&self, column: Column) -> String {
        self.headers
            .get(&column)
            .cloned()
            .unwrap_or_else(|| column.title(crate::Lang::Zh).to_owned())
    }
}

/// Reads the lines below the header. Blank lines, repeated headers and lines with sums are passed over.
///
/// `headers` are as written, one for each column; `today` decides which ages are plausible and which
/// grade a year of entry is. The mapping must have no [`Mapping::problems`].
pub fn check(lines: &[Line], headers: &[String], mapping: &Mapping, today: Day) -> Checked {
    let places = mapping.places();
    let written = |at: usize| headers.get(at).map_or("", String::as_str);
    let mut checked = Checked {
        headers: places
            .iter()
            .map(|(column, at)| (*column, written(*at).to_owned()))
            .collect(),
        ..Checked::default()
    };
    let mut read = Vec::new();
    for line in lines
        .iter()
        .filter(|line| !line.is_blank() && !is_note(line) && line.texts() != headers)
    {
        let mut reader = Reader {
            line,
            places: &places,
            today,
            faults: Vec::new(),
        };
        let (row, mention) = reader.row(&checked.headers);
        read.push((row, mention, reader.faults));
    }
    mark_duplicates(
        &mut read,
        Column::StudentNo,
        FaultReason::DuplicateStudentNo,
        |m| m.student_no.as_deref(),
    );
    mark_duplicates(
        &mut read,
        Column::NationalId,
        FaultReason::DuplicateNationalId,
        |m| m.national_id.as_ref().map(NationalId::as_str),
    );
    for (row, mention, mut faults) in read {
        match row {
            Some(row) if faults.is_empty() => checked.rows.push((mention.row, row)),
            _ => {
                faults.sort_by_key(|fault| (places.get(&fault.column).copied(), fault.reason));
                for Found {
                    column,
                    reason,
                    others,
                } in faults
                {
                    let column = checked.header(column);
                    checked.faults.push(Fault {
                        row: mention.row,
                        column,
                        reason,
                        others,
                    });
                }
                checked.set_aside.push(mention);
            }
        }
    }
    checked
}

type Read = (Option<RosterRow>, Mention, Vec<Found>);

/// Every row of a duplicate is a fault: which of them is right, only the school knows.
fn mark_duplicates(
    read: &mut [Read],
    column: Column,
    reason: FaultReason,
    key: impl Fn(&Mention) -> Option<&str>,
) {
    let mut rows: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (_, mention, _) in read.iter() {
        if let Some(key) = key(mention) {
            rows.entry(key.to_owned()).or_default().push(mention.row);
        }
    }
    for (_, mention, faults) in read {
        let same = key(mention)
            .and_then(|key| rows.get(key))
            .filter(|same| same.len() > 1);
        if let Some(same) = same {
            let others = same
                .iter()
                .copied()
                .filter(|row| *row != mention.row)
                .collect();
            faults.push(Found {
                column,
                reason,
                others,
            });
        }
    }
}

fn is_note(line: &Line) -> bool {
    let texts: BTreeSet<String> = line
        .texts()
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    texts.len() <= 2
        && texts
            .iter()
            .any(|text| NOTES.iter().any(|note| text.starts_with(note)))
}
