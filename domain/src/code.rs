//! The colours of a return-to-school code.

use serde::{Deserialize, Serialize};

/// What an outcome of a rule may say. Ordered: a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// 观察中: stay at home and observe.
    Yellow,
    /// 隔离中: isolate.
    Red,
}

/// The code shown for one person and day. Ordered by how much it asks for: green, grey, yellow, red.
///
/// Grey (*not reported*) belongs only to a person without a running isolation; unknown is never green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 可返校: reported today and nothing speaks against attending.
    Green,
    /// 未报告: no report today and no running isolation.
    Grey,
    /// 观察中
    Yellow,
    /// 隔离中
    Red,
}

impl Code {
    /// Every code, in the order in which pages list them.
    pub const ALL: [Self; 4] = [Self::Green, Self::Yellow, Self::Red, Self::Grey];

    /// Yellow or red.
    pub fn is_flagged(self) -> bool {
        matches!(self, Self::Yellow | Self::Red)
    }

    /// The number that tables store.
    pub fn number(self) -> i64 {
        match self {
            Self::Grey => 0,
            Self::Green => 1,
            Self::Yellow => 2,
            Self::Red => 3,
        }
    }

    /// The code of a stored number; anything unknown is grey, never green.
    pub fn from_number(number: i64) -> Self {
        match number {
            1 => Self::Green,
            2 => Self::Yellow,
            3 => Self::Red,
            _ => Self::Grey,
        }
    }

    /// The word used in markup and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Grey => "grey",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

impl From<Colour> for Code {
    fn from(colour: Colour) -> Self {
        match colour {
            Colour::Yellow => Self::Yellow,
            Colour::Red => Self::Red,
        }
    }
}
