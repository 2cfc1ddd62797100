//! The keys that sign passes, and who holds passes.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::Millis;
use domain::ids::{AccountId, ClassId, PersonId};
use std::collections::BTreeMap;

/// A key that signs passes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PassKeyRow {
    /// Its number, eight bytes.
    pub kid: Vec<u8>,
    /// issuer, cards or screens.
    pub purpose: String,
    /// The public half, 32 bytes.
    pub public_key: Vec<u8>,
    /// The secret half, wrapped; none once revoked.
    pub secret_enc: Option<Vec<u8>>,
    /// When it was made.
    pub made_at: Millis,
    /// From when on it signs.
    pub from_at: Millis,
    /// Until when what it signed may be valid.
    pub until_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

/// A person's number in passes, and their printed card.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PassHolderRow {
    /// Who.
    pub person_id: PersonId,
    /// The random number.
    pub holder: i64,
    /// The number of the newest card; 0 where none was printed.
    pub serial: i64,
    /// When it was printed.
    pub card_at: Option<Millis>,
    /// Who printed it.
    pub card_by: Option<AccountId>,
}

impl Tx {
    /// Every key, the newest first.
    pub async fn pass_keys(&mut self) -> Result<Vec<PassKeyRow>> {
        Ok(query_as(
            "SELECT kid, purpose, public_key, secret_enc, made_at, from_at, until_at, revoked_at
             FROM pass_key ORDER BY from_at DESC, kid",
        )
        .fetch_all(self)
        .await?)
    }

    /// Keeps a new key.
    pub async fn insert_pass_key(&mut self, row: &PassKeyRow) -> Result<()> {
        self.touch_settings();
        query(
            "INSERT INTO pass_key (kid, purpose, public_key, secret_enc, made_at, from_at, until_at, revoked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&row.kid)
        .bind(&row.purpose)
        .bind(&row.public_key)
        .bind(&row.secret_enc)
        .bind(row.made_at)
        .bind(row.from_at)
        .bind(row.until_at)
        .bind(row.revoked_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Revokes a key and forgets its secret half.
    pub async fn revoke_pass_key(&mut self, kid: &[u8], at: Millis) -> Result<()> {
        self.touch_settings();
        query("UPDATE pass_key SET revoked_at = $2, secret_enc = NULL WHERE kid = $1")
            .bind(kid)
            .bind(at)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Gives each who has no number in passes the one drawn for them.
    pub async fn give_pass_holders(&mut self, drawn: &BTreeMap<PersonId, i64>) -> Result<()> {
        query(
            "INSERT INTO pass_holder (person_id, holder) $rows ON CONFLICT (person_id) DO NOTHING",
        )
        .rows(drawn.iter(), |b, (person, holder)| {
            b.bind(*person).bind(*holder);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// As [`Tx::give_pass_holders`], and gives all of them, in no order.
    pub async fn ensure_pass_holders(
        &mut self,
        drawn: &BTreeMap<PersonId, i64>,
    ) -> Result<Vec<PassHolderRow>> {
        self.give_pass_holders(drawn).await?;
        let people: Vec<PersonId> = drawn.keys().copied().collect();
        self.pass_holders(&people).await
    }

    /// The numbers in passes of several people, in no order.
    pub async fn pass_holders(&mut self, people: &[PersonId]) -> Result<Vec<PassHolderRow>> {
        Ok(query_as(
            "SELECT person_id, holder, serial, card_at, card_by FROM pass_holder WHERE person_id IN ($list)",
        )
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// Whose number this is.
    pub async fn pass_holder_of(&mut self, holder: i64) -> Result<Option<PassHolderRow>> {
        Ok(query_as(
            "SELECT person_id, holder, serial, card_at, card_by FROM pass_holder WHERE holder = $1",
        )
        .bind(holder)
        .fetch_optional(self)
        .await?)
    }

    /// Those of a class who have a number in passes.
    pub async fn pass_holders_of_class(&mut self, class: ClassId) -> Result<Vec<PassHolderRow>> {
        Ok(query_as(
            "SELECT h.person_id, h.holder, h.serial, h.card_at, h.card_by
             FROM pass_holder h JOIN person p ON p.person_id = h.person_id WHERE p.class_id = $1",
        )
        .bind(class)
        .fetch_all(self)
        .await?)
    }

    /// Counts a new card of a holder, which voids the older ones; gives its number.
    pub async fn next_card(
        &mut self,
        person: PersonId,
        at: Millis,
        by: Option<AccountId>,
    ) -> Result<i64> {
        Ok(query_scalar(
            "UPDATE pass_holder SET serial = serial + 1, card_at = $2, card_by = $3
             WHERE person_id = $1 RETURNING serial",
        )
        .bind(person)
        .bind(at)
        .bind(by)
        .fetch_one(self)
        .await?)
    }
}
