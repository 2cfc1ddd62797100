//! What holds for every person, whatever happens.

use super::*;
use crate::certlogic::tests::any_json;
use crate::facts::{Event, Events, Fact, Facts, discrepancies};
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

/// What lists bring beside cases and contacts.
fn any_list_entry() -> impl Strategy<Value = (RecordKind, i32)> {
    let stays =
        (0..DAYS, prop::option::of(0..9), any::<bool>()).prop_map(|(day, days, transit)| {
            let kind = RecordKind::Stay {
                region: region(),
                arrived: at(day),
                left: days.map(|days| at(day + days)),
                transit,
            };
            (kind, day + days.unwrap_or(3))
        });
    let tests = (any::<bool>(), 0..DAYS).prop_map(|(positive, day)| {
        let sampled = at(day);
        (RecordKind::Test { positive, sampled }, day)
    });
    let vaccinations = (0..DAYS, 1u8..4).prop_map(|(day, dose)| {
        let kind = RecordKind::Vaccination { day: at(day), dose };
        (kind, day)
    });
    prop_oneof![4 => stays, 2 => tests, 1 => vaccinations]
}

prop_compose! {
    /// A story in which records of every kind come in, and officers settle some of what differs.
    pub(super) fn any_recorded_story()(
        story in any_story(),
        entries in prop::collection::vec((any_list_entry(), 0..8), 0..4),
        negative in prop::option::of((0..DAYS, 0..DAYS)),
        settled in prop::option::of((2i64..8, 0..DAYS)),
        readings in prop::collection::vec((0..DAYS, 373u16..390), 0..3),
    ) -> Story {
        let mut story = story;
        for (number, (day, tenths)) in (6..).zip(readings) {
            let id = RecordId(number);
            story.state.gate.push(GateReading { id, day: at(day), tenths });
        }
        for (number, ((kind, day), later)) in (2..).zip(entries) {
            let mut record = record(kind, day + later);
            record.id = RecordId(number);
            story.state.records.push(record);
        }
        if let Some((told, sampled)) = negative
            && let Some(report) = story.state.reports.iter_mut().find(|r| r.day == at(told))
        {
            report.answers.changes.push(FactChange::Add(StandingFact::Test {
                result: TestResult::Negative,
                sampled: at(sampled),
            }));
        }
        story.state.settlements = settled.into_iter().map(|(record, day)| Settlement {
            record: RecordId(record), on: at(day), finding: Finding::BothRight,
        }).collect();
        story
    }
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

/// What was reported, and measured at the gate, up to `today`.
pub(super) fn until(state: &State, today: Day) -> State {
    let mut state = state.clone();
    state.reports.retain(|report| report.day <= today);
    state.gate.retain(|reading| reading.day <= today);
    state
}

/// What the gate measured on `day`.
fn measured(state: &State, day: Day) -> impl Iterator<Item = GateReading> {
    state
        .gate
        .iter()
        .copied()
        .filter(move |reading| reading.day == day)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_arrival_changes_nothing(
        story in any_recorded_story(), day in 0..DAYS, today in 0..DAYS, by in 0usize..4,
    ) {
        let mut turned = story.state.clone();
        turned.standing.reverse();
        turned.records.reverse();
        let by = by.min(turned.records.len());
        turned.records.rotate_left(by);
        turned.clearances.reverse();
        turned.settlements.reverse();
        turned.gate.reverse();
        story.with(|ctx| {
            let (day, today) = (at(day), at(today));
            prop_assert_eq!(decide(&story.state, ctx, day, today), decide(&turned, ctx, day, today));
            Ok(())
        })?;
    }

    #[test]
    fn what_arrives_twice_counts_once(story in any_recorded_story(), day in 0..DAYS, today in 0..DAYS) {
        let mut twice = story.state.clone();
        twice.records.extend(story.state.records.clone());
        twice.clearances.extend(story.state.clearances.clone());
        twice.settlements.extend(story.state.settlements.clone());
        twice.gate.extend(story.state.gate.clone());
        story.with(|ctx| {
            let (day, today) = (at(day), at(today));
            prop_assert_eq!(decide(&story.state, ctx, day, today), decide(&twice, ctx, day, today));
            Ok(())
        })?;
    }

    #[test]
    fn a_job_at_midnight_that_is_late_changes_nobodys_colour(story in any_recorded_story(), first in 0..DAYS) {
        story.with(|ctx| {
            // The job ran every night, every second, every sixth, and never.
            let start = until(&story.state, at(first));
            let mut lives = vec![(1, start.clone()), (2, start.clone()), (6, start.clone()), (99, start)];
            for shift in 0..14 {
                let today = at(first + shift);
                let mut decisions = Vec::new();
                for (every, state) in &mut lives {
                    if shift % *every == *every - 1 {
                        *state = prune(state, ctx, today);
                    }
                    if state.report_of(today).is_none() {
                        state.reports.extend(story.state.report_of(today).cloned());
                    }
                    state.gate.extend(measured(&story.state, today));
                    decisions.push(decide(state, ctx, today, today));
                }
                for decision in &decisions {
                    prop_assert_eq!(decision, &decisions[3]);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_row_kept_day_by_day_decides_like_one_rebuilt_from_all_facts(
        story in any_recorded_story(), today in 0..DAYS,
    ) {
        story.with(|ctx| {
            let mut kept = until(&story.state, at(-1));
            for day in (0..=today).map(at) {
                kept.reports.extend(story.state.report_of(day).cloned());
                kept.gate.extend(measured(&story.state, day));
                kept = prune(&kept, ctx, day);
            }
            let rebuilt = prune(&until(&story.state, at(today)), ctx, at(today));
            for day in [at(today), at(today + 1), at(today + 9)] {
                prop_assert_eq!(decide(&kept, ctx, day, at(today)), decide(&rebuilt, ctx, day, at(today)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_discrepancy_is_open_only_between_its_record_and_its_due_day(
        story in any_recorded_story(), today in 0..DAYS,
    ) {
        story.with(|ctx| {
            for found in discrepancies(&story.state, ctx, at(today)) {
                let records = story.state.records.iter().map(|r| (r.id, r.received));
                let readings = story.state.gate.iter().map(|r| (r.id, r.day));
                let known = records.chain(readings).filter(|(id, _)| *id == found.record);
                let received = known.map(|(_, day)| day).min().unwrap();
                prop_assert!(received <= found.opened && found.opened <= found.due);
                prop_assert!(found.opened < found.closes.on && found.closes.on <= found.due.next());
                prop_assert!(!found.days.is_empty() && found.days.is_sorted());
                let open = |state: &State, day| {
                    let facts = Facts::on(state, ctx, day, at(today));
                    facts.get(Fact::DiscrepancyOpen)
                };
                prop_assert!(open(&story.state, found.opened) >= 1);
                // Without the record there is nothing to differ from.
                let mut withdrawn = story.state.clone();
                withdrawn.records.retain(|record| record.id != found.record);
                withdrawn.gate.retain(|reading| reading.id != found.record);
                let left = discrepancies(&withdrawn, ctx, at(today));
                prop_assert!(left.iter().all(|other| other.record != found.record));
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_outlook_says_what_comes_true(story in any_recorded_story(), today in 0..DAYS) {
        let today = at(today);
        let state = until(&story.state, today);
        story.with(|ctx| {
            let now = decide(&state, ctx, today, today);
            let outlook = outlook(&state, ctx, today);
            prop_assert_eq!(outlook.code, now.code);
            let waits = outlook.changes.iter().any(|change| change.what == What::Report);
            prop_assert_eq!(waits, !now.reported);
            let mut worst = now.code;
            for change in &outlook.changes {
                prop_assert!(!change.text.zh.is_empty() && !change.text.en.is_empty());
                if change.what == What::Finding {
                    prop_assert!(change.to > now.code);
                    worst = worst.max(change.to);
                }
            }
            // Whatever the day's answers are, they bring no worse colour than was announced.
            for letter in "wnfFcsbtup".chars().filter(|_| !now.reported) {
                let mut reported = state.clone();
                reported.reports.push(report(today, answers(letter).unwrap()));
                let then = decide(&reported, ctx, today, today);
                prop_assert!(then.code <= worst || then.code == Code::Green, "{}: {:?}", letter, then.code);
                if let Some(well) = outlook.changes.iter().find(|c| c.what == What::Report)
                    && letter == 'w'
                {
                    prop_assert_eq!(well.to, then.code);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_date_in_the_outlook_holds_if_every_day_is_reported(
        mut story in any_recorded_story(), today in 0..DAYS,
    ) {
        let today = at(today);
        // Nothing that is not known yet, and no school whose gaps would speak.
        let mut state = until(&story.state, today);
        state.records.retain(|record| record.received <= today);
        state.clearances.retain(|clearance| clearance.date <= today);
        story.risk.areas.retain(|area| area.from <= today);
        story.calendar = no_school();
        story.with(|ctx| {
            // Forms and lists refuse what is yet to happen.
            let is_yet_to_happen = |event: &Event| event.first.max(event.last.unwrap_or(today)) > today;
            if Events::of(&state, ctx).iter().any(is_yet_to_happen) {
                return Ok(());
            }
            let outlook = outlook(&state, ctx, today);
            let Some(time) = outlook.changes.iter().find(|change| change.what == What::Time) else {
                return Ok(());
            };
            let then = time.on.unwrap();
            // A day that can still be filled in, and is not, makes the days count again.
            let restarts = i32::from(story.policy == Policy::Restart);
            let mut later = state.clone();
            for day in (-restarts..=then.since(today)).map(|shift| today.plus(shift)) {
                if later.report_of(day).is_none() {
                    later.reports.push(report(day, Answers::all_well()));
                    later.reports.sort_by_key(|report| report.day);
                }
            }
            prop_assert_eq!(decide(&later, ctx, then, then).code, time.to);
            Ok(())
        })?;
    }

    #[test]
    fn a_rule_that_errs_never_yields_green(story in any_recorded_story(), rule in 0usize..13, today in 0..DAYS) {
        let mut broken = document();
        broken.rules[rule].condition = serde_json::json!({">": [{"var": "today.reported"}, 1]});
        set(&mut broken, "missed_days", ParameterValue::Policy(story.policy));
        let books = [Rulebook::compile(broken).unwrap()];
        story.with(|ctx| {
            let ctx = Context { rulebooks: &books, ..*ctx };
            for day in (0..DAYS).step_by(7).map(at) {
                let decision = decide(&story.state, &ctx, day, at(today));
                prop_assert!(decision.code >= Code::Yellow);
            }
            Ok(())
        })?;
    }

    #[test]
    fn unknown_is_never_green(story in any_recorded_story(), today in 0..DAYS) {
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
    fn pruning_changes_no_decision_from_today_on(story in any_recorded_story(), today in 0..DAYS) {
        let today = at(today);
        let state = until(&story.state, today);
        story.with(|ctx| {
            let pruned = prune(&state, ctx, today);
            prop_assert_eq!(&prune(&pruned, ctx, today), &pruned);
            let mut later = story.state.clone();
            later.reports.retain(|report| report.day > today);
            later.gate.retain(|reading| reading.day > today);
            for shift in 0..12 {
                let now = today.plus(shift);
                let full = until(&story.state, now);
                let mut short = pruned.clone();
                let come = until(&later, now);
                short.reports.extend(come.reports);
                short.gate.extend(come.gate);
                for day in [now, now.plus(1), now.plus(9)] {
                    prop_assert_eq!(decide(&short, ctx, day, now), decide(&full, ctx, day, now));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_brief_is_the_decision_in_short(story in any_recorded_story(), today in 0..DAYS) {
        let mut broken = document();
        broken.rules[12].condition = serde_json::json!({">": [{"var": "today.reported"}, 1]});
        let broken = [Rulebook::compile(broken).unwrap()];
        story.with(|ctx| {
            for rulebooks in [ctx.rulebooks, &broken, &[]] {
                let ctx = Context { rulebooks, ..*ctx };
                for day in (0..DAYS).step_by(3).map(at) {
                    let decision = decide(&story.state, &ctx, day, at(today));
                    let brief = brief(&story.state, &ctx, day, at(today));
                    prop_assert_eq!((brief.code, brief.ends), (decision.code, decision.ends));
                    let principal = decision.principal();
                    let place = principal.filter(|reason| !reason.rule_id.is_empty()).map(|reason| {
                        let rules = &rulebooks[0].document().rules;
                        (0, rules.iter().position(|rule| rule.id == reason.rule_id).unwrap())
                    });
                    prop_assert_eq!(brief.principal, place);
                    let is_undecidable = principal.is_some_and(|reason| reason.code == UNDECIDABLE);
                    prop_assert_eq!(brief.is_undecidable, is_undecidable);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn lengthening_never_shortens(story in any_recorded_story(), more in 1i64..10, today in 0..DAYS) {
        let mut longer = document();
        for parameter in &mut longer.parameters {
            if let ParameterValue::Number(days) = &mut parameter.value
                && parameter.name.ends_with("_days")
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
    fn skipping_plain_days_changes_nothing(mut story in any_recorded_story(), today in 0..DAYS) {
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
