//! What is wrong with the answers of a report, field by field.

use super::{
    Answers, FactChange, FactId, NOTE_MAX, StandingFact, TEMPERATURE_MAX, TEMPERATURE_MIN,
    Temperature,
};
use crate::Day;
use crate::facts::fold::fold;
use crate::state::{Standing, State};
use serde::Serialize;

/// Earliest date that a form accepts for stays, contacts and tests, in days before the report.
pub const LOOK_BACK_DAYS: i32 = 60;
/// Most changes to standing facts in one report.
pub const CHANGES_MAX: usize = 20;

/// Which answer is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The temperature.
    Temperature,
    /// When the symptoms began.
    SymptomsSince,
    /// The change at this place.
    Change(usize),
    /// The note.
    Note,
}

/// Why it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultReason {
    /// Outside of what a body can have, 34.0–43.0 °C.
    TemperatureRange,
    /// A date after the day of the report.
    InFuture,
    /// A date too long ago.
    TooLongAgo,
    /// Leaving before arriving, or an end before the beginning.
    EndsBeforeStart,
    /// No standing fact of that name, or one to be ended that has ended.
    UnknownFact,
    /// More changes than a form may have.
    TooMany,
    /// Too many characters.
    TooLong,
}

/// One wrong answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnswerFault {
    /// Which.
    pub field: Field,
    /// Why.
    pub reason: FaultReason,
}

/// Everything wrong with `answers` of `day`, in the order of the form; empty when they can be accepted.
pub fn faults(answers: &Answers, state: &State, day: Day) -> Vec<AnswerFault> {
    let mut out = Vec::new();
    let mut wrong = |field, reason| out.push(AnswerFault { field, reason });
    if let Temperature::Tenths(tenths) = answers.temperature
        && !(TEMPERATURE_MIN..=TEMPERATURE_MAX).contains(&tenths)
    {
        wrong(Field::Temperature, FaultReason::TemperatureRange);
    }
    if let Some(since) = answers.symptoms_since
        && let Some(reason) = date_fault(since, day)
    {
        wrong(Field::SymptomsSince, reason);
    }
    // Nearly all reports change nothing.
    let known = match answers.changes.as_slice() {
        [] => Vec::new(),
        _ => known_before(state, day),
    };
    for (place, change) in answers.changes.iter().enumerate() {
        let stated = |id: &FactId| known.iter().find(|s| s.id == *id);
        let reason = match change {
            FactChange::Add(fact) => fact_fault(fact, day),
            FactChange::Correct(id, fact) => match stated(id) {
                Some(standing) => correction_fault(standing, fact, day),
                None => Some(FaultReason::UnknownFact),
            },
            FactChange::End(id, on) => match stated(id).filter(|s| s.ended.is_none()) {
                Some(standing) if *on < first_day(&standing.fact) => {
                    Some(FaultReason::EndsBeforeStart)
                }
                Some(_) => date_fault(*on, day),
                None => Some(FaultReason::UnknownFact),
            },
        };
        if let Some(reason) = reason {
            wrong(Field::Change(place), reason);
        }
    }
    if answers.changes.len() > CHANGES_MAX {
        wrong(Field::Change(CHANGES_MAX), FaultReason::TooMany);
    }
    if answers.note.chars().count() > NOTE_MAX {
        wrong(Field::Note, FaultReason::TooLong);
    }
    out
}

/// What a report of `day` finds stated. A revision stands in place of what its day said before: what that ended is still
/// open to it. What a later day stated is not.
pub(super) fn known_before(state: &State, day: Day) -> Vec<Standing> {
    let earlier = state.reports.iter().filter(|report| report.day < day);
    let earlier: Vec<_> = earlier.cloned().collect();
    fold(&state.standing, &earlier)
}

fn first_day(fact: &StandingFact) -> Day {
    match fact {
        StandingFact::Contact { last, .. } => *last,
        StandingFact::Household { since, .. } => *since,
        StandingFact::Stay { arrived, .. } => *arrived,
        StandingFact::Test { sampled, .. } => *sampled,
    }
}

/// Only a correction of a stay says when it ended; anything else ended when it did.
fn correction_fault(standing: &Standing, fact: &StandingFact, day: Day) -> Option<FaultReason> {
    let is_early = |ended: Day| ended < first_day(fact);
    if !matches!(fact, StandingFact::Stay { .. }) && standing.ended.is_some_and(is_early) {
        return Some(FaultReason::EndsBeforeStart);
    }
    fact_fault(fact, day)
}

fn fact_fault(fact: &StandingFact, day: Day) -> Option<FaultReason> {
    if let StandingFact::Stay {
        arrived,
        left: Some(left),
        ..
    } = fact
    {
        if left < arrived {
            return Some(FaultReason::EndsBeforeStart);
        }
        // A long stay may have begun earlier than a form looks back.
        return date_fault(*left, day);
    }
    if let StandingFact::Stay {
        arrived,
        left: None,
        ..
    } = fact
    {
        return (*arrived > day).then_some(FaultReason::InFuture);
    }
    date_fault(first_day(fact), day)
}

fn date_fault(date: Day, day: Day) -> Option<FaultReason> {
    if date > day {
        Some(FaultReason::InFuture)
    } else if date < day.plus(-LOOK_BACK_DAYS) {
        Some(FaultReason::TooLongAgo)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Millis;
    use crate::facts::standing;
    use crate::report::{Channel, DayReport, HouseholdMatter};

    const DAY: Day = Day(18_500);

    fn stay(left: Option<Day>) -> StandingFact {
        StandingFact::Stay {
            region: crate::ids::RegionCode::COUNTRY.parse().expect("a region"),
            arrived: DAY.plus(-5),
            left,
            transit: false,
        }
    }

    #[test]
    fn what_has_ended_can_be_corrected_but_not_ended_again() {
        let id = FactId {
            day: DAY.plus(-4),
            index: 0,
        };
        let mut state = State::new(DAY.plus(-9));
        state.standing.push(Standing {
            id,
            fact: stay(None),
            ended: Some(DAY.plus(-1)),
        });
        let of = |change| Answers {
            changes: vec![change],
            ..Answers::all_well()
        };
        let fault = AnswerFault {
            field: Field::Change(0),
            reason: FaultReason::UnknownFact,
        };
        assert_eq!(faults(&of(FactChange::End(id, DAY)), &state, DAY), [fault]);
        let other = FactId { index: 1, ..id };
        let unknown = of(FactChange::Correct(other, stay(None)));
        assert_eq!(faults(&unknown, &state, DAY), [fault]);
        let mut ended = state.clone();
        let ill = |since| StandingFact::Household {
            matter: HouseholdMatter::Symptoms,
            since,
        };
        ended.standing[0].fact = ill(DAY.plus(-3));
        let early = AnswerFault {
            reason: FaultReason::EndsBeforeStart,
            ..fault
        };
        for (since, found) in [(DAY.plus(-1), vec![]), (DAY, vec![early])] {
            let corrected = of(FactChange::Correct(id, ill(since)));
            assert_eq!(faults(&corrected, &ended, DAY), found);
        }
        for left in [None, Some(DAY.plus(-2))] {
            let corrected = of(FactChange::Correct(id, stay(left)));
            assert_eq!(faults(&corrected, &state, DAY), []);
            let mut later = state.clone();
            later.reports.push(DayReport {
                day: DAY,
                revision: 1,
                channel: Channel::Web,
                at: Millis(0),
                answers: corrected,
            });
            let now = Standing {
                id,
                fact: stay(left),
                ended: None,
            };
            assert_eq!(standing(&later), [now]);
        }
    }
}
