//! What a device hands in: each thing that happened at the gate, once, in order.

use super::{Direction, Verdict};
use crate::Millis;
use crate::pass::IssuerId;
use serde::{Deserialize, Serialize};

/// The number of an entry: 16 random bytes as 32 hexadecimal digits, drawn on the device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub String);

/// How well the device knew the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockTrust {
    /// Counted on from a signed time without a break.
    Counted,
    /// The device was started anew since; its clock has not gone back behind anything known.
    Restarted,
}

/// Something that happened at the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number; a second one with the same number is the same entry.
    pub id: EntryId,
    /// The how-manieth of this device, from 1, without a gap; the same whenever the entry comes again.
    pub seq: u64,
    /// When.
    pub at: Millis,
    /// How well the device knew the time.
    pub clock: ClockTrust,
    /// What.
    pub act: Act,
}

/// How somebody was told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// A printed card.
    Card,
    /// A live pass.
    Live,
    /// A day letter.
    DayLetter,
    /// The short code, typed.
    ShortCode,
    /// Chosen from the list of a class.
    List,
}

/// The ground on which somebody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// The colour.
    Green,
    /// A signed all-well slip: provisional until the teacher confirms it.
    Slip,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Act {
    /// Somebody of the school was looked at and the verdict was this.
    Scan {
        /// Who.
        holder: u64,
        /// How they were told by.
        shown: Shown,
        /// Which way.
        direction: Direction,
        /// What the guard was told.
        verdict: Verdict,
    },
    /// A signed all-well slip was handed in, and the temperature taken: today's report.
    Slip {
        /// Who.
        holder: u64,
        /// Tenths of a degree; below the threshold.
        tenths: u16,
    },
    /// A reading at or above the threshold; only the second one counts as a fact.
    Reading {
        /// Who.
        holder: u64,
        /// Tenths of a degree.
        tenths: u16,
        /// The first measurement, when this is the second.
        first: Option<EntryId>,
        /// Who measured, as typed.
        by: String,
    },
    /// Somebody of another school or issuer.
    Visitor {
        /// The issuer of the pass.
        issuer: IssuerId,
        /// The school at that issuer.
        school: u32,
        /// The holder's number there.
        holder: u64,
        /// Which way.
        direction: Direction,
        /// What the guard was told.
        verdict: Verdict,
    },
    /// A code that was not accepted, by the stable code of its [`crate::pass::PassRefusal`].
    Refused {
        /// The stable code.
        why: String,
    },
    /// An earlier entry of this device was a mistake; a scan takes its slip and readings with it.
    Undo {
        /// The earlier entry.
        of: EntryId,
    },
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The entry.
    pub id: EntryId,
    /// What became of it.
    pub state: ReceiptState,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// Kept, now or earlier.
    Kept,
    /// Kept, and marked for the school: the device was cut off, its clock was uncertain, or it does not fit.
    Flagged,
    /// It can never be kept (malformed, or of no known person); the device drops it.
    Refused,
}
