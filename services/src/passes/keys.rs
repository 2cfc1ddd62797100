//! The keys that sign passes. They are random, kept wrapped by the key file, and replaced in time; the public
//! halves are published.
//!
//! There is one key for each purpose at a time, and during a change two: the new one is published for two days
//! before it signs, so that every scanner knows it by then, and what the old one signed stays valid to its end.

use super::whole_second;
use crate::actor::Actor;
use crate::audit::Entry;
use crate::clock::bytes;
use crate::vault::Cell;
use crate::{Error, Refusal, Result, Services};
use domain::Millis;
use domain::access::Place;
use domain::ids::RegionCode;
use domain::pass::{CARD_FOR, IssuerId, KeyId, KeyRing, KeyScope, Kind, PassSigner, TrustedKey};
use ed25519_dalek::VerifyingKey;
use std::sync::Arc;
use store::{PassKeyRow, Tx};
use zeroize::Zeroizing;

const DAY: i64 = 86_400_000;
/// How long a new key is known before it signs.
const LEAD: i64 = 2 * DAY;
/// How long keys are kept in memory: another process, such as `server keys revoke`, may change them.
const KEPT_FOR: i64 = 10_000;
/// The name under which the issuer's number is kept.
const ISSUER: &str = "pass_issuer";

/// What a key is for. Each has its own, so that a card's long life does not keep a screen's key in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Signs the file of keys that issuers exchange, and nothing else.
    Issuer,
    /// Signs printed cards.
    Cards,
    /// Signs live passes and day letters.
    Screens,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Issuer, Self::Cards, Self::Screens];

    /// The word in tables and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Cards => "cards",
            Self::Screens => "screens",
        }
    }

    fn scope(self) -> KeyScope {
        KeyScope::of(match self {
            Self::Issuer => vec![],
            Self::Cards => vec![Kind::Card],
            Self::Screens => vec![Kind::Live, Kind::DayLetter],
        })
    }

    /// After how long a successor is made without anybody asking; `None` for never.
    fn signs_for(self) -> Option<i64> {
        match self {
            Self::Issuer => None,
            Self::Cards => Some(365 * DAY),
            Self::Screens => Some(90 * DAY),
        }
    }

    /// How long what a key signs can be valid at most, from its first day on. With a month to spare, in case the
    /// program stands still when a successor is due.
    fn life(self) -> i64 {
        match self {
            Self::Issuer => 3_650 * DAY,
            Self::Cards => 395 * DAY + CARD_FOR.0,
            Self::Screens => 125 * DAY,
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Known, but not signing yet.
    Coming,
    /// Signs.
    Signing,
    /// Signs no more; what it signed is still valid.
    Retired,
    /// Nothing that it signed is valid any more.
    Ended,
    /// Revoked.
    Revoked,
}

/// A key, for whoever looks after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassKey {
    /// Its number.
    pub id: KeyId,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: KeyState,
    /// From when on it signs.
    pub from: Millis,
    /// Until when what it signed may be valid.
    pub until: Millis,
    /// When it was revoked.
    pub revoked: Option<Millis>,
}

#[derive(Debug)]
struct Kept {
    purpose: Purpose,
    trusted: TrustedKey,
    signer: Option<PassSigner>,
}

/// The keys as they were at a moment, the newest first.
#[derive(Debug)]
pub(crate) struct KeySet {
    read_at: Millis,
    pub issuer: IssuerId,
    pub ring: KeyRing,
    kept: Vec<Kept>,
}

impl KeySet {
    /// The key that signs now.
    pub fn signer(&self, purpose: Purpose, now: Millis) -> Result<(&PassSigner, &TrustedKey)> {
        self.kept
            .iter()
            .filter(|k| k.purpose == purpose && k.trusted.from <= now && now < k.trusted.until)
            .find_map(|k| k.signer.as_ref().map(|signer| (signer, &k.trusted)))
            .ok_or_else(|| Error::internal(format!("no key signs {} now", purpose.word())))
    }

