//! Who is a guardian of whom, and what they consented to.

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::words::{number, parts};
use crate::{Result, Tx};
use domain::ids::{AccountId, ClassId, PersonId, SlipId};
use domain::{Day, Millis};
use std::collections::HashMap;

/// One guardian of one person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GuardianshipRow {
    /// The guardian.
    pub account_id: AccountId,
    /// The child, or oneself.
    pub person_id: PersonId,
    /// father, mother, grandparent, other or self.
    pub relation: String,
    /// claimed, confirmed or unlinked.
    pub status: String,
    /// Nothing earlier is shown until the teacher confirms.
    pub since_day: Day,
    /// When the slip was used.
    pub claimed_at: Millis,
    /// Who confirmed or unlinked.
    pub settled_by: Option<AccountId>,
    /// When.
    pub settled_at: Option<Millis>,
    /// The slip it came from.
    pub slip_id: Option<SlipId>,
    /// When somebody else tried the used slip.
    pub alert_at: Option<Millis>,
}

/// One answer about consent.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ConsentRow {
    /// Who answered.
    pub account_id: AccountId,
    /// For whom.
    pub person_id: PersonId,
    /// The version of the text.
    pub version: String,
    /// given, refused, withdrawn or agreed_with_school.
    pub answer: String,
    /// When.
    pub at: Millis,
}

/// The last answer of each account for the person of a table, by its name in the statement, as one text; of guardians,
/// only of those who are linked still. Nothing where there are none.
macro_rules! last_consents {
    ($table:literal) => {
        concat!(
            "(SELECT string_agg(concat_ws(',', c.account_id, c.at, c.answer, c.version), '/') FROM consent c
              WHERE c.person_id = ",
            $table,
            ".person_id
                AND c.consent_id = (SELECT max(l.consent_id) FROM consent l WHERE l.person_id = c.person_id AND l.account_id = c.account_id)
                AND NOT EXISTS (SELECT 1 FROM guardianship g
                    WHERE g.account_id = c.account_id AND g.person_id = c.person_id AND g.status = 'unlinked'))"
        )
    };
}
pub(crate) use last_consents;

macro_rules! guardianship {
    () => {
        "SELECT g.account_id, g.person_id, g.relation, g.status, g.since_day, g.claimed_at, g.settled_by, g.settled_at, g.slip_id, g.alert_at FROM guardianship g"
    };
}

impl Tx {
    /// Links a guardian, or links them again after an unlinking.
    pub async fn upsert_guardianship(&mut self, row: &GuardianshipRow) -> Result<()> {
        query(
            "INSERT INTO guardianship (account_id, person_id, relation, status, since_day, claimed_at, settled_by, settled_at, slip_id, alert_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (account_id, person_id) DO UPDATE SET relation = excluded.relation, status = excluded.status,
                 since_day = excluded.since_day, claimed_at = excluded.claimed_at, settled_by = excluded.settled_by,
                 settled_at = excluded.settled_at, slip_id = excluded.slip_id, alert_at = excluded.alert_at",
        )
        .bind(row.account_id)
        .bind(row.person_id)
        .bind(&row.relation)
        .bind(&row.status)
        .bind(row.since_day)
        .bind(row.claimed_at)
        .bind(row.settled_by)
        .bind(row.settled_at)
        .bind(row.slip_id)
        .bind(row.alert_at)
        .execute(self)
        .await?;
        self.note_consents(&[row.person_id]).await
    }

    /// The children of an account, unlinked ones left out.
    pub async fn children_of(&mut self, account: AccountId) -> Result<Vec<GuardianshipRow>> {
        Ok(query_as(concat!(
            guardianship!(),
            " WHERE g.account_id = $1 AND g.status <> 'unlinked' AND ",
            here!("g"),
            " ORDER BY g.claimed_at, g.person_id"
        ))
        .bind(account)
        .fetch_all(self)
        .await?)
    }

