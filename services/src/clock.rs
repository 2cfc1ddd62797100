//! Time and randomness, as parameters: tests bring their own.

use domain::Millis;
use std::cell::RefCell;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Millis;
}

/// The machine's clock. Where it is put back by no more than a minute in all, as a time server does, time stands still
/// until it has caught up: while the process runs, no midnight comes twice.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// By how many milliseconds a clock may be put back unnoticed. Whoever puts it back by more means it.
const HELD: i64 = 60_000;

/// What a clock says that showed `latest` before and shows `shown` now.
fn held(latest: &AtomicI64, shown: i64) -> i64 {
    let before = latest.fetch_max(shown, Ordering::Relaxed);
    if before.saturating_sub(shown) <= HELD {
        return before.max(shown);
    }
    latest.store(shown, Ordering::Relaxed);
    shown
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    fn now(&self) -> Millis {
        static LATEST: AtomicI64 = AtomicI64::new(i64::MIN);
        Millis(held(&LATEST, chrono::Utc::now().timestamp_millis()))
    }
}

/// A clock that stands where a test has put it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `at`.
    pub fn new(at: Millis) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Moves to `at`.
    pub fn set(&self, at: Millis) {
        self.0.store(at.0, Ordering::SeqCst);
    }

    /// Moves on by `ms` milliseconds.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync + std::fmt::Debug {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

/// How many bytes the system is asked for at a time: it takes about as long for a few.
const AT_ONCE: usize = 512;

/// Bytes that the system gave, of which nobody has had the first so many yet; the others are zero.
struct Given {
    bytes: [u8; AT_ONCE],
    left: usize,
}

thread_local! {
    static GIVEN: RefCell<Given> = const {
        RefCell::new(Given {
            bytes: [0; AT_ONCE],
            left: 0,
        })
    };
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() > AT_ONCE / 4 {
            return ask(bytes);
        }
        GIVEN.with_borrow_mut(|given| {
            if given.left < bytes.len() {
                // Should the system fail, none of them are given out.
                given.left = 0;
                ask(&mut given.bytes);
                given.left = AT_ONCE;
            }
            let first = given.left - bytes.len();
            let fresh = &mut given.bytes[first..given.left];
            bytes.copy_from_slice(fresh);
            // Whoever could read this memory later finds no secrets that were made of it.
            fresh.fill(0);
            given.left = first;
        });
    }
}

#[expect(
    clippy::expect_used,
    reason = "without randomness no secret may be made; the process has to end"
)]
fn ask(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// `N` fresh bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut out = [0; N];
    entropy.fill(&mut out);
    out
}

/// Numbers that grow with time and are never given twice: 42 bits of milliseconds since 2020 and 21 bits that begin at
/// random within each millisecond. Of several servers on one database each has a part of those bits of its own, so that
/// two of them give the same number only where one gave thousands within a millisecond.
#[derive(Debug, Default)]
pub struct IdSource {
    last: AtomicI64,
    node: Option<u8>,
}

/// 2020-01-01T00:00:00Z.
const ID_EPOCH: i64 = 1_577_836_800_000;

/// The least number that [`IdSource`] gives at or after a moment.
pub(crate) fn first_id_at(moment: Millis) -> i64 {
    (moment.0 - ID_EPOCH).max(0) << 21
}

impl IdSource {
    /// The numbers of one server among several; `None` for a server alone.
    pub fn of(node: Option<u8>) -> Self {
        Self {
            last: AtomicI64::new(0),
            node,
        }
    }

    /// The next number.
    pub fn next(&self, now: Millis, entropy: &dyn Entropy) -> i64 {
        let random = i64::from(u32::from_le_bytes(bytes(entropy)));
        let low = match self.node {
            Some(node) => i64::from(node) << 13 | random & 0x0fff,
            None => random & 0x000f_ffff,
        };
        let fresh = first_id_at(now) | low;
        let last = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| {
                Some(fresh.max(last + 1))
            });
        fresh.max(last.unwrap_or_default() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_clock_that_is_put_back_a_little_stands_still_and_one_put_back_far_is_believed() {
        let latest = AtomicI64::new(i64::MIN);
        let day = 86_400_000;
        for (shown, said) in [
            (day - 5, day - 5),
            (day + 3, day + 3),
            (day - 5, day + 3),
            (day + 3 - HELD, day + 3),
            (day + 4, day + 4),
            // By more than is held.
            (day + 3 - HELD, day + 3 - HELD),
            // It went a day wrong, and is put right.
            (3 * day, 3 * day),
            (2 * day, 2 * day),
            (2 * day - 1, 2 * day),
        ] {
            assert_eq!(held(&latest, shown), said, "{shown}");
        }
    }

    #[test]
    fn the_system_gives_fresh_bytes_of_any_length() {
        let mut given = HashSet::new();
        for length in (16..2 * AT_ONCE).chain(std::iter::repeat_n(16, 1_000)) {
            let mut bytes = vec![0; length];
            SystemEntropy.fill(&mut bytes);
            // No two of them have any sixteen bytes in common that begin at a multiple of sixteen, nor does one alone.
            for some in bytes.chunks_exact(16) {
                assert!(given.insert(some.to_vec()), "{length}");
            }
        }
    }
}
