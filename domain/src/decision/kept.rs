//! Reasons that outlive the answers behind them: written down as rule and dates, and read back.

use super::Context;
use super::trigger::{Trigger, cleared};
use crate::Day;
use crate::facts::Dated;
use crate::isolation::{Diary, Terms};
use crate::rulebook::{Hold, Rule, Rulebook};
use crate::state::{KeptHold, KeptReason, State};

/// Writes down the isolation of a trigger. The place of a stay is an answer, and is left out.
pub(super) fn of_trigger(ctx: &Context, trigger: &Trigger) -> Option<KeptReason> {
    let book = ctx.rulebooks.get(trigger.book)?;
    let rule = book.document().rules.get(trigger.rule)?;
    let Terms {
        start,
        known,
        days,
        policy,
        clearance,
        ..
    } = trigger.terms;
    let source = trigger.dated.source;
    Some(named(
        book,
        rule,
        KeptHold::Isolation {
            start,
            known,
            days,
            policy,
            clearance,
            source,
        },
    ))
}

/// Writes down that a rule coloured one day.
pub(super) fn of_day(book: &Rulebook, rule: &Rule, day: Day) -> KeptReason {
    named(book, rule, KeptHold::Day(day))
}

fn named(book: &Rulebook, rule: &Rule, hold: KeptHold) -> KeptReason {
    KeptReason {
        rulebook_id: book.id().to_owned(),
        rulebook_version: book.version(),
        rule_id: rule.id.clone(),
        hold,
    }
}

/// The kept isolations as triggers.
pub(super) fn triggers(state: &State, ctx: &Context) -> impl Iterator<Item = Trigger> {
    state.kept.iter().filter_map(|kept| {
        let KeptHold::Isolation { source, .. } = kept.hold else {
            return None;
        };
        let (book, index, rule) = place(kept, ctx)?;
        let terms = terms(kept, state, Some(rule))?;
        let dated = Dated {
            start: terms.start,
            known: terms.known,
            source,
            area: None,
        };
        Some(Trigger {
            book,
            rule: index,
            on: terms.known,
            dated,
            terms,
            is_kept: true,
            rederived: None,
        })
    })
}

/// Whether the colour of this rule was kept for `day`.
pub(super) fn colours(state: &State, ctx: &Context, rule: (usize, usize), day: Day) -> bool {
    let is_it = |(book, index, _): (usize, usize, &Rule)| (book, index) == rule;
    state
        .kept
        .iter()
        .any(|kept| kept.hold == KeptHold::Day(day) && place(kept, ctx).is_some_and(is_it))
}

/// Whether a kept reason holds on `day` whose rule is in no rulebook any more: nobody can say its colour.
pub(super) fn is_lost(state: &State, ctx: &Context, diary: &Diary, day: Day) -> bool {
    let holds = |kept: &KeptReason| match terms(kept, state, None) {
        Some(terms) => terms.covers(day, terms.course(diary, day).ends),
        None => kept.hold == KeptHold::Day(day),
    };
    state
        .kept
        .iter()
        .any(|kept| place(kept, ctx).is_none() && holds(kept))
}

/// Whether it covers `from` or a later day.
pub(super) fn lasts(
    kept: &KeptReason,
    state: &State,
    ctx: &Context,
    diary: &Diary,
    from: Day,
) -> bool {
    let rule = place(kept, ctx).map(|(.., rule)| rule);
    match (&kept.hold, terms(kept, state, rule)) {
        (KeptHold::Day(day), _) => *day >= from,
        (KeptHold::Isolation { .. }, terms) => terms
            .and_then(|terms| terms.course(diary, diary.today).ends)
            .is_none_or(|ends| ends >= from),
    }
}

/// What a kept isolation is measured by; its rule says which clearances apply.
fn terms(kept: &KeptReason, state: &State, rule: Option<&Rule>) -> Option<Terms> {
    let KeptHold::Isolation {
        start,
        known,
        days,
        policy,
        clearance,
        ..
    } = kept.hold
    else {
        return None;
    };
    let cleared = rule.and_then(|rule| cleared(state, clearance, &rule.outcome.reason, start));
    Some(Terms {
        start,
        known,
        days,
        policy,
        clearance,
        cleared,
    })
}

/// Where its rule stands: in its own version of the rulebook, otherwise in the latest that has it.
fn place<'a>(kept: &KeptReason, ctx: &Context<'a>) -> Option<(usize, usize, &'a Rule)> {
    let hold = match kept.hold {
        KeptHold::Isolation { .. } => Hold::Isolation,
        KeptHold::Day(_) => Hold::WhileFired,
    };
    let books = ctx.rulebooks.iter().enumerate();
    let found = books.filter_map(|(book_index, book)| {
        let mut rules = book.document().rules.iter().enumerate();
        let (index, rule) =
            rules.find(|(_, rule)| rule.id == kept.rule_id && rule.outcome.hold == hold)?;
        let rank = (book.version() == kept.rulebook_version, book.version());
        (book.id() == kept.rulebook_id).then_some((rank, (book_index, index, rule)))
    });
    found.max_by_key(|(rank, _)| *rank).map(|(_, place)| place)
}
