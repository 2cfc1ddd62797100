//! Encryption of what names a person or tells of their health.
//!
//! Every ciphertext is `1 ‖ key id (4) ‖ nonce (24) ‖ XChaCha20-Poly1305 text`, bound to its table, column and
//! row as associated data, so that a value moved elsewhere does not open. Each person and account has a key of
//! its own, wrapped by the key file: destroying it destroys everything it opened.

use crate::clock::{Entropy, bytes};
use crate::keys::KeyFile;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const HEAD: usize = 1 + 4 + NONCE;
/// Bytes of a blind index after its key id: short enough to be small, long enough not to collide by chance.
const INDEX_BYTES: usize = 16;

/// A ciphertext did not open: another key, another place, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value did not open with this key in this place")]
pub struct Sealed;

/// Where a ciphertext lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's number.
    pub row: i64,
}

impl<'a> Cell<'a> {
    /// A cell of a table.
    pub fn new(table: &'a str, column: &'a str, row: i64) -> Self {
        Self { table, column, row }
    }

    fn aad(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.table.len() + self.column.len() + 10);
        out.extend_from_slice(self.table.as_bytes());
        out.push(0);
        out.extend_from_slice(self.column.as_bytes());
        out.push(0);
        out.extend_from_slice(&self.row.to_be_bytes());
        out
    }
}

/// A key that seals and opens cells.
#[derive(Clone)]
pub struct CellKey {
    id: u32,
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for CellKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CellKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl CellKey {
    fn new(id: u32, key: &[u8; 32]) -> Self {
        Self {
            id,
            cipher: XChaCha20Poly1305::new(Key::from_slice(key)),
        }
    }

    /// Seals `plain` for one cell.
    #[expect(
        clippy::expect_used,
        reason = "XChaCha20-Poly1305 fails only above 256 GiB"
    )]
    pub fn seal(&self, entropy: &dyn Entropy, cell: Cell<'_>, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = bytes(entropy);
        let sealed = self
            .cipher
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: plain,
                    aad: &cell.aad(),
                },
            )
            .expect("a value that fits into memory can be sealed");
        let mut out = Vec::with_capacity(HEAD + sealed.len());
        out.push(FORMAT);
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens what was sealed for the same cell.
    pub fn open(&self, cell: Cell<'_>, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let (head, text) = sealed.split_at_checked(HEAD).ok_or(Sealed)?;
        let (format, nonce) = (head.first().ok_or(Sealed)?, head.get(5..).ok_or(Sealed)?);
        if *format != FORMAT {
            return Err(Sealed);
        }
        self.cipher
            .decrypt(
                XNonce::from_slice(nonce),
                Payload {
                    msg: text,
                    aad: &cell.aad(),
                },
            )
            .map_err(|_| Sealed)
    }
}

/// Everything derived from the key file.
pub struct Vault {
    id: u32,
    wrap: CellKey,
    general: CellKey,
    index: [u8; 32],
    signer: SigningKey,
    rulebooks: SigningKey,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Derives the keys of a key file.
    pub fn new(file: &KeyFile) -> Self {
        let derive = |purpose: &str| {
            let mut out = [0; 32];
            #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8,160 bytes")]
            Hkdf::<Sha256>::new(None, file.master())
                .expand(purpose.as_bytes(), &mut out)
                .expect("32 bytes");
            out
        };
        let id = file.id();
        Self {
            id,
            wrap: CellKey::new(id, &derive("fuxue subject key wrapping v1")),
            general: CellKey::new(id, &derive("fuxue general cells v1")),
            index: derive("fuxue blind index v1"),
            signer: SigningKey::from_bytes(&derive("fuxue audit head signing v1")),
            rulebooks: SigningKey::from_bytes(&derive("fuxue rulebook signing v1")),
        }
    }

