//! Signed texts as compact JWS (RFC 7515), each of a type of its own, so that none can serve as another.

use super::{KeyId, PassSigner, TrustedKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signature;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

/// The text of a value, signed; `None` for a value that JSON cannot hold.
pub(crate) fn sign<T: Serialize>(typ: &str, value: &T, signer: &PassSigner) -> Option<String> {
    let head = Head {
        alg: "EdDSA".into(),
        typ: typ.into(),
        kid: signer.id().to_string(),
    };
    let part = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    let head = part(serde_json::to_vec(&head).ok()?);
    let body = part(serde_json::to_vec(value).ok()?);
    let text = format!("{head}.{body}");
    let signature = part(signer.sign_bytes(text.as_bytes()).to_vec());
    Some(format!("{text}.{signature}"))
}

/// A text that was taken apart, and nothing more: its signature is still unchecked.
pub(crate) struct Unchecked<'a> {
    message: &'a str,
    /// The number of the key that is said to have signed it.
    pub(crate) key: KeyId,
    /// What it says, as bytes of JSON.
    pub(crate) body: Vec<u8>,
    signature: Signature,
}

impl<'a> Unchecked<'a> {
    /// Takes a text apart; `None` unless it is of this type, signed with EdDSA and at most `longest` bytes.
    pub(crate) fn parse(typ: &str, text: &'a str, longest: usize) -> Option<Self> {
        let text = text.trim();
        if text.len() > longest {
            return None;
        }
        let (message, signature) = text.rsplit_once('.')?;
        let (head, body) = message.split_once('.')?;
        let head: Head = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
        if (head.alg.as_str(), head.typ.as_str()) != ("EdDSA", typ) {
            return None;
        }
        Some(Self {
            message,
            key: head.kid.parse().ok()?,
            body: URL_SAFE_NO_PAD.decode(body).ok()?,
            signature: Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?,
        })
    }

    /// Whether this key signed it.
    pub(crate) fn is_signed_by(&self, key: &TrustedKey) -> bool {
        key.public
            .verify_strict(self.message.as_bytes(), &self.signature)
            .is_ok()
    }
}
