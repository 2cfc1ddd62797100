//! Activations that apply to open isolations, and those that do not.

use super::*;
use crate::rulebook::stack::{Entry, stack};
use proptest::prelude::*;
use serde_json::json;

/// A version in force from day `from` of the story to day `to`.
fn entry(version: &str, change: impl FnOnce(&mut Document), from: i32, to: Option<i32>) -> Entry {
    let mut document = document();
    document.version = version.parse().unwrap();
    change(&mut document);
    Entry {
        document,
        from: at(from),
        to: to.map(at),
        applies_to_open: false,
        is_lapsed: false,
    }
}

fn old() -> Entry {
    entry("1.0.0", |_| {}, -400, None)
}

fn flagged(entry: Entry) -> Entry {
    Entry {
        applies_to_open: true,
        ..entry
    }
}

fn number(name: &'static str, value: i64) -> impl Fn(&mut Document) {
    move |document| set(document, name, ParameterValue::Number(value))
}

/// Decides about days of a story under these versions, as known on its last day.
fn decisions(state: &State, entries: &[Entry], last: i32) -> Vec<Decision> {
    let books = stack(entries, &region()).unwrap();
    let (risk, calendar) = (RiskAreas::default(), no_school());
    let ctx = Context {
        rulebooks: &books,
        risk: &risk,
        calendar: &calendar,
        late_limit: 1,
    };
    (0..=last)
        .map(|offset| {
            let decision = decide(state, &ctx, at(offset), at(last));
            let short = brief(state, &ctx, at(offset), at(last));
            assert_eq!(
                (short.code, short.ends),
                (decision.code, decision.ends),
                "in short"
            );
            decision
        })
        .collect()
}

fn codes(letters: &str, entries: &[Entry]) -> String {
    let story = Story::new(letters);
    let decisions = decisions(&story.state, entries, story.last);
    decisions
        .iter()
        .map(|decision| code_letter(decision.code))
        .collect()
}

#[test]
fn open_isolations_are_judged_again_only_where_the_activation_says_so() {
    let raise = |from| entry("1.1.0", number("fever_tenths", 375), from, None);
    let days = |count, from| entry("1.1.0", number("symptoms_days", count), from, None);
    let ignore = |from| {
        let change =
            |d: &mut Document| set(d, "missed_days", ParameterValue::Policy(Policy::Ignore));
        entry("1.1.0", change, from, None)
    };
    let milder = |from| {
        let change = |d: &mut Document| {
            rule_of(d, "R-05").outcome.colour = crate::Colour::Yellow;
        };
        entry("2.0.0", change, from, None)
    };
    let severe = |from| {
        let change = |d: &mut Document| {
            let cough = d.symptoms.iter_mut().find(|symptom| symptom.number == 1);
            cough.unwrap().severe = true;
        };
        entry("2.0.0", change, from, None)
    };
    let table: [(&str, &str, Entry, &str, &str); 9] = [
        // story, what it is, the new version, without the flag, with it
        (
            "fwwwwwwwww",
            "the threshold rises",
            raise(3),
            "YYYYYYYYGG",
            "YYYGGGGGGG",
        ),
        (
            "fwwwwwwwww",
            "fewer days, already full",
            days(3, 5),
            "YYYYYYYYGG",
            "YYYYYGGGGG",
        ),
        (
            "fwwwwwwwww",
            "fewer days, not yet full",
            days(3, 2),
            "YYYYYYYYGG",
            "YYYYGGGGGG",
        ),
        (
            "fwwwwwwwwwww",
            "more days",
            days(10, 5),
            "YYYYYYYYGGGG",
            "YYYYYYYYYYYG",
        ),
        (
            "fwwwwwwwwwww",
            "more days, but it is over",
            days(10, 9),
            "YYYYYYYYGGGG",
            "YYYYYYYYGGGG",
        ),
        (
            "f....wwwwwww",
            "missed days count",
            ignore(6),
            "YYYYYYYYYYYY",
            "YYYYYYYYGGGG",
        ),
        ("Fwww", "a milder colour", milder(2), "RRRR", "RRYY"),
        ("cwww", "a symptom is severe", severe(2), "YYYY", "YYRR"),
        ("wwwwf", "nothing was open", raise(2), "GGGGG", "GGGGG"),
    ];
    for (letters, what, new, without, with) in table {
        assert_eq!(
            codes(letters, &[old(), new.clone()]),
            without,
            "{what}, without"
        );
        assert_eq!(codes(letters, &[old(), flagged(new)]), with, "{what}, with");
    }
}

