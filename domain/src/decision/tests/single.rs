//! What a person can rely on beside the stories.

use super::*;
use serde_json::json;

#[test]
fn the_texts_of_a_reason_are_filled() {
    let story = Story::new("wws");
    let reason = &story.decide(2).reasons[0];
    assert_eq!(
        reason.text.zh,
        "9月3日 报告：体温 37.5 ℃、咳嗽。请就医并在家隔离，到 9月17日。"
    );
    assert_eq!(
        reason.text.en,
        "Reported on 3 Sep: 37.5 °C, cough. Please see a doctor and isolate at home until 17 Sep."
    );
    let story = Story::new("www")
        .area(area(RiskLevel::Medium, 0))
        .says(2, FactChange::Add(stay(0, Some(1), false)));
    let decision = story.decide(2);
    assert_eq!(
        decision.reasons[0].text.zh,
        "9月2日 从东岭市返回，那里是中风险地区。请在家观察，到 9月9日。"
    );
    assert_eq!(decision.reasons[0].known, Some(at(2)));
    for text in decision
        .reasons
        .iter()
        .flat_map(|r| r.next_steps.iter().chain([&r.text]))
    {
        assert!(!text.zh.contains('{') && !text.en.contains('{'), "{text:?}");
    }
}

#[test]
fn a_rule_that_errs_is_never_green() {
    for (condition, hold) in [
        (json!({">": [{"var": "today.reported"}, 1]}), "while_fired"),
        (json!({"in": [1, {"var": "today.reported"}]}), "isolation"),
    ] {
        let mut document = document();
        let rule = if hold == "isolation" {
            document
                .rules
                .iter_mut()
                .find(|rule| rule.id == "Y-04")
                .unwrap()
        } else {
            document
                .rules
                .iter_mut()
                .find(|rule| rule.id == "Y-07")
                .unwrap()
        };
        rule.condition = condition;
        let books = [Rulebook::compile(document).unwrap()];
        let story = Story::new("www");
        story.with(|ctx| {
            let ctx = Context {
                rulebooks: &books,
                ..*ctx
            };
            let decision = decide(&story.state, &ctx, at(2), at(2));
            assert_eq!(decision.code, Code::Yellow);
            assert_eq!(decision.reasons[0].code, UNDECIDABLE);
            assert_eq!(decision.reasons.len(), 1);
            let reason = &decision.reasons[0];
            let rule = if hold == "isolation" { "Y-04" } else { "Y-07" };
            assert_eq!(
                (
                    reason.rulebook_id.as_str(),
                    reason.rule_id.as_str(),
                    reason.rule_version
                ),
                ("cn-base", rule, 1)
            );
        });
    }
}

#[test]
fn rules_that_err_are_named_each_and_beside_the_isolations_they_began() {
    let fails = json!({">": [{"var": "today.reported"}, 1]});
    let mut document = document();
    for rule in &mut document.rules {
        if ["Y-04", "Y-05"].contains(&rule.id.as_str()) {
            // Whether anything is measured decides whether it has a result.
            rule.condition = json!({"if": [
                {"var": "today.measured"}, fails, {">": [{"var": "symptoms.listed_count"}, 0]},
            ]});
            rule.outcome.start = Some("today.reported".to_owned());
        }
    }
    let books = [Rulebook::compile(document).unwrap()];
    let story = Story::new("wcn");
    let decision = story.with(|ctx| {
        let rulebooks = &books;
        decide(&story.state, &Context { rulebooks, ..*ctx }, at(2), at(2))
    });
    let mut found: Vec<_> = decision
        .reasons
        .iter()
        .map(|reason| (reason.rule_id.as_str(), reason.code == UNDECIDABLE))
        .collect();
    found.sort_unstable();
    let expected = [
        ("Y-04", false),
        ("Y-04", true),
        ("Y-05", false),
        ("Y-05", true),
    ];
    assert_eq!(found, expected);
}

/// Decides about the story's last day where one rule has another condition.
fn with_condition(story: &Story, rule: &str, condition: serde_json::Value) -> Decision {
    let mut document = document();
    rule_of(&mut document, rule).condition = condition;
    let books = [Rulebook::compile(document).unwrap()];
    story.with(|ctx| {
        let rulebooks = &books;
        let today = at(story.last);
        decide(&story.state, &Context { rulebooks, ..*ctx }, today, today)
    })
}

