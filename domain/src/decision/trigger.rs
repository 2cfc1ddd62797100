//! What started an isolation. Triggers are derived from the facts each time, never stored, so that the
//! order in which facts arrived cannot matter and a corrected report leaves no trace.

use super::{ClearanceMode, Context, Source, kept};
use crate::Day;
use crate::facts::{Dated, Event, Events, Fact, Facts};
use crate::isolation::{Diary, Terms};
use crate::rulebook::{FactSet, Rulebook, fact_set};
use crate::state::{State, WINDOW_DAYS};

/// A rule that fired with a date that starts an isolation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trigger {
    /// The rulebook's place in the context.
    pub(super) book: usize,
    /// The rule's place in the rulebook.
    pub(super) rule: usize,
    /// The day on whose facts it fired.
    pub(super) on: Day,
    /// The date that starts the count, and where it came from.
    pub(super) dated: Dated,
    pub(super) terms: Terms,
    /// The answers behind it are gone, and only it was kept.
    pub(super) is_kept: bool,
    /// The rulebook, by its place in the context, whose activation judged an open isolation again.
    pub(super) rederived: Option<usize>,
}

/// A rule that has no answer on some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) book: usize,
    pub(super) rule: usize,
    pub(super) on: Day,
}

/// What the isolation rules say about one person.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    pub(super) fired: Vec<Trigger>,
    pub(super) failed: Vec<Failure>,
    /// Isolations that an activation judged again, as they were, with that rulebook's place in the context.
    pub(super) rederived: Vec<(Trigger, usize)>,
}

/// Whose triggers are looked for, and for which decision.
#[derive(Clone, Copy)]
struct Case<'a> {
    state: &'a State,
    ctx: &'a Context<'a>,
    diary: Diary<'a>,
    /// The decided day.
    day: Day,
}

/// A day on whose facts rules are evaluated, with the facts that are new on it: rules that read none
/// of these had their say on another day, maybe under an earlier rulebook.
#[derive(Debug, Clone, Copy)]
struct Occasion {
    on: Day,
    new: FactSet,
}

impl Triggers {
    /// The triggers that can matter for a decision about `day`.
    pub(super) fn find(
        state: &State,
        ctx: &Context,
        events: &Events,
        day: Day,
        today: Day,
    ) -> Self {
        let mut found = Self::default();
        let case = Case {
            state,
            ctx,
            diary: Diary {
                reports: &state.reports,
                today,
                late_limit: ctx.late_limit,
            },
            day,
        };
        for occasion in occasions(state, ctx, events, day) {
            let on = occasion.on;
            let masks = ctx.symptom_masks(on);
            let facts = Facts::from_events(events, state, masks, on);
            found.evaluate(&case, &facts, occasion.new, on == day);
            for event in events.iter().filter(|event| own_days(event).contains(&on)) {
                if let Some(facts) = facts.seeing(event) {
                    found.evaluate(&case, &facts, event.facts(), false);
                }
            }
        }
        for mut trigger in
            kept::triggers(state, ctx).filter(|trigger| !is_settled(state, &trigger.dated))
        {
            found.rederive_kept(&case, &mut trigger);
            found.fired.push(trigger);
        }
        found
    }

    /// Evaluates the rules that read something new; with `all`, the others too, but only to see
    /// whether they err. Activations that apply to open isolations then have their say.
    fn evaluate(&mut self, case: &Case, facts: &Facts, new: FactSet, all: bool) {
        for (index, book) in case.ctx.in_force(facts.day) {
            let first = self.fired.len();
            self.evaluate_book(case, facts, (index, book), new, all);
            if self.fired.len() > first {
                self.rederive(case, facts, (index, book), new, first);
            }
        }
    }

    fn evaluate_book(
        &mut self,
        case: &Case,
        facts: &Facts,
        (book_index, book): (usize, &Rulebook),
        new: FactSet,
        all: bool,
    ) {
        let (state, on) = (case.state, facts.day);
        let data = book.data(facts);
        for (index, (rule, compiled)) in book.rules().enumerate() {
            let Some(isolate) = compiled.isolate else {
                continue;
            };
            let is_new = compiled.reads & new != 0;
            if !is_new && !all {
                continue;
            }
            let dated = match compiled.condition.holds(&data) {
                Ok(true) if is_new => facts.dated(isolate.start),
                Ok(_) => None,
                Err(_) => {
                    self.failed.push(Failure {
                        book: book_index,
                        rule: index,
                        on,
                    });
                    None
                }
            };
            let counts = |dated: &Dated| {
                !is_settled(state, dated) && !kept::denies(state, book, rule, dated)
            };
            if let Some(dated) = dated.filter(counts) {
                let mode = rule.outcome.clearance;
                let terms = Terms {
                    start: dated.start,
                    known: dated.known,
                    days: isolate.days,
                    policy: book.policy(),
                    clearance: mode,
                    cleared: cleared(state, mode, &rule.outcome.reason, dated.start),
                };
                self.fired.push(Trigger {
                    book: book_index,
                    rule: index,
                    on,
                    dated,
                    terms,
                    is_kept: false,
                    rederived: None,
                });
            }
        }
    }

