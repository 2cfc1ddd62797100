//! What is accepted, and each reason for which it is not.

use super::*;
use crate::pass::claims;
use coset::{CborSerializable as _, CoseSign1, HeaderBuilder, TaggedCborSerializable as _, iana};

#[test]
fn each_kind_goes_round() {
    for pass in [live(), card(3), letter()] {
        let text = signer().sign(&pass).unwrap();
        assert!(text.starts_with(PREFIX));
        let verified = verify(&text, &ring(), NOW).unwrap();
        assert_eq!((verified.pass(), verified.key()), (&pass, signer().id()));
    }
}

#[test]
fn a_value_without_room_is_not_signed() {
    let named = |name: &str| Pass {
        name: name.into(),
        ..live()
    };
    assert_eq!(signer().sign(&named("thirteen byte")), Err(EncodeError));
    let early = Pass {
        issued: Millis(-1_000),
        ..live()
    };
    assert_eq!(signer().sign(&early), Err(EncodeError));
    let uneven = Pass {
        issued: Millis(NOW.0 + 1),
        ..live()
    };
    assert_eq!(signer().sign(&uneven), Err(EncodeError));
}

#[test]
fn time_is_judged_with_a_minute_either_way() {
    let text = signer().sign(&live()).unwrap();
    let at = |ms: i64| verify(&text, &ring(), Millis(NOW.0 + ms)).map(|_| ());
    assert_eq!(at(-60_001), Err(PassRefusal::FromFuture));
    assert_eq!(at(-60_000), Ok(()));
    assert_eq!(at(180_000 + 59_999), Ok(()));
    assert_eq!(at(180_000 + 60_000), Err(PassRefusal::Expired));
}

#[test]
fn a_pass_that_lives_too_long_is_refused_whoever_signed_it() {
    for pass in [live(), card(1), letter()] {
        for life in [0, pass.says.kind().longest().0 + 1_000] {
            let pass = Pass {
                expires: Millis(NOW.0 + life),
                ..pass.clone()
            };
            let text = signer().sign(&pass).unwrap();
            assert_eq!(refusal(&text, &ring(), NOW), PassRefusal::LivesTooLong);
        }
    }
}

#[test]
fn a_card_is_void_once_a_newer_one_is_printed_or_its_holder_has_left() {
    let check = |pass: &Pass, holder: Option<HolderStatus>| {
        let text = signer().sign(pass).unwrap();
        verify(&text, &ring(), NOW)
            .unwrap()
            .check_holder(holder.as_ref())
    };
    let holder = |serial, has_left| Some(HolderStatus { serial, has_left });
    assert_eq!(check(&card(2), holder(2, false)), Ok(()));
    assert_eq!(
        check(&card(2), holder(3, false)),
        Err(PassRefusal::CardVoided)
    );
    assert_eq!(
        check(&card(3), holder(2, false)),
        Err(PassRefusal::CardVoided)
    );
    assert_eq!(
        check(&card(2), holder(2, true)),
        Err(PassRefusal::ChildLeft)
    );
    assert_eq!(check(&card(2), None), Err(PassRefusal::UnknownHolder));
    assert_eq!(check(&live(), holder(0, false)), Ok(()));
}

/// A pass under a header of the test's own, signed with the right key.
fn under(build: impl FnOnce(HeaderBuilder) -> HeaderBuilder) -> String {
    let header = HeaderBuilder::new().key_id(signer().id().as_bytes().to_vec());
    let claims = claims::write(&live()).unwrap();
    signer().seal(build(header).build(), claims).unwrap()
}

