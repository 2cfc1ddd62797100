//! Reading the cells of one row.

use super::cell::{Cell, Line};
use super::check::{AGE_MAX, AGE_MIN, Mention};
use super::class::ClassName;
use super::class_text::{ClassProblem, read_class};
use super::column::Column;
use super::fault::FaultReason;
use super::header::implied_relation;
use super::row::{GuardianEntry, RosterRow, Sex};
use crate::Day;
use crate::identity::{
    NationalId, NationalIdError, Phone, parse_date, serial_date, tidy_name, tidy_student_no,
};
use std::collections::BTreeMap;

/// Longest texts, in characters.
const NAME_MAX: usize = 60;
const SHORT_MAX: usize = 40;
const REMARK_MAX: usize = 500;
/// Longest student number, in characters.
const STUDENT_NO_MAX: usize = 32;

/// The texts that each of two meanings can have, in small letters.
pub type Words<T> = [(&'static [&'static str], T); 2];

/// How rosters write the sex.
pub const SEXES: Words<Sex> = [
    (&["男", "男性", "男生", "m", "male", "1"], Sex::Male),
    (&["女", "女性", "女生", "f", "female", "2"], Sex::Female),
];

/// How rosters write who boards.
pub const BOARDINGS: Words<bool> = [
    (
        &[
            "是",
            "住校",
            "住校生",
            "寄宿",
            "寄宿生",
            "住宿",
            "住宿生",
            "y",
            "yes",
            "true",
            "1",
            "√",
        ],
        true,
    ),
    (
        &[
            "否",
            "不是",
            "不住校",
            "走读",
            "走读生",
            "通学",
            "通校",
            "通学生",
            "n",
            "no",
            "false",
            "0",
            "×",
            "无",
        ],
        false,
    ),
];

/// What a text means.
pub(crate) fn one_of<T: Copy>(all: &Words<T>, text: &str) -> Option<T> {
    let text = text.to_lowercase();
    all.iter()
        .find(|(texts, _)| texts.contains(&text.as_str()))
        .map(|(_, meaning)| *meaning)
}

/// A fault before its column has its header's name.
pub(super) struct Found {
    pub(super) column: Column,
    pub(super) reason: FaultReason,
    pub(super) others: Vec<u32>,
}

/// Reads the cells of one line and gathers its faults.
pub(super) struct Reader<'a> {
    pub(super) line: &'a Line,
    pub(super) places: &'a BTreeMap<Column, usize>,
    pub(super) today: Day,
    pub(super) faults: Vec<Found>,
}

impl Reader<'_> {
    pub(super) fn row(
        &mut self,
        headers: &BTreeMap<Column, String>,
    ) -> (Option<RosterRow>, Mention) {
        let student_no = self.student_no();
        let name = self.name(Column::Name);
        if name.is_empty() && !self.has_fault(Column::Name) {
            self.fault(Column::Name, FaultReason::NameMissing);
        }
        let sex = self.choice(Column::Sex, FaultReason::SexUnreadable, &SEXES);
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
        let boarding = self.choice(
            Column::Boarding,
            FaultReason::BoardingUnreadable,
            &BOARDINGS,
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

    fn choice<T: Copy>(
        &mut self,
        column: Column,
        reason: FaultReason,
        all: &Words<T>,
    ) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let chosen = one_of(all, &text);
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
        let text = tidy_student_no(&self.text(column));
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
