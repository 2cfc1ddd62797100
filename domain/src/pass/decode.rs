//! From text to a pass that may be relied on: headers, signature, claims, time, holder, in this order.

use super::{CHARACTERS_MAX, KeyId, KeyRing, LEEWAY, PREFIX, Pass, PassRefusal, Says, claims};
use crate::Millis;
use ciborium::Value;
use coset::{AsCborValue as _, CoseSign1, TaggedCborSerializable as _, iana};
use ed25519_dalek::Signature;

/// A pass of which only the headers were read.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    sign1: CoseSign1,
    key: KeyId,
}

impl Envelope {
    /// Reads the text and its headers; the payload stays closed.
    ///
    /// # Errors
    /// [`PassRefusal::NotOurs`], [`PassRefusal::Malformed`], [`PassRefusal::UnknownCritical`],
    /// [`PassRefusal::AlgorithmNone`] or [`PassRefusal::WrongAlgorithm`].
    pub fn parse(text: &str) -> Result<Self, PassRefusal> {
        let body = text.strip_prefix(PREFIX).ok_or(PassRefusal::NotOurs)?;
        if text.len() > CHARACTERS_MAX {
            return Err(PassRefusal::Malformed);
        }
        let bytes = base45::decode(body).map_err(|_| PassRefusal::Malformed)?;
        // There is one spelling of each pass: the decoder reads some pairs of characters that stand for no byte.
        if base45::encode(&bytes) != body {
            return Err(PassRefusal::Malformed);
        }
        let array = sign1_array(&bytes).ok_or(PassRefusal::Malformed)?;
        let key = check_headers(&array)?;
        let sign1 =
            CoseSign1::from_cbor_value(Value::Array(array)).map_err(|_| PassRefusal::Malformed)?;
        // Nor may CBOR be spelled in a longer way, or carry what is not signed.
        let again = sign1.clone().to_tagged_vec();
        if again.ok().as_deref() != Some(&bytes) || !sign1.unprotected.is_empty() {
            return Err(PassRefusal::Malformed);
        }
        Ok(Self { sign1, key })
    }

    /// The number of the key that is said to have signed it.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Checks the signature, then reads the claims and whether the key may have signed them.
    ///
    /// # Errors
    /// From [`PassRefusal::UnknownKey`] to [`PassRefusal::LivesTooLong`].
    pub fn authenticate(self, ring: &KeyRing) -> Result<Authentic, PassRefusal> {
        let key = ring.get(self.key).ok_or(PassRefusal::UnknownKey)?;
        if key.revoked.is_some() {
            return Err(PassRefusal::KeyRevoked);
        }
        self.sign1.verify_signature(&[], |signature, message| {
            Signature::from_slice(signature)
                .and_then(|signature| key.public.verify_strict(message, &signature))
                .map_err(|_| PassRefusal::BadSignature)
        })?;
        let payload = self.sign1.payload.ok_or(PassRefusal::Malformed)?;
        let pass = claims::read(&payload)?;
        key.permits(&pass)?;
        let life = pass.expires.0 - pass.issued.0;
        if !(1..=pass.says.kind().longest().0).contains(&life) {
            return Err(PassRefusal::LivesTooLong);
        }
        Ok(Authentic {
            pass,
            key: self.key,
        })
    }
}

/// The four elements of a tagged COSE_Sign1.
fn sign1_array(mut bytes: &[u8]) -> Option<Vec<Value>> {
    let value: Value = ciborium::from_reader(&mut bytes).ok()?;
    match value {
        Value::Tag(CoseSign1::TAG, inner) if bytes.is_empty() => {
            inner.into_array().ok().filter(|array| array.len() == 4)
        }
        _ => None,
    }
}

