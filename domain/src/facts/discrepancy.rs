//! Discrepancies: an official record for days on which a report denies it.
//!
//! Derived like everything else: from the records, from what the reports stated by each day, and from what
//! officers have settled. `docs/RULES.md` says which report denies which record, and why.

use super::Fact;
use super::denial::{Denial, denial, silence, told_below};
use super::event::{Events, of_record};
use super::fold::{fold, standing};
use crate::decision::{Cause, Context, DISCREPANCY_DAYS_MAX, isolation_end};
use crate::ids::{RecordId, RegionCode};
use crate::report::Temperature;
use crate::state::{
    Finding, GateReading, OfficialRecord, RecordKind, Standing, State, WINDOW_DAYS,
};
use crate::{Day, Text};
use serde::{Deserialize, Serialize};

pub use super::denial::DiscrepancyKind;

/// A record, or a temperature of the gate, that a report denies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// The record, or the reading.
    pub record: RecordId,
    /// Who issued it; empty for a reading.
    pub authority: String,
    /// In what they differ.
    pub kind: DiscrepancyKind,
    /// The days for which a report denies the record, ascending, never empty.
    pub days: Vec<Day>,
    /// The place, where the record is about a stay.
    pub place: Option<RegionCode>,
    /// The dates of the stay that the reports state instead; the second is `None` while it goes on.
    pub told: Option<(Day, Option<Day>)>,
    /// What the gate measured, and what the report stated where it stated a number; tenths of a degree Celsius.
    pub tenths: Option<(u16, Option<u16>)>,
    /// The first day it is open: the record was received, and the report made.
    pub opened: Day,
    /// The last day it can be open.
    pub due: Day,
    /// The day from which it is closed, as known now: later than today while it is open.
    pub closes: Close,
}

/// How a discrepancy ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// The first day it is no longer open.
    pub on: Day,
    /// Why.
    pub how: How,
}

/// Why a discrepancy is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The reports now say what the record says.
    Told,
    /// An officer has settled it.
    Officer(Finding),
    /// The isolation it belongs to is over.
    IsolationOver,
    /// Its time has passed.
    Due,
}

impl Discrepancy {
    /// Whether it is open on `day`.
    pub fn is_open(&self, day: Day) -> bool {
        self.opened <= day && day < self.closes.on
    }

    /// What differs, in plain words; `place` is the name of [`Self::place`].
    pub fn text(&self, place: Option<&Text>) -> Text {
        super::denial::text(self, place)
    }
}

/// All discrepancies of a person as known on `today`, in the order of the records, closed ones included for as
/// long as the facts behind them are kept.
pub fn discrepancies(state: &State, ctx: &Context, today: Day) -> Vec<Discrepancy> {
    let records = state.records.iter();
    records
        .filter(|record| can_be_denied(record))
        .filter_map(|record| of(record, state, ctx, today))
        .chain(of_readings(state, ctx, today))
        .collect()
}

/// How many are open on `day`.
pub(super) fn open_count(state: &State, ctx: &Context, day: Day, today: Day) -> i32 {
    let open = state
        .records
        .iter()
        .filter(|record| can_be_denied(record) && record.received <= day)
        .filter_map(|record| of(record, state, ctx, today))
        .chain(of_readings(state, ctx, today).filter(|found| found.opened <= day))
        .filter(|discrepancy| discrepancy.is_open(day));
    i32::try_from(open.count()).unwrap_or(i32::MAX)
}

/// The day of the report whose silence about a record may still decide what is open on `today` or later.
pub(crate) fn leans_on(record: &OfficialRecord, state: &State, today: Day) -> Option<Day> {
    let last = record.received.plus(WINDOW_DAYS + DISCREPANCY_DAYS_MAX);
    let is_stay = matches!(record.kind, RecordKind::Stay { .. });
    (is_stay && today <= last).then(|| silence(record, state))?
}

/// A report cannot deny a contact, which nobody may know of before being told, nor a vaccination, which no form
/// asks for.
fn can_be_denied(record: &OfficialRecord) -> bool {
    match record.kind {
        RecordKind::ConfirmedCase { .. } | RecordKind::Stay { .. } | RecordKind::Test { .. } => {
            true
        }
        RecordKind::CloseContact { .. }
        | RecordKind::ContactOfContact { .. }
        | RecordKind::Vaccination { .. } => false,
    }
}

fn of(record: &OfficialRecord, state: &State, ctx: &Context, today: Day) -> Option<Discrepancy> {
    let (opened, found, told) = opened(record, state)?;
    let due = opened.plus(ctx.discrepancy_days(opened));
    let over = isolation_over(record, state, ctx, today);
    let closes = close(record.id, state, due, over, told);
    (closes.on > opened).then(|| Discrepancy {
        record: record.id,
        authority: record.authority.clone(),
        kind: found.kind,
        days: found.days,
        place: match &record.kind {
            RecordKind::Stay { region, .. } => Some(region.clone()),
            _ => None,
        },
        told: found.told,
        tenths: None,
        opened,
        due,
        closes,
    })
}

