//! Many rows at once: building a district, and building its past anew.

use crate::query::query;
use crate::{
    AccountRow, ConsentRow, GuardianshipRow, PersonIndexes, PersonRow, Result, SessionRow, Tx,
};
use domain::Day;

impl Tx {
    /// Keeps the wrapped keys of people or accounts.
    pub async fn insert_subject_keys(&mut self, keys: &[(i64, Vec<u8>)]) -> Result<()> {
        query("INSERT INTO subject_key (subject_id, wrapped) $rows")
            .rows(keys, |b, (subject, wrapped)| {
                b.bind(*subject).bind(wrapped.as_slice());
            })
            .execute(self)
            .await?;
        Ok(())
    }

    /// Adds people; their wrapped keys must be in place.
    pub async fn insert_people(&mut self, rows: &[(PersonRow, PersonIndexes)]) -> Result<()> {
        query(
            "INSERT INTO person (person_id, school_id, class_id, seat, joined_day, student_no_ix, national_id_ix, profile_enc) $rows",
        )
        .rows(rows, |b, (row, indexes)| {
            b.bind(row.person_id)
                .bind(row.school_id)
                .bind(row.class_id)
                .bind(row.seat)
                .bind(row.joined_day)
                .bind(indexes.student_no.as_deref())
                .bind(indexes.national_id.as_deref())
                .bind(row.profile_enc.as_slice());
        })
        .execute(self)
        .await?;
        self.insert_leavers(rows.iter().map(|(row, _)| row)).await?;
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
        query(
            "INSERT INTO account (account_id, login_ix, profile_enc, password_hash, created_by, created_at, changed_by, changed_at) $rows",
        )
        .rows(rows, |b, (row, login_ix)| {
            b.bind(row.account_id)
                .bind(login_ix.as_slice())
                .bind(row.profile_enc.as_slice())
                .bind(row.password_hash.as_deref())
                .bind(row.created_by)
                .bind(row.created_at)
                .bind(row.created_by)
                .bind(row.created_at);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Links guardians who are not linked yet.
    pub async fn insert_guardianships(&mut self, rows: &[GuardianshipRow]) -> Result<()> {
        query(
            "INSERT INTO guardianship (account_id, person_id, relation, status, since_day, claimed_at, settled_by, settled_at, slip_id, alert_at) $rows",
        )
        .rows(rows, |b, row| {
            b.bind(row.account_id)
                .bind(row.person_id)
                .bind(row.relation.as_str())
                .bind(row.status.as_str())
                .bind(row.since_day)
                .bind(row.claimed_at)
                .bind(row.settled_by)
                .bind(row.settled_at)
                .bind(row.slip_id)
                .bind(row.alert_at);
        })
        .execute(self)
        .await?;
        let unlinked = rows.iter().filter(|row| row.status == "unlinked");
        let unlinked: Vec<_> = unlinked.map(|row| row.person_id).collect();
        self.note_consents(&unlinked).await
    }

    /// Keeps answers about consent.
    pub async fn insert_consents(&mut self, rows: &[ConsentRow]) -> Result<()> {
        query("INSERT INTO consent (account_id, person_id, version, answer, at) $rows")
            .rows(rows, |b, row| {
                b.bind(row.account_id)
                    .bind(row.person_id)
                    .bind(row.version.as_str())
                    .bind(row.answer.as_str())
                    .bind(row.at);
            })
            .execute(self)
            .await?;
        let people: Vec<_> = rows.iter().map(|row| row.person_id).collect();
        self.note_consents(&people).await
    }

    /// Keeps new sessions; none of a disabled account. One of no account at all breaks its foreign key.
    pub async fn insert_sessions(&mut self, rows: &[SessionRow]) -> Result<()> {
        query(
            "WITH new (token_hash, account_id, created_at, used_at, idle_ms, ends_at) AS ($rows)
             INSERT INTO session (token_hash, account_id, created_at, used_at, idle_ms, ends_at)
             SELECT new.token_hash, new.account_id, new.created_at, new.used_at, new.idle_ms, new.ends_at
             FROM new LEFT JOIN account a ON a.account_id = new.account_id
             WHERE a.disabled_at IS NULL",
        )
        .rows(rows, |b, row| {
            b.bind(row.token_hash.as_slice())
                .bind(row.account_id)
                .bind(row.created_at)
                .bind(row.used_at)
                .bind(row.idle_ms)
                .bind(row.ends_at);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Forgets everything that happened on a day: reports, records, states, decisions, turns, numbers, clearances
    /// and risk areas; and lets everybody on a roster have joined on `joined`. Rosters, accounts, families and the audit
    /// log stay. Only for invented people.
    pub async fn forget_days(&mut self, joined: Day) -> Result<()> {
        self.touch_numbers();
        self.take_time().await?;
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
            "DELETE FROM school_sum",
            "DELETE FROM region_sum",
            "DELETE FROM region_reason",
            "DELETE FROM region_slot",
        ] {
            query(sql).execute(self).await?;
        }
        // Whoever has left keeps the state they left with, but none of the reports: their numbers are given out again.
        query("DELETE FROM person_state WHERE person_id NOT IN (SELECT person_id FROM leaver)")
            .execute(self)
            .await?;
        query("UPDATE person_state SET told_id = NULL, told_day = NULL")
            .execute(self)
            .await?;
        query("UPDATE person SET joined_day = $1 WHERE person_id NOT IN (SELECT person_id FROM leaver)")
            .bind(joined)
            .execute(self)
            .await?;
        Ok(())
    }
}
