//! Comparing answers: does a correction weaken, may *all well* be offered.

use super::{Context, Decision, Reason};
use crate::Day;
use crate::report::Temperature;
use crate::state::{GateReading, State};

/// Whether `after` asks for less than `before` where `before` is yellow or red: a better colour, or a
/// reason that is dropped, milder, or over sooner.
pub fn weakens(before: &Decision, after: &Decision) -> bool {
    let not_sooner = |a: Option<Day>, b: Option<Day>| match (a, b) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) => a >= b,
    };
    // A worse reason stands in for a milder one only if the correction brought it or made it longer:
    // a cough that becomes a fever, not a cough that is dropped behind an older contact.
    let is_news = |other: &Reason| {
        let mut earlier = before
            .reasons
            .iter()
            .filter(|reason| reason.code == other.code);
        earlier.all(|reason| other.ends != reason.ends && not_sooner(other.ends, reason.ends))
    };
    // What colours a day only while it fires asks for no day after it.
    let end = |reason: &Reason| match reason.start {
        Some(_) => reason.ends,
        None => Some(before.day),
    };
    let kept = |reason: &Reason| {
        after.reasons.iter().any(|other| {
            let same = other.code == reason.code && other.colour >= reason.colour;
            let worse = other.colour > reason.colour && is_news(other);
            (same || worse) && not_sooner(end(other), end(reason))
        })
    };
    let better = before.code.is_flagged() && after.code < before.code;
    better || !before.reasons.iter().all(kept)
}

/// Whether *all well* may be offered today: not while the latest earlier answers, yesterday's as a rule,
/// state symptoms or a measured fever, nor after a fever that the gate has measured since.
pub fn all_well_available(state: &State, ctx: &Context, today: Day) -> bool {
    let latest = state.reports.iter().rev().find(|report| report.day < today);
    let since = latest.map(|report| report.day);
    let at_the_gate = |reading: &GateReading| reading.day < today && Some(reading.day) >= since;
    if state.gate.iter().any(at_the_gate) {
        return false;
    }
    latest.is_none_or(|report| {
        let fever = match report.answers.temperature {
            Temperature::BelowThreshold => false,
            Temperature::Tenths(tenths) => tenths >= ctx.fever_threshold(report.day),
        };
        !fever && report.answers.symptoms.is_empty()
    })
}
