//! Jobs that decide about many people anew, and days that are being opened: how far each has come.

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::{Result, StateRow, Tx};
use domain::ids::{PersonId, RegionCode, SchoolId};
use domain::{Day, Millis};

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RedecisionRow {
    /// Its number; an earlier job is done first.
    pub job_id: i64,
    /// The region whose officers see its progress.
    pub region_code: RegionCode,
    /// What the decisions name as their cause.
    pub cause: String,
    /// Which area, list or rulebook it follows.
    pub subject: String,
    /// region, school or people.
    pub scope_kind: String,
    /// The region's code or the school's number.
    pub scope: String,
    /// When it was asked for.
    pub at: Millis,
    /// How many people it concerns.
    pub total: i64,
    /// How many have been looked at.
    pub done: i64,
    /// How many of them got a new decision.
    pub changed: i64,
    /// Everybody up to this number is done.
    pub after_person: PersonId,
    /// When it ended.
    pub finished_at: Option<Millis>,
}

/// A day that is being opened in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct OpeningRow {
    /// The day.
    pub day: Day,
    /// Everybody up to this number is done.
    pub after_person: PersonId,
}

macro_rules! redecision {
    () => {
        "SELECT job_id, region_code, cause, subject, scope_kind, scope, at, total, done, changed, after_person, finished_at FROM redecision"
    };
}

impl Tx {
    /// Keeps a job.
    pub async fn insert_redecision(&mut self, row: &RedecisionRow) -> Result<()> {
        query(
            "INSERT INTO redecision (job_id, region_code, cause, subject, scope_kind, scope, at, total, done, changed, after_person)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(row.job_id)
        .bind(&row.region_code)
        .bind(&row.cause)
        .bind(&row.subject)
        .bind(&row.scope_kind)
        .bind(&row.scope)
        .bind(row.at)
        .bind(row.total)
        .bind(row.done)
        .bind(row.changed)
        .bind(row.after_person)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Names the people of a job whose scope is people.
    pub async fn insert_redecision_people(&mut self, job: i64, people: &[PersonId]) -> Result<()> {
        query(
            "INSERT INTO redecision_person (job_id, person_id) $rows ON CONFLICT (job_id, person_id) DO NOTHING",
        )
        .rows(people, |b, person| {
            b.bind(job).bind(*person);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// The job to go on with: the oldest that is not finished.
    pub async fn next_redecision(&mut self) -> Result<Option<RedecisionRow>> {
        Ok(query_as(concat!(
            redecision!(),
            " WHERE finished_at IS NULL ORDER BY job_id LIMIT 1"
        ))
        .fetch_optional(self)
        .await?)
    }

    /// The latest jobs of a region and all below, newest first.
    pub async fn redecisions_within(
        &mut self,
        region: &RegionCode,
        limit: i64,
    ) -> Result<Vec<RedecisionRow>> {
        Ok(query_as(concat!(
            redecision!(),
            " WHERE $1 = 'CN' OR (region_code >= $1 AND region_code < $1 || ':') ORDER BY job_id DESC LIMIT $2"
        ))
        .bind(region)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// Moves a job from one person to a later one. `false`: somebody else has moved it meanwhile.
    pub async fn advance_redecision(
        &mut self,
        job: &RedecisionRow,
        to: PersonId,
        done: i64,
        changed: i64,
    ) -> Result<bool> {
        let moved = query(
            "UPDATE redecision SET after_person = $3, done = done + $4, changed = changed + $5 WHERE job_id = $1 AND after_person = $2",
        )
        .bind(job.job_id)
        .bind(job.after_person)
        .bind(to)
        .bind(done)
        .bind(changed)
        .execute(self)
        .await?;
        Ok(moved.rows_affected() == 1)
    }

    /// Ends a job; the names of its people are not needed any more.
    pub async fn finish_redecision(&mut self, job: i64, at: Millis) -> Result<()> {
        query("UPDATE redecision SET finished_at = $2, done = total WHERE job_id = $1")
            .bind(job)
            .bind(at)
            .execute(self)
            .await?;
        query("DELETE FROM redecision_person WHERE job_id = $1")
            .bind(job)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Forgets jobs that ended before a moment.
    pub async fn delete_redecisions_before(&mut self, before: Millis) -> Result<()> {
        query("DELETE FROM redecision WHERE finished_at < $1")
            .bind(before)
            .execute(self)
            .await?;
        Ok(())
    }

    /// How many people are on the rosters of a region.
    pub async fn people_count_within(&mut self, region: &RegionCode) -> Result<i64> {
        Ok(query_scalar(concat!(
            "SELECT count(*) FROM person p JOIN school c ON c.school_id = p.school_id
             WHERE ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':')) AND ",
            here!("p")
        ))
        .bind(region)
        .fetch_one(self)
        .await?)
    }

    /// How many people are on the roster of a school.
    pub async fn people_count_of_school(&mut self, school: SchoolId) -> Result<i64> {
        Ok(query_scalar(concat!(
            "SELECT count(*) FROM person p WHERE p.school_id = $1 AND ",
            here!("p")
        ))
        .bind(school)
        .fetch_one(self)
        .await?)
    }

    /// All states of a school. Pages by person.
    pub async fn states_of_school(
        &mut self,
        school: SchoolId,
        after: PersonId,
        limit: i64,
    ) -> Result<Vec<StateRow>> {
        Ok(query_as(concat!(
            crate::states::state!(),
            " WHERE s.school_id = $1 AND s.person_id > $2 AND ",
            here!("s"),
            " ORDER BY s.person_id LIMIT $3"
        ))
        .bind(school)
        .bind(after)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The states of a job's people. Pages by person.
    pub async fn states_of_redecision(
        &mut self,
        job: i64,
        after: PersonId,
        limit: i64,
    ) -> Result<Vec<StateRow>> {
        Ok(query_as(concat!(
            crate::states::state!(),
            " WHERE s.person_id IN (SELECT person_id FROM redecision_person WHERE job_id = $1 AND person_id > $2) AND ",
            here!("s"),
            " ORDER BY s.person_id LIMIT $3"
        ))
        .bind(job)
        .bind(after)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The day that is being opened in a zone.
    pub async fn opening(&mut self, zone: &str) -> Result<Option<OpeningRow>> {
        Ok(
            query_as("SELECT day, after_person FROM opening_day WHERE zone = $1")
                .bind(zone)
                .fetch_optional(self)
                .await?,
        )
    }

    /// Notes how far the opening of a day has come.
    pub async fn put_opening(&mut self, zone: &str, opening: OpeningRow) -> Result<()> {
        query(
            "INSERT INTO opening_day (zone, day, after_person) VALUES ($1, $2, $3)
             ON CONFLICT (zone) DO UPDATE SET day = excluded.day, after_person = excluded.after_person",
        )
        .bind(zone)
        .bind(opening.day)
        .bind(opening.after_person)
        .execute(self)
        .await?;
        Ok(())
    }

    /// The opening of a day is over.
    pub async fn delete_opening(&mut self, zone: &str) -> Result<()> {
        query("DELETE FROM opening_day WHERE zone = $1")
            .bind(zone)
            .execute(self)
            .await?;
        Ok(())
    }
}