#[test]
fn a_rule_that_errs_on_a_day_on_which_nothing_is_new_is_found() {
    let fails = json!({">": [{"var": "today.reported"}, 1]});
    let late = json!({"if": [
        {"<=": [5, {"var": "contact.close.days_since_last"}, 99]}, fails, false,
    ]});
    for (letters, code) in [("wwwww", Code::Green), ("wwwwww", Code::Yellow)] {
        let story = Story::new(letters).record(close(0, 1));
        assert_eq!(
            with_condition(&story, "R-03", late.clone()).code,
            code,
            "{letters}"
        );
    }
    let unreported = json!({"if": [{"var": "today.reported"}, false, fails]});
    for (letters, code) in [("ww", Code::Green), ("w.", Code::Yellow)] {
        let story = Story::new(letters);
        assert_eq!(
            with_condition(&story, "Y-04", unreported.clone()).code,
            code,
            "{letters}"
        );
    }
}

#[test]
fn a_rule_that_erred_hides_green_for_three_weeks() {
    let mut document = document();
    rule_of(&mut document, "Y-04").condition = json!({"if": [
        {"var": "today.measured"}, {">": [{"var": "today.reported"}, 1]}, false,
    ]});
    let books = [Rulebook::compile(document).unwrap()];
    let story = Story::new(&format!("wn{}", "w".repeat(22)));
    let codes = story.with(|ctx| {
        let rulebooks = &books;
        history(&story.state, &Context { rulebooks, ..*ctx }, at(23), 24)
    });
    let codes: String = codes
        .into_iter()
        .map(|(_, code, _)| code_letter(code))
        .collect();
    assert_eq!(codes, format!("G{}G", "Y".repeat(22)));
}

#[test]
fn a_rule_about_reports_and_events_together_sees_every_report() {
    let mut document = document();
    rule_of(&mut document, "R-03").condition = json!({"and": [
        {"var": "today.reported"}, {"<=": [{"var": "contact.close.days_since_last"}, 14]},
    ]});
    let books = [Rulebook::compile(document).unwrap()];
    assert!(books[0].mixes());
    let story = Story::new("w.w.").record(close(0, 1));
    story.with(|ctx| {
        let rulebooks = &books;
        let ctx = Context { rulebooks, ..*ctx };
        let decision = decide(&story.state, &ctx, at(3), at(3));
        assert_eq!(starts(&decision), [("R-03", Some(at(0)))]);
    });
}

#[test]
fn a_day_that_no_rulebook_judges_is_not_green() {
    let mut document = document();
    document.effective_from = at(1);
    document.retired = Some(at(3));
    let books = [Rulebook::compile(document).unwrap()];
    let story = Story::new("wwww");
    story.with(|ctx| {
        let ctx = Context {
            rulebooks: &books,
            ..*ctx
        };
        let codes = history(&story.state, &ctx, at(3), 4)
            .into_iter()
            .map(|(_, code, _)| code);
        assert_eq!(codes.map(code_letter).collect::<String>(), "YGGY");
    });
}

#[test]
fn an_open_isolation_keeps_the_rules_it_began_under() {
    let mut old = document();
    old.retired = Some(at(5));
    let mut new = document();
    new.effective_from = at(5);
    set(&mut new, "contact_close_days", ParameterValue::Number(20));
    let books = [
        Rulebook::compile(old).unwrap(),
        Rulebook::compile(new).unwrap(),
    ];
    let story = Story::new("wwwwwwww").record(close(1, 2));
    story.with(|ctx| {
        let ctx = Context {
            rulebooks: &books,
            ..*ctx
        };
        let decision = decide(&story.state, &ctx, at(7), at(7));
        assert_eq!((decision.reasons.len(), decision.ends), (1, Some(at(15))));
        assert_eq!(decision.rulebooks.len(), 1);
    });
}

