//! How many people one transaction writes, so that a report waits for at most a few hundredths of a second.

/// Milliseconds that a transaction should take; above [`TOO_LONG`] the next is smaller at once.
const WANTED: i64 = 30;
const TOO_LONG: i64 = 45;
const LEAST: usize = 16;
const MOST: usize = 1_000;

/// The size of the next piece, learnt from the time that the last ones took.
#[derive(Debug)]
pub(crate) struct Pace {
    size: usize,
    least: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self::at_least(LEAST)
    }
}

impl Pace {
    /// Pieces that are never smaller than `least`, however long they take.
    pub fn at_least(least: usize) -> Self {
        Self {
            size: least.max(128),
            least,
        }
    }

    /// People in the next piece.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Learns from a piece of `people` that took `ms` milliseconds.
    pub fn took(&mut self, people: usize, ms: i64) {
        if ms > TOO_LONG {
            let per_person = ms / i64::try_from(people.max(1)).unwrap_or(1);
            let fitting = WANTED / per_person.max(1);
            let half = people / 2;
            self.size = usize::try_from(fitting)
                .unwrap_or(self.least)
                .min(half)
                .clamp(self.least, MOST);
        } else if people >= self.size && ms * 3 < WANTED * 2 {
            self.size = (self.size * 3 / 2).clamp(self.least, MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine on which each person takes so many hundredths of a millisecond.
    fn settled(hundredths: i64) -> (usize, i64) {
        let mut pace = Pace::default();
        let mut ms = 0;
        for _ in 0..50 {
            let people = pace.size();
            ms = i64::try_from(people).unwrap_or(0) * hundredths / 100;
            pace.took(people, ms);
        }
        (pace.size(), ms)
    }

    #[test]
    fn a_piece_grows_where_the_machine_is_fast_and_shrinks_where_it_is_slow() {
        assert_eq!(settled(0), (MOST, 0));
        for hundredths in [2, 5, 10, 20, 50, 100] {
            let (size, ms) = settled(hundredths);
            assert!(
                ms <= 45 && (ms >= 10 || size == MOST),
                "{hundredths}: {size} in {ms} ms"
            );
        }
        assert_eq!(settled(10_000).0, LEAST);
    }
}
