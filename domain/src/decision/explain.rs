//! Why: every rule with what it read, and the arithmetic of every isolation.

use super::decide::speaking;
use super::trigger::{Trigger, Triggers};
use super::words::day_text;
use super::{Context, Source, kept};
use crate::certlogic::{Lookup, Step, Value};
use crate::facts::{Events, Fact, Facts};
use crate::isolation::{Diary, Span, SpanKind};
use crate::lang::Text;
use crate::rulebook::{Activation, Rulebook, Version};
use crate::state::State;
use crate::{Colour, Day};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why a decision is as it is. The decision itself is [`super::decide`]'s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The day decided about.
    pub day: Day,
    /// The day on which it was decided.
    pub today: Day,
    /// The rulebooks in force on the day.
    pub rulebooks: Vec<(String, Version)>,
    /// Every rule of these rulebooks, and of those behind running isolations, in rulebook order.
    pub rules: Vec<RuleTrace>,
    /// The isolations that cover the day, one for each rule.
    pub isolations: Vec<IsolationTrace>,
    /// Isolations that an activation judged again, as they were before: it may have shortened or ended them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rederived: Vec<Rederived>,
}

/// An isolation that an activation judged again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rederived {
    /// The activation, which is the reason.
    pub by: Activation,
    /// The first day on which it judges.
    pub from: Day,
    /// The rulebook whose rule had started the isolation.
    pub rulebook_id: String,
    /// Its version then.
    pub version: Version,
    /// The rule.
    pub rule_id: String,
    /// The date that started the count.
    pub start: Day,
}

/// One rule and what it saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTrace {
    /// The rulebook.
    pub rulebook_id: Arc<str>,
    /// Its version.
    pub rulebook_version: Version,
    /// The rule.
    pub rule_id: Arc<str>,
    /// Its version.
    pub rule_version: u32,
    /// The colour that it gives.
    pub colour: Colour,
    /// Its short label.
    pub label: Arc<Text>,
    /// The day on whose facts it is shown: where its isolation covers the decided day, the day that
    /// started it, otherwise the decided day.
    pub on: Day,
    /// What it read; empty where the answers were destroyed and only the isolation was kept.
    pub facts: Vec<FactRead>,
    /// The value of every sub-expression that was evaluated.
    pub steps: Vec<Step>,
    /// Whether it fired; otherwise why it has no answer.
    pub fired: Result<bool, String>,
}

/// One fact that a rule read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRead {
    /// Which.
    #[serde(rename = "path")]
    pub fact: Fact,
    /// Its value.
    pub value: Value,
    /// Its date, where it has one.
    pub start: Option<Day>,
    /// The day it became known.
    pub known: Option<Day>,
    /// Where it came from.
    pub source: Option<Source>,
}

/// The arithmetic of one isolation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IsolationTrace {
    /// The rulebook.
    pub rulebook_id: Arc<str>,
    /// The rule.
    pub rule_id: Arc<str>,
    /// The date that starts the count.
    pub start: Day,
    /// The day it became known.
    pub known: Day,
    /// Days that have to count.
    pub days: u16,
    /// The last covered day; `None` until a clearance is accepted.
    pub ends: Option<Day>,
    /// Run by run, how the days were judged.
    pub lines: Vec<Line>,
}

/// One line of the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The days and how they were judged.
    pub span: Span,
    /// Days counted at its end, those still expected included.
    pub counted: u16,
    /// The same in words.
    pub text: Text,
}

/// Why the decision about `day`, as known on `today`, is as it is.
pub fn explain(state: &State, ctx: &Context, day: Day, today: Day) -> Trace {
    let events = Events::of(state, ctx);
    let diary = Diary {
        reports: &state.reports,
        today,
        late_limit: ctx.late_limit,
    };
    let triggers = Triggers::find(state, ctx, &events, day, today);
    let speaking = speaking(ctx, &triggers, &diary, day);
    let facts_of = |on| {
        let masks = ctx.symptom_masks(on);
        Facts::from_events(&events, state, masks, on)
    };
    let mut on_day = facts_of(day);
    on_day.count(state, ctx, today);
    let mut rules = Vec::new();
    for (book_index, book) in ctx.rulebooks.iter().enumerate() {
        for index in 0..book.document().rules.len() {
            let trigger = speaking
                .iter()
                .map(|(trigger, _)| *trigger)
                .find(|trigger| (trigger.book, trigger.rule) == (book_index, index));
            if trigger.is_some() || book.in_force(day) {
                rules.extend(match trigger {
                    None if is_denied(state, book, index, &on_day) => {
                        rule_trace(book, index, &on_day).map(|trace| trace.destroyed(day, false))
                    }
                    None => rule_trace(book, index, &on_day),
                    Some(trigger) if trigger.is_kept => rule_trace(book, index, &on_day)
                        .map(|trace| trace.destroyed(trigger.on, true)),
                    Some(trigger) => {
                        // No isolation rests on what is counted over other days.
                        let mut facts = facts_of(trigger.on);
                        show(&mut facts, &events, trigger);
                        rule_trace(book, index, &facts)
                    }
                });
            }
        }
    }
    let isolations = speaking
        .iter()
        .filter_map(|(trigger, _)| isolation_trace(ctx, trigger, &diary, day))
        .collect();
    let rederived = triggers.rederived.iter();
    let rederived = rederived
        .filter_map(|(before, by)| rederived_trace(ctx, before, *by))
        .collect();
    let rulebooks = ctx
        .in_force(day)
        .map(|(_, book)| (book.id().to_owned(), book.version()))
        .collect();
    Trace {
        day,
        today,
        rulebooks,
        rules,
        isolations,
        rederived,
    }
}