#[test]
fn a_correction_weakens_only_when_something_is_lost() {
    let yellow = Story::new("wc").decide(1);
    let red = Story::new("ws").decide(1);
    let green = Story::new("ww").decide(1);
    let grey = Story::new("w.").decide(1);
    assert!(weakens(&yellow, &green) && weakens(&red, &yellow) && weakens(&red, &green));
    for (before, after) in [
        (&yellow, &yellow),
        (&yellow, &red),
        (&green, &yellow),
        (&grey, &green),
    ] {
        assert!(!weakens(before, after));
    }
    // A day sooner is less, a day later is not.
    let sooner = Story::new("cw").decide(1);
    assert!(weakens(&yellow, &sooner) && !weakens(&sooner, &yellow));
    // Another reason of the same colour does not stand in for the one that is dropped.
    let second = record(RecordKind::ContactOfContact { last: at(1) }, 1);
    let other = Story::new("ww").record(second).decide(1);
    assert_eq!((other.code, other.ends), (yellow.code, yellow.ends));
    assert!(weakens(&yellow, &other));
    let both = Story::new("wc").record(close(0, 1));
    let longer_contact = Story::new("ww").record(close(1, 1)).decide(1);
    assert!(
        !weakens(&both.decide(1), &longer_contact),
        "the correction brought a longer red"
    );
    let contact_only = Story::new("ww").record(close(0, 1)).decide(1);
    assert_eq!(both.decide(1).code, contact_only.code);
    assert!(
        weakens(&both.decide(1), &contact_only),
        "the cough is dropped behind the red"
    );
}

#[test]
fn all_well_waits_while_symptoms_are_open() {
    for (letters, offered) in [
        ("w", true),
        ("n", true),
        ("c", false),
        ("f", false),
        ("fw", true),
    ] {
        let story = Story::new(letters);
        let today = at(story.last + 1);
        let answer = story.with(|ctx| all_well_available(&story.state, ctx, today));
        assert_eq!(answer, offered, "{letters}");
    }
}

#[test]
fn all_well_looks_at_the_days_before_alone() {
    let well = |story: &Story| story.with(|ctx| all_well_available(&story.state, ctx, at(2)));
    // Neither what is reported today, nor what was measured today or before a later report.
    assert!(well(&Story::new("wwc")) && well(&Story::new("www")));
    for (day, offered) in [(0, true), (1, false), (2, true), (3, true)] {
        let mut story = Story::new("www");
        story.state.gate.push(measured(day, 374));
        assert_eq!(well(&story), offered, "{day}");
    }
}

#[test]
fn a_refusal_on_paper_says_so_and_is_never_green() {
    let decision = Story::new("wp").decide(1);
    assert_eq!((decision.code, decision.reported), (Code::Yellow, true));
    let reason = &decision.reasons[0];
    assert_eq!((reason.code.as_str(), reason.ends), ("paper_check", None));
    assert_eq!(reason.label.zh, "纸面查验未通过");
    assert_eq!(
        reason.text.en,
        "The school's paper check of 2 Sep was not passed. Please stay at home and observe that day."
    );
    assert!(weakens(&decision, &Story::new("ww").decide(1)));
}

#[test]
fn a_trace_shows_each_rule_with_what_it_read() {
    let story = Story::new("wwwww.").record(close(2, 5));
    let trace = story.with(|ctx| explain(&story.state, ctx, at(5), at(5)));
    assert_eq!(trace.rules.len(), document().rules.len());
    let fired: Vec<_> = trace
        .rules
        .iter()
        .filter(|rule| rule.fired == Ok(true))
        .collect();
    assert_eq!(fired.len(), 1);
    assert_eq!((&*fired[0].rule_id, fired[0].on), ("R-03", at(5)));
    let read = &fired[0].facts[0];
    assert_eq!(read.fact.path(), "contact.close.days_since_last");
    assert_eq!(read.value.to_string(), "3");
    assert_eq!(
        (read.start, read.source),
        (Some(at(2)), Some(Source::Official))
    );
    assert!(!fired[0].steps.is_empty());
    let lines: Vec<_> = trace.isolations[0]
        .lines
        .iter()
        .map(|line| line.text.en.as_str())
        .collect();
    assert_eq!(
        lines,
        [
            "4 Sep to 6 Sep: before it was known: counts, makes 3 of 14 days",
            "7 Sep to 17 Sep: to be reported, will make 14 of 14 days",
        ]
    );
}

