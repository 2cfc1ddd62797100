//! From the text of a foreign pass to whether it counts.

use super::*;
use crate::Lang;
use crate::gate::TrustedIssuer;
use crate::pass::{DAY_LETTER_FOR, PassRefusal};
use proptest::prelude::*;

fn look(
    pass: &Pass,
    signer: &PassSigner,
    trust: &[TrustedIssuer],
) -> Result<Recognised, NotRecognised> {
    recognise(&signer.sign(pass).unwrap(), trust, &shipped(), (NOW, TODAY))
}

fn letter(code: Code) -> Pass {
    Pass {
        says: Says::DayLetter { code, day: TODAY },
        expires: Millis(NOW.0 + DAY_LETTER_FOR.0),
        ..live(code)
    }
}

fn card() -> Pass {
    Pass {
        says: Says::Card { serial: 1 },
        expires: Millis(NOW.0 + 90 * DAY),
        ..live(Code::Green)
    }
}

#[test]
fn a_green_live_pass_and_a_green_day_letter_of_today_count() {
    let trust = combined(vec![trust()]);
    for pass in [live(Code::Green), letter(Code::Green)] {
        let found = look(&pass, &screens(), &trust).unwrap();
        assert_eq!((found.whose.name.as_str(), found.pass), ("吴兴区", pass));
    }
}

#[test]
fn every_refusal_says_whose_code_and_which_rule() {
    let trust = combined(vec![trust()]);
    for code in [Code::Yellow, Code::Red, Code::Grey] {
        for pass in [live(code), letter(code)] {
            let refused = look(&pass, &screens(), &trust).unwrap_err();
            assert_eq!(refused.code(), "recognition_rule");
            assert_eq!(refused.rule().unwrap().id, "not-green");
            assert_eq!(
                refused.text(Lang::Zh),
                "吴兴区的码：不是绿码（规则 not-green）"
            );
            assert_eq!(
                refused.text(Lang::En),
                "Code of 吴兴区: The code is not green (rule not-green)"
            );
        }
    }
    let yesterday = Pass {
        says: Says::Live {
            code: Code::Green,
            day: TODAY.plus(-1),
        },
        ..live(Code::Green)
    };
    let refused = look(&yesterday, &screens(), &trust).unwrap_err();
    assert_eq!(refused.rule().unwrap().id, "of-today");
}

#[test]
fn whatever_the_rules_say_only_green_comes_in() {
    let trust = combined(vec![trust()]);
    for code in [Code::Yellow, Code::Red, Code::Grey] {
        let text = screens().sign(&live(code)).unwrap();
        let refused = recognise(&text, &trust, &[], (NOW, TODAY)).unwrap_err();
        assert_eq!(refused.code(), "not_green");
        assert!(refused.text(Lang::En).starts_with("Code of 吴兴区"));
    }
}

#[test]
fn a_card_and_other_schools_are_out_of_scope() {
    let narrow = Trust {
        scope: KeyScope {
            kinds: [Kind::Live].into(),
            schools: Some([12].into()),
        },
        ..trust()
    };
    let trust = combined(vec![narrow]);
    let elsewhere = Pass {
        school: 13,
        ..live(Code::Green)
    };
    assert!(look(&live(Code::Green), &screens(), &trust).is_ok());
    for (pass, signer) in [
        (card(), cards()),
        (letter(Code::Green), screens()),
        (elsewhere, screens()),
    ] {
        let refused = look(&pass, &signer, &trust).unwrap_err();
        assert_eq!(refused.code(), "not_recognised_kind", "{pass:?}");
        assert_eq!(refused.whose().unwrap().name, "吴兴区");
    }
}

