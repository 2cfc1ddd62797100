//! Small cells: where outsiders may look on, a number from which a child could be guessed is hidden, and enough
//! of its neighbours with it that sums do not give it away.

use super::{Cell, ScreenMode, ScreenSnapshot, Totals};
use crate::Code;
use crate::ids::RegionCode;
use std::collections::BTreeMap;

/// Numbers from 1 to below this are hidden. Nobody is nobody's secret: 0 is shown.
pub const SMALL: i64 = 5;

fn is_small(n: i64) -> bool {
    (1..SMALL).contains(&n)
}

/// Which parts of a sum may be shown. Where the sum itself is hidden, none; otherwise the hidden parts are none,
/// or at least two that together are not small, so that subtraction tells no single one.
///
/// `parts` must add up to the sum, and a shown sum must not be small itself.
pub fn visible(sum_is_shown: bool, parts: &[i64]) -> Vec<bool> {
    if !sum_is_shown {
        return vec![false; parts.len()];
    }
    let mut shown: Vec<bool> = parts.iter().map(|n| !is_small(*n)).collect();
    loop {
        let hidden = || {
            parts
                .iter()
                .zip(&shown)
                .filter(|(_, shown)| !**shown)
                .map(|(n, _)| *n)
        };
        let (count, sum) = (hidden().count(), hidden().sum::<i64>());
        if count == 0 || (count >= 2 && sum >= SMALL) {
            return shown;
        }
        let next = parts
            .iter()
            .enumerate()
            .filter(|(i, _)| shown.get(*i) == Some(&true))
            .min_by_key(|(_, n)| (**n == 0, **n))
            .map(|(i, _)| i);
        match next.and_then(|i| shown.get_mut(i)) {
            Some(next) => *next = false,
            None => return shown,
        }
    }
}

fn hide(cell: &mut Cell, shown: bool) {
    if !shown {
        *cell = None;
    }
}

/// Hides the parts of one sum.
fn hide_parts(sum_is_shown: bool, cells: &mut [&mut Cell]) {
    let parts: Vec<i64> = cells.iter().map(|c| c.unwrap_or(0)).collect();
    for (cell, shown) in cells.iter_mut().zip(visible(sum_is_shown, &parts)) {
        hide(cell, shown);
    }
}

impl Totals {
    /// Reported and not reported add up to the students, and so do the four codes.
    fn public(&mut self) {
        let mut silent = self.reported.map(|n| self.students - n);
        let shown = !is_small(self.students);
        hide_parts(shown, &mut [&mut self.reported, &mut silent]);
        hide_parts(
            shown,
            &mut [
                &mut self.green,
                &mut self.grey,
                &mut self.yellow,
                &mut self.red,
            ],
        );
    }
}

