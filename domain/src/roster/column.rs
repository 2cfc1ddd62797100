//! What a column of a roster can mean.

use crate::Lang;
use serde::{Deserialize, Serialize};

/// The meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// 学号
    StudentNo,
    /// 姓名
    Name,
    /// 性别
    Sex,
    /// 出生日期
    BirthDate,
    /// 身份证号
    NationalId,
    /// 年级
    Grade,
    /// 班级, with the grade in it or not.
    Class,
    /// 是否住校
    Boarding,
    /// 班主任
    ClassTeacher,
    /// 班主任手机
    ClassTeacherPhone,
    /// 家长1姓名
    Guardian1Name,
    /// 家长1关系
    Guardian1Relation,
    /// 家长1手机
    Guardian1Phone,
    /// 家长2姓名
    Guardian2Name,
    /// 家长2关系
    Guardian2Relation,
    /// 家长2手机
    Guardian2Phone,
    /// 座号
    Seat,
    /// 备注
    Remark,
}

impl Column {
    /// Every meaning, in the order in which pages list them.
    pub const ALL: [Self; 18] = [
        Self::StudentNo,
        Self::Name,
        Self::Sex,
        Self::BirthDate,
        Self::NationalId,
        Self::Grade,
        Self::Class,
        Self::Boarding,
        Self::ClassTeacher,
        Self::ClassTeacherPhone,
        Self::Guardian1Name,
        Self::Guardian1Relation,
        Self::Guardian1Phone,
        Self::Guardian2Name,
        Self::Guardian2Relation,
        Self::Guardian2Phone,
        Self::Seat,
        Self::Remark,
    ];

    /// The columns of the two guardians: name, relation, phone.
    pub const GUARDIANS: [[Self; 3]; 2] = [
        [
            Self::Guardian1Name,
            Self::Guardian1Relation,
            Self::Guardian1Phone,
        ],
        [
            Self::Guardian2Name,
            Self::Guardian2Relation,
            Self::Guardian2Phone,
        ],
    ];

    /// The word used in forms and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::StudentNo => "student_no",
            Self::Name => "name",
            Self::Sex => "sex",
            Self::BirthDate => "birth_date",
            Self::NationalId => "national_id",
            Self::Grade => "grade",
            Self::Class => "class",
            Self::Boarding => "boarding",
            Self::ClassTeacher => "class_teacher",
            Self::ClassTeacherPhone => "class_teacher_phone",
            Self::Guardian1Name => "guardian1_name",
            Self::Guardian1Relation => "guardian1_relation",
            Self::Guardian1Phone => "guardian1_phone",
            Self::Guardian2Name => "guardian2_name",
            Self::Guardian2Relation => "guardian2_relation",
            Self::Guardian2Phone => "guardian2_phone",
            Self::Seat => "seat",
            Self::Remark => "remark",
        }
    }

    /// The column of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.word() == word)
    }

    /// The heading that pages show.
    pub fn title(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::StudentNo => ("学号", "Student number"),
            Self::Name => ("姓名", "Name"),
            Self::Sex => ("性别", "Sex"),
            Self::BirthDate => ("出生日期", "Date of birth"),
            Self::NationalId => ("身份证号", "Identity number"),
            Self::Grade => ("年级", "Grade"),
            Self::Class => ("班级", "Class"),
            Self::Boarding => ("是否住校", "Boarding"),
            Self::ClassTeacher => ("班主任", "Class teacher"),
            Self::ClassTeacherPhone => ("班主任手机", "Class teacher’s phone"),
            Self::Guardian1Name => ("家长1姓名", "Guardian 1, name"),
            Self::Guardian1Relation => ("家长1关系", "Guardian 1, relation"),
            Self::Guardian1Phone => ("家长1手机", "Guardian 1, phone"),
            Self::Guardian2Name => ("家长2姓名", "Guardian 2, name"),
            Self::Guardian2Relation => ("家长2关系", "Guardian 2, relation"),
            Self::Guardian2Phone => ("家长2手机", "Guardian 2, phone"),
            Self::Seat => ("座号", "Seat"),
            Self::Remark => ("备注", "Remark"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_by_its_word() {
        for column in Column::ALL {
            assert_eq!(Column::from_word(column.word()), Some(column));
        }
        assert_eq!(Column::from_word("password"), None);
    }
}