    /// Makes the key of a new person or account; the second value is what the database keeps.
    pub fn new_subject(&self, entropy: &dyn Entropy, subject: i64) -> (CellKey, Vec<u8>) {
        let key: [u8; 32] = bytes(entropy);
        let wrapped = self
            .wrap
            .seal(entropy, Cell::new("subject_key", "wrapped", subject), &key);
        (CellKey::new(self.id, &key), wrapped)
    }

    /// Unwraps the key of a person or account.
    pub fn subject(&self, subject: i64, wrapped: &[u8]) -> Result<CellKey, Sealed> {
        let key = self
            .wrap
            .open(Cell::new("subject_key", "wrapped", subject), wrapped)?;
        let key: [u8; 32] = key.try_into().map_err(|_| Sealed)?;
        Ok(CellKey::new(self.id, &key))
    }

    /// The key for what belongs to no single person.
    pub fn general(&self) -> &CellKey {
        &self.general
    }

    /// The blind index of a normalised value of one kind: `key id (4) ‖ HMAC-SHA-256 (16)`.
    pub fn index(&self, kind: &str, value: &str) -> Vec<u8> {
        let mut out = self.id.to_be_bytes().to_vec();
        out.extend(self.mark(kind, value));
        out
    }

    /// The same bytes for the same value of one kind, which say nothing to whoever has no key file.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    pub fn mark(&self, kind: &str, value: &str) -> [u8; INDEX_BYTES] {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.index).expect("any key length");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let mut out = [0; INDEX_BYTES];
        for (byte, made) in out.iter_mut().zip(mac.finalize().into_bytes()) {
            *byte = made;
        }
        out
    }

    /// Signs the head of an audit chain.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign(message).to_bytes().to_vec()
    }

    /// Whether this key file's signer made the signature.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|s| self.signer.verifying_key().verify(message, &s).is_ok())
    }

    /// Signs a rulebook.
    pub(crate) fn sign_rulebook(&self, message: &[u8]) -> Vec<u8> {
        self.rulebooks.sign(message).to_bytes().to_vec()
    }

    /// The public key that belongs to signatures of rulebooks.
    pub(crate) fn rulebook_key(&self) -> [u8; 32] {
        self.rulebooks.verifying_key().to_bytes()
    }
}

/// Whether the holder of a public key made a signature.
pub(crate) fn verify_with(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_bytes(key);
    let signature = Signature::from_slice(signature);
    key.is_ok_and(|key| signature.is_ok_and(|s| key.verify_strict(message, &s).is_ok()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn a_value_opens_only_in_its_own_cell_with_its_own_key() {
        let vault = Vault::new(&KeyFile::generate(&SystemEntropy));
        let (key, wrapped) = vault.new_subject(&SystemEntropy, 7);
        let cell = Cell::new("person", "profile_enc", 7);
        let sealed = key.seal(&SystemEntropy, cell, "胡亦辰".as_bytes());
        assert_eq!(
            vault
                .subject(7, &wrapped)
                .unwrap()
                .open(cell, &sealed)
                .unwrap(),
            "胡亦辰".as_bytes()
        );
        assert!(vault.subject(8, &wrapped).is_err());
        assert!(
            key.open(Cell::new("person", "profile_enc", 8), &sealed)
                .is_err()
        );
        assert!(
            key.open(Cell::new("account", "profile_enc", 7), &sealed)
                .is_err()
        );
        let other = Vault::new(&KeyFile::generate(&SystemEntropy));
        assert!(other.subject(7, &wrapped).is_err());
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            // The four bytes of the key id only say which key to look for; they are not part of the secret.
            assert!(
                (1..5).contains(&i) || key.open(cell, &bad).is_err(),
                "byte {i}"
            );
        }
    }

    #[test]
    fn equal_values_of_one_kind_have_one_index() {
        let vault = Vault::new(&KeyFile::generate(&SystemEntropy));
        assert_eq!(
            vault.index("login", "13900000000"),
            vault.index("login", "13900000000")
        );
        assert_ne!(
            vault.index("login", "13900000000"),
            vault.index("phone", "13900000000")
        );
    }
}
