//! Facts from somebody who says what is so, whether or not it was told before.

use super::faults::{AnswerFault, CHANGES_MAX, FaultReason, Field, known_before};
use super::{FactChange, StandingFact};
use crate::Day;
use crate::ids::RegionCode;
use crate::state::{Standing, State};

/// A standing fact as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The fact.
    pub fact: StandingFact,
    /// When it ended, where it did. A stay says itself when it was left.
    pub ended: Option<Day>,
}

/// What the facts that a report of `day` tells change in those that earlier days have stated: nothing where they say
/// the same. Each change comes with the place of its fact.
///
/// # Errors
/// The places of those that end what is not known to go on, or that there are too many.
pub fn changes_of(
    told: Vec<Told>,
    state: &State,
    day: Day,
) -> Result<Vec<(usize, FactChange)>, Vec<AnswerFault>> {
    let wrong = |place, reason| AnswerFault {
        field: Field::Change(place),
        reason,
    };
    if told.len() > CHANGES_MAX {
        return Err(vec![wrong(CHANGES_MAX, FaultReason::TooMany)]);
    }
    let known = known_before(state, day);
    let (mut changes, mut faults) = (Vec::new(), Vec::new());
    for (place, told) in told.into_iter().enumerate() {
        match told.change(&known) {
            Ok(Some(change)) if changes.iter().all(|(_, other)| *other != change) => {
                changes.push((place, change));
            }
            Ok(_) => {}
            Err(reason) => faults.push(wrong(place, reason)),
        }
    }
    if faults.is_empty() {
        Ok(changes)
    } else {
        Err(faults)
    }
}

impl Told {
    fn change(self, known: &[Standing]) -> Result<Option<FactChange>, FaultReason> {
        if let StandingFact::Stay {
            region,
            arrived,
            left,
            transit,
        } = self.fact
        {
            return Ok(of_stay(&region, arrived, left, transit, known));
        }
        let same = || known.iter().filter(|standing| standing.fact == self.fact);
        let Some(ended) = self.ended else {
            let is_new = same().next().is_none();
            return Ok(is_new.then_some(FactChange::Add(self.fact)));
        };
        if let Some(open) = same().find(|standing| standing.ended.is_none()) {
            Ok(Some(FactChange::End(open.id, ended)))
        } else if same().any(|standing| standing.ended == Some(ended)) {
            Ok(None)
        } else {
            Err(FaultReason::UnknownFact)
        }
    }
}

