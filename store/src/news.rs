//! Whether what was read beside the writer still holds when something is written over it.
//!
//! A file has one writer. Whoever decides by what a reader sees, and writes what was decided a little later, must know
//! that nobody has changed it meanwhile: not another task of this program, which is counted here, and not another
//! program, whose commits SQLite itself counts.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// What a picture of the data was taken after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    begun: u64,
    version: i64,
}

/// Transactions that write what decisions are taken by.
#[derive(Debug)]
pub(crate) struct News {
    /// How many have begun.
    begun: AtomicU64,
    /// How many of these are certainly over.
    over: AtomicU64,
    /// SQLite's own count of what other programs have committed, as the writer's connection last gave it. Another
    /// connection counts anew, and from the same number.
    version: AtomicI64,
}

impl Default for News {
    fn default() -> Self {
        Self {
            begun: AtomicU64::new(0),
            over: AtomicU64::new(0),
            version: AtomicI64::new(i64::MIN),
        }
    }
}

impl News {
    /// One has begun, and has the writer: all before it are over. Gives its number.
    pub fn begin(&self) -> u64 {
        let before = self.begun.fetch_add(1, Ordering::SeqCst);
        self.over.fetch_max(before, Ordering::SeqCst);
        before + 1
    }

    /// The writer has a new connection, which knows nothing of what the one before it has counted.
    pub fn begin_anew(&self) {
        self.version.store(i64::MIN, Ordering::SeqCst);
        let number = self.begin();
        self.end(number);
    }

    /// The one that has the writer brings no news after all.
    pub fn take_back(&self) {
        self.begun.fetch_sub(1, Ordering::SeqCst);
    }

    /// One has been committed. Of one that broke off, only the next to have the writer knows that it is over.
    pub fn end(&self, number: u64) {
        self.over.fetch_max(number, Ordering::SeqCst);
    }

    /// What a picture is taken after that is taken now; `None` while somebody may be writing.
    pub fn seen(&self) -> Option<Seen> {
        let begun = self.begun.load(Ordering::SeqCst);
        let version = self.version.load(Ordering::SeqCst);
        let is_quiet = self.over.load(Ordering::SeqCst) == begun && version != i64::MIN;
        is_quiet.then_some(Seen { begun, version })
    }

    /// What whoever has the writer, and brings no news, would see; `version` is what SQLite counts.
    pub fn now(&self, version: i64) -> Seen {
        let begun = self.begun.load(Ordering::SeqCst);
        self.over.fetch_max(begun, Ordering::SeqCst);
        self.version.store(version, Ordering::SeqCst);
        Seen { begun, version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_does_not_outlive_the_writers_connection() {
        let news = News::default();
        news.now(2);
        let seen = news.seen();
        assert_eq!(seen, Some(news.now(2)));
        // The next connection counts from the same number as the last one did.
        news.begin_anew();
        assert_eq!(news.seen(), None);
        assert_ne!(seen, Some(news.now(2)));
    }
}
