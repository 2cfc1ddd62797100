//! What the server signs for its devices, and how a device reads it: compact JWS, signed by the key that signs live
//! passes.

use super::Stamp;
use crate::pass::{IssuerId, KeyRing, Kind, PassSigner, jws};
use serde::{Serialize, de::DeserializeOwned};

/// The type of a signed [`super::Stamp`].
pub const STAMP: &str = "fuxue-stamp+jws";
/// The type of a signed [`super::Roll`].
pub const ROLL: &str = "fuxue-roll+jws";
/// Longest text that is read, in bytes: the roll of about 60,000 people.
const SIZE_MAX: usize = 16 << 20;

/// Why a signed text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// It is not a text of this type.
    #[error("this is not what was expected from the server")]
    Malformed,
    /// The key that signed it is unknown, revoked, another issuer's, or does not sign live passes of every school.
    #[error("the key that signed this is not trusted")]
    WrongKey,
    /// The signature is not of the key that it names.
    #[error("the signature is wrong")]
    BadSignature,
}

/// The text of a stamp or roll, signed.
///
/// # Errors
/// [`SignedError::Malformed`] never happens with values that JSON can hold.
pub fn sign<T: Serialize>(
    typ: &str,
    value: &T,
    signer: &PassSigner,
) -> Result<String, SignedError> {
    jws::sign(typ, value, signer).ok_or(SignedError::Malformed)
}

/// Reads a text that one of our own keys signed.
///
/// Only keys of `issuer` count, and of them only those that may sign live passes for all of its schools: a key lent
/// for one school or for key files says nothing to a device.
pub fn open<T: DeserializeOwned>(
    typ: &str,
    text: &str,
    ring: &KeyRing,
    issuer: IssuerId,
) -> Result<T, SignedError> {
    let unchecked = jws::Unchecked::parse(typ, text, SIZE_MAX).ok_or(SignedError::Malformed)?;
    let key = ring.get(unchecked.key).ok_or(SignedError::WrongKey)?;
    let may_sign = key.scope.kinds.contains(&Kind::Live) && key.scope.schools.is_none();
    if key.issuer != issuer || key.revoked.is_some() || !may_sign {
        return Err(SignedError::WrongKey);
    }
    if !unchecked.is_signed_by(key) {
        return Err(SignedError::BadSignature);
    }
    serde_json::from_slice(&unchecked.body).map_err(|_| SignedError::Malformed)
}

/// Reads the first stamp of a device, which is signed by one of the keys that it brings itself.
pub fn open_pinning(text: &str) -> Result<Stamp, SignedError> {
    let unchecked = jws::Unchecked::parse(STAMP, text, SIZE_MAX).ok_or(SignedError::Malformed)?;
    let stamp: Stamp =
        serde_json::from_slice(&unchecked.body).map_err(|_| SignedError::Malformed)?;
    open(STAMP, text, &stamp.keys.ring(), stamp.issuer)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::gate::Roll;
    use crate::pass::{KeyScope, TrustedKey};
    use crate::{Day, Millis};

    fn signer() -> PassSigner {
        PassSigner::from_secret(&[3; 32])
    }

    fn issuer() -> IssuerId {
        IssuerId::draw(5)
    }

    fn key() -> TrustedKey {
        TrustedKey {
            public: signer().public(),
            issuer: issuer(),
            scope: KeyScope::of([Kind::Live]),
            from: Millis(0),
            until: Millis(1 << 45),
            revoked: None,
        }
    }

    fn roll() -> Roll {
        Roll {
            school: 4,
            day: Day(18_522),
            classes: vec![],
            people: vec![],
        }
    }

    fn read(text: &str, key: TrustedKey) -> Result<Roll, SignedError> {
        open(ROLL, text, &KeyRing::new([key]), issuer())
    }

    #[test]
    fn what_was_signed_is_read_again() {
        let text = sign(ROLL, &roll(), &signer()).unwrap();
        assert_eq!(read(&text, key()), Ok(roll()));
    }

    #[test]
    fn the_body_is_what_the_digest_is_made_of() {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        use sha2::{Digest as _, Sha256};
        let text = sign(ROLL, &roll(), &signer()).unwrap();
        let body = text.split('.').nth(1).unwrap();
        let json = URL_SAFE_NO_PAD.decode(body).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(Sha256::digest(json)),
            roll().digest()
        );
    }

    #[test]
    fn a_text_of_another_type_is_not_read() {
        let text = sign(STAMP, &roll(), &signer()).unwrap();
        assert_eq!(read(&text, key()), Err(SignedError::Malformed));
    }

    #[test]
    fn a_changed_text_is_not_read() {
        let text = sign(ROLL, &roll(), &signer()).unwrap();
        let other = sign(
            ROLL,
            &Roll {
                school: 5,
                ..roll()
            },
            &signer(),
        )
        .unwrap();
        let (head, signature) = (text.split('.').next(), text.rsplit('.').next());
        let body = other.split('.').nth(1).unwrap();
        let mixed = format!("{}.{body}.{}", head.unwrap(), signature.unwrap());
        assert_eq!(read(&mixed, key()), Err(SignedError::BadSignature));
    }

    #[test]
    fn only_an_own_key_that_signs_live_passes_for_every_school_counts() {
        let text = sign(ROLL, &roll(), &signer()).unwrap();
        let mut of_cards = key();
        of_cards.scope = KeyScope::of([Kind::Card]);
        let mut of_files = key();
        of_files.scope = KeyScope::of([]);
        let mut of_one_school = key();
        of_one_school.scope.schools = Some([4].into());
        let mut revoked = key();
        revoked.revoked = Some(Millis(1));
        let mut foreign = key();
        foreign.issuer = IssuerId::draw(6);
        let mut unknown = key();
        unknown.public = PassSigner::from_secret(&[4; 32]).public();
        for key in [of_cards, of_files, of_one_school, revoked, foreign, unknown] {
            assert_eq!(
                read(&text, key.clone()),
                Err(SignedError::WrongKey),
                "{key:?}"
            );
        }
    }
}
