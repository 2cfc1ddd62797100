//! What keys may sign, and how they travel.

use super::*;
use std::collections::BTreeSet;

#[test]
fn a_key_signs_only_what_it_may_while_it_may() {
    let signer = signer();
    let text = signer.sign(&live()).unwrap();
    let with = |change: &dyn Fn(&mut TrustedKey)| {
        let mut key = key(&signer);
        change(&mut key);
        verify(&text, &KeyRing::new([key]), NOW).map(|_| ())
    };
    assert_eq!(with(&|_| ()), Ok(()));
    assert_eq!(
        with(&|k| k.revoked = Some(NOW)),
        Err(PassRefusal::KeyRevoked)
    );
    let cards = KeyScope::of([Kind::Card]);
    assert_eq!(
        with(&|k| k.scope = cards.clone()),
        Err(PassRefusal::KeyOutOfScope)
    );
    for (school, expected) in [(12, Ok(())), (13, Err(PassRefusal::KeyOutOfScope))] {
        let schools = Some(BTreeSet::from([school]));
        assert_eq!(with(&|k| k.scope.schools.clone_from(&schools)), expected);
    }
    assert_eq!(
        with(&|k| k.issuer = IssuerId::draw(1)),
        Err(PassRefusal::OtherIssuer)
    );
    assert_eq!(
        with(&|k| k.from = Millis(NOW.0 + 1_000)),
        Err(PassRefusal::KeyNotInForce)
    );
    assert_eq!(
        with(&|k| k.until = Millis(NOW.0 + 1_000)),
        Err(PassRefusal::KeyNotInForce)
    );
    assert_eq!(
        refusal(&text, &KeyRing::default(), NOW),
        PassRefusal::UnknownKey
    );
}

#[test]
fn keys_go_round_as_a_json_web_key_set() {
    let mut cards = key(&PassSigner::from_secret(&[8; 32]));
    cards.scope = KeyScope {
        kinds: [Kind::Card].into(),
        schools: Some([12, 13].into()),
    };
    cards.revoked = Some(NOW);
    let keys = [key(&signer()), cards];
    let json = serde_json::to_string(&JwkSet::new(&keys)).unwrap();
    assert!(
        json.contains(r#""kty":"OKP""#) && json.contains(r#""use":"sig""#),
        "{json}"
    );
    let back: JwkSet = serde_json::from_str(&json).unwrap();
    let ring = back.ring();
    assert_eq!(ring.keys().cloned().collect::<Vec<_>>(), keys);
    let mut other = back.keys[0].clone();
    other.kid = back.keys[1].kid.clone();
    assert_eq!(other.trusted(), None, "a key under another's number");
}

#[test]
fn a_key_file_is_signed_by_a_key_that_signs_nothing_else() {
    let vouching = PassSigner::from_secret(&[9; 32]);
    let root = TrustedKey {
        scope: KeyScope::of([]),
        ..key(&vouching)
    };
    let file = KeyExchange {
        issuer: issuer(),
        name: "南浔区教育局".into(),
        iat: NOW.0 / 1_000,
        jwks: JwkSet::new(&[root, key(&signer())]),
    };
    let text = file.sign(&vouching).unwrap();
    let opened = KeyExchange::open(&text, NOW).unwrap();
    assert_eq!(opened.file, file);
    assert_eq!(opened.fingerprint, vouching.fingerprint());
    assert_eq!(opened.fingerprint.len(), 39);
    let by_pass_key = file.sign(&signer()).unwrap();
    assert_eq!(
        KeyExchange::open(&by_pass_key, NOW),
        Err(ExchangeError::WrongKey)
    );
    let stranger = file.sign(&PassSigner::from_secret(&[1; 32])).unwrap();
    assert_eq!(
        KeyExchange::open(&stranger, NOW),
        Err(ExchangeError::WrongKey)
    );
    let late = Millis(NOW.0 + 501 * 86_400_000);
    assert_eq!(KeyExchange::open(&text, late), Err(ExchangeError::WrongKey));
    for at in (0..text.len()).step_by(7) {
        let mut bad = text.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bad).unwrap();
        assert!(KeyExchange::open(&bad, NOW).is_err(), "{at}");
    }
}
