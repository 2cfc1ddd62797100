//! What a decision is taken in: the rulebooks, the risk areas, the calendar.

use crate::Day;
use crate::facts::RiskAreas;
use crate::rulebook::{FEVER_TENTHS, Rulebook};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The parameter that says after how many days an open discrepancy is closed unsettled.
pub const DISCREPANCY_DUE_DAYS: &str = "discrepancy_due_days";
/// The most days that parameter can give: answers are kept for three weeks, and a record is compared with those
/// of the two weeks before it came.
pub(crate) const DISCREPANCY_DAYS_MAX: i32 = 7;
/// The days where no rulebook says.
const DISCREPANCY_DAYS: i64 = 3;

/// Everything but the person that a decision depends on.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// All rulebooks of the region and above that ever judged a day that is still asked about, the
    /// widest region first.
    pub rulebooks: &'a [Rulebook],
    /// The declared risk areas.
    pub risk: &'a RiskAreas,
    /// The school's calendar.
    pub calendar: &'a Calendar,
    /// How many days late a report may be entered; a day is missed when this has passed.
    pub late_limit: i32,
}

/// Which days are school days: weekdays, with exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Days that are not as their weekday says: `true` for a school day, `false` for a day off.
    pub exceptions: BTreeMap<Day, bool>,
}

impl Calendar {
    /// Whether there is school on `day`.
    pub fn is_school_day(&self, day: Day) -> bool {
        self.exceptions
            .get(&day)
            .copied()
            .unwrap_or_else(|| !day.is_weekend())
    }
}

/// Which symptom numbers mean what, in the rulebooks in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SymptomMasks {
    pub(crate) severe: u64,
    pub(crate) fever: u64,
}

impl<'a> Context<'a> {
    /// The rulebooks that judge `day`, with their place in the list.
    pub(crate) fn in_force(
        &self,
        day: Day,
    ) -> impl Iterator<Item = (usize, &'a Rulebook)> + use<'a> {
        self.rulebooks
            .iter()
            .enumerate()
            .filter(move |(_, book)| book.in_force(day))
    }

    pub(crate) fn symptom_masks(&self, day: Day) -> SymptomMasks {
        symptom_masks(self.in_force(day).map(|(_, book)| book))
    }

    /// The same with a later version in place of one of them.
    pub(crate) fn symptom_masks_with(
        &self,
        day: Day,
        replaced: usize,
        by: &Rulebook,
    ) -> SymptomMasks {
        symptom_masks(
            self.in_force(day)
                .map(|(index, book)| if index == replaced { by } else { book }),
        )
    }
    /// After how many days a discrepancy that opens on `day` is closed unsettled, 0–7: the strictest of the
    /// rulebooks in force, and 3 where none says.
    pub fn discrepancy_days(&self, day: Day) -> i32 {
        let given = self
            .in_force(day)
            .filter_map(|(_, book)| book.number(DISCREPANCY_DUE_DAYS));
        let days = given.max().unwrap_or(DISCREPANCY_DAYS);
        i32::try_from(days.clamp(0, DISCREPANCY_DAYS_MAX.into())).unwrap_or(0)
    }

    /// The temperature in tenths of a degree Celsius from which it is a fever on `day`: the strictest
    /// of the rulebooks in force, and 37.3 °C where none says.
    pub fn fever_threshold(&self, day: Day) -> u16 {
        let thresholds = self
            .in_force(day)
            .filter_map(|(_, book)| book.number(FEVER_TENTHS));
        thresholds
            .min()
            .and_then(|tenths| u16::try_from(tenths).ok())
            .unwrap_or(373)
    }
}

fn symptom_masks<'a>(books: impl Iterator<Item = &'a Rulebook>) -> SymptomMasks {
    let mut masks = SymptomMasks::default();
    for symptom in books.flat_map(|book| &book.document().symptoms) {
        let bit = 1u64.checked_shl(u32::from(symptom.number)).unwrap_or(0);
        masks.severe |= if symptom.severe { bit } else { 0 };
        masks.fever |= if symptom.fever { bit } else { 0 };
    }
    // What one rulebook calls severe is never explained away as mere fever by another.
    masks.fever &= !masks.severe;
    masks
}
