//! A table of paper forms as a file has it: which column is which, and what each row says.

use super::columns::TableColumn;
use super::sheet::is_own_note;
use super::{RowReason, TABLE_ROWS, TableError, Tabled, cut};
use crate::classroom::forms::Symptom;
use crate::classroom::paper::{PaperCheck, PaperEntry};
use domain::identity::clean;
use domain::list::{Heading, cell_text, meaning_of};
use domain::report::Symptoms;
use domain::roster::{Cell, Line};
use domain::{Day, Lang, Text};
use rust_xlsxwriter::utility::column_number_to_name;

/// Longest text of a cell in characters: all symptoms of a rulebook, in English.
const TEXT_CHARS: usize = 500;

/// A table whose columns are known.
#[derive(Debug)]
pub(super) struct Table {
    heading: Heading<TableColumn>,
    /// The day that the download wrote above the headings.
    pub day: Option<Day>,
    /// The rows below the headings.
    pub lines: Vec<Line>,
}

impl Table {
    /// Finds the headings among the first lines, and what the download wrote above them.
    pub fn read(lines: &[Line]) -> Tabled<Self> {
        let (heading, below) = Heading::best(lines, &TableColumn::ALL);
        let missing = heading.missing(needed(&heading));
        if !missing.is_empty() {
            return Err(TableError::Columns(missing));
        }
        if let Some((column, written)) = repeated(&heading) {
            return Err(TableError::Repeated(column, cut(written)));
        }
        if below.len() > TABLE_ROWS {
            return Err(TableError::TooManyRows);
        }
        let mut above = lines.iter().take_while(|line| line.number < heading.row);
        Ok(Self {
            day: above.find_map(day_in),
            heading,
            lines: below.to_vec(),
        })
    }

    /// The headings of the columns with cells that are not read; where a column has none, its letter.
    pub fn unread(&self) -> Vec<String> {
        let widths = self.lines.iter().map(|line| line.cells.len());
        let is_unread = |place: &usize| {
            let is_filled = |line: &Line| !line.cell(*place).is_blank();
            !self.heading.has_place(*place) && self.lines.iter().any(is_filled)
        };
        (0..widths.max().unwrap_or_default())
            .filter(is_unread)
            .map(|place| {
                let mut others = self.heading.others().iter();
                let header = others.find(|(at, text)| *at == place && !text.is_empty());
                header.map_or_else(|| letters(place), |(_, text)| cut(text))
            })
            .collect()
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
        let entry = PaperEntry {
            signed: read_signed(&text(TableColumn::Signed)?)?,
            temperature: degrees(text(TableColumn::Temperature)?),
            symptoms: read_symptoms(&text(TableColumn::Symptoms)?, known)?,
            check: read_check(&text(TableColumn::Check)?)?,
        };
        if !entry.is_blank() && !is_own_note(&text(TableColumn::Note)?) {
            return Err(RowReason::NoteUnread);
        }
        Ok(entry)
    }
}

/// Nobody can be found without a number or a name, and nothing is said without a ticked paper or a check. A table of
/// papers has a place for what they say, so that none of it is overlooked under another heading.
fn needed(heading: &Heading<TableColumn>) -> &'static [&'static [TableColumn]] {
    use TableColumn::{Check, Name, Signed, StudentNo, Symptoms, Temperature};
    if heading.place(Check).is_some() && heading.place(Signed).is_none() {
        &[&[StudentNo, Name]]
    } else {
        &[
            &[StudentNo, Name],
            &[Signed, Check],
            &[Temperature],
            &[Symptoms],
        ]
    }
}

/// A second column of one meaning that is read, and its heading.
fn repeated(heading: &Heading<TableColumn>) -> Option<(TableColumn, &str)> {
    heading.others().iter().find_map(|(_, text)| {
        let column = meaning_of(text, &TableColumn::ALL)?;
        (column != TableColumn::Seat).then_some((column, text.as_str()))
    })
}

/// A date as the download writes it.
fn day_in(line: &Line) -> Option<Day> {
    let dates = |word: &str| (word.len() == 10).then(|| word.parse().ok()).flatten();
    let mut cells = line.cells.iter();
    cells.find_map(|cell| cell.text().split_whitespace().find_map(dates))
}

/// How a spreadsheet calls the column at a place from 0: A, B … Z, AA.
fn letters(place: usize) -> String {
    column_number_to_name(u16::try_from(place).unwrap_or_default())
}

/// A temperature without what reckoning has left on it: 36.60000000000001.
fn degrees(text: String) -> String {
    match text.parse::<f64>() {
        Ok(number) if (number * 10.0 - (number * 10.0).round()).abs() < 1e-5 => {
            format!("{number:.1}")
        }
        _ => text,
    }
}

