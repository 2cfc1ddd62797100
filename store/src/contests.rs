//! Objections to reports that the school made for a family.

use crate::people::here;
use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, ClassId, PersonId, ReportId};

/// One objection and its answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ContestRow {
    /// The report objected to.
    pub report_id: ReportId,
    /// Who the report speaks of.
    pub person_id: PersonId,
    /// The guardian who objects.
    pub account_id: AccountId,
    /// When.
    pub at: Millis,
    /// Their words, encrypted under the person's key; `None` once stripped.
    pub words_enc: Option<Vec<u8>>,
    /// kept or struck; `None` while it waits.
    pub answer: Option<String>,
    /// Who answered.
    pub answered_by: Option<AccountId>,
    /// When.
    pub answered_at: Option<Millis>,
    /// The answer's words.
    pub answer_enc: Option<Vec<u8>>,
}

macro_rules! contest {
    () => {
        "SELECT c.report_id, c.person_id, c.account_id, c.at, c.words_enc, c.answer, c.answered_by, c.answered_at, c.answer_enc FROM contest c"
    };
}

impl Tx {
    /// Keeps an objection.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where there is one to this report already.
    pub async fn insert_contest(&mut self, row: &ContestRow) -> Result<()> {
        query(
            "INSERT INTO contest (report_id, person_id, account_id, at, words_enc) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(row.report_id)
        .bind(row.person_id)
        .bind(row.account_id)
        .bind(row.at)
        .bind(row.words_enc.as_deref())
        .execute(self)
        .await?;
        Ok(())
    }

    /// The objection to a report.
    pub async fn contest(&mut self, report: ReportId) -> Result<Option<ContestRow>> {
        Ok(query_as(concat!(contest!(), " WHERE c.report_id = $1"))
            .bind(report)
            .fetch_optional(self)
            .await?)
    }

    /// Every objection of a person's guardians.
    pub async fn contests_of(&mut self, person: PersonId) -> Result<Vec<ContestRow>> {
        Ok(
            query_as(concat!(contest!(), " WHERE c.person_id = $1 ORDER BY c.at"))
                .bind(person)
                .fetch_all(self)
                .await?,
        )
    }

    /// The objections of a class that wait for an answer, oldest first.
    pub async fn open_contests(&mut self, class: ClassId) -> Result<Vec<ContestRow>> {
        Ok(query_as(concat!(
            contest!(),
            " JOIN person p ON p.person_id = c.person_id
              WHERE p.class_id = $1 AND c.answer IS NULL AND ",
            here!("p"),
            " ORDER BY c.at"
        ))
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// Answers an objection; says whether it still waited.
    pub async fn answer_contest(
        &mut self,
        report: ReportId,
        answer: &str,
        by: Option<AccountId>,
        at: Millis,
        words_enc: &[u8],
    ) -> Result<bool> {
        let done = query(
            "UPDATE contest SET answer = $2, answered_by = $3, answered_at = $4, answer_enc = $5 WHERE report_id = $1 AND answer IS NULL",
        )
        .bind(report)
        .bind(answer)
        .bind(by)
        .bind(at)
        .bind(words_enc)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Destroys the words of all objections about a person.
    pub async fn strip_contests(&mut self, person: PersonId) -> Result<()> {
        query("UPDATE contest SET words_enc = NULL, answer_enc = NULL WHERE person_id = $1")
            .bind(person)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Destroys the words of at most `page` objections made before a moment; says whether there may be more.
    pub async fn strip_contests_before(&mut self, moment: Millis, page: i64) -> Result<bool> {
        Ok(query(
            "UPDATE contest SET words_enc = NULL, answer_enc = NULL
             WHERE report_id IN (SELECT report_id FROM contest
                 WHERE at < $1 AND (words_enc IS NOT NULL OR answer_enc IS NOT NULL) ORDER BY at LIMIT $2)",
        )
        .bind(moment)
        .execute_page(page, self)
        .await?)
    }
}
