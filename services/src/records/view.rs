//! The records of a region as the health officer sees them: masked, paged, and searched by exact number only.

use super::open_record;
use crate::audit::{Entry, person as person_subject};
use crate::bureau::REVEALS_PER_HOUR;
use crate::people::{OpenPerson, class_name};
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::identity::{NationalId, Phone};
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::list::{ListKind, Who};
use domain::roster::ClassName;
use domain::state::RecordKind;
use domain::{Day, Millis, Text};
use std::collections::HashMap;
use store::{OfficialRecordRow, PlacedRecordRow, Tx};

/// Records on a page.
pub const RECORDS_PAGE: i64 = 50;
const HOUR: i64 = 3_600_000;
/// The shortest and longest reason for a search, in characters.
const WHY: std::ops::RangeInclusive<usize> = 4..=200;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordView {
    /// Its number.
    pub id: i64,
    /// About whom.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// Their class.
    pub class: (ClassId, ClassName),
    /// Their school.
    pub school: (SchoolId, Text),
    /// What it says.
    pub kind: RecordKind,
    /// The full name of a stay's region.
    pub region: Option<Text>,
    /// The authority behind it.
    pub authority: String,
    /// The day it was received.
    pub received: Day,
    /// Whether it came in by a list.
    pub by_list: bool,
    /// When it was withdrawn, and why.
    pub withdrawn: Option<(Millis, String)>,
}

/// A page of records, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordsPage {
    /// The region's name.
    pub region: Text,
    /// The present day there.
    pub today: Day,
    /// The records.
    pub records: Vec<RecordView>,
    /// The number before which the next page begins.
    pub next: Option<i64>,
    /// Records in force, and withdrawn ones.
    pub counts: (i64, i64),
}

/// Whose records a search asks for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSearch {
    /// An identity number or a guardian's phone.
    pub number: String,
    /// The reason, which the family reads.
    pub why: String,
}

