//! Keys as the web writes them: a JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037).

use super::{IssuerId, KeyId, KeyRing, KeyScope, Kind, TrustedKey};
use crate::Millis;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One public key. Members beginning with `fx_` are our own; others may ignore them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// The key's number: sixteen hexadecimal digits, whose eight bytes are the `kid` of a pass.
    pub kid: String,
    /// The 32 bytes of the key, in base64url.
    pub x: String,
    /// From when on it signs, in seconds since 1970.
    pub nbf: i64,
    /// Until when what it has signed may be valid, in seconds since 1970.
    pub exp: i64,
    /// Present where nothing that it signed is accepted any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
    /// The issuer.
    pub fx_issuer: IssuerId,
    /// The kinds of pass that it may sign; empty for the key that signs key files.
    pub fx_kinds: BTreeSet<Kind>,
    /// The schools that it may sign for; absent for all of the issuer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fx_schools: Option<BTreeSet<u32>>,
}

/// When a key was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// In seconds since 1970.
    pub revoked_at: i64,
}

impl From<&TrustedKey> for Jwk {
    fn from(key: &TrustedKey) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            alg: "EdDSA".into(),
            usage: "sig".into(),
            kid: key.id().to_string(),
            x: URL_SAFE_NO_PAD.encode(key.public.as_bytes()),
            nbf: key.from.0 / 1_000,
            exp: key.until.0 / 1_000,
            revoked: key.revoked.map(|at| Revoked {
                revoked_at: at.0 / 1_000,
            }),
            fx_issuer: key.issuer,
            fx_kinds: key.scope.kinds.clone(),
            fx_schools: key.scope.schools.clone(),
        }
    }
}

impl Jwk {
    /// The key; `None` where it is of another kind, or its number is not its own.
    pub fn trusted(&self) -> Option<TrustedKey> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.x).ok()?;
        let public = VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()?;
        let is_ours = self.kty == "OKP" && self.crv == "Ed25519" && self.usage == "sig";
        let has_its_number = self.kid.parse() == Ok(KeyId::of(&public));
        (is_ours && has_its_number && !public.is_weak()).then(|| TrustedKey {
            public,
            issuer: self.fx_issuer,
            scope: KeyScope {
                kinds: self.fx_kinds.clone(),
                schools: self.fx_schools.clone(),
            },
            from: Millis(self.nbf.saturating_mul(1_000)),
            until: Millis(self.exp.saturating_mul(1_000)),
            revoked: self
                .revoked
                .as_ref()
                .map(|r| Millis(r.revoked_at.saturating_mul(1_000))),
        })
    }
}

/// A set of public keys, as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The set of some keys.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a TrustedKey>) -> Self {
        Self {
            keys: keys.into_iter().map(Jwk::from).collect(),
        }
    }

    /// A ring of the keys in this set that can be used.
    pub fn ring(&self) -> KeyRing {
        KeyRing::new(self.keys.iter().filter_map(Jwk::trusted))
    }
}
