//! What could still change a colour: what is not known yet, what somebody can do, and time.

mod days;
mod deeds;
mod unknown;

use super::{Context, Decision, Reason, decide};
use crate::lang::Text;
use crate::state::State;
use crate::{Code, Day};
use serde::{Deserialize, Serialize};

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
    /// A report of an earlier day of an isolation, which may still come.
    LateReport,
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
        changes.push(unknown::report(state, ctx, &decision));
        changes.extend(unknown::findings(state, ctx, &decision));
    }
    changes.extend(unknown::late_reports(state, ctx, &decision));
    for reason in &decision.reasons {
        changes.extend(deeds::correction(&decision, reason));
        changes.extend(deeds::clearance(state, ctx, &decision, reason));
        changes.extend(deeds::officer(&decision, reason));
    }
    changes.extend(deeds::discrepancy(state, ctx, &decision));
    changes.extend(deeds::asking(state, ctx, &decision));
    changes.extend(days::missed_day(ctx, &decision));
    let going_on = days::going_on(state, ctx, &decision);
    changes.extend(days::ending(&decision, &going_on));
    changes.extend(days::time(&decision, &going_on));
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
