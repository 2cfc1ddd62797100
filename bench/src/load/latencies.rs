//! How long each request of a load took.

use std::time::Duration;

/// Times in microseconds, as they came.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Notes one.
    pub fn push(&mut self, took: Duration) {
        self.0
            .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Takes those of another load.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time in milliseconds within which so many of a thousand were answered; no number where nobody asked.
    pub fn within(&self, of_1_000: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * of_1_000).div_ceil(1_000).max(1) - 1;
        let micros = sorted.get(at).copied();
        micros.map_or(f64::NAN, f64::from) / 1_000.0
    }

    /// The median, in milliseconds.
    pub fn p50(&self) -> f64 {
        self.within(500)
    }

    /// The time in milliseconds that one of a hundred takes at least.
    pub fn p99(&self) -> f64 {
        self.within(990)
    }

    /// The longest, in milliseconds.
    pub fn longest(&self) -> f64 {
        self.within(1_000)
    }
}