/// Whether the signed paper is there, as people tick it. A cross says no to some and yes to others.
fn read_signed(text: &str) -> Result<bool, RowReason> {
    Ok(match text.to_lowercase().as_str() {
        "有" | "是" | "对" | "有签字" | "已签字" | "已签" | "√" | "✓" | "✔" | "☑" | "✅" | "v"
        | "y" | "yes" | "true" | "1" | "signed" => true,
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
            return Err(RowReason::SymptomUnknown(cut(words.trim())));
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
pub(super) fn plain(text: &str) -> String {
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
        for text in ["有", "是", "√", "✓", "Yes", "Y", "1", "TRUE"] {
            assert_eq!(read_signed(text), Ok(true), "{text}");
        }
        for text in ["", "无", "否", "No", "0", "FALSE"] {
            assert_eq!(read_signed(text), Ok(false), "{text}");
        }
        for text in ["?", "×", "x", "X", "也许", "2"] {
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
                let titles = TableColumn::ALL.into_iter().rev().filter(|c| *c != column);
                let titles: Vec<&str> = titles.map(|c| c.title(lang)).collect();
                let read = table(&format!("{}\n有\n", titles.join(",")));
                let is_needed = matches!(column, TableColumn::Temperature | TableColumn::Symptoms);
                assert_eq!(read.is_err(), is_needed, "{column:?}");
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
        let needed = [
            TableColumn::StudentNo,
            TableColumn::Signed,
            TableColumn::Symptoms,
        ];
        assert_eq!(columns, needed);
        let only_checks = table("姓名,纸面查验\n沈雯,可以到校\n");
        assert!(only_checks.is_ok(), "no paper says a temperature");
        let of = |rows| format!("姓名,纸面,体温,不舒服\n{}", "沈雯,有\n".repeat(rows));
        assert_eq!(table(&of(TABLE_ROWS)).unwrap().lines.len(), TABLE_ROWS);
        let many = table(&of(TABLE_ROWS + 1)).unwrap_err();
        assert!(matches!(many, TableError::TooManyRows), "{many}");
    }

    #[test]
    fn no_column_is_dropped_without_a_word() {
        for (heads, second) in [
            ("姓名,纸面,体温（上午）,体温（下午）,不舒服", "体温(下午)"),
            ("姓名,纸面,早上体温,有无症状,症状", "症状"),
        ] {
            let error = table(&format!("{heads}\n沈雯,有\n")).unwrap_err();
            let TableError::Repeated(_, written) = error else {
                panic!("{error}");
            };
            assert_eq!(written, second);
        }
        let table = table(
            "座号,姓名,纸面,晨检体温,有无症状,电话,备注,空,座位\n1,沈雯,有,36.5,无,199,来电,,2,发烧\n",
        )
        .unwrap();
        assert_eq!(table.unread(), ["电话", "备注", "座位", "J"]);
        assert_eq!([25, 26, 52].map(letters), ["Z", "AA", "BA"]);
    }

    #[test]
    fn only_a_note_of_the_download_is_passed_over() {
        let entry = |row: &str| {
            let table = table(&format!("姓名,纸面,体温,不舒服,说明\n沈雯,{row}\n")).unwrap();
            table.entry(&table.lines[0], &known()).map(|_| ())
        };
        for note in ["", "上次报告时不舒服，要填体温"] {
            assert_eq!(entry(&format!("有,36.5,,\"{note}\"")), Ok(()), "{note}");
        }
        assert_eq!(entry("有,,,发烧38.5"), Err(RowReason::NoteUnread));
        assert_eq!(entry(",,,请假"), Ok(()), "the row says nothing");
    }

    #[test]
    fn a_temperature_that_was_reckoned_is_read() {
        for (text, read) in [
            ("36.60000000000001", "36.6"),
            ("36.5999999999", "36.6"),
            ("37", "37.0"),
            ("36.55", "36.55"),
            ("36.5℃", "36.5℃"),
            ("", ""),
        ] {
            assert_eq!(degrees(text.to_owned()), read);
        }
    }

    #[test]
    fn the_day_above_the_headings_is_read() {
        let of = |above: &str| {
            table(&format!("{above}\n姓名,查验\n沈雯,可以\n"))
                .unwrap()
                .day
        };
        assert_eq!(
            of("南浔镇示例小学 三(1)班 2020-09-14"),
            "2020-09-14".parse().ok()
        );
        assert_eq!(of("三(1)班 9月14日"), None);
    }
}
