//! Entering one record, and withdrawing one that was entered in error.

use super::find::Found;
use super::places::RegionFinder;
use crate::audit::{Entry, person as person_subject};
use crate::recolour::Ledger;
use crate::vault::{Cell, CellKey};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::ids::{PersonId, RecordId, RegionCode};
use domain::list::{ListKind, ListReason, Who};
use domain::state::{OfficialRecord, RecordKind};
use domain::{Day, Millis, Text};
use store::{OfficialRecordRow, SourceRow, Tx};

/// The shortest and longest name of an authority, in characters.
pub const AUTHORITY: std::ops::RangeInclusive<usize> = 2..=40;
/// The shortest and longest reason for a withdrawal, in characters.
pub const WHY: std::ops::RangeInclusive<usize> = 4..=200;

/// One record to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Whom it is about.
    pub who: Who,
    /// What it says.
    pub kind: RecordKind,
    /// The authority behind it.
    pub authority: String,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnterOutcome {
    /// It is entered and has been decided upon, for so many rows of rosters.
    Entered(usize),
    /// It was there already.
    Known,
    /// Nobody here has that number.
    NotFound,
    /// It cannot be said whom it is about.
    Unclear(ListReason),
}

/// How records come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Entered,
    List,
}

impl Way {
    pub fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::List => "list",
        }
    }
}

/// What all records of one entry share.
pub(super) struct Batch<'a> {
    pub actor: &'a Actor,
    pub region: &'a RegionCode,
    pub authority: &'a str,
    pub received: Day,
    pub at: Millis,
    pub way: Way,
}

