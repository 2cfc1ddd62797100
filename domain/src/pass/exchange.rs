//! The key file that two issuers exchange: their keys, signed as a compact JWS (RFC 7515) by the issuer's own
//! long-lived key, whose fingerprint people compare by telephone.

use super::keys::thumbprint;
use super::{IssuerId, Jwk, JwkSet, KeyId, PassSigner};
use crate::Millis;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
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

#[derive(Serialize, Deserialize)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
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
        let head = Head {
            alg: "EdDSA".into(),
            typ: TYPE.into(),
            kid: signer.id().to_string(),
        };
        let head = serde_json::to_vec(&head).map_err(|_| ExchangeError::Malformed)?;
        let body = serde_json::to_vec(self).map_err(|_| ExchangeError::Malformed)?;
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(head),
            URL_SAFE_NO_PAD.encode(body)
        );
        let signature = URL_SAFE_NO_PAD.encode(signer.sign_bytes(text.as_bytes()));
        Ok(format!("{text}.{signature}"))
    }

    /// Reads a file and checks that it is signed by a key of its own that signs nothing else.
    pub fn open(text: &str, now: Millis) -> Result<OpenedExchange, ExchangeError> {
        let text = text.trim();
        let (message, signature) = text.rsplit_once('.').ok_or(ExchangeError::Malformed)?;
        let (head, body) = message.split_once('.').ok_or(ExchangeError::Malformed)?;
        if text.len() > SIZE_MAX {
            return Err(ExchangeError::Malformed);
        }
        let head: Head = json(head)?;
        let file: Self = json(body)?;
        if (head.alg.as_str(), head.typ.as_str()) != ("EdDSA", TYPE) {
            return Err(ExchangeError::Malformed);
        }
        let id: KeyId = head.kid.parse().map_err(|_| ExchangeError::Malformed)?;
        let key = (file.jwks.keys.iter())
            .filter_map(Jwk::trusted)
            .find(|key| key.id() == id)
            .ok_or(ExchangeError::WrongKey)?;
        let is_in_force = key.from <= now && now < key.until && key.revoked.is_none();
        if key.issuer != file.issuer || !key.scope.kinds.is_empty() || !is_in_force {
            return Err(ExchangeError::WrongKey);
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .ok_or(ExchangeError::Malformed)?;
        key.public
            .verify_strict(message.as_bytes(), &signature)
            .map_err(|_| ExchangeError::BadSignature)?;
        Ok(OpenedExchange {
            fingerprint: fingerprint(&key.public),
            file,
        })
    }
}

fn json<T: for<'a> Deserialize<'a>>(part: &str) -> Result<T, ExchangeError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| ExchangeError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| ExchangeError::Malformed)
}
