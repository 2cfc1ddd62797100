//! Which rulebooks judge a region, and with which parameters.
//!
//! All rulebooks from the country down to the region apply together. A lower one may move a parameter of one above,
//! only in the stricter direction; the strictest value of the book itself and of all moves in force holds. Each
//! version is cut into runs of days with fixed parameters.

use super::{Activation, Document, Force, Move, ParameterValue, Rulebook, RulebookError, Stricter};
use crate::Day;
use crate::ids::RegionCode;
use std::collections::BTreeSet;

/// A version that judges days, judged some, or will.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it says.
    pub document: Document,
    /// The first day it judges.
    pub from: Day,
    /// The last day, where there is one.
    pub to: Option<Day>,
    /// Whether its activation applies to isolations that are open then.
    pub applies_to_open: bool,
    /// An emergency that nobody ratified.
    pub is_lapsed: bool,
}

impl Entry {
    fn until(&self) -> Day {
        self.to.map_or(END, Day::next)
    }

    fn activation(&self) -> Activation {
        Activation {
            rulebook_id: self.document.id.clone(),
            version: self.document.version,
        }
    }
}

/// Stands for no end.
const END: Day = Day(i32::MAX);

/// The rulebooks that judge `region`, compiled: the widest region first, then by name, then run by run of days.
///
/// # Errors
/// The first fault of a document that does not compile.
pub fn stack(entries: &[Entry], region: &RegionCode) -> Result<Vec<Rulebook>, RulebookError> {
    let mut chain: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.document.region.contains(region))
        .collect();
    chain.sort_by_key(|entry| order(entry));
    let mut books = Vec::new();
    for entry in &chain {
        let movers: Vec<_> = chain
            .iter()
            .filter(|lower| is_below(&lower.document, &entry.document))
            .flat_map(|lower| moves_of(lower, entry).map(move |moved| (*lower, moved)))
            .collect();
        for (from, until) in days_of(entry, &chain) {
            let mut cuts = BTreeSet::from([from]);
            for (lower, _) in &movers {
                for (begin, end) in days_of(lower, &chain) {
                    cuts.extend(
                        [begin, end]
                            .into_iter()
                            .filter(|day| from < *day && *day < until),
                    );
                }
            }
            let cuts: Vec<_> = cuts.into_iter().collect();
            for (index, begin) in cuts.iter().enumerate() {
                let end = cuts.get(index + 1).copied().unwrap_or(until);
                books.push(piece(entry, &movers, &chain, *begin, end)?);
            }
        }
    }
    books.sort_by(|a, b| run(a).cmp(&run(b)));
    Ok(books)
}

fn run(book: &Rulebook) -> (crate::ids::RegionLevel, &str, Day) {
    (book.document().region.level(), book.id(), book.force().from)
}

fn order(entry: &Entry) -> (crate::ids::RegionLevel, &str, Day, super::Version) {
    let document = &entry.document;
    (
        document.region.level(),
        &document.id,
        entry.from,
        document.version,
    )
}

/// Whether `lower` stands in a region inside that of `upper`.
fn is_below(lower: &Document, upper: &Document) -> bool {
    lower.region != upper.region && upper.region.contains(&lower.region)
}

fn moves_of<'a>(lower: &'a Entry, upper: &Entry) -> impl Iterator<Item = &'a Move> {
    let id = upper.document.id.clone();
    lower
        .document
        .moves
        .iter()
        .filter(move |moved| moved.rulebook == id)
}

/// The days of a version, as from and until, without those that a version activated later judges.
fn days_of(entry: &Entry, chain: &[&Entry]) -> Vec<(Day, Day)> {
    let mut days = vec![(entry.from, entry.until())];
    let later = chain.iter().filter(|other| {
        other.document.id == entry.document.id
            && (other.from, other.document.version) > (entry.from, entry.document.version)
    });
    for other in later {
        days = days
            .into_iter()
            .flat_map(|(from, until)| {
                [
                    (from, until.min(other.from)),
                    (from.max(other.until()), until),
                ]
            })
            .filter(|(from, until)| from < until)
            .collect();
    }
    days.retain(|(from, until)| from < until);
    days
}

/// One version on days on which its parameters stay the same.
fn piece(
    entry: &Entry,
    movers: &[(&Entry, &Move)],
    chain: &[&Entry],
    from: Day,
    until: Day,
) -> Result<Rulebook, RulebookError> {
    let mut document = entry.document.clone();
    document.effective_from = entry.from;
    document.retired = entry.to.map(Day::next);
    let mut opens = (from == entry.from && entry.applies_to_open).then(|| entry.activation());
    let mut is_lapsed = entry.is_lapsed;
    for (lower, moved) in movers {
        if !days_of(lower, chain)
            .iter()
            .any(|(begin, end)| *begin <= from && from < *end)
        {
            continue;
        }
        for parameter in document
            .parameters
            .iter_mut()
            .filter(|p| p.name == moved.parameter)
        {
            parameter.value = stricter_of(parameter.stricter, parameter.value, moved.value);
        }
        if opens.is_none() && lower.from == from && lower.applies_to_open {
            opens = Some(lower.activation());
            is_lapsed = lower.is_lapsed;
        }
    }
    let force = Force {
        from,
        until: (until != END).then_some(until),
        opens,
        is_lapsed,
    };
    Ok(Rulebook::compile(document)?.with_force(force))
}

/// The stricter of two values; of two kinds the first.
fn stricter_of(direction: Stricter, own: ParameterValue, moved: ParameterValue) -> ParameterValue {
    if direction.allows(own, moved) {
        moved
    } else {
        own
    }
}

/// What is wrong with the moves of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveFault {
    /// No rulebook of that name is in force above.
    NoRulebook,
    /// The rulebook above has no such parameter.
    NoParameter,
    /// A number for a policy, or the reverse.
    Kind,
    /// The value is looser than what holds above.
    Looser,
}

/// Checks the moves of a document against the rulebooks in force above it: the place of each faulty move in the
/// list, and what is wrong with it.
pub fn check_moves(document: &Document, above: &[Document]) -> Vec<(usize, MoveFault)> {
    let fault = |moved: &Move| {
        let mut books = above
            .iter()
            .filter(|book| book.id == moved.rulebook && is_below(document, book))
            .peekable();
        if books.peek().is_none() {
            return Some(MoveFault::NoRulebook);
        }
        let parameter =
            books.find_map(|book| book.parameters.iter().find(|p| p.name == moved.parameter));
        let Some(parameter) = parameter else {
            return Some(MoveFault::NoParameter);
        };
        let same_kind =
            std::mem::discriminant(&parameter.value) == std::mem::discriminant(&moved.value);
        if !same_kind {
            Some(MoveFault::Kind)
        } else if parameter.stricter.allows(parameter.value, moved.value) {
            None
        } else {
            Some(MoveFault::Looser)
        }
    };
    document
        .moves
        .iter()
        .enumerate()
        .filter_map(|(index, moved)| Some((index, fault(moved)?)))
        .collect()
}

#[cfg(test)]
mod tests;