    /// Puts what a later version makes of the same facts in place of isolations that were open when it came into
    /// force, where its activation says so. `first` is the place of the first trigger that `book` gave.
    fn rederive(
        &mut self,
        case: &Case,
        facts: &Facts,
        (book_index, book): (usize, &Rulebook),
        new: FactSet,
        first: usize,
    ) {
        for (by, later) in activations(case, book, facts.day) {
            let own = self.fired.split_off(first);
            let (open, over): (Vec<_>, Vec<_>) = own
                .into_iter()
                .partition(|trigger| case.is_open(trigger, later.force().from));
            self.fired.extend(over);
            if open.is_empty() {
                continue;
            }
            let begun = self.fired.len();
            let facts = match case.state.report_of(facts.day) {
                None => facts.clone(),
                // Which symptoms weigh how much is the later version's affair too.
                Some(_) => {
                    let mut facts = facts.clone();
                    let masks = case.ctx.symptom_masks_with(facts.day, book_index, later);
                    facts.take_day(case.state, masks);
                    facts
                }
            };
            self.evaluate_book(case, &facts, (by, later), new, false);
            for trigger in self.fired.iter_mut().skip(begun) {
                trigger.rederived = Some(by);
            }
            self.rederived
                .extend(open.into_iter().map(|trigger| (trigger, by)));
        }
    }

    /// Gives a kept isolation the days and the policy of a later version of its rule, where that was activated for
    /// open isolations. The answers are gone, so that nothing else of it can be judged again.
    fn rederive_kept(&mut self, case: &Case, trigger: &mut Trigger) {
        let ctx = case.ctx;
        let Some(book) = ctx.rulebooks.get(trigger.book) else {
            return;
        };
        let Some(id) = book.document().rules.get(trigger.rule).map(|rule| &rule.id) else {
            return;
        };
        for (by, later) in activations(case, book, trigger.terms.known) {
            let same = later
                .rules()
                .enumerate()
                .find(|(_, (rule, _))| rule.id == *id);
            if let Some((index, (rule, compiled))) = same
                && let Some(isolate) = compiled.isolate
                && case.is_open(trigger, later.force().from)
            {
                self.rederived.push((trigger.clone(), by));
                let mode = rule.outcome.clearance;
                (trigger.book, trigger.rule, trigger.rederived) = (by, index, Some(by));
                trigger.terms.days = isolate.days;
                trigger.terms.policy = later.policy();
                trigger.terms.clearance = mode;
                trigger.terms.cleared =
                    cleared(case.state, mode, &rule.outcome.reason, trigger.terms.start);
            }
        }
    }

    /// Rules without an answer on a day near enough to `day` to hide an isolation that covers it.
    pub(super) fn failures_near(&self, day: Day) -> impl Iterator<Item = &Failure> {
        self.failed
            .iter()
            .filter(move |failure| failure.on <= day && day.since(failure.on) <= WINDOW_DAYS)
    }
}

impl Case<'_> {
    /// Whether an isolation still covered the day on which a rulebook came into force.
    fn is_open(&self, trigger: &Trigger, from: Day) -> bool {
        let ends = trigger.terms.course(&self.diary, from).ends;
        ends.is_none_or(|ends| from <= ends)
    }
}

/// The versions of a rulebook whose activation after `on` applies to isolations that were open then, the earliest
/// first, as far as they matter for the decided day.
fn activations<'a>(
    case: &Case<'a>,
    book: &'a Rulebook,
    on: Day,
) -> impl Iterator<Item = (usize, &'a Rulebook)> {
    let later = case.ctx.rulebooks.iter().enumerate();
    let day = case.day;
    // One rulebook's runs of days stand in their order.
    later.filter(move |(_, later)| {
        later.force().reopening(day).is_some() && on < later.force().from && later.id() == book.id()
    })
}

/// What may have started an isolation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// Some of the person's events.
    Events(&'a [Event]),
    /// What a day's report says, or what the gate measured on it.
    Day(Day),
}

impl Cause<'_> {
    /// Whether it is behind a trigger of a rule that counts from `start`.
    fn is_of(self, trigger: &Trigger, start: Fact) -> bool {
        match self {
            Self::Events(events) => events
                .iter()
                .any(|event| start == event.fact && event.on(trigger.on) == Some(trigger.dated)),
            Self::Day(day) => start.is_of_the_report() && trigger.dated.start == day,
        }
    }
}

