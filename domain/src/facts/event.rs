//! The dated events behind the facts: from standing facts, official records and risk areas.

use super::risk::RiskLevel;
use super::{Dated, Fact, standing};
use crate::Day;
use crate::decision::{Context, Source};
use crate::report::{CaseStatus, ContactWho, HouseholdMatter, StandingFact, TestResult};
use crate::state::{OfficialRecord, RecordKind, Standing, State};

/// Something that happened on a day or over some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The fact that speaks of it.
    pub fact: Fact,
    /// Its first day.
    pub first: Day,
    /// Its last day; `None` while it goes on.
    pub last: Option<Day>,
    /// The day it became known.
    pub known: Day,
    /// Where it came from.
    pub source: Source,
    /// The risk area of a stay, by its place in the list.
    pub area: Option<usize>,
}

impl Event {
    /// How it stands on `day`: `None` before its first day; while it goes on, its date is the day itself.
    pub fn on(&self, day: Day) -> Option<Dated> {
        (self.first <= day).then(|| {
            let start = self.last.map_or(day, |last| last.min(day)).max(self.first);
            Dated {
                start,
                known: self.known.max(start),
                source: self.source,
                area: self.area,
            }
        })
    }
}

/// All events of one person.
#[derive(Debug, Clone, Default)]
pub struct Events(Vec<Event>);

impl Events {
    /// The events that are known now.
    pub fn of(state: &State, ctx: &Context) -> Self {
        let nothing_standing = state.standing.is_empty()
            && state
                .reports
                .iter()
                .all(|report| report.answers.changes.is_empty());
        let mut events: Vec<Event> = state.records.iter().map(of_record).collect();
        if !nothing_standing {
            events.extend(
                standing(state)
                    .iter()
                    .filter_map(|fact| of_standing(fact, ctx)),
            );
        }
        Self(events)
    }

    /// In no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn of_record(record: &OfficialRecord) -> Event {
    let (fact, day, source) = match record.kind {
        RecordKind::ConfirmedCase { sampled } => (Fact::CaseOfficial, sampled, Source::Official),
        RecordKind::CloseContact { last } => (Fact::ContactClose, last, Source::Official),
        RecordKind::ContactOfContact { last } => (Fact::ContactSecond, last, Source::Traced),
    };
    Event {
        fact,
        first: day,
        last: Some(day),
        known: record.received,
        source,
        area: None,
    }
}

fn of_standing(standing: &Standing, ctx: &Context) -> Option<Event> {
    let known = standing.id.day;
    let event = |fact, first, last, known, area| {
        Some(Event {
            fact,
            first,
            last,
            known,
            source: Source::SelfReport,
            area,
        })
    };
    match &standing.fact {
        StandingFact::Contact { with, who, last } => {
            let fact = match (with, who) {
                (CaseStatus::Confirmed, ContactWho::Household) => Fact::ContactClose,
                _ => Fact::ContactReported,
            };
            event(fact, *last, Some(*last), known, None)
        }
        StandingFact::Household {
            matter: HouseholdMatter::Isolating,
            since,
        } => event(Fact::ContactSecond, *since, standing.ended, known, None),
        StandingFact::Test {
            result: TestResult::Positive,
            sampled,
        } => event(Fact::TestPositive, *sampled, Some(*sampled), known, None),
        StandingFact::Stay {
            region,
            arrived,
            left,
            transit,
        } => {
            let left = standing.ended.or(*left);
            let index = ctx.risk.deciding(region, *arrived, left)?;
            let area = ctx.risk.areas.get(index)?;
            let fact = match (area.level, transit) {
                (RiskLevel::High, false) => Fact::StayHigh,
                (RiskLevel::High, true) => Fact::StayHighTransit,
                (RiskLevel::Medium, false) => Fact::StayMedium,
                (RiskLevel::Medium, true) => return None,
            };
            // Before the declaration nobody could know what the stay means.
            event(fact, *arrived, left, known.max(area.from), Some(index))
        }
        StandingFact::Household { .. } | StandingFact::Test { .. } => None,
    }
}
