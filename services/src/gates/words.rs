//! The stable words of entries in tables, and what can be read of an entry before it is kept.

use domain::gate::{Act, Direction, EntryId, Shown, Verdict};
use domain::report::{TEMPERATURE_MAX, TEMPERATURE_MIN};

/// The word of a verdict in tables.
pub(super) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Admit => "admit",
        Verdict::Refuse => "refuse",
        Verdict::ReportFirst => "report_first",
    }
}

/// The word of a direction in tables.
pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

pub(super) fn kind_word(act: &Act) -> &'static str {
    match act {
        Act::Scan { .. } => "scan",
        Act::Slip { .. } => "slip",
        Act::Reading { .. } => "reading",
        Act::Visitor { .. } => "visitor",
        Act::Refused { .. } => "refused",
        Act::Undo { .. } => "undo",
    }
}

pub(super) fn shown_word(shown: Shown) -> &'static str {
    match shown {
        Shown::Card => "card",
        Shown::Live => "live",
        Shown::DayLetter => "day_letter",
        Shown::ShortCode => "short_code",
        Shown::List => "list",
    }
}

pub(super) fn key_of(id: &EntryId) -> Option<[u8; 16]> {
    let digits = id.0.as_bytes();
    let mut key = [0; 16];
    if digits.len() != 32 || !id.0.is_ascii() {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(id.0.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

/// The person whom an entry speaks of.
pub(super) fn holder_of(act: &Act) -> Option<u64> {
    match act {
        Act::Scan { holder, .. } | Act::Slip { holder, .. } | Act::Reading { holder, .. } => {
            Some(*holder)
        }
        Act::Visitor { .. } | Act::Refused { .. } | Act::Undo { .. } => None,
    }
}

pub(super) fn can_be_a_temperature(tenths: u16) -> bool {
    (TEMPERATURE_MIN..=TEMPERATURE_MAX).contains(&tenths)
}