impl Services {
    /// A page of a region's records; one row in the audit log per reader and day.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn records(
        &self,
        actor: &Actor,
        region: &RegionCode,
        before: Option<i64>,
    ) -> Result<RecordsPage> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::EnterRecords, &place)?;
        let mut rows = tx
            .records_within(region, before.unwrap_or(i64::MAX), RECORDS_PAGE + 1)
            .await?;
        let has_more = rows.len() > usize::try_from(RECORDS_PAGE).unwrap_or_default();
        if has_more {
            rows.pop();
        }
        let next = rows.last().map(|r| r.record.record_id).filter(|_| has_more);
        let page = RecordsPage {
            region: self.region_name(&mut tx, region).await?,
            today: self.today_in(&mut tx, region).await?,
            counts: tx.record_counts_within(region).await?,
            records: self.record_views(&mut tx, rows).await?,
            next,
        };
        drop(tx);
        let subject = format!("region:{region}");
        self.audit_list(actor, &place, subject, "record.list", page.today)
            .await?;
        Ok(page)
    }

    /// The records of one person, found by exact identity number or guardian's phone; written down as a reveal for
    /// each person found, with the reason.
    ///
    /// # Errors
    /// [`Refusal::NoteNeeded`] without a reason, [`Refusal::FieldInvalid`] where it is no such number,
    /// [`Refusal::RevealCap`].
    pub async fn search_records(
        &self,
        actor: &Actor,
        region: &RegionCode,
        search: &RecordSearch,
    ) -> Result<Vec<(PersonId, String, Vec<RecordView>)>> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::EnterRecords, &place)?;
        let who = Who {
            national_id: NationalId::parse(&search.number).ok(),
            phone: Phone::parse(&search.number).ok(),
            name: String::new(),
        };
        if who.national_id.is_none() && who.phone.is_none() {
            return Err(Refusal::FieldInvalid.into());
        }
        let why = search.why.trim();
        if !WHY.contains(&why.chars().count()) {
            return Err(Refusal::NoteNeeded.into());
        }
        if let Some(account) = actor.id() {
            let since = Millis(self.clock.now().0 - HOUR);
            if tx.audit_count(account, "person.reveal", since).await? >= REVEALS_PER_HOUR {
                return Err(Refusal::RevealCap.into());
            }
        }
        let matches = self.match_people(&mut tx, region, &[&who]).await?;
        let mut people: Vec<OpenPerson> = matches.people.into_values().collect();
        people.sort_by_key(|p| p.row.person_id);
        let mut found = Vec::new();
        for person in people {
            let id = person.row.person_id;
            let (at, _) = self.place_of_person(&mut tx, id).await?;
            self.audit_search(&mut tx, actor, &at, &person, why).await?;
            let school = self.school_info(&mut tx, person.row.school_id).await?;
            let rows = tx.records_of(&[id]).await?;
            let rows = rows
                .into_iter()
                .rev()
                .map(|record| PlacedRecordRow {
                    record,
                    school_id: person.row.school_id,
                    school_name: school.row.name.clone(),
                    school_name_en: school.row.name_en.clone(),
                })
                .collect();
            let views = self.record_views(&mut tx, rows).await?;
            found.push((id, person.masked(), views));
        }
        if found.is_empty() {
            // Nobody's log would show it: the region's does.
            let entry = Entry {
                actor,
                place: &place,
                action: "person.search",
                subject: format!("region:{region}"),
                detail: Some((why, None)),
            };
            self.audit(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(found)
    }

    async fn audit_search(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        person: &OpenPerson,
        why: &str,
    ) -> Result<()> {
        let entry = Entry {
            actor,
            place,
            action: "person.reveal",
            subject: person_subject(person.row.person_id),
            detail: Some((why, Some(&person.key))),
        };
        self.audit(tx, entry).await
    }

    /// One record, before it is withdrawn; audited as the reading of one person.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn record(&self, actor: &Actor, record: i64) -> Result<RecordView> {
        let mut tx = self.store.read().await?;
        let row = tx.official_record(record).await?.ok_or(Error::Forbidden)?;
        let (place, person) = self.place_of_person(&mut tx, row.person_id).await?;
        actor.require(Action::EnterRecords, &place)?;
        let school = self.school_info(&mut tx, person.school_id).await?;
        let placed = PlacedRecordRow {
            record: row,
            school_id: person.school_id,
            school_name: school.row.name.clone(),
            school_name_en: school.row.name_en.clone(),
        };
        let view = self.record_views(&mut tx, vec![placed]).await?.pop();
        drop(tx);
        self.audit_read(actor, &place, person.person_id, "person.read")
            .await?;
        view.ok_or(Error::Forbidden)
    }

    async fn record_views(
        &self,
        tx: &mut Tx,
        rows: Vec<PlacedRecordRow>,
    ) -> Result<Vec<RecordView>> {
        let ids: Vec<PersonId> = rows.iter().map(|r| r.record.person_id).collect();
        let mut people = HashMap::new();
        for row in tx.people(&ids).await? {
            people.insert(row.person_id, self.open_person(row)?);
        }
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(person) = people.get(&row.record.person_id) else {
                continue;
            };
            let record = open_record(&person.key, &row.record)?;
            let region = match &record.kind {
                RecordKind::Stay { region, .. } => {
                    let names = self.region_names_in(tx, [region.clone()]).await?;
                    names.into_values().next()
                }
                _ => None,
            };
            let class = tx
                .class(person.row.class_id)
                .await?
                .ok_or(Error::Forbidden)?;
            views.push(RecordView {
                id: row.record.record_id,
                person: person.row.person_id,
                name: person.masked(),
                class: (class.class_id, class_name(&class)),
                school: (row.school_id, row.school_names()),
                kind: record.kind,
                region,
                authority: record.authority,
                received: record.received,
                by_list: row.record.way == "list",
                withdrawn: withdrawal(person, &row.record),
            });
        }
        Ok(views)
    }

    /// The names of a region, or its code where it has none.
    pub(crate) async fn region_name(&self, tx: &mut Tx, region: &RegionCode) -> Result<Text> {
        let row = tx.region(region).await?;
        Ok(row.map_or_else(
            || Text::new(region.as_str(), region.as_str()),
            |row| row.names(),
        ))
    }
}

fn withdrawal(person: &OpenPerson, row: &OfficialRecordRow) -> Option<(Millis, String)> {
    let at = row.withdrawn_at?;
    let cell = Cell::new("official_record", "withdrawn_enc", row.record_id);
    let why = row.withdrawn_enc.as_ref().and_then(|sealed| {
        let plain = person.key.open(cell, sealed).ok()?;
        String::from_utf8(plain).ok()
    });
    Some((at, why.unwrap_or_default()))
}

impl RecordView {
    /// Its kind.
    pub fn list_kind(&self) -> ListKind {
        ListKind::of(&self.kind)
    }
}
