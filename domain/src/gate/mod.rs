//! The gate: what a device takes along, what it decides without a network, and what it hands in later.
//!
//! The server sends a [`Stamp`] (time, keys, settings) and a [`Roll`] (who the school's people are today), both
//! signed; the device sends [`Entry`]s, each once. Nothing here tells a reason, an answer, a full name or a phone.

mod clock;
mod entry;
mod hand_in;
mod journal;
mod kit;
mod look;
mod roll;
mod short_code;
pub mod signed;
#[cfg(test)]
mod tests;
mod why;

pub use clock::{GateClock, LastSeen, Now, Tick, day_at, minute_at};
pub use entry::{Act, Admission, ClockTrust, Entry, EntryId, Receipt, ReceiptState, Shown};
pub use hand_in::{LOT, next_lot, pause, settled};
pub use journal::{Counts, Journal, Measured, Waiting, holder_of};
pub use kit::{Kit, TakeError};
pub use look::{Choice, Device, Look, Outcome, Who, expected};
pub use roll::{GateInfo, Roll, RollClass, RollPerson, Span, Stamp, TrustedIssuer, VisitorPolicy};
pub use short_code::{NotAShortCode, ShortCode, short_code};
pub use why::Why;

use crate::Code;
use serde::{Deserialize, Serialize};

/// What the guard does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 放行
    Admit,
    /// 请勿入校
    Refuse,
    /// 先报告
    ReportFirst,
}

impl From<Code> for Verdict {
    fn from(code: Code) -> Self {
        match code {
            Code::Green => Self::Admit,
            Code::Yellow | Code::Red => Self::Refuse,
            Code::Grey => Self::ReportFirst,
        }
    }
}

/// Which way somebody goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 进
    In,
    /// 出
    Out,
}