#[test]
fn a_trace_tells_days_that_were_judged_alike_in_one_line() {
    let story = Story::new("cwww");
    let trace = story.with(|ctx| explain(&story.state, ctx, at(3), at(3)));
    let lines = trace.isolations[0].lines.iter();
    assert_eq!(
        lines.map(|line| line.text.en.as_str()).collect::<Vec<_>>(),
        [
            "2 Sep to 4 Sep: reported: counts, makes 3 of 7 days",
            "5 Sep to 8 Sep: to be reported, will make 7 of 7 days",
        ]
    );
}

#[test]
fn a_trace_shows_the_contact_that_speaks_and_not_a_later_one() {
    // The later contact became known late, so that its days counted without a report, and it ends sooner.
    let mut later = close(4, 9);
    later.id = RecordId(2);
    let story = Story::new("wwwwww....ww").record(close(2, 5)).record(later);
    assert_eq!(starts(&story.decide(11)), [("R-03", Some(at(2)))]);
    let trace = story.with(|ctx| explain(&story.state, ctx, at(11), at(11)));
    let rule = traced(&trace, "R-03");
    let read = &rule.facts[0];
    assert_eq!(
        (rule.on, read.start, read.known),
        (at(5), Some(at(2)), Some(at(5)))
    );
    assert_eq!(read.value.to_string(), "3");
}

#[test]
fn a_fact_of_every_kind_is_shown_for_a_day() {
    use crate::facts::{Fact, Facts, NONE_DAYS};
    let story = Story::new("wns").record(close(0, 1)).school(&[]);
    let facts = story.with(|ctx| Facts::on(&story.state, ctx, at(2), at(2)));
    assert_eq!(facts.get(Fact::TodayTemperature), 375);
    assert_eq!(facts.get(Fact::SymptomsListed), 1);
    assert_eq!(facts.get(Fact::ContactClose), 2);
    assert_eq!(facts.dated(Fact::ContactClose).unwrap().known, at(1));
    assert_eq!(facts.get(Fact::StayHigh), NONE_DAYS);
    assert_eq!(facts.get(Fact::GapsMissed), 0);
}

#[test]
fn a_fever_that_the_gate_has_confirmed_counts_like_a_reported_one() {
    for (tenths, code, days) in [(375, 'Y', 7), (381, 'R', 14)] {
        let mut story = Story::new("www");
        story.state.gate.push(measured(2, tenths));
        let decision = story.decide(2);
        assert_eq!(code_letter(decision.code), code, "{tenths}");
        let mut at_the_gate = decision.reasons.iter().filter(|r| r.source == Source::Gate);
        let reason = at_the_gate.next().unwrap();
        assert_eq!(reason.days, days);
        assert_eq!(reason.start, Some(at(2)));
        assert!(
            reason
                .text
                .zh
                .contains(if tenths == 375 { "37.5" } else { "38.1" })
        );
        // A day without a report is no different.
        let mut unreported = Story::new("ww.");
        unreported.state.gate.push(measured(2, tenths));
        assert_eq!(code_letter(unreported.decide(2).code), code);
        assert!(!unreported.decide(2).reported);
    }
}

#[test]
fn a_listed_symptom_and_a_fever_at_the_gate_together_are_severe() {
    let mut story = Story::new("wwc");
    assert_eq!(story.decide(2).code, Code::Yellow);
    story.state.gate.push(measured(2, 374));
    assert_eq!(story.decide(2).code, Code::Red);
}

#[test]
fn a_report_that_says_otherwise_than_the_gate_is_a_discrepancy() {
    use crate::facts::{DiscrepancyKind, discrepancies};
    let mut story = Story::new("wnw");
    story.state.gate.push(measured(1, 380));
    let found = story.with(|ctx| discrepancies(&story.state, ctx, at(2)));
    let [found] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(found.kind, DiscrepancyKind::GateTemperature);
    assert_eq!(found.tenths, Some((380, Some(365))));
    assert_eq!((found.opened, found.is_open(at(1))), (at(1), true));
    let reasons = story.decide(1).reasons;
    assert!(reasons.iter().any(|reason| reason.code == "discrepancy"));
    // An officer settles it; a report that is corrected denies nothing any more.
    story.state.settlements.push(Settlement {
        record: RecordId(7),
        on: at(2),
        finding: Finding::RecordRight,
    });
    let open = |story: &Story| {
        let found = story.with(|ctx| discrepancies(&story.state, ctx, at(2)));
        found.iter().filter(|found| found.is_open(at(2))).count()
    };
    assert_eq!(open(&story), 0);
    story.state.settlements.clear();
    assert_eq!(open(&story), 1);
    story.state.reports[1].answers.temperature = Temperature::Tenths(378);
    assert_eq!(open(&story), 0);
}

