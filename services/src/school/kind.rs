//! Kinds of schools.

use domain::Lang;

/// What a school teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchoolKind {
    /// 幼儿园
    Kindergarten,
    /// 小学
    Primary,
    /// 初中
    Junior,
    /// 九年一贯制
    NineYear,
    /// 高中
    Senior,
    /// 职业学校
    Vocational,
    /// 大学
    University,
}

impl SchoolKind {
    /// Every kind, youngest pupils first.
    pub const ALL: [Self; 7] = [
        Self::Kindergarten,
        Self::Primary,
        Self::Junior,
        Self::NineYear,
        Self::Senior,
        Self::Vocational,
        Self::University,
    ];

    /// The word used in tables, files and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kindergarten => "kindergarten",
            Self::Primary => "primary",
            Self::Junior => "junior",
            Self::NineYear => "nine_year",
            Self::Senior => "senior",
            Self::Vocational => "vocational",
            Self::University => "university",
        }
    }

    /// The kind of a word, or of its Chinese label.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL
            .into_iter()
            .find(|kind| kind.word().eq_ignore_ascii_case(text) || kind.label(Lang::Zh) == text)
    }

    /// As people say it.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Kindergarten, Lang::Zh) => "幼儿园",
            (Self::Kindergarten, Lang::En) => "Kindergarten",
            (Self::Primary, Lang::Zh) => "小学",
            (Self::Primary, Lang::En) => "Primary school",
            (Self::Junior, Lang::Zh) => "初中",
            (Self::Junior, Lang::En) => "Junior high school",
            (Self::NineYear, Lang::Zh) => "九年一贯制学校",
            (Self::NineYear, Lang::En) => "Nine-year school",
            (Self::Senior, Lang::Zh) => "高中",
            (Self::Senior, Lang::En) => "Senior high school",
            (Self::Vocational, Lang::Zh) => "职业学校",
            (Self::Vocational, Lang::En) => "Vocational school",
            (Self::University, Lang::Zh) => "大学",
            (Self::University, Lang::En) => "University",
        }
    }
}