/// The earliest end: an officer's, that of the isolation, that of the statement, or the due day.
fn close(id: RecordId, state: &State, due: Day, over: Option<Day>, told: Option<Day>) -> Close {
    let mut closes = Close {
        on: due.next(),
        how: How::Due,
    };
    let settled = state
        .settlements
        .iter()
        .filter(|settlement| settlement.record == id)
        .min_by_key(|settlement| settlement.on)
        .map(|settlement| (settlement.on, How::Officer(settlement.finding)));
    let over = over.map(|day| (day, How::IsolationOver));
    let told = told.map(|day| (day, How::Told));
    for (on, how) in [over, settled, told].into_iter().flatten() {
        if on <= closes.on {
            closes = Close { on, how };
        }
    }
    closes
}

/// Temperatures of the gate that the report of the same day denies. A corrected report denies nothing.
fn of_readings(state: &State, ctx: &Context, today: Day) -> impl Iterator<Item = Discrepancy> {
    let readings = state.gate.iter();
    readings.filter_map(move |reading| of_reading(reading, state, ctx, today))
}

fn of_reading(
    reading: &GateReading,
    state: &State,
    ctx: &Context,
    today: Day,
) -> Option<Discrepancy> {
    let GateReading { id, day, tenths } = *reading;
    let threshold = ctx.fever_threshold(day);
    let told = told_below(state, day, threshold).filter(|_| tenths >= threshold)?;
    let number = match told {
        Temperature::Tenths(tenths) => Some(tenths),
        Temperature::BelowThreshold => None,
    };
    let due = day.plus(ctx.discrepancy_days(day));
    let events = Events::of(state, ctx);
    let over = isolation_end(state, ctx, &events, Cause::Day(day), today).map(Day::next);
    let closes = close(id, state, due, over, None);
    (closes.on > day).then(|| Discrepancy {
        record: id,
        authority: String::new(),
        kind: DiscrepancyKind::GateTemperature,
        days: vec![day],
        place: None,
        told: None,
        tenths: Some((tenths, number)),
        opened: day,
        due,
        closes,
    })
}

/// The day from which a report denies the record, how, and the day from which none does any more.
fn opened(record: &OfficialRecord, state: &State) -> Option<(Day, Denial, Option<Day>)> {
    let mut open: Option<(Day, Denial)> = None;
    let mut told = None;
    for day in turning_days(record, state) {
        let stated = stated_by(state, day);
        let found = denial(record, state, &stated);
        match (found, &mut open) {
            // What a report left out matters when the record comes in; later only what it states.
            (Some(found), None) if found.is_stated || day == record.received => {
                open = Some((day, found));
            }
            (Some(found), Some((_, denial))) => {
                *denial = found;
                told = None;
            }
            (None, Some(_)) => told = told.or(Some(day)),
            (_, None) => {}
        }
    }
    open.map(|(day, denial)| (day, denial, told))
}

/// The days on which the answer may change: that of the receipt, and those of statements in the three weeks after it.
/// The reports before it, which may have left the record out, are not known for ever.
fn turning_days(record: &OfficialRecord, state: &State) -> Vec<Day> {
    let stated = state.standing.iter().map(|standing| standing.id.day);
    let changed = state
        .reports
        .iter()
        .filter(|report| !report.answers.changes.is_empty())
        .map(|report| report.day);
    let last = record.received.plus(WINDOW_DAYS);
    let later = stated
        .chain(changed)
        .filter(|day| (record.received.next()..=last).contains(day));
    let mut days: Vec<Day> = later.chain([record.received]).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// What the reports of the days up to `day` state.
fn stated_by(state: &State, day: Day) -> Vec<Standing> {
    let before: Vec<Standing> = state
        .standing
        .iter()
        .filter(|standing| standing.id.day <= day)
        .cloned()
        .collect();
    let count = state.reports.partition_point(|report| report.day <= day);
    fold(&before, state.reports.get(..count).unwrap_or_default())
}

/// The day after the isolation that the record, or the test it contradicts, has started; `None` where there is
/// none, or where nobody can say when it ends.
fn isolation_over(
    record: &OfficialRecord,
    state: &State,
    ctx: &Context,
    today: Day,
) -> Option<Day> {
    let told = standing(state);
    let mut own: Vec<_> = of_record(record, &told, ctx).into_iter().collect();
    let events = Events::of(state, ctx);
    if let RecordKind::Test {
        positive: false,
        sampled,
    } = record.kind
    {
        own.extend(
            events
                .iter()
                .filter(|event| event.fact == Fact::TestPositive && event.first == sampled)
                .cloned(),
        );
    }
    isolation_end(state, ctx, &events, Cause::Events(&own), today).map(Day::next)
}
