//! What becomes of a report: whether it can be taken, and whether it holds at once.

use super::{Fate, Submission};
use crate::context::SchoolInfo;
use crate::{Error, Refusal, Result};
use domain::decision::{all_well_available, decide, weakens};
use domain::report::{Answers, Channel, ChannelGroup, DayReport, Temperature, faults};
use domain::state::State;
use domain::{Code, Day};
use store::ReportRow;

/// `state` with `report` in place of what its day said before.
pub(crate) fn with_report(state: &State, report: DayReport) -> State {
    let mut state = state.clone();
    match state.reports.binary_search_by_key(&report.day, |r| r.day) {
        Ok(place) => {
            if let Some(slot) = state.reports.get_mut(place) {
                *slot = report;
            }
        }
        Err(place) => state.reports.insert(place, report),
    }
    state
}

/// `state` as if nothing had been reported for `day`.
pub(crate) fn without_report(state: &State, day: Day) -> State {
    let mut state = state.clone();
    state.reports.retain(|report| report.day != day);
    state
}

/// Accepted, unless a yellow or red would become milder, or an older form is not worse than what holds. A first
/// report of a day is compared with an all-well one: that a day is filled in weakens nothing.
pub(super) fn fate(
    info: &SchoolInfo,
    known: &State,
    state: &State,
    day: Day,
    today: Day,
    is_stale: bool,
) -> Fate {
    let context = info.context();
    let said = known.report_of(day);
    let neutral;
    let basis = if said.is_some() {
        known
    } else {
        let filled = state.report_of(day).map(|r| DayReport {
            answers: Answers::all_well(),
            ..r.clone()
        });
        neutral = filled.map_or_else(|| known.clone(), |report| with_report(known, report));
        &neutral
    };
    let before = decide(basis, &context, today, today);
    let after = decide(state, &context, today, today);
    let same_answers = said
        .zip(state.report_of(day))
        .is_some_and(|(a, b)| a.answers == b.answers);
    if is_stale
        && said.is_some()
        && !same_answers
        && Code::max(after.code, Code::Grey) <= Code::max(before.code, Code::Grey)
    {
        Fate::Stale
    } else if weakens(&before, &after) {
        Fate::Pending
    } else {
        Fate::Accepted
    }
}

/// What became of a report that was taken.
pub(crate) fn fate_of(row: &ReportRow) -> Fate {
    match (row.status.as_str(), row.stale) {
        ("pending" | "refused", true) => Fate::Stale,
        ("pending" | "refused", false) => Fate::Pending,
        _ => Fate::Accepted,
    }
}

pub(super) fn check_day(
    sent: &Submission,
    info: &SchoolInfo,
    today: Day,
    state: &State,
) -> Result<()> {
    if sent.day == today {
        return Ok(());
    }
    if sent.channel.group() == ChannelGroup::Guardian {
        return Err(Refusal::NotThisDay.into());
    }
    check_reach(sent.day, info, today)?;
    if sent.day < state.joined {
        return Err(Refusal::DayTooLate.into());
    }
    Ok(())
}

/// Whether staff can enter reports of a day, whomever they are about.
pub(crate) fn check_reach(day: Day, info: &SchoolInfo, today: Day) -> Result<()> {
    let late = i32::try_from(info.row.late_days).unwrap_or(0);
    if day > today {
        Err(Refusal::NotThisDay.into())
    } else if day < today.plus(-late) {
        Err(Refusal::DayTooLate.into())
    } else {
        Ok(())
    }
}

pub(super) fn check_answers(
    sent: &Submission,
    state: &State,
    info: &SchoolInfo,
    today: Day,
) -> Result<()> {
    let wrong = faults(&sent.answers, state, sent.day);
    if !wrong.is_empty() {
        return Err(Error::Answers(wrong));
    }
    let one_click = sent.channel == Channel::Web && sent.answers == Answers::all_well();
    if one_click && !all_well_available(state, &info.context(), today) {
        return Err(Refusal::AllWellUnavailable.into());
    }
    if sent.answers.temperature == Temperature::BelowThreshold
        && sent.answers.symptoms.is_empty()
        && sent.answers.symptoms_since.is_some()
    {
        return Err(Refusal::AnswersInvalid.into());
    }
    Ok(())
}
