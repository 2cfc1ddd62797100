//! A school's device with a stamp and a roll, and passes to show to it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod clock;
mod journal;
mod kit;
mod look;
mod properties;

use super::signed::{ROLL, STAMP, sign};
use super::*;
use crate::pass::{IssuerId, JwkSet, KeyScope, Kind, LIVE_FOR, Pass, PassSigner, Says, TrustedKey};
use crate::roster::{ClassName, Stage};
use crate::{Code, Day, Millis, Text};

/// 2020-09-17, 7:14:32 in Shanghai.
pub(super) const NOW: Millis = Millis(1_600_298_072_000);
pub(super) const TODAY: Day = Day(18_522);
pub(super) const MINUTE: i64 = 60_000;
pub(super) const SCHOOL: u32 = 12;

pub(super) fn issuer() -> IssuerId {
    IssuerId::draw(330_503)
}

pub(super) fn signer() -> PassSigner {
    PassSigner::from_secret(&[7; 32])
}

pub(super) fn key() -> TrustedKey {
    TrustedKey {
        public: signer().public(),
        issuer: issuer(),
        scope: KeyScope::of(Kind::ALL),
        from: Millis(NOW.0 - 86_400_000),
        until: Millis(NOW.0 + 500 * 86_400_000),
        revoked: None,
    }
}

pub(super) fn person(holder: u64, code: Code) -> RollPerson {
    RollPerson {
        holder,
        serial: 2,
        class: 345,
        seat: 7,
        name: "林*满".into(),
        code,
        until: code.is_flagged().then(|| TODAY.plus(12)),
        provisional: false,
        came: None,
    }
}

/// Holders of the roll: 1 green, 2 grey, 3 yellow, 4 red.
pub(super) fn roll() -> Roll {
    Roll {
        school: SCHOOL,
        day: TODAY,
        classes: vec![RollClass {
            class: 345,
            name: ClassName {
                stage: Stage::Primary,
                grade: 3,
                number: 2,
            },
        }],
        people: vec![
            person(1, Code::Green),
            person(2, Code::Grey),
            person(3, Code::Yellow),
            person(4, Code::Red),
        ],
    }
}

pub(super) fn stamp(roll: Option<&Roll>) -> Stamp {
    Stamp {
        at: Millis(NOW.0 - 5 * MINUTE),
        good_until: Millis(NOW.0 + 235 * MINUTE),
        issuer: issuer(),
        school: SCHOOL,
        school_name: Text::new("测试学校", "Test school"),
        offset_minutes: 480,
        today: TODAY,
        device: 3,
        gate: GateInfo {
            no: 1,
            name: "东门".into(),
        },
        keys: JwkSet::new([&key()]),
        roll: roll.map_or_else(String::new, Roll::digest),
        fever_tenths: 373,
        wait: Span(10 * MINUTE),
        visitors: VisitorPolicy::Ask,
        trust: vec![],
        recognition: vec![],
    }
}

pub(super) fn kit_of(stamp: &Stamp, roll: Option<&Roll>) -> Kit {
    let stamp = sign(STAMP, stamp, &signer()).unwrap();
    let roll = roll.map(|roll| sign(ROLL, roll, &signer()).unwrap());
    Kit::first(&stamp, roll.as_deref()).unwrap()
}

pub(super) fn kit() -> Kit {
    kit_of(&stamp(Some(&roll())), Some(&roll()))
}

pub(super) fn live(holder: u64, code: Code) -> Pass {
    Pass {
        issuer: issuer(),
        school: SCHOOL,
        class: 345,
        holder,
        name: "林*满".into(),
        says: Says::Live { code, day: TODAY },
        issued: NOW,
        expires: Millis(NOW.0 + LIVE_FOR.0),
    }
}

pub(super) fn card(holder: u64, serial: u32) -> Pass {
    Pass {
        says: Says::Card { serial },
        issued: Millis(NOW.0 - 3_600_000),
        expires: Millis(NOW.0 + 30 * 86_400_000),
        ..live(holder, Code::Green)
    }
}

pub(super) fn entry(seq: u64, at: Millis, act: Act) -> Entry {
    Entry {
        id: EntryId(format!("{seq:032x}")),
        seq,
        at,
        clock: ClockTrust::Counted,
        act,
    }
}

pub(super) fn scan(holder: u64, verdict: Verdict) -> Act {
    Act::Scan {
        holder,
        shown: Shown::Card,
        direction: Direction::In,
        verdict,
    }
}
