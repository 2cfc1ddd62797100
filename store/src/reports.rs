//! Reports, one row per revision.

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::{Result, StateRow, Tx};
use domain::ids::{AccountId, ClassId, PersonId, ReportId, SchoolId};
use domain::{Day, Millis};

/// One revision of one person's report of one day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReportRow {
    /// Its number.
    pub report_id: ReportId,
    /// The person's school.
    pub school_id: SchoolId,
    /// The person's class.
    pub class_id: ClassId,
    /// Who it speaks of.
    pub person_id: PersonId,
    /// The day it speaks of.
    pub day: Day,
    /// From 1.
    pub revision: i64,
    /// The revision the form had been based on; 0 for none.
    pub based_on: i64,
    /// The form's own random number: the same one is the same answer.
    pub submission: Vec<u8>,
    /// `domain::report::Channel` by number.
    pub channel: i64,
    /// Who sent it.
    pub account_id: Option<AccountId>,
    /// When it was acknowledged.
    pub at: Millis,
    /// accepted, pending, refused or replaced.
    pub status: String,
    /// It was based on an older revision than the one in force.
    pub stale: bool,
    /// The answers, encrypted under the person's key; `None` once stripped.
    pub answers_enc: Option<Vec<u8>>,
    /// The teacher's words when settling a pending one.
    pub note_enc: Option<Vec<u8>>,
    /// The person's revision before this one, by day and revision, and its day.
    #[sqlx(flatten)]
    pub before: Before,
}

/// Where a person's list of reports goes on, which runs from the latest day and revision back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Before {
    /// The report before this one; `None` at the end of the list.
    pub before_id: Option<ReportId>,
    /// The day it speaks of.
    pub before_day: Option<Day>,
}

/// A report that is there, with a new one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relinked {
    /// Its number.
    pub report_id: ReportId,
    /// The day it speaks of.
    pub day: Day,
    /// The new one.
    pub before: Before,
}

/// A revision that is no longer in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Its number.
    pub report_id: ReportId,
    /// The day it speaks of.
    pub day: Day,
    /// Another answer that did not know of it is in force: the teacher settles which one holds.
    pub is_conflict: bool,
}

macro_rules! report {
    () => {
        "SELECT r.report_id, r.school_id, r.class_id, r.person_id, r.day, r.revision, r.based_on, r.submission, r.channel,
            r.account_id, r.at, r.status, r.stale, r.answers_enc, r.note_enc, r.before_id, r.before_day FROM report r"
    };
}

/// The numbers and days of some people's revisions, from the day `$1` on, as `told`: along the list of each. Whose they are
/// is a condition on their states, `s`.
macro_rules! told {
    ($whose:expr) => {
        concat!(
            "WITH RECURSIVE told (report_id, day) AS (
                SELECT s.told_id, s.told_day FROM person_state s WHERE s.told_day >= $1 AND ",
            $whose,
            " UNION ALL
                SELECT r.before_id, r.before_day FROM told t JOIN report r ON r.report_id = t.report_id AND r.day = t.day
                WHERE r.day >= $1 AND r.before_day >= $1
            ) "
        )
    };
}

/// Reports that are `told`. The day of each is said, so that an engine that keeps months apart knows where to look.
macro_rules! those_told {
    () => {
        concat!(
            report!(),
            " JOIN told t ON t.report_id = r.report_id AND t.day = r.day"
        )
    };
}

/// Those that are `told` of some people, from the day `$1` on.
macro_rules! told_reports {
    ($whose:expr) => {
        concat!(told!($whose), those_told!(), " WHERE r.day >= $1")
    };
}

/// What stands in place of a submission id whose answers were destroyed: the id of a row of a table is made from the
/// answers, and whoever has the key file could find them by trying.
const NO_SUBMISSION: &[u8] = &[];

impl Tx {
    /// Keeps new revisions.
    pub async fn insert_reports(&mut self, rows: &[ReportRow]) -> Result<()> {
        query(
            "INSERT INTO report (report_id, school_id, class_id, person_id, day, revision, based_on, submission, channel, account_id, at, status, stale, answers_enc, before_id, before_day) $rows",
        )
        .rows(rows, |b, row| {
            b.bind(row.report_id)
                .bind(row.school_id)
                .bind(row.class_id)
                .bind(row.person_id)
                .bind(row.day)
                .bind(row.revision)
                .bind(row.based_on)
                .bind(row.submission.as_slice())
                .bind(row.channel)
                .bind(row.account_id)
                .bind(row.at)
                .bind(row.status.as_str())
                .bind(row.stale)
                .bind(row.answers_enc.as_deref())
                .bind(row.before.before_id)
                .bind(row.before.before_day);
        })
        .defer("report", self)
        .await?;
        Ok(())
    }

