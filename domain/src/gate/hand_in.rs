//! Handing in: in order, in small lots, and nothing is let go of before the server has it.

use super::{Entry, EntryId, Receipt, Span};

/// Most entries in one lot.
pub const LOT: usize = 200;
/// The first pause after a failure.
const FIRST: i64 = 2_000;
/// The longest pause.
const LONGEST: i64 = 120_000;

/// The next lot of what waits, which is in order.
pub fn next_lot(waiting: &[Entry]) -> &[Entry] {
    waiting.get(..LOT.min(waiting.len())).unwrap_or_default()
}

/// The entries of a lot that need not be handed in again: those for which there is a receipt, whatever it says.
pub fn settled<'a>(lot: &'a [Entry], receipts: &'a [Receipt]) -> impl Iterator<Item = &'a EntryId> {
    lot.iter()
        .map(|entry| &entry.id)
        .filter(|id| receipts.iter().any(|receipt| receipt.id == **id))
}

/// How long to wait after this many failures in a row: twice as long each time, at most two minutes.
pub fn pause(failures: u32) -> Span {
    let doubled = FIRST.saturating_mul(1_i64.checked_shl(failures.min(16)).unwrap_or(i64::MAX));
    Span(doubled.min(LONGEST))
}
