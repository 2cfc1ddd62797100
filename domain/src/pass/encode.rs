//! Signing a pass.

use super::{CHARACTERS_MAX, KeyId, PREFIX, Pass, claims};
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};
use ed25519_dalek::{Signer as _, SigningKey};

/// A value of the pass has no place in it: a name that was not masked, a day or moment out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value of the pass is out of range")]
pub struct EncodeError;

/// A secret key that signs passes.
pub struct PassSigner {
    key: SigningKey,
    id: KeyId,
}

impl std::fmt::Debug for PassSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassSigner")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl PassSigner {
    /// The key of 32 secret bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        Self {
            id: KeyId::of(&key.verifying_key()),
            key,
        }
    }

    /// Its number.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Its public half.
    pub fn public(&self) -> ed25519_dalek::VerifyingKey {
        self.key.verifying_key()
    }

    /// Signs any bytes: [`super::KeyExchange`] files.
    pub(super) fn sign_bytes(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }

    /// The text of a pass, at most [`CHARACTERS_MAX`] characters of the QR code's alphanumeric set.
    ///
    /// The same pass and key give the same text.
    ///
    /// # Errors
    /// [`EncodeError`] where a value has no place in a pass.
    pub fn sign(&self, pass: &Pass) -> Result<String, EncodeError> {
        let protected = HeaderBuilder::new()
            .algorithm(iana::Algorithm::EdDSA)
            .key_id(self.id.as_bytes().to_vec())
            .build();
        self.seal(protected, claims::write(pass).ok_or(EncodeError)?)
    }

    /// Signs a claims set under any protected header.
    pub(super) fn seal(
        &self,
        protected: coset::Header,
        claims: Vec<u8>,
    ) -> Result<String, EncodeError> {
        let bytes = CoseSign1Builder::new()
            .protected(protected)
            .payload(claims)
            .create_signature(&[], |message| self.key.sign(message).to_vec())
            .build()
            .to_tagged_vec()
            .map_err(|_| EncodeError)?;
        let text = format!("{PREFIX}{}", base45::encode(&bytes));
        (text.len() <= CHARACTERS_MAX)
            .then_some(text)
            .ok_or(EncodeError)
    }
}