#[test]
fn the_reason_and_the_trace_name_the_activation() {
    let new = flagged(entry("1.1.0", number("symptoms_days", 5), 3, None));
    let story = Story::new("fwwwww");
    let decided = decisions(&story.state, &[old(), new.clone()], story.last);
    let by = |decision: &Decision| {
        let reason = decision.principal()?;
        reason
            .rederived
            .as_ref()
            .map(|by| (by.rulebook_id.clone(), by.version.to_string()))
    };
    assert_eq!(
        by(&decided[2]),
        None,
        "before its first day everything is as it was"
    );
    assert_eq!(by(&decided[3]), Some(("cn-base".into(), "1.1.0".into())));
    assert_eq!(
        (decided[2].ends, decided[3].ends),
        (Some(at(7)), Some(at(5)))
    );

    // What began under the new version was not judged again.
    let begun = Story::new("wwwfww");
    let new = flagged(entry("1.1.0", number("symptoms_days", 5), 3, None));
    let decided = decisions(&begun.state, &[old(), new], begun.last);
    assert_eq!((by(&decided[4]), decided[4].ends), (None, Some(at(8))));

    let ended = flagged(entry("1.1.0", number("fever_tenths", 380), 3, None));
    let books = stack(&[old(), ended], &region()).unwrap();
    let (risk, calendar) = (RiskAreas::default(), no_school());
    let ctx = Context {
        rulebooks: &books,
        risk: &risk,
        calendar: &calendar,
        late_limit: 1,
    };
    let trace = explain(&story.state, &ctx, at(4), at(5));
    let rederived = &trace.rederived[0];
    assert_eq!(
        (
            rederived.rule_id.as_str(),
            rederived.version.to_string().as_str(),
            rederived.by.version.to_string().as_str()
        ),
        ("Y-04", "1.0.0", "1.1.0"),
        "an isolation that is gone is named too"
    );
    assert_eq!((rederived.start, rederived.from), (at(0), at(3)));
}

#[test]
fn what_an_activation_did_outlasts_it_unless_it_was_an_emergency_that_lapsed() {
    let first = flagged(entry("1.1.0", number("fever_tenths", 375), 3, None));
    let second = entry("1.2.0", number("fever_tenths", 373), 5, None);
    assert_eq!(codes("fwwwwwww", &[old(), first, second]), "YYYGGGGG");
    let lapsed = Entry {
        is_lapsed: true,
        ..flagged(entry("1.1.0", number("fever_tenths", 375), 3, Some(3)))
    };
    assert_eq!(codes("fwwwwwww", &[old(), lapsed]), "YYYGYYYY");
}

#[test]
fn a_district_that_moves_a_parameter_for_open_isolations_is_named() {
    let mut district = flagged(entry("1.0.0", |_| {}, 2, None));
    district.document = Document {
        id: "nanshan".into(),
        region: region(),
        parameters: Vec::new(),
        symptoms: Vec::new(),
        rules: Vec::new(),
        moves: vec![crate::rulebook::Move {
            rulebook: "cn-base".into(),
            parameter: "symptoms_days".into(),
            value: ParameterValue::Number(9),
        }],
        ..district.document
    };
    let story = Story::new("fwwwwwwwww");
    let decided = decisions(&story.state, &[old(), district], story.last);
    let last = decided.last().unwrap();
    assert_eq!((last.code, last.ends), (Code::Yellow, Some(at(9))));
    assert_eq!(
        last.reasons[0].rederived.as_ref().unwrap().rulebook_id,
        "nanshan"
    );
}

