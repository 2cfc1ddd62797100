//! Reading the rows of a roster, and finding what is wrong with them.

use super::cell::{Cell, Line};
use super::class::{ClassName, ClassProblem, read_class};
use super::column::Column;
use super::fault::{Fault, FaultReason};
use super::header::implied_relation;
use super::mapping::Mapping;
use super::row::{GuardianEntry, RosterRow, Sex};
use crate::Day;
use crate::identity::{NationalId, NationalIdError, Phone, parse_date, serial_date, tidy_name};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Youngest age of a student in completed years: nursery classes take children from two.
pub const AGE_MIN: i32 = 2;
/// A student is younger than this, in years.
pub const AGE_MAX: i32 = 25;

/// Longest texts, in characters.
const NAME_MAX: usize = 60;
const SHORT_MAX: usize = 40;
const REMARK_MAX: usize = 500;
/// Longest student number, in characters.
const STUDENT_NO_MAX: usize = 32;
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

/// A fault before its column has its header's name.
struct Found {
    column: Column,
    reason: FaultReason,
    others: Vec<u32>,
}

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

/// Reads the cells of one line and gathers its faults.
struct Reader<'a> {
    line: &'a Line,
    places: &'a BTreeMap<Column, usize>,
    today: Day,
    faults: Vec<Found>,
}

