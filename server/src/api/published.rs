//! The tables of `docs/INTERFACE.md` say what the code does; `UPDATE=1` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::problem::word_of;
use super::reports::{Wrong, failed, forbidden, unreadable};
use domain::Lang;
use domain::identity::parse_date;
use domain::list::{ListColumn, ListKind, ListReason, Meaning as _, OUTCOMES, RecordRow, TRANSITS};
use domain::report;
use domain::roster::{BOARDINGS, Column, FaultReason, SEXES, Words, read_class, read_grade};
use services::Refusal;
use std::sync::{Mutex, PoisonError};

/// The refusals that a report can get.
const OF_REPORTS: [Refusal; 5] = [
    Refusal::StudentUnknown,
    Refusal::NotThisDay,
    Refusal::ConsentRefused,
    Refusal::SymptomUnknown,
    Refusal::AnswersInvalid,
];

/// What can be wrong with a field of one.
const OF_ANSWERS: [report::FaultReason; 7] = [
    report::FaultReason::TemperatureRange,
    report::FaultReason::InFuture,
    report::FaultReason::TooLongAgo,
    report::FaultReason::EndsBeforeStart,
    report::FaultReason::UnknownFact,
    report::FaultReason::TooMany,
    report::FaultReason::TooLong,
];

/// Dates, grades and classes as lists may write them.
const DATES: [&str; 5] = [
    "2020-09-16",
    "2020/9/16",
    "2020.9.16",
    "20200916",
    "2020年9月16日",
];
const GRADES: [&str; 5] = ["三年级", "七年级", "初一", "高一", "大班"];
const CLASSES: [&str; 3] = ["三(2)班", "三年级2班", "高一3班"];

static ALONE: Mutex<()> = Mutex::new(());

/// Fails unless the document has this table under this name; writes it with `UPDATE=1`.
fn assert_current(name: &str, table: &str) {
    // The tests run side by side, and each writes the whole file.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/INTERFACE.md");
    let kept = std::fs::read_to_string(path).unwrap();
    let begin = format!("<!-- {name} -->\n");
    let (above, rest) = kept.split_once(&begin).expect(name);
    let (found, below) = rest.split_once("<!-- end -->").expect(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, format!("{above}{begin}{table}<!-- end -->{below}")).unwrap();
    } else {
        assert_eq!(found, table, "UPDATE=1 cargo test -p server --lib");
    }
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn table(head: &[&str], rows: impl IntoIterator<Item = String>) -> String {
    let rule = vec!["---"; head.len()];
    row(head) + &format!("|{}|\n", rule.join("|")) + &rows.into_iter().collect::<String>()
}

/// The texts of two meanings.
fn either<T>(words: &Words<T>) -> String {
    words
        .each_ref()
        .map(|(texts, _)| texts.join(", "))
        .join("; ")
}

#[test]
fn every_column_of_records_is_told() {
    assert!(DATES.iter().all(|date| parse_date(date).is_some()));
    let told = |column: ListColumn| match column {
        ListColumn::NationalId => "18 characters with a true check digit".to_owned(),
        ListColumn::Phone => "a mobile number of 11 digits, of the person or a guardian".to_owned(),
        ListColumn::Name => "the name that the roster has; may be blank".to_owned(),
        ListColumn::Kind => {
            let one = |kind: ListKind| format!("{}: {}", kind.word(), kind.names().join(", "));
            ListKind::ALL.map(one).join("; ")
        }
        ListColumn::Date => format!(
            "of the sample, the last contact, the vaccination: {}, or a cell of dates; never after today",
            DATES.join(", ")
        ),
        ListColumn::Region => {
            "stay: a code of GB/T 2260, or a name that only one region has".to_owned()
        }
        ListColumn::Arrived => "stay: a date".to_owned(),
        ListColumn::Left => "stay: a date; blank while still there".to_owned(),
        ListColumn::Transit => format!("stay: {}; blank is no", either(&TRANSITS)),
        ListColumn::Outcome => format!("test: {}", either(&OUTCOMES)),
        ListColumn::Dose => "vaccination: 1–9; blank is 1".to_owned(),
        _ => unreachable!("no column of records"),
    };
    let rows = RecordRow::COLUMNS.map(|column| {
        let titles = [Lang::Zh, Lang::En].map(|lang| column.title(lang));
        let own = column.names().iter().filter(|name| !titles.contains(*name));
        let own: Vec<_> = own.copied().collect();
        row(&[titles[0], titles[1], &own.join(", "), &told(column)])
    });
    let head = ["column", "in English", "also understood", "cells"];
    assert_current("columns of records", &table(&head, rows));
}

