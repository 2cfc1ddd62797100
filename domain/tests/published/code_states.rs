//! The states of a code, and what each event makes of them.

use super::clauses::story;
use super::story::Story;
use domain::Code;
use domain::decision::{ClearanceMode, Source, weakens};
use domain::ids::{RecordId, RegionCode};
use domain::state::{Clearance, OfficialRecord, RecordKind};
use std::collections::BTreeSet;
use std::fmt::Write;

/// A code, and whether its day has a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Grey,
    Green,
    Yellow { reported: bool },
    Red { reported: bool },
}

const STATES: [State; 6] = [
    State::Grey,
    State::Green,
    State::Yellow { reported: false },
    State::Yellow { reported: true },
    State::Red { reported: false },
    State::Red { reported: true },
];

impl State {
    fn of(story: &Story) -> Self {
        let decision = story.decide();
        let reported = decision.reported;
        match decision.code {
            Code::Grey => Self::Grey,
            Code::Green => Self::Green,
            Code::Yellow => Self::Yellow { reported },
            Code::Red => Self::Red { reported },
        }
    }

    fn reported(self) -> bool {
        match self {
            Self::Grey => false,
            Self::Green => true,
            Self::Yellow { reported } | Self::Red { reported } => reported,
        }
    }

    fn code(self) -> Code {
        match self {
            Self::Grey => Code::Grey,
            Self::Green => Code::Green,
            Self::Yellow { .. } => Code::Yellow,
            Self::Red { .. } => Code::Red,
        }
    }

    /// Without any isolation.
    fn free(reported: bool) -> Self {
        if reported { Self::Green } else { Self::Grey }
    }

    /// At least yellow.
    fn at_least_yellow(self) -> Self {
        match self {
            Self::Red { .. } => self,
            _ => Self::Yellow {
                reported: self.reported(),
            },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Green => "green",
            Self::Yellow { reported: false } => "yellow, not reported",
            Self::Yellow { reported: true } => "yellow, reported",
            Self::Red { reported: false } => "red, not reported",
            Self::Red { reported: true } => "red, reported",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    ReportWell,
    ReportMild,
    ReportSevere,
    PaperRefused,
    RecordYellow,
    RecordRed,
    Discrepancy,
    Cleared,
    Corrected,
    RuleErrs,
    Withdrawn,
    NextDay { reported: bool },
    LastDayOver { reported: bool },
    MilderGoesOn { reported: bool },
    ClearanceMissing { reported: bool },
}

const EVENTS: [Event; 19] = [
    Event::ReportWell,
    Event::ReportMild,
    Event::ReportSevere,
    Event::PaperRefused,
    Event::RecordYellow,
    Event::RecordRed,
    Event::Discrepancy,
    Event::Cleared,
    Event::Corrected,
    Event::RuleErrs,
    Event::Withdrawn,
    Event::NextDay { reported: true },
    Event::NextDay { reported: false },
    Event::LastDayOver { reported: true },
    Event::LastDayOver { reported: false },
    Event::MilderGoesOn { reported: true },
    Event::MilderGoesOn { reported: false },
    Event::ClearanceMissing { reported: true },
    Event::ClearanceMissing { reported: false },
];

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::ReportWell => "a report: all well",
            Self::ReportMild => "a report: a cough",
            Self::ReportSevere => "a report: 38.0 °C",
            Self::PaperRefused => "a check on paper: may not attend",
            Self::RecordYellow => "a record: contact of a contact",
            Self::RecordRed => "a record: close contact",
            Self::Discrepancy => "a record that the reports deny",
            Self::Cleared => "a clearance of the only reason is accepted",
            Self::Corrected => "a correction of the only reason is confirmed",
            Self::RuleErrs => "a rule has no result",
            Self::Withdrawn => "consent is withdrawn",
            Self::NextDay { reported: true } => "the next day, reported; the isolation goes on",
            Self::NextDay { reported: false } => {
                "the next day, not reported; the isolation goes on"
            }
            Self::LastDayOver { reported: true } => "the day after the last day, reported",
            Self::LastDayOver { reported: false } => "the day after the last day, not reported",
            Self::MilderGoesOn { reported: true } => {
                "the same, reported, while a milder isolation goes on"
            }
            Self::MilderGoesOn { reported: false } => {
                "the same, not reported, while a milder isolation goes on"
            }
            Self::ClearanceMissing { reported: true } => {
                "the days are full, the needed clearance is missing; next day, reported"
            }
            Self::ClearanceMissing { reported: false } => {
                "the days are full, the needed clearance is missing; next day, not reported"
            }
        }
    }
}

