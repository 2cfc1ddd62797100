//! Those who can sign in, and their roles.

use crate::query::{query, query_as};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::AccountId;

/// One account.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountRow {
    /// Its number.
    pub account_id: AccountId,
    /// Name, login and phone, encrypted under the account's key.
    pub profile_enc: Vec<u8>,
    /// The argon2id hash in PHC form; `None` until a password is set.
    pub password_hash: Option<String>,
    /// Who created it; `None` for the command line and for guardians by slip.
    pub created_by: Option<AccountId>,
    /// When, in milliseconds.
    pub created_at: Millis,
    /// When it was disabled.
    pub disabled_at: Option<Millis>,
    /// The account's key, wrapped by the key file.
    pub wrapped: Vec<u8>,
}

impl std::fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountRow")
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

/// One role of one account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GrantRow {
    /// Whose.
    pub account_id: AccountId,
    /// The role's word.
    pub role: String,
    /// region, school, class or person.
    pub scope_kind: String,
    /// The scope's code or number.
    pub scope: String,
}

macro_rules! account {
    () => {
        "SELECT a.account_id, a.profile_enc, a.password_hash, a.created_by, a.created_at, a.disabled_at, k.wrapped
         FROM account a JOIN subject_key k ON k.subject_id = a.account_id"
    };
}

