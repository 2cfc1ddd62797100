//! Decisions, append-only, and the turns to yellow or red that the feed shows.

use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::ids::{ClassId, DecisionId, PersonId, RegionCode, SchoolId};
use domain::{Day, Millis};

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DecisionRow {
    /// Its number.
    pub decision_id: DecisionId,
    /// The person's school.
    pub school_id: SchoolId,
    /// About whom.
    pub person_id: PersonId,
    /// The day it speaks of.
    pub day: Day,
    /// When it was taken.
    pub at: Millis,
    /// `domain::Code` by number.
    pub code: i64,
    /// The last day of the shown colour.
    pub ends_day: Option<Day>,
    /// The decision it replaces.
    pub replaces: Option<DecisionId>,
    /// What brought it about: report, correction, record, midnight …
    pub cause: String,
    /// The decision with its reasons, encrypted under the person's key.
    pub detail_enc: Vec<u8>,
}

/// One turn to yellow or red.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TurnRow {
    /// Its number; later ones are larger.
    pub turn_id: i64,
    /// The person's school.
    pub school_id: SchoolId,
    /// The person's class.
    pub class_id: ClassId,
    /// Who.
    pub person_id: PersonId,
    /// On which day.
    pub day: Day,
    /// When.
    pub at: Millis,
    /// `domain::Code` by number.
    pub code: i64,
    /// The last day of the colour, as seen then.
    pub ends_day: Option<Day>,
    /// Masked name and reason, encrypted under the person's key.
    pub detail_enc: Vec<u8>,
    /// The person's key, wrapped by the key file.
    pub wrapped: Vec<u8>,
}

impl Tx {
    /// Keeps decisions.
    pub async fn insert_decisions(&mut self, rows: &[DecisionRow]) -> Result<()> {
        query(
            "INSERT INTO decision (decision_id, school_id, person_id, day, at, code, ends_day, replaces, cause, detail_enc) $rows",
        )
        .rows(rows, |b, row| {
            b.bind(row.decision_id)
                .bind(row.school_id)
                .bind(row.person_id)
                .bind(row.day)
                .bind(row.at)
                .bind(row.code)
                .bind(row.ends_day)
                .bind(row.replaces)
                .bind(row.cause.as_str())
                .bind(row.detail_enc.as_slice());
        })
        .defer("decision", self)
        .await?;
        Ok(())
    }

    /// The latest decision about each of several people, in no order.
    pub async fn latest_decisions(&mut self, people: &[PersonId]) -> Result<Vec<DecisionRow>> {
        Ok(query_as(
            "SELECT d.decision_id, d.school_id, d.person_id, d.day, d.at, d.code, d.ends_day, d.replaces, d.cause, d.detail_enc
             FROM decision d JOIN (SELECT max(decision_id) AS last FROM decision WHERE person_id IN ($list) GROUP BY person_id) l
               ON l.last = d.decision_id",
        )
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// The number of the latest decision about each of several people, in no order.
    pub async fn latest_decision_ids(
        &mut self,
        people: &[PersonId],
    ) -> Result<Vec<(PersonId, DecisionId)>> {
        Ok(query_as(
            "SELECT person_id, max(decision_id) FROM decision WHERE person_id IN ($list) GROUP BY person_id",
        )
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// The decisions about a person, newest first.
    pub async fn decisions_of(&mut self, person: PersonId, limit: i64) -> Result<Vec<DecisionRow>> {
        Ok(query_as(
            "SELECT decision_id, school_id, person_id, day, at, code, ends_day, replaces, cause, detail_enc
             FROM decision WHERE person_id = $1 ORDER BY decision_id DESC LIMIT $2",
        )
        .bind(person)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The next `page` decisions with numbers from `from` up to `limit`, which is not among them.
    pub async fn decisions_between(
        &mut self,
        from: i64,
        limit: i64,
        page: i64,
    ) -> Result<Vec<DecisionRow>> {
        Ok(query_as(
            "SELECT decision_id, school_id, person_id, day, at, code, ends_day, replaces, cause, detail_enc
             FROM decision WHERE decision_id >= $1 AND decision_id < $2 ORDER BY decision_id LIMIT $3",
        )
        .bind(from)
        .bind(limit)
        .bind(page)
        .fetch_all(self)
        .await?)
    }

    /// Replaces what decisions say, when answers have to be destroyed.
    pub async fn reseal_decisions(&mut self, rows: &[DecisionRow]) -> Result<()> {
        query(
            "WITH new (decision_id, day, detail_enc) AS ($rows)
             UPDATE decision SET detail_enc = new.detail_enc
             FROM new WHERE decision.decision_id = new.decision_id AND decision.day = new.day",
        )
        .rows(rows, |b, row| {
            b.bind(row.decision_id)
                .bind(row.day)
                .bind(row.detail_enc.as_slice());
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Keeps turns to yellow or red; [`Tx::add_counters`] counts them.
    pub(crate) async fn insert_turns(&mut self, rows: &[TurnRow]) -> Result<()> {
        query(
            "INSERT INTO turn (turn_id, school_id, class_id, person_id, day, at, code, ends_day, detail_enc) $rows",
        )
        .rows(rows, |b, row| {
            b.bind(row.turn_id)
                .bind(row.school_id)
                .bind(row.class_id)
                .bind(row.person_id)
                .bind(row.day)
                .bind(row.at)
                .bind(row.code)
                .bind(row.ends_day)
                .bind(row.detail_enc.as_slice());
        })
        .defer("turn", self)
        .await?;
        Ok(())
    }

    /// Forgets at most `page` turns of the days before `day`, whose decisions stay; says whether there may be more.
    pub async fn delete_turns_before(&mut self, day: Day, page: i64) -> Result<bool> {
        Ok(query(
            "DELETE FROM turn WHERE day < $1 AND turn_id IN (SELECT turn_id FROM turn WHERE day < $1 ORDER BY day, turn_id LIMIT $2)",
        )
        .bind(day)
        .execute_page(page, self)
        .await?)
    }

    /// The latest turns of a region on a day, newest first.
    pub async fn turns_within(
        &mut self,
        region: &RegionCode,
        day: Day,
        limit: i64,
    ) -> Result<Vec<TurnRow>> {
        Ok(query_as(
            "SELECT t.turn_id, t.school_id, t.class_id, t.person_id, t.day, t.at, t.code, t.ends_day, t.detail_enc, k.wrapped
             FROM turn t JOIN school c ON c.school_id = t.school_id JOIN subject_key k ON k.subject_id = t.person_id
             WHERE t.day = $2 AND ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':'))
             ORDER BY t.turn_id DESC LIMIT $3",
        )
        .bind(region)
        .bind(day)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }
}
