//! A table of paper forms as a file has it: which column is which, and what each row says.

use super::columns::TableColumn;
use super::{RowReason, TABLE_ROWS, TableError, Tabled};
use crate::classroom::forms::Symptom;
use crate::classroom::paper::{PaperCheck, PaperEntry};
use domain::identity::clean;
use domain::list::{Heading, MissingColumns, cell_text};
use domain::report::Symptoms;
use domain::roster::{Cell, Line};
use domain::{Lang, Text};

/// Longest text of a cell in characters: all symptoms of a rulebook, in English.
const TEXT_CHARS: usize = 500;

/// A table whose columns are known.
#[derive(Debug)]
pub(super) struct Table {
    heading: Heading<TableColumn>,
    /// The rows below the headings.
    pub lines: Vec<Line>,
}

impl Table {
    /// Finds the headings among the first lines. Nobody can be found without a number or a name, and nothing is said
    /// without a ticked paper or a check.
    pub fn read(lines: &[Line]) -> Tabled<Self> {
        let needed: &[&[TableColumn]] = &[
            &[TableColumn::StudentNo, TableColumn::Name],
            &[TableColumn::Signed, TableColumn::Check],
        ];
        let (heading, below) = Heading::find(lines, &TableColumn::ALL, needed)
            .map_err(|MissingColumns(columns)| TableError::Columns(columns))?;
        if below.len() > TABLE_ROWS {
            return Err(TableError::TooManyRows);
        }
        Ok(Self {
            heading,
            lines: below.to_vec(),
        })
    }

    /// The text of a row's cell; empty where there is none.
    pub fn text(&self, line: &Line, column: TableColumn) -> Result<String, RowReason> {
        let place = self.heading.place(column);
        let cell = place.map_or(&Cell::Empty, |place| line.cell(place));
        cell_text(cell, TEXT_CHARS).map_err(|reason| RowReason::Cell(column, reason))
    }

    /// What a row says of its person's paper form.
    pub fn entry(&self, line: &Line, known: &[Symptom]) -> Result<PaperEntry, RowReason> {
        let text = |column| self.text(line, column);
        Ok(PaperEntry {
            signed: read_signed(&text(TableColumn::Signed)?)?,
            temperature: text(TableColumn::Temperature)?,
            symptoms: read_symptoms(&text(TableColumn::Symptoms)?, known)?,
            check: read_check(&text(TableColumn::Check)?)?,
        })
    }
}

/// Whether the signed paper is there, as people tick it.
fn read_signed(text: &str) -> Result<bool, RowReason> {
    Ok(match text.to_lowercase().as_str() {
        "有" | "是" | "对" | "有签字" | "已签字" | "已签" | "√" | "✓" | "✔" | "☑" | "✅" | "v"
        | "x" | "y" | "yes" | "true" | "1" | "signed" => true,
        "" | "无" | "没有" | "否" | "不是" | "未签字" | "未签" | "n" | "no" | "none" | "false"
        | "0" | "-" | "—" | "/" => false,
        _ => return Err(RowReason::SignedUnknown),
    })
}

/// The result of a check.
fn read_check(text: &str) -> Result<Option<PaperCheck>, RowReason> {
    let text = text.to_lowercase();
    let words = text
        .strip_prefix("已查验:")
        .or_else(|| text.strip_prefix("checked:"))
        .unwrap_or(&text);
    Ok(match words.trim() {
        "可以到校" | "可到校" | "可以" | "may attend" | "may" => Some(PaperCheck::May),
        "不能到校" | "不可以到校" | "不可到校" | "不能" | "不可以" | "may not attend"
        | "may not" => Some(PaperCheck::MayNot),
        "" | "还没查验" | "未查验" | "not checked yet" | "not checked" | "-" | "—" | "/" => {
            None
        }
        _ => return Err(RowReason::CheckUnknown),
    })
}

/// Symptoms by their titles in either language, one after the other; titles may have spaces and commas of their own.
fn read_symptoms(text: &str, known: &[Symptom]) -> Result<Symptoms, RowReason> {
    let text = plain(text);
    let mut found = Symptoms::default();
    if matches!(
        text.as_str(),
        "无" | "没有" | "都没有" | "无不适" | "none" | "no" | "no symptoms" | "-" | "—" | "0"
    ) {
        return Ok(found);
    }
    let titles: Vec<(u8, String)> = known
        .iter()
        .flat_map(|Symptom { number, title }| both(title).map(|title| (*number, title)))
        .filter(|(_, title)| !title.is_empty())
        .collect();
    let mut rest = text.trim_matches(separates);
    while !rest.is_empty() {
        let after = |title: &str| {
            let after = rest.strip_prefix(title)?;
            (after.is_empty() || after.starts_with(separates)).then_some(after)
        };
        let longest = titles
            .iter()
            .filter_map(|(number, title)| Some((*number, after(title)?)))
            .min_by_key(|(_, after)| after.len());
        let Some((number, after)) = longest else {
            let words = rest.split(['、', ',', ';', '/']).next().unwrap_or(rest);
            return Err(RowReason::SymptomUnknown(words.trim().to_owned()));
        };
        found = found.with(number);
        rest = after.trim_start_matches(separates);
    }
    Ok(found)
}

