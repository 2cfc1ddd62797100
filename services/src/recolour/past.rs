//! As what a person is counted on days gone by.
//!
//! A day's numbers stand as its end left them. A late report, a correction or a struck report moves a person from
//! where they are counted on that day, which neither the facts of today nor the class of today say.

use domain::decision::Decision;
use domain::ids::ClassId;
use domain::{Code, Day};
use serde::{Deserialize, Serialize};

/// A colour and its principal reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flag {
    pub code: Code,
    pub reason: String,
}

impl Flag {
    /// Nothing where the code is no colour that people are listed under.
    pub fn new(code: Code, reason: Option<&str>) -> Option<Self> {
        code.is_flagged().then(|| Self {
            code,
            reason: reason.unwrap_or_default().to_owned(),
        })
    }

    /// That of a decision.
    pub fn of(decision: &Decision) -> Option<Self> {
        let reason = decision.principal().map(|reason| reason.code.as_str());
        Self::new(decision.code, reason)
    }
}

/// Days on which somebody is counted under a colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Flagged {
    from: Day,
    to: Day,
    flag: Flag,
}

/// Where somebody was counted until they came into another class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// The last day.
    to: Day,
    /// `None` while they were not on the roster.
    class: Option<ClassId>,
}

/// Where, and under which colour, a person is counted on days gone by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    /// Colours of earlier days are not known.
    known_from: Day,
    /// In the order of their days.
    flagged: Vec<Flagged>,
    /// The same.
    places: Vec<Place>,
}

impl Past {
    /// Of somebody whose days from `day` on are known, so that what is not noted about them was no colour.
    pub fn known_from(day: Day) -> Self {
        Self {
            known_from: day,
            flagged: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Of somebody of whose earlier days nothing was kept, nor since when.
    pub fn unknown() -> Self {
        Self::known_from(Day(i32::MAX))
    }

    /// Earlier days are known at least from `day` on.
    pub fn is_known_from(&mut self, day: Day) {
        self.known_from = self.known_from.min(day);
    }

    /// The class in whose numbers of `day` they are, if in any; `now` is their class of today.
    pub fn class_on(&self, day: Day, now: ClassId) -> Option<ClassId> {
        let place = self.places.iter().find(|place| day <= place.to);
        place.map_or(Some(now), |place| place.class)
    }

    /// Whether it is known under which colour they are counted on `day`.
    pub fn knows(&self, day: Day) -> bool {
        day >= self.known_from
    }

    /// The colour they are counted under on `day`.
    pub fn flag_on(&self, day: Day) -> Option<&Flag> {
        let holds = |days: &&Flagged| days.from <= day && day <= days.to;
        self.flagged.iter().find(holds).map(|days| &days.flag)
    }

    /// They are counted under `flag` on `day`, or under no colour.
    pub fn set(&mut self, day: Day, flag: Option<Flag>) {
        if self.flagged.is_empty() && flag.is_none() {
            return;
        }
        let mut parts = Vec::with_capacity(self.flagged.len() + 2);
        for days in self.flagged.drain(..) {
            if day < days.from || days.to < day {
                parts.push(days);
                continue;
            }
            let (before, after) = (day.plus(-1), day.plus(1));
            parts.push(Flagged {
                to: before,
                flag: days.flag.clone(),
                ..days
            });
            parts.push(Flagged {
                from: after,
                ..days
            });
        }
        parts.extend(flag.map(|flag| Flagged {
            from: day,
            to: day,
            flag,
        }));
        parts.retain(|days| days.from <= days.to);
        parts.sort_by_key(|days| days.from);
        parts.dedup_by(|next, last| {
            let goes_on = next.from == last.to.plus(1) && next.flag == last.flag;
            if goes_on {
                last.to = next.to;
            }
            goes_on
        });
        self.flagged = parts;
    }

    /// Until `to` they were counted in `class`, or in none.
    pub fn leave(&mut self, to: Day, class: Option<ClassId>) {
        // Who changes twice in a day was counted where the day before left them.
        if self.places.last().is_none_or(|last| last.to < to) {
            self.places.push(Place { to, class });
        }
    }

    /// Forgets what is older than `day`, about which nothing can change any more.
    pub fn forget_before(&mut self, day: Day) {
        self.known_from = self.known_from.max(day);
        self.flagged.retain(|days| days.to >= day);
        self.places.retain(|place| place.to >= day);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn flag(is_red: bool) -> Option<Flag> {
        let code = if is_red { Code::Red } else { Code::Yellow };
        Flag::new(code, Some("fever"))
    }

    proptest! {
        /// Whatever is noted in whatever order, the colours are those that a table of days would hold.
        #[test]
        fn colours_are_those_of_a_table(
            noted in proptest::collection::vec((0..12_i32, prop::option::of(prop::bool::ANY)), 0..30),
            forgotten in 0..12_i32,
        ) {
            let (mut past, mut table) = (Past::known_from(Day(0)), BTreeMap::new());
            for (day, colour) in noted {
                let flag = colour.and_then(flag);
                past.set(Day(day), flag.clone());
                table.insert(day, flag);
            }
            let in_table = |day| table.get(&day).and_then(Option::as_ref);
            for day in -1..=12 {
                prop_assert_eq!(past.flag_on(Day(day)), in_table(day));
            }
            past.forget_before(Day(forgotten));
            prop_assert!(!past.knows(Day(forgotten - 1)));
            for day in forgotten..=12 {
                prop_assert!(past.knows(Day(day)));
                prop_assert_eq!(past.flag_on(Day(day)), in_table(day));
            }
        }
    }

    #[test]
    fn a_run_of_days_is_kept_as_one() {
        let mut past = Past::known_from(Day(1));
        for day in 1..=14 {
            past.set(Day(day), flag(true));
        }
        assert_eq!(past.flagged.len(), 1);
        past.set(Day(7), None);
        assert_eq!(past.flagged.len(), 2);
        past.set(Day(7), flag(true));
        assert_eq!(past.flagged.len(), 1);
    }

    #[test]
    fn a_class_is_the_one_the_days_end_found_them_in() {
        let (first, second, third) = (ClassId(1), ClassId(2), ClassId(3));
        let mut past = Past::known_from(Day(1));
        past.leave(Day(9), Some(first));
        // Moved again on the same day.
        past.leave(Day(9), Some(second));
        // On day 12 they left the third, on day 15 they came back.
        past.leave(Day(11), Some(third));
        past.leave(Day(14), None);
        let expected = [
            (9, Some(first)),
            (10, Some(third)),
            (11, Some(third)),
            (12, None),
            (14, None),
            (15, Some(second)),
        ];
        for (day, class) in expected {
            assert_eq!(past.class_on(Day(day), second), class, "day {day}");
        }
        past.forget_before(Day(12));
        assert_eq!(past.class_on(Day(14), second), None);
        assert_eq!(past.places.len(), 1);
    }
}