#[test]
fn every_column_of_rosters_is_told() {
    let today = "2020-09-17".parse().unwrap();
    assert!(
        GRADES
            .iter()
            .all(|grade| read_grade(grade, today).is_some())
    );
    assert!(
        CLASSES
            .iter()
            .all(|class| read_class("", class, today).is_ok())
    );
    let told = |column| match column {
        Column::StudentNo => "letters, digits, - and _, at most 32".to_owned(),
        Column::Name | Column::ClassTeacher | Column::Guardian1Name | Column::Guardian2Name => {
            "at most 60 characters".to_owned()
        }
        Column::Sex => either(&SEXES),
        Column::BirthDate => "a date; blank: as in the identity number".to_owned(),
        Column::NationalId => "18 characters with a true check digit".to_owned(),
        Column::Grade => format!("{} …; blank where the class names it", GRADES.join(", ")),
        Column::Class => format!("2班, or with the grade {} …", CLASSES.join(", ")),
        Column::Boarding => either(&BOARDINGS),
        Column::ClassTeacherPhone | Column::Guardian1Phone | Column::Guardian2Phone => {
            "a mobile number of 11 digits".to_owned()
        }
        Column::Guardian1Relation | Column::Guardian2Relation => {
            "such as 母亲; at most 40 characters".to_owned()
        }
        Column::Seat => "at most 40 characters".to_owned(),
        Column::Remark => "at most 500 characters".to_owned(),
    };
    let rows = Column::ALL.map(|column| {
        let titles = [Lang::Zh, Lang::En].map(|lang| column.title(lang));
        row(&[titles[0], titles[1], column.word(), &told(column)])
    });
    let head = ["column", "in English", "in short", "cells"];
    assert_current("columns of rosters", &table(&head, rows));
}

#[test]
fn every_code_of_a_report_is_told() {
    let own: [fn(Lang) -> Wrong; 3] = [|lang| unreadable(lang, "id"), forbidden, failed];
    let own = own.map(|wrong| {
        let told = [Lang::Zh, Lang::En].map(|lang| serde_json::to_value(wrong(lang)).unwrap());
        let text = |place: usize, key: &str| told[place][key].as_str().unwrap().to_owned();
        row(&[&text(0, "code"), &text(0, "message"), &text(1, "message")])
    });
    let refusals = OF_REPORTS.map(|r| row(&[r.code(), r.text(Lang::Zh), r.text(Lang::En)]));
    let faults = OF_ANSWERS.map(|reason| {
        let text = |lang| app::pages::family::fault_text(lang, reason);
        row(&[&word_of(reason), &text(Lang::Zh), &text(Lang::En)])
    });
    let rows = own.into_iter().chain(refusals).chain(faults);
    let head = ["code", "words", "in English"];
    assert_current("codes of reports", &table(&head, rows));
}

#[test]
fn every_code_of_a_list_is_told() {
    let head = ["code", "words", "in English"];
    // Those of lists of risk areas only are never answered.
    let of_areas = [
        ListReason::LevelUnknown,
        ListReason::LiftedBeforeFrom,
        ListReason::LookBackUnknown,
        ListReason::DateFarOff,
    ];
    let reasons = ListReason::ALL.iter().filter(|r| !of_areas.contains(r));
    let rows = reasons.map(|r| row(&[&word_of(r), r.message(Lang::Zh), r.message(Lang::En)]));
    assert_current("codes of records", &table(&head, rows));
    let rows =
        FaultReason::ALL.map(|r| row(&[&word_of(r), &r.message(Lang::Zh), &r.message(Lang::En)]));
    assert_current("codes of rosters", &table(&head, rows));
}
