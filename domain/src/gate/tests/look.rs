//! The table of what a guard is told.

use super::*;
use crate::pass::PassRefusal;

struct Gate {
    kit: Option<Kit>,
    now: Option<Millis>,
    journal: Journal,
}

impl Gate {
    fn new() -> Self {
        Self {
            kit: Some(kit()),
            now: Some(NOW),
            journal: Journal::default(),
        }
    }

    fn with(stamp: &Stamp, roll: Option<&Roll>) -> Self {
        Self {
            kit: Some(kit_of(stamp, roll)),
            ..Self::new()
        }
    }

    fn device(&self) -> Device<'_> {
        Device {
            kit: self.kit.as_ref(),
            now: self.now,
            journal: &self.journal,
        }
    }

    fn shows(&self, pass: &Pass) -> Outcome {
        self.told(&signer().sign(pass).unwrap())
    }

    fn told(&self, text: &str) -> Outcome {
        match self.device().look(text, Direction::In) {
            Look::Decided(outcome) => *outcome,
            Look::Choose(choices) => panic!("{choices:?}"),
        }
    }

    fn did(&mut self, act: Act) {
        let seq = self.journal.entries().len() as u64 + 1;
        self.journal.push(entry(seq, NOW, act));
    }
}

fn says(outcome: &Outcome) -> (Verdict, &str) {
    (outcome.verdict, outcome.why.code())
}

#[test]
fn a_card_has_the_colour_of_the_list() {
    let gate = Gate::new();
    let table = [
        (1, Verdict::Admit, "green"),
        (2, Verdict::ReportFirst, "not_reported"),
        (3, Verdict::Refuse, "yellow"),
        (4, Verdict::Refuse, "red"),
    ];
    for (holder, verdict, why) in table {
        let outcome = gate.shows(&card(holder, 2));
        assert_eq!(says(&outcome), (verdict, why));
        let who = outcome.who.unwrap();
        assert_eq!((who.holder, who.name.as_str()), (holder, "林*满"));
        assert_eq!(who.until.is_some(), holder > 2);
        assert_eq!(outcome.act, Some(scan(holder, verdict)));
    }
}

#[test]
fn the_worse_of_pass_and_list_counts() {
    let gate = Gate::new();
    for (holder, listed) in [(1, Code::Green), (3, Code::Yellow), (4, Code::Red)] {
        for passed in [Code::Green, Code::Yellow, Code::Red] {
            let outcome = gate.shows(&live(holder, passed));
            assert_eq!(
                outcome.verdict,
                Verdict::from(passed.max(listed)),
                "{passed:?} {listed:?}"
            );
        }
    }
}

#[test]
fn grey_gives_way_to_what_is_known_later_and_to_nothing_else() {
    let gate = Gate::new();
    assert_eq!(gate.shows(&live(2, Code::Green)).verdict, Verdict::Admit);
    let before = Pass {
        says: Says::DayLetter {
            code: Code::Green,
            day: TODAY,
        },
        issued: Millis(NOW.0 - 3_600_000),
        expires: Millis(NOW.0 + 3_600_000),
        ..live(2, Code::Green)
    };
    assert_eq!(
        gate.shows(&before).verdict,
        Verdict::ReportFirst,
        "the list is later, and knows of no report"
    );
    assert_eq!(
        gate.shows(&live(1, Code::Grey)).verdict,
        Verdict::ReportFirst
    );
}

#[test]
fn a_pass_of_another_day_has_no_colour() {
    let yesterday = Pass {
        says: Says::DayLetter {
            code: Code::Green,
            day: TODAY.plus(-1),
        },
        issued: Millis(NOW.0 - 20 * 3_600_000),
        expires: Millis(NOW.0 + 3_600_000),
        ..live(4, Code::Green)
    };
    assert_eq!(
        says(&Gate::new().shows(&yesterday)),
        (Verdict::Refuse, "red")
    );
    let alone = Gate::with(&stamp(None), None);
    assert_eq!(
        says(&alone.shows(&yesterday)),
        (Verdict::Refuse, "stale_colour")
    );
}

