//! The schools of a region with exact numbers: for tables and files.

use super::screen::zones;
use crate::actor::Actor;
use crate::audit::Entry;
use crate::school::SchoolKind;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, SchoolId};
use domain::{Code, Day, Lang, Text};
use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use std::collections::HashMap;
use store::{Numbers, Tx};

/// One school with its numbers of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolSum {
    /// Which.
    pub id: SchoolId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// What it teaches.
    pub kind: String,
    /// The name of the region that it lies in.
    pub region: Text,
    /// Its classes with somebody in them.
    pub classes: i64,
    /// On the roster.
    pub students: i64,
    /// Reported by guardians or oneself.
    pub guardian: i64,
    /// Reported on paper.
    pub paper: i64,
    /// Reported by a teacher for them.
    pub proxy: i64,
    /// May attend.
    pub green: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Neither.
    pub grey: i64,
}

impl SchoolSum {
    /// Whether a search means this school: by a part of its name, code or region, in either language.
    pub fn is_found_by(&self, search: &str) -> bool {
        let search = search.to_lowercase();
        let texts = [
            &self.name.zh,
            &self.name.en,
            &self.code,
            &self.region.zh,
            &self.region.en,
        ];
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(&search))
    }

    /// Reported by any channel.
    pub fn reported(&self) -> i64 {
        self.guardian + self.paper + self.proxy
    }

    /// How many show a code.
    pub fn of(&self, code: Code) -> i64 {
        match code {
            Code::Green => self.green,
            Code::Yellow => self.yellow,
            Code::Red => self.red,
            Code::Grey => self.grey,
        }
    }
}

/// A region with its schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionSums {
    /// Its name.
    pub name: Text,
    /// Today there.
    pub day: Day,
    /// Its schools by code.
    pub schools: Vec<SchoolSum>,
}

/// A file to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Its name without folder: letters, digits, dots and hyphens only.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The kinds of files of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A workbook.
    Xlsx,
    /// Text in UTF-8 with a mark that spreadsheets know.
    Csv,
}

impl Services {
    /// The schools of a region with their numbers of today.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn region_sums(&self, actor: &Actor, region: &RegionCode) -> Result<RegionSums> {
        let mut tx = self.store.look().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        self.sums(&mut tx, region).await
    }

    async fn sums(&self, tx: &mut Tx, region: &RegionCode) -> Result<RegionSums> {
        let info = self.region_info(tx, region).await?;
        let name = info.row.names();
        let zones = zones(&info, self.clock.now());
        let mut sums: HashMap<SchoolId, (i64, Numbers)> = HashMap::new();
        for zone in &zones {
            for row in tx
                .school_numbers_within(region, &zone.name, zone.today)
                .await?
            {
                sums.insert(row.school_id, (row.classes, row.numbers));
            }
        }
        let mut regions: HashMap<RegionCode, Text> = HashMap::new();
        let mut schools = Vec::new();
        for school in tx.schools_within(region).await? {
            let (classes, n) = sums.get(&school.school_id).copied().unwrap_or_default();
            if !regions.contains_key(&school.region_code) {
                let name = tx
                    .region(&school.region_code)
                    .await?
                    .map(|r| r.names())
                    .unwrap_or_default();
                regions.insert(school.region_code.clone(), name);
            }
            schools.push(SchoolSum {
                id: school.school_id,
                name: school.names(),
                code: school.code,
                kind: school.kind,
                region: regions
                    .get(&school.region_code)
                    .cloned()
                    .unwrap_or_default(),
                classes,
                students: n.students,
                guardian: n.guardian,
                paper: n.paper,
                proxy: n.proxy,
                green: n.green,
                yellow: n.yellow,
                red: n.red,
                grey: n.grey,
            });
        }
        let day = zones.first().map_or(Day(0), |z| z.today);
        Ok(RegionSums { name, day, schools })
    }

    /// The numbers by school as a file; nobody is named in it. Audited as an export.
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
        let mut tx = self.store.write().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ExportRegion, &place)?;
        let sums = self.sums(&mut tx, region).await?;
        let detail = format!("{} schools", sums.schools.len());
        let entry = Entry {
            actor,
            place: &place,
            action: "region.export",
            subject: format!("region:{region}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        let failed = |e: String| Error::internal(format!("export of {region}: {e}"));
        let (word, media, bytes) = match kind {
            FileKind::Xlsx => (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                workbook(&sums, lang).map_err(|e| failed(e.to_string()))?,
            ),
            FileKind::Csv => (
                "csv",
                "text/csv; charset=utf-8",
                text(&sums, lang).map_err(|e| failed(e.to_string()))?,
            ),
        };
        Ok(Download {
            name: format!("schools-{region}-{}.{word}", sums.day),
            media,
            bytes,
        })
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
    [
        s.classes, s.students, s.guardian, s.paper, s.proxy, s.green, s.yellow, s.red, s.grey,
    ]
}

fn heads(lang: Lang) -> [&'static str; 14] {
    if lang == Lang::Zh { ZH } else { EN }
}

fn workbook(sums: &RegionSums, lang: Lang) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let mut sheet = Worksheet::new();
    let bold = Format::new().set_bold();
    for (column, head) in (0..).zip(heads(lang)) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    for (row, school) in (1..).zip(&sums.schools) {
        // As text: no name can act as a formula.
        for (column, word) in (0..).zip(words(school, lang)) {
            sheet.write_string(row, column, word)?;
        }
        for (column, figure) in (4..).zip(figures(school)) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "spreadsheets know no other numbers; counts are far below 2^53"
            )]
            sheet.write_number(row, column, figure as f64)?;
        }
        sheet.write_string(row, 13, sums.day.to_string())?;
    }
    sheet.set_column_width(1, 28)?;
    book.push_worksheet(sheet);
    book.save_to_buffer()
}

fn text(sums: &RegionSums, lang: Lang) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut out = "\u{feff}".as_bytes().to_vec();
    {
        let mut writer = csv::Writer::from_writer(&mut out);
        writer.write_record(heads(lang))?;
        for school in &sums.schools {
            let words = words(school, lang).map(|w| plain(&w));
            let figures = figures(school).map(|n| n.to_string());
            let day = [sums.day.to_string()];
            writer.write_record(words.iter().chain(&figures).chain(&day))?;
        }
        writer.flush()?;
    }
    Ok(out)
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
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_formula() {
        assert_eq!(plain("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(plain("东迁街道示例小学"), "东迁街道示例小学");
    }
}
