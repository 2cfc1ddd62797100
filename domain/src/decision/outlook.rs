//! What could still change a colour: what is not known yet, what somebody can do, and time.

use super::words::day_text;
use super::{ClearanceMode, Context, Decision, Reason, Source, UNDECIDABLE, decide};
use crate::certlogic::Settled;
use crate::facts::{Events, Fact, Facts, discrepancies};
use crate::lang::Text;
use crate::report::{Answers, Channel, DayReport};
use crate::rulebook::{Policy, Rulebook};
use crate::state::{Clearance, State};
use crate::{Code, Colour, Day, Millis};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What could change the code of one person and day, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// The day.
    pub day: Day,
    /// Its code, as known on that day.
    pub code: Code,
    /// What could change it.
    pub changes: Vec<Change>,
}

/// One thing that could change the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is.
    pub what: What,
    /// The code that would then be shown.
    pub to: Code,
    /// When, where a day is known.
    pub on: Option<Day>,
    /// The facts that decide, by their paths, in the order of the schema; empty where no rule waits for any.
    pub facts: Vec<String>,
    /// The same in plain words.
    pub text: Text,
}

/// What could change a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The day's report, if it says that all is well.
    Report,
    /// What the day's report may state.
    Finding,
    /// A correction of what a report stated.
    Correction,
    /// An accepted clearance.
    Clearance,
    /// Settling what differs between records and reports.
    Discrepancy,
    /// The teacher's question about missed days.
    Asking,
    /// An officer's look at a rule that has no result.
    Officer,
    /// The end of what still goes on: a stay, somebody isolating at home.
    Ending,
    /// A day of an isolation that nobody reports.
    MissedDay,
    /// The end of the days.
    Time,
}

/// What could change the code of `day`, as known on that day. Pure and total.
pub fn outlook(state: &State, ctx: &Context, day: Day) -> Outlook {
    let decision = decide(state, ctx, day, day);
    let mut changes = Vec::new();
    if !decision.reported {
        changes.push(report(state, ctx, &decision));
        changes.extend(findings(state, ctx, &decision));
    }
    for reason in &decision.reasons {
        changes.extend(correction(&decision, reason));
        changes.extend(clearance(state, ctx, &decision, reason));
        changes.extend(officer(&decision, reason));
    }
    changes.extend(discrepancy(state, ctx, &decision));
    changes.extend(asking(state, ctx, &decision));
    changes.extend(missed_day(ctx, &decision));
    changes.extend(match ending(state, ctx, &decision) {
        Some(change) => Some(change),
        None => time(&decision),
    });
    changes.sort_by_key(|change| change.what);
    Outlook {
        day,
        code: decision.code,
        changes,
    }
}

/// A code in words.
fn name(code: Code) -> Text {
    match code {
        Code::Green => Text::new("绿码", "green"),
        Code::Grey => Text::new("灰码（未报告）", "grey (not reported)"),
        Code::Yellow => Text::new("黄码", "yellow"),
        Code::Red => Text::new("红码", "red"),
    }
}

/// The code without these reasons.
fn without(decision: &Decision, gone: impl Fn(&Reason) -> bool) -> Code {
    let left = decision.reasons.iter().filter(|reason| !gone(reason));
    match left.map(|reason| Code::from(reason.colour)).max() {
        Some(code) => code,
        None if decision.reported => Code::Green,
        None => Code::Grey,
    }
}