    /// Puts new reports into lists, before ones that are there.
    pub async fn relink_reports(&mut self, relinked: &[Relinked]) -> Result<()> {
        query(
            "WITH new (report_id, day, before_id, before_day) AS ($rows)
             UPDATE report SET before_id = new.before_id, before_day = new.before_day
             FROM new WHERE report.report_id = new.report_id AND report.day = new.day",
        )
        .rows(relinked, |b, row| {
            b.bind(row.report_id)
                .bind(row.day)
                .bind(row.before.before_id)
                .bind(row.before.before_day);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// All revisions of several people from a day on, oldest first for each of them.
    pub async fn revisions_of(&mut self, people: &[PersonId], from: Day) -> Result<Vec<ReportRow>> {
        Ok(query_as(concat!(
            told_reports!("s.person_id IN ($list)"),
            " ORDER BY r.person_id, r.day, r.revision"
        ))
        .bind(from)
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// As [`Tx::revisions_of`], of people whose states are read. Those who were spoken of once since then, as nearly all are,
    /// have that one looked up by its number.
    pub async fn revisions_told(
        &mut self,
        states: impl IntoIterator<Item = &StateRow>,
        from: Day,
    ) -> Result<Vec<ReportRow>> {
        let told = states.into_iter();
        let told = told.filter_map(|state| state.told_id.zip(state.told_day));
        let told: Vec<_> = told.filter(|(_, day)| *day >= from).collect();
        let mut rows: Vec<ReportRow> = query_as(concat!(
            "WITH told (report_id, day) AS ($rows) ",
            those_told!()
        ))
        .rows(told, |b, (report, day)| {
            b.bind(report).bind(day);
        })
        .fetch_all(self)
        .await?;
        let goes_on = |row: &ReportRow| row.before.before_day >= Some(from);
        let more = rows.iter().filter(|row| goes_on(row));
        let more: Vec<_> = more.map(|row| row.person_id).collect();
        if !more.is_empty() {
            rows.retain(|row| !goes_on(row));
            rows.extend(self.revisions_of(&more, from).await?);
        }
        rows.sort_by_key(|row| (row.person_id, row.day, row.revision));
        Ok(rows)
    }

    /// A report by its number.
    pub async fn report(&mut self, id: ReportId) -> Result<Option<ReportRow>> {
        Ok(query_as(concat!(report!(), " WHERE report_id = $1"))
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// All revisions of a person between two days inclusive, oldest first.
    pub async fn reports_of(
        &mut self,
        person: PersonId,
        from: Day,
        to: Day,
    ) -> Result<Vec<ReportRow>> {
        Ok(query_as(concat!(
            told_reports!("s.person_id = $2"),
            " AND r.day <= $3 ORDER BY r.day, r.revision"
        ))
        .bind(from)
        .bind(person)
        .bind(to)
        .fetch_all(self)
        .await?)
    }

    /// The revisions of those now in a class that wait for the teacher, oldest first. Whoever has changed class meanwhile
    /// has reported in another one of the school.
    pub async fn pending_reports(&mut self, class: ClassId) -> Result<Vec<ReportRow>> {
        Ok(query_as(concat!(
            report!(),
            " JOIN person p ON p.person_id = r.person_id
              WHERE r.status = 'pending' AND r.class_id IN (SELECT o.class_id FROM class c JOIN class o ON o.school_id = c.school_id WHERE c.class_id = $1)
                AND p.class_id = $1 AND ",
            here!("p"),
            " ORDER BY r.at"
        ))
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// All revisions of a class's people of one day.
    pub async fn reports_of_class(&mut self, class: ClassId, day: Day) -> Result<Vec<ReportRow>> {
        Ok(query_as(concat!(
            told_reports!(concat!("s.class_id = $2 AND ", here!("s"))),
            " AND r.day = $1 ORDER BY r.person_id, r.revision"
        ))
        .bind(day)
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// How many people now in a class had reported a day by a moment.
    pub async fn reported_by(&mut self, class: ClassId, day: Day, at: Millis) -> Result<i64> {
        Ok(query_scalar(concat!(
            told!(concat!("s.class_id = $2 AND ", here!("s"))),
            "SELECT count(DISTINCT r.person_id) FROM told t JOIN report r ON r.report_id = t.report_id AND r.day = t.day
             WHERE r.day = $1 AND r.at <= $3"
        ))
        .bind(day)
        .bind(class)
        .bind(at)
        .fetch_one(self)
        .await?)
    }

    /// The accepted revision of a day is no longer in force: another has replaced it.
    pub async fn replace_accepted(
        &mut self,
        person: PersonId,
        day: Day,
        except: ReportId,
    ) -> Result<()> {
        query(concat!(
            told!("s.person_id = $2"),
            "UPDATE report SET status = 'replaced' WHERE report_id IN (SELECT t.report_id FROM told t WHERE t.day = $1)
               AND day = $1 AND status = 'accepted' AND report_id <> $3"
        ))
        .bind(day)
        .bind(person)
        .bind(except)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Accepted revisions are no longer in force: replaced, or, in a conflict, waiting for the teacher.
    pub async fn retire_reports(&mut self, retired: &[Retired]) -> Result<()> {
        for (is_conflict, sql) in [
            (
                false,
                "WITH old (report_id, day) AS ($rows)
                 UPDATE report SET status = 'replaced'
                 FROM old WHERE report.report_id = old.report_id AND report.day = old.day",
            ),
            (
                true,
                "WITH old (report_id, day) AS ($rows)
                 UPDATE report SET status = 'pending', stale = TRUE
                 FROM old WHERE report.report_id = old.report_id AND report.day = old.day",
            ),
        ] {
            let of_kind = retired.iter().filter(|r| r.is_conflict == is_conflict);
            query(sql)
                .rows(of_kind.collect::<Vec<_>>(), |b, row| {
                    b.bind(row.report_id).bind(row.day);
                })
                .execute(self)
                .await?;
        }
        Ok(())
    }

    /// Strikes a revision of a day, and says whether it was in force. One that had been replaced by then, or waits for the
    /// teacher, never comes back into force.
    pub async fn strike_report(&mut self, id: ReportId, day: Day) -> Result<bool> {
        let in_force = "UPDATE report SET status = 'refused' WHERE report_id = $1 AND day = $2 AND status = 'accepted'";
        let out_of_force = "UPDATE report SET status = 'refused' WHERE report_id = $1 AND day = $2 AND status IN ('replaced', 'pending')";
        let struck = query(in_force).bind(id).bind(day).execute(self).await?;
        query(out_of_force).bind(id).bind(day).execute(self).await?;
        Ok(struck.rows_affected() == 1)
    }

    /// Puts a replaced revision of a day back in force.
    pub async fn restore_report(&mut self, id: ReportId, day: Day) -> Result<()> {
        query("UPDATE report SET status = 'accepted' WHERE report_id = $1 AND day = $2 AND status = 'replaced'")
            .bind(id)
            .bind(day)
            .execute(self)
            .await?;
        Ok(())
    }

    /// The last of the next `page` reports with numbers from `from` up to `limit`, which is not among them.
    pub async fn last_report_of_page(
        &mut self,
        from: i64,
        limit: i64,
        page: i64,
    ) -> Result<Option<i64>> {
        Ok(query_scalar(
            "SELECT max(report_id) FROM (SELECT report_id FROM report WHERE report_id >= $1 AND report_id < $2 ORDER BY report_id LIMIT $3) AS page",
        )
        .bind(from)
        .bind(limit)
        .bind(page)
        .fetch_one(self)
        .await?)
    }

    /// Destroys the answers and notes of the reports with numbers from `from` to `last` that were made before a
    /// moment, and their submission ids with them.
    pub async fn strip_reports_between(
        &mut self,
        from: i64,
        last: i64,
        before: Millis,
    ) -> Result<()> {
        query("UPDATE report SET answers_enc = NULL, note_enc = NULL, submission = $4 WHERE report_id BETWEEN $1 AND $2 AND at < $3")
            .bind(from)
            .bind(last)
            .bind(before)
            .bind(NO_SUBMISSION)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Destroys the answers and notes of all of a person's reports, and their submission ids with them.
    pub async fn strip_reports(&mut self, person: PersonId) -> Result<()> {
        query(concat!(
            told!("s.person_id = $2"),
            "UPDATE report SET answers_enc = NULL, note_enc = NULL, submission = $3
             FROM told t WHERE report.report_id = t.report_id AND report.day = t.day"
        ))
        // Of all days.
        .bind(Day(i32::MIN))
        .bind(person)
        .bind(NO_SUBMISSION)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Settles a pending revision of a day; says whether it was still pending.
    pub async fn settle_report(
        &mut self,
        id: ReportId,
        day: Day,
        status: &str,
        by: Option<AccountId>,
        at: Millis,
        note_enc: Option<&[u8]>,
    ) -> Result<bool> {
        let done = query(
            "UPDATE report SET status = $3, settled_by = $4, settled_at = $5, note_enc = $6 WHERE report_id = $1 AND day = $2 AND status = 'pending'",
        )
        .bind(id)
        .bind(day)
        .bind(status)
        .bind(by)
        .bind(at)
        .bind(note_enc)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
