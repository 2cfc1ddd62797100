//! The interface for other programs: a school's own systems, message channels, a health authority's database.
//!
//! A program proves itself by a key, which has rights within one school or region and an end. What it sends takes
//! the same ways as what people enter: reports through the intake, lists and rosters through their imports.

mod keys;
mod numbers;
mod replies;
mod reports;

pub use keys::{KEY_DAYS_MAX, KeyBearer, KeyPlace, KeyState, KeyView, MadeKey, NewKey, RATE_MAX};
pub use numbers::{ClassNumbers, SchoolDay};
pub(crate) use replies::NamedRequests;
pub use replies::{Asked, Begun, Repeat};
pub use reports::{NotTaken, REPORTS_MAX, SentReport};

use std::collections::HashMap;
use std::sync::Mutex;

/// How often each key has asked within the present minute.
#[derive(Debug, Default)]
pub(crate) struct Pacing(Mutex<HashMap<i64, (i64, i64)>>);

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

impl Pacing {
    /// Counts a request of a key; the error says in how many seconds the next minute begins.
    fn count(&self, key: i64, per_minute: i64, now: domain::Millis) -> Result<(), u32> {
        let minute = now.0 / MINUTE;
        let Ok(mut all) = self.0.lock() else {
            return Ok(());
        };
        // Keys that have been quiet are forgotten with their minute.
        all.retain(|_, (of, _)| *of == minute);
        let (_, count) = all.entry(key).or_insert((minute, 0));
        if *count >= per_minute {
            let rest = (minute + 1) * MINUTE - now.0;
            return Err(u32::try_from(rest / 1_000 + 1).unwrap_or(60));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Millis;

    #[test]
    fn a_key_may_ask_so_often_in_a_minute_and_again_in_the_next() {
        let pacing = Pacing::default();
        let at = Millis(50 * MINUTE + 15_000);
        assert_eq!(pacing.count(1, 2, at), Ok(()));
        assert_eq!(pacing.count(1, 2, at), Ok(()));
        assert_eq!(pacing.count(1, 2, at), Err(46));
        assert_eq!(pacing.count(2, 2, at), Ok(()), "another key");
        assert_eq!(pacing.count(1, 2, Millis(51 * MINUTE)), Ok(()));
    }
}