#[test]
fn headers_are_judged_before_anything_else() {
    for (text, expected) in [
        (under(|h| h), PassRefusal::AlgorithmNone),
        (
            under(|h| h.algorithm(iana::Algorithm::Reserved)),
            PassRefusal::AlgorithmNone,
        ),
        (
            under(|h| h.algorithm_label(coset::Algorithm::Text("none".into()))),
            PassRefusal::AlgorithmNone,
        ),
        (
            under(|h| h.algorithm(iana::Algorithm::ES256)),
            PassRefusal::WrongAlgorithm,
        ),
        (
            under(|h| h.algorithm(iana::Algorithm::HMAC_256_256)),
            PassRefusal::WrongAlgorithm,
        ),
        (
            under(|h| {
                h.algorithm(iana::Algorithm::EdDSA)
                    .add_critical(iana::HeaderParameter::ContentType)
            }),
            PassRefusal::UnknownCritical,
        ),
        (
            under(|h| {
                h.algorithm(iana::Algorithm::EdDSA)
                    .add_critical_label(coset::RegisteredLabelWithPrivate::PrivateUse(-70_000))
            }),
            PassRefusal::UnknownCritical,
        ),
        (
            under(|h| {
                h.algorithm(iana::Algorithm::EdDSA)
                    .key_id(b"short".to_vec())
            }),
            PassRefusal::Malformed,
        ),
        (
            under(|h| h.algorithm(iana::Algorithm::EdDSA).key_id(vec![9; 8])),
            PassRefusal::UnknownKey,
        ),
    ] {
        assert_eq!(refusal(&text, &ring(), NOW), expected, "{text}");
    }
    for not_ours in [
        "",
        "hello",
        "fx1:",
        "HC1:6BF",
        "https://school.example/join",
    ] {
        assert_eq!(refusal(not_ours, &ring(), NOW), PassRefusal::NotOurs);
    }
    for broken in ["FX1:", "FX1:::", "FX1:a", "FX1:BB8", "FX1:复学码"] {
        assert_eq!(
            refusal(broken, &ring(), NOW),
            PassRefusal::Malformed,
            "{broken}"
        );
    }
}

#[test]
fn what_is_not_signed_has_no_place() {
    let text = signer().sign(&live()).unwrap();
    let mut sign1 = CoseSign1::from_tagged_slice(&bytes_of(&text)).unwrap();
    sign1.unprotected = HeaderBuilder::new().key_id(vec![1]).build();
    let carries = text_of(&sign1.clone().to_tagged_vec().unwrap());
    assert_eq!(refusal(&carries, &ring(), NOW), PassRefusal::Malformed);
    sign1.unprotected = coset::Header::default();
    let untagged = text_of(&sign1.clone().to_vec().unwrap());
    assert_eq!(refusal(&untagged, &ring(), NOW), PassRefusal::Malformed);
    let longer = [bytes_of(&text), vec![0]].concat();
    assert_eq!(
        refusal(&text_of(&longer), &ring(), NOW),
        PassRefusal::Malformed
    );
    sign1.payload = None;
    let empty = text_of(&sign1.to_tagged_vec().unwrap());
    assert!(verify(&empty, &ring(), NOW).is_err());
}

#[test]
fn another_audience_is_no_pass() {
    // A token of the same key for something else, such as a session.
    let claims = coset::cwt::ClaimsSetBuilder::new()
        .issuer(issuer().to_string())
        .audience("session".into())
        .build()
        .to_vec()
        .unwrap();
    let header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(signer().id().as_bytes().to_vec());
    let text = signer().seal(header.build(), claims).unwrap();
    assert_eq!(refusal(&text, &ring(), NOW), PassRefusal::OtherAudience);
}

#[test]
fn a_pass_with_any_byte_changed_is_refused() {
    for pass in [live(), card(3), letter()] {
        let text = signer().sign(&pass).unwrap();
        let bytes = bytes_of(&text);
        for at in 0..bytes.len() {
            for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut bad = bytes.clone();
                bad[at] ^= mask;
                assert!(
                    verify(&text_of(&bad), &ring(), NOW).is_err(),
                    "byte {at} {mask:#x}"
                );
            }
        }
    }
}

#[test]
fn a_pass_with_any_character_changed_is_refused() {
    let text = signer().sign(&live()).unwrap();
    for at in 0..text.len() {
        for other in b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a\n" {
            let mut bad = text.clone().into_bytes();
            if bad[at] != *other {
                bad[at] = *other;
                let bad = String::from_utf8(bad).unwrap();
                assert!(verify(&bad, &ring(), NOW).is_err(), "{at} {other}");
            }
        }
        assert!(verify(&text[..at], &ring(), NOW).is_err(), "cut at {at}");
    }
}
