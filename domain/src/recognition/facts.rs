//! What rules of recognition may ask: a schema of their own, of scalars that are never null.

use super::ForeignPass;
use crate::certlogic::{Kind, Lookup, Range, Slot, Value};
use crate::ids::RegionCode;
use crate::lang::Text;

macro_rules! facts {
    ($($name:ident $path:literal $zh:literal $en:literal;)*) => {
        /// A fact about a foreign pass.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecognitionFact {$(
            #[doc = $en]
            $name,
        )*}

        impl RecognitionFact {
            /// Every fact.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The path by which rules name it.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }

            /// What it means.
            pub fn meaning(self) -> Text {
                match self { $(Self::$name => Text::new($zh, $en),)* }
            }
        }
    };
}

facts! {
    Issuer "issuer" "签发单位的九位编号" "The issuer's number of nine digits.";
    Region "region" "签发单位所在地区的区划代码" "The issuer's region, by its GB/T 2260 code.";
    Province "province" "签发单位所在省的两位代码；不属于某省时为空文字"
        "The province of the issuer's region, two digits; an empty text where it lies in none.";
    City "city" "签发单位所在市的四位代码；不属于某市时为空文字"
        "The city of the issuer's region, four digits; an empty text where it lies in none.";
    Colour "colour" "码的颜色：green、yellow、red 或 grey" "The colour: green, yellow, red or grey.";
    Day "day" "颜色的日期，如 2020-09-17" "The day of the colour, such as 2020-09-17.";
    DaysOld "days_old" "颜色是几天前的；当天为 0" "How many days old the colour is; 0 for today's.";
}

impl RecognitionFact {
    /// The fact of a path.
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.path() == path)
    }

    pub(super) fn slot(self) -> Slot {
        self as Slot
    }

    fn from_slot(slot: Slot) -> Option<Self> {
        Self::ALL.get(usize::from(slot)).copied()
    }

    /// What it may be.
    fn range(self) -> Range {
        match self {
            Self::Issuer => Range::number(100_000_000, 999_999_999),
            // A clock may be wrong either way, but not by more than the calendar has.
            Self::DaysOld => Range::number(i64::from(i32::MIN), i64::from(i32::MAX)),
            Self::Region | Self::Province | Self::City | Self::Colour | Self::Day => {
                Range::of(Kind::Text)
            }
        }
    }

    /// Whether a text can be this fact's.
    pub(super) fn may_be(self, text: &str) -> bool {
        match self {
            Self::Region => RegionCode::parse(text).is_ok(),
            Self::Province => text.is_empty() || is_code(text, 2),
            Self::City => text.is_empty() || is_code(text, 4),
            Self::Colour => crate::Code::ALL.iter().any(|code| code.word() == text),
            Self::Day => text.parse::<crate::Day>().is_ok(),
            Self::Issuer | Self::DaysOld => false,
        }
    }
}

fn is_code(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

/// What a slot may hold.
pub(super) fn range(slot: Slot) -> Range {
    RecognitionFact::from_slot(slot).map_or(Range::of(Kind::Any), RecognitionFact::range)
}

impl ForeignPass {
    /// The first digits of the issuer's region.
    fn within(&self, length: usize) -> String {
        let code = self.region.as_str();
        let digits = if code == RegionCode::COUNTRY {
            ""
        } else {
            code
        };
        digits.get(..length).unwrap_or_default().to_owned()
    }
}

impl Lookup for ForeignPass {
    fn value(&self, slot: Slot) -> Value {
        let Some(fact) = RecognitionFact::from_slot(slot) else {
            return Value::Null;
        };
        match fact {
            RecognitionFact::Issuer => Value::Int(self.issuer.number().into()),
            RecognitionFact::Region => Value::Text(self.region.to_string()),
            RecognitionFact::Province => Value::Text(self.within(2)),
            RecognitionFact::City => Value::Text(self.within(4)),
            RecognitionFact::Colour => Value::Text(self.code.word().to_owned()),
            RecognitionFact::Day => Value::Text(self.day.to_string()),
            RecognitionFact::DaysOld => Value::Int(self.today.since(self.day).into()),
        }
    }
}