impl Services {
    /// Enters one record; the person is decided about in the same transaction.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions, [`Refusal::FieldInvalid`] without an authority's name.
    pub async fn enter_record(
        &self,
        actor: &Actor,
        region: &RegionCode,
        new: &NewRecord,
    ) -> Result<EnterOutcome> {
        let authority = new.authority.trim();
        if !AUTHORITY.contains(&authority.chars().count()) {
            return Err(Refusal::FieldInvalid.into());
        }
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::EnterRecords, &place)?;
        let received = self.today_in(&mut tx, region).await?;
        let mut matches = self.match_people(&mut tx, region, &[&new.who]).await?;
        drop(tx);
        let people = match matches.found.pop() {
            Some(Found::People(people)) => people,
            Some(Found::Unclear(reason)) => return Ok(EnterOutcome::Unclear(reason)),
            Some(Found::Nobody) | None => return Ok(EnterOutcome::NotFound),
        };
        let batch = Batch {
            actor,
            region,
            authority,
            received,
            at: self.clock.now(),
            way: Way::Entered,
        };
        let mut tx = self.store.write().await?;
        let mut entered = Vec::new();
        for person in people {
            let opened = self.opened_state(&mut tx, person).await?;
            let mark = self.record_mark(person, &new.kind)?;
            let known = tx.records_of(&[person]).await?;
            if in_force(&known, &mark).is_none() {
                let row = self.seal_record(&opened.key, person, &new.kind, &batch)?;
                self.write_records(&mut tx, &batch, vec![row], &[ListKind::of(&new.kind)])
                    .await?;
                self.redecide_now(&mut tx, person, "record").await?;
                entered.push(person);
            }
        }
        tx.commit().await?;
        self.store.mark_change();
        Ok(if entered.is_empty() {
            EnterOutcome::Known
        } else {
            EnterOutcome::Entered(entered.len())
        })
    }

    /// Withdraws a record entered in error: it is as if it had never been, and stays readable with the reason.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions, [`Refusal::NoteNeeded`], [`Refusal::AlreadySettled`].
    pub async fn withdraw_record(&self, actor: &Actor, record: i64, why: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        let row = tx.official_record(record).await?.ok_or(Error::Forbidden)?;
        let (place, _) = self.place_of_person(&mut tx, row.person_id).await?;
        actor.require(Action::EnterRecords, &place)?;
        let why = why.trim();
        if !WHY.contains(&why.chars().count()) {
            return Err(Refusal::NoteNeeded.into());
        }
        self.withdraw_in(&mut tx, actor, &place, &row, why).await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// Withdraws a record within a transaction, and decides about its person anew.
    pub(crate) async fn withdraw_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        row: &OfficialRecordRow,
        why: &str,
    ) -> Result<()> {
        let opened = self.opened_state(tx, row.person_id).await?;
        let record = super::open_record(&opened.key, row)?;
        let cell = Cell::new("official_record", "withdrawn_enc", row.record_id);
        let sealed = opened.key.seal(&*self.entropy, cell, why.as_bytes());
        let now = self.clock.now();
        if !tx
            .withdraw_record(row.record_id, actor.id(), now, &sealed)
            .await?
        {
            return Err(Refusal::AlreadySettled.into());
        }
        if let Ok(region) = RegionCode::parse(&row.region_code) {
            let source = SourceRow {
                region_code: region,
                authority: record.authority,
                kind: ListKind::of(&record.kind).word().into(),
                way: row.way.clone(),
                entries: 0,
                updated_at: now,
            };
            tx.touch_source(self.next_id(), &source, -1).await?;
        }
        let entry = Entry {
            actor,
            place,
            action: "record.withdraw",
            subject: person_subject(row.person_id),
            detail: Some((why, Some(&opened.key))),
        };
        self.audit(tx, entry).await?;
        self.redecide_now(tx, row.person_id, "record_withdrawn")
            .await
    }

    /// Reads the person's records and clearances anew and decides, within the transaction that changed them.
    pub(crate) async fn redecide_now(
        &self,
        tx: &mut Tx,
        person: PersonId,
        cause: &str,
    ) -> Result<()> {
        let mut opened = self.opened_state(tx, person).await?;
        let info = self.school_info(tx, opened.row.school_id).await?;
        let today = self.today_at(&info);
        let tabled = self.tabled(tx, &[person]).await?;
        let state = self.with_tabled(&opened, &tabled)?;
        let mut ledger = Ledger::new(self);
        ledger.recolour(&mut opened, state, &info, today, cause)?;
        ledger.write(tx).await
    }

    /// The blind index of what a record says about a person.
    pub(super) fn record_mark(&self, person: PersonId, kind: &RecordKind) -> Result<Vec<u8>> {
        let said = serde_json::to_string(kind).map_err(|e| Error::internal(e.to_string()))?;
        Ok(self.vault.index("record", &format!("{person} {said}")))
    }

    /// A record's row.
    pub(super) fn seal_record(
        &self,
        key: &CellKey,
        person: PersonId,
        kind: &RecordKind,
        batch: &Batch<'_>,
    ) -> Result<OfficialRecordRow> {
        let id = self.next_id();
        let record = OfficialRecord {
            id: RecordId(id),
            kind: kind.clone(),
            received: batch.received,
            authority: batch.authority.to_owned(),
        };
        let cell = Cell::new("official_record", "detail_enc", id);
        Ok(OfficialRecordRow {
            record_id: id,
            person_id: person,
            received_day: batch.received,
            at: batch.at,
            entered_by: batch.actor.id(),
            detail_enc: key.seal(&*self.entropy, cell, &crate::blob::write(&record)?),
            region_code: batch.region.to_string(),
            way: batch.way.word().into(),
            mark_ix: Some(self.record_mark(person, kind)?),
            withdrawn_at: None,
            withdrawn_by: None,
            withdrawn_enc: None,
        })
    }

    /// Keeps rows, notes their sources and writes down that they were entered; `kinds` in the order of the rows.
    pub(super) async fn write_records(
        &self,
        tx: &mut Tx,
        batch: &Batch<'_>,
        rows: Vec<OfficialRecordRow>,
        kinds: &[ListKind],
    ) -> Result<()> {
        tx.insert_official_records(&rows).await?;
        for kind in ListKind::ALL {
            let count = kinds.iter().filter(|k| **k == kind).count();
            if count > 0 {
                let source = SourceRow {
                    region_code: batch.region.clone(),
                    authority: batch.authority.to_owned(),
                    kind: kind.word().into(),
                    way: batch.way.word().into(),
                    entries: 0,
                    updated_at: batch.at,
                };
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                tx.touch_source(self.next_id(), &source, count).await?;
            }
        }
        for row in &rows {
            let (place, _) = self.place_of_person(tx, row.person_id).await?;
            let entry = Entry {
                actor: batch.actor,
                place: &place,
                action: "record.enter",
                subject: person_subject(row.person_id),
                detail: None,
            };
            self.audit(tx, entry).await?;
        }
        Ok(())
    }

    /// Finds regions by code or a part of their name, for forms.
    pub async fn search_regions(&self, text: &str) -> Result<Vec<(RegionCode, Text)>> {
        let mut tx = self.store.read().await?;
        let finder: RegionFinder = self.region_finder(&mut tx).await?;
        let mut found = Vec::new();
        if let Some(code) = finder.find(text) {
            found.push(code);
        }
        let others = finder.search(text.trim(), SEARCHED);
        found.extend(
            others
                .into_iter()
                .map(|(code, _)| code)
                .filter(|c| found.first() != Some(c))
                .collect::<Vec<_>>(),
        );
        let names = self.region_names_in(&mut tx, found.clone()).await?;
        Ok(found
            .into_iter()
            .filter_map(|code| names.get(&code).cloned().map(|name| (code, name)))
            .collect())
    }

    /// The region that a text names, by code or full name.
    pub async fn region_of_text(&self, text: &str) -> Result<Option<RegionCode>> {
        let mut tx = self.store.read().await?;
        Ok(self.region_finder(&mut tx).await?.find(text))
    }
}

/// Regions that a search offers.
const SEARCHED: usize = 20;

/// The record of that mark that is in force.
pub(super) fn in_force<'a>(
    rows: &'a [OfficialRecordRow],
    mark: &[u8],
) -> Option<&'a OfficialRecordRow> {
    rows.iter()
        .find(|row| row.withdrawn_at.is_none() && row.mark_ix.as_deref() == Some(mark))
}
