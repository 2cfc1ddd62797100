//! How the colours are decided, for everybody: the rulebooks in force, and those before them.

use super::keeping::entry_of;
use crate::{Error, Result, Services};
use domain::ids::RegionCode;
use domain::rulebook::stack::stack;
use domain::rulebook::{Change, Document, Status, Version, difference};
use domain::{Day, Text};

/// What a region is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRules {
    /// The region.
    pub region: RegionCode,
    /// Its name.
    pub region_name: Text,
    /// Today there.
    pub today: Day,
    /// The rulebooks in force today, the widest region first.
    pub active: Vec<PublicBook>,
    /// Every version that was in force, is, or will be on a day that is settled, the latest first.
    pub history: Vec<PublicLine>,
}

/// A rulebook in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBook {
    /// The first day this version judged.
    pub from: Day,
    /// The name of the region where it holds.
    pub region_name: Text,
    /// Whether it is an emergency that waits for a third person.
    pub is_emergency: bool,
    /// What it says, with the parameters that hold in the region asked about.
    pub document: Document,
}

/// A version in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicLine {
    /// The rulebook.
    pub id: String,
    /// Its version.
    pub version: Version,
    /// Its title.
    pub title: Text,
    /// The name of the region where it holds.
    pub region_name: Text,
    /// Where it stands.
    pub status: Status,
    /// First day in force.
    pub from: Day,
    /// Last day in force, where it has one.
    pub to: Option<Day>,
    /// What changed against the version before it.
    pub changes: Vec<Change>,
}

impl Services {
    /// The rulebooks that judge a region, and their history. For everybody; no sign-in.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is no such region.
    pub async fn public_rulebooks(&self, region: &RegionCode) -> Result<PublicRules> {
        let mut tx = self.store.read().await?;
        let here = tx.region(region).await?.ok_or(Error::Forbidden)?;
        let zone = self.zone_of_region(&mut tx, region).await?;
        let today = zone.day_of(self.clock.now());
        let mut books = self.books(&mut tx).await?;
        books.retain(|book| book.status.has_days() && book.row.region_code.contains(region));
        let entries: Vec<_> = books.iter().filter_map(entry_of).collect();
        let judging = stack(&entries, region).map_err(|e| Error::internal(e.to_string()))?;
        let mut active = Vec::new();
        for book in judging.into_iter().filter(|book| book.in_force(today)) {
            let document = book.document().clone();
            let is_it = |other: &&super::Book| {
                other.row.rulebook_id == document.id && other.version == document.version
            };
            let status = books.iter().find(is_it).map(|other| other.status);
            active.push(PublicBook {
                from: document.effective_from,
                region_name: self.region_name(&mut tx, &document.region).await?,
                is_emergency: status == Some(Status::Emergency),
                document,
            });
        }
        books.sort_by_key(|book| std::cmp::Reverse((book.row.from_day, book.row.changed_at)));
        let above: Vec<_> = active.iter().map(|book| book.document.clone()).collect();
        let mut history = Vec::new();
        for (index, book) in books.iter().enumerate() {
            let Some(from) = book.row.from_day else {
                continue;
            };
            let mut earlier = books.iter().skip(index + 1);
            let before = earlier.find(|other| other.row.rulebook_id == book.row.rulebook_id);
            history.push(PublicLine {
                id: book.row.rulebook_id.clone(),
                version: book.version,
                title: book.document.title.clone(),
                region_name: self.region_name(&mut tx, &book.row.region_code).await?,
                status: book.status,
                from,
                to: book.row.to_day,
                changes: before.map_or_else(Vec::new, |before| {
                    difference(&before.document, &book.document, &above)
                }),
            });
        }
        Ok(PublicRules {
            region: region.clone(),
            region_name: here.names(),
            today,
            active,
            history,
        })
    }
}
