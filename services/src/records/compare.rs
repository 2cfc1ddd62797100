//! A list beside the records as they stand: what becomes of each row.

use super::enter::in_force;
use super::find::{Found, Matches};
use super::import::{ListError, Listed, PreviewRow, RowFate, RowPerson};
use super::staged::{ListOf, ListUpload};
use crate::people::class_name;
use crate::roster::{ReadError, read};
use crate::{Error, Result, Services};
use domain::Day;
use domain::ids::{PersonId, RegionCode};
use domain::list::{ListColumn, ListFault, ListReason, Read, RecordRow, Who, read_records};
use domain::state::RecordKind;
use sha2::{Digest, Sha256};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use store::{OfficialRecordRow, Tx};

/// One record that a list adds.
pub(super) struct NewRow {
    pub person: PersonId,
    pub kind: RecordKind,
    pub mark: Vec<u8>,
}

/// A list beside the records as they stand.
pub(super) struct Compared {
    pub rows: Vec<PreviewRow>,
    pub faults: Vec<ListFault>,
    pub ignored: Vec<String>,
    pub new: Vec<NewRow>,
    pub today: Day,
}

impl Services {
    pub(super) async fn compare_records(
        &self,
        region: &RegionCode,
        upload: &ListUpload,
    ) -> Listed<Compared> {
        let mut tx = self.store.read().await?;
        let today = self.today_in(&mut tx, region).await?;
        let finder = self.region_finder(&mut tx).await?;
        let (bytes, name) = (upload.bytes.clone(), upload.file_name.clone());
        let kind = match upload.of {
            ListOf::Records(kind) => kind,
            ListOf::Areas | ListOf::Keys => None,
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
            ignored: read.ignored,
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
            let class = match classes.entry(row.class_id) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    let class = tx.class(row.class_id).await?.ok_or(Error::Forbidden)?;
                    *place.insert(class_name(&class))
                }
            };
            let school = self.school_info(tx, row.school_id).await?;
            let shown = RowPerson {
                person: *id,
                name: person.masked(),
                class,
                school: school.row.names(),
            };
            out.insert(*id, shown);
        }
        Ok(out)
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

/// Changes whenever the rows' fates do.
pub(super) fn mark_of(compared: &Compared) -> String {
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
