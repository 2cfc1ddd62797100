//! Which column of a file means what.

use super::cell::Line;
use super::column::Column;
use super::header;
use crate::Lang;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The header is looked for in this many rows from the top.
pub const HEADER_ROWS: u32 = 10;

/// The meaning of each column of a file from column A on; `None` is left alone.
///
/// What was recognised is a proposal: a person may replace any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub Vec<Option<Column>>);

/// What a roster cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needed {
    /// The name.
    Name,
    /// The class.
    Class,
    /// The student number or the identity number, to know a child again.
    StudentNoOrNationalId,
}

/// Why a file cannot be read by a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingProblem {
    /// No column has this meaning.
    Missing(Needed),
    /// More than one column has this meaning.
    Twice(Column),
}

impl Mapping {
    /// What the headers mean; of several with one meaning the one that fits best, then the first.
    pub fn recognise(headers: &[String]) -> Self {
        let ranked: Vec<_> = headers
            .iter()
            .map(|header| header::ranked(header))
            .collect();
        let mut best: BTreeMap<Column, (header::Rank, usize)> = BTreeMap::new();
        for (at, (column, rank)) in ranked
            .iter()
            .enumerate()
            .filter_map(|(at, found)| Some((at, (*found)?)))
        {
            let held = best.entry(column).or_insert((rank, at));
            *held = (*held).min((rank, at));
        }
        let chosen =
            |at: usize, column: Column| best.get(&column).is_some_and(|(_, held)| *held == at);
        Self(
            ranked
                .iter()
                .enumerate()
                .map(|(at, found)| {
                    found
                        .map(|(column, _)| column)
                        .filter(|column| chosen(at, *column))
                })
                .collect(),
        )
    }

    /// The place of each meaning, counted from 0; the first where one is given twice.
    pub fn places(&self) -> BTreeMap<Column, usize> {
        let mut places = BTreeMap::new();
        for (at, column) in self
            .0
            .iter()
            .enumerate()
            .filter_map(|(at, column)| Some((at, (*column)?)))
        {
            places.entry(column).or_insert(at);
        }
        places
    }

    /// What hinders reading a file by this mapping; empty when nothing does.
    pub fn problems(&self) -> Vec<MappingProblem> {
        let mut seen = BTreeSet::new();
        let mut twice = BTreeSet::new();
        for column in self.0.iter().copied().flatten() {
            if !seen.insert(column) {
                twice.insert(column);
            }
        }
        let has = |column| seen.contains(&column);
        [
            (Needed::Name, has(Column::Name)),
            (Needed::Class, has(Column::Class)),
            (
                Needed::StudentNoOrNationalId,
                has(Column::StudentNo) || has(Column::NationalId),
            ),
        ]
        .into_iter()
        .filter(|(_, there)| !there)
        .map(|(needed, _)| MappingProblem::Missing(needed))
        .chain(twice.into_iter().map(MappingProblem::Twice))
        .collect()
    }
}

impl MappingProblem {
    /// The problem in words.
    pub fn message(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Missing(Needed::Name), Lang::Zh) => "没有“姓名”列".to_owned(),
            (Self::Missing(Needed::Name), Lang::En) => "No column holds the name".to_owned(),
            (Self::Missing(Needed::Class), Lang::Zh) => "没有“班级”列".to_owned(),
            (Self::Missing(Needed::Class), Lang::En) => "No column holds the class".to_owned(),
            (Self::Missing(Needed::StudentNoOrNationalId), Lang::Zh) => {
                "没有“学号”列，也没有“身份证号”列".to_owned()
            }
            (Self::Missing(Needed::StudentNoOrNationalId), Lang::En) => {
                "No column holds the student number or the identity number".to_owned()
            }
            (Self::Twice(column), Lang::Zh) => format!("有两列都选作“{}”", column.title(lang)),
            (Self::Twice(column), Lang::En) => {
                format!("Two columns are set to “{}”", column.title(lang))
            }
        }
    }
}

