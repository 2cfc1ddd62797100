//! Sessions, and the codes with which staff set a password. Only hashes of tokens and codes are kept.

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::words::{self, bytes, number, parts};
use crate::{GrantRow, Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, PersonId};

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Whose.
    pub account_id: AccountId,
    /// When it began.
    pub created_at: Millis,
    /// When it was last used, to a coarse grain.
    pub used_at: Millis,
    /// How long it lives unused, in milliseconds.
    pub idle_ms: i64,
    /// When it ends in any case.
    pub ends_at: Millis,
}

/// A session with what its account may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInRow {
    /// The session.
    pub session: SessionRow,
    /// The account's roles, by their words and scopes.
    pub grants: Vec<GrantRow>,
    /// Its children, as [`Tx::children_of`] gives them.
    pub children: Vec<PersonId>,
}

/// A code that lets its holder set the password of an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ActivationRow {
    /// SHA-256 of the code.
    pub code_hash: Vec<u8>,
    /// Whose.
    pub account_id: AccountId,
    /// Who issued it; `None` for the command line.
    pub issued_by: Option<AccountId>,
    /// When.
    pub issued_at: Millis,
    /// Until when it can be used.
    pub expires_at: Millis,
    /// When it was.
    pub used_at: Option<Millis>,
}

impl Tx {
    /// The sessions with these hashes of tokens, in no order. Disabled accounts have none.
    pub async fn sessions(&mut self, token_hashes: &[Vec<u8>]) -> Result<Vec<SignedInRow>> {
        let texts: Vec<Option<String>> = query_scalar(concat!(
            "SELECT string_agg(concat_ws(' ', hex(s.token_hash), s.account_id, s.created_at, s.used_at, s.idle_ms, s.ends_at,
                 coalesce((SELECT string_agg(concat_ws(',', r.role, r.scope_kind, r.scope), '/') FROM role_grant r
                           WHERE r.account_id = s.account_id), '-'),
                 coalesce((SELECT string_agg(concat_ws(',', g.claimed_at, g.person_id), '/') FROM guardianship g
                           WHERE g.account_id = s.account_id AND g.status <> 'unlinked' AND ",
            here!("g"),
            "), '-')
                 ), ';')
             FROM session s WHERE s.token_hash IN ($list)"
        ))
        .list(token_hashes)
        .fetch_all(self)
        .await?;
        Ok(words::rows(&texts, "a session", read)?)
    }

    /// Notes that sessions were used.
    pub async fn touch_sessions(&mut self, token_hashes: &[Vec<u8>], at: Millis) -> Result<()> {
        query("UPDATE session SET used_at = $1 WHERE token_hash IN ($list)")
            .bind(at)
            .list(token_hashes)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Ends one session.
    pub async fn delete_session(&mut self, token_hash: &[u8]) -> Result<()> {
        query("DELETE FROM session WHERE token_hash = $1")
            .bind(token_hash)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Ends all sessions of an account; says how many.
    pub async fn delete_sessions_of(&mut self, account: AccountId) -> Result<u64> {
        Ok(query("DELETE FROM session WHERE account_id = $1")
            .bind(account)
            .execute(self)
            .await?
            .rows_affected())
    }

    /// The hashes of at most `page` sessions, in their order, after one; and of each, 1 where it has ended.
    pub async fn sessions_after(
        &mut self,
        after: &[u8],
        now: Millis,
        page: i64,
    ) -> Result<Vec<(Vec<u8>, i64)>> {
        Ok(query_as(
            "SELECT token_hash, CAST(CASE WHEN ends_at <= $2 OR used_at + idle_ms <= $2 THEN 1 ELSE 0 END AS BIGINT)
             FROM session WHERE token_hash > $1 ORDER BY token_hash LIMIT $3",
        )
        .bind(after)
        .bind(now)
        .bind(page)
        .fetch_all(self)
        .await?)
    }

    /// Forgets those of these sessions that have ended, unless they were used again.
    pub async fn delete_ended_sessions(&mut self, hashes: &[&[u8]], now: Millis) -> Result<()> {
        query("DELETE FROM session WHERE (ends_at <= $1 OR used_at + idle_ms <= $1) AND token_hash IN ($list)")
            .bind(now)
            .list(hashes.iter().copied())
            .execute(self)
            .await?;
        Ok(())
    }

    /// Keeps a new activation code and voids the account's older ones.
    pub async fn insert_activation(&mut self, row: &ActivationRow) -> Result<()> {
        query("DELETE FROM activation WHERE account_id = $1 AND used_at IS NULL")
            .bind(row.account_id)
            .execute(self)
            .await?;
        query("INSERT INTO activation (code_hash, account_id, issued_by, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(&row.code_hash)
            .bind(row.account_id)
            .bind(row.issued_by)
            .bind(row.issued_at)
            .bind(row.expires_at)
            .execute(self)
            .await?;
        Ok(())
    }

    /// An activation code by its hash.
    pub async fn activation(&mut self, code_hash: &[u8]) -> Result<Option<ActivationRow>> {
        Ok(query_as(
            "SELECT code_hash, account_id, issued_by, issued_at, expires_at, used_at FROM activation WHERE code_hash = $1",
        )
        .bind(code_hash)
        .fetch_optional(self)
        .await?)
    }

    /// Uses up an activation code; says whether it was still unused.
    pub async fn use_activation(&mut self, code_hash: &[u8], at: Millis) -> Result<bool> {
        let done =
            query("UPDATE activation SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL")
                .bind(code_hash)
                .bind(at)
                .execute(self)
                .await?;
        Ok(done.rows_affected() == 1)
    }
}

fn read(text: &str) -> Option<SignedInRow> {
    let mut words = text.split(' ');
    let token_hash = bytes(words.next()?)?;
    let account_id = AccountId(number(&mut words)?);
    let session = SessionRow {
        token_hash,
        account_id,
        created_at: Millis(number(&mut words)?),
        used_at: Millis(number(&mut words)?),
        idle_ms: number(&mut words)?,
        ends_at: Millis(number(&mut words)?),
    };
    let grant = |grant: &str| {
        let mut words = grant.splitn(3, ',');
        Some(GrantRow {
            account_id,
            role: words.next()?.to_owned(),
            scope_kind: words.next()?.to_owned(),
            scope: words.next()?.to_owned(),
        })
    };
    let grants = parts(words.next()?, '/').map(grant);
    let mut grants = grants.collect::<Option<Vec<_>>>()?;
    grants.sort_unstable_by(|a, b| (&a.role, &a.scope).cmp(&(&b.role, &b.scope)));
    let child = |child: &str| {
        let mut words = child.split(',');
        Some((number::<i64>(&mut words)?, PersonId(number(&mut words)?)))
    };
    let children = parts(words.next()?, '/').map(child);
    let mut children = children.collect::<Option<Vec<_>>>()?;
    children.sort_unstable();
    Some(SignedInRow {
        session,
        grants,
        children: children.into_iter().map(|(_, child)| child).collect(),
    })
}
