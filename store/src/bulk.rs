//! Many rows at once: building a district, and building its past anew.

use crate::{AccountRow, ConsentRow, GuardianshipRow, PersonIndexes, PersonRow, Result, Tx};
use domain::Day;
use sqlx::QueryBuilder;

/// Rows a statement inserts at once; SQLite binds at most 32,766 values. Such a statement takes megabytes, so that it
/// is not kept for later.
const ROWS_PER_STATEMENT: usize = 1_000;

impl Tx {
    /// Keeps the wrapped keys of people or accounts.
    pub async fn insert_subject_keys(&mut self, keys: &[(i64, Vec<u8>)]) -> Result<()> {
        for chunk in keys.chunks(ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::new("INSERT INTO subject_key (subject_id, wrapped) ");
            query.push_values(chunk, |mut b, (subject, wrapped)| {
                b.push_bind(*subject).push_bind(wrapped.as_slice());
            });
            query.build().persistent(false).execute(self.on()).await?;
        }
        Ok(())
    }

    /// Adds people; their wrapped keys must be in place.
    pub async fn insert_people(&mut self, rows: &[(PersonRow, PersonIndexes)]) -> Result<()> {
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::new(
                "INSERT INTO person (person_id, school_id, class_id, seat, joined_day, left_day, student_no_ix, national_id_ix, profile_enc) ",
            );
            query.push_values(chunk, |mut b, (row, indexes)| {
                b.push_bind(row.person_id)
                    .push_bind(row.school_id)
                    .push_bind(row.class_id)
                    .push_bind(row.seat)
                    .push_bind(row.joined_day)
                    .push_bind(row.left_day)
                    .push_bind(indexes.student_no.as_deref())
                    .push_bind(indexes.national_id.as_deref())
                    .push_bind(row.profile_enc.as_slice());
            });
            query.build().persistent(false).execute(self.on()).await?;
        }
        let phones: Vec<_> = rows
            .iter()
            .filter(|(_, indexes)| !indexes.phones.is_empty())
            .map(|(row, indexes)| (row.person_id, indexes.phones.clone()))
            .collect();
        self.set_phones(&phones).await
    }

    /// Adds accounts with the blind indexes of their logins; their wrapped keys must be in place.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where a login is taken.
    pub async fn insert_accounts(&mut self, rows: &[(AccountRow, Vec<u8>)]) -> Result<()> {
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::new(
                "INSERT INTO account (account_id, login_ix, profile_enc, password_hash, created_by, created_at, changed_by, changed_at) ",
            );
            query.push_values(chunk, |mut b, (row, login_ix)| {
                b.push_bind(row.account_id)
                    .push_bind(login_ix.as_slice())
                    .push_bind(row.profile_enc.as_slice())
                    .push_bind(row.password_hash.as_deref())
                    .push_bind(row.created_by)
                    .push_bind(row.created_at)
                    .push_bind(row.created_by)
                    .push_bind(row.created_at);
            });
            query.build().persistent(false).execute(self.on()).await?;
        }
        Ok(())
    }

    /// Links guardians who are not linked yet.
    pub async fn insert_guardianships(&mut self, rows: &[GuardianshipRow]) -> Result<()> {
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::new(
                "INSERT INTO guardianship (account_id, person_id, relation, status, since_day, claimed_at, settled_by, settled_at, slip_id, alert_at) ",
            );
            query.push_values(chunk, |mut b, row| {
                b.push_bind(row.account_id)
                    .push_bind(row.person_id)
                    .push_bind(row.relation.as_str())
                    .push_bind(row.status.as_str())
                    .push_bind(row.since_day)
                    .push_bind(row.claimed_at)
                    .push_bind(row.settled_by)
                    .push_bind(row.settled_at)
                    .push_bind(row.slip_id)
                    .push_bind(row.alert_at);
            });
            query.build().persistent(false).execute(self.on()).await?;
        }
        Ok(())
    }

    /// Keeps answers about consent.
    pub async fn insert_consents(&mut self, rows: &[ConsentRow]) -> Result<()> {
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::new(
                "INSERT INTO consent (account_id, person_id, version, answer, at) ",
            );
            query.push_values(chunk, |mut b, row| {
                b.push_bind(row.account_id)
                    .push_bind(row.person_id)
                    .push_bind(row.version.as_str())
                    .push_bind(row.answer.as_str())
                    .push_bind(row.at);
            });
            query.build().persistent(false).execute(self.on()).await?;
        }
        Ok(())
    }

    /// Forgets everything that happened on a day: reports, records, states, decisions, turns, numbers, clearances
    /// and risk areas; and lets everybody on a roster have joined on `joined`. Rosters, accounts, families and the audit
    /// log stay. Only for invented people.
    pub async fn forget_days(&mut self, joined: Day) -> Result<()> {
        // Without a condition SQLite empties a table at once instead of row by row.
        for sql in [
            "DELETE FROM report",
            "DELETE FROM decision",
            "DELETE FROM turn",
            "DELETE FROM official_record",
            "DELETE FROM risk_area",
            "DELETE FROM source",
            "DELETE FROM clearance",
            "DELETE FROM discrepancy_settlement",
            "DELETE FROM redecision_person",
            "DELETE FROM redecision",
            "DELETE FROM opening_day",
            "DELETE FROM counter",
            "DELETE FROM counter_reason",
            "DELETE FROM counter_slot",
        ] {
            sqlx::query(sql).execute(self.on()).await?;
        }
        // Whoever has left keeps the state they left with.
        sqlx::query("DELETE FROM person_state WHERE person_id IN (SELECT person_id FROM person WHERE left_day IS NULL)")
            .execute(self.on())
            .await?;
        sqlx::query("UPDATE person SET joined_day = $1 WHERE left_day IS NULL")
            .bind(joined)
            .execute(self.on())
            .await?;
        Ok(())
    }
}