/// What a stay changes: by place and arrival it is the same one, also once it has ended.
fn of_stay(
    region: &RegionCode,
    arrived: Day,
    left: Option<Day>,
    transit: bool,
    known: &[Standing],
) -> Option<FactChange> {
    let stay = |left| StandingFact::Stay {
        region: region.clone(),
        arrived,
        left,
        transit,
    };
    let same = || {
        known.iter().filter_map(|standing| match &standing.fact {
            StandingFact::Stay {
                region: place,
                arrived: from,
                transit,
                ..
            } if place == region && *from == arrived => {
                Some((standing, standing.until(), *transit))
            }
            _ => None,
        })
    };
    let open = same().find(|(_, until, _)| until.is_none());
    if let (Some(left), Some((standing, _, was_transit))) = (left, open) {
        return Some(if was_transit == transit {
            FactChange::End(standing.id, left)
        } else {
            FactChange::Correct(standing.id, stay(Some(left)))
        });
    }
    let says_so = |(_, until, was_transit): (&Standing, Option<Day>, bool)| {
        was_transit == transit && (left.is_none() || left == until)
    };
    if same().any(says_so) {
        return None;
    }
    let unended = same().find(|(standing, ..)| standing.ended.is_none());
    Some(match unended.or_else(|| same().next()) {
        Some((standing, until, _)) => FactChange::Correct(standing.id, stay(left.or(until))),
        None => FactChange::Add(stay(left)),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::Millis;
    use crate::report::{Answers, Channel, DayReport, HouseholdMatter, TestResult};

    const MONDAY: Day = Day(18_519);

    fn day(n: i32) -> Day {
        MONDAY.plus(n)
    }

    fn stay(left: Option<i32>, transit: bool) -> Told {
        Told {
            fact: StandingFact::Stay {
                region: "110000".parse().unwrap(),
                arrived: day(-5),
                left: left.map(day),
                transit,
            },
            ended: None,
        }
    }

    fn ill_at_home(ended: Option<i32>) -> Told {
        Told {
            fact: StandingFact::Household {
                matter: HouseholdMatter::Symptoms,
                since: day(-2),
            },
            ended: ended.map(day),
        }
    }

    fn tested(result: TestResult) -> Told {
        Told {
            fact: StandingFact::Test {
                result,
                sampled: day(-1),
            },
            ended: None,
        }
    }

    /// What each of these lists changes, told day by day from Monday on.
    fn day_by_day(lists: Vec<Vec<Told>>) -> Vec<Result<Vec<FactChange>, FaultReason>> {
        let mut state = State::new(MONDAY);
        let mut results = Vec::new();
        for (day, told) in (MONDAY.0..).map(Day).zip(lists) {
            let result = changes_of(told, &state, day);
            let result = result.map_err(|faults| faults.first().unwrap().reason);
            let result = result.map(|all| all.into_iter().map(|(_, change)| change));
            let result: Result<Vec<_>, _> = result.map(Iterator::collect);
            state.reports.push(DayReport {
                day,
                revision: 1,
                channel: Channel::Interface,
                at: Millis(0),
                answers: Answers {
                    changes: result.clone().unwrap_or_default(),
                    ..Answers::all_well()
                },
            });
            results.push(result);
        }
        results
    }

    fn first(index: u16) -> crate::report::FactId {
        crate::report::FactId { day: MONDAY, index }
    }

    #[test]
    fn what_is_known_is_not_added_again_and_ends_once() {
        let ends = |fact: &Told| FactChange::End(first(0), fact.ended.unwrap_or(day(1)));
        for (open, over) in [
            (stay(None, false), stay(Some(1), false)),
            (ill_at_home(None), ill_at_home(Some(1))),
        ] {
            let lists = [&open, &open, &over, &over, &open].map(|told| vec![told.clone()]);
            let added = FactChange::Add(open.fact);
            assert_eq!(
                day_by_day(lists.into()),
                [vec![added], vec![], vec![ends(&over)], vec![], vec![]].map(Ok)
            );
        }
        let twice = vec![tested(TestResult::Negative); 2];
        let other = vec![tested(TestResult::Positive)];
        let added = |told: &[Told]| Ok(vec![FactChange::Add(told[0].fact.clone())]);
        assert_eq!(
            day_by_day(vec![twice.clone(), twice.clone(), other.clone()]),
            [added(&twice), Ok(vec![]), added(&other)]
        );
    }

    #[test]
    fn a_stay_that_is_told_otherwise_is_corrected_also_once_it_has_ended() {
        let correct = |told: Told| FactChange::Correct(first(0), told.fact);
        for (told, changes) in [
            (
                [stay(None, true), stay(None, false)],
                vec![correct(stay(None, false))],
            ),
            (
                [stay(None, true), stay(Some(0), false)],
                vec![correct(stay(Some(0), false))],
            ),
            (
                [stay(Some(-2), false), stay(Some(-1), false)],
                vec![correct(stay(Some(-1), false))],
            ),
            (
                [stay(Some(-2), true), stay(None, false)],
                vec![correct(stay(Some(-2), false))],
            ),
            ([stay(Some(-2), false), stay(None, false)], vec![]),
        ] {
            let lists = told.map(|told| vec![told]).into();
            assert_eq!(day_by_day(lists).pop().unwrap(), Ok(changes));
        }
        let ended_twice = [None, Some(0), Some(1), Some(1)].map(|left| vec![stay(left, false)]);
        assert_eq!(
            day_by_day(ended_twice.into()).split_off(2),
            [Ok(vec![correct(stay(Some(1), false))]), Ok(vec![])]
        );
    }

    #[test]
    fn what_is_not_known_to_go_on_does_not_end() {
        let unknown = Err(FaultReason::UnknownFact);
        let ends = |day| vec![ill_at_home(Some(day))];
        assert_eq!(day_by_day(vec![ends(0)]).pop().unwrap(), unknown);
        let lists = vec![vec![ill_at_home(None)], ends(0), ends(1)];
        assert_eq!(day_by_day(lists).pop().unwrap(), unknown);
        // An earlier one of the same day is replaced, with all that it stated.
        let mut state = State::new(MONDAY);
        state.reports.push(DayReport {
            day: MONDAY,
            revision: 1,
            channel: Channel::Interface,
            at: Millis(0),
            answers: Answers {
                changes: vec![FactChange::Add(stay(None, false).fact)],
                ..Answers::all_well()
            },
        });
        let told = stay(Some(0), false);
        let added = vec![(0, FactChange::Add(told.fact.clone()))];
        assert_eq!(changes_of(vec![told], &state, MONDAY), Ok(added));
    }

    #[test]
    fn there_may_be_so_many() {
        let many = |n| changes_of(vec![stay(None, false); n], &State::new(MONDAY), MONDAY);
        assert_eq!(many(CHANGES_MAX).unwrap().len(), 1);
        let fault = AnswerFault {
            field: Field::Change(CHANGES_MAX),
            reason: FaultReason::TooMany,
        };
        assert_eq!(many(CHANGES_MAX + 1), Err(vec![fault]));
    }
}
