//! Two issuers, and what each says of the other's passes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod rules;
mod trust;
mod visits;

use super::*;
use crate::Millis;
use crate::pass::{JwkSet, KeyRing, KeyScope, Kind, LIVE_FOR, Pass, PassSigner, Says, TrustedKey};

const NOW: Millis = Millis(1_600_298_072_000); // 2020-09-17T07:14:32+08:00
const TODAY: Day = Day(18_522);
const DAY: i64 = 86_400_000;

fn issuer(number: u32) -> IssuerId {
    IssuerId::try_from(number).unwrap()
}

fn neighbour() -> IssuerId {
    issuer(330_502_117)
}

fn us() -> IssuerId {
    issuer(330_503_942)
}

fn screens() -> PassSigner {
    PassSigner::from_secret(&[7; 32])
}

fn cards() -> PassSigner {
    PassSigner::from_secret(&[8; 32])
}

fn vouching() -> PassSigner {
    PassSigner::from_secret(&[9; 32])
}

fn key(signer: &PassSigner, kinds: &[Kind]) -> TrustedKey {
    TrustedKey {
        public: signer.public(),
        issuer: neighbour(),
        scope: KeyScope::of(kinds.iter().copied()),
        from: Millis(NOW.0 - 10 * DAY),
        until: Millis(NOW.0 + 100 * DAY),
        revoked: None,
    }
}

fn keys() -> Vec<TrustedKey> {
    vec![
        key(&vouching(), &[]),
        key(&cards(), &[Kind::Card]),
        key(&screens(), &[Kind::Live, Kind::DayLetter]),
    ]
}

fn trust() -> Trust {
    Trust {
        issuer: neighbour(),
        name: "吴兴区".into(),
        region: "330502".parse().unwrap(),
        from: Millis(NOW.0 - DAY),
        until: Millis(NOW.0 + 30 * DAY),
        scope: KeyScope::of([Kind::Live, Kind::DayLetter]),
        fingerprint: vouching().fingerprint(),
        made: NOW.0 / 1_000 - 3_600,
        keys: JwkSet::new(&keys()),
    }
}

fn nothing_of_ours() -> KeyRing {
    KeyRing::default()
}

fn combined(lists: Vec<Trust>) -> Vec<crate::gate::TrustedIssuer> {
    combine(lists, (us(), &nothing_of_ours()), NOW)
}

fn shipped() -> Vec<RecognitionRule> {
    let file = RuleFile::parse(SHIPPED).unwrap();
    file.rules.into_iter().map(|kept| kept.rule).collect()
}

fn foreign(code: Code, days_old: i32) -> ForeignPass {
    ForeignPass {
        issuer: neighbour(),
        region: "330502".parse().unwrap(),
        code,
        day: TODAY.plus(-days_old),
        today: TODAY,
    }
}

fn live(code: Code) -> Pass {
    Pass {
        issuer: neighbour(),
        school: 12,
        class: 345,
        holder: 0x0123_4567_89ab_cdef,
        name: "林*满".into(),
        says: Says::Live { code, day: TODAY },
        issued: NOW,
        expires: Millis(NOW.0 + LIVE_FOR.0),
    }
}
