//! The key file that two issuers exchange: their keys, signed as a compact JWS (RFC 7515) by the issuer's own
//! long-lived key, whose fingerprint people compare by telephone.

use super::keys::thumbprint;
use super::{IssuerId, Jwk, JwkSet, PassSigner, jws};
use crate::Millis;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

const TYPE: &str = "fuxue-keys+jws";
/// Longest file that is read, in bytes.
const SIZE_MAX: usize = 1 << 20;

/// What a key file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyExchange {
    /// Whose keys.
    pub issuer: IssuerId,
    /// What people call the issuer.
    pub name: String,
    /// When the file was made, in seconds since 1970.
    pub iat: i64,
    /// The keys, the one that signs this file among them.
    pub jwks: JwkSet,
}

/// A key file whose signature is right. Whether it is whose it says, people find out by the fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedExchange {
    /// What it says.
    pub file: KeyExchange,
    /// The fingerprint of the key that signed it: eight groups of four hexadecimal digits.
    pub fingerprint: String,
}

/// Why a key file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// It is not such a file.
    #[error("this is not a key file of Fuxue")]
    Malformed,
    /// The signature is not of the key that it names.
    #[error("the signature of the key file is wrong")]
    BadSignature,
    /// The key that signed it is not in it, not its issuer's, out of its time, revoked, or signs passes as well.
    #[error("the key that signed the file may not sign it")]
    WrongKey,
}

/// The fingerprint of a key: the first half of its RFC 7638 thumbprint.
fn fingerprint(key: &VerifyingKey) -> String {
    let digits: Vec<String> = thumbprint(key)
        .chunks(2)
        .take(8)
        .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    digits.join(" ")
}

impl PassSigner {
    /// This key's fingerprint.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.public())
    }
}

impl KeyExchange {
    /// The file, signed.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] never happens with values that JSON can hold.
    pub fn sign(&self, signer: &PassSigner) -> Result<String, ExchangeError> {
        jws::sign(TYPE, self, signer).ok_or(ExchangeError::Malformed)
    }

    /// Reads a file and checks that it is signed by a key of its own that signs nothing else.
    pub fn open(text: &str, now: Millis) -> Result<OpenedExchange, ExchangeError> {
        let unchecked =
            jws::Unchecked::parse(TYPE, text, SIZE_MAX).ok_or(ExchangeError::Malformed)?;
        let file: Self =
            serde_json::from_slice(&unchecked.body).map_err(|_| ExchangeError::Malformed)?;
        let key = (file.jwks.keys.iter())
            .filter_map(Jwk::trusted)
            .find(|key| key.id() == unchecked.key)
            .ok_or(ExchangeError::WrongKey)?;
        let is_in_force = key.from <= now && now < key.until && key.revoked.is_none();
        if key.issuer != file.issuer || !key.scope.kinds.is_empty() || !is_in_force {
            return Err(ExchangeError::WrongKey);
        }
        if !unchecked.is_signed_by(&key) {
            return Err(ExchangeError::BadSignature);
        }
        Ok(OpenedExchange {
            fingerprint: fingerprint(&key.public),
            file,
        })
    }
}
