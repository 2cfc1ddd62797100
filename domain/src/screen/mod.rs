//! What the bureau's screens show of a region: sums of counters, nothing that counts people itself.
//!
//! Compiles to WASM: a browser receives each snapshot as JSON and draws it.

mod small;

pub use small::{SMALL, visible};

use crate::ids::{ClassId, RegionCode, SchoolId};
use crate::roster::ClassName;
use crate::{Code, Day, Millis, Text};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Who looks at a screen.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ScreenMode {
    /// The bureau's own people: masked names in the feed.
    #[default]
    Room,
    /// Outsiders may look on: no individuals, small cells hidden.
    Public,
}

impl ScreenMode {
    /// The word used in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Public => "public",
        }
    }

    /// The mode of a word; anything unknown shows less, not more.
    pub fn from_word(word: &str) -> Self {
        match word {
            "" | "room" => Self::Room,
            _ => Self::Public,
        }
    }
}

/// How the schools are ranked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenSort {
    /// Most yellow and red first.
    #[default]
    Flagged,
    /// Fewest reports first; reports by proxy do not help.
    Progress,
}

impl ScreenSort {
    /// The word used in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Flagged => "flagged",
            Self::Progress => "progress",
        }
    }

    /// The order of a word; the default where there is none such.
    pub fn from_word(word: &str) -> Self {
        if word == Self::Progress.word() {
            Self::Progress
        } else {
            Self::Flagged
        }
    }
}

/// A number of people; `None` where it is hidden.
pub type Cell = Option<i64>;

/// The four codes of a region and how many have reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// On the roster.
    pub students: i64,
    /// Reported by any channel.
    pub reported: Cell,
    /// May attend.
    pub green: Cell,
    /// Observing.
    pub yellow: Cell,
    /// Isolating.
    pub red: Cell,
    /// Neither reported nor under a colour.
    pub grey: Cell,
}

impl Totals {
    /// How many show a code.
    pub fn of(&self, code: Code) -> Cell {
        match code {
            Code::Green => self.green,
            Code::Yellow => self.yellow,
            Code::Red => self.red,
            Code::Grey => self.grey,
        }
    }
}

/// One day of the trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendDay {
    /// The day.
    pub day: Day,
    /// Observing.
    pub yellow: Cell,
    /// Isolating.
    pub red: Cell,
}

/// How many are counted under one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonCount {
    /// Yellow or red.
    pub code: Code,
    /// The reason in a few words.
    pub label: Text,
    /// How many.
    pub people: Cell,
}

/// A region of the next level below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaLine {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: Text,
    /// Reported, in thousandths of its students.
    pub share: u16,
    /// Observing.
    pub yellow: Cell,
    /// Isolating.
    pub red: Cell,
    /// Flagged per thousand students in five steps, 0 to 4.
    pub heat: u8,
}

/// One school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolLine {
    /// Which.
    pub id: SchoolId,
    /// Its name.
    pub name: Text,
    /// The region of the next level below that it lies in.
    #[serde(skip)]
    pub area: Option<RegionCode>,
    /// Reported by any channel, in thousandths of its students.
    pub share: u16,
    /// The same without reports by proxy; ranks go by it.
    pub own: u16,
    /// Observing.
    pub yellow: Cell,
    /// Isolating.
    pub red: Cell,
    /// Neither reported nor under a colour.
    pub grey: Cell,
}

/// One class of an opened school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassLine {
    /// Which.
    pub id: ClassId,
    /// Its name.
    pub name: ClassName,
    /// On the roster.
    pub students: i64,
    /// Reported by any channel.
    pub reported: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Why, the most frequent first.
    pub reasons: Vec<(Text, i64)>,
}

/// A school opened in place: its classes with somebody flagged, the most first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSchool {
    /// Which.
    pub id: SchoolId,
    /// Its classes.
    pub classes: Vec<ClassLine>,
}

/// Somebody who turned yellow or red today. The name is masked before it leaves the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedItem {
    /// Grows from turn to turn.
    pub id: i64,
    /// The masked name.
    pub name: String,
    /// The school.
    pub school: Text,
    /// The class.
    pub class: ClassName,
    /// Yellow or red.
    pub code: Code,
    /// Why.
    pub label: Text,
    /// The last day of the colour, as seen then.
    pub ends: Option<Day>,
    /// When, in minutes since midnight.
    pub minute: u32,
}

/// A rulebook in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookInForce {
    /// Its version.
    pub version: String,
    /// Since when.
    pub since: Day,
}

