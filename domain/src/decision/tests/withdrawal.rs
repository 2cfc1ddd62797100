//! What stays when consent is withdrawn.

use super::properties::{DAYS, any_recorded_story, any_story, until};
use super::*;
use crate::facts::{Event, Events, discrepancies};
use proptest::prelude::*;

/// The story from the last day on, without answers.
fn withdrawn(mut story: Story) -> Story {
    story.state = story.with(|ctx| withdraw(&story.state, ctx, at(story.last)));
    story
}

/// The story goes on.
fn then(mut story: Story, letters: &str) -> Story {
    for letter in letters.chars() {
        story.last += 1;
        let day = at(story.last);
        let reports = answers(letter).map(|answers| report(day, answers));
        story.state.reports.extend(reports);
    }
    story
}

/// The first day of which a fact speaks.
fn began(fact: &StandingFact) -> Day {
    match *fact {
        StandingFact::Stay { arrived, .. } => arrived,
        StandingFact::Household { since, .. } => since,
        StandingFact::Contact { last, .. } => last,
        StandingFact::Test { sampled, .. } => sampled,
    }
}

/// All but the words, which tell answers.
fn wordless(mut decision: Decision) -> Decision {
    for reason in &mut decision.reasons {
        reason.text = Text::default();
    }
    decision
}

#[test]
fn withdrawal_during_red_keeps_the_red_and_its_dates() {
    let story = || Story::new("wsww");
    let before = story().decide(3);
    let after = withdrawn(story()).decide(3);
    assert_eq!((after.code, after.ends), (Code::Red, Some(at(15))));
    assert_eq!(wordless(after.clone()), wordless(before));
    assert_eq!(
        after.reasons[0].text.zh,
        "9月2日 报告：不舒服。请就医并在家隔离，到 9月16日。"
    );
    // Counting goes on with paper checks, missed days and all.
    assert_eq!(
        then(withdrawn(story()), "ww..wwwwwwwwwwwp").codes(),
        "GRRRRRRRRRRRRRRRRRGY"
    );
    let trace = withdrawn(story());
    let trace = trace.with(|ctx| explain(&trace.state, ctx, at(3), at(3)));
    let rule = traced(&trace, "R-05");
    assert_eq!((rule.on, &rule.fired), (at(1), &Ok(true)));
    assert!(rule.facts.is_empty() && rule.steps.is_empty());
    assert_eq!(trace.isolations[0].ends, Some(at(15)));
}

#[test]
fn a_clearance_ends_a_kept_isolation() {
    let story = then(withdrawn(Story::new("cw")), "www").cleared("symptoms", 3);
    assert_eq!(story.codes(), "YYYGG");
}

#[test]
fn all_well_is_free_again_after_withdrawal() {
    let story = withdrawn(Story::new("wc"));
    assert!(story.with(|ctx| all_well_available(&story.state, ctx, at(2))));
}

#[test]
fn a_refusal_on_paper_is_no_online_answer() {
    let story = withdrawn(Story::new("wp"));
    assert!(story.state.reports[1].answers.paper_refused);
    assert_eq!(story.state.kept, []);
    assert_eq!(story.codes(), "GY");
}

#[test]
fn what_goes_on_is_over_on_the_day_of_withdrawal() {
    let high = area(RiskLevel::High, 0);
    let story = Story::new("www")
        .area(high)
        .says(1, FactChange::Add(stay(1, None, false)));
    let story = withdrawn(story);
    assert_eq!(story.decide(2).ends, Some(at(16)));
    let story = then(story, "wwwwwwwwwwwwwww");
    assert_eq!(story.codes(), "GRRRRRRRRRRRRRRRRG");
}

#[test]
fn what_is_over_is_not_kept_and_what_was_kept_is_dropped_when_it_is() {
    let over = withdrawn(Story::new("cwwwwwwwwwwwww"));
    assert_eq!(over.state.kept, []);
    let mut story = then(withdrawn(Story::new("cw")), &"w".repeat(6 + 21));
    for (later, kept) in [(0, 1), (1, 0)] {
        story = then(story, &"w".repeat(later));
        let pruned = story.with(|ctx| prune(&story.state, ctx, at(story.last)));
        assert_eq!(pruned.kept.len(), kept);
    }
}

