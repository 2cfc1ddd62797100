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
    let diary = diary(state, ctx, today);
    let triggers = Triggers::find(state, ctx, &events, day, today);
    let mut found = found(state, ctx, &events, &triggers, &diary, day);
    found.sort_by_key(Found::rank);
    let reasons: Vec<Reason> = found
        .iter()
        .map(|found| found.reason(state, ctx, day))
        .collect();

    let reported = state.report_of(day).is_some();
    let code = match reasons.first() {
        Some(reason) => reason.colour.into(),
        None if reported => Code::Green,
        None => Code::Grey,
    };
    // Sorted: the first reason has the worst colour, and of that colour the latest end. What ends later is milder.
    let ends = reasons.first().and_then(|reason| reason.ends);
    let then = reasons
        .iter()
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

/// The code of a decision, and where its principal reason stands, without its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    /// The code.
    pub code: Code,
    /// The last day of the principal reason, where it has one.
    pub ends: Option<Day>,
    /// The principal reason's rulebook, by its place in the context, and its rule, by its place in the rulebook;
    /// `None` without a reason, and where no rulebook gives it.
    pub principal: Option<(usize, usize)>,
    /// The principal reason is that something could not be decided.
    pub is_undecidable: bool,
}

/// What [`decide`] says, in short: for looking at many people.
pub fn brief(state: &State, ctx: &Context, day: Day, today: Day) -> Brief {
    let events = Events::of(state, ctx);
    let diary = diary(state, ctx, today);
    let triggers = Triggers::find(state, ctx, &events, day, today);
    let found = found(state, ctx, &events, &triggers, &diary, day);
    match found.iter().min_by_key(|found| found.rank()) {
        Some(principal) => Brief {
            code: principal.colour().into(),
            ends: principal.ends(),
            principal: Some(principal.place).filter(|place| place.0 != usize::MAX),
            is_undecidable: matches!(principal.why, Why::Undecidable(..) | Why::NoRulebook),
        },
        None => Brief {
            code: if state.report_of(day).is_some() {
                Code::Green
            } else {
                Code::Grey
            },
            ends: None,
            principal: None,
            is_undecidable: false,
        },
    }
}

fn diary<'a>(state: &'a State, ctx: &Context, today: Day) -> Diary<'a> {
    Diary {
        reports: &state.reports,
        today,
        late_limit: ctx.late_limit,
    }
}

/// The place of a rule: rulebook, then rule.
type Place = (usize, usize);

/// A reason before its words.
struct Found<'a> {
    place: Place,
    why: Why<'a>,
}

/// Why there is a reason.
enum Why<'a> {
    /// An isolation covers the day.
    Isolation(&'a Rulebook, &'a Rule, &'a Trigger, Course),
    /// A rule fires on the day's facts.
    Fired(&'a Rulebook, &'a Rule),
    /// A rule has no answer.
    Undecidable(&'a Rulebook, &'a Rule),
    /// No rulebook judges the day, or none knows a kept reason's rule any more.
    NoRulebook,
}

impl Found<'_> {
    fn colour(&self) -> Colour {
        match self.why {
            Why::Isolation(_, rule, ..) | Why::Fired(_, rule) => rule.outcome.colour,
            Why::Undecidable(..) | Why::NoRulebook => Colour::Yellow,
        }
    }

    fn ends(&self) -> Option<Day> {
        match self.why {
            Why::Isolation(.., course) => course.ends,
            _ => None,
        }
    }

    /// The worst colour first, then the latest end, an unknown one being the latest, then rulebook order.
    fn rank(&self) -> (Reverse<Colour>, bool, Option<Reverse<Day>>, Place) {
        let ends = self.ends();
        (
            Reverse(self.colour()),
            ends.is_some(),
            ends.map(Reverse),
            self.place,
        )
    }

    fn reason(&self, state: &State, ctx: &Context, day: Day) -> Reason {
        match self.why {
            Why::Isolation(book, rule, trigger, course) => {
                let dated = trigger.dated;
                let words = Words::new(state, ctx, dated.start, course.ends, dated.area);
                let rederived = trigger.rederived.and_then(|by| ctx.rulebooks.get(by));
                Reason {
                    source: dated.source,
                    start: Some(dated.start),
                    known: Some(dated.known),
                    days: trigger.terms.days,
                    counted: course.counted,
                    missed: course.missed,
                    ends: course.ends,
                    clearance: trigger.terms.clearance,
                    rederived: rederived.and_then(|book| book.force().opens.clone()),
                    ..undated(book, rule, &words)
                }
            }
            Why::Fired(book, rule) => undated(book, rule, &Words::new(state, ctx, day, None, None)),
            Why::Undecidable(book, rule) => undecidable(book, rule),
            Why::NoRulebook => no_rulebook(),
        }
    }
}

