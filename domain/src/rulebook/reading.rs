//! Why JSON could not be read as a rulebook, and where, in words of both languages.

use crate::lang::Text;
use std::fmt;

/// A fault in JSON, with its place. Names of fields stay as the file has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The column in it, from 1, in bytes.
    pub column: usize,
    /// What is wrong there.
    pub what: UnreadWhat,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadWhat {
    /// No JSON: a comma too many, a quotation mark missing.
    Syntax,
    /// It ends too early.
    Cut,
    /// A field is missing.
    Missing(String),
    /// There is no such field.
    UnknownField(String),
    /// A field stands there twice.
    Twice(String),
    /// One of a few words was expected, and this is none of them.
    UnknownWord(String),
    /// A value of another kind was expected.
    Kind,
    /// Something else, in the words of the reader.
    Other(String),
}

impl From<&serde_json::Error> for Unread {
    fn from(error: &serde_json::Error) -> Self {
        use serde_json::error::Category;
        Self {
            line: error.line(),
            column: error.column(),
            what: match error.classify() {
                Category::Syntax => UnreadWhat::Syntax,
                Category::Eof => UnreadWhat::Cut,
                Category::Data => UnreadWhat::of(&error.to_string()),
                Category::Io => UnreadWhat::Other(error.to_string()),
            },
        }
    }
}

impl UnreadWhat {
    /// What the reader says of a value, of which only the sentence can be had.
    fn of(sentence: &str) -> Self {
        let named = |start: &str| {
            let (_, rest) = sentence.split_once(start)?;
            Some(rest.split_once('`')?.0.to_owned())
        };
        let kinds = ["invalid type", "invalid value", "untagged enum"];
        if let Some(name) = named("missing field `") {
            Self::Missing(name)
        } else if let Some(name) = named("unknown field `") {
            Self::UnknownField(name)
        } else if let Some(name) = named("duplicate field `") {
            Self::Twice(name)
        } else if let Some(name) = named("unknown variant `") {
            Self::UnknownWord(name)
        } else if kinds.iter().any(|kind| sentence.contains(kind)) {
            Self::Kind
        } else {
            let plain = sentence.split(" at line ").next().unwrap_or(sentence);
            Self::Other(plain.to_owned())
        }
    }

    fn text(&self) -> Text {
        let (zh, en) = match self {
            Self::Syntax => return Text::new("不是合法的 JSON", "not valid JSON"),
            Self::Cut => return Text::new("没写完就结束了", "it ends too early"),
            Self::Kind => {
                return Text::new("值的类型不对", "a value of another kind is expected");
            }
            Self::Missing(name) => (format!("缺少“{name}”"), format!("“{name}” is missing")),
            Self::UnknownField(name) => (
                format!("没有“{name}”这一项"),
                format!("there is no field “{name}”"),
            ),
            Self::Twice(name) => (
                format!("“{name}”写了两次"),
                format!("“{name}” stands there twice"),
            ),
            Self::UnknownWord(name) => (
                format!("不能写“{name}”"),
                format!("“{name}” is none of the words that may stand here"),
            ),
            Self::Other(words) => (
                format!("这里的内容不能用（{words}）"),
                format!("this cannot be used ({words})"),
            ),
        };
        Text::new(zh, en)
    }
}

impl Unread {
    /// A fault of the file as a whole.
    pub fn whole(words: impl Into<String>) -> Self {
        Self {
            line: 0,
            column: 0,
            what: UnreadWhat::Other(words.into()),
        }
    }

    /// Where and what, in a sentence without a full stop.
    pub fn text(&self) -> Text {
        let what = self.what.text();
        if self.line == 0 {
            return what;
        }
        let (line, column) = (self.line, self.column);
        Text::new(
            format!("第 {line} 行第 {column} 列：{}", what.zh),
            format!("line {line}, column {column}: {}", what.en),
        )
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rulebook::{Document, SHIPPED};

    fn unread(edit: impl Fn(&str) -> String) -> Text {
        let error = serde_json::from_str::<Document>(&edit(SHIPPED)).unwrap_err();
        Unread::from(&error).text()
    }

    #[test]
    fn each_fault_says_where_it_is_and_what_in_both_languages() {
        let table: [(&str, &str, &str, &str); 8] = [
            (r#""id": "cn-base","#, "", "缺少“id”", "“id” is missing"),
            (
                r#""id": "cn-base","#,
                r#""ident": "cn-base","#,
                "第 2 行第 9 列：没有“ident”这一项",
                "line 2, column 9: there is no field “ident”",
            ),
            (
                r#""id": "cn-base","#,
                r#""id": "a", "id": "b","#,
                "“id”写了两次",
                "“id” stands there twice",
            ),
            (
                r#""id": "cn-base","#,
                r#""id": 7,"#,
                "第 2 行第 9 列：值的类型不对",
                "line 2, column 9: a value of another kind is expected",
            ),
            (
                r#""value": 373"#,
                r#""value": 37.3"#,
                "值的类型不对",
                "a value of another kind is expected",
            ),
            (
                r#""stricter": "lower""#,
                r#""stricter": "less""#,
                "不能写“less”",
                "“less” is none of the words that may stand here",
            ),
            (
                r#""id": "cn-base","#,
                r#""id": "cn-base",,"#,
                "第 2 行第 19 列：不是合法的 JSON",
                "line 2, column 19: not valid JSON",
            ),
            (
                r#""effective_from": "2020-01-01""#,
                r#""effective_from": "soon""#,
                "第 6 行第 26 列：这里的内容不能用",
                "line 6, column 26: this cannot be used (",
            ),
        ];
        for (old, new, zh, en) in table {
            let said = unread(|file| file.replacen(old, new, 1));
            assert!(said.zh.contains(zh), "{} / {zh}", said.zh);
            assert!(said.en.contains(en), "{} / {en}", said.en);
        }
        let cut = unread(|file| file[..40].to_owned());
        assert!(cut.en.ends_with("it ends too early"), "{}", cut.en);
    }
}
