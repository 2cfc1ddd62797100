//! Importing a roster: what a file would change, shown first; then the change itself.

use super::error::ReadError;
use super::parse::{Parsed, parse};
use super::staged::Upload;
use super::write::Import;
use crate::people::OpenPerson;
use crate::{Actor, Error, Result, Services};
use domain::access::Action;
use domain::ids::{PersonId, SchoolId};
use domain::roster::{ExistingPerson, Fault, Mapping, MappingProblem, Plan, RosterRow, plan};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::Tx;

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read as a roster at all.
    #[error(transparent)]
    File(#[from] ReadError),
    /// Its columns have to be named first.
    #[error("columns are missing: {0:?}")]
    Columns(Vec<MappingProblem>),
    /// Anything else.
    #[error(transparent)]
    Other(Error),
}

impl<E: Into<Error>> From<E> for ImportError {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// What an import returns.
pub type Imported<T> = std::result::Result<T, ImportError>;

/// How many people and rows are concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// People whom the system did not have.
    pub new: usize,
    /// People with other values than the system had.
    pub changed: usize,
    /// People who had left and are back.
    pub returned: usize,
    /// People with the same values.
    pub unchanged: usize,
    /// People taken off the roster.
    pub removed: usize,
    /// Faults that kept rows out; a row may have several.
    pub faults: usize,
}

/// A person of the system who is not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsentPerson {
    /// Who.
    pub person: PersonId,
    /// What the roster says of them.
    pub profile: RosterRow,
}

/// What importing an upload would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The upload's number.
    pub staged: i64,
    /// The file's name.
    pub file_name: String,
    /// The file as read. Where [`Parsed::problems`] has something, the columns are to be named first.
    pub parsed: Parsed,
    /// What would change.
    pub plan: Plan,
    /// The people of [`Plan::absent`], in its order.
    pub absent: Vec<AbsentPerson>,
    /// Changes whenever the plan does, so that only what was seen is applied.
    pub mark: String,
}

/// What became of an application.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// The roster is changed.
    Done(Counts),
    /// The roster has changed since the preview: look at this new one first. Nothing was done.
    Outdated(Box<Preview>),
}

/// What an import from the command line did, or with a dry run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportOutcome {
    /// People whom the system did not have.
    pub new: usize,
    /// People with other values than the system had, or who had left and are back.
    pub changed: usize,
    /// People with the same values.
    pub unchanged: usize,
    /// People of the file's classes who are not in it. They stay.
    pub absent: usize,
    /// Each fault with row, column and reason.
    pub faults: Vec<Fault>,
    /// The headers of the columns that were not used.
    pub ignored_columns: Vec<String>,
}

/// A file beside the roster as it stands.
struct Compared {
    parsed: Parsed,
    people: Vec<OpenPerson>,
    plan: Plan,
}

impl Services {
    /// Reads an uploaded file, keeps it for two hours and says what importing it would do.
    ///
    /// # Errors
    /// [`ImportError::File`] where it is no roster; nothing is kept then.
    pub async fn preview_roster(
        &self,
        actor: &Actor,
        school: SchoolId,
        file_name: &str,
        bytes: Vec<u8>,
        mapping: Option<Mapping>,
    ) -> Imported<Preview> {
        self.require_roster(actor, school).await?;
        let upload = Upload {
            file_name: file_name.to_owned(),
            mapping,
            bytes,
        };
        let compared = self.compare(school, &upload).await?;
        let id = self.next_id();
        self.stage(actor, school, id, &upload).await?;
        Ok(preview(id, upload.file_name, compared)?)
    }

    /// What importing a kept upload would do now.
    ///
    /// # Errors
    /// [`crate::Refusal::UploadGone`]
    pub async fn staged_roster(
        &self,
        actor: &Actor,
        school: SchoolId,
        staged: i64,
    ) -> Imported<Preview> {
        let upload = self.upload(actor, school, staged).await?;
        let compared = self.compare(school, &upload).await?;
        Ok(preview(staged, upload.file_name, compared)?)
    }

    /// Names the columns of a kept upload.
    pub async fn map_roster(
        &self,
        actor: &Actor,
        school: SchoolId,
        staged: i64,
        mapping: Mapping,
    ) -> Imported<Preview> {
        let mut upload = self.upload(actor, school, staged).await?;
        upload.mapping = Some(mapping);
        let compared = self.compare(school, &upload).await?;
        self.stage(actor, school, staged, &upload).await?;
        Ok(preview(staged, upload.file_name, compared)?)
    }

    /// Forgets a kept upload.
    pub async fn discard_roster(&self, actor: &Actor, school: SchoolId, staged: i64) -> Result<()> {
        self.require_roster(actor, school).await?;
        let mut tx = self.store.write().await?;
        self.staged(&mut tx, actor, school, staged).await?;
        tx.delete_staged_roster(staged).await?;
        Ok(tx.commit().await?)
    }

