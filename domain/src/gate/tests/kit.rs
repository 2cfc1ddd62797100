//! What a device takes along.

use super::*;
use crate::gate::signed::SignedError;

fn signed_stamp(stamp: &Stamp, signer: &PassSigner) -> String {
    sign(STAMP, stamp, signer).unwrap()
}

fn later() -> Stamp {
    Stamp {
        at: NOW,
        ..stamp(Some(&roll()))
    }
}

#[test]
fn a_later_stamp_keeps_the_roll_that_it_names() {
    let next = kit()
        .next(&signed_stamp(&later(), &signer()), None)
        .unwrap();
    assert_eq!((next.stamp().at, next.roll()), (NOW, Some(&roll())));
}

#[test]
fn a_roll_that_the_stamp_does_not_name_is_not_taken() {
    let mut other = roll();
    other.people.pop();
    let text = sign(ROLL, &other, &signer()).unwrap();
    let taken = kit().next(&signed_stamp(&later(), &signer()), Some(&text));
    assert_eq!(taken, Err(TakeError::OtherRoll));
    let named = Stamp {
        roll: other.digest(),
        ..later()
    };
    let taken = kit().next(&signed_stamp(&named, &signer()), None);
    assert_eq!(
        taken,
        Err(TakeError::OtherRoll),
        "the device has the old one"
    );
    assert!(
        kit()
            .next(&signed_stamp(&named, &signer()), Some(&text))
            .is_ok()
    );
}

#[test]
fn only_a_key_that_the_device_knows_brings_new_ones() {
    let new = PassSigner::from_secret(&[8; 32]);
    let new_key = TrustedKey {
        public: new.public(),
        ..key()
    };
    let rotated = Stamp {
        keys: JwkSet::new([&key(), &new_key]),
        ..later()
    };
    let hostile = kit().next(&signed_stamp(&rotated, &new), None);
    assert_eq!(hostile, Err(TakeError::Signed(SignedError::WrongKey)));
    let known = kit()
        .next(&signed_stamp(&rotated, &signer()), None)
        .unwrap();
    assert!(known.next(&signed_stamp(&rotated, &new), None).is_ok());
}

#[test]
fn a_key_that_the_new_set_revokes_brings_nothing() {
    let revoked = TrustedKey {
        revoked: Some(NOW),
        ..key()
    };
    let stamp = Stamp {
        keys: JwkSet::new([&revoked]),
        ..later()
    };
    let taken = kit().next(&signed_stamp(&stamp, &signer()), None);
    assert_eq!(taken, Err(TakeError::Signed(SignedError::WrongKey)));
}

#[test]
fn what_is_old_or_meant_for_others_is_not_taken() {
    let old = Stamp {
        at: Millis(NOW.0 - MINUTE * 60),
        ..later()
    };
    let taken = kit().next(&signed_stamp(&old, &signer()), None);
    assert_eq!(taken, Err(TakeError::Old));
    let other = Stamp {
        device: 4,
        ..later()
    };
    let taken = kit().next(&signed_stamp(&other, &signer()), None);
    assert_eq!(taken, Err(TakeError::NotMeant));
    let text = sign(
        ROLL,
        &Roll {
            school: 99,
            ..roll()
        },
        &signer(),
    )
    .unwrap();
    let taken = kit().next(&signed_stamp(&later(), &signer()), Some(&text));
    assert_eq!(taken, Err(TakeError::NotMeant));
}