/// Looks at what the protected header asks for; gives the key's number.
fn check_headers(array: &[Value]) -> Result<KeyId, PassRefusal> {
    let Some(Value::Bytes(protected)) = array.first() else {
        return Err(PassRefusal::Malformed);
    };
    let mut rest = protected.as_slice();
    let headers = ciborium::from_reader::<Value, _>(&mut rest)
        .ok()
        .filter(|_| rest.is_empty())
        .and_then(|value| value.into_map().ok())
        .ok_or(PassRefusal::Malformed)?;
    let header = |label: iana::HeaderParameter| {
        let label = Value::from(label as i64);
        headers.iter().find(|(l, _)| *l == label).map(|(_, v)| v)
    };
    // Whatever is declared critical is unknown here: this format declares nothing.
    if header(iana::HeaderParameter::Crit).is_some() {
        return Err(PassRefusal::UnknownCritical);
    }
    let none = Value::from("none");
    match header(iana::HeaderParameter::Alg) {
        None => return Err(PassRefusal::AlgorithmNone),
        Some(alg) if *alg == none || *alg == Value::from(iana::Algorithm::Reserved as i64) => {
            return Err(PassRefusal::AlgorithmNone);
        }
        Some(alg) if *alg == Value::from(iana::Algorithm::EdDSA as i64) => {}
        Some(_) => return Err(PassRefusal::WrongAlgorithm),
    }
    match header(iana::HeaderParameter::Kid) {
        Some(Value::Bytes(kid)) if headers.len() == 2 => {
            KeyId::from_bytes(kid).ok_or(PassRefusal::Malformed)
        }
        _ => Err(PassRefusal::Malformed),
    }
}

/// A pass whose signature is right. It may have expired long ago: it serves to explain, not to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentic {
    pass: Pass,
    key: KeyId,
}

impl Authentic {
    /// What it holds.
    pub fn pass(&self) -> &Pass {
        &self.pass
    }

    /// Which key signed it.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Looks at the time, with [`LEEWAY`] either way.
    ///
    /// # Errors
    /// [`PassRefusal::FromFuture`] or [`PassRefusal::Expired`].
    pub fn at(self, now: Millis) -> Result<Verified, PassRefusal> {
        if self.pass.issued.0.saturating_sub(LEEWAY.0) > now.0 {
            Err(PassRefusal::FromFuture)
        } else if self.pass.expires.0.saturating_add(LEEWAY.0) <= now.0 {
            Err(PassRefusal::Expired)
        } else {
            Ok(Verified(self))
        }
    }
}

/// What the school's list says of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderStatus {
    /// The number of their newest card; 0 where none was printed.
    pub serial: u32,
    /// Whether they have left the school.
    pub has_left: bool,
}

/// A pass that is right in signature, key and time. There is no other way to make one than to verify it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified(Authentic);

impl Verified {
    /// What it holds.
    pub fn pass(&self) -> &Pass {
        &self.0.pass
    }

    /// Which key signed it.
    pub fn key(&self) -> KeyId {
        self.0.key
    }

    /// Asks the list of the pass's own school about its holder; `None` where the list has no such holder.
    ///
    /// # Errors
    /// [`PassRefusal::UnknownHolder`], [`PassRefusal::ChildLeft`] or [`PassRefusal::CardVoided`].
    pub fn check_holder(&self, holder: Option<&HolderStatus>) -> Result<(), PassRefusal> {
        let holder = holder.ok_or(PassRefusal::UnknownHolder)?;
        match self.pass().says {
            _ if holder.has_left => Err(PassRefusal::ChildLeft),
            Says::Card { serial } if serial != holder.serial => Err(PassRefusal::CardVoided),
            _ => Ok(()),
        }
    }
}

/// The whole way from text to a pass that may be relied on.
///
/// # Errors
/// The first of [`PassRefusal`]'s reasons that applies, in their order.
pub fn verify(text: &str, ring: &KeyRing, now: Millis) -> Result<Verified, PassRefusal> {
    Envelope::parse(text)?.authenticate(ring)?.at(now)
}
