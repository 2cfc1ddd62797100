//! What expressions work on.

use super::time::Moment;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A value. Only whole numbers count as numbers; texts are compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is not a 64-bit integer: neither truthy nor falsy, and no operand of any comparison.
    Decimal(serde_json::Number),
    /// A text.
    Text(String),
    /// A moment, as `plusTime` and `dccDateOfBirth` make them.
    #[serde(skip)]
    Moment(Moment),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// `true` for truthy, `false` for falsy values, `None` for values that are neither.
    pub fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Text(value) => !value.is_empty(),
            Self::List(value) => !value.is_empty(),
            Self::Object(value) => !value.is_empty(),
            Self::Decimal(_) | Self::Moment(_) => return None,
        })
    }

    /// How many values this one is made of.
    pub(super) fn parts(&self) -> usize {
        match self {
            Self::List(values) => 1 + values.iter().map(Self::parts).sum::<usize>(),
            Self::Object(values) => 1 + values.values().map(Self::parts).sum::<usize>(),
            _ => 1,
        }
    }

    /// The value at a path below this one; `Null` where there is none.
    pub(super) fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Self {
        let mut here = self;
        for fragment in path {
            let next = match here {
                Self::Object(values) => values.get(fragment),
                Self::List(values) => fragment
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| values.get(index)),
                _ => None,
            };
            let Some(next) = next else {
                return Self::Null;
            };
            here = next;
        }
        here.clone()
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => {
                integer(number).map_or_else(|| Self::Decimal(number.clone()), Self::Int)
            }
            serde_json::Value::String(value) => Self::Text(value.clone()),
            serde_json::Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
            serde_json::Value::Object(values) => Self::Object(
                values
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// The integer that a JSON number stands for; `17.0` is one, as in JavaScript.
pub(super) fn integer(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let value = number.as_f64()?;
        // Beyond 2^53 a decimal no longer says which integer is meant.
        let is_exact = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within 2^53")]
        is_exact.then_some(value as i64)
    })
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Decimal(value) => value.serialize(serializer),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Moment(value) => serializer.collect_str(value),
            Self::List(values) => values.serialize(serializer),
            Self::Object(values) => values.serialize(serializer),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moment(value) => value.fmt(f),
            other => match serde_json::to_string(other) {
                Ok(text) => f.write_str(&text),
                Err(_) => Err(fmt::Error),
            },
        }
    }
}