impl Reader<'_> {
    fn row(&mut self, headers: &BTreeMap<Column, String>) -> (Option<RosterRow>, Mention) {
        let student_no = self.student_no();
        let name = self.name(Column::Name);
        if name.is_empty() && !self.has_fault(Column::Name) {
            self.fault(Column::Name, FaultReason::NameMissing);
        }
        let sex = self.choice(Column::Sex, FaultReason::SexUnreadable, |text| match text {
            "男" | "男性" | "男生" | "m" | "male" | "1" => Some(Sex::Male),
            "女" | "女性" | "女生" | "f" | "female" | "2" => Some(Sex::Female),
            _ => None,
        });
        let national_id = self.national_id();
        if student_no.is_none()
            && national_id.is_none()
            && !self.has_fault(Column::StudentNo)
            && !self.has_fault(Column::NationalId)
        {
            let column = if self.places.contains_key(&Column::StudentNo) {
                Column::StudentNo
            } else {
                Column::NationalId
            };
            self.fault(column, FaultReason::NothingToMatchBy);
        }
        let birth_date = self.birth_date(national_id.as_ref());
        let class = self.class();
        let boarding =
            self.choice(
                Column::Boarding,
                FaultReason::BoardingUnreadable,
                |text| match text {
                    "是" | "住校" | "住校生" | "寄宿" | "寄宿生" | "住宿" | "住宿生" | "y"
                    | "yes" | "true" | "1" | "√" => Some(true),
                    "否" | "不是" | "不住校" | "走读" | "走读生" | "通学" | "通校" | "通学生"
                    | "n" | "no" | "false" | "0" | "×" | "无" => Some(false),
                    _ => None,
                },
            );
        let class_teacher = self.name(Column::ClassTeacher);
        let class_teacher_phone = self.phone(Column::ClassTeacherPhone);
        let guardians = Column::GUARDIANS.map(|columns| self.guardian(columns, headers));
        let seat = self.short(Column::Seat, SHORT_MAX);
        let remark = self.short(Column::Remark, REMARK_MAX);
        let mention = Mention {
            row: self.line.number,
            student_no: student_no.clone(),
            national_id: national_id.clone(),
            name: name.clone(),
            class,
        };
        let row = class.map(|class| RosterRow {
            student_no,
            name,
            sex,
            birth_date,
            national_id,
            class,
            boarding,
            class_teacher,
            class_teacher_phone,
            guardians: guardians
                .into_iter()
                .filter(|guardian| !guardian.is_empty())
                .collect(),
            seat,
            remark,
        });
        (row, mention)
    }

    fn fault(&mut self, column: Column, reason: FaultReason) {
        self.faults.push(Found {
            column,
            reason,
            others: Vec::new(),
        });
    }

    fn has_fault(&self, column: Column) -> bool {
        self.faults.iter().any(|fault| fault.column == column)
    }

    fn cell(&self, column: Column) -> &Cell {
        self.places
            .get(&column)
            .map_or(&Cell::Empty, |at| self.line.cell(*at))
    }

    /// The cell's text; empty where it is empty or shows an error, which is then a fault.
    fn text(&mut self, column: Column) -> String {
        let cell = self.cell(column);
        let broken = matches!(cell, Cell::Error(_));
        let text = cell.text();
        if broken {
            self.fault(column, FaultReason::FormulaError);
        } else if text.contains(char::REPLACEMENT_CHARACTER) {
            self.fault(column, FaultReason::TextDamaged);
        } else {
            return text;
        }
        String::new()
    }

    fn short(&mut self, column: Column, max: usize) -> String {
        let text = self.text(column);
        if text.chars().count() <= max {
            return text;
        }
        self.fault(column, FaultReason::TooLong);
        String::new()
    }

    fn name(&mut self, column: Column) -> String {
        tidy_name(&self.short(column, NAME_MAX))
    }

    fn choice<T>(
        &mut self,
        column: Column,
        reason: FaultReason,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(column).to_lowercase();
        if text.is_empty() {
            return None;
        }
        let chosen = read(&text);
        if chosen.is_none() {
            self.fault(column, reason);
        }
        chosen
    }

    fn student_no(&mut self) -> Option<String> {
        let column = Column::StudentNo;
        if self.cell(column).is_rounded() {
            self.fault(column, FaultReason::Rounded);
            return None;
        }
        let text: String = self
            .text(column)
            .to_uppercase()
            .split_whitespace()
            .collect();
        // Programs that take a column of digits for numbers write 201900001.0.
        let text = text
            .strip_suffix(".0")
            .map(ToOwned::to_owned)
            .unwrap_or(text);
        if text.is_empty() {
            return None;
        }
        if text.len() > STUDENT_NO_MAX
            || !text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        {
            self.fault(column, FaultReason::StudentNoUnreadable);
            return None;
        }
        Some(text)
    }

    fn national_id(&mut self) -> Option<NationalId> {
        let column = Column::NationalId;
        if self.cell(column).is_rounded() {
            self.fault(column, FaultReason::Rounded);
            return None;
        }
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let reason = match NationalId::parse(&text) {
            Ok(id) => return Some(id),
            Err(NationalIdError::Form) => FaultReason::NationalIdForm,
            Err(NationalIdError::CheckDigit) => FaultReason::NationalIdCheckDigit,
            Err(NationalIdError::BirthDate) => FaultReason::NationalIdBirthDate,
        };
        self.fault(column, reason);
        None
    }

    fn birth_date(&mut self, id: Option<&NationalId>) -> Option<Day> {
        let from_id = id.map(NationalId::birth_date);
        let written = match self.cell(Column::BirthDate) {
            Cell::Date(day) => Some(*day),
            // 20121127 typed as a number is a date, and too large for a serial one.
            Cell::Number(number) => {
                serial_date(*number).or_else(|| parse_date(&number.to_string()))
            }
            _ => {
                let text = self.text(Column::BirthDate);
                if text.is_empty() {
                    if let Some(day) = from_id.filter(|day| !self.is_plausible(*day)) {
                        self.fault(Column::NationalId, FaultReason::BirthDateImplausible);
                        return Some(day);
                    }
                    return from_id;
                }
                parse_date(&text)
            }
        };
        let reason = match (written, from_id) {
            (None, _) => FaultReason::BirthDateUnreadable,
            (Some(written), Some(from_id)) if written != from_id => {
                FaultReason::BirthDateDiffersFromId
            }
            (Some(written), _) if !self.is_plausible(written) => FaultReason::BirthDateImplausible,
            _ => return written,
        };
        self.fault(Column::BirthDate, reason);
        None
    }

    fn is_plausible(&self, birth: Day) -> bool {
        let age = |years: i32| {
            let (year, month, day) = self.today.ymd();
            // Years before a 29 February there may be none: the 28th will do.
            Day::from_ymd(year - years, month, day)
                .or_else(|| Day::from_ymd(year - years, month, 28))
        };
        age(AGE_MIN).is_some_and(|latest| birth <= latest)
            && age(AGE_MAX).is_some_and(|earliest| birth > earliest)
    }

    fn class(&mut self) -> Option<ClassName> {
        let (grade, class) = (self.text(Column::Grade), self.text(Column::Class));
        if self.has_fault(Column::Grade) || self.has_fault(Column::Class) {
            return None;
        }
        let grade_column = if self.places.contains_key(&Column::Grade) {
            Column::Grade
        } else {
            Column::Class
        };
        let (column, reason) = match read_class(&grade, &class, self.today) {
            Ok(class) => return Some(class),
            Err(ClassProblem::GradeMissing) => (grade_column, FaultReason::GradeMissing),
            Err(ClassProblem::Grade) => (Column::Grade, FaultReason::GradeUnreadable),
            Err(ClassProblem::ClassMissing) => (Column::Class, FaultReason::ClassMissing),
            Err(ClassProblem::Class) => (Column::Class, FaultReason::ClassUnreadable),
            Err(ClassProblem::Differ) => (Column::Class, FaultReason::GradeAndClassDiffer),
        };
        self.fault(column, reason);
        None
    }

    fn phone(&mut self, column: Column) -> Option<Phone> {
        let text = self.text(column);
        // So people write that there is none.
        if matches!(text.as_str(), "" | "无" | "/" | "-" | "—" | "——") {
            return None;
        }
        let phone = Phone::parse(text.strip_suffix(".0").unwrap_or(&text)).ok();
        if phone.is_none() {
            self.fault(column, FaultReason::PhoneUnreadable);
        }
        phone
    }

    fn guardian(
        &mut self,
        [name, relation, phone]: [Column; 3],
        headers: &BTreeMap<Column, String>,
    ) -> GuardianEntry {
        let mut guardian = GuardianEntry {
            name: self.name(name),
            relation: self.short(relation, SHORT_MAX),
            phone: self.phone(phone),
        };
        if matches!(guardian.name.as_str(), "无" | "/" | "-") {
            guardian.name.clear();
        }
        if !guardian.is_empty() && guardian.relation.is_empty() {
            let implied = [name, phone]
                .iter()
                .find_map(|column| implied_relation(headers.get(column)?));
            implied
                .unwrap_or_default()
                .clone_into(&mut guardian.relation);
        }
        guardian
    }
}
