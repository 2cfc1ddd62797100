//! Importing a list of records: what it would add, shown first; then the records themselves, in pieces.
//!
//! Each piece plans the re-decision of its people in its own transaction. A stop loses nothing: the same list read
//! again adds only what is missing.

use super::compare::{Compared, NewRow, mark_of};
use super::enter::{AUTHORITY, Batch, Way, in_force};
use super::staged::{ListOf, ListUpload};
use crate::audit::Entry;
use crate::pace::Pace;
use crate::redecide::{Redecision, Whom};
use crate::roster::ReadError;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::Text;
use domain::access::Place;
use domain::ids::{PersonId, RegionCode};
use domain::list::{ListColumn, ListFault, ListKind};
use domain::roster::ClassName;
use domain::state::RecordKind;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use store::Tx;

/// Why a list was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file cannot be read as a table at all.
    #[error(transparent)]
    File(#[from] ReadError),
    /// These columns were not found.
    #[error("columns are missing: {0:?}")]
    Columns(Vec<ListColumn>),
    /// Anything else.
    #[error(transparent)]
    Other(Error),
}

impl<E: Into<Error>> From<E> for ListError {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// What an import of a list returns.
pub type Listed<T> = std::result::Result<T, ListError>;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowFate {
    /// It adds a record.
    New,
    /// Its record is there already.
    Known,
    /// Its record was entered and withdrawn; it stays withdrawn.
    Withdrawn,
    /// Nobody here has that number.
    NotFound,
}

/// A person that a row is about, masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPerson {
    /// Who.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// Their class.
    pub class: ClassName,
    /// Their school's name.
    pub school: Text,
}

/// One good row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// What it says.
    pub kind: RecordKind,
    /// What becomes of it.
    pub fate: RowFate,
    /// Whom it is about; empty where nobody was found.
    pub people: Vec<RowPerson>,
}

/// What importing a list would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPreview {
    /// The upload's number.
    pub staged: i64,
    /// The file's name.
    pub file_name: String,
    /// The authority behind it.
    pub authority: String,
    /// The good rows.
    pub rows: Vec<PreviewRow>,
    /// The faults of the others.
    pub faults: Vec<ListFault>,
    /// Changes whenever the rows' fates do, so that only what was seen is applied.
    pub mark: String,
}

impl ListPreview {
    /// How many rows have a fate.
    pub fn count(&self, fate: RowFate) -> usize {
        self.rows.iter().filter(|row| row.fate == fate).count()
    }
}

/// What became of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListApplied {
    /// So many records were added.
    Done(usize),
    /// Something has changed since the preview: look at this new one first. Nothing was done.
    Outdated(Box<ListPreview>),
}

/// What an import from the command line did, or with a dry run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ListOutcome {
    /// Records added.
    pub new: usize,
    /// Records that were there already.
    pub known: usize,
    /// Records that were entered before and withdrawn; they stay withdrawn.
    pub withdrawn: usize,
    /// Rows about people who are on no roster of the region.
    pub not_found: usize,
    /// Each fault with row, column and reason.
    pub faults: Vec<ListFault>,
    /// The headers of the columns that were not used.
    pub ignored_columns: Vec<String>,
}

impl Services {
    /// Reads an uploaded list, keeps it for two hours and says what importing it would do.
    ///
    /// # Errors
    /// [`ListError::File`] and [`ListError::Columns`] where it is no such list; nothing is kept then.
    pub async fn preview_records(
        &self,
        actor: &Actor,
        region: &RegionCode,
        upload: ListUpload,
    ) -> Listed<ListPreview> {
        self.require_list(actor, region, upload.of).await?;
        check_authority(&upload)?;
        let compared = self.compare_records(region, &upload).await?;
        let staged = self.stage_list(actor, region, &upload).await?;
        Ok(preview(staged, upload, compared))
    }