/// The rule: one for each state and event; `None` where the event cannot happen.
fn next(state: State, event: Event) -> Option<State> {
    use State::{Green, Grey, Red, Yellow};
    Some(match (event, state) {
        // Another report of the same day that would weaken its colour waits for the teacher.
        (Event::ReportWell, Grey | Green) => Green,
        (Event::ReportWell | Event::ReportMild | Event::PaperRefused, Red { .. }) => {
            Red { reported: true }
        }
        (Event::ReportWell, Yellow { .. })
        | (Event::ReportMild | Event::PaperRefused, Grey | Green | Yellow { .. }) => {
            Yellow { reported: true }
        }
        (Event::ReportSevere, _) => Red { reported: true },
        (Event::RecordYellow | Event::Discrepancy | Event::RuleErrs, _) => state.at_least_yellow(),
        (Event::RecordRed, _) => Red {
            reported: state.reported(),
        },
        (Event::Cleared | Event::Corrected, _) => State::free(state.reported()),
        (Event::Withdrawn, _) => state,
        (Event::NextDay { reported }, Grey | Green)
        | (Event::LastDayOver { reported }, Yellow { .. } | Red { .. }) => State::free(reported),
        (Event::NextDay { reported }, Yellow { .. })
        | (Event::MilderGoesOn { reported }, Red { .. }) => Yellow { reported },
        (Event::NextDay { reported } | Event::ClearanceMissing { reported }, Red { .. }) => {
            Red { reported }
        }
        (Event::LastDayOver { .. } | Event::MilderGoesOn { .. }, Grey | Green)
        | (Event::MilderGoesOn { .. }, Yellow { .. })
        | (Event::ClearanceMissing { .. }, Grey | Green | Yellow { .. }) => return None,
    })
}

/// People in every state, for every reason that can bring them there.
fn witnesses() -> Vec<Story> {
    [
        (".", ""),
        ("ww.", ""),
        ("cwwwwwww.", ""),
        ("w", ""),
        ("nn", ""),
        ("cwwwwwwww", ""),
        ("wc", ""),
        ("wf", ""),
        ("wcw", ""),
        ("wp", ""),
        ("wc.", ""),
        ("cwwwwwww", ""),
        ("www", "record 2: second 1"),
        ("ww.", "record 2: second 1"),
        ("www.....", "record 7: second 0"),
        ("www....w", "record 7: second 0"),
        ("wF", ""),
        ("ws", ""),
        ("wFw", ""),
        ("wF.", ""),
        ("Fwwwwwwwwwwwwww", ""),
        ("www", "record 2: close 1"),
        ("ww.", "record 2: close 1"),
        ("www............", "record 14: close 0"),
        ("www...........w", "record 14: close 0"),
        (
            "www............",
            "record 14: close 0; record 14: second 13",
        ),
        (
            "www...........w",
            "record 14: close 0; record 14: second 13",
        ),
        ("wwwwwwwwwwwwwwwww", "record 0: case 0"),
        ("wwwwwwwwwwwwwwww.", "record 0: case 0"),
        ("www", "record 0: case 0"),
        ("ww.", "record 0: case 0"),
    ]
    .into_iter()
    .map(|(days, also)| story(days, also))
    .collect()
}

