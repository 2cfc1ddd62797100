//! What is kept of a child, as the pages of its guardians need it: read for many at once, because in the morning all
//! families come together.

use crate::gather::{self, Asking, Gather, distinct};
use crate::{Error, Result, SchoolInfo, Services};
use domain::Day;
use domain::ids::PersonId;
use std::collections::HashMap;
use std::sync::Arc;
use store::{ChildRow, GuardianshipRow, ReportRow, Tx};

/// What is kept of one child.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub info: Arc<SchoolInfo>,
    /// Today at the school.
    pub today: Day,
    pub child: ChildRow,
    /// All who ever were guardians of the child.
    pub guardians: Vec<GuardianshipRow>,
    /// All revisions of today, oldest first.
    pub revisions: Vec<ReportRow>,
}

/// Somebody of whom something is missing; the log says it, and those who are looked up together do not suffer for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotWhole(PersonId);

impl From<NotWhole> for Error {
    fn from(NotWhole(person): NotWhole) -> Self {
        Self::internal(format!("person {person} has no school, class or state"))
    }
}

/// What is found; `None` where there is nobody.
type Found = std::result::Result<Option<Kept>, NotWhole>;

/// Looks up children by their numbers.
pub(crate) type Children = Gather<PersonId, Found>;

/// Starts the reader of [`Children`].
pub(crate) fn look_up_children(services: &Arc<Services>, lookups: Asking<PersonId, Found>) {
    gather::start(Arc::downgrade(services), lookups, |services, people| {
        Box::pin(async move {
            let mut tx = services.store.read().await?;
            services.kept_of(&mut tx, people).await
        })
    });
}

impl Services {
    /// What is kept of several children, in their order; two may ask for the same one.
    pub(super) async fn kept_of(&self, tx: &mut Tx, people: &[PersonId]) -> Result<Vec<Found>> {
        let asked = people;
        let people: &[PersonId] = &distinct(asked.iter().copied());
        let rows = tx.children(people).await?;
        let mut infos = HashMap::new();
        for school in distinct(rows.iter().map(|row| row.person.school_id)) {
            match self.school_info(tx, school).await {
                Ok(info) => {
                    let today = self.today_at(&info);
                    infos.insert(school, (info, today));
                }
                Err(error) => tracing::error!(%error, %school, "a school cannot be read"),
            }
        }
        let mut guardians = by(tx.guardians_of_all(people).await?, |g| g.person_id);
        let first = infos.values().map(|(_, today)| *today).min();
        let revisions = match first {
            Some(first) => {
                let states = rows.iter().map(|row| &row.state);
                tx.revisions_told(states, first).await?
            }
            None => Vec::new(),
        };
        let mut revisions = by(revisions, |r| r.person_id);
        let mut found = HashMap::with_capacity(rows.len());
        for child in rows {
            let id = child.person.person_id;
            let Some((info, today)) = infos.get(&child.person.school_id) else {
                found.insert(id, Err(NotWhole(id)));
                continue;
            };
            let mut revisions = revisions.remove(&id).unwrap_or_default();
            revisions.retain(|row| row.day == *today);
            let kept = Kept {
                info: Arc::clone(info),
                today: *today,
                guardians: guardians.remove(&id).unwrap_or_default(),
                revisions,
                child,
            };
            found.insert(id, Ok(Some(kept)));
        }
        let missing = people.iter().copied().filter(|id| !found.contains_key(id));
        let missing: Vec<PersonId> = missing.collect();
        for row in tx.people(&missing).await? {
            found.insert(row.person_id, Err(NotWhole(row.person_id)));
        }
        let found = asked.iter().map(|id| found.get(id).cloned());
        Ok(found.map(|found| found.unwrap_or(Ok(None))).collect())
    }
}

/// Rows by whom they belong to, in their order.
fn by<R>(rows: Vec<R>, whose: impl Fn(&R) -> PersonId) -> HashMap<PersonId, Vec<R>> {
    let mut map: HashMap<PersonId, Vec<R>> = HashMap::new();
    for row in rows {
        map.entry(whose(&row)).or_default().push(row);
    }
    map
}
