//! Creating schools, one by one or from a list.

use super::SchoolKind;
use crate::audit::Entry;
use crate::english;
use crate::roster::ReadError;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Grant};
use domain::identity::to_half_width;
use domain::ids::{RegionCode, SchoolId};
use domain::roster::Line;
use domain::{Lang, Zone};
use store::{SchoolRow, Tx};

/// The longest name of a school, in characters.
const NAME_CHARS: usize = 60;
/// The longest English name of a school, in characters.
pub(super) const NAME_EN_CHARS: usize = 120;
/// The longest code of a school, in characters.
const CODE_CHARS: usize = 32;
/// When reports are due at a new school: 8:00.
const DUE_MINUTE: i64 = 480;

/// A school to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchool {
    /// Its code, as the bureau writes it: letters, digits and dashes.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What English pages call it; empty to have one suggested.
    pub name_en: String,
    /// What it teaches.
    pub kind: SchoolKind,
    /// The town or district it lies in.
    pub region: RegionCode,
    /// Its time zone.
    pub zone: Zone,
}

/// What an import of schools did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchoolImport {
    /// Schools created.
    pub created: usize,
    /// Schools whose code was there already; they stay as they are.
    pub existing: usize,
    /// Rows that were left out.
    pub faults: Vec<SchoolFault>,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolFault {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// The column's word: code, name, name_en, kind or town.
    pub column: &'static str,
    /// What the cell says.
    pub value: String,
}

impl SchoolFault {
    /// What is wrong, in words.
    pub fn message(&self, lang: Lang) -> &'static str {
        match (self.column, lang) {
            ("code", Lang::Zh) => "学校代码应为字母、数字或短横线，且不能为空",
            ("code", Lang::En) => {
                "A school's code has letters, digits and dashes, and is never empty"
            }
            ("name", Lang::Zh) => "校名不能为空，最多 60 个字",
            ("name", Lang::En) => "A name is needed, at most 60 characters",
            ("name_en", Lang::Zh) => "英文校名最多 120 个字符",
            ("name_en", Lang::En) => "An English name has at most 120 characters",
            ("kind", Lang::Zh) => "无法识别的学校类别，请写成 小学、初中 或 primary、junior 等",
            ("kind", Lang::En) => "Not a kind of school; write primary, junior and so on",
            (_, Lang::Zh) => "没有这个区划代码，或不在您的范围内",
            (_, Lang::En) => "There is no such region code, or it lies outside your region",
        }
    }
}

/// A code as it is kept.
fn tidy_code(text: &str) -> Option<String> {
    let code = to_half_width(text).trim().to_uppercase();
    let fits = (1..=CODE_CHARS).contains(&code.len())
        && code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    fits.then_some(code)
}

fn tidy_name(text: &str) -> Option<String> {
    let name = text.trim();
    (1..=NAME_CHARS)
        .contains(&name.chars().count())
        .then(|| name.to_owned())
}

/// An English name, or a suggestion where there is none.
fn tidy_name_en(text: &str, zh: &str) -> Option<String> {
    match text.trim() {
        "" => Some(english::school_name(zh)),
        name => (name.chars().count() <= NAME_EN_CHARS).then(|| name.to_owned()),
    }
}

/// Where the columns of a list of schools are.
struct Columns {
    code: usize,
    name: usize,
    name_en: Option<usize>,
    kind: usize,
    town: usize,
}

impl Columns {
    fn find(header: &Line) -> Option<Self> {
        let texts: Vec<String> = header.texts().iter().map(|t| t.to_lowercase()).collect();
        let at = |words: &[&str]| texts.iter().position(|t| words.contains(&t.as_str()));
        Some(Self {
            code: at(&["code", "school_code", "学校代码", "代码"])?,
            name: at(&["name", "school_name", "学校名称", "名称", "校名"])?,
            name_en: at(&["name_en", "english_name", "英文名称", "英文校名", "英文名"]),
            kind: at(&["kind", "类别", "学校类别"])?,
            town: at(&[
                "town",
                "town_code",
                "region",
                "region_code",
                "区划代码",
                "乡镇代码",
            ])?,
        })
    }