#[test]
fn one_click_is_off_on_the_day_after_a_fever_at_the_gate() {
    let mut story = Story::new("ww");
    let well = |story: &Story| story.with(|ctx| all_well_available(&story.state, ctx, at(2)));
    assert!(well(&story));
    story.state.gate.push(measured(1, 374));
    assert!(!well(&story));
}

#[test]
fn reports_of_three_weeks_are_kept_to_the_day() {
    let story = Story::new(&"w".repeat(30));
    let pruned = story.with(|ctx| prune(&story.state, ctx, at(29)));
    assert_eq!(pruned.reports[0].day, at(8));
    assert_eq!(pruned.settled_before, at(8));
}

#[test]
fn an_isolation_ends_for_the_events_that_began_it_and_for_no_others() {
    use crate::decision::{Cause, isolation_end};
    use crate::facts::Events;
    let story = Story::new("wwwwwwww").record(close(2, 5));
    story.with(|ctx| {
        let events = Events::of(&story.state, ctx);
        let own: Vec<_> = events.iter().cloned().collect();
        let end = |own| isolation_end(&story.state, ctx, &events, Cause::Events(own), at(7));
        assert_eq!(end(&own), Some(at(16)));
        assert_eq!(end(&[]), None);
    });
}

#[test]
fn each_of_two_contacts_has_the_end_of_its_own_isolation() {
    use crate::decision::{Cause, isolation_end};
    use crate::facts::Events;
    let mut later = close(4, 6);
    later.id = RecordId(2);
    let story = Story::new("wwwwwwww").record(close(2, 5)).record(later);
    story.with(|ctx| {
        let events = Events::of(&story.state, ctx);
        let ends = events.iter().map(|event| {
            let own = std::slice::from_ref(event);
            isolation_end(&story.state, ctx, &events, Cause::Events(own), at(7))
        });
        assert_eq!(ends.collect::<Vec<_>>(), [Some(at(16)), Some(at(18))]);
    });
}

#[test]
fn an_isolation_ends_for_the_day_whose_report_began_it() {
    use crate::decision::{Cause, isolation_end};
    use crate::facts::Events;
    let story = Story::new("wcwwww").record(close(2, 5));
    story.with(|ctx| {
        let events = Events::of(&story.state, ctx);
        let end = |day| isolation_end(&story.state, ctx, &events, Cause::Day(at(day)), at(5));
        assert_eq!((end(1), end(0)), (Some(at(8)), None));
        assert_eq!(end(2), None, "it began by a record of that day");
    });
}

/// Decides about the story's last day under two rulebooks, one after the other or beside each other.
fn under(story: &Story, books: [Document; 2]) -> Decision {
    let books = books.map(|document| Rulebook::compile(document).unwrap());
    story.with(|ctx| {
        let ctx = Context {
            rulebooks: &books,
            ..*ctx
        };
        decide(&story.state, &ctx, at(story.last), at(story.last))
    })
}

/// A version up to day 4 of the story, and one from day 5 on.
fn versions(change: impl FnOnce(&mut Document)) -> [Document; 2] {
    let (mut old, mut new) = (document(), document());
    (old.retired, new.effective_from) = (Some(at(5)), at(5));
    change(&mut new);
    [old, new]
}

fn starts(decision: &Decision) -> Vec<(&str, Option<Day>)> {
    let reasons = decision.reasons.iter();
    reasons
        .map(|reason| (reason.rule_id.as_str(), reason.start))
        .collect()
}

#[test]
fn a_rule_gives_one_reason_whatever_version_its_isolations_began_under() {
    let decision = under(&Story::new("wwwcwwcw"), versions(|_| {}));
    assert_eq!(starts(&decision), [("Y-04", Some(at(6)))]);
    // Another rule of the same rulebook speaks for itself.
    let story =
        Story::new("wwwcwwww").record(record(RecordKind::ContactOfContact { last: at(5) }, 6));
    let decision = under(&story, versions(|_| {}));
    assert_eq!(
        starts(&decision),
        [("Y-01", Some(at(5))), ("Y-04", Some(at(3)))]
    );
}

