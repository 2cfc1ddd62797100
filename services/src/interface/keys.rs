//! Keys of the interface: made, listed and revoked by an administrator; shown once, kept only as a hash.

use crate::actor::{Actor, scope_words};
use crate::audit::Entry;
use crate::clock::bytes;
use crate::{Error, Refusal, Result, Services};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Millis;
use domain::access::{Action, Place, Scope};
use domain::ids::{RegionCode, SchoolId};
use domain::interface::Right;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use store::{ApiKeyRow, Tx};

/// Most days that a key may live.
pub const KEY_DAYS_MAX: i64 = 400;
/// Most requests that a key may make in a minute.
pub const RATE_MAX: i64 = 6_000;
/// Longest name of a program, in characters.
const NAME_MAX: usize = 60;
/// What every secret begins with, so that scanners for lost secrets know it.
const PREFIX: &str = "fxk_";
const DAY: i64 = 86_400_000;

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// One school's.
    School(SchoolId),
    /// A region's, for it and all below.
    Region(RegionCode),
}

impl KeyPlace {
    fn scope(&self) -> Scope {
        match self {
            Self::School(id) => Scope::School(*id),
            Self::Region(code) => Scope::Region(code.clone()),
        }
    }

    /// The rights that such a key may have.
    pub fn rights(&self) -> impl Iterator<Item = Right> {
        let is_school = matches!(self, Self::School(_));
        Right::ALL
            .into_iter()
            .filter(move |right| !is_school || right.is_for_schools())
    }
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The name of the program that will use it.
    pub name: String,
    /// What it may do; at least one right.
    pub rights: Vec<Right>,
    /// Days that it lives, 1..=[`KEY_DAYS_MAX`].
    pub days: i64,
    /// Requests in a minute, 1..=[`RATE_MAX`].
    pub per_minute: i64,
}

/// A key just made.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeKey {
    /// Its number.
    pub id: i64,
    /// What the program sends; shown this once.
    pub secret: String,
}

impl std::fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It is accepted.
    InForce,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

/// A key in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// Its number.
    pub id: i64,
    /// The name of its program.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
    /// Requests in a minute.
    pub per_minute: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Millis,
    /// Until when it is accepted.
    pub expires_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
    /// When it was last used, to the minute.
    pub used_at: Option<Millis>,
    /// How it stands.
    pub state: KeyState,
}

