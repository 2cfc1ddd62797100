//! Reasons that outlive the answers behind them: written down as rule and dates, and read back.

use super::Context;
use super::trigger::{Trigger, cleared};
use crate::Day;
use crate::facts::Dated;
use crate::isolation::{Diary, Terms};
use crate::rulebook::{Hold, Rule, Rulebook};
use crate::state::{KeptHold, KeptIsolation, KeptReason, State};

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
    let isolation = KeptIsolation {
        start,
        known,
        days,
        policy,
        clearance,
        source,
    };
    Some(named(book, rule, KeptHold::Isolation(isolation)))
}

/// Writes down that an isolation is none: what is left would start it, and together with the answers it did not.
pub(super) fn none_of(mut kept: KeptReason) -> KeptReason {
    if let KeptHold::Isolation(isolation) = kept.hold {
        kept.hold = KeptHold::NoIsolation(isolation);
    }
    kept
}

/// Whether the answers that are gone kept this rule from starting an isolation by this date, under whatever version.
pub(super) fn denies(state: &State, book: &Rulebook, rule: &Rule, dated: &Dated) -> bool {
    state.kept.iter().any(|kept| match kept.hold {
        KeptHold::NoIsolation(none) => {
            (none.start, none.known, none.source) == (dated.start, dated.known, dated.source)
                && (&*kept.rulebook_id, &kept.rule_id) == (book.id(), &rule.id)
        }
        KeptHold::Isolation(_) | KeptHold::Day(_) => false,
    })
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
        let KeptHold::Isolation(KeptIsolation { source, .. }) = kept.hold else {
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
    let holds = |kept: &KeptReason| match (&kept.hold, terms(kept, state, None)) {
        (KeptHold::Isolation(_), Some(terms)) => terms.covers(day, terms.course(diary, day).ends),
        (hold, _) => *hold == KeptHold::Day(day),
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
        (KeptHold::Isolation(_) | KeptHold::NoIsolation(_), terms) => terms
            .and_then(|terms| terms.course(diary, diary.today).ends)
            .is_none_or(|ends| ends >= from),
    }
}

/// What a kept isolation, or one that is none, is measured by; its rule says which clearances apply.
fn terms(kept: &KeptReason, state: &State, rule: Option<&Rule>) -> Option<Terms> {
    let (KeptHold::Isolation(isolation) | KeptHold::NoIsolation(isolation)) = kept.hold else {
        return None;
    };
    let KeptIsolation {
        start,
        known,
        days,
        policy,
        clearance,
        ..
    } = isolation;
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
        KeptHold::Isolation(_) | KeptHold::NoIsolation(_) => Hold::Isolation,
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
