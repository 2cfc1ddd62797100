//! A class as a workbook: today's list, and the last fourteen days. Every cell is text, so that no name or note
//! can act as a formula.

use super::answers::Reporter;
use super::class::{ClassView, Pupil};
use crate::actor::Actor;
use crate::audit::{Entry, class as class_subject};
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::decision::{day_text, temperature_text};
use domain::ids::ClassId;
use domain::report::{ChannelGroup, Temperature};
use domain::{Code, Lang};
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

pub(super) type Written<T = ()> = std::result::Result<T, XlsxError>;

/// A workbook to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// The file's name without folder: letters, digits and hyphens only.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Services {
    /// Today's list and the last fourteen days of a class, audited as an export.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes.
    pub async fn export_class(
        &self,
        actor: &Actor,
        class: ClassId,
        lang: Lang,
    ) -> Result<Workbook> {
        let view = self.read_class(actor, class, Action::ExportClass).await?;
        self.audit_export(actor, class, view.pupils.len()).await?;
        let bytes =
            workbook(&view, lang).map_err(|e| Error::internal(format!("class export: {e}")))?;
        Ok(Workbook {
            name: format!("class-{class}-{}.xlsx", view.frame.today),
            bytes,
        })
    }

    /// Writes down that a list of a class was taken out, with so many people.
    pub(super) async fn audit_export(
        &self,
        actor: &Actor,
        class: ClassId,
        rows: usize,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        let detail = format!("{rows} rows");
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "class.export",
                subject: class_subject(class),
                detail: Some((&detail, None)),
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

fn workbook(view: &ClassView, lang: Lang) -> Written<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let title = format!(
        "{} {}",
        view.frame.school_name.get(lang),
        view.frame.name.label(lang)
    );
    let sheet = book.add_worksheet().set_name(word(lang, "今天", "Today"))?;
    today(sheet, view, lang, &title)?;
    let sheet = book
        .add_worksheet()
        .set_name(word(lang, "近14天", "Last 14 days"))?;
    days(sheet, view, lang, &title)?;
    book.save_to_buffer()
}

pub(super) fn word(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn code_word(lang: Lang, code: Code) -> &'static str {
    match code {
        Code::Green => word(lang, "可返校", "May attend"),
        Code::Yellow => word(lang, "观察中", "Observing"),
        Code::Red => word(lang, "隔离中", "Isolating"),
        Code::Grey => word(lang, "未报告", "Not reported"),
    }
}

fn heading(sheet: &mut Worksheet, view: &ClassView, title: &str, columns: &[String]) -> Written {
    let bold = Format::new().set_bold();
    let first = format!("{title} {}", view.frame.today);
    sheet.write_string_with_format(0, 0, first, &bold)?;
    for (column, text) in (0u16..).zip(columns) {
        sheet.write_string_with_format(1, column, text, &bold)?;
    }
    sheet.set_freeze_panes(2, 2)?;
    sheet.set_column_width(1, 14)?;
    Ok(())
}

fn row_of(sheet: &mut Worksheet, row: u32, cells: &[String]) -> Written {
    for (column, text) in (0u16..).zip(cells) {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

fn today(sheet: &mut Worksheet, view: &ClassView, lang: Lang, title: &str) -> Written {
    let columns = [
        ("座号", "Seat"),
        ("姓名", "Name"),
        ("今天", "Today"),
        ("体温", "Temperature"),
        ("说明", "Note"),
        ("到哪天", "Until"),
        ("报告人", "Reported by"),
        ("方式", "Channel"),
        ("时间", "Time"),
    ]
    .map(|(zh, en)| word(lang, zh, en).to_owned());
    heading(sheet, view, title, &columns)?;
    for (row, pupil) in (2u32..).zip(&view.pupils) {
        row_of(sheet, row, &cells(pupil, view.threshold, lang))?;
    }
    Ok(())
}

fn cells(pupil: &Pupil, threshold: u16, lang: Lang) -> [String; 9] {
    let told = pupil.told.as_ref();
    let temperature = told.map_or_else(String::new, |told| match told.temperature {
        Temperature::Tenths(tenths) => temperature_text(tenths).get(lang).to_owned(),
        Temperature::BelowThreshold => format!("<{}", temperature_text(threshold).get(lang)),
    });
    let note = pupil
        .flag
        .as_ref()
        .map_or_else(String::new, |flag| flag.label.get(lang).to_owned());
    let until = pupil.flag.as_ref().and_then(|flag| flag.until);
    let by = told.map_or_else(String::new, |told| match &told.by {
        Reporter::Guardian(relation) => relation.label(lang).to_owned(),
        Reporter::Staff(name) => name.clone(),
        Reporter::Unknown => String::new(),
    });
    let channel = told.map_or("", |told| match told.channel.group() {
        ChannelGroup::Guardian => word(lang, "家长", "guardian"),
        ChannelGroup::Paper => word(lang, "纸面", "paper"),
        ChannelGroup::Proxy => word(lang, "代报", "proxy"),
    });
    [
        seat(pupil),
        pupil.name.clone(),
        code_word(lang, pupil.code).to_owned(),
        temperature,
        note,
        until.map_or_else(String::new, |day| day_text(day).get(lang).to_owned()),
        by,
        channel.to_owned(),
        told.map_or_else(String::new, |told| {
            format!("{}:{:02}", told.minute / 60, told.minute % 60)
        }),
    ]
}

fn seat(pupil: &Pupil) -> String {
    if pupil.seat > 0 {
        pupil.seat.to_string()
    } else {
        String::new()
    }
}

fn days(sheet: &mut Worksheet, view: &ClassView, lang: Lang, title: &str) -> Written {
    let mut columns = vec![
        word(lang, "座号", "Seat").to_owned(),
        word(lang, "姓名", "Name").to_owned(),
    ];
    if let Some(first) = view.pupils.first() {
        columns.extend(first.strip.iter().map(|(day, _)| day.to_string()));
    }
    heading(sheet, view, title, &columns)?;
    for (row, pupil) in (2u32..).zip(&view.pupils) {
        let mut cells = vec![seat(pupil), pupil.name.clone()];
        cells.extend(pupil.strip.iter().map(|(_, code)| {
            code.map_or_else(String::new, |code| code_word(lang, code).to_owned())
        }));
        row_of(sheet, row, &cells)?;
    }
    Ok(())
}
