//! A day at the gates as a workbook. Every cell is text, so that no name can act as a formula.

use super::{GateDay, GateDayEntry, GateDayFilter};
use crate::actor::Actor;
use crate::audit::Entry;
use crate::classroom::Workbook;
use crate::{Error, Result, Services};
use domain::Lang;
use domain::ids::SchoolId;
use rust_xlsxwriter::{Format, XlsxError};

impl Services {
    /// All entries of a day that a filter finds, audited as an export.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the school's administrators.
    pub async fn export_gate_day(
        &self,
        actor: &Actor,
        school: SchoolId,
        filter: &GateDayFilter,
        lang: Lang,
    ) -> Result<Workbook> {
        let (place, day) = self.read_gate_day(actor, school, filter, None).await?;
        let detail = format!("{}: {} rows", day.day, day.entries.len());
        let mut tx = self.store.write().await?;
        let entry = Entry {
            actor,
            place: &place,
            action: "gate.export",
            subject: format!("school:{school}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        let bytes =
            workbook(&day, lang).map_err(|e| Error::internal(format!("gate export: {e}")))?;
        Ok(Workbook {
            name: format!("gates-{school}-{}.xlsx", day.day),
            bytes,
        })
    }
}

fn word(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn workbook(day: &GateDay, lang: Lang) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name(word(lang, "校门", "Gates"))?;
    let title = format!("{} {}", day.school_name.get(lang), day.day);
    sheet.write_string_with_format(0, 0, title, &bold)?;
    let columns = [
        ("时间", "Time"),
        ("校门", "Gate"),
        ("设备", "Device"),
        ("班级", "Class"),
        ("姓名", "Name"),
        ("事项", "What"),
        ("方向", "Way"),
        ("结果", "Verdict"),
        ("备注", "Note"),
    ];
    for (column, (zh, en)) in (0u16..).zip(columns) {
        sheet.write_string_with_format(1, column, word(lang, zh, en), &bold)?;
    }
    for (row, entry) in (2u32..).zip(&day.entries) {
        for (column, text) in (0u16..).zip(cells(entry, lang)) {
            sheet.write_string(row, column, text)?;
        }
    }
    book.save_to_buffer()
}

fn cells(entry: &GateDayEntry, lang: Lang) -> [String; 9] {
    let what = match entry.kind.as_str() {
        "scan" => word(lang, "查验", "scan"),
        "slip" => word(lang, "平安条", "slip"),
        "reading" => word(lang, "复测", "temperature"),
        "visitor" => word(lang, "访客", "visitor"),
        _ => word(lang, "无效码", "code refused"),
    };
    let way = match entry.direction.as_deref() {
        Some("in") => word(lang, "进", "in"),
        Some(_) => word(lang, "出", "out"),
        None => "",
    };
    let verdict = match entry.verdict.as_deref() {
        Some("admit") => word(lang, "放行", "let in"),
        Some("refuse") => word(lang, "请勿入校", "do not enter"),
        Some(_) => word(lang, "先报告", "report first"),
        None => "",
    };
    let mut notes = entry.flags.clone();
    if entry.is_undone {
        notes.push(word(lang, "已撤销", "undone").to_owned());
    }
    notes.extend(entry.why.clone());
    let (name, class) = entry.who.as_ref().map_or_else(
        || (String::new(), String::new()),
        |(name, class)| (name.clone(), class.label(lang)),
    );
    [
        format!("{}:{:02}", entry.minute / 60, entry.minute % 60),
        entry.gate.clone(),
        entry.device.clone(),
        class,
        name,
        what.to_owned(),
        way.to_owned(),
        verdict.to_owned(),
        notes.join(", "),
    ]
}
