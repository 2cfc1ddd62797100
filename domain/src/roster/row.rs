//! One child of a roster, every cell read and cleaned.

use super::class::ClassName;
use super::column::Column;
use crate::identity::{NationalId, Phone};
use crate::{Day, Lang};
use serde::{Deserialize, Serialize};

/// The sex in the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 女
    Female,
    /// 男
    Male,
}

/// One guardian as the roster names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GuardianEntry {
    /// The name; may be empty where only a phone is known.
    pub name: String,
    /// The relation to the child, such as 母亲; may be empty.
    pub relation: String,
    /// The phone.
    pub phone: Option<Phone>,
}

/// One row of a roster. Texts are cleaned; empty where the file says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRow {
    /// The student number, in capitals.
    pub student_no: Option<String>,
    /// The name.
    pub name: String,
    /// The sex.
    pub sex: Option<Sex>,
    /// The birth date; from the identity number where the file has no date.
    pub birth_date: Option<Day>,
    /// The identity number.
    pub national_id: Option<NationalId>,
    /// The class.
    pub class: ClassName,
    /// Whether the child boards.
    pub boarding: Option<bool>,
    /// The class teacher's name.
    pub class_teacher: String,
    /// The class teacher's phone.
    pub class_teacher_phone: Option<Phone>,
    /// The guardians, none of them quite empty.
    pub guardians: Vec<GuardianEntry>,
    /// The seat.
    pub seat: String,
    /// The remark.
    pub remark: String,
}

impl GuardianEntry {
    /// Whether nothing is known of them.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty() && self.relation.is_empty() && self.phone.is_none()
    }
}

impl RosterRow {
    /// Whether a guardian can prove themselves by an invitation slip: by the birth date and the last
    /// digits of a guardian's phone, or of the identity number where there is no phone.
    pub fn can_be_invited(&self) -> bool {
        let phone = self
            .guardians
            .iter()
            .any(|guardian| guardian.phone.is_some());
        self.birth_date.is_some() && (phone || self.national_id.is_some())
    }

    /// What the row says under a column, as pages show it. Grade and class are both the class.
    pub fn text(&self, column: Column, lang: Lang) -> String {
        let guardian = |at: usize| self.guardians.get(at);
        let phone = |phone: Option<&Phone>| {
            phone
                .map(|phone| phone.as_str().to_owned())
                .unwrap_or_default()
        };
        match column {
            Column::StudentNo => self.student_no.clone().unwrap_or_default(),
            Column::Name => self.name.clone(),
            Column::Sex => match (self.sex, lang) {
                (Some(Sex::Female), Lang::Zh) => "女".to_owned(),
                (Some(Sex::Female), Lang::En) => "female".to_owned(),
                (Some(Sex::Male), Lang::Zh) => "男".to_owned(),
                (Some(Sex::Male), Lang::En) => "male".to_owned(),
                (None, _) => String::new(),
            },
            Column::BirthDate => self
                .birth_date
                .map(|day| day.to_string())
                .unwrap_or_default(),
            Column::NationalId => self
                .national_id
                .as_ref()
                .map(|id| id.as_str().to_owned())
                .unwrap_or_default(),
            Column::Grade | Column::Class => self.class.label(lang),
            Column::Boarding => match (self.boarding, lang) {
                (Some(true), Lang::Zh) => "是".to_owned(),
                (Some(true), Lang::En) => "yes".to_owned(),
                (Some(false), Lang::Zh) => "否".to_owned(),
                (Some(false), Lang::En) => "no".to_owned(),
                (None, _) => String::new(),
            },
            Column::ClassTeacher => self.class_teacher.clone(),
            Column::ClassTeacherPhone => phone(self.class_teacher_phone.as_ref()),
            Column::Guardian1Name => guardian(0).map(|g| g.name.clone()).unwrap_or_default(),
            Column::Guardian1Relation => {
                guardian(0).map(|g| g.relation.clone()).unwrap_or_default()
            }
            Column::Guardian1Phone => phone(guardian(0).and_then(|g| g.phone.as_ref())),
            Column::Guardian2Name => guardian(1).map(|g| g.name.clone()).unwrap_or_default(),
            Column::Guardian2Relation => {
                guardian(1).map(|g| g.relation.clone()).unwrap_or_default()
            }
            Column::Guardian2Phone => phone(guardian(1).and_then(|g| g.phone.as_ref())),
            Column::Seat => self.seat.clone(),
            Column::Remark => self.remark.clone(),
        }
    }
}