/// Another program that has proved itself.
#[derive(Debug, Clone)]
pub struct KeyBearer {
    /// The key's number.
    pub id: i64,
    /// Who it acts as.
    pub actor: Actor,
    per_minute: i64,
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn rights_of(row: &ApiKeyRow) -> Vec<Right> {
    row.rights
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn state_of(row: &ApiKeyRow, now: Millis) -> KeyState {
    if row.revoked_at.is_some() {
        KeyState::Revoked
    } else if now >= row.expires_at {
        KeyState::Expired
    } else {
        KeyState::InForce
    }
}

impl Services {
    async fn key_place(&self, tx: &mut Tx, actor: &Actor, of: &KeyPlace) -> Result<Place> {
        let (action, place) = match of {
            KeyPlace::School(id) => (
                Action::ManageSchoolKeys,
                self.place_of_school(tx, *id).await?,
            ),
            KeyPlace::Region(code) => (
                Action::ManageRegionKeys,
                self.place_of_region(tx, code).await?,
            ),
        };
        actor.require(action, &place)?;
        Ok(place)
    }

    /// Makes a key. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] for a name, rights, life or pace that a key cannot have.
    pub async fn make_api_key(
        &self,
        actor: &Actor,
        of: &KeyPlace,
        new: &NewKey,
    ) -> Result<MadeKey> {
        let name = new.name.trim();
        let may_have = |right: &Right| of.rights().any(|r| r == *right);
        let is_fine = (1..=NAME_MAX).contains(&name.chars().count())
            && !name.contains(char::is_control)
            && !new.rights.is_empty()
            && new.rights.iter().all(may_have)
            && (1..=KEY_DAYS_MAX).contains(&new.days)
            && (1..=RATE_MAX).contains(&new.per_minute);
        let mut tx = self.store.write().await?;
        let place = self.key_place(&mut tx, actor, of).await?;
        if !is_fine {
            return Err(Refusal::FieldInvalid.into());
        }
        let secret = format!(
            "{PREFIX}{}",
            URL_SAFE_NO_PAD.encode(bytes::<32>(&*self.entropy))
        );
        let words: Vec<&str> = Right::ALL
            .into_iter()
            .filter(|right| new.rights.contains(right))
            .map(Right::word)
            .collect();
        let (scope_kind, scope) = scope_words(&of.scope());
        let now = self.clock.now();
        let row = ApiKeyRow {
            key_id: self.next_id(),
            scope_kind: scope_kind.into(),
            scope,
            name: name.into(),
            rights: words.join(" "),
            secret_hash: hash(&secret),
            per_minute: new.per_minute,
            created_by: actor.id().ok_or(Error::NotSignedIn)?,
            created_at: now,
            expires_at: Millis(now.0 + new.days * DAY),
            revoked_by: None,
            revoked_at: None,
            used_at: None,
        };
        tx.insert_api_key(&row).await?;
        self.audit_api_key(&mut tx, actor, &place, &row, "interface.key.make")
            .await?;
        tx.commit().await?;
        Ok(MadeKey {
            id: row.key_id,
            secret,
        })
    }

    /// The keys of a school or region, the newest first.
    pub async fn api_keys(&self, actor: &Actor, of: &KeyPlace) -> Result<Vec<KeyView>> {
        let mut tx = self.store.read().await?;
        self.key_place(&mut tx, actor, of).await?;
        let (kind, scope) = scope_words(&of.scope());
        let now = self.clock.now();
        let mut names = HashMap::new();
        let mut keys = Vec::new();
        for row in tx.api_keys_of(kind, &scope).await? {
            keys.push(KeyView {
                id: row.key_id,
                rights: rights_of(&row),
                per_minute: row.per_minute,
                created_by: self.name_of(&mut tx, row.created_by, &mut names).await?,
                created_at: row.created_at,
                expires_at: row.expires_at,
                revoked_at: row.revoked_at,
                used_at: row.used_at,
                state: state_of(&row, now),
                name: row.name,
            });
        }
        Ok(keys)
    }

    /// Revokes a key at once and for ever. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::KeyUnknown`] where the school or region has no such key.
    pub async fn revoke_api_key(&self, actor: &Actor, of: &KeyPlace, id: i64) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.key_place(&mut tx, actor, of).await?;
        let (kind, scope) = scope_words(&of.scope());
        let row = tx.api_key(id).await?;
        let row = row
            .filter(|row| row.scope_kind == kind && row.scope == scope)
            .ok_or(Refusal::KeyUnknown)?;
        if row.revoked_at.is_some() {
            return Ok(());
        }
        let by = actor.id().ok_or(Error::NotSignedIn)?;
        tx.revoke_api_key(id, by, self.clock.now()).await?;
        self.audit_api_key(&mut tx, actor, &place, &row, "interface.key.revoke")
            .await?;
        Ok(tx.commit().await?)
    }

    async fn audit_api_key(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        row: &ApiKeyRow,
        action: &str,
    ) -> Result<()> {
        let detail = format!("{}: {}", row.name, row.rights);
        let entry = Entry {
            actor,
            place,
            action,
            subject: format!("key:{}", row.key_id),
            detail: Some((&detail, None)),
        };
        self.audit(tx, entry).await
    }

    /// The program that sends a secret; `None` where the key is unknown, expired or revoked.
    pub async fn key_bearer(&self, secret: &str) -> Result<Option<KeyBearer>> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.clock.now();
        let row = self
            .store
            .read()
            .await?
            .api_key_by_secret(&hash(secret))
            .await?;
        let Some(row) = row.filter(|row| state_of(row, now) == KeyState::InForce) else {
            return Ok(None);
        };
        let scope = match row.scope_kind.as_str() {
            "region" => row.scope.parse().ok().map(Scope::Region),
            _ => row.scope.parse().ok().map(Scope::School),
        };
        let scope = scope.ok_or_else(|| Error::internal(format!("scope of key {}", row.key_id)))?;
        let minute = Millis(now.0 - now.0 % super::MINUTE);
        if row.used_at.is_none_or(|at| at < minute)
            && let Err(error) = self.note_key_use(row.key_id, minute).await
        {
            // A full disk or a busy writer must not keep anybody from reading.
            tracing::warn!(%error, "the use of a key was not noted");
        }
        Ok(Some(KeyBearer {
            id: row.key_id,
            actor: Actor::key(row.key_id, scope, rights_of(&row)),
            per_minute: row.per_minute,
        }))
    }

    async fn note_key_use(&self, key: i64, at: Millis) -> Result<()> {
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        tx.touch_api_key(key, at).await?;
        Ok(tx.commit().await?)
    }

    /// Counts a request of a key; the error says in how many seconds it may ask again.
    pub fn pace_key(&self, bearer: &KeyBearer) -> std::result::Result<(), u32> {
        self.pacing
            .count(bearer.id, bearer.per_minute, self.clock.now())
    }

    /// The name of a key's program, for the log; empty where there is no such key.
    pub(crate) async fn key_name(&self, tx: &mut Tx, id: i64) -> Result<String> {
        Ok(tx
            .api_key(id)
            .await?
            .map(|row| row.name)
            .unwrap_or_default())
    }
}
