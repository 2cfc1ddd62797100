//! Importing a list of records: what it would add, shown first; then the records themselves, in pieces.
//!
//! Each piece plans the re-decision of its people in its own transaction. A stop loses nothing: the same list read
//! again adds only what is missing.

use super::enter::{AUTHORITY, Batch, Way, in_force};
use super::find::{Found, Matches};
use super::staged::{ListOf, ListUpload};
use crate::audit::Entry;
use crate::people::class_name;
use crate::redecide::{Pace, Redecision, Whom};
use crate::roster::{ReadError, read};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::Day;
use domain::access::Place;
use domain::ids::{PersonId, RegionCode};
use domain::list::{
    ListColumn, ListFault, ListKind, ListReason, Read, RecordRow, Who, read_records,
};
use domain::roster::ClassName;
use domain::state::RecordKind;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use store::{OfficialRecordRow, Tx};

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
    pub school: String,
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
}

/// One record that a list adds.
struct NewRow {
    person: PersonId,
    kind: RecordKind,
    mark: Vec<u8>,
}

/// A list beside the records as they stand.
struct Compared {
    rows: Vec<PreviewRow>,
    faults: Vec<ListFault>,
    new: Vec<NewRow>,
    today: Day,
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

    async fn compare_records(&self, region: &RegionCode, upload: &ListUpload) -> Listed<Compared> {
        let mut tx = self.store.read().await?;
        let today = self.today_in(&mut tx, region).await?;
        let finder = self.region_finder(&mut tx).await?;
        let (bytes, name) = (upload.bytes.clone(), upload.file_name.clone());
        let kind = match upload.of {
            ListOf::Records(kind) => kind,
            ListOf::Areas => None,
        };
        let read = tokio::task::spawn_blocking(move || {
            read_first(&bytes, &name, |lines| {
                read_records(lines, kind, today, &|text| finder.find(text))
            })
        })
        .await
        .map_err(|e| Error::internal(format!("reading a list: {e}")))??;
        self.against_records(&mut tx, region, read, today).await
    }

    async fn against_records(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        read: Read<RecordRow>,
        today: Day,
    ) -> Listed<Compared> {
        let whos: Vec<&Who> = read.rows.iter().map(|row| &row.who).collect();
        let matches = self.match_people(tx, region, &whos).await?;
        let people: BTreeSet<PersonId> = matches.people.keys().copied().collect();
        let mut known: HashMap<PersonId, Vec<OfficialRecordRow>> = HashMap::new();
        for row in tx.records_of(&Vec::from_iter(people)).await? {
            known.entry(row.person_id).or_default().push(row);
        }
        let shown = self.row_people(tx, &matches).await?;
        let mut compared = Compared {
            rows: Vec::new(),
            faults: read.faults,
            new: Vec::new(),
            today,
        };
        let mut said = BTreeSet::new();
        for (row, found) in read.rows.into_iter().zip(matches.found) {
            let people = match found {
                Found::People(people) => people,
                Found::Nobody => Vec::new(),
                Found::Unclear(reason) => {
                    compared.faults.push(fault(&row, reason));
                    continue;
                }
            };
            let mut fate = if people.is_empty() {
                RowFate::NotFound
            } else {
                RowFate::Known
            };
            let mut is_repeated = false;
            for person in &people {
                let mark = self.record_mark(*person, &row.kind)?;
                let rows = known.get(person).map(Vec::as_slice).unwrap_or_default();
                if in_force(rows, &mark).is_some() {
                    continue;
                }
                if rows.iter().any(|r| r.mark_ix.as_deref() == Some(&mark)) {
                    fate = fate.max(RowFate::Withdrawn);
                } else if said.insert(mark.clone()) {
                    fate = RowFate::New;
                    compared.new.push(NewRow {
                        person: *person,
                        kind: row.kind.clone(),
                        mark,
                    });
                } else {
                    is_repeated = true;
                }
            }
            if is_repeated && fate != RowFate::New {
                compared.faults.push(fault(&row, ListReason::SaidTwice));
                continue;
            }
            compared.rows.push(PreviewRow {
                row: row.row,
                kind: row.kind,
                fate,
                people: people
                    .iter()
                    .filter_map(|p| shown.get(p).cloned())
                    .collect(),
            });
        }
        compared.faults.sort_by_key(|f| f.row);
        Ok(compared)
    }

    async fn row_people(
        &self,
        tx: &mut Tx,
        matches: &Matches,
    ) -> Result<BTreeMap<PersonId, RowPerson>> {
        let mut classes = HashMap::new();
        let mut out = BTreeMap::new();
        for (id, person) in &matches.people {
            let row = &person.row;
            if !classes.contains_key(&row.class_id) {
                let class = tx.class(row.class_id).await?.ok_or(Error::Forbidden)?;
                let school = self.school_info(tx, row.school_id).await?;
                classes.insert(row.class_id, (class_name(&class), school.row.name.clone()));
            }
            if let Some((class, school)) = classes.get(&row.class_id) {
                let shown = RowPerson {
                    person: *id,
                    name: person.masked(),
                    class: *class,
                    school: school.clone(),
                };
                out.insert(*id, shown);
            }
        }
        Ok(out)
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
        let mut pace = Pace::default();
        let mut rest = compared.new.as_slice();
        let mut added = 0;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(pace.size().min(rest.len()));
            rest = after;
            let mut tx = self.store.write().await?;
            let began = self.clock.now();
            added += self.write_piece(&mut tx, &batch, upload, piece).await?;
            tx.commit().await?;
            pace.took(piece.len(), self.clock.now().0 - began.0);
            self.resume_redecisions();
            tokio::task::yield_now().await;
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

fn fault(row: &RecordRow, reason: ListReason) -> ListFault {
    let column = match reason {
        ListReason::PhoneOfSeveral => ListColumn::Phone,
        ListReason::NameDiffers => ListColumn::Name,
        _ => ListColumn::Kind,
    };
    ListFault {
        row: row.row,
        column: column.title(domain::Lang::Zh).to_owned(),
        reason,
    }
}

fn check_authority(upload: &ListUpload) -> Result<()> {
    if AUTHORITY.contains(&upload.authority.trim().chars().count()) {
        Ok(())
    } else {
        Err(Refusal::FieldInvalid.into())
    }
}

/// Reads the first sheet of a file that is such a list; where none is, says what the first one lacks.
pub(crate) fn read_first<T>(
    bytes: &[u8],
    file_name: &str,
    read_lines: impl Fn(
        &[domain::roster::Line],
    ) -> std::result::Result<Read<T>, domain::list::MissingColumns>,
) -> Listed<Read<T>> {
    let mut missing = None;
    for sheet in read(bytes, file_name)? {
        match read_lines(&sheet.lines) {
            Ok(read) => return Ok(read),
            Err(domain::list::MissingColumns(columns)) => {
                missing.get_or_insert(columns);
            }
        }
    }
    Err(missing.map_or(ListError::File(ReadError::NotATable), ListError::Columns))
}

fn mark_of(compared: &Compared) -> String {
    let mut hash = Sha256::new();
    for row in &compared.rows {
        hash.update(row.row.to_be_bytes());
        hash.update([row.fate as u8]);
    }
    hash.update((compared.faults.len() as u64).to_be_bytes());
    let mut mark = String::new();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(mark, "{byte:02x}");
    }
    mark
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