/// Where a sheet's header is and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHeader {
    /// The place of the header among the lines given, from 0.
    pub at: usize,
    /// How many of its columns were recognised; 0 where the row was only guessed.
    pub recognised: usize,
    /// The headers as written.
    pub headers: Vec<String>,
    /// What they were recognised as.
    pub mapping: Mapping,
}

/// The row of the first [`HEADER_ROWS`] of which most columns are recognised, the first of equals.
///
/// Where none has two recognised columns, the first row with three different texts is taken for it,
/// for a person to say what they mean. `None` where there is not even that.
pub fn find_header(lines: &[Line]) -> Option<FoundHeader> {
    let top = || {
        lines
            .iter()
            .take_while(|line| line.number <= HEADER_ROWS)
            .enumerate()
    };
    let found = |at: usize, line: &Line, recognised| {
        let headers = line.texts();
        let mapping = Mapping::recognise(&headers);
        FoundHeader {
            at,
            recognised,
            headers,
            mapping,
        }
    };
    let score = |line: &Line| Mapping::recognise(&line.texts()).places().len();
    let best = top()
        .map(|(at, line)| (at, line, score(line)))
        .min_by_key(|(_, _, score)| Reverse(*score));
    match best {
        Some((at, line, score)) if score >= 2 => Some(found(at, line, score)),
        _ => top()
            .find(|(_, line)| {
                line.texts()
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect::<BTreeSet<_>>()
                    .len()
                    >= 3
            })
            .map(|(at, line)| found(at, line, 0)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::cell::Cell;
    use super::*;

    fn lines(rows: &[&[&str]]) -> Vec<Line> {
        (1..)
            .zip(rows)
            .map(|(number, row)| Line {
                number,
                cells: row
                    .iter()
                    .map(|text| Cell::Text((*text).to_owned()))
                    .collect(),
            })
            .collect()
    }

    #[test]
    fn the_header_is_found_below_titles() {
        let found = find_header(&lines(&[
            &["示例小学学生名册"],
            &["2020年2月", "", "制表：李老师"],
            &["序号", "学号", "姓名", "班级"],
            &["1", "201900001", "郭慧宇", "1班"],
        ]))
        .unwrap();
        assert_eq!(found.at, 2);
        assert_eq!(
            found.mapping.0,
            [
                None,
                Some(Column::StudentNo),
                Some(Column::Name),
                Some(Column::Class)
            ]
        );
        assert_eq!(found.mapping.problems(), []);
    }

    #[test]
    fn unknown_headers_are_left_for_a_person_to_map() {
        let found =
            find_header(&lines(&[&["名册"], &["甲", "乙", "丙"], &["1", "2", "3"]])).unwrap();
        assert_eq!((found.at, found.recognised), (1, 0));
        assert_eq!(found.mapping.problems().len(), 3);
        assert_eq!(find_header(&lines(&[&["身份证号请按文本格式填写"]])), None);
    }

    #[test]
    fn of_two_headers_with_one_meaning_the_better_one_is_taken() {
        let headers =
            ["学籍号", "学号", "联系电话", "家长手机", "姓名", "姓名"].map(ToOwned::to_owned);
        let taken = [
            None,
            Some(Column::StudentNo),
            None,
            Some(Column::Guardian1Phone),
            Some(Column::Name),
            None,
        ];
        assert_eq!(Mapping::recognise(&headers).0, taken);
    }

    #[test]
    fn a_meaning_given_twice_is_refused() {
        let mapping = Mapping(vec![
            Some(Column::Name),
            Some(Column::Name),
            Some(Column::StudentNo),
        ]);
        let problems = mapping.problems();
        assert_eq!(
            problems,
            [
                MappingProblem::Missing(Needed::Class),
                MappingProblem::Twice(Column::Name)
            ]
        );
        assert_eq!(problems[1].message(Lang::Zh), "有两列都选作“姓名”");
    }
}
