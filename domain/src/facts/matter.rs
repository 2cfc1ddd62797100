//! When a record and a report speak of the same matter, and which of them holds.

use crate::Day;
use crate::ids::RegionCode;
use crate::report::{StandingFact, TestResult};
use crate::state::{OfficialRecord, RecordKind, Standing};

/// A stay, whoever told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay<'a> {
    pub(super) region: &'a RegionCode,
    pub(super) arrived: Day,
    /// `None` while it goes on.
    pub(super) left: Option<Day>,
    pub(super) transit: bool,
}

impl<'a> Stay<'a> {
    /// What a report told, as ended since.
    pub(super) fn told(standing: &'a Standing) -> Option<Self> {
        let StandingFact::Stay {
            region,
            arrived,
            transit,
            ..
        } = &standing.fact
        else {
            return None;
        };
        Some(Self {
            region,
            arrived: *arrived,
            left: standing.until(),
            transit: *transit,
        })
    }

    /// What a record says. A record without an end says nothing of the days after it was received: there the
    /// family may say when the stay was over.
    pub(super) fn of_record(record: &'a OfficialRecord, told: &[Standing]) -> Option<Self> {
        let RecordKind::Stay {
            region,
            arrived,
            left,
            transit,
        } = &record.kind
        else {
            return None;
        };
        let stay = Self {
            region,
            arrived: *arrived,
            left: *left,
            transit: *transit,
        };
        // As long as one of the family's own goes on, so does this one.
        let ends = || {
            let own = told.iter().filter_map(Stay::told);
            let ends: Option<Vec<Day>> = own
                .filter(|other| stay.is_of(other))
                .map(|other| other.left)
                .collect();
            let later = ends?.into_iter().filter(|left| *left >= record.received);
            later.max()
        };
        Some(Self {
            left: left.or_else(ends),
            ..stay
        })
    }

    /// Whether both speak of one stay: one place lies in the other, and they share a day.
    pub(super) fn is_of(&self, other: &Stay) -> bool {
        let begins_before_end = |a: &Stay, b: &Stay| b.left.is_none_or(|left| a.arrived <= left);
        self.is_in_place_of(other)
            && begins_before_end(self, other)
            && begins_before_end(other, self)
    }

    /// One place lies in the other.
    pub(super) fn is_in_place_of(&self, other: &Stay) -> bool {
        self.region.contains(other.region) || other.region.contains(self.region)
    }
}

/// The record with an end in place of none: the family's, or `today`. After a withdrawal nobody can state one.
pub(crate) fn ended(record: &OfficialRecord, told: &[Standing], today: Day) -> OfficialRecord {
    let mut ended = record.clone();
    let until = Stay::of_record(record, told).and_then(|stay| stay.left);
    if let RecordKind::Stay {
        arrived,
        left: left @ None,
        ..
    } = &mut ended.kind
    {
        *left = Some(until.map_or(today, |until| until.min(today)).max(*arrived));
    }
    ended
}

/// Whether a record speaks of the same matter as a stated fact, and holds in its place.
///
/// An official negative test does not take the place of a positive one that a report states: an isolation ends
/// early only by an accepted clearance, and such a record is what a clearance rests on.
pub(super) fn outweighs(record: &OfficialRecord, standing: &Standing) -> bool {
    match (&record.kind, &standing.fact) {
        (RecordKind::Stay { .. }, StandingFact::Stay { .. }) => {
            // The record's own end: what the family adds to it is about the same stay.
            let official = Stay::of_record(record, &[]);
            let told = Stay::told(standing);
            official.zip(told).is_some_and(|(a, b)| a.is_of(&b))
        }
        (
            RecordKind::ConfirmedCase { sampled }
            | RecordKind::Test {
                positive: true,
                sampled,
            },
            StandingFact::Test {
                sampled: stated, ..
            },
        )
        | (
            RecordKind::Test {
                positive: false,
                sampled,
            },
            StandingFact::Test {
                result: TestResult::Negative,
                sampled: stated,
            },
        ) => sampled == stated,
        _ => false,
    }
}

/// The day a recorded matter became known: that of its receipt, or of a report that stated it earlier. A report
/// that denied a positive test did not state it.
pub(super) fn known(record: &OfficialRecord, told: &[Standing]) -> Day {
    let states_it = |fact: &&Standing| {
        let denies = matches!(
            fact.fact,
            StandingFact::Test {
                result: TestResult::Negative,
                ..
            }
        );
        outweighs(record, fact) && !denies
    };
    let stated = told.iter().filter(states_it).map(|fact| fact.id.day);
    stated
        .min()
        .map_or(record.received, |day| day.min(record.received))
}
