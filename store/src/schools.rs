//! Schools, their calendars and classes.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::ids::{ClassId, RegionCode, SchoolId};
use domain::{Day, Text};

/// One school.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SchoolRow {
    /// Its number.
    pub school_id: SchoolId,
    /// Its code, as the bureau writes it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What English pages call it; empty where nobody has said.
    pub name_en: String,
    /// kindergarten, primary, junior, nine_year, senior, vocational or university.
    pub kind: String,
    /// The town or district it lies in.
    pub region_code: RegionCode,
    /// Its time zone by IANA name.
    pub zone: String,
    /// Minute of the day at which reports are due.
    pub due_minute: i64,
    /// How many days back a late report by proxy may reach.
    pub late_days: i64,
    /// The age in years from which students report for themselves; `None` for never.
    pub self_report_age: Option<i64>,
    /// Whom families may ask, as shown on pages.
    pub contact: String,
    /// When it was created, in milliseconds.
    pub created_at: i64,
}

impl SchoolRow {
    /// Its name in both languages; the Chinese one stands in where there is no English one.
    pub fn names(&self) -> Text {
        crate::regions::names(&self.name, &self.name_en)
    }
}

/// One class.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClassRow {
    /// Its number.
    pub class_id: ClassId,
    /// Its school.
    pub school_id: SchoolId,
    /// `domain::roster::Stage` by number.
    pub stage: i64,
    /// The grade within the stage, from 1.
    pub grade: i64,
    /// The class within the grade, from 1.
    pub number: i64,
    /// The class teacher as the roster names them, encrypted.
    pub teacher_enc: Option<Vec<u8>>,
}

macro_rules! school {
    () => {
        "SELECT school_id, code, name, name_en, kind, region_code, zone, due_minute, late_days, self_report_age, contact, created_at FROM school"
    };
}

impl Tx {
    /// Adds a school; its `school_id` is ignored and a new one returned.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where the code is taken.
    pub async fn insert_school(&mut self, row: &SchoolRow) -> Result<SchoolId> {
        self.touch_settings();
        Ok(query_scalar(
            "INSERT INTO school (code, name, kind, region_code, zone, due_minute, late_days, self_report_age, contact, created_at, name_en)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING school_id",
        )
        .bind(&row.code)
        .bind(&row.name)
        .bind(&row.kind)
        .bind(&row.region_code)
        .bind(&row.zone)
        .bind(row.due_minute)
        .bind(row.late_days)
        .bind(row.self_report_age)
        .bind(&row.contact)
        .bind(row.created_at)
        .bind(&row.name_en)
        .fetch_one(self)
        .await?)
    }

    /// Changes a school's name and settings.
    pub async fn update_school(&mut self, row: &SchoolRow) -> Result<()> {
        self.touch_settings();
        query(
            "UPDATE school SET name = $2, due_minute = $3, late_days = $4, self_report_age = $5, contact = $6, name_en = $7 WHERE school_id = $1",
        )
        .bind(row.school_id)
        .bind(&row.name)
        .bind(row.due_minute)
        .bind(row.late_days)
        .bind(row.self_report_age)
        .bind(&row.contact)
        .bind(&row.name_en)
        .execute(self)
        .await?;
        Ok(())
    }

