//! The roster's people.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::Day;
use domain::ids::{ClassId, PersonId, SchoolId};
use std::ops::RangeInclusive;

/// One person of a roster. Everything that names them is ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PersonRow {
    /// Their number.
    pub person_id: PersonId,
    /// Their school.
    pub school_id: SchoolId,
    /// Their class.
    pub class_id: ClassId,
    /// Their seat number in the class, from 1; 0 where there is none.
    pub seat: i64,
    /// First day on the roster.
    pub joined_day: Day,
    /// The day they were taken off the roster.
    pub left_day: Option<Day>,
    /// The roster's row, encrypted under the person's key.
    pub profile_enc: Vec<u8>,
    /// The person's key, wrapped by the key file.
    pub wrapped: Vec<u8>,
}

/// Keyed blind indexes for exact look-ups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonIndexes {
    /// Of the student number.
    pub student_no: Option<Vec<u8>>,
    /// Of the national id.
    pub national_id: Option<Vec<u8>>,
    /// Of the guardians' phones.
    pub phones: Vec<Vec<u8>>,
}

macro_rules! person {
    () => {
        "SELECT p.person_id, p.school_id, p.class_id, p.seat, p.joined_day, l.left_day, p.profile_enc, k.wrapped
         FROM person p JOIN subject_key k ON k.subject_id = p.person_id LEFT JOIN leaver l ON l.person_id = p.person_id"
    };
}

/// That the person of a table, by its name in the statement, is on the roster.
macro_rules! here {
    ($table:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM leaver WHERE leaver.person_id = ",
            $table,
            ".person_id)"
        )
    };
}
pub(crate) use here;

impl Tx {
    /// Changes class, seat, leaving day and profile of people, and their indexes where any are given.
    pub async fn update_people(
        &mut self,
        rows: &[(PersonRow, Option<PersonIndexes>)],
    ) -> Result<()> {
        query(
            "WITH new (person_id, class_id, seat, profile_enc) AS ($rows)
             UPDATE person SET class_id = new.class_id, seat = new.seat, profile_enc = new.profile_enc
             FROM new WHERE person.person_id = new.person_id",
        )
        .rows(rows, |b, (row, _)| {
            b.bind(row.person_id)
                .bind(row.class_id)
                .bind(row.seat)
                .bind(row.profile_enc.as_slice());
        })
        .execute(self)
        .await?;
        self.set_leavers(rows.iter().map(|(row, _)| row)).await?;
        let indexed = rows.iter();
        let indexed = indexed.filter_map(|(row, indexes)| Some((row.person_id, indexes.as_ref()?)));
        self.set_indexes(&indexed.collect::<Vec<_>>()).await
    }

    async fn set_indexes(&mut self, people: &[(PersonId, &PersonIndexes)]) -> Result<()> {
        query(
            "WITH new (person_id, student_no_ix, national_id_ix) AS ($rows)
             UPDATE person SET student_no_ix = new.student_no_ix, national_id_ix = new.national_id_ix
             FROM new WHERE person.person_id = new.person_id",
        )
        .rows(people, |b, (person, indexes)| {
            b.bind(*person)
                .bind(indexes.student_no.as_deref())
                .bind(indexes.national_id.as_deref());
        })
        .execute(self)
        .await?;
        let phones = people.iter();
        let phones = phones.map(|(person, indexes)| (*person, indexes.phones.clone()));
        self.set_phones(&phones.collect::<Vec<_>>()).await
    }

    /// Takes people off the roster.
    pub async fn leave_roster(&mut self, people: &[PersonId], day: Day) -> Result<()> {
        query(
            "INSERT INTO leaver (person_id, school_id, left_day)
             SELECT person_id, school_id, $1 FROM person WHERE person_id IN ($list)
             ON CONFLICT (person_id) DO UPDATE SET left_day = excluded.left_day",
        )
        .bind(day)
        .list(people.iter().copied())
        .execute(self)
        .await?;
        Ok(())
    }

    /// Notes of each whether and when they have left.
    async fn set_leavers(
        &mut self,
        rows: impl Iterator<Item = &PersonRow> + Clone + Send,
    ) -> Result<()> {
        let here = rows.clone().filter(|row| row.left_day.is_none());
        query("DELETE FROM leaver WHERE person_id IN ($list)")
            .list(here.map(|row| row.person_id))
            .execute(self)
            .await?;
        self.insert_leavers(rows).await
    }

    /// Notes of those who have left when they did.
    pub(crate) async fn insert_leavers(
        &mut self,
        rows: impl Iterator<Item = &PersonRow> + Send,
    ) -> Result<()> {
        let left: Vec<_> = rows.filter(|row| row.left_day.is_some()).collect();
        query(
            "INSERT INTO leaver (person_id, school_id, left_day) $rows
             ON CONFLICT (person_id) DO UPDATE SET left_day = excluded.left_day",
        )
        .rows(left, |b, row| {
            b.bind(row.person_id).bind(row.school_id).bind(row.left_day);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Puts those onto a school's roster who have left it and whose numbers are among these; says how many there were.
    pub async fn join_roster(
        &mut self,
        school: SchoolId,
        people: RangeInclusive<PersonId>,
    ) -> Result<u64> {
        let done = query("DELETE FROM leaver WHERE person_id BETWEEN $1 AND $2 AND school_id = $3")
            .bind(*people.start())
            .bind(*people.end())
            .bind(school)
            .execute(self)
            .await?;
        Ok(done.rows_affected())
    }

    /// A person by their number.
    pub async fn person(&mut self, id: PersonId) -> Result<Option<PersonRow>> {
        Ok(query_as(concat!(person!(), " WHERE p.person_id = $1"))
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// Several people by their numbers, in no order.
    pub async fn people(&mut self, ids: &[PersonId]) -> Result<Vec<PersonRow>> {
        Ok(
            query_as(concat!(person!(), " WHERE p.person_id IN ($list)"))
                .list(ids.iter().copied())
                .fetch_all(self)
                .await?,
        )
    }

    /// The people now in a class, by seat.
    pub async fn people_of_class(&mut self, class: ClassId) -> Result<Vec<PersonRow>> {
        Ok(query_as(concat!(
            person!(),
            " WHERE p.class_id = $1 AND l.person_id IS NULL ORDER BY p.seat, p.person_id"
        ))
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// How many are or were on a school's roster.
    pub async fn school_size(&mut self, school: SchoolId) -> Result<i64> {
        Ok(
            query_scalar("SELECT count(*) FROM person WHERE school_id = $1")
                .bind(school)
                .fetch_one(self)
                .await?,
        )
    }

    /// Everybody who is or was on a school's roster, by class and seat.
    pub async fn people_of_school(&mut self, school: SchoolId) -> Result<Vec<PersonRow>> {
        Ok(query_as(concat!(
            person!(),
            " WHERE p.school_id = $1 ORDER BY p.class_id, p.seat, p.person_id"
        ))
        .bind(school)
        .fetch_all(self)
        .await?)
    }

    /// The people with this national id, by its blind index, in all schools.
    pub async fn people_by_national_id(&mut self, index: &[u8]) -> Result<Vec<PersonRow>> {
        Ok(query_as(concat!(person!(), " WHERE p.national_id_ix = $1"))
            .bind(index)
            .fetch_all(self)
            .await?)
    }

    /// How many people are on a class's roster now.
    pub async fn class_size(&mut self, class: ClassId) -> Result<i64> {
        Ok(query_scalar(concat!(
            "SELECT count(*) FROM person p WHERE p.class_id = $1 AND ",
            here!("p")
        ))
        .bind(class)
        .fetch_one(self)
        .await?)
    }
}