#[test]
fn who_is_not_trusted_or_not_yet_or_no_more_is_refused() {
    let pass = live(Code::Green);
    assert_eq!(
        look(&pass, &screens(), &[]).unwrap_err(),
        NotRecognised::UnknownIssuer
    );
    let stranger = PassSigner::from_secret(&[1; 32]);
    let list = combined(vec![trust()]);
    assert_eq!(
        look(&pass, &stranger, &list).unwrap_err().code(),
        "issuer_not_trusted"
    );
    let text = screens().sign(&pass).unwrap();
    for moved in [(-31, 1), (31, -1)] {
        let mut list = list.clone();
        list[0].from.0 += moved.1 * 40 * DAY;
        list[0].until.0 += moved.0 * DAY;
        let refused = recognise(&text, &list, &shipped(), (NOW, TODAY));
        if moved.0 < 0 {
            assert_eq!(refused.unwrap_err().code(), "trust_not_in_force");
        } else {
            assert!(refused.is_ok());
        }
    }
    let mut later = list.clone();
    later[0].from = Millis(NOW.0 + 30_000);
    let refused = recognise(&text, &later, &shipped(), (Millis(NOW.0 + 60_000), TODAY));
    assert_eq!(
        refused.unwrap_err().code(),
        "trust_not_in_force",
        "it was signed before its issuer was trusted"
    );
}

#[test]
fn a_wrong_signature_key_or_time_is_refused_with_its_issuer() {
    let list = combined(vec![trust()]);
    let pass = live(Code::Green);
    let code = |pass: &Pass, list: &[TrustedIssuer]| {
        let refused = look(pass, &screens(), list).unwrap_err();
        assert_eq!(refused.whose().unwrap().name, "吴兴区");
        refused.code()
    };
    let swapped = Pass {
        issuer: us(),
        ..pass.clone()
    };
    assert_eq!(code(&swapped, &list), PassRefusal::OtherIssuer.code());
    let old = Pass {
        issued: Millis(NOW.0 - 600_000),
        expires: Millis(NOW.0 - 420_000),
        ..pass.clone()
    };
    assert_eq!(code(&old, &list), PassRefusal::Expired.code());
    let mut revoked = list.clone();
    for key in &mut revoked[0].keys.keys {
        key.revoked = Some(crate::pass::Revoked {
            revoked_at: NOW.0 / 1_000,
        });
    }
    assert_eq!(code(&pass, &revoked), PassRefusal::KeyRevoked.code());
    let taken: Vec<_> = revoked
        .into_iter()
        .map(TrustedIssuer::without_revoked)
        .collect();
    assert!(look(&pass, &screens(), &taken).is_err());
    let mut forged = list.clone();
    // A key of the same number with another public half is not the key of that number.
    forged[0].keys.keys[1].x = JwkSet::new(&[key(&cards(), &[Kind::Live])]).keys[0]
        .x
        .clone();
    assert_eq!(
        look(&pass, &screens(), &forged).unwrap_err(),
        NotRecognised::UnknownIssuer
    );
    assert_eq!(
        recognise("https://school.example", &list, &[], (NOW, TODAY))
            .unwrap_err()
            .code(),
        PassRefusal::NotOurs.code()
    );
}

#[test]
fn an_issuer_that_names_somebody_elses_key_takes_nothing_from_them() {
    let mut thief = combined(vec![trust()]);
    thief[0].issuer = issuer(100_000_000);
    for key in &mut thief[0].keys.keys {
        key.fx_issuer = issuer(100_000_000);
    }
    let both = [thief.remove(0), combined(vec![trust()]).remove(0)];
    let found = look(&live(Code::Green), &screens(), &both).unwrap();
    assert_eq!(found.whose.issuer, neighbour());
    let claimed = Pass {
        issuer: issuer(100_000_000),
        ..live(Code::Green)
    };
    assert!(
        look(&claimed, &PassSigner::from_secret(&[5; 32]), &both).is_err(),
        "without the secret half nothing can be signed"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_whatsoever_is_recognised_without_a_signature(text in "FX1:[0-9A-Z $%*+./:-]{0,255}") {
        prop_assert!(recognise(&text, &combined(vec![trust()]), &[], (NOW, TODAY)).is_err());
    }

    #[test]
    fn red_and_grey_never_come_in(code in prop::sample::select(vec![Code::Red, Code::Grey, Code::Yellow]), is_letter in any::<bool>(), with_rules in any::<bool>()) {
        let pass = if is_letter { letter(code) } else { live(code) };
        let rules = if with_rules { shipped() } else { Vec::new() };
        let text = screens().sign(&pass).unwrap();
        prop_assert!(recognise(&text, &combined(vec![trust()]), &rules, (NOW, TODAY)).is_err());
    }
}
