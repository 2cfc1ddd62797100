//! What the rules look at: scalars that are never null, about one person and one day.

mod denial;
mod discrepancy;
mod event;
pub(crate) mod fold;
pub(crate) mod matter;
mod published;
mod risk;
mod schema;

pub(crate) use discrepancy::leans_on;
pub use discrepancy::{Close, Discrepancy, DiscrepancyKind, How, discrepancies};
pub use event::{Event, Events};
pub use fold::standing;
pub use published::json_schema;
pub use risk::{RiskArea, RiskAreas, RiskLevel};
pub use schema::{Fact, FactKind, NONE_DAYS};

use crate::certlogic::{Lookup, Slot, Value};
use crate::decision::{Context, Source, SymptomMasks};
use crate::report::{Answers, Temperature};
use crate::state::State;
use crate::{Day, day::days_back};
use schema::COUNT;

/// The date behind a dated fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// The date an isolation may count from.
    pub start: Day,
    /// The day it became known.
    pub known: Day,
    /// Where it came from.
    pub source: Source,
    /// The place of the risk area among [`RiskAreas::areas`], for stays.
    pub area: Option<usize>,
}

/// All facts about one person and one day, as they are known now.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The day they are about.
    pub day: Day,
    values: [i32; COUNT],
    dated: [Option<Dated>; COUNT],
}

impl Facts {
    /// What is known on `today` about `day`.
    pub fn on(state: &State, ctx: &Context, day: Day, today: Day) -> Self {
        let masks = ctx.symptom_masks(day);
        let mut facts = Self::from_events(&Events::of(state, ctx), state, masks, day);
        facts.count(state, ctx, today);
        facts
    }

    /// The facts of a day without those that are counted over other days ([`Facts::count`]).
    pub(crate) fn from_events(
        events: &Events,
        state: &State,
        masks: SymptomMasks,
        day: Day,
    ) -> Self {
        let mut facts = Self::plain(day);
        facts.take_day(state, masks);
        for event in events.iter() {
            facts.see(event);
        }
        facts
    }

    /// A day about which nothing is known.
    pub(crate) fn plain(day: Day) -> Self {
        let values = Fact::ALL.map(|fact| match fact.kind() {
            FactKind::DaysSince => NONE_DAYS,
            FactKind::Flag | FactKind::Number => 0,
        });
        Self {
            day,
            values,
            dated: [None; COUNT],
        }
    }

    /// Takes over what is known of the day itself: its report, and what the gate measured.
    pub(crate) fn take_day(&mut self, state: &State, masks: SymptomMasks) {
        if let Some(report) = state.report_of(self.day) {
            self.answer(&report.answers, masks);
        }
        if let Some(tenths) = state.gate_reading_of(self.day) {
            self.measure(tenths);
        }
    }

    /// Takes over a temperature of the gate, where no report states a higher one.
    fn measure(&mut self, tenths: u16) {
        let tenths = i32::from(tenths);
        if self.get(Fact::TodayTemperature) < tenths {
            self.set(Fact::TodayMeasured, 1);
            self.set(Fact::TodayTemperature, tenths);
            self.date_the_day(Source::Gate);
        }
    }

    /// Takes over the answers of the day's report.
    pub(crate) fn answer(&mut self, answers: &Answers, masks: SymptomMasks) {
        if let Temperature::Tenths(tenths) = answers.temperature {
            self.set(Fact::TodayMeasured, 1);
            self.set(Fact::TodayTemperature, i32::from(tenths));
        }
        let bits = answers.symptoms.0;
        let count = |bits: u64| i32::try_from(bits.count_ones()).unwrap_or(i32::MAX);
        self.set(Fact::TodayReported, 1);
        self.set(Fact::TodayPaperRefused, i32::from(answers.paper_refused));
        self.set(Fact::SymptomsListed, count(bits & !masks.fever));
        self.set(Fact::SymptomsSevere, count(bits & masks.severe));
        self.set(Fact::SymptomsFever, i32::from(bits & masks.fever != 0));
        self.date_the_day(Source::SelfReport);
    }

    /// Dates the facts of the day itself: an isolation may start from any of them.
    fn date_the_day(&mut self, source: Source) {
        let dated = Dated {
            start: self.day,
            known: self.day,
            source,
            area: None,
        };
        for fact in Fact::ALL.into_iter().filter(|fact| fact.is_of_the_report()) {
            self.dated[fact as usize] = Some(dated);
        }
    }

    /// Takes over an event, unless a later one of its kind is already there.
    fn see(&mut self, event: &Event) {
        if let Some(dated) = event.on(self.day) {
            let dose = i32::from(event.dose);
            if dose > self.get(Fact::VaccinationDose) {
                self.dated[Fact::VaccinationDose as usize] = Some(dated);
                self.set(Fact::VaccinationDose, dose);
            }
            let known = &self.dated[event.fact as usize];
            if known.is_none_or(|known| rank(&dated) > rank(&known)) {
                self.put(event.fact, dated);
            }
        }
    }

    /// The same day with this event in place of a later one of its kind.
    pub(crate) fn seeing(&self, event: &Event) -> Option<Self> {
        let dated = event.on(self.day)?;
        if self.dated[event.fact as usize] == Some(dated) {
            return None;
        }
        let mut facts = self.clone();
        facts.put(event.fact, dated);
        Some(facts)
    }

    fn put(&mut self, fact: Fact, dated: Dated) {
        self.dated[fact as usize] = Some(dated);
        self.set(fact, self.day.since(dated.start).clamp(0, NONE_DAYS));
    }

    /// Fills in what is counted over other days.
    pub(crate) fn count(&mut self, state: &State, ctx: &Context, today: Day) {
        let day = self.day;
        let open = discrepancy::open_count(state, ctx, day, today);
        self.set(Fact::DiscrepancyOpen, open);
        let missed = days_back(day, GAPS_DAYS).filter(|&d| {
            day.since(d) > ctx.late_limit
                && d >= state.joined
                && d >= state.settled_before
                && state.asked.is_none_or(|asked| d > asked)
                && state.report_of(d).is_none()
                && ctx.calendar.is_school_day(d)
        });
        self.set(
            Fact::GapsMissed,
            i32::try_from(missed.count()).unwrap_or(i32::MAX),
        );
    }

    fn set(&mut self, fact: Fact, value: i32) {
        self.values[fact as usize] = value;
    }

    /// The value of a fact; flags are 0 or 1.
    pub fn get(&self, fact: Fact) -> i32 {
        self.values[fact as usize]
    }

    /// The date behind a fact, where it has one.
    pub fn dated(&self, fact: Fact) -> Option<Dated> {
        self.dated[fact as usize]
    }
}

impl Lookup for Facts {
    fn value(&self, slot: Slot) -> Value {
        match Fact::from_slot(slot) {
            Some(fact) if fact.kind() == FactKind::Flag => Value::Bool(self.get(fact) != 0),
            Some(fact) => Value::Int(i64::from(self.get(fact))),
            None => Value::Null,
        }
    }
}

/// School days among which gaps are counted: those of so many calendar days before the day.
const GAPS_DAYS: i32 = 14;

/// Which of two dates of one kind speaks: the later start, then the earlier known, then the better source.
fn rank(dated: &Dated) -> (Day, std::cmp::Reverse<Day>, Source, Option<usize>) {
    (
        dated.start,
        std::cmp::Reverse(dated.known),
        dated.source,
        dated.area,
    )
}