#[test]
fn an_isolation_kept_after_a_withdrawal_gets_the_new_days_too() {
    let story = Story::new("fwww");
    let ctx_books = stack(&[old()], &region()).unwrap();
    let (risk, calendar) = (RiskAreas::default(), no_school());
    let ctx = Context {
        rulebooks: &ctx_books,
        risk: &risk,
        calendar: &calendar,
        late_limit: 1,
    };
    let left = withdraw(&story.state, &ctx, at(3));
    let ends = |entries: &[Entry]| decisions(&left, entries, 4).last().unwrap().ends;
    // Day 4 is not reported; until it is missed the end stays.
    assert_eq!(ends(&[old()]), Some(at(7)));
    let new = entry("1.1.0", number("symptoms_days", 5), 4, None);
    assert_eq!(ends(&[old(), new.clone()]), Some(at(7)));
    assert_eq!(ends(&[old(), flagged(new)]), Some(at(5)));
}

/// What is decided about each day of a story of reports without symptoms, on that very day.
fn as_days_pass(story: &Story, entries: &[Entry]) -> Vec<Decision> {
    let books = stack(entries, &region()).unwrap();
    story.with(|ctx| {
        let rulebooks = &books;
        let ctx = Context { rulebooks, ..*ctx };
        (0..=story.last)
            .map(|day| decide(&story.state, &ctx, at(day), at(day)))
            .collect()
    })
}

/// From the sixth day on every day is decided with one isolation of these dates, and after its end with none.
#[track_caller]
fn assert_counts(story: &Story, entries: &[Entry], start: Day, ends: Day) {
    for decision in as_days_pass(story, entries).into_iter().skip(5) {
        let reason = decision.principal();
        let expected = (decision.day <= ends).then_some((Some(start), Some(ends)));
        assert_eq!(
            reason.map(|reason| (reason.start, reason.ends)),
            expected,
            "on {}",
            decision.day
        );
    }
}

#[test]
fn a_stay_that_outlasts_a_version_counts_from_the_last_day_of_that_version() {
    // Stated on day 2: under way since day 1, without an end. From day 5 on no rule asks for stays.
    let story = Story::new(&"w".repeat(20))
        .says(2, FactChange::Add(stay(1, None, false)))
        .area(area(RiskLevel::High, 0));
    let without_stays = |d: &mut Document| {
        d.rules.retain(|rule| rule.outcome.reason != "stay_high");
    };
    let entries = [old(), entry("1.1.0", without_stays, 5, None)];
    assert_counts(&story, &entries, at(4), at(18));
}

#[test]
fn a_stay_with_something_beside_it_counts_from_the_last_day_with_both() {
    // Red only while there and not vaccinated; the second dose is of day 6.
    let both = json!({"and": [
        {"<=": [{"var": "stay.high.days_since_left"}, 14]}, {"<": [{"var": "vaccination.dose"}, 2]},
    ]});
    let change = |d: &mut Document| {
        rule_of(d, "R-04").condition = both;
    };
    let mut story = Story::new(&"w".repeat(24))
        .says(2, FactChange::Add(stay(1, None, false)))
        .area(area(RiskLevel::High, 0));
    let dose = RecordKind::Vaccination {
        day: at(6),
        dose: 2,
    };
    story.state.records.push(record(dose, 6));
    let entries = [entry("1.0.0", change, -400, None)];
    assert_counts(&story, &entries, at(5), at(19));
}

fn letters() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        proptest::sample::select(vec!['.', 'w', 'n', 'f', 'F', 'c', 's', 'b', 't']),
        1..14,
    )
    .prop_map(|letters| letters.into_iter().collect())
}

fn changes() -> impl Strategy<Value = (i64, i64, i64, Policy)> {
    let policy = proptest::sample::select(vec![Policy::Ignore, Policy::Pause, Policy::Restart]);
    (360..390i64, 1..20i64, 1..20i64, policy)
}

fn changed((fever, mild, severe, policy): (i64, i64, i64, Policy)) -> impl FnOnce(&mut Document) {
    move |document| {
        number("fever_tenths", fever)(document);
        number("symptoms_days", mild)(document);
        number("symptoms_severe_days", severe)(document);
        set(document, "missed_days", ParameterValue::Policy(policy));
    }
}

/// What of a decision does not depend on which version is in force on the day itself.
fn isolations(decision: &Decision) -> Vec<(String, Option<Day>, Option<Day>, u16)> {
    let reasons = decision.reasons.iter();
    reasons
        .map(|r| (r.rule_id.clone(), r.start, r.ends, r.counted))
        .collect()
}

