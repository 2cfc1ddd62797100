//! The audit log: append-only rows in hash chains, and their signed heads.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::ids::AccountId;
use domain::{Day, Millis};

/// One row of a chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// `school:N` or `region:CODE`.
    pub chain: String,
    /// From 1 without a gap.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// account, job or command.
    pub actor_kind: String,
    /// Which account.
    pub actor_id: Option<AccountId>,
    /// What was done.
    pub action: String,
    /// To what: `person:N`, `class:N`, `school:N`, `account:N` or `region:CODE`.
    pub subject: String,
    /// Reads by the same reader of the same thing within the hour or day share it, so that they are one row.
    pub read_key: Option<String>,
    /// Words about it, encrypted.
    pub detail_enc: Option<Vec<u8>>,
    /// Hash over the previous row's hash and all of the above.
    pub hash: Vec<u8>,
}

/// The signed end of a chain on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditHeadRow {
    /// Which chain.
    pub chain: String,
    /// When it was signed.
    pub day: Day,
    /// The last row then.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// Ed25519 over chain, day, seq and hash.
    pub signature: Vec<u8>,
}

macro_rules! audit {
    () => {
        "SELECT chain, seq, at, actor_kind, actor_id, action, subject, read_key, detail_enc, hash FROM audit"
    };
}

impl Tx {
    /// The last row of a chain: its number and hash.
    pub async fn audit_tail(&mut self, chain: &str) -> Result<Option<(i64, Vec<u8>)>> {
        Ok(
            query_as("SELECT seq, hash FROM audit WHERE chain = $1 ORDER BY seq DESC LIMIT 1")
                .bind(chain)
                .fetch_optional(self)
                .await?,
        )
    }

    /// Whether a read with this key is written down already.
    pub async fn has_read(&mut self, read_key: &str) -> Result<bool> {
        Ok(
            query_scalar("SELECT EXISTS (SELECT 1 FROM audit WHERE read_key = $1)")
                .bind(read_key)
                .fetch_one(self)
                .await?,
        )
    }

    /// Appends rows.
    pub async fn insert_audit(&mut self, rows: &[AuditRow]) -> Result<()> {
        query(
            "INSERT INTO audit (chain, seq, at, actor_kind, actor_id, action, subject, read_key, detail_enc, hash) $rows",
        )
        .rows(rows, |b, row| {
            b.bind(&row.chain)
                .bind(row.seq)
                .bind(row.at)
                .bind(&row.actor_kind)
                .bind(row.actor_id)
                .bind(&row.action)
                .bind(&row.subject)
                .bind(&row.read_key)
                .bind(&row.detail_enc)
                .bind(&row.hash);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// The names of all chains.
    pub async fn audit_chains(&mut self) -> Result<Vec<String>> {
        Ok(query_scalar(
            "SELECT DISTINCT chain FROM audit UNION SELECT chain FROM audit_head ORDER BY 1",
        )
        .fetch_all(self)
        .await?)
    }

    /// Rows of a chain after `seq`, in order.
    pub async fn audit_after(
        &mut self,
        chain: &str,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        Ok(query_as(concat!(
            audit!(),
            " WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3"
        ))
        .bind(chain)
        .bind(seq)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The number of a chain's last row before an instant; 0 where there is none.
    pub async fn audit_seq_before(&mut self, chain: &str, at: Millis) -> Result<i64> {
        let found: Option<i64> = query_scalar(
            "SELECT seq FROM audit WHERE chain = $1 AND at < $2 ORDER BY seq DESC LIMIT 1",
        )
        .bind(chain)
        .bind(at)
        .fetch_optional(self)
        .await?;
        Ok(found.unwrap_or(0))
    }

    /// Rows of a chain up to `seq`, newest first.
    pub async fn audit_before(
        &mut self,
        chain: &str,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        Ok(query_as(concat!(
            audit!(),
            " WHERE chain = $1 AND seq <= $2 ORDER BY seq DESC LIMIT $3"
        ))
        .bind(chain)
        .bind(seq)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// The rows about one of several subjects, newest first, a page of them.
    pub async fn audit_about(
        &mut self,
        person: &str,
        class: &str,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<AuditRow>> {
        Ok(query_as(concat!(
            audit!(),
            " WHERE subject IN ($1, $2) ORDER BY at DESC, seq DESC LIMIT $3 OFFSET $4"
        ))
        .bind(person)
        .bind(class)
        .bind(limit)
        .bind(offset)
        .fetch_all(self)
        .await?)
    }

    /// How many rows with this action an account has written since an instant.
    pub async fn audit_count(
        &mut self,
        account: AccountId,
        action: &str,
        since: Millis,
    ) -> Result<i64> {
        Ok(query_scalar(
            "SELECT count(*) FROM audit WHERE actor_id = $1 AND action = $2 AND at >= $3",
        )
        .bind(account)
        .bind(action)
        .bind(since)
        .fetch_one(self)
        .await?)
    }

    /// The last row of every chain: chain, number, hash. Looks at no other rows, of which there are always more.
    pub async fn audit_tails(&mut self) -> Result<Vec<(String, i64, Vec<u8>)>> {
        Ok(query_as(
            "WITH RECURSIVE chains (chain) AS (
                 SELECT min(chain) FROM audit
                 UNION ALL
                 SELECT (SELECT min(a.chain) FROM audit a WHERE a.chain > c.chain) FROM chains c WHERE c.chain IS NOT NULL
             )
             SELECT a.chain, a.seq, a.hash FROM chains c
                 JOIN audit a ON a.chain = c.chain AND a.seq = (SELECT max(l.seq) FROM audit l WHERE l.chain = c.chain)
             ORDER BY a.chain",
        )
        .fetch_all(self)
        .await?)
    }

    /// Keeps signed heads; the first one of a chain and day stays.
    pub async fn insert_audit_heads(&mut self, rows: &[AuditHeadRow]) -> Result<()> {
        query("INSERT INTO audit_head (chain, day, seq, hash, signature) $rows ON CONFLICT DO NOTHING")
            .rows(rows, |b, row| {
                b.bind(&row.chain)
                    .bind(row.day)
                    .bind(row.seq)
                    .bind(&row.hash)
                    .bind(&row.signature);
            })
            .execute(self)
            .await?;
        Ok(())
    }

    /// Whether a chain's head was signed on a day.
    pub async fn has_audit_head(&mut self, chain: &str, day: Day) -> Result<bool> {
        Ok(
            query_scalar("SELECT EXISTS (SELECT 1 FROM audit_head WHERE chain = $1 AND day = $2)")
                .bind(chain)
                .bind(day)
                .fetch_one(self)
                .await?,
        )
    }

    /// The heads signed on a day, by chain.
    pub async fn audit_heads_on(&mut self, day: Day) -> Result<Vec<AuditHeadRow>> {
        Ok(query_as(
            "SELECT chain, day, seq, hash, signature FROM audit_head WHERE day = $1 ORDER BY chain",
        )
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The signed heads of a chain, oldest first.
    pub async fn audit_heads(&mut self, chain: &str) -> Result<Vec<AuditHeadRow>> {
        Ok(query_as("SELECT chain, day, seq, hash, signature FROM audit_head WHERE chain = $1 ORDER BY seq, day")
            .bind(chain)
            .fetch_all(self)
            .await?)
    }
}
