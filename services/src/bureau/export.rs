//! The schools of a region with their numbers of today as a file, however many they are: read in pages, and written to
//! the file as they come.

use super::numbers::{Pages, SchoolSum};
use super::region::zones_within;
use super::screen::zone_days;
use crate::actor::Actor;
use crate::audit::Entry;
use crate::school::SchoolKind;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::ids::RegionCode;
use domain::{Day, Lang};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Pages that may wait to be written.
const AHEAD: usize = 2;
/// What Excel can show on one sheet below its heads.
const SHEET_ROWS: u32 = 1_048_575;

/// A file to be saved.
#[derive(Debug)]
pub struct Download {
    /// Its name without folder: letters, digits, dots and hyphens only.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// The file, to be read from its beginning; on the disk, for it may be larger than what memory is there for. It is
    /// gone when it is closed.
    pub file: File,
    /// How long it is, in bytes.
    pub length: u64,
}

/// The kinds of files of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A workbook.
    Xlsx,
    /// Text in UTF-8 with a mark that spreadsheets know.
    Csv,
}

/// Schools, and the day of their numbers.
type Page = (Day, Vec<SchoolSum>);

impl Services {
    /// The numbers by school as a file, by time zone, region and code; nobody is named in it. Each thousand schools are as
    /// they were at one moment. Audited as an export. Two at the same time are made one after the other: those of whole
    /// provinces take a core for many seconds.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn export_region(
        &self,
        actor: &Actor,
        region: &RegionCode,
        kind: FileKind,
        lang: Lang,
    ) -> Result<Download> {
        let mut tx = self.store.look().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ExportRegion, &place)?;
        let zones = zones_within(&mut tx, region).await?;
        drop(tx);
        let turn = Arc::clone(&self.exporting).lock_owned().await;
        let zones = zone_days(&zones, self.clock.now());
        let day = zones.first().map_or(Day(0), |zone| zone.today);
        let (pages, received) = mpsc::channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || {
            let written = kind.write(received, lang);
            drop(turn);
            written
        });
        let schools = self
            .send_schools(Pages::new(region.clone(), zones), pages)
            .await?;
        let written = writing.await.map_err(io::Error::other).flatten();
        let (file, length) =
            written.map_err(|error| Error::internal(format!("export of {region}: {error}")))?;
        let mut tx = self.store.write().await?;
        let detail = format!("{schools} schools");
        let entry = Entry {
            actor,
            place: &place,
            action: "region.export",
            subject: format!("region:{region}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        Ok(Download {
            name: format!("schools-{region}-{day}.{}", kind.word()),
            media: kind.media(),
            file,
            length,
        })
    }

    /// Reads the schools, each page in a transaction of its own, so that the engine's log never has to be kept for a
    /// long one; says how many.
    async fn send_schools(&self, mut schools: Pages, to: mpsc::Sender<Page>) -> Result<usize> {
        let mut count = 0;
        loop {
            let mut tx = self.store.look().await?;
            let next = schools.next(&mut tx).await?;
            drop(tx);
            let Some(page) = next else {
                return Ok(count);
            };
            count += page.1.len();
            if to.send(page).await.is_err() {
                // Whoever writes has failed, and says why.
                return Ok(count);
            }
        }
    }
}

