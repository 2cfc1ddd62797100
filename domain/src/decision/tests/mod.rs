#![allow(clippy::unwrap_used, reason = "tests")]

mod activation;
mod outlook;
mod properties;
mod single;
mod stories;
mod withdrawal;

use super::*;
use crate::facts::{RiskArea, RiskAreas, RiskLevel};
use crate::ids::{RecordId, RegionCode};
use crate::report::*;
use crate::rulebook::{Document, ParameterValue, Policy, Rule, Rulebook, SHIPPED};
use crate::state::*;
use crate::{Code, Day, Millis, Text};

/// Tuesday, 1 September 2020: day 0 of the stories.
fn first() -> Day {
    Day::from_ymd(2020, 9, 1).unwrap()
}

fn at(offset: i32) -> Day {
    first().plus(offset)
}

fn document() -> Document {
    serde_json::from_str(SHIPPED).unwrap()
}

fn set(document: &mut Document, name: &str, value: ParameterValue) {
    document
        .parameters
        .iter_mut()
        .find(|p| p.name == name)
        .unwrap()
        .value = value;
}

/// The rule of this number.
fn rule_of<'d>(document: &'d mut Document, id: &str) -> &'d mut Rule {
    let mut rules = document.rules.iter_mut();
    rules.find(|rule| rule.id == id).unwrap()
}

fn pack(policy: Policy) -> Rulebook {
    let mut document = document();
    set(&mut document, "missed_days", ParameterValue::Policy(policy));
    Rulebook::compile(document).unwrap()
}

fn report(day: Day, answers: Answers) -> DayReport {
    DayReport {
        day,
        revision: 1,
        channel: Channel::Web,
        at: Millis(0),
        answers,
    }
}

fn ill(temperature: Option<u16>, symptoms: &[u8]) -> Answers {
    Answers {
        temperature: temperature.map_or(Temperature::BelowThreshold, Temperature::Tenths),
        symptoms: symptoms
            .iter()
            .fold(Symptoms::default(), |set, number| set.with(*number)),
        ..Answers::all_well()
    }
}

/// The answers of one letter of a story; `None` for a day without a report.
fn answers(letter: char) -> Option<Answers> {
    Some(match letter {
        '.' => return None,
        'w' => Answers::all_well(),
        'n' => ill(Some(365), &[]),
        'f' => ill(Some(373), &[]),
        'F' => ill(Some(380), &[]),
        'c' => ill(None, &[1]),
        's' => ill(Some(375), &[1]),
        'b' => ill(None, &[8]),
        't' => ill(None, &[0]),
        'u' => ill(None, &[40]),
        'p' => Answers::paper_refused(),
        other => panic!("no answers for {other}"),
    })
}

fn code_letter(code: Code) -> char {
    match code {
        Code::Green => 'G',
        Code::Grey => '-',
        Code::Yellow => 'Y',
        Code::Red => 'R',
    }
}

/// A calendar without any school day, so that gaps stay out of stories about something else.
fn no_school() -> Calendar {
    Calendar {
        exceptions: (-40..140).map(|offset| (at(offset), false)).collect(),
    }
}

fn region() -> RegionCode {
    RegionCode::parse("440305").unwrap()
}

fn area(level: RiskLevel, from: i32) -> RiskArea {
    let name = Text::new("东岭市", "Dongling");
    let look_back = RiskArea::LOOK_BACK_DAYS;
    RiskArea {
        region: region(),
        name,
        level,
        from: at(from),
        to: None,
        look_back,
    }
}

fn stay(arrived: i32, left: Option<i32>, transit: bool) -> StandingFact {
    StandingFact::Stay {
        region: region(),
        arrived: at(arrived),
        left: left.map(at),
        transit,
    }
}

fn contact(with: CaseStatus, who: ContactWho, last: i32) -> StandingFact {
    StandingFact::Contact {
        with,
        who,
        last: at(last),
    }
}

fn record(kind: RecordKind, received: i32) -> OfficialRecord {
    OfficialRecord {
        id: RecordId(1),
        kind,
        received: at(received),
        authority: "区疾控".to_owned(),
    }
}

fn close(last: i32, received: i32) -> OfficialRecord {
    record(RecordKind::CloseContact { last: at(last) }, received)
}

/// A temperature that was confirmed at the gate.
fn measured(offset: i32, tenths: u16) -> GateReading {
    GateReading {
        id: RecordId(7),
        day: at(offset),
        tenths,
    }
}

/// What a trace shows of a rule.
fn traced<'a>(trace: &'a Trace, rule_id: &str) -> &'a RuleTrace {
    let mut rules = trace.rules.iter();
    rules.find(|rule| &*rule.rule_id == rule_id).unwrap()
}

/// One person's story from day 0, a letter a day.
#[derive(Debug, Clone)]
struct Story {
    state: State,
    policy: Policy,
    risk: RiskAreas,
    calendar: Calendar,
    last: i32,
}

impl Story {
    fn new(letters: &str) -> Self {
        let mut state = State::new(first());
        for (offset, letter) in letters.chars().enumerate() {
            let day = at(i32::try_from(offset).unwrap());
            state
                .reports
                .extend(answers(letter).map(|answers| report(day, answers)));
        }
        let last = i32::try_from(letters.len()).unwrap() - 1;
        let (policy, risk, calendar) = (Policy::Pause, RiskAreas::default(), no_school());
        Self {
            state,
            policy,
            risk,
            calendar,
            last,
        }
    }

    fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    fn school(mut self, days_off: &[i32]) -> Self {
        self.calendar.exceptions = days_off.iter().map(|off| (at(*off), false)).collect();
        self
    }

    fn area(mut self, area: RiskArea) -> Self {
        self.risk.areas.push(area);
        self
    }

    fn says(mut self, offset: i32, change: FactChange) -> Self {
        let mut reports = self.state.reports.iter_mut();
        let report = reports.find(|report| report.day == at(offset)).unwrap();
        report.answers.changes.push(change);
        self
    }

    fn record(mut self, record: OfficialRecord) -> Self {
        self.state.records.push(record);
        self
    }

    fn cleared(mut self, reason: &str, offset: i32) -> Self {
        self.state.clearances.push(Clearance {
            reason: reason.to_owned(),
            date: at(offset),
        });
        self
    }

    fn with<T>(&self, run: impl FnOnce(&Context) -> T) -> T {
        let rulebooks = [pack(self.policy)];
        let (risk, calendar) = (&self.risk, &self.calendar);
        run(&Context {
            rulebooks: &rulebooks,
            risk,
            calendar,
            late_limit: 1,
        })
    }

    /// The decision about day `offset`, taken on the story's last day.
    fn decide(&self, offset: i32) -> Decision {
        self.with(|ctx| decide(&self.state, ctx, at(offset), at(self.last)))
    }

    /// The codes of all days, as known on the last one.
    fn codes(&self) -> String {
        let days = u16::try_from(self.last + 1).unwrap();
        let history = self.with(|ctx| history(&self.state, ctx, at(self.last), days));
        history
            .into_iter()
            .map(|(_, code, _)| code_letter(code))
            .collect()
    }
}
