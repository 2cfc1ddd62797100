//! The keys that a scanner trusts, and what each may sign.

use super::{IssuerId, Kind, Pass, PassRefusal};
use crate::Millis;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A key's number: the first eight bytes of its RFC 7638 thumbprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

/// The text has not sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's number has sixteen hexadecimal digits")]
pub struct NotAKeyId;

impl KeyId {
    /// The number of a public key.
    pub fn of(key: &VerifyingKey) -> Self {
        let mut id = [0; 8];
        for (to, from) in id.iter_mut().zip(thumbprint(key)) {
            *to = from;
        }
        Self(id)
    }

    /// The number of these bytes; `None` unless there are eight.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, as headers hold them.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for KeyId {
    type Err = NotAKeyId;
    fn from_str(text: &str) -> Result<Self, NotAKeyId> {
        if text.len() != 16 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAKeyId);
        }
        u64::from_str_radix(text, 16)
            .map(|number| Self(number.to_be_bytes()))
            .map_err(|_| NotAKeyId)
    }
}

/// The RFC 7638 thumbprint of a key: SHA-256 over its required members, in the order of their names.
pub(super) fn thumbprint(key: &VerifyingKey) -> [u8; 32] {
    let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
    Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)).into()
}

/// What a key may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyScope {
    /// The kinds of pass; a key that only vouches for other keys has none.
    pub kinds: BTreeSet<Kind>,
    /// The schools; `None` for all of the issuer's.
    pub schools: Option<BTreeSet<u32>>,
}

impl KeyScope {
    /// Some kinds of pass for all of the issuer's schools.
    pub fn of(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            schools: None,
        }
    }

    fn covers(&self, kind: Kind, school: u32) -> bool {
        self.kinds.contains(&kind)
            && self
                .schools
                .as_ref()
                .is_none_or(|schools| schools.contains(&school))
    }
}

/// A public key with all that limits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub public: VerifyingKey,
    /// Whose it is.
    pub issuer: IssuerId,
    /// What it may sign.
    pub scope: KeyScope,
    /// From when on it signs.
    pub from: Millis,
    /// Until when what it has signed may be valid.
    pub until: Millis,
    /// Since when nothing that it signed is accepted.
    pub revoked: Option<Millis>,
}

impl TrustedKey {
    /// Its number.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.public)
    }

    /// Whether this key may have signed what a pass says.
    pub(super) fn permits(&self, pass: &Pass) -> Result<(), PassRefusal> {
        if pass.issuer != self.issuer {
            Err(PassRefusal::OtherIssuer)
        } else if !self.scope.covers(pass.says.kind(), pass.school) {
            Err(PassRefusal::KeyOutOfScope)
        } else if pass.issued < self.from || pass.expires > self.until {
            Err(PassRefusal::KeyNotInForce)
        } else {
            Ok(())
        }
    }
}

/// The keys that a scanner trusts.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: Vec<(KeyId, TrustedKey)>,
}

impl KeyRing {
    /// A ring of some keys. Of two with the same number the first counts.
    pub fn new(keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self {
            keys: keys.into_iter().map(|key| (key.id(), key)).collect(),
        }
    }

    /// The key of a number.
    pub fn get(&self, id: KeyId) -> Option<&TrustedKey> {
        self.keys
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, key)| key)
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &TrustedKey> {
        self.keys.iter().map(|(_, key)| key)
    }
}
