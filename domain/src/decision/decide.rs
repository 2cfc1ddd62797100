//! Facts and rulebooks in, decision out.

use super::model::{ClearanceMode, Decision, Reason, Source};
use super::trigger::{Trigger, Triggers, rank};
use super::words::Words;
use super::{Context, UNDECIDABLE, kept};
use crate::facts::{Events, Facts};
use crate::isolation::{Course, Diary};
use crate::lang::Text;
use crate::rulebook::{Rule, Rulebook};
use crate::state::State;
use crate::{Code, Colour, Day};
use std::cmp::Reverse;

/// The code of one person on `day`, as known on `today`. Pure and total.
pub fn decide(state: &State, ctx: &Context, day: Day, today: Day) -> Decision {
    let events = Events::of(state, ctx);
    let mut reasons = Vec::new();
    let diary = Diary {
        reports: &state.reports,
        today,
        late_limit: ctx.late_limit,
    };
    let triggers = Triggers::find(state, ctx, &events, day, today);
    isolations(state, ctx, &triggers, &diary, day, &mut reasons);
    while_fired(state, ctx, &events, (day, today), &mut reasons);
    undecided(ctx, &triggers, day, &mut reasons);
    if kept::is_lost(state, ctx, &diary, day) {
        reasons.push(((usize::MAX, 1), no_rulebook()));
    }
    reasons.sort_by_key(|(place, reason)| {
        (
            Reverse(reason.colour),
            reason.ends.is_some(),
            reason.ends.map(Reverse),
            *place,
        )
    });
    let reasons: Vec<Reason> = reasons.into_iter().map(|(_, reason)| reason).collect();

    let reported = state.report_of(day).is_some();
    let code = match reasons.first() {
        Some(reason) => reason.colour.into(),
        None if reported => Code::Green,
        None => Code::Grey,
    };
    // Sorted: the first reason has the worst colour, and of that colour the latest end.
    let ends = reasons.first().and_then(|reason| reason.ends);
    let milder = reasons
        .iter()
        .filter(|reason| Code::from(reason.colour) < code);
    let then = milder
        .filter_map(|reason| Some((reason.colour.into(), reason.ends?)))
        .find(|(_, end)| ends.is_some_and(|ends| *end > ends));
    let rulebooks = ctx
        .in_force(day)
        .map(|(_, book)| (book.id().to_owned(), book.version()))
        .collect();
    Decision {
        day,
        code,
        reported,
        ends,
        then,
        reasons,
        rulebooks,
    }
}

/// The codes of the `n` days up to today, the earliest first, as known now, and whether each is reported.
pub fn history(state: &State, ctx: &Context, today: Day, n: u16) -> Vec<(Day, Code, bool)> {
    (0..i32::from(n))
        .rev()
        .map(|back| {
            let day = today.plus(-back);
            let decision = decide(state, ctx, day, today);
            (day, decision.code, decision.reported)
        })
        .collect()
}

/// The place of a rule: rulebook, then rule.
type Place = (usize, usize);

/// For each rule, the isolation that covers `day` and ends latest.
pub(super) fn speaking<'a>(
    triggers: &'a Triggers,
    diary: &Diary,
    day: Day,
) -> Vec<(&'a Trigger, Course)> {
    let mut speaking: Vec<(&Trigger, Course)> = Vec::new();
    for trigger in &triggers.fired {
        let course = trigger.terms.course(diary, day);
        if !trigger.terms.covers(day, course.ends) {
            continue;
        }
        let place = (trigger.book, trigger.rule);
        match speaking
            .iter_mut()
            .find(|(other, _)| (other.book, other.rule) == place)
        {
            Some(other) if rank(other.0, other.1.ends) >= rank(trigger, course.ends) => {}
            Some(other) => *other = (trigger, course),
            None => speaking.push((trigger, course)),
        }
    }
    speaking
}

fn isolations(
    state: &State,
    ctx: &Context,
    triggers: &Triggers,
    diary: &Diary,
    day: Day,
    reasons: &mut Vec<(Place, Reason)>,
) {
    for (trigger, course) in speaking(triggers, diary, day) {
        let Some((book, rule)) = rule_at(ctx, trigger.book, trigger.rule) else {
            continue;
        };
        let dated = trigger.dated;
        let words = Words::new(state, ctx, dated.start, course.ends, dated.area);
        let reason = Reason {
            source: dated.source,
            start: Some(dated.start),
            known: Some(dated.known),
            days: trigger.terms.days,
            counted: course.counted,
            missed: course.missed,
            ends: course.ends,
            clearance: trigger.terms.clearance,
            ..undated(book, rule, &words)
        };
        reasons.push(((trigger.book, trigger.rule), reason));
    }
}