impl FileKind {
    fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    fn media(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// Writes what comes until no more does, and gives the file and its length.
    fn write(self, mut pages: mpsc::Receiver<Page>, lang: Lang) -> io::Result<(File, u64)> {
        let pages = std::iter::from_fn(|| pages.blocking_recv());
        let lines = pages.flat_map(|(day, schools)| schools.into_iter().map(move |s| (day, s)));
        let mut file = tempfile::tempfile()?;
        match self {
            Self::Xlsx => {
                workbook(&mut file, lines, lang, SHEET_ROWS).map_err(io::Error::other)?;
            }
            Self::Csv => text(&mut file, lines, lang)?,
        }
        let length = file.stream_position()?;
        file.rewind()?;
        Ok((file, length))
    }
}

const ZH: [&str; 14] = [
    "学校代码",
    "学校",
    "类别",
    "镇街",
    "班级",
    "在校学生",
    "家长或本人已报",
    "纸面已报",
    "代报",
    "可返校",
    "观察中",
    "隔离中",
    "未报告",
    "日期",
];
const EN: [&str; 14] = [
    "Code",
    "School",
    "Kind",
    "Region",
    "Classes",
    "Students",
    "Reported by family",
    "On paper",
    "By proxy",
    "May attend",
    "Observing",
    "Isolating",
    "Not reported",
    "Day",
];

fn heads(lang: Lang) -> [&'static str; 14] {
    if lang == Lang::Zh { ZH } else { EN }
}

fn words(school: &SchoolSum, lang: Lang) -> [String; 4] {
    let kind = SchoolKind::parse(&school.kind).map_or(school.kind.as_str(), |k| k.label(lang));
    [
        school.code.clone(),
        school.name.get(lang).to_owned(),
        kind.to_owned(),
        school.region.get(lang).to_owned(),
    ]
}

fn figures(s: &SchoolSum) -> [i64; 9] {
    let n = s.numbers;
    [
        s.classes, n.students, n.guardian, n.paper, n.proxy, n.green, n.yellow, n.red, n.grey,
    ]
}

/// A workbook, of whose sheets each holds at most so many lines. A line that is written leaves the memory.
fn workbook(
    out: &mut (impl Write + Send),
    lines: impl Iterator<Item = (Day, SchoolSum)>,
    lang: Lang,
    most: u32,
) -> std::result::Result<(), XlsxError> {
    let mut book = Workbook::new();
    let mut sheet = begin_sheet(&mut book, lang)?;
    let mut row = 0;
    for (day, school) in lines {
        if row == most {
            sheet = begin_sheet(&mut book, lang)?;
            row = 0;
        }
        row += 1;
        // As text: no name can act as a formula.
        for (column, word) in (0..).zip(words(&school, lang)) {
            sheet.write_string(row, column, word)?;
        }
        for (column, figure) in (4..).zip(figures(&school)) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "spreadsheets know no other numbers; counts are far below 2^53"
            )]
            sheet.write_number(row, column, figure as f64)?;
        }
        sheet.write_string(row, 13, day.to_string())?;
    }
    let mut out = BufWriter::new(out);
    book.save_to_writer(&mut out)?;
    Ok(out.flush()?)
}

fn begin_sheet(book: &mut Workbook, lang: Lang) -> std::result::Result<&mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    sheet.set_column_width(1, 28)?;
    for (column, head) in (0..).zip(heads(lang)) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    Ok(sheet)
}

fn text(
    out: &mut impl Write,
    lines: impl Iterator<Item = (Day, SchoolSum)>,
    lang: Lang,
) -> std::result::Result<(), csv::Error> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(heads(lang))?;
    for (day, school) in lines {
        let words = words(&school, lang).map(|word| plain(&word));
        let figures = figures(&school).map(|n| n.to_string());
        writer.write_record(words.iter().chain(&figures).chain(&[day.to_string()]))?;
    }
    Ok(writer.flush()?)
}

/// A cell that no spreadsheet takes for a formula.
fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use calamine::{Data, Reader as _, Xlsx};
    use domain::Text;
    use domain::ids::SchoolId;
    use store::Numbers;

    #[test]
    fn a_name_is_never_a_formula() {
        assert_eq!(plain("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(plain("东迁街道示例小学"), "东迁街道示例小学");
    }

    #[test]
    fn what_one_sheet_cannot_hold_goes_on_on_the_next() {
        let day: Day = "2020-04-13".parse().unwrap();
        let school = |number: i64| SchoolSum {
            id: SchoolId(number),
            code: number.to_string(),
            name: Text::new("=1+1", "=1+1"),
            kind: "primary".into(),
            region: Text::new("南浔", "Nanxun"),
            classes: number,
            numbers: Numbers {
                students: number,
                guardian: number,
                paper: number,
                proxy: number,
                green: number,
                yellow: number,
                red: number,
                grey: number,
            },
        };
        let lines = (0..5).map(|number| (day, school(number)));
        let mut file = std::io::Cursor::new(Vec::new());
        workbook(&mut file, lines, Lang::Zh, 2).unwrap();
        let mut book = Xlsx::new(file).unwrap();
        let mut codes = Vec::new();
        for (_, sheet) in book.worksheets() {
            let mut rows = sheet.rows();
            assert_eq!(rows.next().unwrap()[0], Data::String("学校代码".into()));
            for row in rows {
                assert_eq!(row[1], Data::String("=1+1".into()));
                assert_eq!(row[4].to_string(), row[0].to_string());
                codes.push(row[0].to_string());
            }
        }
        assert_eq!(codes, ["0", "1", "2", "3", "4"]);
    }
}
