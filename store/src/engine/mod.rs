//! What differs between the two engines, and nothing else: how a statement with many rows is written, how a database
//! is opened, who may write when, and what an engine's errors mean.

pub(crate) mod connections;
pub(crate) mod months;
pub(crate) mod postgres;
pub(crate) mod replica;
pub(crate) mod sqlite;

use crate::query::{Column, Query, Value};
use connections::Begun;
use sqlx::{Sqlite, Transaction};
use std::ops::Range;

/// A transaction of either engine.
#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(Box<Transaction<'static, Sqlite>>),
    Postgres(Box<Begun>),
}

/// A part of a statement's text.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    /// `$1`, `$2` …, from 0.
    Value(usize),
    /// `IN ($list)`
    List,
    /// `$rows`
    Rows,
}

/// Cuts a statement at its arguments.
fn parts(sql: &str) -> Vec<Part<'_>> {
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

/// A part of a statement with what belongs there.
#[derive(Debug)]
pub(crate) enum Filled<'q, 'v> {
    Text(&'q str),
    Value(usize, &'q Value<'v>),
    /// A list, and which of it.
    List(&'q Column<'v>, Range<usize>),
    Rows(&'q [Column<'v>]),
}

/// A statement's parts for a piece of its rows, or where it has none of its first list; further lists are whole.
pub(crate) fn filled<'q, 'v>(
    query: &'q Query<'v>,
    piece: &Range<usize>,
) -> sqlx::Result<Vec<Filled<'q, 'v>>> {
    let missing = || sqlx::Error::Protocol(format!("an argument is missing: {}", query.sql));
    let mut lists = query.lists.iter();
    let mut first = query.rows.is_none().then(|| piece.clone());
    let fill = |part| {
        Ok(match part {
            Part::Text(text) => Filled::Text(text),
            Part::Value(n) => Filled::Value(n, query.values.get(n).ok_or_else(missing)?),
            Part::List => {
                let list = lists.next().ok_or_else(missing)?;
                Filled::List(list, first.take().unwrap_or(0..list.len()))
            }
            Part::Rows => Filled::Rows(query.rows.as_deref().ok_or_else(missing)?),
        })
    };
    parts(query.sql).into_iter().map(fill).collect()
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