fn report(state: &State, ctx: &Context, decision: &Decision) -> Change {
    let day = decision.day;
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
    let to = decide(&reported, ctx, day, day).code;
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

/// Worse colours that what is not reported yet could still bring, by partial evaluation of every rule in force.
fn findings(state: &State, ctx: &Context, decision: &Decision) -> Vec<Change> {
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

/// What a report stated can be corrected; it is then as if never reported.
fn correction(decision: &Decision, reason: &Reason) -> Option<Change> {
    if reason.source != Source::SelfReport {
        return None;
    }
    let (label, start) = (&reason.label, day_text(reason.start?));
    Some(Change {
        what: What::Correction,
        to: without(decision, |other| other == reason),
        on: None,
        facts: Vec::new(),
        text: Text::new(
            format!(
                "“{}”来自家庭的报告（{}）。如果填错了，可以更正，由班主任确认。",
                label.zh, start.zh
            ),
            format!(
                "\"{}\" comes from the family's report ({}). If that was a mistake, it can be corrected; the class teacher confirms it.",
                label.en, start.en
            ),
        ),
    })
}

fn clearance(state: &State, ctx: &Context, decision: &Decision, reason: &Reason) -> Option<Change> {
    let day = decision.day;
    if reason.clearance == ClearanceMode::None {
        return None;
    }
    let has_date = |clearance: &Clearance| {
        clearance.reason == reason.code && reason.start.is_some_and(|start| clearance.date >= start)
    };
    if state.clearances.iter().any(has_date) {
        return None;
    }
    let mut cleared = state.clone();
    cleared.clearances.push(Clearance {
        reason: reason.code.clone(),
        date: day,
    });
    let to = decide(&cleared, ctx, day, day).code;
    let who = match reason.colour {
        Colour::Yellow => Text::new("学校", "the school"),
        Colour::Red => Text::new("疾控", "the health officer"),
    };
    let label = &reason.label;
    let text = match reason.clearance {
        ClearanceMode::Must => Text::new(
            format!(
                "“{}”满 {} 天后（已计 {} 天），还要{}接受解除证明。",
                label.zh, reason.days, reason.counted, who.zh
            ),
            format!(
                "\"{}\" ends after {} days ({} counted) and a clearance that {} accepts.",
                label.en, reason.days, reason.counted, who.en
            ),
        ),
        _ => Text::new(
            format!(
                "医院证明或检测结果由{}接受后，“{}”提前结束。",
                who.zh, label.zh
            ),
            format!(
                "A clinic note or test result that {} accepts ends \"{}\" early.",
                who.en, label.en
            ),
        ),
    };
    Some(Change {
        what: What::Clearance,
        to,
        on: None,
        facts: Vec::new(),
        text,
    })
}

fn officer(decision: &Decision, reason: &Reason) -> Option<Change> {
    (reason.code == UNDECIDABLE).then(|| Change {
        what: What::Officer,
        to: without(decision, |other| other.code == UNDECIDABLE),
        on: None,
        facts: Vec::new(),
        text: Text::new(
            "有一条规则今天算不出结果，负责人员核对后会改变。",
            "One rule has no result for this day; an officer's check will change that.",
        ),
    })
}

fn discrepancy(state: &State, ctx: &Context, decision: &Decision) -> Option<Change> {
    let day = decision.day;
    let open = discrepancies(state, ctx, day)
        .into_iter()
        .filter(|discrepancy| discrepancy.is_open(day));
    let last = open.map(|discrepancy| discrepancy.closes.on).max()?;
    let reads = |reason: &Reason| reads(ctx, day, reason, Fact::DiscrepancyOpen);
    let until = day_text(last.plus(-1));
    Some(Change {
        what: What::Discrepancy,
        to: without(decision, reads),
        on: Some(last),
        facts: vec![Fact::DiscrepancyOpen.path().to_owned()],
        text: Text::new(
            format!("记录和报告核对清楚后就会解除，最晚到 {}。", until.zh),
            format!(
                "It is over once the record and the reports have been checked, on {} at the latest.",
                until.en
            ),
        ),
    })
}

fn asking(state: &State, ctx: &Context, decision: &Decision) -> Option<Change> {
    let day = decision.day;
    let reads = |reason: &&Reason| reads(ctx, day, reason, Fact::GapsMissed);
    decision.reasons.iter().find(reads)?;
    let mut asked = state.clone();
    asked.asked = Some(day);
    Some(Change {
        what: What::Asking,
        to: decide(&asked, ctx, day, day).code,
        on: None,
        facts: vec![Fact::GapsMissed.path().to_owned()],
        text: Text::new(
            "向班主任说明漏报的原因后就会解除。",
            "It is over once the class teacher has asked about the missed days.",
        ),
    })
}

/// Whether the rule behind a reason reads a fact.
fn reads(ctx: &Context, day: Day, reason: &Reason, fact: Fact) -> bool {
    ctx.in_force(day)
        .filter(|(_, book)| book.id() == reason.rulebook_id)
        .flat_map(|(_, book)| book.rules())
        .filter(|(rule, _)| rule.id == reason.rule_id)
        .any(|(_, compiled)| {
            let mut slots = compiled.condition.slots().iter();
            slots.any(|slot| Fact::from_slot(*slot) == Some(fact))
        })
}

/// While a stay goes on, the days have not begun to run out.
fn ending(state: &State, ctx: &Context, decision: &Decision) -> Option<Change> {
    let principal = decision.principal()?;
    let events = Events::of(state, ctx);
    let goes_on = events
        .iter()
        .filter(|event| event.first <= decision.day)
        .filter(|event| event.last.is_none_or(|last| last > decision.day))
        .any(|event| Some(event.fact) == start_fact(ctx, principal));
    goes_on.then(|| Change {
        what: What::Ending,
        to: decision.code,
        on: None,
        facts: Vec::new(),
        text: Text::new(
            "还没有结束（还在那里，或同住的人还在隔离）。结束后才开始计天数，请在报告里填结束日期。",
            "It still goes on (still there, or somebody at home still isolating). The days begin when it has ended; please state the last day in a report.",
        ),
    })
}

/// The fact from which the isolation behind a reason counts.
fn start_fact(ctx: &Context, reason: &Reason) -> Option<Fact> {
    let books = ctx.rulebooks.iter();
    let named = books.filter(|book| book.id() == reason.rulebook_id);
    named
        .flat_map(Rulebook::rules)
        .find(|(rule, _)| rule.id == reason.rule_id)
        .and_then(|(_, compiled)| Some(compiled.isolate?.start))
}

fn missed_day(ctx: &Context, decision: &Decision) -> Option<Change> {
    let day = decision.day;
    let runs_on =
        |reason: &&Reason| reason.start.is_some() && reason.ends.is_none_or(|end| end >= day);
    decision.reasons.iter().find(runs_on)?;
    let policies = ctx
        .in_force(day)
        .map(|(_, book): (_, &Rulebook)| book.policy());
    let text = match policies.max()? {
        Policy::Ignore => return None,
        Policy::Pause => Text::new(
            "隔离期内每漏报一天，结束日期推迟一天。",
            "Each day of the isolation that nobody reports moves its end out by a day.",
        ),
        Policy::Restart => Text::new(
            "隔离期内漏报一天，天数就重新计算。",
            "After a day of the isolation that nobody reports, the days count again from the start.",
        ),
    };
    Some(Change {
        what: What::MissedDay,
        to: decision.code,
        on: None,
        facts: Vec::new(),
        text,
    })
}

/// When the days of the shown colour are full.
fn time(decision: &Decision) -> Option<Change> {
    let after = decision.ends?.next();
    let shown = day_text(after);
    let (to, text) = match decision.then {
        Some((code, _)) => {
            let code_name = name(code);
            let text = Text::new(
                format!("每天都报告的话，{} 起是{}。", shown.zh, code_name.zh),
                format!(
                    "If every day is reported, it will be {} from {} on.",
                    code_name.en, shown.en
                ),
            );
            (code, text)
        }
        None => (
            Code::Green,
            Text::new(
                format!("每天都报告的话，{} 起，当天报告后就是绿码。", shown.zh),
                format!(
                    "If every day is reported, it will be green from {} on, once that day is reported.",
                    shown.en
                ),
            ),
        ),
    };
    Some(Change {
        what: What::Time,
        to,
        on: Some(after),
        facts: Vec::new(),
        text,
    })
}
