//! What nobody has reported yet.

use super::{Change, What, name};
use crate::certlogic::Settled;
use crate::day::days_back;
use crate::decision::words::day_text;
use crate::decision::{Context, Decision, Reason, decide};
use crate::facts::{Fact, Facts};
use crate::lang::Text;
use crate::report::{Answers, Channel, DayReport};
use crate::state::{State, WINDOW_DAYS};
use crate::{Code, Colour, Day, Millis};
use std::collections::{BTreeMap, BTreeSet};

/// The state with a report of `day` that says that all is well.
fn reported(state: &State, day: Day) -> State {
    let mut reported = state.clone();
    let place = reported.reports.partition_point(|report| report.day < day);
    reported.reports.insert(
        place,
        DayReport {
            day,
            revision: 1,
            channel: Channel::Web,
            at: Millis(0),
            answers: Answers::all_well(),
        },
    );
    reported
}

pub(super) fn report(state: &State, ctx: &Context, decision: &Decision) -> Change {
    let day = decision.day;
    let to = decide(&reported(state, day), ctx, day, day).code;
    let text = if to == decision.code {
        Text::new(
            "今天还没有报告。报告后，今天计入天数。",
            "Today is not reported yet. Once it is, today counts.",
        )
    } else {
        let code = name(to);
        Text::new(
            format!("今天还没有报告。报告一切都好，就是{}。", code.zh),
            format!(
                "Today is not reported yet. If all is well, the code will be {}.",
                code.en
            ),
        )
    };
    Change {
        what: What::Report,
        to,
        on: Some(day),
        facts: vec![Fact::TodayReported.path().to_owned()],
        text,
    }
}

/// Days of an isolation that nobody reported, and that can still be filled in.
pub(super) fn late_reports(state: &State, ctx: &Context, decision: &Decision) -> Vec<Change> {
    let today = decision.day;
    let is_open = |day: &Day| {
        // Up to the day it became known, and before it began, nothing had to be reported.
        let of_isolation = |reason: &Reason| reason.known.is_some_and(|known| known < *day);
        state.report_of(*day).is_none() && decision.reasons.iter().any(of_isolation)
    };
    days_back(today, ctx.late_limit.clamp(0, WINDOW_DAYS))
        .filter(is_open)
        .map(|day| {
            let shown = day_text(day);
            Change {
                what: What::LateReport,
                to: decide(&reported(state, day), ctx, today, today).code,
                on: Some(day),
                facts: Vec::new(),
                text: Text::new(
                    format!("{} 没有报告，班主任还可以补报；补报后这一天计入天数。", shown.zh),
                    format!(
                        "{} is not reported; the class teacher can still fill it in, and it then counts.",
                        shown.en
                    ),
                ),
            }
        })
        .collect()
}

/// Worse colours that what is not reported yet could still bring, by partial evaluation of every rule in force.
pub(super) fn findings(state: &State, ctx: &Context, decision: &Decision) -> Vec<Change> {
    let facts = Facts::on(state, ctx, decision.day, decision.day);
    let mut open: BTreeMap<Colour, BTreeSet<Fact>> = BTreeMap::new();
    for (_, book) in ctx.in_force(decision.day) {
        for (rule, compiled) in book.rules() {
            let colour = rule.outcome.colour;
            let unknown = |slot| Fact::from_slot(slot).is_some_and(Fact::is_of_the_report);
            if Code::from(colour) > decision.code
                && let Ok(Settled::Open(slots)) =
                    compiled.condition.settle(&book.data(&facts), unknown)
            {
                let decides = slots.into_iter().filter_map(Fact::from_slot);
                open.entry(colour).or_default().extend(decides);
            }
        }
    }
    open.into_iter()
        .map(|(colour, facts)| {
            let to = Code::from(colour);
            let (what, code) = (topics(&facts), name(to));
            Change {
                what: What::Finding,
                to,
                on: Some(decision.day),
                facts: facts.iter().map(|fact| fact.path().to_owned()).collect(),
                text: Text::new(
                    format!("今天要报告的{}，可能使它变成{}。", what.zh, code.zh),
                    format!(
                        "What is reported today could turn it {}: {}.",
                        code.en, what.en
                    ),
                ),
            }
        })
        .collect()
}

/// What these facts of a report are about, each once.
fn topics(facts: &BTreeSet<Fact>) -> Text {
    let topic = |fact: &Fact| match fact {
        Fact::TodayTemperature | Fact::TodayMeasured => ("体温", "the temperature"),
        Fact::TodayPaperRefused => ("纸面查验", "the paper check"),
        Fact::SymptomsListed | Fact::SymptomsSevere | Fact::SymptomsFever => ("症状", "symptoms"),
        _ => ("当天的回答", "the day's answers"),
    };
    let mut topics: Vec<_> = facts.iter().map(topic).collect();
    topics.dedup();
    let list = |pick: fn(&(&'static str, &'static str)) -> &'static str, comma: &str| {
        topics.iter().map(pick).collect::<Vec<_>>().join(comma)
    };
    Text::new(list(|topic| topic.0, "、"), list(|topic| topic.1, ", "))
}