    fn list(&self, now: Millis) -> Vec<PassKey> {
        let state = |kept: &Kept| {
            let key = &kept.trusted;
            let is_signing = || {
                self.signer(kept.purpose, now)
                    .is_ok_and(|(_, signing)| signing == key)
            };
            match key.revoked {
                Some(_) => KeyState::Revoked,
                None if now >= key.until => KeyState::Ended,
                None if now < key.from => KeyState::Coming,
                None if is_signing() => KeyState::Signing,
                None => KeyState::Retired,
            }
        };
        let mut out: Vec<_> = self
            .kept
            .iter()
            .map(|kept| PassKey {
                id: kept.trusted.id(),
                purpose: kept.purpose,
                state: state(kept),
                from: kept.trusted.from,
                until: kept.trusted.until,
                revoked: kept.trusted.revoked,
            })
            .collect();
        out.sort_by_key(|key| key.purpose);
        out
    }
}

/// Keys belong to the whole installation.
fn place() -> Result<Place> {
    let country = RegionCode::parse(RegionCode::COUNTRY);
    Ok(Place::region(
        country.map_err(|e| Error::internal(e.to_string()))?,
    ))
}

/// The cell of a wrapped secret.
fn cell(id: KeyId) -> Cell<'static> {
    Cell::new("pass_key", "secret_enc", i64::from_be_bytes(*id.as_bytes()))
}

impl Services {
    /// The keys, read anew after a moment.
    pub(crate) async fn pass_keys(&self) -> Result<Arc<KeySet>> {
        let now = self.clock.now();
        let known = self.passes.keys.read().ok().and_then(|keys| keys.clone());
        if let Some(known) = known.filter(|k| (0..KEPT_FOR).contains(&(now.0 - k.read_at.0))) {
            return Ok(known);
        }
        let mut tx = self.store.read().await?;
        let set = Arc::new(self.read_keys(&mut tx).await?);
        if let Ok(mut keys) = self.passes.keys.write() {
            *keys = Some(Arc::clone(&set));
        }
        Ok(set)
    }

    async fn read_keys(&self, tx: &mut Tx) -> Result<KeySet> {
        let issuer = tx.meta(ISSUER).await?.unwrap_or_default();
        let issuer = <[u8; 4]>::try_from(issuer.as_slice())
            .ok()
            .and_then(|bytes| IssuerId::try_from(u32::from_be_bytes(bytes)).ok())
            .ok_or_else(|| Error::internal("the issuer's number is missing"))?;
        let kept = tx
            .pass_keys()
            .await?
            .iter()
            .map(|row| self.open_key(issuer, row))
            .collect::<Result<Vec<_>>>()?;
        Ok(KeySet {
            read_at: self.clock.now(),
            issuer,
            ring: KeyRing::new(kept.iter().map(|k| k.trusted.clone())),
            kept,
        })
    }

    fn open_key(&self, issuer: IssuerId, row: &PassKeyRow) -> Result<Kept> {
        let broken = || Error::internal("a stored key of passes does not open");
        let purpose = Purpose::parse(&row.purpose).ok_or_else(broken)?;
        let public: [u8; 32] = row.public_key.as_slice().try_into().map_err(|_| broken())?;
        let trusted = TrustedKey {
            public: VerifyingKey::from_bytes(&public).map_err(|_| broken())?,
            issuer,
            scope: purpose.scope(),
            from: row.from_at,
            until: row.until_at,
            revoked: row.revoked_at,
        };
        let signer = row.secret_enc.as_ref().map(|sealed| -> Result<PassSigner> {
            let plain = self.vault.general().open(cell(trusted.id()), sealed);
            let plain = Zeroizing::new(plain.map_err(|_| broken())?);
            let secret: &[u8; 32] = plain.as_slice().try_into().map_err(|_| broken())?;
            Ok(PassSigner::from_secret(secret))
        });
        Ok(Kept {
            purpose,
            trusted,
            signer: signer.transpose()?,
        })
    }

    pub(crate) fn forget_keys(&self) {
        if let Ok(mut keys) = self.passes.keys.write() {
            *keys = None;
        }
    }

    /// Makes a key that signs from a moment on, and writes it down.
    async fn make_key(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        purpose: Purpose,
        from: Millis,
    ) -> Result<KeyId> {
        let secret = Zeroizing::new(bytes::<32>(&*self.entropy));
        let signer = PassSigner::from_secret(&secret);
        let id = signer.id();
        tx.insert_pass_key(&PassKeyRow {
            kid: id.as_bytes().to_vec(),
            purpose: purpose.word().into(),
            public_key: signer.public().to_bytes().to_vec(),
            secret_enc: Some(
                self.vault
                    .general()
                    .seal(&*self.entropy, cell(id), &*secret),
            ),
            made_at: self.clock.now(),
            from_at: from,
            until_at: Millis(from.0 + purpose.life()),
            revoked_at: None,
        })
        .await?;
        self.audit_key(tx, actor, "pass_key.make", id).await?;
        Ok(id)
    }

