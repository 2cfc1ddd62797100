//! A signer, a ring of keys and one pass of each kind, for the tests beside this file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod keys;
mod properties;
mod vectors;
mod verify;

use super::*;

const NOW: Millis = Millis(1_600_298_072_000); // 2020-09-17T07:14:32+08:00

fn signer() -> PassSigner {
    PassSigner::from_secret(&[7; 32])
}

fn issuer() -> IssuerId {
    IssuerId::draw(330_503)
}

fn key(signer: &PassSigner) -> TrustedKey {
    TrustedKey {
        public: signer.public(),
        issuer: issuer(),
        scope: KeyScope::of(Kind::ALL),
        from: Millis(NOW.0 - 86_400_000),
        until: Millis(NOW.0 + 500 * 86_400_000),
        revoked: None,
    }
}

fn ring() -> KeyRing {
    KeyRing::new([key(&signer())])
}

fn live() -> Pass {
    Pass {
        issuer: issuer(),
        school: 12,
        class: 345,
        holder: 0x0123_4567_89ab_cdef,
        name: "林*满".into(),
        says: Says::Live {
            code: Code::Green,
            day: Day(18_522),
        },
        issued: NOW,
        expires: Millis(NOW.0 + LIVE_FOR.0),
    }
}

fn card(serial: u32) -> Pass {
    Pass {
        says: Says::Card { serial },
        expires: Millis(NOW.0 + CARD_FOR.0),
        ..live()
    }
}

fn letter() -> Pass {
    Pass {
        says: Says::DayLetter {
            code: Code::Yellow,
            day: Day(18_522),
        },
        expires: Millis(NOW.0 + 16 * 3_600_000),
        ..live()
    }
}

fn refusal(text: &str, ring: &KeyRing, now: Millis) -> PassRefusal {
    verify(text, ring, now).expect_err("a refusal")
}

/// The bytes of a pass.
fn bytes_of(text: &str) -> Vec<u8> {
    base45::decode(text.strip_prefix(PREFIX).unwrap()).unwrap()
}

fn text_of(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(bytes))
}
