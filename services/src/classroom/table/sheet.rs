//! The table that a teacher fills in, as a workbook. Every cell is text, so that no name can act as a formula.

use super::columns::TableColumn;
use super::read::plain;
use crate::classroom::export::{Written, word};
use crate::classroom::forms::{PaperForm, PaperRow};
use domain::Lang;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Workbook, Worksheet};

/// Notes in either language: of whom only the check is entered, and of whom the temperature is needed.
const PAPER_ONLY: [&str; 2] = [
    "家长不同意线上填报，只填“纸面查验”",
    "no online reporting: only the check on paper",
];
const MEASURE: [&str; 2] = [
    "上次报告时不舒服，要填体温",
    "the last report told of symptoms: enter the temperature",
];
/// The rows of people begin below a title and the headings.
const FIRST: u32 = 2;

/// The table of those who are on the form.
pub(super) fn workbook(form: &PaperForm, lang: Lang) -> Written<Vec<u8>> {
    let mut book = Workbook::new();
    let name = word(lang, "纸面录入", "Paper forms");
    let sheet = book.add_worksheet().set_name(name)?;
    people(sheet, form, lang)?;
    let sheet = book
        .add_worksheet()
        .set_name(word(lang, "怎样填", "How to fill it in"))?;
    for (row, line) in (0..).zip(help(form, lang)) {
        sheet.write_string(row, 0, line)?;
    }
    sheet.set_column_width(0, 80)?;
    book.save_to_buffer()
}

fn people(sheet: &mut Worksheet, form: &PaperForm, lang: Lang) -> Written {
    let (bold, frame) = (Format::new().set_bold(), &form.frame);
    let title = format!(
        "{} {} {}",
        frame.school_name.get(lang),
        frame.name.label(lang),
        frame.today
    );
    sheet.write_string_with_format(0, 0, title, &bold)?;
    for (place, column) in (0u16..).zip(TableColumn::ALL) {
        sheet.write_string_with_format(1, place, column.title(lang), &bold)?;
        sheet.set_column_width(place, width(column))?;
    }
    sheet.set_freeze_panes(FIRST, 2)?;
    let mut last = FIRST;
    for (row, person) in (FIRST..).zip(&form.rows) {
        for (place, column) in (0u16..).zip(TableColumn::ALL) {
            sheet.write_string(row, place, text_of(column, person, lang))?;
        }
        last = row;
    }
    for (place, column) in (0u16..).zip(TableColumn::ALL) {
        if let Some(choices) = choices(column, lang) {
            // A hint, no fence: other words are read, too.
            let choices = DataValidation::new()
                .allow_list_strings(choices)?
                .set_error_style(DataValidationErrorStyle::Information);
            sheet.add_data_validation(FIRST, place, last, place, &choices)?;
        }
    }
    Ok(())
}

/// Whether a note says nothing that the download does not say itself.
pub(super) fn is_own_note(text: &str) -> bool {
    let plainly = plain(text);
    text.is_empty()
        || PAPER_ONLY
            .iter()
            .chain(&MEASURE)
            .any(|note| plain(note) == plainly)
}

fn width(column: TableColumn) -> f64 {
    match column {
        TableColumn::Seat => 8.0,
        TableColumn::Note | TableColumn::Symptoms => 28.0,
        _ => 16.0,
    }
}

/// What stands in a cell before anybody has filled it in.
fn text_of(column: TableColumn, person: &PaperRow, lang: Lang) -> String {
    match column {
        TableColumn::StudentNo => person.student_no.clone().unwrap_or_default(),
        TableColumn::Name => person.name.clone(),
        TableColumn::Seat if person.seat > 0 => person.seat.to_string(),
        TableColumn::Note => note_of(person, lang).to_owned(),
        _ => String::new(),
    }
}

fn note_of(person: &PaperRow, lang: Lang) -> &'static str {
    let [zh, en] = match (person.paper_only, person.all_well) {
        (true, _) => PAPER_ONLY,
        (false, false) => MEASURE,
        (false, true) => return "",
    };
    word(lang, zh, en)
}

fn choices(column: TableColumn, lang: Lang) -> Option<&'static [&'static str]> {
    Some(match (column, lang) {
        (TableColumn::Signed, Lang::Zh) => &["有"],
        (TableColumn::Signed, Lang::En) => &["yes"],
        (TableColumn::Check, Lang::Zh) => &["可以到校", "不能到校"],
        (TableColumn::Check, Lang::En) => &["may attend", "may not attend"],
        _ => return None,
    })
}

fn help(form: &PaperForm, lang: Lang) -> Vec<String> {
    let titles: Vec<&str> = form.symptoms.iter().map(|s| s.title.get(lang)).collect();
    match lang {
        Lang::Zh => vec![
            "有签字纸面：手里有，就写“有”；没有就空着，这一行会跳过。".to_owned(),
            "体温：例如 36.5，可以不填。".to_owned(),
            format!(
                "不舒服：没有就空着；有几样，用顿号隔开。可以写：{}。",
                titles.join("、")
            ),
            "纸面查验：只给家长不同意线上填报的学生，写“可以到校”或“不能到校”，其他都不填。"
                .to_owned(),
        ],
        Lang::En => vec![
            "Signed paper: write yes where you hold it; left empty, the row is skipped.".to_owned(),
            "Temperature: such as 36.5; may stay empty.".to_owned(),
            format!(
                "Symptoms: empty for none; several with commas between them. To be written as: {}.",
                titles.join(", ")
            ),
            "Check on paper: only for students whose family refused online reporting: may attend, or may not attend, and nothing else."
                .to_owned(),
        ],
    }
}