    /// What importing a kept upload would do now.
    ///
    /// # Errors
    /// [`Refusal::UploadGone`]
    pub async fn staged_records(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Listed<ListPreview> {
        let upload = self.staged_upload(actor, region, staged).await?;
        let compared = self.compare_records(region, &upload).await?;
        Ok(preview(staged, upload, compared))
    }

    /// Imports a kept upload as its preview with this mark showed it. Whoever it concerns is decided about anew in
    /// the background.
    pub async fn apply_records(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
        mark: &str,
    ) -> Listed<ListApplied> {
        let upload = self.staged_upload(actor, region, staged).await?;
        let compared = self.compare_records(region, &upload).await?;
        if mark_of(&compared) != mark {
            let shown = preview(staged, upload, compared);
            return Ok(ListApplied::Outdated(Box::new(shown)));
        }
        let count = self
            .write_list(actor, region, &upload, compared, Some(staged))
            .await?;
        Ok(ListApplied::Done(count))
    }

    /// Imports a list at once, as the command line does, and decides about everybody concerned before it returns.
    pub async fn import_records_file(
        &self,
        actor: &Actor,
        region: &RegionCode,
        upload: ListUpload,
        dry_run: bool,
    ) -> Listed<ListOutcome> {
        self.require_list(actor, region, upload.of).await?;
        check_authority(&upload)?;
        let compared = self.compare_records(region, &upload).await?;
        let count = |fate| compared.rows.iter().filter(|row| row.fate == fate).count();
        let outcome = ListOutcome {
            new: count(RowFate::New),
            known: count(RowFate::Known),
            withdrawn: count(RowFate::Withdrawn),
            not_found: count(RowFate::NotFound),
            faults: compared.faults.clone(),
            ignored_columns: compared.ignored.clone(),
        };
        if !dry_run {
            self.write_list(actor, region, &upload, compared, None)
                .await?;
            self.finish_redecisions().await?;
        }
        Ok(outcome)
    }

    async fn staged_upload(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Result<ListUpload> {
        let of = ListOf::Records(None);
        self.require_list(actor, region, of).await?;
        let mut tx = self.store.read().await?;
        self.staged_list_of(&mut tx, actor, region, of, staged)
            .await
    }

    /// Adds the new records piece by piece, each with the re-decision of its people.
    async fn write_list(
        &self,
        actor: &Actor,
        region: &RegionCode,
        upload: &ListUpload,
        compared: Compared,
        staged: Option<i64>,
    ) -> Result<usize> {
        let batch = Batch {
            actor,
            region,
            authority: upload.authority.trim(),
            received: compared.today,
            at: self.clock.now(),
            way: Way::List,
        };
        let mut pace = Pace::of_import();
        let mut rest = compared.new.as_slice();
        let mut added = 0;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(pace.size().min(rest.len()));
            rest = after;
            let mut tx = self.store.write().await?;
            let began = self.clock.now();
            added += self.write_piece(&mut tx, &batch, upload, piece).await?;
            tx.commit().await?;
            let took = self.clock.now().0 - began.0;
            self.resume_redecisions();
            pace.took_and_rests(piece.len(), took).await;
        }
        let mut tx = self.store.write().await?;
        let place: Place = self.place_of_region(&mut tx, region).await?;
        let detail = format!(
            "{}; {}; {added} new, {} faults",
            upload.file_name,
            batch.authority,
            compared.faults.len()
        );
        let entry = Entry {
            actor,
            place: &place,
            action: "record.import",
            subject: format!("region:{region}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        if let Some(staged) = staged {
            tx.delete_staged_list(staged).await?;
        }
        tx.commit().await?;
        Ok(added)
    }

    async fn write_piece(
        &self,
        tx: &mut Tx,
        batch: &Batch<'_>,
        upload: &ListUpload,
        piece: &[NewRow],
    ) -> Result<usize> {
        let people: BTreeSet<PersonId> = piece.iter().map(|row| row.person).collect();
        let people = Vec::from_iter(people);
        let known = tx.records_of(&people).await?;
        let mut keys = HashMap::new();
        for row in tx.states(&people).await? {
            keys.insert(row.person_id, self.open_state(row)?.key);
        }
        let (mut rows, mut kinds) = (Vec::new(), Vec::new());
        for new in piece {
            // Somebody else may have entered it meanwhile, or the person may have left.
            let Some(key) = keys.get(&new.person) else {
                continue;
            };
            if in_force(&known, &new.mark).is_none() {
                rows.push(self.seal_record(key, new.person, &new.kind, batch)?);
                kinds.push(ListKind::of(&new.kind));
            }
        }
        let added = rows.len();
        if added == 0 {
            return Ok(0);
        }
        let concerned: BTreeSet<PersonId> = rows.iter().map(|row| row.person_id).collect();
        self.write_records(tx, batch, rows, &kinds).await?;
        let plan = Redecision {
            whom: Whom::People(Vec::from_iter(concerned)),
            region: batch.region.clone(),
            cause: "record".into(),
            subject: upload.file_name.clone(),
        };
        self.plan_redecision(tx, &plan).await?;
        Ok(added)
    }
}

fn check_authority(upload: &ListUpload) -> Result<()> {
    if AUTHORITY.contains(&upload.authority.trim().chars().count()) {
        Ok(())
    } else {
        Err(Refusal::FieldInvalid.into())
    }
}

fn preview(staged: i64, upload: ListUpload, compared: Compared) -> ListPreview {
    ListPreview {
        staged,
        mark: mark_of(&compared),
        file_name: upload.file_name,
        authority: upload.authority,
        rows: compared.rows,
        faults: compared.faults,
    }
}
