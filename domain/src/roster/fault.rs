//! What is wrong with a row, in words that help to mend it.

use super::check::{AGE_MAX, AGE_MIN};
use crate::Lang;
use serde::{Deserialize, Serialize};

/// One fault of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The row as the spreadsheet numbers it, from 1.
    pub row: u32,
    /// The column's header as written.
    pub column: String,
    /// What is wrong.
    pub reason: FaultReason,
    /// The other rows of a duplicate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<u32>,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultReason {
    /// No name.
    NameMissing,
    /// Neither a student number nor an identity number.
    NothingToMatchBy,
    /// Not letters and digits.
    StudentNoUnreadable,
    /// The spreadsheet has rounded a long number.
    Rounded,
    /// Not 18 characters of an identity number.
    NationalIdForm,
    /// The check digit does not fit.
    NationalIdCheckDigit,
    /// The birth date in the number does not exist.
    NationalIdBirthDate,
    /// Not a date.
    BirthDateUnreadable,
    /// Too young or too old, see [`AGE_MIN`] and [`AGE_MAX`].
    BirthDateImplausible,
    /// Not the birth date in the identity number.
    BirthDateDiffersFromId,
    /// Neither male nor female.
    SexUnreadable,
    /// No grade in either cell.
    GradeMissing,
    /// Not a grade.
    GradeUnreadable,
    /// No class.
    ClassMissing,
    /// Not a class.
    ClassUnreadable,
    /// The class names another grade than the grade's cell.
    GradeAndClassDiffer,
    /// Neither yes nor no.
    BoardingUnreadable,
    /// Not a mobile number.
    PhoneUnreadable,
    /// Another row of the file has the same student number.
    DuplicateStudentNo,
    /// Another row of the file has the same identity number.
    DuplicateNationalId,
    /// The cell shows a formula's error.
    FormulaError,
    /// Characters were lost when the file was saved.
    TextDamaged,
    /// Longer than such a text can be.
    TooLong,
    /// The student number belongs to one person in the system, the identity number to another.
    MatchesTwoPeople,
    /// Another row of the file is the same person in the system.
    SamePersonTwice,
    /// The student number belongs to somebody else in the system.
    StudentNoTaken,
}

impl FaultReason {
    /// Every reason.
    pub const ALL: [Self; 26] = [
        Self::NameMissing,
        Self::NothingToMatchBy,
        Self::StudentNoUnreadable,
        Self::Rounded,
        Self::NationalIdForm,
        Self::NationalIdCheckDigit,
        Self::NationalIdBirthDate,
        Self::BirthDateUnreadable,
        Self::BirthDateImplausible,
        Self::BirthDateDiffersFromId,
        Self::SexUnreadable,
        Self::GradeMissing,
        Self::GradeUnreadable,
        Self::ClassMissing,
        Self::ClassUnreadable,
        Self::GradeAndClassDiffer,
        Self::BoardingUnreadable,
        Self::PhoneUnreadable,
        Self::DuplicateStudentNo,
        Self::DuplicateNationalId,
        Self::FormulaError,
        Self::TextDamaged,
        Self::TooLong,
        Self::MatchesTwoPeople,
        Self::SamePersonTwice,
        Self::StudentNoTaken,
    ];

