//! Official records about people, and where records and areas come from.

use crate::people::here;
use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::ids::{AccountId, PersonId, RegionCode, SchoolId};
use domain::{Day, Millis, Text};

/// One official record about a person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OfficialRecordRow {
    /// Its number.
    pub record_id: i64,
    /// About whom.
    pub person_id: PersonId,
    /// When it was received.
    pub received_day: Day,
    /// When it was entered.
    pub at: Millis,
    /// Who entered it.
    pub entered_by: Option<AccountId>,
    /// `domain::state::OfficialRecord`, encrypted under the person's key.
    pub detail_enc: Vec<u8>,
    /// The bureau that entered it; empty where it was not a bureau.
    pub region_code: String,
    /// `entered` one by one, or `list`.
    pub way: String,
    /// Blind index of what it says about the person.
    pub mark_ix: Option<Vec<u8>>,
    /// When it was withdrawn as entered in error.
    pub withdrawn_at: Option<Millis>,
    /// Who withdrew it.
    pub withdrawn_by: Option<AccountId>,
    /// Why, encrypted under the person's key.
    pub withdrawn_enc: Option<Vec<u8>>,
}

/// A record with the place of its person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlacedRecordRow {
    /// The record.
    #[sqlx(flatten)]
    pub record: OfficialRecordRow,
    /// The person's school.
    pub school_id: SchoolId,
    /// Its name.
    pub school_name: String,
    /// What English pages call it; empty where nobody has said.
    pub school_name_en: String,
}

impl PlacedRecordRow {
    /// The school's name in both languages.
    pub fn school_names(&self) -> Text {
        crate::regions::names(&self.school_name, &self.school_name_en)
    }
}

/// Where records or areas of one kind come from.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SourceRow {
    /// The bureau that enters them.
    pub region_code: RegionCode,
    /// The authority behind them.
    pub authority: String,
    /// The kind of record, or `risk_area`.
    pub kind: String,
    /// `entered` one by one, or `list`.
    pub way: String,
    /// How many are in force.
    pub entries: i64,
    /// The last change.
    pub updated_at: Millis,
}

macro_rules! columns {
    () => {
        "r.record_id, r.person_id, r.received_day, r.at, r.entered_by, r.detail_enc, r.region_code, r.way, r.mark_ix, r.withdrawn_at, r.withdrawn_by, r.withdrawn_enc"
    };
}

impl Tx {
    /// Keeps official records.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where one of the same mark is in force.
    pub async fn insert_official_records(&mut self, rows: &[OfficialRecordRow]) -> Result<()> {
        query(
            "INSERT INTO official_record (record_id, person_id, received_day, at, entered_by, detail_enc, region_code, way, mark_ix) $rows",
        )
        .rows(rows, |b, row| {
            b.bind(row.record_id)
                .bind(row.person_id)
                .bind(row.received_day)
                .bind(row.at)
                .bind(row.entered_by)
                .bind(row.detail_enc.as_slice())
                .bind(row.region_code.as_str())
                .bind(row.way.as_str())
                .bind(row.mark_ix.as_deref());
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// A record by its number.
    pub async fn official_record(&mut self, id: i64) -> Result<Option<OfficialRecordRow>> {
        Ok(query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM official_record r WHERE r.record_id = $1"
        ))
        .bind(id)
        .fetch_optional(self)
        .await?)
    }

    /// All records about several people, withdrawn ones too, in the order of their entry.
    pub async fn records_of(&mut self, people: &[PersonId]) -> Result<Vec<OfficialRecordRow>> {
        Ok(query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM official_record r WHERE r.person_id IN ($list) ORDER BY r.record_id"
        ))
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// The records about people on the rosters of a region, newest first; `before` pages by number.
    pub async fn records_within(
        &mut self,
        region: &RegionCode,
        before: i64,
        limit: i64,
    ) -> Result<Vec<PlacedRecordRow>> {
        Ok(query_as(concat!(
            "SELECT ",
            columns!(),
            ", c.school_id, c.name AS school_name, c.name_en AS school_name_en
             FROM official_record r JOIN person p ON p.person_id = r.person_id JOIN school c ON c.school_id = p.school_id
             WHERE r.record_id < $2 AND ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':'))
             ORDER BY r.record_id DESC LIMIT $3"
        ))
        .bind(region)
        .bind(before)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// How many records in force a region has, and how many were withdrawn.
    pub async fn record_counts_within(&mut self, region: &RegionCode) -> Result<(i64, i64)> {
        Ok(query_as(
            "SELECT count(*) - count(r.withdrawn_at), count(r.withdrawn_at)
             FROM official_record r JOIN person p ON p.person_id = r.person_id JOIN school c ON c.school_id = p.school_id
             WHERE $1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':')",
        )
        .bind(region)
        .fetch_one(self)
        .await?)
    }

