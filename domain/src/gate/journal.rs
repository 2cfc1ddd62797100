//! What has happened on this device today.

use super::{Act, Direction, Entry, EntryId, Span, Verdict, day_at};
use crate::{Day, Millis};
use std::collections::BTreeSet;

/// The entries of a day, in order, mistakes and their corrections included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal {
    entries: Vec<Entry>,
    undone: BTreeSet<EntryId>,
}

/// A first reading that waits for the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The entry of the first reading.
    pub first: EntryId,
    /// Whose.
    pub holder: u64,
    /// Tenths of a degree.
    pub tenths: u16,
    /// From when on they are measured again.
    pub due: Millis,
    /// Who measures, as typed.
    pub by: String,
}

/// How somebody's temperature stands on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured {
    /// High once: to be measured again.
    Again(Waiting),
    /// High twice.
    High,
}

/// How many of each verdict there were, each person once by their last verdict, visitors by each look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Let in, on a slip too.
    pub admitted: usize,
    /// Refused.
    pub refused: usize,
    /// Still to report.
    pub report_first: usize,
    /// Went out.
    pub left: usize,
}

impl Journal {
    /// The journal of one day, from all that the device still keeps.
    pub fn of_day(entries: impl IntoIterator<Item = Entry>, day: Day, offset_minutes: i32) -> Self {
        let mut journal = Self::default();
        for entry in entries {
            if day_at(entry.at, offset_minutes) == day {
                journal.push(entry);
            }
        }
        journal
    }

    /// Adds what has just happened.
    pub fn push(&mut self, entry: Entry) {
        if let Act::Undo { of } = &entry.act {
            self.undone.insert(of.clone());
        }
        self.entries.push(entry);
    }

    /// Everything, the earliest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether an entry was a mistake: undone itself, or what an undone scan or first reading led to.
    pub fn is_undone(&self, entry: &Entry) -> bool {
        if self.undone.contains(&entry.id) {
            return true;
        }
        match &entry.act {
            Act::Slip { holder, .. } | Act::Reading { holder, .. } => {
                let led = self.led_to(entry, *holder);
                led.is_some_and(|scan| self.undone.contains(&scan.id))
                    || matches!(&entry.act, Act::Reading { first: Some(first), .. } if self.undone.contains(first))
            }
            _ => false,
        }
    }

    /// The last scan of somebody before an entry about them.
    fn led_to(&self, entry: &Entry, of: u64) -> Option<&Entry> {
        self.entries
            .iter()
            .rev()
            .skip_while(|earlier| earlier.seq >= entry.seq)
            .find(|earlier| matches!(earlier.act, Act::Scan { holder, .. } if holder == of))
    }

    /// What still counts of what was done about somebody, the latest first.
    fn about(&self, of: u64) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .rev()
            .filter(move |entry| holder_of(&entry.act) == Some(of))
            .filter(|entry| !self.is_undone(entry))
    }

    /// When somebody was last let in here.
    pub fn came(&self, holder: u64) -> Option<Millis> {
        self.about(holder)
            .find(|entry| lets_in(&entry.act))
            .map(|entry| entry.at)
    }

    /// Whether somebody's signed slip was handed in here.
    pub fn has_slip(&self, holder: u64) -> bool {
        self.about(holder)
            .any(|entry| matches!(entry.act, Act::Slip { .. }))
    }

    /// How somebody's temperature stands; `None` where nothing high was measured, or the last time it was not.
    pub fn measured(&self, holder: u64, again_after: Span, fever: u16) -> Option<Measured> {
        let last = self
            .about(holder)
            .find(|entry| matches!(entry.act, Act::Reading { .. } | Act::Slip { .. }))?;
        match &last.act {
            Act::Reading {
                tenths,
                first: None,
                by,
                ..
            } if *tenths >= fever => Some(Measured::Again(Waiting {
                first: last.id.clone(),
                holder,
                tenths: *tenths,
                due: Millis(last.at.0.saturating_add(again_after.0)),
                by: by.clone(),
            })),
            Act::Reading {
                tenths,
                first: Some(_),
                ..
            } if *tenths >= fever => Some(Measured::High),
            _ => None,
        }
    }

    /// Everybody who waits to be measured again, the first to be due first.
    pub fn waiting(&self, again_after: Span, fever: u16) -> Vec<Waiting> {
        let holders: BTreeSet<u64> = self
            .entries
            .iter()
            .filter(|entry| matches!(entry.act, Act::Reading { first: None, .. }))
            .filter_map(|entry| holder_of(&entry.act))
            .collect();
        let mut waiting: Vec<_> = holders
            .into_iter()
            .filter_map(|holder| match self.measured(holder, again_after, fever)? {
                Measured::Again(waiting) => Some(waiting),
                Measured::High => None,
            })
            .collect();
        waiting.sort_by_key(|w| w.due);
        waiting
    }

    /// The latest entries that can be undone, the newest first: what was done, and not an undo itself.
    pub fn latest(&self, count: usize) -> Vec<&Entry> {
        self.entries
            .iter()
            .rev()
            .filter(|entry| !matches!(entry.act, Act::Undo { .. } | Act::Refused { .. }))
            .filter(|entry| !self.is_undone(entry))
            .take(count)
            .collect()
    }

    /// How many of each verdict.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let mut seen = BTreeSet::new();
        for entry in self.entries.iter().rev().filter(|e| !self.is_undone(e)) {
            let (verdict, direction) = match &entry.act {
                Act::Scan {
                    holder,
                    verdict,
                    direction,
                    ..
                } if seen.insert(*holder) => (*verdict, *direction),
                Act::Slip { holder, .. } if seen.insert(*holder) => (Verdict::Admit, Direction::In),
                Act::Visitor {
                    verdict, direction, ..
                } => (*verdict, *direction),
                _ => continue,
            };
            let of = match (direction, verdict) {
                (Direction::Out, _) => &mut counts.left,
                (Direction::In, Verdict::Admit) => &mut counts.admitted,
                (Direction::In, Verdict::Refuse) => &mut counts.refused,
                (Direction::In, Verdict::ReportFirst) => &mut counts.report_first,
            };
            *of += 1;
        }
        counts
    }
}

/// The person of our school that an act is about.
pub fn holder_of(act: &Act) -> Option<u64> {
    match act {
        Act::Scan { holder, .. } | Act::Slip { holder, .. } | Act::Reading { holder, .. } => {
            Some(*holder)
        }
        Act::Visitor { .. } | Act::Refused { .. } | Act::Undo { .. } => None,
    }
}

fn lets_in(act: &Act) -> bool {
    matches!(
        act,
        Act::Slip { .. }
            | Act::Scan {
                direction: Direction::In,
                verdict: Verdict::Admit,
                ..
            }
    )
}