/// The story after the event; `None` where the event does not fit it.
fn after(before: &Story, event: Event) -> Option<Story> {
    let mut story = before.clone();
    let decision = before.decide();
    let today = before.at(before.today);
    let principal = decision.principal();
    let is_last = principal.is_some_and(|r| r.start.is_none() || r.ends == Some(today));
    let needs = principal.is_some_and(|reason| {
        reason.clearance == ClearanceMode::Must && reason.counted >= reason.days
    });
    let only = match decision.reasons.as_slice() {
        [] => Some(None),
        [only] => Some(Some(only)),
        _ => None,
    };
    match event {
        Event::ReportWell => said(&mut story, 'w'),
        Event::ReportMild => said(&mut story, 'c'),
        Event::ReportSevere => said(&mut story, 'F'),
        Event::PaperRefused => said(&mut story, 'p'),
        Event::RecordYellow => recorded(&mut story, RecordKind::ContactOfContact { last: today }),
        Event::RecordRed => recorded(&mut story, RecordKind::CloseContact { last: today }),
        Event::Discrepancy => {
            let stay = RecordKind::Stay {
                region: RegionCode::parse("440305").ok()?,
                arrived: today.plus(-3),
                left: Some(today.plus(-2)),
                transit: false,
            };
            recorded(&mut story, stay);
            story
                .discrepancies()
                .iter()
                .find(|found| found.is_open(today))?;
        }
        Event::Cleared => {
            let reason = match only? {
                Some(reason) if reason.clearance == ClearanceMode::May => reason.code.clone(),
                Some(_) => return None,
                None => "symptoms".to_owned(),
            };
            story.state.clearances.push(Clearance {
                reason,
                date: today,
            });
        }
        Event::Corrected => match only? {
            Some(reason) if reason.source == Source::SelfReport => {
                story.revise(reason.start?, 'w');
            }
            Some(_) => return None,
            None => {
                let earlier = story.state.reports.first()?.day;
                story.revise(earlier, 'w');
            }
        },
        Event::RuleErrs => story.errs = true,
        Event::Withdrawn => story.withdrawn = Some(story.today),
        Event::NextDay { reported } => {
            if is_last || needs {
                return None;
            }
            story.next_day(if reported { 'w' } else { '.' });
        }
        Event::LastDayOver { reported } => {
            if !is_last || decision.then.is_some() {
                return None;
            }
            story.next_day(if reported { 'w' } else { '.' });
        }
        Event::MilderGoesOn { reported } => {
            if !is_last {
                return None;
            }
            decision.then?;
            story.next_day(if reported { 'w' } else { '.' });
        }
        Event::ClearanceMissing { reported } => {
            if !needs {
                return None;
            }
            story.next_day(if reported { 'w' } else { '.' });
        }
    }
    Some(story)
}

/// A report of the present day comes in; one that weakens what the day shows waits and changes nothing.
fn said(story: &mut Story, letter: char) {
    let before = story.decide();
    let mut revised = story.clone();
    revised.revise(story.at(story.today), letter);
    if !before.reported || !weakens(&before, &revised.decide()) {
        *story = revised;
    }
}

fn recorded(story: &mut Story, kind: RecordKind) {
    let received = story.at(story.today);
    story.state.records.push(OfficialRecord {
        id: RecordId(99),
        kind,
        received,
        authority: "区疾控".to_owned(),
    });
}

