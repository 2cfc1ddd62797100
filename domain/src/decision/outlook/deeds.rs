//! What somebody can do.

use super::{Change, What, without};
use crate::decision::words::day_text;
use crate::decision::{ClearanceMode, Context, Decision, Reason, Source, UNDECIDABLE, decide};
use crate::facts::{Fact, discrepancies};
use crate::lang::Text;
use crate::state::{Clearance, State};
use crate::{Colour, Day};

/// What a report stated can be corrected; it is then as if never reported.
pub(super) fn correction(decision: &Decision, reason: &Reason) -> Option<Change> {
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

pub(super) fn clearance(
    state: &State,
    ctx: &Context,
    decision: &Decision,
    reason: &Reason,
) -> Option<Change> {
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

pub(super) fn officer(decision: &Decision, reason: &Reason) -> Option<Change> {
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

pub(super) fn discrepancy(state: &State, ctx: &Context, decision: &Decision) -> Option<Change> {
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

pub(super) fn asking(state: &State, ctx: &Context, decision: &Decision) -> Option<Change> {
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