/// All reasons, in no order.
fn found<'a>(
    state: &State,
    ctx: &Context<'a>,
    events: &Events,
    triggers: &'a Triggers,
    diary: &Diary,
    day: Day,
) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    for (trigger, course) in speaking(ctx, triggers, diary, day) {
        if let Some((book, rule)) = rule_at(ctx, trigger.book, trigger.rule) {
            let place = (trigger.book, trigger.rule);
            let why = Why::Isolation(book, rule, trigger, course);
            found.push(Found { place, why });
        }
    }
    while_fired(state, ctx, events, (day, diary.today), &mut found);
    undecided(ctx, triggers, day, &mut found);
    if kept::is_lost(state, ctx, diary, day) {
        let place = (usize::MAX, 1);
        found.push(Found {
            place,
            why: Why::NoRulebook,
        });
    }
    found
}

/// For each rule, the isolation that covers `day` and ends latest, whatever version of the rulebook it began under.
pub(super) fn speaking<'a>(
    ctx: &Context,
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
        match speaking
            .iter_mut()
            .find(|(other, _)| is_same_rule(ctx, other, trigger))
        {
            Some(other) if rank(other.0, other.1.ends) >= rank(trigger, course.ends) => {}
            Some(other) => *other = (trigger, course),
            None => speaking.push((trigger, course)),
        }
    }
    speaking
}

fn is_same_rule(ctx: &Context, a: &Trigger, b: &Trigger) -> bool {
    if a.book == b.book {
        return a.rule == b.rule;
    }
    match (rule_at(ctx, a.book, a.rule), rule_at(ctx, b.book, b.rule)) {
        (Some((book, rule)), Some((other_book, other_rule))) => {
            book.id() == other_book.id()
                && rule.id == other_rule.id
                // A kept isolation of a later version stands beside an earlier one of another colour.
                && rule.outcome.colour == other_rule.outcome.colour
        }
        _ => false,
    }
}

/// Rules that colour a day only while they fire on its facts.
fn while_fired<'a>(
    state: &State,
    ctx: &Context<'a>,
    events: &Events,
    (day, today): (Day, Day),
    found: &mut Vec<Found<'a>>,
) {
    let mut facts = None;
    for (book_index, book) in ctx.in_force(day) {
        for (index, (rule, compiled)) in book.rules().enumerate() {
            if compiled.isolate.is_some() {
                continue;
            }
            let facts = facts.get_or_insert_with(|| {
                let masks = ctx.symptom_masks(day);
                let mut facts = Facts::from_events(events, state, masks, day);
                facts.count(state, ctx, today);
                facts
            });
            let why = match compiled.condition.holds(&book.data(facts)) {
                Ok(true) => Why::Fired(book, rule),
                Ok(false) if kept::colours(state, ctx, (book_index, index), day) => {
                    Why::Fired(book, rule)
                }
                Ok(false) => continue,
                Err(_) => Why::Undecidable(book, rule),
            };
            let place = (book_index, index);
            found.push(Found { place, why });
        }
    }
}

/// Rules that err, and days that no rulebook judges: never green.
fn undecided<'a>(ctx: &Context<'a>, triggers: &Triggers, day: Day, found: &mut Vec<Found<'a>>) {
    for failure in triggers.failures_near(day) {
        let place = (failure.book, failure.rule);
        let is_known = found
            .iter()
            .any(|other| other.place == place && matches!(other.why, Why::Undecidable(..)));
        if !is_known && let Some((book, rule)) = rule_at(ctx, failure.book, failure.rule) {
            let why = Why::Undecidable(book, rule);
            found.push(Found { place, why });
        }
    }
    if ctx.in_force(day).next().is_none() {
        let place = (usize::MAX, 0);
        found.push(Found {
            place,
            why: Why::NoRulebook,
        });
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
        rederived: None,
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
        rederived: None,
    }
}