proptest! {
    #[test]
    fn where_nothing_new_is_told_no_start_moves_back(
        arrived in 0..6i32, told in 0..6i32, home in any::<bool>(), level in prop::sample::select(vec![RiskLevel::Medium, RiskLevel::High]),
        until in 1..20i32, dropped in prop::sample::subsequence(vec!["R-04", "Y-01", "Y-02"], 0..=3),
        window in 1..15i64, beside in 0..40i64,
    ) {
        let fact = if home {
            StandingFact::Household { matter: HouseholdMatter::Isolating, since: at(arrived) }
        } else {
            stay(arrived, None, false)
        };
        let story = Story::new(&"w".repeat(30)).says(told, FactChange::Add(fact)).area(area(level, 0)).record(
            record(RecordKind::ContactOfContact { last: at(arrived) }, arrived),
        );
        // Beside each stay: a contact that is no longer new enough some day.
        let joined = |d: &mut Document| for rule in d.rules.iter_mut().filter(|rule| rule.id != "Y-01") {
            let new_enough = json!({"<=": [{"var": "contact.second.days_since_last"}, beside]});
            rule.condition = json!({"and": [rule.condition.clone(), new_enough]});
        };
        let change = |d: &mut Document| {
            number("stay_window_days", window)(d);
            d.rules.retain(|rule| !dropped.contains(&rule.id.as_str()));
        };
        for first in [entry("1.0.0", joined, -400, None), old()] {
            let decided = as_days_pass(&story, &[first, entry("1.1.0", change, until, None)]);
            for days in decided.windows(2) {
                for reason in &days[1].reasons {
                    let before = days[0].reasons.iter().find(|other| other.rule_id == reason.rule_id);
                    prop_assert!(before.is_none_or(|before| before.start <= reason.start), "{:#?}", days);
                }
            }
        }
    }

    #[test]
    fn without_the_flag_nothing_about_running_isolations_changes(before in letters(), after in "[w.]{1,9}", change in changes()) {
        let from = i32::try_from(before.len()).unwrap();
        let story = Story::new(&format!("{before}{after}"));
        let new = entry("1.1.0", changed(change), from, None);
        let (a, b) = (decisions(&story.state, &[old()], story.last), decisions(&story.state, &[old(), new], story.last));
        for (a, b) in a.iter().zip(&b) {
            prop_assert_eq!(isolations(a), isolations(b), "on {}", a.day);
        }
    }

    #[test]
    fn the_flag_changes_no_day_before_it_and_nothing_where_nothing_changed(
        letters in letters(), from in 0..14i32, change in changes(),
    ) {
        let story = Story::new(&letters);
        let plain = decisions(&story.state, &[old()], story.last);
        let same = flagged(entry("1.0.1", |_| {}, from, None));
        let again = decisions(&story.state, &[old(), same], story.last);
        for (a, b) in plain.iter().zip(&again) {
            prop_assert_eq!((a.code, isolations(a)), (b.code, isolations(b)));
        }
        let new = flagged(entry("1.1.0", changed(change), from, None));
        let judged = decisions(&story.state, &[old(), new], story.last);
        for (a, b) in plain.iter().zip(&judged).filter(|(a, _)| a.day < at(from)) {
            prop_assert_eq!((a.code, isolations(a)), (b.code, isolations(b)));
        }
    }

    #[test]
    fn dropping_old_reports_changes_no_later_decision_after_an_activation(
        letters in letters(), from in 0..14i32, change in changes(), wait in 0..30i32,
    ) {
        let story = Story::new(&letters);
        let new = flagged(entry("1.1.0", changed(change), from, None));
        let books = stack(&[old(), new], &region()).unwrap();
        let (risk, calendar) = (RiskAreas::default(), no_school());
        let ctx = Context { rulebooks: &books, risk: &risk, calendar: &calendar, late_limit: 1 };
        let today = at(story.last + wait);
        let pruned = prune(&story.state, &ctx, today);
        for later in 0..3 {
            let day = today.plus(later);
            prop_assert_eq!(decide(&story.state, &ctx, day, day), decide(&pruned, &ctx, day, day));
        }
    }
}