#[test]
fn what_a_record_began_need_not_be_kept() {
    let story = withdrawn(Story::new("www").record(close(0, 1)));
    assert_eq!(story.state.kept, []);
    assert_eq!(story.decide(2).code, Code::Red);
}

#[test]
fn what_ended_yesterday_is_kept_while_a_day_of_it_can_still_be_missed() {
    // Day 7 is the last one; it is over on day 8, unless nobody reports day 7.
    for (letters, kept) in [("cwwwwwww", 1), ("cwwwwwwww", 1), ("cwwwwwwwww", 0)] {
        assert_eq!(
            withdrawn(Story::new(letters)).state.kept.len(),
            kept,
            "{letters}"
        );
    }
}

#[test]
fn a_rule_that_erred_on_answers_is_forgotten_with_them() {
    let mut document = document();
    rule_of(&mut document, "Y-08").condition = serde_json::json!({"if": [
        {"var": "today.measured"}, {">": [{"var": "today.reported"}, 1]}, false,
    ]});
    let books = [Rulebook::compile(document).unwrap()];
    let story = Story::new("wn");
    story.with(|ctx| {
        let rulebooks = &books;
        let ctx = Context { rulebooks, ..*ctx };
        assert_eq!(decide(&story.state, &ctx, at(1), at(1)).code, Code::Yellow);
        assert_eq!(withdraw(&story.state, &ctx, at(1)).kept, []);
    });
}

#[test]
fn a_kept_colour_of_a_day_is_dropped_after_three_weeks() {
    let books = [Rulebook::compile(measuring()).unwrap()];
    let story = Story::new("wnn");
    story.with(|ctx| {
        let rulebooks = &books;
        let ctx = Context { rulebooks, ..*ctx };
        let left = withdraw(&story.state, &ctx, at(2));
        let kept = |today| prune(&left, &ctx, at(today)).kept.len();
        assert_eq!((left.kept.len(), kept(23), kept(24)), (1, 1, 0));
    });
}