#[test]
fn a_rule_whose_colour_changed_gives_a_reason_of_each_colour() {
    let redder = versions(|new| {
        rule_of(new, "Y-04").outcome.colour = crate::Colour::Red;
        set(new, "symptoms_days", ParameterValue::Number(2));
    });
    let decision = under(&Story::new("wwwcwwcw"), redder);
    assert_eq!((decision.code, decision.ends), (Code::Red, Some(at(8))));
    assert_eq!(decision.then, Some((Code::Yellow, at(10))));
}

#[test]
fn rules_of_one_name_in_two_rulebooks_are_two() {
    let (national, mut district) = (document(), document());
    district.id = "district".to_owned();
    let decision = under(&Story::new("wc"), [national, district]);
    let books: Vec<_> = decision.reasons.iter().map(|r| &r.rulebook_id).collect();
    assert_eq!(books, ["cn-base", "district"]);
}

#[test]
fn what_is_over_stays_over_when_its_reports_are_dropped() {
    let letters = format!("{}{}", "w".repeat(16), ".".repeat(24));
    let story = Story::new(&letters).record(close(0, 1));
    let today = at(story.last);
    story.with(|ctx| {
        let pruned = prune(&story.state, ctx, today);
        assert_eq!(pruned.reports, [], "none of the days that counted is left");
        assert_eq!(decide(&pruned, ctx, today, today).reasons, []);
    });
}

#[test]
fn an_isolation_that_runs_since_the_first_day_kept_goes_on() {
    let letters = format!("{}c{}", "w".repeat(8), ".".repeat(21));
    let story = Story::new(&letters);
    let today = at(story.last);
    story.with(|ctx| {
        let pruned = prune(&story.state, ctx, today);
        assert_eq!((pruned.reports.len(), pruned.settled_before), (1, at(8)));
        let decision = decide(&pruned, ctx, today, today);
        assert_eq!(decision.code, Code::Yellow);
        assert_eq!(decision, decide(&story.state, ctx, today, today));
    });
}

#[test]
fn what_was_left_out_long_ago_is_not_held_against_a_family_anew() {
    let transit = |arrived, left: Option<i32>| RecordKind::Stay {
        region: region(),
        arrived: at(arrived),
        left: left.map(at),
        transit: true,
    };
    // Known since day 12 and left out before, so open until day 15; a later report states other dates.
    for said in 13..40 {
        let story = Story::new(&"w".repeat(44))
            .record(record(transit(4, None), 12))
            .says(said, FactChange::Add(stay(6, Some(7), true)));
        story.with(|ctx| {
            let mut kept = story.state.clone();
            kept.reports.clear();
            for today in (0..=story.last).map(at) {
                kept.reports.extend(story.state.report_of(today).cloned());
                kept = prune(&kept, ctx, today);
                let code = decide(&kept, ctx, today, today).code;
                let is_open = (at(12)..=at(15)).contains(&today);
                let expected = if is_open { Code::Yellow } else { Code::Green };
                assert_eq!(code, expected, "said on {said}, {today}");
            }
            assert!(kept.reports.len() <= 22, "and is dropped at last");
        });
    }
}

#[test]
fn what_the_gate_measured_is_kept_as_long_as_the_reports() {
    let mut story = Story::new(&"w".repeat(30));
    story.state.gate = vec![measured(0, 374), measured(8, 374)];
    let pruned = story.with(|ctx| prune(&story.state, ctx, at(29)));
    assert_eq!(pruned.gate, [measured(8, 374)]);
}

#[test]
fn a_clearance_ends_what_it_names_and_what_began_before_it() {
    for (reason, day, code) in [
        ("symptoms", 2, Code::Green),
        ("symptoms", 1, Code::Green),
        ("symptoms", 0, Code::Yellow),
        ("symptoms_severe", 2, Code::Yellow),
    ] {
        let story = Story::new("wcww").cleared(reason, day);
        assert_eq!(story.decide(3).code, code, "{reason} {day}");
    }
}

#[test]
fn nothing_is_dropped_where_nothing_is_old() {
    let story = Story::new("wcwww");
    let pruned = story.with(|ctx| prune(&story.state, ctx, at(4)));
    assert_eq!(pruned, story.state);
}

