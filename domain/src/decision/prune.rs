//! Dropping reports that can no longer change anything.

use super::trigger::Triggers;
use super::{Context, kept};
use crate::Day;
use crate::facts::{Events, fold, leans_on};
use crate::isolation::Diary;
use crate::report::DayReport;
use crate::state::{State, WINDOW_DAYS};

/// The state without reports older than [`WINDOW_DAYS`], except those since the start of the oldest
/// isolation that covers any of these days, or since one whose silence may deny a record, and without kept reasons that
/// were over before them. No decision about today or a later day changes.
pub fn prune(state: &State, ctx: &Context, today: Day) -> State {
    let window = today.plus(-WINDOW_DAYS);
    let events = Events::of(state, ctx);
    let diary = Diary {
        reports: &state.reports,
        today,
        late_limit: ctx.late_limit,
    };
    let triggers = Triggers::find(state, ctx, &events, today, today);
    let running = triggers.fired.iter().filter(|trigger| {
        let ends = trigger.terms.course(&diary, today).ends;
        ends.is_none_or(|ends| ends >= window)
    });
    // A standing fact that was stated late counts from before it was known.
    let oldest = running
        .map(|trigger| trigger.dated.start.min(trigger.dated.known))
        .min();
    let records = state.records.iter();
    let silent = records.filter_map(|record| leans_on(record, state, today));
    let first_kept = silent
        .chain(oldest)
        .fold(window, Day::min)
        .max(state.settled_before);
    let is_dropped = |report: &DayReport| report.day < first_kept;
    let count = state.reports.partition_point(is_dropped);
    let mut pruned = state.clone();
    pruned
        .kept
        .retain(|kept| kept::lasts(kept, state, ctx, &diary, window));
    pruned.gate.retain(|reading| reading.day >= first_kept);
    if count > 0 {
        let (dropped, reports) = state.reports.split_at(count);
        pruned.standing = fold::fold(&state.standing, dropped);
        pruned.reports = reports.to_vec();
        pruned.settled_before = first_kept;
    }
    pruned
}
