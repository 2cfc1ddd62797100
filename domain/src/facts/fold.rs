//! Standing facts: what earlier reports stated, as corrected and ended since.

use crate::report::{DayReport, FactChange, FactId, StandingFact};
use crate::state::{Standing, State};

/// The standing facts of a person, as they read now: those of dropped reports and of all kept ones.
pub fn standing(state: &State) -> Vec<Standing> {
    fold(&state.standing, &state.reports)
}

/// `before` with the changes of `reports` made to it, by day. Changes to unknown facts are ignored.
pub(crate) fn fold(before: &[Standing], reports: &[DayReport]) -> Vec<Standing> {
    let mut facts = before.to_vec();
    for report in reports {
        let mut index = 0;
        for change in &report.answers.changes {
            if let FactChange::Add(fact) = change {
                let id = FactId {
                    day: report.day,
                    index,
                };
                facts.push(Standing {
                    id,
                    fact: fact.clone(),
                    ended: None,
                });
                index = index.saturating_add(1);
            }
        }
    }
    for report in reports {
        for change in &report.answers.changes {
            let (FactChange::End(id, _) | FactChange::Correct(id, _)) = change else {
                continue;
            };
            // A report cannot speak of what was stated after its day.
            let mut stated = facts.iter_mut().filter(|_| id.day <= report.day);
            let Some(standing) = stated.find(|standing| standing.id == *id) else {
                continue;
            };
            match change {
                FactChange::Add(_) => {}
                FactChange::End(_, day) => standing.ended = Some(*day),
                FactChange::Correct(_, fact) => correct(standing, fact),
            }
        }
    }
    facts
}

/// A corrected stay says itself whether it was left, and when; anything else stays ended.
fn correct(standing: &mut Standing, fact: &StandingFact) {
    standing.fact = fact.clone();
    if matches!(fact, StandingFact::Stay { .. }) {
        standing.ended = None;
    }
}
