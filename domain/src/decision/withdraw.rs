//! What stays of a person's facts when consent is withdrawn.

use super::trigger::Triggers;
use super::{Context, UNDECIDABLE, decide, kept};
use crate::Day;
use crate::facts::{Events, matter, standing};
use crate::isolation::Diary;
use crate::report::{Answers, FactChange, StandingFact};
use crate::state::{KeptReason, State, WINDOW_DAYS};

/// The state without any answer. Official records, clearances, paper checks and that days were reported
/// stay; what the answers started, or kept from starting, and what covers `today` or a later day is kept as dates and
/// rule, so that the code and its end stay as they are. What still goes on (a stay, somebody isolating at home) counts as
/// over on `today`, since nobody can say any more when it ends.
pub fn withdraw(state: &State, ctx: &Context, today: Day) -> State {
    let full = over(state, today);
    let mut left = full.clone();
    left.standing.clear();
    left.destroyed_to = left.destroyed_to.max(Some(today));
    for report in &mut left.reports {
        report.answers = Answers {
            paper_refused: report.answers.paper_refused,
            ..Answers::all_well()
        };
    }

    let known_without = isolations(&left, ctx, today);
    let diary = Diary {
        reports: &left.reports,
        today,
        late_limit: ctx.late_limit,
    };
    // A day that can still be filled in may yet be missed and move an end from there on.
    let from = today.plus(-ctx.late_limit.max(0));
    let known_before = isolations(&full, ctx, today);
    let lost = known_before
        .iter()
        .filter(|kept| !known_without.contains(kept))
        .cloned();
    let only_left = known_without
        .iter()
        .filter(|kept| !known_before.contains(kept))
        .cloned();
    for kept in lost.chain(only_left.map(kept::none_of)) {
        if !left.kept.contains(&kept) && kept::lasts(&kept, &left, ctx, &diary, from) {
            left.kept.push(kept);
        }
    }
    for day in (0..=WINDOW_DAYS).map(|shift| today.plus(shift)) {
        let still = coloured(&left, ctx, day, today);
        let lost = coloured(&full, ctx, day, today);
        left.kept
            .extend(lost.into_iter().filter(|kept| !still.contains(kept)));
    }
    left
}

/// The state in which nothing goes on after `today`: the last report ends it.
fn over(state: &State, today: Day) -> State {
    let mut over = state.clone();
    let mut facts = standing(state);
    let mut ends = Vec::new();
    for standing in &mut facts {
        let until = match standing.fact {
            StandingFact::Stay { .. } | StandingFact::Household { .. } => standing.until(),
            StandingFact::Contact { .. } | StandingFact::Test { .. } => continue,
        };
        let until = until.map_or(today, |until| until.min(today));
        standing.ended = Some(until);
        ends.push(FactChange::End(standing.id, until));
    }
    for record in &mut over.records {
        *record = matter::ended(record, &facts, today);
    }
    match over.reports.last_mut() {
        Some(report) => report.answers.changes.extend(ends),
        None => over.standing = facts,
    }
    over
}

/// The isolations that follow from the facts, each as it would be kept.
fn isolations(state: &State, ctx: &Context, today: Day) -> Vec<KeptReason> {
    let events = Events::of(state, ctx);
    let triggers = Triggers::find(state, ctx, &events, today, today);
    let fired = triggers.fired.iter();
    fired
        .filter_map(|trigger| kept::of_trigger(ctx, trigger))
        .collect()
}

/// The rules that colour `day` because they fire on its facts, each as it would be kept.
fn coloured(state: &State, ctx: &Context, day: Day, today: Day) -> Vec<KeptReason> {
    let reasons = decide(state, ctx, day, today).reasons.into_iter();
    let fired = reasons.filter(|reason| reason.start.is_none() && reason.code != UNDECIDABLE);
    fired
        .filter_map(|reason| {
            let mut books = ctx.in_force(day).map(|(_, book)| book);
            let book = books.find(|book| book.id() == reason.rulebook_id)?;
            let mut rules = book.document().rules.iter();
            let rule = rules.find(|rule| rule.id == reason.rule_id)?;
            Some(kept::of_day(book, rule, day))
        })
        .collect()
}