/// All that a screen shows of a region at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenSnapshot {
    /// Which region.
    pub region: RegionCode,
    /// Its name.
    pub name: Text,
    /// Who looks on.
    pub mode: ScreenMode,
    /// Today in the region's zone.
    pub day: Day,
    /// When the numbers were read.
    pub at: Millis,
    /// The same as seconds since midnight in the region's zone.
    pub second: u32,
    /// The region spans time zones: each class is counted on its own today.
    pub spans_zones: bool,
    /// How many schools.
    pub school_count: i64,
    /// How many classes.
    pub class_count: i64,
    /// The sums.
    pub now: Totals,
    /// The sums of yesterday at this time of day, where they were kept.
    pub before: Option<Totals>,
    /// The last fourteen days, today last.
    pub trend: Vec<TrendDay>,
    /// Red reasons, then yellow ones, the most frequent of each first.
    pub reasons: Vec<ReasonCount>,
    /// The regions of the next level below.
    pub areas: Vec<AreaLine>,
    /// The schools, most flagged first; of a wide region only the first of each order.
    pub schools: Vec<SchoolLine>,
    /// How many places of each order are known: all, or the first of a wide region's.
    pub ranked: usize,
    /// The school opened in place.
    pub open: Option<OpenSchool>,
    /// The newest turns, newest first; `None` where outsiders look on.
    pub feed: Option<Vec<FeedItem>>,
    /// How many turned yellow or red today.
    pub turned_today: Cell,
    /// The rulebooks in force, the widest region first.
    pub books: Vec<BookInForce>,
}

impl ScreenSnapshot {
    /// The schools in an order, as far as it is known. The one opened in place comes last where it has no known place.
    pub fn ranking(&self, sort: ScreenSort) -> Vec<SchoolLine> {
        let mut schools = self.schools.clone();
        rank(&mut schools, sort);
        let beyond = schools.split_off(self.ranked.min(schools.len()));
        let is_open = |s: &SchoolLine| self.open.as_ref().is_some_and(|open| open.id == s.id);
        schools.extend(beyond.into_iter().filter(is_open));
        schools
    }

    /// Keeps of the schools only those that have one of the first places of an order.
    pub fn keep_ranked(&mut self, places: usize) {
        keep_ranked(&mut self.schools, places);
        self.ranked = places;
    }
}

/// Thousandths, cut and never rounded up; nothing of nothing is 0.
pub fn per_mille(part: i64, whole: i64) -> u16 {
    if whole <= 0 {
        return 0;
    }
    u16::try_from((part.max(0).saturating_mul(1000) / whole).min(1000)).unwrap_or(1000)
}

/// Flagged per thousand students, in five steps.
pub fn heat(flagged: i64, students: i64) -> u8 {
    match per_mille(flagged, students) {
        0..=4 => 0,
        5..=9 => 1,
        10..=14 => 2,
        15..=19 => 3,
        _ => 4,
    }
}

/// Puts schools in the order of a ranking; equals by number. A hidden number counts as somebody, however many it hides.
pub fn rank(schools: &mut [SchoolLine], sort: ScreenSort) {
    let red = |s: &SchoolLine| s.red.unwrap_or(1);
    let flagged = |s: &SchoolLine| red(s) + s.yellow.unwrap_or(1);
    match sort {
        ScreenSort::Flagged => schools.sort_by_key(|s| (Reverse((flagged(s), red(s))), s.id)),
        ScreenSort::Progress => schools.sort_by_key(|s| (s.own, s.id)),
    }
}

/// Keeps the schools with one of the first places of an order, most flagged first.
fn keep_ranked(schools: &mut Vec<SchoolLine>, places: usize) {
    let mut kept = BTreeSet::new();
    for sort in [ScreenSort::Progress, ScreenSort::Flagged] {
        rank(schools, sort);
        kept.extend(schools.iter().take(places).map(|s| s.id));
    }
    schools.retain(|s| kept.contains(&s.id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn school((id, (own, yellow, red)): (i64, (u16, i64, i64))) -> SchoolLine {
        SchoolLine {
            id: SchoolId(id),
            name: Text::new("校", "School"),
            area: None,
            share: own,
            own,
            yellow: Some(yellow),
            red: Some(red),
            grey: Some(0),
        }
    }

    proptest! {
        #[test]
        fn the_first_places_of_a_wide_region_are_those_of_all_its_schools(
            numbers in prop::collection::vec((0..4_u16, 0..3_i64, 0..3_i64), 0..40),
            places in 0..12_usize,
        ) {
            let all: Vec<SchoolLine> = (1..).zip(numbers).map(school).collect();
            let mut kept = all.clone();
            keep_ranked(&mut kept, places);
            prop_assert!(kept.len() <= 2 * places);
            for sort in [ScreenSort::Flagged, ScreenSort::Progress] {
                let first = |schools: &[SchoolLine]| {
                    let mut schools = schools.to_vec();
                    rank(&mut schools, sort);
                    schools.truncate(places);
                    schools
                };
                prop_assert_eq!(first(&kept), first(&all));
            }
        }
    }
}
