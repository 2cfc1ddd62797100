//! The dated events behind the facts: from standing facts, official records and risk areas.

use super::matter::{self, Stay};
use super::risk::RiskLevel;
use super::{Dated, Fact, standing};
use crate::Day;
use crate::decision::{Context, Source};
use crate::report::{CaseStatus, ContactWho, HouseholdMatter, StandingFact, TestResult};
use crate::rulebook::{FactSet, fact_set};
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
    /// The dose of a vaccination; 0 for everything else.
    pub dose: u8,
}

impl Event {
    /// The facts that speak of it.
    pub(crate) fn facts(&self) -> FactSet {
        let dose = (self.fact == Fact::VaccinationDays).then_some(Fact::VaccinationDose);
        fact_set(dose.into_iter().chain([self.fact]))
    }

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
    /// The events that are known now. A self-reported matter that is on official record too is the official
    /// one, known from when either was.
    pub fn of(state: &State, ctx: &Context) -> Self {
        let nothing_standing = state.standing.is_empty()
            && state
                .reports
                .iter()
                .all(|report| report.answers.changes.is_empty());
        let told = if nothing_standing {
            Vec::new()
        } else {
            standing(state)
        };
        let records = state.records.iter();
        let mut events: Vec<Event> = records
            .filter_map(|record| of_record(record, &told, ctx))
            .collect();
        let outweighed = |fact: &&Standing| {
            state
                .records
                .iter()
                .any(|record| matter::outweighs(record, fact))
        };
        events.extend(
            told.iter()
                .filter(|fact| !outweighed(fact))
                .filter_map(|fact| of_standing(fact, ctx)),
        );
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

pub(super) fn of_record(
    record: &OfficialRecord,
    told: &[Standing],
    ctx: &Context,
) -> Option<Event> {
    let known = matter::known(record, told);
    let on = |fact, day, source| Event {
        fact,
        first: day,
        last: Some(day),
        known,
        source,
        area: None,
        dose: 0,
    };
    Some(match &record.kind {
        RecordKind::ConfirmedCase { sampled }
        | RecordKind::Test {
            positive: true,
            sampled,
        } => on(Fact::CaseOfficial, *sampled, Source::Official),
        RecordKind::CloseContact { last } => on(Fact::ContactClose, *last, Source::Official),
        RecordKind::ContactOfContact { last } => on(Fact::ContactSecond, *last, Source::Traced),
        RecordKind::Test {
            positive: false,
            sampled,
        } => on(Fact::TestNegative, *sampled, Source::Official),
        RecordKind::Vaccination { day, dose } => Event {
            dose: *dose,
            ..on(Fact::VaccinationDays, *day, Source::Official)
        },
        RecordKind::Stay { .. } => {
            let stay = Stay::of_record(record, told)?;
            of_stay(stay, known, Source::Official, ctx)?
        }
    })
}

fn of_stay(stay: Stay, known: Day, source: Source, ctx: &Context) -> Option<Event> {
    let index = ctx.risk.deciding(stay.region, stay.arrived, stay.left)?;
    let area = ctx.risk.areas.get(index)?;
    let fact = match (area.level, stay.transit) {
        (RiskLevel::High, false) => Fact::StayHigh,
        (RiskLevel::High, true) => Fact::StayHighTransit,
        (RiskLevel::Medium, false) => Fact::StayMedium,
        (RiskLevel::Medium, true) => return None,
    };
    Some(Event {
        fact,
        first: stay.arrived,
        last: stay.left,
        // Before the declaration nobody could know what the stay means.
        known: known.max(area.from),
        source,
        area: Some(index),
        dose: 0,
    })
}

fn of_standing(standing: &Standing, ctx: &Context) -> Option<Event> {
    let known = standing.id.day;
    let event = |fact, first, last| {
        Some(Event {
            fact,
            first,
            last,
            known,
            source: Source::SelfReport,
            area: None,
            dose: 0,
        })
    };
    match &standing.fact {
        StandingFact::Contact { with, who, last } => {
            let fact = match (with, who) {
                (CaseStatus::Confirmed, ContactWho::Household) => Fact::ContactClose,
                _ => Fact::ContactReported,
            };
            event(fact, *last, Some(*last))
        }
        StandingFact::Household {
            matter: HouseholdMatter::Isolating,
            since,
        } => event(Fact::ContactSecond, *since, standing.ended),
        StandingFact::Test {
            result: TestResult::Positive,
            sampled,
        } => event(Fact::TestPositive, *sampled, Some(*sampled)),
        StandingFact::Stay { .. } => of_stay(Stay::told(standing)?, known, Source::SelfReport, ctx),
        StandingFact::Household { .. } | StandingFact::Test { .. } => None,
    }
}
