//! What holds for every person, whatever happens.

use super::*;
use crate::certlogic::tests::any_json;
use proptest::prelude::*;

pub(super) const DAYS: i32 = 40;

fn any_answers() -> impl Strategy<Value = Option<Answers>> {
    let letter = prop::sample::select("wwwwwwwwn....fcFsbp".chars().collect::<Vec<_>>());
    let change = prop::option::weighted(0.06, any_change());
    (letter, change).prop_map(|(letter, change)| {
        let mut answers = answers(letter)?;
        answers.changes.extend(change);
        Some(answers)
    })
}

fn any_fact() -> impl Strategy<Value = StandingFact> {
    prop_oneof![
        (any::<bool>(), any::<bool>(), 0..DAYS).prop_map(|(confirmed, home, last)| contact(
            if confirmed {
                CaseStatus::Confirmed
            } else {
                CaseStatus::Suspected
            },
            if home {
                ContactWho::Household
            } else {
                ContactWho::Other
            },
            last,
        )),
        (0..DAYS).prop_map(|since| StandingFact::Household {
            matter: HouseholdMatter::Isolating,
            since: at(since)
        }),
        (0..DAYS, prop::option::of(0..9), any::<bool>()).prop_map(|(arrived, days, transit)| stay(
            arrived,
            days.map(|d| arrived + d),
            transit
        )),
        (0..DAYS).prop_map(|sampled| StandingFact::Test {
            result: TestResult::Positive,
            sampled: at(sampled)
        }),
    ]
}

fn any_change() -> impl Strategy<Value = FactChange> {
    let id = (0..DAYS, 0u16..2).prop_map(|(day, index)| FactId {
        day: at(day),
        index,
    });
    prop_oneof![
        4 => any_fact().prop_map(FactChange::Add),
        1 => (id.clone(), 0..DAYS).prop_map(|(id, day)| FactChange::End(id, at(day))),
        1 => (id, any_fact()).prop_map(|(id, fact)| FactChange::Correct(id, fact)),
    ]
}

fn any_record() -> impl Strategy<Value = OfficialRecord> {
    (0..3, 0..DAYS, 0..8).prop_map(|(kind, day, later)| {
        let kind = match kind {
            0 => RecordKind::ConfirmedCase { sampled: at(day) },
            1 => RecordKind::CloseContact { last: at(day) },
            _ => RecordKind::ContactOfContact { last: at(day) },
        };
        record(kind, day + later)
    })
}

fn any_clearance() -> impl Strategy<Value = Clearance> {
    let reason = prop::sample::select(vec!["case", "symptoms", "symptoms_severe", "stay_high"]);
    (reason, 0..DAYS).prop_map(|(reason, day)| Clearance {
        reason: reason.to_owned(),
        date: at(day),
    })
}

prop_compose! {
    pub(super) fn any_story()(
        answers in prop::collection::vec(any_answers(), usize::try_from(DAYS).unwrap()),
        standing in prop::collection::vec((any_fact(), -20..0), 0..2),
        records in prop::collection::vec(any_record(), 0..3),
        clearances in prop::collection::vec(any_clearance(), 0..3),
        policy in prop::sample::select(vec![Policy::Pause, Policy::Restart, Policy::Ignore]),
        level in prop::sample::select(vec![RiskLevel::Medium, RiskLevel::High]),
        declared in 0..DAYS,
        school in any::<bool>(),
    ) -> Story {
        let mut story = Story::new("").policy(policy).area(area(level, declared));
        if school {
            story = story.school(&[]);
        }
        let days = (0..).map(at).zip(answers);
        story.state.reports = days.filter_map(|(day, a)| Some(report(day, a?))).collect();
        story.state.standing = standing.into_iter().enumerate().map(|(i, (fact, day))| Standing {
            id: FactId { day: at(day), index: u16::try_from(i).unwrap() }, fact, ended: None,
        }).collect();
        story.state.records = records;
        story.state.clearances = clearances;
        story
    }
}