/// Rules that colour a day only while they fire on its facts.
fn while_fired(
    state: &State,
    ctx: &Context,
    events: &Events,
    (day, today): (Day, Day),
    reasons: &mut Vec<(Place, Reason)>,
) {
    let mut facts = None;
    for (book_index, book) in ctx.in_force(day) {
        for (index, (rule, compiled)) in book.rules().enumerate() {
            if compiled.isolate.is_some() {
                continue;
            }
            let facts = facts.get_or_insert_with(|| {
                let masks = ctx.symptom_masks(day);
                let report = state.report_of(day);
                let mut facts = Facts::from_events(events, report, masks, day);
                facts.count(state, ctx, today);
                facts
            });
            let words = || Words::new(state, ctx, day, None, None);
            let reason = match compiled.condition.holds(&book.data(facts)) {
                Ok(true) => undated(book, rule, &words()),
                Ok(false) if kept::colours(state, ctx, (book_index, index), day) => {
                    undated(book, rule, &words())
                }
                Ok(false) => continue,
                Err(_) => undecidable(book, rule),
            };
            reasons.push(((book_index, index), reason));
        }
    }
}

/// Rules that err, and days that no rulebook judges: never green.
fn undecided(ctx: &Context, triggers: &Triggers, day: Day, reasons: &mut Vec<(Place, Reason)>) {
    for failure in triggers.failures_near(day) {
        let place = (failure.book, failure.rule);
        let known = reasons
            .iter()
            .any(|(other, r)| *other == place && r.code == UNDECIDABLE);
        if let (false, Some((book, rule))) = (known, rule_at(ctx, failure.book, failure.rule)) {
            reasons.push((place, undecidable(book, rule)));
        }
    }
    if ctx.in_force(day).next().is_none() {
        reasons.push(((usize::MAX, 0), no_rulebook()));
    }
}

fn rule_at<'a>(ctx: &Context<'a>, book: usize, rule: usize) -> Option<(&'a Rulebook, &'a Rule)> {
    let book = ctx.rulebooks.get(book)?;
    Some((book, book.document().rules.get(rule)?))
}

/// The reason that a rule gives, without dates.
fn undated(book: &Rulebook, rule: &Rule, words: &Words) -> Reason {
    Reason {
        rule_id: rule.id.clone(),
        rule_version: rule.version,
        rulebook_id: book.id().to_owned(),
        code: rule.outcome.reason.clone(),
        colour: rule.outcome.colour,
        label: rule.label.clone(),
        text: words.fill(&rule.text),
        next_steps: rule
            .next_steps
            .iter()
            .map(|step| words.fill(step))
            .collect(),
        source: Source::Counted,
        start: None,
        known: None,
        days: 0,
        counted: 0,
        missed: 0,
        ends: None,
        clearance: ClearanceMode::None,
    }
}

fn undecidable(book: &Rulebook, rule: &Rule) -> Reason {
    Reason {
        rule_id: rule.id.clone(),
        rule_version: rule.version,
        rulebook_id: book.id().to_owned(),
        ..no_rulebook()
    }
}

fn no_rulebook() -> Reason {
    Reason {
        rule_id: String::new(),
        rule_version: 0,
        rulebook_id: String::new(),
        code: UNDECIDABLE.to_owned(),
        colour: Colour::Yellow,
        label: Text::new("无法判定", "Cannot be decided"),
        text: Text::new(
            "有一条规则今天算不出结果，先按观察中处理，负责人员会尽快核对。",
            "A rule has no result for this day. Until an officer has checked it, please observe at home.",
        ),
        next_steps: vec![Text::new(
            "请在家等候，有疑问请联系班主任",
            "Please wait at home; ask the class teacher if anything is unclear",
        )],
        source: Source::Counted,
        start: None,
        known: None,
        days: 0,
        counted: 0,
        missed: 0,
        ends: None,
        clearance: ClearanceMode::None,
    }
}
