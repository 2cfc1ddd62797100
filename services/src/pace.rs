//! How many people one transaction writes, so that a report waits for at most a few hundredths of a second.

use std::time::Duration;

/// Milliseconds that a transaction should take; half as many more, and the next is smaller at once.
const WANTED: i64 = 30;
/// The same of an import, which may be another program's. Reports wait for such a piece and then for more besides: what
/// was judged ahead of the writer no longer holds, and the processor has been busy with the import as well.
const WANTED_OF_IMPORTS: i64 = 12;
const LEAST: usize = 16;
const MOST: usize = 1_000;
/// Milliseconds that a pause between two pieces lasts at most, should the clock have been put forward.
const LONGEST_PAUSE: i64 = 200;

/// The size of the next piece, learnt from the time that the last ones took.
#[derive(Debug)]
pub(crate) struct Pace {
    size: usize,
    least: usize,
    wanted: i64,
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
            wanted: WANTED,
        }
    }

    /// Pieces of an import.
    pub fn of_import() -> Self {
        Self {
            wanted: WANTED_OF_IMPORTS,
            ..Self::default()
        }
    }

    /// People in the next piece.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Learns from a piece of `people` that took `ms` milliseconds.
    pub fn took(&mut self, people: usize, ms: i64) {
        if ms * 2 > self.wanted * 3 {
            let fitting = i64::try_from(people).unwrap_or(0) * self.wanted / ms;
            self.size = usize::try_from(fitting)
                .unwrap_or(self.least)
                .clamp(self.least, MOST);
        } else if people >= self.size && ms * 3 < self.wanted * 2 {
            self.size = (self.size * 3 / 2).clamp(self.least, MOST);
        }
    }

    /// The same, and leaves the writer for as long as the piece had it to whoever waited meanwhile, in this program or
    /// another.
    pub async fn took_and_rests(&mut self, people: usize, ms: i64) {
        self.took(people, ms);
        let pause = ms.clamp(0, LONGEST_PAUSE).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine on which each person takes so many hundredths of a millisecond.
    fn settled(mut pace: Pace, hundredths: i64) -> (usize, i64) {
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
        for (new, shortest, longest) in [
            (Pace::default as fn() -> Pace, 10, 45),
            (Pace::of_import, 4, 18),
        ] {
            assert_eq!(settled(new(), 0), (MOST, 0));
            for hundredths in [2, 5, 10, 20, 50, 100] {
                let (size, ms) = settled(new(), hundredths);
                assert!(
                    ms <= longest && (ms >= shortest || size == MOST),
                    "{hundredths}: {size} in {ms} ms"
                );
            }
            assert_eq!(settled(new(), 10_000).0, LEAST);
        }
    }
}