#[test]
fn only_what_lasts_until_a_clearance_needs_one() {
    assert!(!Story::new("wc").decide(1).needs_clearance());
    let mut document = document();
    rule_of(&mut document, "Y-01").outcome.clearance = ClearanceMode::Must;
    let books = [Rulebook::compile(document).unwrap()];
    let second = record(RecordKind::ContactOfContact { last: at(0) }, 1);
    for (story, needs) in [
        (Story::new("ww").record(second.clone()), true),
        // The milder one is over before the red is, or is cleared meanwhile.
        (Story::new("ww").record(second).record(close(0, 1)), false),
    ] {
        let decision = story.with(|ctx| {
            let rulebooks = &books;
            decide(&story.state, &Context { rulebooks, ..*ctx }, at(1), at(1))
        });
        assert_eq!(decision.needs_clearance(), needs, "{:?}", decision.code);
    }
}

#[test]
fn every_word_that_a_text_asks_for_is_filled_in() {
    let mut document = document();
    let asks = "{start}|{until}|{temperature}|{threshold}|{symptoms}|{findings}|{place}";
    for rule in document.rules.iter_mut().filter(|rule| rule.id == "Y-04") {
        rule.text = Text::new(asks, asks);
    }
    let books = [Rulebook::compile(document).unwrap()];
    let table = [
        (ill(None, &[1]), "not measured|37.3 °C|cough|cough"),
        (ill(Some(372), &[1]), "37.2 °C|37.3 °C|cough|cough"),
        (ill(Some(373), &[]), "37.3 °C|37.3 °C|no symptoms|37.3 °C"),
        (ill(Some(379), &[0]), "37.9 °C|37.3 °C|fever|37.9 °C, fever"),
        (
            ill(None, &[40]),
            "not measured|37.3 °C|symptom 40|symptom 40",
        ),
    ];
    for (answers, expected) in table {
        let mut story = Story::new("ww");
        story.state.reports[1].answers = answers;
        let decision = story.with(|ctx| {
            let rulebooks = &books;
            decide(&story.state, &Context { rulebooks, ..*ctx }, at(1), at(1))
        });
        let expected = format!("2 Sep|9 Sep|{expected}|a risk area");
        assert_eq!(decision.reasons[0].text.en, expected);
    }
}

#[test]
fn what_one_rulebook_calls_severe_no_other_explains_away_as_fever() {
    use crate::facts::{Fact, Facts};
    let (national, mut district) = (document(), document());
    district.id = "district".to_owned();
    for symptom in district.symptoms.iter_mut().filter(|s| s.number == 0) {
        (symptom.severe, symptom.fever) = (true, false);
    }
    let books = [national, district].map(|document| Rulebook::compile(document).unwrap());
    let mut story = Story::new("t");
    let symptoms = |story: &Story, rulebooks| {
        let facts =
            story.with(|ctx| Facts::on(&story.state, &Context { rulebooks, ..*ctx }, at(0), at(0)));
        [
            Fact::SymptomsListed,
            Fact::SymptomsSevere,
            Fact::SymptomsFever,
        ]
        .map(|fact| facts.get(fact))
    };
    assert_eq!(symptoms(&story, &books[..1]), [0, 0, 1]);
    assert_eq!(symptoms(&story, &books), [1, 1, 0]);
    story.state.reports[0].answers = ill(None, &[1, 8]);
    assert_eq!(symptoms(&story, &books), [2, 1, 0]);
}

#[test]
fn a_rule_that_errs_only_days_after_something_is_over_is_not_green_then() {
    let mut document = document();
    let days = json!({"var": "stay.medium.days_since_left"});
    // From the ninth day on it asks whether a number is in a number.
    rule_of(&mut document, "Y-04").condition =
        json!({"if": [{"<": [8, days, 99]}, {"in": [1, days]}, false]});
    let books = [Rulebook::compile(document).unwrap()];
    let story = Story::new("wwwwwwwwww.")
        .area(area(RiskLevel::Medium, 0))
        .says(1, FactChange::Add(stay(0, Some(1), false)));
    story.with(|ctx| {
        let rulebooks = &books;
        let ctx = Context { rulebooks, ..*ctx };
        let decided = |day| decide(&story.state, &ctx, at(day), at(day));
        assert_eq!(decided(9).code, Code::Green);
        assert_eq!(decided(10).reasons[0].code, UNDECIDABLE);
    });
}