    /// A school by its number.
    pub async fn school(&mut self, id: SchoolId) -> Result<Option<SchoolRow>> {
        Ok(query_as(concat!(school!(), " WHERE school_id = $1"))
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// A school by its code.
    pub async fn school_by_code(&mut self, code: &str) -> Result<Option<SchoolRow>> {
        Ok(query_as(concat!(school!(), " WHERE code = $1"))
            .bind(code)
            .fetch_optional(self)
            .await?)
    }

    /// The schools of a region and all below, by code.
    pub async fn schools_within(&mut self, region: &RegionCode) -> Result<Vec<SchoolRow>> {
        Ok(query_as(concat!(
            school!(),
            " WHERE $1 = 'CN' OR (region_code >= $1 AND region_code < $1 || ':') ORDER BY code"
        ))
        .bind(region)
        .fetch_all(self)
        .await?)
    }

    /// The next `limit` schools of a zone after one of them, by number.
    pub async fn schools_after(
        &mut self,
        zone: &str,
        after: SchoolId,
        limit: i64,
    ) -> Result<Vec<SchoolId>> {
        Ok(query_scalar(
            "SELECT school_id FROM school WHERE zone = $1 AND school_id > $2 ORDER BY school_id LIMIT $3",
        )
        .bind(zone)
        .bind(after)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The days that differ from the week, between two days inclusive.
    pub async fn school_days(
        &mut self,
        school: SchoolId,
        from: Day,
        to: Day,
    ) -> Result<Vec<(Day, bool)>> {
        Ok(query_as(
            "SELECT day, is_school_day FROM school_day WHERE school_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day",
        )
        .bind(school)
        .bind(from)
        .bind(to)
        .fetch_all(self)
        .await?)
    }

    /// Says that a day differs from the week, or (with `None`) that it no longer does.
    pub async fn set_school_day(
        &mut self,
        school: SchoolId,
        day: Day,
        is_school_day: Option<bool>,
    ) -> Result<()> {
        self.touch_settings();
        match is_school_day {
            Some(open) => {
                query(
                    "INSERT INTO school_day (school_id, day, is_school_day) VALUES ($1, $2, $3)
                     ON CONFLICT (school_id, day) DO UPDATE SET is_school_day = excluded.is_school_day",
                )
                .bind(school)
                .bind(day)
                .bind(open)
                .execute(self)
                .await?;
            }
            None => {
                query("DELETE FROM school_day WHERE school_id = $1 AND day = $2")
                    .bind(school)
                    .bind(day)
                    .execute(self)
                    .await?;
            }
        }
        Ok(())
    }

    /// The class of a school by stage, grade and number, made where it is missing.
    pub async fn ensure_class(
        &mut self,
        school: SchoolId,
        stage: i64,
        grade: i64,
        number: i64,
    ) -> Result<ClassId> {
        Ok(query_scalar(
            "INSERT INTO class (school_id, stage, grade, number) VALUES ($1, $2, $3, $4)
             ON CONFLICT (school_id, stage, grade, number) DO UPDATE SET number = excluded.number
             RETURNING class_id",
        )
        .bind(school)
        .bind(stage)
        .bind(grade)
        .bind(number)
        .fetch_one(self)
        .await?)
    }

    /// Remembers the class teacher whom the roster names.
    pub async fn set_class_teacher(&mut self, class: ClassId, teacher_enc: &[u8]) -> Result<()> {
        query("UPDATE class SET teacher_enc = $2 WHERE class_id = $1")
            .bind(class)
            .bind(teacher_enc)
            .execute(self)
            .await?;
        Ok(())
    }

    /// A class by its number.
    pub async fn class(&mut self, id: ClassId) -> Result<Option<ClassRow>> {
        Ok(query_as("SELECT class_id, school_id, stage, grade, number, teacher_enc FROM class WHERE class_id = $1")
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// Several classes, in no order.
    pub async fn classes(&mut self, ids: &[ClassId]) -> Result<Vec<ClassRow>> {
        Ok(query_as("SELECT class_id, school_id, stage, grade, number, teacher_enc FROM class WHERE class_id IN ($list)")
            .list(ids.iter().copied())
            .fetch_all(self)
            .await?)
    }

    /// The regions in which there are schools.
    pub async fn school_regions(&mut self) -> Result<Vec<RegionCode>> {
        Ok(
            query_scalar("SELECT DISTINCT region_code FROM school ORDER BY region_code")
                .fetch_all(self)
                .await?,
        )
    }

    /// The classes of a school, by stage, grade and number.
    pub async fn classes_of(&mut self, school: SchoolId) -> Result<Vec<ClassRow>> {
        Ok(query_as(
            "SELECT class_id, school_id, stage, grade, number, teacher_enc FROM class WHERE school_id = $1 ORDER BY stage, grade, number",
        )
        .bind(school)
        .fetch_all(self)
        .await?)
    }
}