#[test]
fn without_a_list_of_today_only_a_colour_of_today_decides() {
    let mut old = roll();
    old.day = TODAY.plus(-1);
    for gate in [
        Gate::with(&stamp(None), None),
        Gate::with(&stamp(Some(&old)), Some(&old)),
    ] {
        assert_eq!(
            says(&gate.shows(&live(1, Code::Green))),
            (Verdict::Admit, "green")
        );
        assert_eq!(
            says(&gate.shows(&live(1, Code::Red))),
            (Verdict::Refuse, "red")
        );
        assert_eq!(
            says(&gate.shows(&card(1, 2))),
            (Verdict::Refuse, "list_too_old")
        );
        let typed = gate.told(&short_code(1).to_string());
        assert_eq!(says(&typed), (Verdict::Refuse, "list_too_old"));
    }
}

#[test]
fn void_cards_strangers_and_stale_screens_are_refused_each_with_its_reason() {
    let gate = Gate::new();
    let hour_old = Pass {
        issued: Millis(NOW.0 - 3_600_000),
        expires: Millis(NOW.0 - 3_600_000 + LIVE_FOR.0),
        ..live(1, Code::Green)
    };
    let table = [
        (card(1, 1), PassRefusal::CardVoided),
        (card(99, 1), PassRefusal::UnknownHolder),
        (live(99, Code::Green), PassRefusal::UnknownHolder),
        (hour_old, PassRefusal::Expired),
    ];
    for (pass, refusal) in table {
        let outcome = gate.shows(&pass);
        assert_eq!(says(&outcome), (Verdict::Refuse, refusal.code()));
        let act = Act::Refused {
            why: refusal.code().into(),
        };
        assert_eq!(outcome.act, Some(act));
    }
    assert_eq!(says(&gate.told("hello")), (Verdict::Refuse, "not_ours"));
    assert_eq!(says(&gate.told("FX1:ABC")), (Verdict::Refuse, "malformed"));
    let forged = PassSigner::from_secret(&[9; 32])
        .sign(&live(1, Code::Green))
        .unwrap();
    assert_eq!(gate.told(&forged).verdict, Verdict::Refuse);
}

#[test]
fn a_device_that_knows_too_little_refuses_and_tells_nothing() {
    let green = signer().sign(&live(1, Code::Green)).unwrap();
    let mut gate = Gate::new();
    gate.now = Some(Millis(NOW.0 + 235 * MINUTE));
    let contact = gate.told(&green);
    gate.now = None;
    let time = gate.told(&green);
    gate.kit = None;
    let never = gate.told(&green);
    for (outcome, why) in [
        (contact, "contact_needed"),
        (time, "unknown_time"),
        (never, "not_set_up"),
    ] {
        assert_eq!(says(&outcome), (Verdict::Refuse, why));
        assert_eq!(outcome.act, None);
    }
}

#[test]
fn a_short_code_finds_its_holder_however_it_is_typed() {
    let gate = Gate::new();
    let code = short_code(1).to_string();
    for typed in [code.clone(), code.to_lowercase(), format!(" {code} ")] {
        let outcome = gate.told(&typed);
        assert_eq!(says(&outcome), (Verdict::Admit, "green"));
        assert!(matches!(
            outcome.act,
            Some(Act::Scan {
                shown: Shown::ShortCode,
                ..
            })
        ));
    }
    let nobody = gate.told(&short_code(77).to_string());
    assert_eq!(says(&nobody), (Verdict::Refuse, "unknown_short_code"));
}

#[test]
fn of_two_with_one_short_code_the_guard_chooses() {
    // A roll names a holder once; two entries of one holder stand in for two that share a code.
    let mut twice = roll();
    twice.people.push(person(1, Code::Green));
    let gate = Gate::with(&stamp(Some(&twice)), Some(&twice));
    let look = gate
        .device()
        .look(&short_code(1).to_string(), Direction::In);
    assert!(matches!(look, Look::Choose(choices) if choices.len() == 2));
    let chosen = gate.device().look_at(1, Shown::ShortCode, Direction::In);
    assert_eq!(says(&chosen), (Verdict::Admit, "green"));
}