    /// The reason in words.
    pub fn message(self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::NameMissing => ("姓名为空", "The name is empty"),
            Self::NothingToMatchBy => (
                "学号和身份证号都为空",
                "Neither a student number nor an identity number is given",
            ),
            Self::StudentNoUnreadable => (
                "学号只能由字母和数字组成",
                "A student number has only letters and digits",
            ),
            Self::Rounded => (
                "长数字被表格软件改动，末几位已丢失，请按文本格式重新填写",
                "The spreadsheet has rounded this long number; type it again as text",
            ),
            Self::NationalIdForm => ("身份证号应为18位", "An identity number has 18 characters"),
            Self::NationalIdCheckDigit => (
                "身份证号校验位不符，请核对是否输错",
                "The check digit of the identity number does not fit: something is mistyped",
            ),
            Self::NationalIdBirthDate => (
                "身份证号中的出生日期不存在",
                "The birth date in the identity number does not exist",
            ),
            Self::BirthDateUnreadable => (
                "不是日期，请写成 2012-11-27",
                "Not a date; write it as 2012-11-27",
            ),
            Self::BirthDateImplausible => {
                return match lang {
                    Lang::Zh => format!("出生日期不合理：应为{AGE_MIN}至{AGE_MAX}岁"),
                    Lang::En => format!(
                        "Not a student’s birth date: the age is not {AGE_MIN} to {AGE_MAX} years"
                    ),
                };
            }
            Self::BirthDateDiffersFromId => (
                "出生日期与身份证号不一致",
                "The birth date is not the one in the identity number",
            ),
            Self::SexUnreadable => ("性别应为“男”或“女”", "The sex is neither 男 nor 女"),
            Self::GradeMissing => ("没有年级", "The grade is missing"),
            Self::GradeUnreadable => (
                "无法识别的年级，请写成“三年级”",
                "Not a grade; write it as 三年级",
            ),
            Self::ClassMissing => ("没有班级", "The class is missing"),
            Self::ClassUnreadable => (
                "无法识别的班级，请写成“2班”",
                "Not a class; write it as 2班",
            ),
            Self::GradeAndClassDiffer => ("年级与班级不一致", "Grade and class do not agree"),
            Self::BoardingUnreadable => ("应为“是”或“否”", "Neither 是 (yes) nor 否 (no)"),
            Self::PhoneUnreadable => ("不是11位手机号", "Not a mobile number of 11 digits"),
            Self::DuplicateStudentNo => (
                "学号在文件中重复",
                "The student number stands in the file more than once",
            ),
            Self::DuplicateNationalId => (
                "身份证号在文件中重复",
                "The identity number stands in the file more than once",
            ),
            Self::FormulaError => ("单元格中的公式出错", "The cell shows a formula’s error"),
            Self::TextDamaged => ("有乱码，请重新填写", "Characters were lost; type it again"),
            Self::TooLong => ("内容过长", "Too long"),
            Self::MatchesTwoPeople => (
                "学号与身份证号在系统中属于两个不同的人",
                "In the system the student number and the identity number belong to two people",
            ),
            Self::SamePersonTwice => (
                "与文件中另一行是系统中的同一个人",
                "Another row of the file is the same person in the system",
            ),
            Self::StudentNoTaken => (
                "该学号在系统中属于另一个人",
                "In the system this student number belongs to somebody else",
            ),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

/// So many other rows of a duplicate are named.
const OTHERS_SHOWN: usize = 5;

impl Fault {
    /// The reason in words, with the other rows of a duplicate.
    pub fn message(&self, lang: Lang) -> String {
        let reason = self.reason.message(lang);
        if self.others.is_empty() {
            return reason;
        }
        let shown: Vec<String> = self
            .others
            .iter()
            .take(OTHERS_SHOWN)
            .map(u32::to_string)
            .collect();
        let more = if self.others.len() > OTHERS_SHOWN {
            "…"
        } else {
            ""
        };
        match lang {
            Lang::Zh => format!("{reason}（另见第 {}{more} 行）", shown.join("、")),
            Lang::En => format!("{reason} (see row {}{more})", shown.join(", ")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_names_the_other_rows() {
        let mut fault = Fault {
            row: 3,
            column: "学号".to_owned(),
            reason: FaultReason::DuplicateStudentNo,
            others: vec![7, 9],
        };
        assert_eq!(
            fault.message(Lang::Zh),
            "学号在文件中重复（另见第 7、9 行）"
        );
        fault.others = (4..=20).collect();
        assert!(
            fault
                .message(Lang::En)
                .ends_with("(see row 4, 5, 6, 7, 8…)")
        );
    }

    #[test]
    fn every_reason_is_in_the_list_of_all() {
        let last = FaultReason::StudentNoTaken as usize;
        let places = FaultReason::ALL.map(|reason| reason as usize);
        assert!(places.into_iter().eq(0..=last));
    }

    #[test]
    fn a_reason_is_one_word_in_interfaces() {
        let fault = Fault {
            row: 3,
            column: "家长1手机".to_owned(),
            reason: FaultReason::PhoneUnreadable,
            others: vec![],
        };
        let json = r#"{"row":3,"column":"家长1手机","reason":"phone_unreadable"}"#;
        assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        assert_eq!(serde_json::from_str::<Fault>(json).unwrap(), fault);
    }
}
