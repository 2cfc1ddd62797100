//! Numbers that look random and are the same for the same seed.

/// `SplitMix64` (Steele, Lea, Flood 2014): small, even, and without state to keep.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    /// The sequence of one `subject` for one `purpose`; other purposes do not disturb it.
    pub fn new(seed: u64, purpose: &str, subject: i64) -> Self {
        let purpose = purpose
            .bytes()
            .fold(seed, |sum, byte| mix(sum ^ u64::from(byte)));
        Self(mix(purpose ^ subject.cast_unsigned().wrapping_mul(STEP)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// From 0 to below `limit`; 0 where the limit is 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        let wide = (self.next() >> 32) * u64::from(limit);
        u32::try_from(wide >> 32).unwrap_or_default()
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in so many of 10,000 cases.
    pub fn chance(&mut self, of_10_000: u32) -> bool {
        self.below(10_000) < of_10_000
    }

    /// One of a list; `None` only for an empty one.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let length = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.get(usize::try_from(self.below(length)).unwrap_or_default())
    }

    /// Sixteen bytes.
    pub fn bytes(&mut self) -> [u8; 16] {
        let (a, b) = (self.next(), self.next());
        ((u128::from(a) << 64) | u128::from(b)).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_they_are_even() {
        let draw = |seed| -> Vec<u32> {
            let mut random = Random::new(seed, "test", 7);
            (0..10_000).map(|_| random.below(10)).collect()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        for digit in 0..10 {
            let count = draw(3).iter().filter(|d| **d == digit).count();
            assert!((850..1_150).contains(&count), "{digit}: {count}");
        }
    }
}
