//! What differs between the two engines, and nothing else: how a statement with many rows is written, how a database
//! is opened, who may write when, and what an engine's errors mean.

pub(crate) mod months;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use sqlx::{Postgres, Sqlite, Transaction};

/// A transaction of either engine.
#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(Box<Transaction<'static, Sqlite>>),
    Postgres(Box<Transaction<'static, Postgres>>),
}

/// A part of a statement's text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    /// `$1`, `$2` …, from 0.
    Value(usize),
    /// `IN ($list)`
    List,
    /// `$rows`
    Rows,
}

/// Cuts a statement at its arguments.
pub(crate) fn parts(sql: &str) -> Vec<Part<'_>> {
    const LIST: &str = "IN ($list)";
    const ROWS: &str = "$rows";
    let mut parts = Vec::new();
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let (before, here) = rest.split_at(at);
        let (part, text, after) = if let Some(after) = here.strip_prefix(ROWS) {
            (Part::Rows, before, after)
        } else if let Some(text) = before
            .strip_suffix("IN (")
            .filter(|text| rest[text.len()..].starts_with(LIST))
        {
            (Part::List, text, &rest[text.len() + LIST.len()..])
        } else {
            let digits = here[1..]
                .find(|c: char| !c.is_ascii_digit())
                .map_or(here.len(), |n| n + 1);
            let number: usize = here[1..digits].parse().unwrap_or(0);
            (
                Part::Value(number.saturating_sub(1)),
                before,
                &here[digits..],
            )
        };
        parts.push(Part::Text(text));
        parts.push(part);
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_cut_at_its_arguments() {
        assert_eq!(
            parts("UPDATE t SET a = $12 WHERE b IN ($list) AND c IN (SELECT 1) $rows"),
            [
                Part::Text("UPDATE t SET a = "),
                Part::Value(11),
                Part::Text(" WHERE b "),
                Part::List,
                Part::Text(" AND c IN (SELECT 1) "),
                Part::Rows,
                Part::Text(""),
            ]
        );
    }
}