#[test]
fn no_answer_remains_in_what_is_stored() {
    let mut story = Story::new("wswww")
        .area(area(RiskLevel::High, 0))
        .says(2, FactChange::Add(stay(1, Some(2), false)))
        .says(
            3,
            FactChange::Add(contact(CaseStatus::Confirmed, ContactWho::Household, 3)),
        );
    let said = &mut story.state.reports[1].answers;
    said.symptoms_since = Some(at(-3));
    said.note = "外婆家".to_owned();
    let json = serde_json::to_string(&withdrawn(story).state).unwrap();
    for word in [
        "375", "外婆", "440305", "东岭", "Stay", "Contact", "Tenths", "18503",
    ] {
        assert!(!json.contains(word), "{word} in {json}");
    }
    assert_eq!(
        at(-3),
        Day(18503),
        "the day since when, as it would be stored"
    );
    assert_eq!(json.matches(r#""rule_id":"#).count(), 3, "{json}");
}

#[test]
fn a_kept_isolation_has_the_colour_of_the_version_it_began_under() {
    let (mut old, mut new) = (document(), document());
    (old.retired, new.effective_from) = (Some(at(2)), at(2));
    new.version = "2.0.0".parse().unwrap();
    for rule in new.rules.iter_mut().filter(|rule| rule.id == "Y-04") {
        rule.outcome.colour = crate::Colour::Red;
    }
    let books = [old, new].map(|document| Rulebook::compile(document).unwrap());
    let story = Story::new("cww");
    story.with(|ctx| {
        let rulebooks = &books;
        let ctx = Context { rulebooks, ..*ctx };
        let left = withdraw(&story.state, &ctx, at(1));
        assert_eq!(decide(&left, &ctx, at(2), at(2)).code, Code::Yellow);
        // Of a version that is gone, the latest that has the rule speaks.
        let ctx = Context {
            rulebooks: &books[1..],
            ..ctx
        };
        assert_eq!(decide(&left, &ctx, at(2), at(2)).code, Code::Red);
    });
}

/// The shipped rules with a paper check that looks at the temperature of the day.
fn measuring() -> Document {
    let mut document = document();
    rule_of(&mut document, "Y-08").condition =
        serde_json::json!({">=": [{"var": "today.temperature_tenths"}, 365]});
    document
}

#[test]
fn a_colour_of_the_day_itself_is_kept_for_that_day() {
    let books = [Rulebook::compile(measuring()).unwrap()];
    let story = Story::new("wnn");
    let letters = story.with(|ctx| {
        let ctx = Context {
            rulebooks: &books,
            ..*ctx
        };
        let mut left = withdraw(&story.state, &ctx, at(2));
        left.reports.push(report(at(3), Answers::all_well()));
        let reasons = decide(&left, &ctx, at(2), at(3)).reasons;
        let rules: Vec<_> = reasons.iter().map(|reason| &reason.rule_id).collect();
        assert_eq!(rules, ["Y-08"]);
        let history = history(&left, &ctx, at(3), 4);
        history
            .into_iter()
            .map(|(_, code, _)| code_letter(code))
            .collect::<String>()
    });
    assert_eq!(letters, "GGYG");
}

#[test]
fn a_kept_colour_of_a_day_without_its_rule_is_not_green_on_that_day() {
    let mut other = document();
    other.rules.retain(|rule| rule.id != "Y-08");
    let [before, after] = [measuring(), other].map(|d| [Rulebook::compile(d).unwrap()]);
    let story = Story::new("wnn");
    let letters = story.with(|ctx| {
        let under = |rulebooks| Context { rulebooks, ..*ctx };
        let mut left = withdraw(&story.state, &under(&before), at(2));
        left.reports.push(report(at(3), Answers::all_well()));
        let history = history(&left, &under(&after), at(3), 4);
        let codes = history.into_iter().map(|(_, code, _)| code_letter(code));
        codes.collect::<String>()
    });
    assert_eq!(letters, "GGYG");
}

#[test]
fn a_kept_reason_without_its_rule_is_not_green() {
    let story = withdrawn(Story::new("wsw"));
    let mut other = document();
    other.rules.retain(|rule| rule.id != "R-05");
    let books = [Rulebook::compile(other).unwrap()];
    story.with(|ctx| {
        let ctx = Context {
            rulebooks: &books,
            ..*ctx
        };
        let decision = decide(&story.state, &ctx, at(2), at(2));
        assert_eq!(decision.code, Code::Yellow);
        assert_eq!(decision.reasons[0].code, UNDECIDABLE);
    });
}

#[test]
fn what_answers_kept_from_starting_does_not_start_without_them() {
    // Fever at the gate and a cough reported: the severe rule, whose clearance is accepted on day 3.
    let mut story = Story::new("wcww").cleared("symptoms_severe", 3);
    story.state.gate.push(measured(1, 374));
    let mut left = story.clone();
    left.state = story.with(|ctx| withdraw(&until(&story.state, at(1)), ctx, at(1)));
    left.last = 1;
    let left = then(left, "ww");
    assert_eq!([story.codes(), left.codes()], ["GRRG", "GRRG"]);
    let trace = left.with(|ctx| explain(&left.state, ctx, at(1), at(3)));
    let mild = traced(&trace, "Y-04");
    assert_eq!((&mild.fired, mild.facts.len()), (&Ok(false), 0));
    // As long as it could colour a day, and no longer.
    let left = then(left, &"w".repeat(28));
    for (today, kept) in [(8 + 21, true), (9 + 21, false)] {
        let pruned = left.with(|ctx| prune(&left.state, ctx, at(today)));
        let denied = |kept: &KeptReason| matches!(kept.hold, KeptHold::NoIsolation(_));
        assert_eq!(pruned.kept.iter().any(denied), kept, "{today}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn withdrawal_changes_no_decision_from_its_day_on(story in any_story(), today in 0..DAYS) {
        let today = at(today);
        let state = until(&story.state, today);
        // What goes on ends on the day of withdrawal; the days to come do not speak of destroyed facts.
        let mut ended = state.clone();
        let mut facts = crate::facts::standing(&state);
        for fact in &mut facts {
            let goes_on = match fact.fact {
                StandingFact::Stay { left, .. } => fact.ended.or(left).is_none_or(|end| end > today),
                _ => fact.ended.is_none_or(|end| end > today),
            };
            if goes_on {
                fact.ended = Some(today);
            }
        }
        ended.standing = facts;
        for report in &mut ended.reports {
            report.answers.changes.clear();
        }
        let mut later = story.state.clone();
        later.reports.retain(|report| report.day > today);
        for report in &mut later.reports {
            report.answers.changes.retain(|change| match change {
                FactChange::Add(_) => true,
                FactChange::End(id, _) | FactChange::Correct(id, _) => id.day > today,
            });
        }
        let yesterday = report(today.plus(-1), Answers::all_well());
        story.with(|ctx| {
            let left = withdraw(&state, ctx, today);
            prop_assert_eq!(&withdraw(&left, ctx, today), &left);
            prop_assert!(left.standing.is_empty());
            for report in &left.reports {
                let check = [Answers::all_well(), Answers::paper_refused()];
                prop_assert!(check.contains(&report.answers));
            }
            prop_assert_eq!(
                wordless(decide(&left, ctx, today, today)),
                wordless(decide(&state, ctx, today, today)),
            );
            let pruned = prune(&left, ctx, today);
            prop_assert_eq!(&prune(&pruned, ctx, today), &pruned);
            for shift in 0..12 {
                let now = today.plus(shift);
                let come = until(&later, now).reports;
                let on = |state: &State, filled_in: bool| {
                    let mut state = state.clone();
                    if filled_in && state.report_of(yesterday.day).is_none() {
                        state.reports.push(yesterday.clone());
                        state.reports.sort_by_key(|report| report.day);
                    }
                    state.reports.extend(come.clone());
                    state
                };
                for filled_in in [false, true] {
                    for day in [now, now.plus(1), now.plus(9)] {
                        let full = wordless(decide(&on(&ended, filled_in), ctx, day, now));
                        for left in [&left, &pruned] {
                            let left = decide(&on(left, filled_in), ctx, day, now);
                            prop_assert_eq!(wordless(left), full.clone());
                        }
                    }
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn records_and_what_differed_from_them_outlive_the_answers(
        story in any_recorded_story(), today in 0..DAYS,
    ) {
        let today = at(today);
        let mut state = until(&story.state, today);
        state.records.retain(|record| record.received <= today);
        story.with(|ctx| {
            let goes_on = |event: &Event| event.last.is_none_or(|last| last > today);
            // Forms refuse what is yet to happen.
            let told = crate::facts::standing(&state);
            let is_yet_to_happen = told.iter().any(|standing| began(&standing.fact) > today);
            if is_yet_to_happen || Events::of(&state, ctx).iter().any(goes_on) {
                return Ok(());
            }
            let left = withdraw(&state, ctx, today);
            let numbers = |state: &State| state.records.iter().map(|r| r.id).collect::<Vec<_>>();
            prop_assert_eq!(numbers(&left), numbers(&state));
            prop_assert_eq!(discrepancies(&left, ctx, today), []);
            for shift in 0..12 {
                let now = today.plus(shift);
                let on = |state: &State| {
                    let mut state = state.clone();
                    // Checks on paper, and now and then none.
                    let days = (1..=shift).filter(|day| day % 5 != 0).map(|day| today.plus(day));
                    state.reports.extend(days.map(|day| report(day, Answers::all_well())));
                    let decision = decide(&state, ctx, now, now);
                    (decision.code, decision.ends, decision.then)
                };
                prop_assert_eq!(on(&left), on(&state), "{}", shift);
            }
            Ok(())
        })?;
    }
}
