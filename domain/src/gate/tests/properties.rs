//! What holds of every code that may be shown.

use super::*;
use proptest::prelude::*;

fn colours() -> impl Strategy<Value = Code> {
    prop::sample::select(&Code::ALL)
}

fn passes() -> impl Strategy<Value = Pass> {
    let says = (0_u8..3, colours(), -2_i32..2, 0_u32..4).prop_map(|(kind, code, day, serial)| {
        let day = TODAY.plus(day);
        match kind {
            0 => Says::Card { serial },
            1 => Says::Live { code, day },
            _ => Says::DayLetter { code, day },
        }
    });
    (1_u64..7, SCHOOL..SCHOOL + 2, says, -600_i64..600).prop_map(
        |(holder, school, says, minutes)| {
            let issued = Millis(NOW.0 + minutes * MINUTE);
            Pass {
                holder,
                school,
                says,
                issued,
                expires: Millis(issued.0 + says.kind().longest().0),
                ..live(holder, Code::Green)
            }
        },
    )
}

fn rolls() -> impl Strategy<Value = Option<Roll>> {
    let people = prop::collection::vec((colours(), any::<bool>()), 4);
    prop::option::of((people, -1_i32..2).prop_map(|(codes, day)| {
        Roll {
            day: TODAY.plus(day),
            people: (1..)
                .zip(codes)
                .map(|(holder, (code, provisional))| RollPerson {
                    provisional,
                    ..person(holder, code)
                })
                .collect(),
            ..roll()
        }
    }))
}

fn outcome(kit: &Kit, text: &str) -> Outcome {
    let journal = Journal::default();
    let device = Device {
        kit: Some(kit),
        now: Some(NOW),
        journal: &journal,
    };
    match device.look(text, Direction::In) {
        Look::Decided(outcome) => *outcome,
        Look::Choose(choices) => panic!("{choices:?}"),
    }
}

proptest! {
    /// Nobody comes in of whom the list or a pass of today says yellow or red, and nobody without a green of today
    /// or a slip.
    #[test]
    fn no_outcome_admits_yellow_or_red(pass in passes(), roll in rolls()) {
        let stamp = Stamp { visitors: VisitorPolicy::Admit, ..stamp(roll.as_ref()) };
        let kit = kit_of(&stamp, roll.as_ref());
        let outcome = outcome(&kit, &signer().sign(&pass).unwrap());
        let listed = roll.as_ref()
            .filter(|roll| roll.day == TODAY && pass.school == SCHOOL)
            .and_then(|roll| roll.people.iter().find(|p| p.holder == pass.holder));
        let passed = pass.says.colour().filter(|(_, day)| *day == TODAY).map(|(code, _)| code);
        if outcome.verdict == Verdict::Admit {
            let known: Vec<Code> = passed.into_iter().chain(listed.map(|p| p.code)).collect();
            prop_assert!(known.iter().all(|code| !code.is_flagged()), "{outcome:?}");
            prop_assert!(known.contains(&Code::Green) || listed.is_some_and(|p| p.provisional));
            prop_assert!(pass.issued.0 <= NOW.0 + MINUTE && pass.expires.0 + MINUTE > NOW.0);
        }
    }

    /// A pass of a key that the device does not know, that was revoked, or that is another issuer's, passes nowhere.
    #[test]
    fn no_other_key_admits(pass in passes(), roll in rolls(), hostile in 0_u8..4) {
        let (mut own, other) = (key(), PassSigner::from_secret(&[9; 32]));
        let mut theirs = TrustedKey { public: other.public(), ..key() };
        let stamp = stamp(roll.as_ref());
        // The device's own keys as they are when the pass is shown; the roll was taken before.
        let keys = match hostile {
            0 => JwkSet::new([&own]),
            1 => {
                theirs.issuer = IssuerId::draw(99);
                JwkSet::new([&own, &theirs])
            }
            2 => {
                theirs.revoked = Some(NOW);
                JwkSet::new([&own, &theirs])
            }
            _ => {
                theirs.scope.schools = Some([99].into());
                own.from = Millis(own.from.0 - 1);
                JwkSet::new([&own, &theirs])
            }
        };
        let stamp = Stamp { keys, visitors: VisitorPolicy::Admit, ..stamp };
        let kit = kit_of(&stamp, roll.as_ref());
        let outcome = outcome(&kit, &other.sign(&pass).unwrap());
        prop_assert_eq!(outcome.verdict, Verdict::Refuse);
        prop_assert_eq!(outcome.who, None);
    }

    /// Whatever is shown, there is an answer.
    #[test]
    fn any_text_is_answered(text in ".{0,300}") {
        let outcome = outcome(&kit(), &text);
        prop_assert_ne!(outcome.verdict, Verdict::Admit);
    }
}