    /// Imports a kept upload as its preview with this mark showed it, and takes those of its absent people
    /// off the roster who are in `remove`.
    pub async fn apply_roster(
        &self,
        actor: &Actor,
        school: SchoolId,
        staged: i64,
        mark: &str,
        remove: &[PersonId],
    ) -> Imported<Applied> {
        let upload = self.upload(actor, school, staged).await?;
        let compared = self.compare(school, &upload).await?;
        let now = mark_of(&compared.plan)?;
        if !compared.parsed.problems.is_empty() || now != mark {
            let preview = preview(staged, upload.file_name, compared)?;
            return Ok(Applied::Outdated(Box::new(preview)));
        }
        let remove: Vec<PersonId> = compared
            .plan
            .absent
            .iter()
            .copied()
            .filter(|p| remove.contains(p))
            .collect();
        let import = Import {
            actor,
            school,
            file_name: &upload.file_name,
            rows: &compared.parsed.checked.rows,
            people: &compared.people,
            plan: &compared.plan,
            remove: &remove,
            staged: Some(staged),
        };
        if let Some(counts) = self.write_import(&import).await? {
            return Ok(Applied::Done(counts));
        }
        let preview = self.staged_roster(actor, school, staged).await?;
        Ok(Applied::Outdated(Box::new(preview)))
    }

    /// Imports a file at once, as the command line does. Nobody is removed.
    ///
    /// # Errors
    /// [`ImportError::Columns`] where its headers are not understood; [`Error::Forbidden`] where there is no such
    /// school.
    pub async fn import_roster_file(
        &self,
        actor: &Actor,
        school_code: &str,
        file_name: &str,
        bytes: Vec<u8>,
        dry_run: bool,
    ) -> Imported<ImportOutcome> {
        let school = self
            .store
            .read()
            .await?
            .school_by_code(school_code)
            .await?
            .ok_or(Error::Forbidden)?
            .school_id;
        self.require_roster(actor, school).await?;
        let upload = Upload {
            file_name: file_name.to_owned(),
            mapping: None,
            bytes,
        };
        loop {
            let compared = self.compare(school, &upload).await?;
            if !compared.parsed.problems.is_empty() {
                return Err(ImportError::Columns(compared.parsed.problems));
            }
            let import = Import {
                actor,
                school,
                file_name,
                rows: &compared.parsed.checked.rows,
                people: &compared.people,
                plan: &compared.plan,
                remove: &[],
                staged: None,
            };
            if dry_run || self.write_import(&import).await?.is_some() {
                let plan = compared.plan;
                return Ok(ImportOutcome {
                    new: plan.new.len(),
                    changed: plan.changed.len() + plan.returned.len(),
                    unchanged: plan.unchanged.len(),
                    absent: plan.absent.len(),
                    faults: plan.faults,
                    ignored_columns: compared.parsed.ignored(),
                });
            }
        }
    }

    async fn require_roster(&self, actor: &Actor, school: SchoolId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ChangeRoster, &place)
    }

    async fn upload(&self, actor: &Actor, school: SchoolId, staged: i64) -> Result<Upload> {
        self.require_roster(actor, school).await?;
        let mut tx = self.store.read().await?;
        self.staged(&mut tx, actor, school, staged).await
    }

    /// Everybody who is or was on the roster, opened.
    pub(crate) async fn roster_of(&self, tx: &mut Tx, school: SchoolId) -> Result<Vec<OpenPerson>> {
        let rows = tx.people_of_school(school).await?;
        rows.into_iter().map(|row| self.open_person(row)).collect()
    }

    async fn compare(&self, school: SchoolId, upload: &Upload) -> Imported<Compared> {
        let mut tx = self.store.read().await?;
        let info = self.school_info(&mut tx, school).await?;
        let people = self.roster_of(&mut tx, school).await?;
        drop(tx);
        let today = self.today_at(&info);
        let upload = upload.clone();
        let existing: Vec<ExistingPerson> = people
            .iter()
            .map(|p| ExistingPerson {
                person: p.row.person_id,
                row: p.profile.clone(),
                active: p.row.left_day.is_none(),
            })
            .collect();
        let (parsed, plan) = tokio::task::spawn_blocking(move || {
            let parsed = parse(&upload.bytes, &upload.file_name, upload.mapping, today)?;
            let plan = if parsed.problems.is_empty() {
                plan(&existing, &parsed.checked)
            } else {
                Plan::default()
            };
            Ok::<_, ReadError>((parsed, plan))
        })
        .await
        .map_err(|e| Error::internal(format!("reading a roster: {e}")))??;
        Ok(Compared {
            parsed,
            people,
            plan,
        })
    }
}

fn mark_of(plan: &Plan) -> Result<String> {
    let bytes = serde_json::to_vec(plan).map_err(|e| Error::internal(e.to_string()))?;
    let mut mark = String::new();
    for byte in Sha256::digest(&bytes).iter().take(16) {
        let _ = write!(mark, "{byte:02x}");
    }
    Ok(mark)
}

fn preview(staged: i64, file_name: String, compared: Compared) -> Result<Preview> {
    let profiles: BTreeMap<PersonId, &RosterRow> = compared
        .people
        .iter()
        .map(|p| (p.row.person_id, &p.profile))
        .collect();
    let absent = compared
        .plan
        .absent
        .iter()
        .filter_map(|person| {
            Some(AbsentPerson {
                person: *person,
                profile: (*profiles.get(person)?).clone(),
            })
        })
        .collect();
    Ok(Preview {
        staged,
        file_name,
        mark: mark_of(&compared.plan)?,
        parsed: compared.parsed,
        plan: compared.plan,
        absent,
    })
}