    /// All guardians of a person, unlinked ones included.
    pub async fn guardians_of(&mut self, person: PersonId) -> Result<Vec<GuardianshipRow>> {
        self.guardians_of_all(&[person]).await
    }

    /// The same for several people.
    pub async fn guardians_of_all(&mut self, people: &[PersonId]) -> Result<Vec<GuardianshipRow>> {
        Ok(query_as(concat!(
            guardianship!(),
            " WHERE g.person_id IN ($list) ORDER BY g.claimed_at"
        ))
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// All guardians of a class's people, unlinked ones left out.
    pub async fn guardians_of_class(&mut self, class: ClassId) -> Result<Vec<GuardianshipRow>> {
        Ok(query_as(concat!(
            guardianship!(),
            " JOIN person p ON p.person_id = g.person_id
              WHERE p.class_id = $1 AND g.status <> 'unlinked' AND ",
            here!("p"),
            " ORDER BY g.claimed_at"
        ))
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// Whether an account is or was a guardian of anybody.
    pub async fn was_guardian(&mut self, account: AccountId) -> Result<bool> {
        Ok(
            query_scalar("SELECT EXISTS (SELECT 1 FROM guardianship WHERE account_id = $1)")
                .bind(account)
                .fetch_one(self)
                .await?,
        )
    }

    /// One guardian of one person.
    pub async fn guardianship(
        &mut self,
        account: AccountId,
        person: PersonId,
    ) -> Result<Option<GuardianshipRow>> {
        Ok(query_as(concat!(
            guardianship!(),
            " WHERE g.account_id = $1 AND g.person_id = $2"
        ))
        .bind(account)
        .bind(person)
        .fetch_optional(self)
        .await?)
    }

    /// Keeps an answer about consent.
    pub async fn insert_consent(&mut self, row: &ConsentRow) -> Result<()> {
        self.insert_consents(std::slice::from_ref(row)).await
    }

    /// Notes beside people's states what they and their guardians last answered about consent, which a report has to know.
    pub(crate) async fn note_consents(&mut self, people: &[PersonId]) -> Result<()> {
        query(concat!(
            "UPDATE person_state SET consents = ",
            last_consents!("person_state"),
            " WHERE person_id IN ($list)"
        ))
        .list(people.iter().copied())
        .execute(self)
        .await?;
        Ok(())
    }

    /// The last answer of each account for a person; of guardians, only of those who are linked still.
    pub async fn consents_for(&mut self, person: PersonId) -> Result<Vec<ConsentRow>> {
        let noted: Option<Option<String>> =
            query_scalar("SELECT consents FROM person_state WHERE person_id = $1")
                .bind(person)
                .fetch_optional(self)
                .await?;
        let noted = noted.flatten();
        Ok(read_consents(person, noted.as_deref().unwrap_or("-"))?)
    }

    /// The same for each person of a class about whom somebody has answered.
    pub async fn consents_of_class(
        &mut self,
        class: ClassId,
    ) -> Result<HashMap<PersonId, Vec<ConsentRow>>> {
        let noted: Vec<(PersonId, String)> = query_as(
            "SELECT person_id, consents FROM person_state WHERE class_id = $1 AND consents IS NOT NULL",
        )
        .bind(class)
        .fetch_all(self)
        .await?;
        let read = |(person, text): (PersonId, String)| Ok((person, read_consents(person, &text)?));
        noted.into_iter().map(read).collect()
    }
}

/// Answers about consent as they are noted beside the state.
pub(crate) fn read_consents(person: PersonId, text: &str) -> sqlx::Result<Vec<ConsentRow>> {
    let read = |answer: &str| {
        let mut words = answer.splitn(4, ',');
        Some(ConsentRow {
            account_id: AccountId(number(&mut words)?),
            person_id: person,
            at: Millis(number(&mut words)?),
            answer: words.next()?.to_owned(),
            version: words.next()?.to_owned(),
        })
    };
    let rows = parts(text, '/').map(read).collect::<Option<_>>();
    rows.ok_or_else(|| sqlx::Error::Decode("answers about consent".into()))
}