fn separates(c: char) -> bool {
    matches!(c, '、' | ',' | ';' | '/' | ' ')
}

fn both(title: &Text) -> [String; 2] {
    Lang::ALL.map(|lang| plain(title.get(lang)))
}

/// In lower case and half width, with single spaces.
fn plain(text: &str) -> String {
    let words: Vec<String> = clean(text)
        .to_lowercase()
        .split_whitespace()
        .map(ToOwned::to_owned)
        .collect();
    words.join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::roster::read;

    fn known() -> Vec<Symptom> {
        [
            ("发热", "fever"),
            ("咳嗽", "cough"),
            ("嗓子痛", "sore throat"),
            ("神志不清、嗜睡", "drowsy or confused"),
            ("嗓子", "throat"),
        ]
        .into_iter()
        .zip(0..)
        .map(|((zh, en), number)| Symptom {
            number,
            title: Text::new(zh, en),
        })
        .collect()
    }

    fn table(text: &str) -> Tabled<Table> {
        let sheets = read(text.as_bytes(), "table.csv").unwrap();
        Table::read(&sheets[0].lines)
    }

    #[test]
    fn symptoms_are_found_by_their_titles_in_either_language() {
        for (text, numbers) in [
            ("", &[][..]),
            ("无", &[]),
            ("None", &[]),
            ("咳嗽", &[1]),
            ("发热、咳嗽", &[0, 1]),
            ("咳嗽，发热；嗓子痛", &[0, 1, 2]),
            ("咳嗽 发热", &[0, 1]),
            ("Cough, sore  throat", &[1, 2]),
            ("cough sore throat fever", &[0, 1, 2]),
            ("throat；cough", &[1, 4]),
            ("嗓子", &[4]),
            ("神志不清、嗜睡、咳嗽", &[1, 3]),
            ("咳嗽、", &[1]),
            ("咳嗽,咳嗽", &[1]),
        ] {
            let found = read_symptoms(text, &known()).unwrap();
            assert_eq!(found.numbers().collect::<Vec<_>>(), numbers, "{text}");
        }
        for (text, unknown) in [
            ("头痛", "头痛"),
            ("咳嗽、头痛、发热", "头痛"),
            ("咳嗽头痛", "咳嗽头痛"),
            ("bad headache, cough", "bad headache"),
            ("无、咳嗽", "无"),
        ] {
            let unknown = RowReason::SymptomUnknown(unknown.into());
            assert_eq!(read_symptoms(text, &known()), Err(unknown), "{text}");
        }
    }

    #[test]
    fn a_paper_is_ticked_in_many_ways() {
        for text in ["有", "是", "√", "✓", "Yes", "Y", "1", "x", "X", "TRUE"] {
            assert_eq!(read_signed(text), Ok(true), "{text}");
        }
        for text in ["", "无", "否", "No", "0", "FALSE"] {
            assert_eq!(read_signed(text), Ok(false), "{text}");
        }
        for text in ["?", "×", "也许", "2"] {
            assert_eq!(read_signed(text), Err(RowReason::SignedUnknown), "{text}");
        }
        assert_eq!(read_check("可以到校"), Ok(Some(PaperCheck::May)));
        assert_eq!(
            read_check("Checked: may not attend"),
            Ok(Some(PaperCheck::MayNot))
        );
        assert_eq!(read_check(""), Ok(None));
        assert_eq!(read_check("有"), Err(RowReason::CheckUnknown));
    }

    #[test]
    fn the_headings_of_either_language_are_found_in_any_order() {
        for lang in Lang::ALL {
            for column in TableColumn::ALL {
                let text = format!(
                    "{},{},Seat\n1,有,5\n",
                    TableColumn::Name.title(lang),
                    column.title(lang)
                );
                let has_said = matches!(column, TableColumn::Signed | TableColumn::Check);
                assert_eq!(table(&text).is_ok(), has_said, "{text}");
            }
        }
        let table = table(
            "三(1)班 9月14日\n\n不舒服,体温（℃）,备注,SIGNED PAPER,姓名\n咳嗽,36.8,来电,有,沈雯\n",
        )
        .unwrap();
        let line = &table.lines[0];
        assert_eq!((table.lines.len(), line.number), (1, 4));
        let entry = table.entry(line, &known()).unwrap();
        assert_eq!(
            entry,
            PaperEntry {
                signed: true,
                temperature: "36.8".into(),
                symptoms: Symptoms::default().with(1),
                check: None,
            }
        );
    }

    #[test]
    fn what_is_missing_or_too_much_is_said() {
        let missing = table("座号,体温\n1,36.5\n").unwrap_err();
        let TableError::Columns(columns) = missing else {
            panic!("{missing}");
        };
        assert_eq!(columns, [TableColumn::StudentNo, TableColumn::Signed]);
        let of = |rows| format!("姓名,纸面\n{}", "沈雯,有\n".repeat(rows));
        assert_eq!(table(&of(TABLE_ROWS)).unwrap().lines.len(), TABLE_ROWS);
        let many = table(&of(TABLE_ROWS + 1)).unwrap_err();
        assert!(matches!(many, TableError::TooManyRows), "{many}");
    }
}
