//! Finding whom a record is about: by exact identity number or guardian's phone, through the blind indexes.

use crate::people::OpenPerson;
use crate::{Result, Services};
use domain::ids::{PersonId, RegionCode};
use domain::list::{ListReason, Who};
use std::collections::{BTreeSet, HashMap};
use store::Tx;

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// These rows of rosters; one child may be on two schools' rosters.
    People(Vec<PersonId>),
    /// Nobody here has that number.
    Nobody,
    /// It cannot be said.
    Unclear(ListReason),
}

/// Whom some rows are about, and the people opened.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// In the order of the rows.
    pub found: Vec<Found>,
    /// The people among them.
    pub people: HashMap<PersonId, OpenPerson>,
}

impl Services {
    /// Whom each row is about, among the people on a region's rosters. An identity number says more than a phone.
    pub(crate) async fn match_people(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        rows: &[&Who],
    ) -> Result<Matches> {
        let id_of = |who: &Who| {
            let id = who.national_id.as_ref();
            id.map(|id| self.vault.index("national_id", id.as_str()))
        };
        let phone_of = |who: &Who| who.phone.as_ref().map(|phone| self.phone_index(phone));
        let ids: BTreeSet<_> = rows.iter().filter_map(|who| id_of(who)).collect();
        let phones: BTreeSet<_> = rows.iter().filter_map(|who| phone_of(who)).collect();
        let by_id = group(
            tx.people_by_ids_within(region, &Vec::from_iter(ids))
                .await?,
        );
        let by_phone = group(
            tx.people_by_phones_within(region, &Vec::from_iter(phones))
                .await?,
        );
        let known: BTreeSet<PersonId> = by_id
            .values()
            .chain(by_phone.values())
            .flatten()
            .copied()
            .collect();
        let mut people = HashMap::with_capacity(known.len());
        for row in tx.people(&Vec::from_iter(known)).await? {
            people.insert(row.person_id, self.open_person(row)?);
        }
        let found = rows
            .iter()
            .map(|who| {
                let id = id_of(who).and_then(|index| by_id.get(&index));
                let phone = phone_of(who).and_then(|index| by_phone.get(&index));
                let found = match (id, phone) {
                    (Some(people), _) => people.clone(),
                    (None, Some(people)) if people.len() == 1 => people.clone(),
                    (None, Some(_)) => return Found::Unclear(ListReason::PhoneOfSeveral),
                    (None, None) => return Found::Nobody,
                };
                let names = found.iter().filter_map(|p| people.get(p));
                let mut names = names.map(|p| p.profile.name.as_str());
                if !who.name.is_empty() && !names.any(|name| name == who.name) {
                    return Found::Unclear(ListReason::NameDiffers);
                }
                Found::People(found)
            })
            .collect();
        Ok(Matches { found, people })
    }
}

fn group(rows: Vec<(Vec<u8>, PersonId)>) -> HashMap<Vec<u8>, Vec<PersonId>> {
    let mut groups: HashMap<Vec<u8>, Vec<PersonId>> = HashMap::new();
    for (index, person) in rows {
        groups.entry(index).or_default().push(person);
    }
    groups
}