impl Tx {
    /// Adds an account; its wrapped key must be in place.
    ///
    /// # Errors
    /// [`crate::StoreError::Conflict`] where the login is taken.
    pub async fn insert_account(&mut self, row: &AccountRow, login_ix: &[u8]) -> Result<()> {
        query(
            "INSERT INTO account (account_id, login_ix, profile_enc, password_hash, created_by, created_at, changed_by, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $5, $6)",
        )
        .bind(row.account_id)
        .bind(login_ix)
        .bind(&row.profile_enc)
        .bind(&row.password_hash)
        .bind(row.created_by)
        .bind(row.created_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// An account by its number.
    pub async fn account(&mut self, id: AccountId) -> Result<Option<AccountRow>> {
        Ok(query_as(concat!(account!(), " WHERE a.account_id = $1"))
            .bind(id)
            .fetch_optional(self)
            .await?)
    }

    /// An account by the blind index of its login.
    pub async fn account_by_login(&mut self, login_ix: &[u8]) -> Result<Option<AccountRow>> {
        Ok(query_as(concat!(account!(), " WHERE a.login_ix = $1"))
            .bind(login_ix)
            .fetch_optional(self)
            .await?)
    }

    /// The accounts with a role in one exact scope, by number.
    pub async fn accounts_in(&mut self, scope_kind: &str, scope: &str) -> Result<Vec<AccountRow>> {
        Ok(query_as(concat!(
            account!(),
            " WHERE a.account_id IN (SELECT account_id FROM role_grant WHERE scope_kind = $1 AND scope = $2) ORDER BY a.account_id"
        ))
        .bind(scope_kind)
        .bind(scope)
        .fetch_all(self)
        .await?)
    }

    /// The accounts with a role in one of a school's classes or in the school itself.
    pub async fn staff_of_school(
        &mut self,
        school: domain::ids::SchoolId,
    ) -> Result<Vec<AccountRow>> {
        Ok(query_as(concat!(
            account!(),
            " WHERE a.account_id IN (
                SELECT account_id FROM role_grant WHERE scope_kind = 'school' AND scope = CAST($1 AS TEXT)
                UNION
                SELECT g.account_id FROM class c JOIN role_grant g ON g.scope_kind = 'class' AND g.scope = CAST(c.class_id AS TEXT)
                WHERE c.school_id = $1)
              ORDER BY a.account_id"
        ))
        .bind(school)
        .fetch_all(self)
        .await?)
    }

    /// Replaces the profile, and with it the login.
    pub async fn update_account_profile(
        &mut self,
        id: AccountId,
        profile_enc: &[u8],
        login_ix: &[u8],
        by: Option<AccountId>,
        at: Millis,
    ) -> Result<()> {
        query("UPDATE account SET profile_enc = $2, login_ix = $3, changed_by = $4, changed_at = $5 WHERE account_id = $1")
            .bind(id)
            .bind(profile_enc)
            .bind(login_ix)
            .bind(by)
            .bind(at)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Sets the password.
    pub async fn set_password(
        &mut self,
        id: AccountId,
        hash: &str,
        by: Option<AccountId>,
        at: Millis,
    ) -> Result<()> {
        query(
            "UPDATE account SET password_hash = $2, changed_by = $3, changed_at = $4 WHERE account_id = $1",
        )
        .bind(id)
        .bind(hash)
        .bind(by)
        .bind(at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Wrong passwords in a row for a login, and the instant before which no attempt is checked.
    pub async fn signin_failures(&mut self, login_ix: &[u8]) -> Result<(i64, Millis)> {
        Ok(
            query_as("SELECT failures, locked_until FROM signin_failure WHERE login_ix = $1")
                .bind(login_ix)
                .fetch_optional(self)
                .await?
                .unwrap_or((0, Millis(0))),
        )
    }

    /// Notes wrong passwords for a login; 0 forgets them.
    pub async fn set_signin_failures(
        &mut self,
        login_ix: &[u8],
        failures: i64,
        locked_until: Millis,
    ) -> Result<()> {
        if failures == 0 {
            query("DELETE FROM signin_failure WHERE login_ix = $1")
                .bind(login_ix)
                .execute(self)
                .await?;
        } else {
            query(
                "INSERT INTO signin_failure (login_ix, failures, locked_until) VALUES ($1, $2, $3)
                 ON CONFLICT (login_ix) DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until",
            )
            .bind(login_ix)
            .bind(failures)
            .bind(locked_until)
            .execute(self)
            .await?;
        }
        Ok(())
    }

    /// Forgets the failures of logins that have been quiet since an instant.
    pub async fn delete_old_signin_failures(&mut self, before: Millis) -> Result<()> {
        query("DELETE FROM signin_failure WHERE locked_until < $1")
            .bind(before)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Disables an account, which ends its sessions, or (with `None`) enables it again.
    pub async fn set_disabled(
        &mut self,
        id: AccountId,
        at: Option<Millis>,
        by: Option<AccountId>,
        now: Millis,
    ) -> Result<()> {
        query("UPDATE account SET disabled_at = $2, changed_by = $3, changed_at = $4 WHERE account_id = $1")
            .bind(id)
            .bind(at)
            .bind(by)
            .bind(now)
            .execute(self)
            .await?;
        if at.is_some() {
            self.delete_sessions_of(id).await?;
        }
        Ok(())
    }

    /// Gives a role; giving it twice is giving it once.
    pub async fn insert_grant(
        &mut self,
        row: &GrantRow,
        by: Option<AccountId>,
        at: Millis,
    ) -> Result<()> {
        query(
            "INSERT INTO role_grant (account_id, role, scope_kind, scope, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(row.account_id)
        .bind(&row.role)
        .bind(&row.scope_kind)
        .bind(&row.scope)
        .bind(by)
        .bind(at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Takes a role away.
    pub async fn delete_grant(&mut self, row: &GrantRow) -> Result<()> {
        query("DELETE FROM role_grant WHERE account_id = $1 AND role = $2 AND scope_kind = $3 AND scope = $4")
            .bind(row.account_id)
            .bind(&row.role)
            .bind(&row.scope_kind)
            .bind(&row.scope)
            .execute(self)
            .await?;
        Ok(())
    }

    /// The roles of an account.
    pub async fn grants_of(&mut self, id: AccountId) -> Result<Vec<GrantRow>> {
        Ok(query_as("SELECT account_id, role, scope_kind, scope FROM role_grant WHERE account_id = $1 ORDER BY role, scope")
            .bind(id)
            .fetch_all(self)
            .await?)
    }
}