/// The last day of the isolations that something has started, as known on `today`; `None` where there is none, or
/// where one of them has no known end.
pub(crate) fn isolation_end(
    state: &State,
    ctx: &Context,
    events: &Events,
    cause: Cause,
    today: Day,
) -> Option<Day> {
    let diary = Diary {
        reports: &state.reports,
        today,
        late_limit: ctx.late_limit,
    };
    let mut latest = None;
    for trigger in Triggers::find(state, ctx, events, today, today).fired {
        let rule = ctx
            .rulebooks
            .get(trigger.book)
            .and_then(|book| book.rules().nth(trigger.rule));
        let start = rule.and_then(|(_, compiled)| Some(compiled.isolate?.start));
        if start.is_some_and(|start| cause.is_of(&trigger, start)) {
            latest = latest.max(Some(trigger.terms.course(&diary, today).ends?));
        }
    }
    latest
}

/// Its reports were dropped because it was over. Nothing is known before it began.
fn is_settled(state: &State, dated: &Dated) -> bool {
    dated.known < state.settled_before
}

/// The earliest accepted clearance of a reason on or after the start.
pub(super) fn cleared(state: &State, mode: ClearanceMode, reason: &str, start: Day) -> Option<Day> {
    let clearances = state
        .clearances
        .iter()
        .filter(|_| mode != ClearanceMode::None);
    clearances
        .filter(|c| c.reason == reason && c.date >= start)
        .map(|c| c.date)
        .min()
}

/// The days on which an event speaks for itself: when it was known, and when it was over and known.
fn own_days(event: &Event) -> [Day; 2] {
    let known = event.known.max(event.first);
    [known, event.last.map_or(known, |last| known.max(last))]
}

fn occasions(state: &State, ctx: &Context, events: &Events, day: Day) -> Vec<Occasion> {
    let of_the_report = fact_set(Fact::ALL.into_iter().filter(|fact| fact.is_of_the_report()));
    let mut found = Vec::new();
    let every_report = !events.is_empty() && ctx.rulebooks.iter().any(Rulebook::mixes);
    for report in &state.reports {
        let plain = || {
            ctx.in_force(report.day)
                .all(|(_, book)| book.is_plain(&report.answers))
        };
        if every_report || !plain() {
            found.push(Occasion {
                on: report.day,
                new: of_the_report,
            });
        }
    }
    found.extend(state.gate.iter().map(|reading| Occasion {
        on: reading.day,
        new: of_the_report,
    }));
    // The day itself, to see whether any rule errs on it.
    let plain_unreported = || {
        ctx.in_force(day)
            .all(|(_, book)| book.is_plain_unreported())
    };
    if !events.is_empty() || (state.report_of(day).is_none() && !plain_unreported()) {
        found.push(Occasion { on: day, new: 0 });
    }
    for event in events.iter() {
        let new = event.facts();
        let days = own_days(event)
            .into_iter()
            .chain(meanwhile(state, ctx, event, day));
        found.extend(days.map(|on| Occasion { on, new }));
    }
    found.sort_unstable_by_key(|occasion| occasion.on);
    found.dedup_by(|later, kept| {
        let same = later.on == kept.on;
        if same {
            kept.new |= later.new;
        }
        same
    });
    found
}

/// The days up to `day` on which an event that still went on may have started an isolation for the last time. Its date
/// moves along with each day: of the days that one rulebook judges alike only the last matters, and where a rule asks
/// for more than this event, every day may be the last on which it fires.
fn meanwhile(state: &State, ctx: &Context, event: &Event, day: Day) -> Vec<Day> {
    let first = event.first.max(event.known).max(state.settled_before);
    let last = event.last.map_or(day, |last| last.min(day));
    if ctx.rulebooks.iter().any(|book| book.joins(event.facts())) {
        return (first.0..=last.0).map(Day).collect();
    }
    let last_judged = ctx.rulebooks.iter().filter_map(|book| book.force().until);
    let days = last_judged.map(|until| until.plus(-1)).chain([day]);
    days.filter(|on| (first..=last).contains(on)).collect()
}

/// Orders triggers of one rule that cover the same day: the one that ends latest speaks.
pub(super) fn rank(
    trigger: &Trigger,
    ends: Option<Day>,
) -> (
    bool,
    Option<Day>,
    Day,
    std::cmp::Reverse<Day>,
    Source,
    Option<usize>,
) {
    let Dated {
        start,
        known,
        source,
        area,
    } = trigger.dated;
    (
        ends.is_none(),
        ends,
        start,
        std::cmp::Reverse(known),
        source,
        area,
    )
}