#[test]
fn every_state_has_one_rule_for_every_event() {
    for state in STATES {
        let people: Vec<Story> = witnesses()
            .into_iter()
            .filter(|story| State::of(story) == state)
            .collect();
        assert!(people.len() >= 3, "{state:?}: {}", people.len());
        for event in EVENTS {
            let found: Vec<State> = people
                .iter()
                .filter_map(|story| after(story, event))
                .map(|story| State::of(&story))
                .collect();
            match next(state, event) {
                None => assert!(found.is_empty(), "{state:?} {event:?}: {found:?}"),
                Some(expected) => {
                    assert!(!found.is_empty(), "{state:?} {event:?}: nobody shows it");
                    for found in found {
                        assert_eq!(found, expected, "{state:?} {event:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_state_is_reached_and_forbidden_turns_are_not() {
    let mut reached = BTreeSet::from([State::Grey]);
    loop {
        let more: BTreeSet<State> = reached
            .iter()
            .flat_map(|state| EVENTS.map(|event| next(*state, event)))
            .flatten()
            .chain(reached.iter().copied())
            .collect();
        if more == reached {
            break;
        }
        reached = more;
    }
    assert_eq!(reached, BTreeSet::from(STATES));
    for state in STATES {
        for event in EVENTS {
            let Some(then) = next(state, event) else {
                continue;
            };
            let (from, to) = (state.code(), then.code());
            let ends = matches!(
                event,
                Event::Cleared
                    | Event::Corrected
                    | Event::LastDayOver { .. }
                    | Event::MilderGoesOn { .. }
            );
            assert!(
                to >= from || ends || !from.is_flagged(),
                "{state:?} {event:?}"
            );
            assert!(to != Code::Green || then.reported(), "{state:?} {event:?}");
            let milder = matches!(event, Event::MilderGoesOn { .. });
            assert!(
                (from, to) != (Code::Red, Code::Yellow) || milder,
                "{state:?} {event:?}"
            );
        }
    }
}

#[test]
fn the_published_table_is_current() {
    let mut out = String::from(
        "# States of a code\n\n<!-- Written by `UPDATE=1 cargo test -p domain --test published`; do not edit. -->\n\n\
         A code is never stored as truth: it follows from the facts, the rulebooks and the day. This table says what each\n\
         event makes of it; every cell is tested with people who are in that state for different reasons. *Reported* is\n\
         counted apart from colour. A dash: cannot happen.\n\n",
    );
    let names: Vec<&str> = STATES.iter().map(|state| state.name()).collect();
    writeln!(out, "| event | {} |", names.join(" | ")).unwrap();
    writeln!(out, "|---|{}", "---|".repeat(STATES.len())).unwrap();
    for event in EVENTS {
        let cells = STATES.map(|state| next(state, event).map_or("–", State::name));
        writeln!(out, "| {} | {} |", event.name(), cells.join(" | ")).unwrap();
    }
    out.push_str(
        "\nA second report of a day that would weaken its colour waits until the teacher confirms it; meanwhile the colour\n\
         holds. Grey and green belong to people without a running isolation; unknown is never green.\n\n\
         ## From colour to colour\n\n```mermaid\nstateDiagram-v2\n    [*] --> grey\n",
    );
    for from in Code::ALL {
        for to in Code::ALL.into_iter().filter(|to| *to != from) {
            let events: Vec<&str> = EVENTS
                .into_iter()
                .filter(|event| {
                    STATES.iter().any(|state| {
                        state.code() == from && next(*state, *event).is_some_and(|s| s.code() == to)
                    })
                })
                .map(short)
                .collect();
            let mut events = events;
            events.dedup();
            if !events.is_empty() {
                writeln!(
                    out,
                    "    {} --> {}: {}",
                    from.word(),
                    to.word(),
                    events.join(", ")
                )
                .unwrap();
            }
        }
    }
    out.push_str("```\n\n## Days of an isolation\n\n");
    out.push_str(&super::isolation_days::markdown());
    super::assert_current("CODE-STATES.md", &out);
}

/// The event on an arrow of the diagram.
fn short(event: Event) -> &'static str {
    match event {
        Event::ReportWell => "reported well",
        Event::ReportMild => "mild report",
        Event::ReportSevere => "severe report",
        Event::PaperRefused => "paper check",
        Event::RecordYellow | Event::RecordRed => "record",
        Event::Discrepancy => "discrepancy",
        Event::Cleared => "clearance",
        Event::Corrected => "correction",
        Event::RuleErrs => "rule without result",
        Event::Withdrawn => "withdrawal",
        Event::NextDay { .. } => "next day",
        Event::LastDayOver { .. } | Event::MilderGoesOn { .. } => "days are full",
        Event::ClearanceMissing { .. } => "clearance missing",
    }
}