#[test]
fn a_second_scan_says_when_and_where_the_first_was() {
    let mut gate = Gate::new();
    assert_eq!(gate.shows(&card(1, 2)).came, None);
    gate.did(scan(1, Verdict::Admit));
    assert_eq!(gate.shows(&card(1, 2)).came, Some((NOW, "东门".into())));

    let mut known = roll();
    known.people[0].came = Some((Millis(NOW.0 - MINUTE), "西门".into()));
    let gate = Gate::with(&stamp(Some(&known)), Some(&known));
    let came = gate.shows(&card(1, 2)).came;
    assert_eq!(came, Some((Millis(NOW.0 - MINUTE), "西门".into())));
}

#[test]
fn a_slip_lets_in_until_it_is_undone() {
    let mut gate = Gate::new();
    gate.did(scan(2, Verdict::ReportFirst));
    gate.did(Act::Slip {
        holder: 2,
        tenths: 366,
    });
    let outcome = gate.shows(&card(2, 2));
    assert_eq!(says(&outcome), (Verdict::Admit, "provisional"));
    let first = gate.journal.entries()[0].id.clone();
    gate.did(Act::Undo { of: first });
    assert_eq!(gate.shows(&card(2, 2)).verdict, Verdict::ReportFirst);
}

#[test]
fn a_slip_does_not_help_against_yellow_or_red() {
    let mut gate = Gate::new();
    for holder in [3, 4] {
        gate.did(Act::Slip {
            holder,
            tenths: 366,
        });
        assert_eq!(gate.shows(&card(holder, 2)).verdict, Verdict::Refuse);
    }
}

#[test]
fn a_high_temperature_keeps_out_until_it_is_measured_again() {
    let mut gate = Gate::new();
    gate.did(scan(1, Verdict::Admit));
    gate.did(Act::Reading {
        holder: 1,
        tenths: 378,
        first: None,
        by: String::new(),
    });
    let outcome = gate.shows(&card(1, 2));
    assert_eq!(
        outcome.why,
        Why::MeasureAgain {
            due: Millis(NOW.0 + 10 * MINUTE)
        }
    );
    assert_eq!(outcome.verdict, Verdict::Refuse);
    let first = Some(gate.journal.entries()[1].id.clone());
    let second = |tenths| Act::Reading {
        holder: 1,
        tenths,
        first: first.clone(),
        by: "周敏".into(),
    };
    gate.did(second(366));
    assert_eq!(says(&gate.shows(&card(1, 2))), (Verdict::Admit, "green"));
    gate.did(second(379));
    assert_eq!(says(&gate.shows(&card(1, 2))), (Verdict::Refuse, "high"));
}

#[test]
fn somebody_of_another_school_is_a_visitor_and_never_a_scan() {
    let elsewhere = |code| Pass {
        school: SCHOOL + 1,
        ..live(1, code)
    };
    let table = [
        (VisitorPolicy::Refuse, Verdict::Refuse, "no_visitors"),
        (VisitorPolicy::Ask, Verdict::Refuse, "visitor_ask"),
        (VisitorPolicy::Admit, Verdict::Admit, "visitor"),
    ];
    for (visitors, verdict, why) in table {
        let stamp = Stamp {
            visitors,
            ..stamp(Some(&roll()))
        };
        let gate = Gate::with(&stamp, Some(&roll()));
        let outcome = gate.shows(&elsewhere(Code::Green));
        assert_eq!(says(&outcome), (verdict, why));
        assert!(matches!(outcome.act, Some(Act::Visitor { .. })));
        assert_eq!(gate.shows(&elsewhere(Code::Red)).verdict, Verdict::Refuse);
        let card = Pass {
            school: SCHOOL + 1,
            ..card(1, 2)
        };
        assert_eq!(says(&gate.shows(&card)), (Verdict::Refuse, "visitor_card"));
        let admitted = expected(&outcome).map(|outcome| outcome.verdict);
        let asks = visitors == VisitorPolicy::Ask;
        assert_eq!(admitted, asks.then_some(Verdict::Admit));
    }
}