/// What was reported up to `today`.
pub(super) fn until(state: &State, today: Day) -> State {
    let mut state = state.clone();
    state.reports.retain(|report| report.day <= today);
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_arrival_changes_nothing(story in any_story(), day in 0..DAYS, today in 0..DAYS) {
        let mut turned = story.state.clone();
        turned.standing.reverse();
        turned.records.reverse();
        turned.clearances.reverse();
        story.with(|ctx| {
            let (day, today) = (at(day), at(today));
            prop_assert_eq!(decide(&story.state, ctx, day, today), decide(&turned, ctx, day, today));
            Ok(())
        })?;
    }

    #[test]
    fn unknown_is_never_green(story in any_story(), today in 0..DAYS) {
        story.with(|ctx| {
            for offset in -3..DAYS {
                let decision = decide(&story.state, ctx, at(offset), at(today));
                let reported = story.state.report_of(at(offset)).is_some();
                prop_assert_eq!(decision.reported, reported);
                prop_assert!(decision.code != Code::Green || reported);
                prop_assert!(decision.code != Code::Grey || !reported);
                prop_assert_eq!(decision.code.is_flagged(), !decision.reasons.is_empty());
                prop_assert!(decision.ends.is_none_or(|ends| ends >= at(offset)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_worse_fact_never_gives_a_better_colour(
        mut story in any_story(), worse in any_record(), add in any_fact(), offset in 0..DAYS,
        today in 0..DAYS,
    ) {
        // A clearance names a reason: that of the milder illness says nothing about the worse one.
        story.state.clearances.clear();
        let mut variants = vec![story.state.clone(), story.state.clone()];
        variants[0].records.push(worse);
        variants[1].standing.push(Standing {
            id: FactId { day: at(-1), index: 9 }, fact: add, ended: None,
        });
        for letter in ['F', 'c', 'b'] {
            let ill = answers(letter).unwrap();
            let mut variant = story.state.clone();
            let mut reports = variant.reports.iter_mut();
            if let Some(report) = reports.find(|report| report.day == at(offset)) {
                report.answers.symptoms.0 |= ill.symptoms.0;
                if letter == 'F' {
                    report.answers.temperature = ill.temperature;
                }
                variants.push(variant);
            }
        }
        let mut refused = story.state.clone();
        if let Some(report) = refused.reports.iter_mut().find(|report| report.day == at(offset)) {
            report.answers.paper_refused = true;
            variants.push(refused);
        }
        story.with(|ctx| {
            for day in (0..DAYS).map(at) {
                let before = decide(&story.state, ctx, day, at(today)).code;
                for variant in &variants {
                    prop_assert!(decide(variant, ctx, day, at(today)).code >= before);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn pruning_changes_no_decision_from_today_on(story in any_story(), today in 0..DAYS) {
        let today = at(today);
        let state = until(&story.state, today);
        story.with(|ctx| {
            let pruned = prune(&state, ctx, today);
            prop_assert_eq!(&prune(&pruned, ctx, today), &pruned);
            let mut later = story.state.clone();
            later.reports.retain(|report| report.day > today);
            for shift in 0..12 {
                let now = today.plus(shift);
                let full = until(&story.state, now);
                let mut short = pruned.clone();
                short.reports.extend(until(&later, now).reports);
                for day in [now, now.plus(1), now.plus(9)] {
                    prop_assert_eq!(decide(&short, ctx, day, now), decide(&full, ctx, day, now));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn lengthening_never_shortens(story in any_story(), more in 1i64..10, today in 0..DAYS) {
        let mut longer = document();
        for parameter in &mut longer.parameters {
            if let ParameterValue::Number(days) = &mut parameter.value
                && parameter.name.ends_with("_days")
                && parameter.name != "late_limit_days"
            {
                *days += more;
            }
        }
        set(&mut longer, "missed_days", ParameterValue::Policy(story.policy));
        let books = [Rulebook::compile(longer).unwrap()];
        story.with(|ctx| {
            let stricter = Context { rulebooks: &books, ..*ctx };
            for day in (0..DAYS).map(at) {
                let before = decide(&story.state, ctx, day, at(today));
                let after = decide(&story.state, &stricter, day, at(today));
                prop_assert!(!weakens(&before, &after), "{before:#?}\n{after:#?}");
            }
            Ok(())
        })?;
    }

    #[test]
    fn skipping_plain_days_changes_nothing(mut story in any_story(), today in 0..DAYS) {
        // A rule that fires on every report, with a date that nobody has here: no day is plain, and
        // nothing follows.
        story.risk.areas.clear();
        let mut mixed = document();
        let mut idle = mixed.rules[0].clone();
        idle.id = "X-01".to_owned();
        idle.condition = serde_json::json!({"var": "today.reported"});
        idle.outcome.start = Some("stay.high.days_since_left".to_owned());
        mixed.rules.push(idle);
        set(&mut mixed, "missed_days", ParameterValue::Policy(story.policy));
        let books = [Rulebook::compile(mixed).unwrap()];
        assert!(books[0].mixes());
        story.with(|ctx| {
            let mixed = Context { rulebooks: &books, ..*ctx };
            for day in (0..DAYS).step_by(5).map(at) {
                let (a, b) = (
                    decide(&story.state, ctx, day, at(today)),
                    decide(&story.state, &mixed, day, at(today)),
                );
                prop_assert_eq!(a, b);
            }
            Ok(())
        })?;
    }

    #[test]
    fn any_json_as_a_condition_is_refused_or_decided(
        json in any_json(), rule in 0usize..13, story in any_story(),
    ) {
        let mut document = document();
        document.rules[rule].condition = json;
        if let Ok(book) = Rulebook::compile(document) {
            let books = [book];
            story.with(|ctx| {
                let ctx = Context { rulebooks: &books, ..*ctx };
                for day in (0..DAYS).step_by(9).map(at) {
                    let decision = decide(&story.state, &ctx, day, at(DAYS));
                    let trace = explain(&story.state, &ctx, day, at(DAYS));
                    let errs = trace.rules.iter().any(|rule| rule.on == day && rule.fired.is_err());
                    prop_assert!(decision.code != Code::Green || !errs);
                }
                Ok(())
            })?;
        }
    }
}
