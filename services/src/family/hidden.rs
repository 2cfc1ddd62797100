//! What a guardian whom the teacher has not confirmed yet does not see: anything from before they joined.

use domain::Day;
use domain::decision::{Decision, Reason, Source};
use domain::lang::Text;

/// Whether a reason rests on something from before the reader's first day.
pub(crate) fn is_hidden(reason: &Reason, since: Day) -> bool {
    match reason.known {
        Some(known) => known < since,
        // Counted over earlier days, of which this reader knows nothing.
        None => since > reason.start.unwrap_or(Day(i32::MIN)) && reason.source == Source::Counted,
    }
}

/// Leaves colour and end of such reasons, and takes the rest.
pub(super) fn hide_reasons(decision: &mut Decision, since: Day) {
    for reason in &mut decision.reasons {
        if !is_hidden(reason, since) {
            continue;
        }
        *reason = Reason {
            rule_id: String::new(),
            rule_version: 0,
            rulebook_id: String::new(),
            code: String::new(),
            label: Text::new("之前的情况", "Something earlier"),
            text: Text::new(
                "您加入之前已有的情况。班主任确认您之后，这里会写明原因。",
                "Something from before you joined. The reason is shown once the class teacher has confirmed you.",
            ),
            next_steps: vec![Text::new(
                "请向班主任或家里其他监护人了解怎么做",
                "Ask the class teacher or the child's other guardian what to do",
            )],
            source: Source::Counted,
            start: None,
            known: None,
            days: 0,
            counted: 0,
            missed: 0,
            ..reason.clone()
        };
    }
}