impl RuleTrace {
    /// The same where what it read is gone.
    fn destroyed(self, on: Day, fired: bool) -> Self {
        Self {
            on,
            facts: Vec::new(),
            steps: Vec::new(),
            fired: Ok(fired),
            ..self
        }
    }
}

/// Whether the answers that are gone kept a rule from starting an isolation on these facts.
fn is_denied(state: &State, book: &Rulebook, index: usize, facts: &Facts) -> bool {
    let rule = book.rules().nth(index);
    rule.is_some_and(|(rule, compiled)| {
        let start = compiled.isolate.map(|isolate| isolate.start);
        let dated = start.and_then(|start| facts.dated(start));
        dated.is_some_and(|dated| kept::denies(state, book, rule, &dated))
    })
}

fn rederived_trace(ctx: &Context, before: &Trigger, by: usize) -> Option<Rederived> {
    let (old, new) = (ctx.rulebooks.get(before.book)?, ctx.rulebooks.get(by)?);
    Some(Rederived {
        by: new.force().opens.clone()?,
        from: new.force().from,
        rulebook_id: old.id().to_owned(),
        version: old.version(),
        rule_id: old.document().rules.get(before.rule)?.id.clone(),
        start: before.dated.start,
    })
}

/// Puts the event that started the isolation in place of a later one of its kind.
fn show(facts: &mut Facts, events: &Events, trigger: &Trigger) {
    let started = |dated| dated == Some(trigger.dated);
    if let Some(event) = events.iter().find(|event| started(event.on(trigger.on)))
        && let Some(seeing) = facts.seeing(event)
    {
        *facts = seeing;
    }
}

fn rule_trace(book: &Rulebook, index: usize, facts: &Facts) -> Option<RuleTrace> {
    let (rule, compiled) = book.rules().nth(index)?;
    let (value, steps) = compiled.condition.trace(&book.data(facts));
    let fired = match value.map(|value| value.truth()) {
        Ok(Some(fired)) => Ok(fired),
        Ok(None) => compiled.condition.holds(&book.data(facts)),
        Err(error) => Err(error),
    }
    .map_err(|error| error.to_string());
    let read = compiled.condition.slots().iter().filter_map(|slot| {
        let fact = Fact::from_slot(*slot)?;
        let dated = facts.dated(fact);
        Some(FactRead {
            fact,
            value: facts.value(*slot),
            start: dated.map(|dated| dated.start),
            known: dated.map(|dated| dated.known),
            source: dated.map(|dated| dated.source),
        })
    });
    Some(RuleTrace {
        rulebook_id: Arc::clone(&compiled.names.rulebook),
        rulebook_version: book.version(),
        rule_id: Arc::clone(&compiled.names.rule),
        rule_version: rule.version,
        colour: rule.outcome.colour,
        label: Arc::clone(&compiled.names.label),
        on: facts.day,
        facts: read.collect(),
        steps,
        fired,
    })
}

fn isolation_trace(
    ctx: &Context,
    trigger: &Trigger,
    diary: &Diary,
    day: Day,
) -> Option<IsolationTrace> {
    let book = ctx.rulebooks.get(trigger.book)?;
    let (_, compiled) = book.rules().nth(trigger.rule)?;
    let mut spans: Vec<(Span, u16)> = Vec::new();
    let course = trigger
        .terms
        .walk(diary, day, |span, counted| match spans.last_mut() {
            Some((last, total)) if last.kind == span.kind => (last.to, *total) = (span.to, counted),
            _ => spans.push((span, counted)),
        });
    let lines = spans.into_iter().map(|(span, counted)| Line {
        span,
        counted,
        text: line_text(span, counted, trigger.terms.days),
    });
    Some(IsolationTrace {
        rulebook_id: Arc::clone(&compiled.names.rulebook),
        rule_id: Arc::clone(&compiled.names.rule),
        start: trigger.dated.start,
        known: trigger.dated.known,
        days: trigger.terms.days,
        ends: course.ends,
        lines: lines.collect(),
    })
}

fn line_text(span: Span, counted: u16, days: u16) -> Text {
    let Text { mut zh, mut en } = day_text(span.from);
    if span.from != span.to {
        let to = day_text(span.to);
        zh.extend(["至", &to.zh]);
        en.extend([" to ", &to.en]);
    }
    let (kind_zh, kind_en) = span.kind.meaning();
    let (will_zh, will_en) = match span.kind {
        SpanKind::Expected => ("届时累计", "will make"),
        _ => ("累计", "makes"),
    };
    Text::new(
        format!("{zh}：{kind_zh}，{will_zh} {counted} 天，共 {days} 天"),
        format!("{en}: {kind_en}, {will_en} {counted} of {days} days"),
    )
}
