//! A clock that measurements put forward.

use domain::Millis;
use services::clock::{Clock, SystemClock};
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that goes as the machine's does, but ahead of it.
#[derive(Debug, Default)]
pub struct AheadClock(AtomicI64);

impl AheadClock {
    /// Puts it forward by so many milliseconds.
    pub fn put_forward(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> Millis {
        Millis(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }
}