    /// Withdraws a record. `false` where it was withdrawn before.
    pub async fn withdraw_record(
        &mut self,
        id: i64,
        by: Option<AccountId>,
        at: Millis,
        why_enc: &[u8],
    ) -> Result<bool> {
        let done = query(
            "UPDATE official_record SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_enc = $4 WHERE record_id = $1 AND withdrawn_at IS NULL",
        )
        .bind(id)
        .bind(at)
        .bind(by)
        .bind(why_enc)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Moves the number of entries of a source, and notes that it was updated.
    pub async fn touch_source(&mut self, id: i64, source: &SourceRow, entries: i64) -> Result<()> {
        query(
            "INSERT INTO source (source_id, region_code, authority, kind, way, entries, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (region_code, authority, kind, way) DO UPDATE SET entries = source.entries + excluded.entries, updated_at = excluded.updated_at",
        )
        .bind(id)
        .bind(&source.region_code)
        .bind(&source.authority)
        .bind(&source.kind)
        .bind(&source.way)
        .bind(entries)
        .bind(source.updated_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// All sources, the latest update first. Pages by place.
    pub async fn sources(&mut self, skip: i64, limit: i64) -> Result<Vec<SourceRow>> {
        Ok(query_as(
            "SELECT region_code, authority, kind, way, entries, updated_at FROM source ORDER BY updated_at DESC, source_id LIMIT $2 OFFSET $1",
        )
        .bind(skip)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// Lets the children of these guardians' phones be found: the phones of one person, in place of earlier ones.
    pub async fn set_phones(&mut self, people: &[(PersonId, Vec<Vec<u8>>)]) -> Result<()> {
        query("DELETE FROM person_phone WHERE person_id IN ($list)")
            .list(people.iter().map(|(person, _)| *person))
            .execute(self)
            .await?;
        let rows: Vec<(&Vec<u8>, PersonId)> = people
            .iter()
            .flat_map(|(person, phones)| phones.iter().map(|phone| (phone, *person)))
            .collect();
        query("INSERT INTO person_phone (phone_ix, person_id) $rows ON CONFLICT (phone_ix, person_id) DO NOTHING")
            .rows(rows, |b, (phone, person)| {
                b.bind(phone).bind(person);
            })
            .execute(self)
            .await?;
        Ok(())
    }

    /// The people of a region's rosters with one of these national ids: blind index and person.
    pub async fn people_by_ids_within(
        &mut self,
        region: &RegionCode,
        indexes: &[Vec<u8>],
    ) -> Result<Vec<(Vec<u8>, PersonId)>> {
        Ok(query_as(concat!(
            "SELECT p.national_id_ix, p.person_id FROM person p JOIN school c ON c.school_id = p.school_id
             WHERE ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':'))
               AND p.national_id_ix IN ($list) AND ",
            here!("p"),
            " ORDER BY p.person_id"
        ))
        .bind(region)
        .list(indexes)
        .fetch_all(self)
        .await?)
    }

    /// The people of a region's rosters whose guardian has one of these phones: blind index and person.
    pub async fn people_by_phones_within(
        &mut self,
        region: &RegionCode,
        indexes: &[Vec<u8>],
    ) -> Result<Vec<(Vec<u8>, PersonId)>> {
        Ok(query_as(concat!(
            "SELECT f.phone_ix, f.person_id FROM person_phone f JOIN person p ON p.person_id = f.person_id
             JOIN school c ON c.school_id = p.school_id
             WHERE ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':'))
               AND f.phone_ix IN ($list) AND ",
            here!("p"),
            " ORDER BY p.person_id"
        ))
        .bind(region)
        .list(indexes)
        .fetch_all(self)
        .await?)
    }
}