    async fn audit_key(&self, tx: &mut Tx, actor: &Actor, action: &str, id: KeyId) -> Result<()> {
        let entry = Entry {
            actor,
            place: &place()?,
            action,
            subject: format!("pass_key:{id}"),
            detail: None,
        };
        self.audit(tx, entry).await
    }

    /// Makes the keys that are missing, and the successors of those that have signed long enough. Running it
    /// twice changes nothing.
    pub(crate) async fn renew_pass_keys(&self) -> Result<()> {
        let now = whole_second(self.clock.now());
        let mut tx = self.store.write().await?;
        if tx.meta(ISSUER).await?.is_none() {
            let issuer = IssuerId::draw(u32::from_be_bytes(bytes(&*self.entropy)));
            tx.set_meta(ISSUER, &issuer.number().to_be_bytes()).await?;
        }
        let set = self.read_keys(&mut tx).await?;
        let job = Actor::job();
        let mut has_changed = false;
        for purpose in Purpose::ALL {
            // The newest that can sign now or later.
            let newest = set
                .kept
                .iter()
                .find(|k| k.purpose == purpose && k.signer.is_some() && now < k.trusted.until);
            let from = match (newest, purpose.signs_for()) {
                (None, _) => now,
                (Some(key), Some(signs_for)) if key.trusted.from.0 + signs_for - LEAD <= now.0 => {
                    Millis(now.0 + LEAD)
                }
                (Some(_), _) => continue,
            };
            self.make_key(&mut tx, &job, purpose, from).await?;
            has_changed = true;
        }
        // The issuer's number may be new as well.
        tx.commit().await?;
        if has_changed {
            self.forget_keys();
        }
        Ok(())
    }

    /// Every key and where it stands.
    pub async fn list_pass_keys(&self) -> Result<Vec<PassKey>> {
        Ok(self.pass_keys().await?.list(self.clock.now()))
    }

    /// Makes the successor of a purpose's key; it signs after two days, or at once where that is asked for.
    pub async fn rotate_pass_key(
        &self,
        actor: &Actor,
        purpose: Purpose,
        at_once: bool,
    ) -> Result<KeyId> {
        actor.require(domain::access::Action::ManageRegion, &place()?)?;
        let lead = if at_once { 0 } else { LEAD };
        let from = Millis(whole_second(self.clock.now()).0 + lead);
        let mut tx = self.store.write().await?;
        let id = self.make_key(&mut tx, actor, purpose, from).await?;
        tx.commit().await?;
        self.forget_keys();
        Ok(id)
    }

    /// Revokes a key: whatever it signed is refused from now on, and its secret half is destroyed. Where no other
    /// key of its purpose signs, a new one does at once.
    ///
    /// # Errors
    /// [`Refusal::KeyUnknown`] where there is no such key, [`Refusal::AlreadySettled`] where it was revoked before.
    pub async fn revoke_pass_key(&self, actor: &Actor, id: KeyId) -> Result<()> {
        actor.require(domain::access::Action::ManageRegion, &place()?)?;
        let now = whole_second(self.clock.now());
        let mut tx = self.store.write().await?;
        let set = self.read_keys(&mut tx).await?;
        let found = set.kept.iter().find(|k| k.trusted.id() == id);
        let found = found.ok_or(Refusal::KeyUnknown)?;
        if found.trusted.revoked.is_some() {
            return Err(Refusal::AlreadySettled.into());
        }
        tx.revoke_pass_key(id.as_bytes(), now).await?;
        self.audit_key(&mut tx, actor, "pass_key.revoke", id)
            .await?;
        let left = self.read_keys(&mut tx).await?;
        if left.signer(found.purpose, now).is_err() {
            self.make_key(&mut tx, actor, found.purpose, now).await?;
        }
        tx.commit().await?;
        self.forget_keys();
        Ok(())
    }
}
