//! How far the demo's day has come.

use domain::{Day, Millis, Zone};

/// Days of history before today.
pub(super) const DAYS: u16 = 14;

/// When about nine in ten have reported, and when nearly all have, in minutes of the day. Outside these hours the demo
/// shows how it is at the first: whoever opens it at six would find an empty district.
const MOST: u32 = 7 * 60 + 14;
const DONE: u32 = 9 * 60;

/// Today, and the minute up to which its story has been told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Morning {
    pub today: Day,
    pub minute: u32,
    now: Millis,
    /// Before most have reported, what they report must still lie before now.
    is_early: bool,
}

impl Morning {
    pub fn new(now: Millis) -> Self {
        let minute = Zone::SHANGHAI.minute_of(now);
        let is_morning = (MOST..=DONE).contains(&minute);
        Self {
            today: Zone::SHANGHAI.day_of(now),
            minute: if is_morning { minute } else { MOST },
            now,
            is_early: minute < MOST,
        }
    }

    /// The first day of the story.
    pub fn first(&self) -> Day {
        self.today.plus(-i32::from(DAYS))
    }

    /// Whether something planned for a day and minute has happened yet.
    pub fn has_come(&self, day: Day, minute: u32) -> bool {
        day < self.today || minute <= self.minute
    }

    /// When it happened; never after now.
    pub fn at(&self, day: Day, minute: u32, second: u32) -> Millis {
        let midnight = Zone::SHANGHAI.at(day, 0).0;
        let planned = (i64::from(minute) * 60 + i64::from(second)) * 1_000;
        if day < self.today {
            return Millis(midnight + planned);
        }
        let elapsed = self.now.0 - midnight;
        let told = i64::from(self.minute + 1) * 60_000;
        let passed = if self.is_early {
            planned * elapsed / told
        } else {
            planned
        };
        Millis(midnight + passed.min(elapsed))
    }

    /// The five-minute slot of now.
    pub fn slot(&self) -> usize {
        slot_of(self.now)
    }
}

/// The five-minute slot of an instant.
pub(super) fn slot_of(at: Millis) -> usize {
    usize::try_from(Zone::SHANGHAI.minute_of(at) / 5).unwrap_or_default()
}