impl ScreenSnapshot {
    /// The snapshot as outsiders may see it: nobody's turn, no classes, small cells hidden together with the
    /// neighbours from which they could be worked out. Shares are cut to whole per cents.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.mode = ScreenMode::Public;
        self.feed = None;
        self.open = None;
        self.now.public();
        if let Some(before) = &mut self.before {
            before.public();
        }
        for day in &mut self.trend {
            if [day.yellow, day.red].into_iter().flatten().any(is_small) {
                (day.yellow, day.red) = (None, None);
            }
        }
        for code in [Code::Yellow, Code::Red] {
            let total = self.now.of(code).is_some();
            let mut cells: Vec<_> = self
                .reasons
                .iter_mut()
                .filter(|r| r.code == code)
                .map(|r| &mut r.people)
                .collect();
            hide_parts(total, &mut cells);
            self.hide_column(code);
        }
        if let Some(today) = self.trend.last_mut()
            && (self.now.yellow.is_none() || self.now.red.is_none())
        {
            (today.yellow, today.red) = (None, None);
        }
        for school in &mut self.schools {
            school.grey = None;
            school.share -= school.share % 10;
            school.own = school.share;
        }
        for area in &mut self.areas {
            area.share -= area.share % 10;
            if area.yellow.is_none() || area.red.is_none() {
                area.heat = 0;
            }
        }
        self.turned_today = self.turned_today.filter(|n| !is_small(*n));
        super::rank(&mut self.schools, super::ScreenSort::Flagged);
        self
    }

    /// Hides one code's numbers of areas and schools. Schools outside every area make up an unseen one.
    fn hide_column(&mut self, code: Code) {
        let pick = |yellow: Cell, red: Cell| if code == Code::Red { red } else { yellow };
        let mut areas: BTreeMap<Option<RegionCode>, i64> = BTreeMap::new();
        for school in &self.schools {
            *areas.entry(school.area.clone()).or_default() +=
                pick(school.yellow, school.red).unwrap_or(0);
        }
        let sums: Vec<i64> = areas.values().copied().collect();
        let shown: BTreeMap<_, _> = areas
            .into_keys()
            .zip(visible(self.now.of(code).is_some(), &sums))
            .collect();
        for area in &mut self.areas {
            let cell = if code == Code::Red {
                &mut area.red
            } else {
                &mut area.yellow
            };
            // An area without schools has nobody.
            let shown = shown
                .get(&Some(area.code.clone()))
                .copied()
                .unwrap_or(*cell == Some(0));
            hide(cell, shown);
        }
        for (area, shown) in shown {
            let mut cells: Vec<_> = self
                .schools
                .iter_mut()
                .filter(|s| s.area == area)
                .map(|s| {
                    if code == Code::Red {
                        &mut s.red
                    } else {
                        &mut s.yellow
                    }
                })
                .collect();
            hide_parts(shown, &mut cells);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::*;
    use super::*;
    use proptest::prelude::*;

    /// A region of areas of schools, each school with yellow and red.
    fn snapshot(areas: &[Vec<(i64, i64)>], green: i64, grey: i64) -> ScreenSnapshot {
        let code = |i: usize| RegionCode::parse(&format!("330503{i:03}")).unwrap();
        let mut schools = Vec::new();
        let mut lines = Vec::new();
        for (i, area) in areas.iter().enumerate() {
            for (yellow, red) in area {
                schools.push(SchoolLine {
                    id: SchoolId(i64::try_from(schools.len()).unwrap()),
                    name: Text::new("校", "School"),
                    // The first area is not on the screen: its schools lie in the region itself.
                    area: (i > 0).then(|| code(i)),
                    share: 987,
                    own: 900,
                    yellow: Some(*yellow),
                    red: Some(*red),
                    grey: Some(3),
                });
            }
            if i > 0 {
                let sum = |f: fn(&(i64, i64)) -> i64| Some(area.iter().map(f).sum());
                lines.push(AreaLine {
                    code: code(i),
                    name: Text::new("镇", "Town"),
                    share: 981,
                    yellow: sum(|s| s.0),
                    red: sum(|s| s.1),
                    heat: 4,
                });
            }
        }
        let total = |f: fn(&(i64, i64)) -> i64| areas.iter().flatten().map(f).sum::<i64>();
        let (yellow, red) = (total(|s| s.0), total(|s| s.1));
        let now = Totals {
            students: green + grey + yellow + red,
            reported: Some(green),
            green: Some(green),
            yellow: Some(yellow),
            red: Some(red),
            grey: Some(grey),
        };
        ScreenSnapshot {
            region: RegionCode::parse("330503").unwrap(),
            name: Text::new("区", "District"),
            mode: ScreenMode::Room,
            day: Day(18_000),
            at: Millis(0),
            second: 0,
            spans_zones: false,
            school_count: 1,
            class_count: 1,
            now,
            before: Some(now),
            trend: vec![TrendDay {
                day: Day(18_000),
                yellow: Some(yellow),
                red: Some(red),
            }],
            reasons: vec![ReasonCount {
                code: Code::Red,
                label: Text::new("甲", "a"),
                people: Some(red),
            }],
            areas: lines,
            ranked: schools.len(),
            schools,
            open: None,
            feed: Some(Vec::new()),
            turned_today: Some(1),
            books: Vec::new(),
        }
    }

    /// What an outsider can work out about the hidden parts of a shown sum: their number and their sum.
    fn check(shown_sum: Cell, parts: &[(Cell, i64)]) -> Result<(), TestCaseError> {
        for (cell, truth) in parts {
            prop_assert!(cell.is_none_or(|n| n == *truth && !is_small(n)));
        }
        let hidden: Vec<i64> = parts
            .iter()
            .filter(|(cell, _)| cell.is_none())
            .map(|(_, n)| *n)
            .collect();
        if shown_sum.is_some() && !hidden.is_empty() {
            prop_assert!(
                hidden.len() >= 2 && hidden.iter().sum::<i64>() >= SMALL,
                "{parts:?}"
            );
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn no_small_number_is_shown_or_follows_from_what_is_shown(
            areas in prop::collection::vec(prop::collection::vec((0..9i64, 0..9i64), 0..5), 1..5),
            green in 0..40i64,
            grey in 0..40i64,
        ) {
            let room = snapshot(&areas, green, grey);
            let public = room.clone().public();
            prop_assert!(public.feed.is_none() && public.turned_today.is_none());
            check(Some(1), &[(public.now.green, green), (public.now.grey, grey), (public.now.yellow, room.now.yellow.unwrap()), (public.now.red, room.now.red.unwrap())])
                .or_else(|e| if public.now.students < SMALL { Ok(()) } else { Err(e) })?;
            for code in [Code::Yellow, Code::Red] {
                let of = |s: &SchoolLine| if code == Code::Red { s.red } else { s.yellow };
                let area_of = |a: &AreaLine| if code == Code::Red { a.red } else { a.yellow };
                let truth = |id: SchoolId| of(room.schools.iter().find(|s| s.id == id).unwrap()).unwrap();
                let total = public.now.of(code);
                if total.is_none() {
                    prop_assert!(public.schools.iter().all(|s| of(s).is_none()));
                    prop_assert!(public.areas.iter().all(|a| area_of(a).is_none() || area_of(a) == Some(0) && !public.schools.iter().any(|s| s.area.as_ref() == Some(&a.code))));
                }
                // Within each shown area, and among the areas of the shown region, the unseen one included.
                let mut groups: Vec<(Cell, i64)> = Vec::new();
                for area in &public.areas {
                    let parts: Vec<_> = public.schools.iter().filter(|s| s.area.as_ref() == Some(&area.code)).map(|s| (of(s), truth(s.id))).collect();
                    check(area_of(area), &parts)?;
                    if area_of(area).is_none() {
                        prop_assert!(parts.iter().all(|(cell, _)| cell.is_none()));
                    }
                    groups.push((area_of(area), parts.iter().map(|(_, n)| n).sum()));
                }
                let rest: Vec<_> = public.schools.iter().filter(|s| s.area.is_none()).map(|s| (of(s), truth(s.id))).collect();
                let rest_sum: i64 = rest.iter().map(|(_, n)| n).sum();
                let rest_follows = total.is_some() && groups.iter().all(|(cell, _)| cell.is_some());
                check(rest_follows.then_some(rest_sum), &rest)?;
                if total.is_some() && groups.iter().any(|(cell, _)| cell.is_none()) {
                    let hidden: Vec<i64> = groups.iter().filter(|(c, _)| c.is_none()).map(|(_, n)| *n).chain(rest.iter().filter(|(c, _)| c.is_none()).map(|(_, n)| *n)).collect();
                    prop_assert!(hidden.len() >= 2 && hidden.iter().sum::<i64>() >= SMALL);
                }
            }
        }

        #[test]
        fn the_own_room_loses_nothing_and_large_numbers_stay(parts in prop::collection::vec(5..900i64, 1..9)) {
            prop_assert!(visible(true, &parts).into_iter().all(|shown| shown));
        }
    }

    #[test]
    fn one_small_school_takes_a_neighbour_with_it() {
        assert_eq!(visible(true, &[2, 9, 7, 0]), [false, true, false, true]);
        assert_eq!(visible(true, &[1, 1, 9]), [false, false, false]);
        assert_eq!(visible(true, &[0, 0, 12]), [true, true, true]);
        assert_eq!(visible(false, &[12]), [false]);
    }
}
