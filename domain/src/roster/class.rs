//! Stages, grades and classes.

use crate::Lang;
use serde::{Deserialize, Serialize};

/// Stages of schooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 幼儿园: grades 0 托班, 1 小班, 2 中班, 3 大班, 4 学前班.
    Kindergarten,
    /// 小学: grades 1–6.
    Primary,
    /// 初中: grades 1–3, and 4 where primary school has five.
    Junior,
    /// 高中, vocational schools too: grades 1–3.
    Senior,
    /// 大学: grades 1–5.
    Higher,
}

/// A class of a school. Ordered as schools list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClassName {
    /// The stage.
    pub stage: Stage,
    /// The grade within the stage, see [`Stage`].
    pub grade: u8,
    /// The class within the grade, from 1.
    pub number: u16,
}

impl ClassName {
    /// The class as people say it: 三(2)班, 初一(6)班, 大(2)班, 高一(3)班; 3-2, 7-6, K3-2, 10-3.
    pub fn label(self, lang: Lang) -> String {
        let number = self.number;
        match lang {
            Lang::Zh => format!("{}({number})班", self.grade_zh()),
            Lang::En => format!("{}-{number}", self.grade_en()),
        }
    }

    fn grade_zh(self) -> String {
        let grade = numeral(self.grade);
        match self.stage {
            Stage::Kindergarten => KINDERGARTEN
                .iter()
                .find(|(_, grade)| *grade == self.grade)
                .map_or(grade, |(word, _)| *word)
                .to_owned(),
            Stage::Primary => grade.to_owned(),
            Stage::Junior => format!("初{grade}"),
            Stage::Senior => format!("高{grade}"),
            Stage::Higher => format!("大{grade}"),
        }
    }

    fn grade_en(self) -> String {
        let grade = self.grade;
        match self.stage {
            Stage::Kindergarten => format!("K{grade}"),
            Stage::Primary => grade.to_string(),
            Stage::Junior => (grade + 6).to_string(),
            Stage::Senior => (grade + 9).to_string(),
            Stage::Higher => format!("U{grade}"),
        }
    }
}

impl Stage {
    /// The number that tables store.
    pub fn number(self) -> i64 {
        match self {
            Self::Kindergarten => 0,
            Self::Primary => 1,
            Self::Junior => 2,
            Self::Senior => 3,
            Self::Higher => 4,
        }
    }

    /// The stage of a stored number.
    pub fn from_number(number: i64) -> Option<Self> {
        [
            Self::Kindergarten,
            Self::Primary,
            Self::Junior,
            Self::Senior,
            Self::Higher,
        ]
        .into_iter()
        .find(|stage| stage.number() == number)
    }

    /// The grades that there are.
    pub(super) fn grades(self) -> std::ops::RangeInclusive<u16> {
        match self {
            Self::Kindergarten => 0..=4,
            Self::Primary => 1..=6,
            Self::Junior => 1..=4,
            Self::Senior => 1..=3,
            Self::Higher => 1..=5,
        }
    }
}

/// The grades of kindergarten by their words.
pub(super) const KINDERGARTEN: [(&str, u8); 5] =
    [("托", 0), ("小", 1), ("中", 2), ("大", 3), ("学前", 4)];

pub(super) const NUMERALS: [&str; 11] = [
    "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十",
];

fn numeral(number: u8) -> &'static str {
    NUMERALS.get(usize::from(number)).copied().unwrap_or("")
}
