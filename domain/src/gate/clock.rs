//! What time it is on a device that may be without a network: the last signed time, and what was counted since.
//!
//! ```text
//!            contact                          the device slept, or its clock was moved
//! Unknown ───────────▶ Counted ─────────────────────────────────────▶ Restarted
//!    │                    ▲                                                │
//!    │ started, and the system's clock is not behind                       │
//!    └──── the last time that was ever seen ──▶ Restarted ── contact ──────┘
//! ```

use super::ClockTrust;
use crate::{Day, Millis};
use serde::{Deserialize, Serialize};

/// The two clocks of a device may drift apart by this much before the count is in doubt, in milliseconds.
const DRIFT: i64 = 60_000;

/// What the device's own clocks say at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Milliseconds counted since the program started; never goes back, may stand still while the device sleeps.
    pub counted: i64,
    /// The system's clock, which anybody can move.
    pub system: Millis,
}

/// What a device remembers of the time from one start to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSeen {
    /// The latest signed time.
    pub signed: Millis,
    /// The latest time that the device has worked with.
    pub latest: Millis,
}

/// The time as a device knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// When.
    pub at: Millis,
    /// How well it is known.
    pub trust: ClockTrust,
}

/// The clock of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateClock {
    /// A moment from which on it counts; none while the time is unknown.
    from: Option<(Now, Tick)>,
    seen: Option<LastSeen>,
}

impl GateClock {
    /// The clock of a device that has just been started. Without a contact it goes by the system's clock, unless
    /// that is behind what the device has seen before: then it does not know the time.
    pub fn started(seen: Option<LastSeen>, tick: Tick) -> Self {
        let is_behind = seen.is_none_or(|seen| tick.system < seen.latest);
        let now = Now {
            at: tick.system,
            trust: ClockTrust::Restarted,
        };
        Self {
            from: (!is_behind).then_some((now, tick)),
            seen,
        }
    }

    /// A signed time has come from the server. One that is older than another is an old message, and says nothing.
    pub fn contact(&mut self, signed: Millis, tick: Tick) {
        if self.seen.is_some_and(|seen| signed < seen.signed) {
            return;
        }
        // A count that is right is a little ahead of a message that took its time; it waits rather than go back.
        let counted = self
            .now(tick)
            .filter(|now| now.trust == ClockTrust::Counted);
        let at = counted.map_or(signed, |now| now.at.max(signed));
        let now = Now {
            at: if at.0 - signed.0 > DRIFT { signed } else { at },
            trust: ClockTrust::Counted,
        };
        self.from = Some((now, tick));
        self.seen = Some(LastSeen {
            signed,
            latest: now.at,
        });
    }

    /// The time; `None` where it is unknown.
    pub fn now(&mut self, tick: Tick) -> Option<Now> {
        let (from, then) = self.from?;
        let counted = (tick.counted - then.counted).max(0);
        let system = tick.system.0 - then.system.0;
        // The count stands still while a device sleeps. What the system's clock gained meanwhile is only believed
        // forwards: later than it is means refusing what has expired, never admitting it.
        let is_in_doubt = system - counted > DRIFT;
        let gone = if is_in_doubt { system } else { counted };
        let mut now = Now {
            at: Millis(from.at.0 + gone),
            trust: from.trust,
        };
        if is_in_doubt {
            now.trust = ClockTrust::Restarted;
        }
        if let Some(seen) = &mut self.seen {
            now.at = now.at.max(seen.latest);
            seen.latest = now.at;
        }
        if is_in_doubt {
            self.from = Some((now, tick));
        }
        Some(now)
    }

    /// What to remember for the next start.
    pub fn seen(&self) -> Option<LastSeen> {
        self.seen
    }
}

/// The day of a moment, where local time is this many minutes ahead of UTC.
pub fn day_at(at: Millis, offset_minutes: i32) -> Day {
    let days = local(at, offset_minutes).div_euclid(86_400_000);
    Day(i32::try_from(days).unwrap_or(i32::MAX))
}

/// Minutes since local midnight, 0–1439.
pub fn minute_at(at: Millis, offset_minutes: i32) -> u32 {
    let minutes = local(at, offset_minutes).rem_euclid(86_400_000) / 60_000;
    u32::try_from(minutes).unwrap_or_default()
}

fn local(at: Millis, offset_minutes: i32) -> i64 {
    at.0.saturating_add(i64::from(offset_minutes) * 60_000)
}
