//! What stays of a person's facts when consent is withdrawn.

use super::Context;
use crate::Day;
use crate::state::State;

/// The state without any answer: only joining day, official records, clearances, and that days were reported.
pub fn withdraw(state: &State, _ctx: &Context, _today: Day) -> State {
    let mut left = state.clone();
    left.standing.clear();
    for report in &mut left.reports {
        report.answers = crate::report::Answers::all_well();
    }
    left
}