fn foreign_signer() -> PassSigner {
    PassSigner::from_secret(&[5; 32])
}

fn trusting(rules: Vec<crate::recognition::RecognitionRule>) -> Stamp {
    let other = IssuerId::draw(77);
    let theirs = TrustedKey {
        public: foreign_signer().public(),
        issuer: other,
        scope: KeyScope::of([Kind::Live, Kind::DayLetter]),
        ..key()
    };
    Stamp {
        visitors: VisitorPolicy::Admit,
        trust: vec![TrustedIssuer {
            issuer: other,
            name: "邻市".into(),
            region: "330100".parse().unwrap(),
            from: Millis(NOW.0 - MINUTE * 60),
            until: Millis(NOW.0 + MINUTE * 60),
            keys: JwkSet::new([&theirs]),
        }],
        recognition: rules,
        ..stamp(Some(&roll()))
    }
}

#[test]
fn a_trusted_issuers_green_is_a_visitors_and_a_rule_may_refuse_it() {
    let theirs = |code| Pass {
        issuer: IssuerId::draw(77),
        school: SCHOOL,
        ..live(1, code)
    };
    let shown = |gate: &Gate, code| gate.told(&foreign_signer().sign(&theirs(code)).unwrap());
    let gate = Gate::with(&trusting(vec![]), Some(&roll()));
    let outcome = shown(&gate, Code::Green);
    assert_eq!(says(&outcome), (Verdict::Admit, "visitor"));
    assert!(matches!(outcome.act, Some(Act::Visitor { .. })));
    assert_eq!(outcome.who.unwrap().issuer.as_deref(), Some("邻市"));
    assert_eq!(shown(&gate, Code::Red).verdict, Verdict::Refuse);

    let rule = crate::recognition::RecognitionRule {
        id: "none".into(),
        label: Text::new("暂不互认", "Not recognised for now"),
        refuse_if: serde_json::json!(true),
    };
    let gate = Gate::with(&trusting(vec![rule]), Some(&roll()));
    let outcome = shown(&gate, Code::Green);
    assert_eq!(outcome.verdict, Verdict::Refuse);
    let words = outcome.why.text(crate::Lang::Zh);
    assert!(
        words.contains("邻市") && words.contains("暂不互认"),
        "{words}"
    );

    // A foreign key never speaks for our own people.
    let as_ours = foreign_signer().sign(&live(1, Code::Green)).unwrap();
    assert_eq!(gate.told(&as_ours).verdict, Verdict::Refuse);
}

#[test]
fn nobody_is_kept_inside() {
    let gate = Gate::with(&stamp(None), None);
    let text = signer().sign(&card(4, 2)).unwrap();
    let Look::Decided(outcome) = gate.device().look(&text, Direction::Out) else {
        panic!("one person");
    };
    assert_eq!(says(&outcome), (Verdict::Admit, "leaving"));
    assert_eq!(outcome.came, None);
}

#[test]
fn each_ground_has_words_in_both_languages() {
    use crate::Lang;
    let mut all = vec![
        Why::Green,
        Why::Provisional,
        Why::Leaving,
        Why::NotReported,
        Why::MeasureAgain { due: NOW },
        Why::High,
        Why::UnknownShortCode,
        Why::ListTooOld,
        Why::StaleColour,
        Why::ContactNeeded,
        Why::UnknownTime,
        Why::NotSetUp,
        Why::Visitor,
        Why::VisitorAsk,
        Why::NoVisitors,
        Why::VisitorCard,
    ];
    all.extend([Code::Yellow, Code::Red].map(Why::Colour));
    all.extend(PassRefusal::ALL.iter().copied().map(Why::Pass));
    let mut codes: Vec<_> = all.iter().map(Why::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all.len());
    for why in &all {
        assert!(!why.text(Lang::Zh).is_ascii() && why.text(Lang::En).is_ascii());
    }
}