    fn school(&self, line: &Line) -> std::result::Result<NewSchool, SchoolFault> {
        let text = |at: usize| line.cell(at).text();
        let fault = |column: &'static str, at: usize| SchoolFault {
            row: line.number,
            column,
            value: text(at),
        };
        let name_en = self.name_en.map_or_else(String::new, text);
        if name_en.trim().chars().count() > NAME_EN_CHARS {
            return Err(fault("name_en", self.name_en.unwrap_or_default()));
        }
        Ok(NewSchool {
            code: tidy_code(&text(self.code)).ok_or_else(|| fault("code", self.code))?,
            name: tidy_name(&text(self.name)).ok_or_else(|| fault("name", self.name))?,
            name_en,
            kind: SchoolKind::parse(&text(self.kind)).ok_or_else(|| fault("kind", self.kind))?,
            region: RegionCode::parse(to_half_width(&text(self.town)).trim())
                .map_err(|_| fault("town", self.town))?,
            zone: Zone::SHANGHAI,
        })
    }
}

impl Services {
    /// Creates a school within the actor's region.
    ///
    /// # Errors
    /// [`Refusal::RegionUnknown`] outside the actor's region, [`Refusal::SchoolCodeTaken`],
    /// [`Refusal::FieldInvalid`] for a bad code or name.
    pub async fn create_school(&self, actor: &Actor, new: &NewSchool) -> Result<SchoolId> {
        let mut tx = self.store.write().await?;
        let id = self.insert_school(&mut tx, actor, new).await?;
        tx.commit().await?;
        self.forget_schools();
        Ok(id)
    }

    /// Creates the schools of a list with the columns code, name, kind and town, and name_en if it likes. Faulty rows never stop the good ones;
    /// importing the list again changes nothing.
    ///
    /// # Errors
    /// [`ReadError`] inside, where the file is no table or lacks a column.
    pub async fn create_schools_from_csv(
        &self,
        actor: &Actor,
        bytes: &[u8],
    ) -> Result<std::result::Result<SchoolImport, ReadError>> {
        let lines = match crate::roster::read(bytes, "schools") {
            Ok(sheets) => sheets
                .into_iter()
                .next()
                .map(|s| s.lines)
                .unwrap_or_default(),
            Err(error) => return Ok(Err(error)),
        };
        let found = lines
            .iter()
            .enumerate()
            .find_map(|(at, line)| Some((at, Columns::find(line)?)));
        let Some((header, columns)) = found else {
            return Ok(Err(ReadError::NoHeader));
        };
        let mut import = SchoolImport::default();
        let mut tx = self.store.write().await?;
        for line in lines.iter().skip(header + 1) {
            let school = match columns.school(line) {
                Ok(school) => school,
                Err(fault) => {
                    import.faults.push(fault);
                    continue;
                }
            };
            match self.insert_school(&mut tx, actor, &school).await {
                Ok(_) => import.created += 1,
                Err(Error::Refused(Refusal::SchoolCodeTaken)) => import.existing += 1,
                Err(Error::Refused(Refusal::RegionUnknown)) => import.faults.push(SchoolFault {
                    row: line.number,
                    column: "town",
                    value: school.region.to_string(),
                }),
                Err(error) => return Err(error),
            }
        }
        tx.commit().await?;
        self.forget_schools();
        Ok(Ok(import))
    }

    async fn insert_school(&self, tx: &mut Tx, actor: &Actor, new: &NewSchool) -> Result<SchoolId> {
        let manages = |g: &Grant| Action::ManageRegion.roles().contains(&g.role);
        if actor.id().is_some() && !actor.grants().iter().any(manages) {
            return Err(Error::Forbidden);
        }
        let unknown = |_| Error::Refused(Refusal::RegionUnknown);
        let place = self
            .place_of_region(tx, &new.region)
            .await
            .map_err(unknown)?;
        actor
            .require(Action::ManageRegion, &place)
            .map_err(unknown)?;
        let (Some(code), Some(name), Some(name_en)) = (
            tidy_code(&new.code),
            tidy_name(&new.name),
            tidy_name_en(&new.name_en, new.name.trim()),
        ) else {
            return Err(Refusal::FieldInvalid.into());
        };
        let row = SchoolRow {
            school_id: SchoolId(0),
            code,
            name,
            name_en,
            kind: new.kind.word().into(),
            region_code: new.region.clone(),
            zone: new.zone.name().into(),
            due_minute: DUE_MINUTE,
            late_days: 1,
            self_report_age: None,
            contact: String::new(),
            created_at: self.clock.now().0,
        };
        if tx.school_by_code(&row.code).await?.is_some() {
            return Err(Refusal::SchoolCodeTaken.into());
        }
        let id = tx.insert_school(&row).await?;
        self.audit(
            tx,
            Entry {
                actor,
                place: &place,
                action: "school.create",
                subject: format!("school:{id}"),
                detail: Some((&row.code, None)),
            },
        )
        .await?;
        Ok(id)
    }
}
