//! The people of a school's roster: looked through, opened, moved, taken off and back.

use crate::audit::{Entry, person as person_subject};
use crate::family::{GuardianEntry, stands_refused};
use crate::people::{OpenPerson, class_name};
use crate::recolour::Ledger;
use crate::roster::{Seating, place_in_class, take_back};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::identity::{NationalId, to_half_width};
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::roster::{ClassName, RosterRow};
use domain::{Day, Lang};
use std::collections::HashMap;
use store::{ClassRow, PersonRow, Tx};

/// Which people of the roster to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Part of a name or student number; empty for all.
    pub text: String,
    /// One class only.
    pub class: Option<ClassId>,
    /// Those who left, instead of those who attend.
    pub left: bool,
    /// So many are passed over.
    pub offset: usize,
    /// The most that are listed.
    pub limit: usize,
}

/// A person as the list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEntry {
    /// Who.
    pub person: PersonId,
    /// Their full name.
    pub name: String,
    /// Their seat; 0 for none.
    pub seat: i64,
    /// Their class.
    pub class: ClassName,
    /// Their student number.
    pub student_no: String,
    /// Their identity number but for its last four characters.
    pub masked_id: String,
    /// Guardians named by the roster.
    pub guardians: usize,
    /// The day they left.
    pub left: Option<Day>,
}

/// A part of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// The people.
    pub people: Vec<PersonEntry>,
    /// How many fit the filter.
    pub total: usize,
    /// How many attend, whatever the filter.
    pub attending: usize,
    /// How many left.
    pub left: usize,
    /// The school's classes.
    pub classes: Vec<(ClassId, ClassName)>,
}

/// One person with all that the school keeps of them beside their reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// Who.
    pub person: PersonId,
    /// Their school.
    pub school: SchoolId,
    /// What the roster says.
    pub profile: RosterRow,
    /// Their identity number but for its last four characters.
    pub masked_id: String,
    /// Their class.
    pub class: ClassId,
    /// Its name.
    pub class_name: ClassName,
    /// Their seat; 0 for none.
    pub seat: i64,
    /// Their first day.
    pub joined: Day,
    /// The day they left.
    pub left: Option<Day>,
    /// Their guardians with an account.
    pub guardians: Vec<GuardianEntry>,
    /// Whether a guardian's refusal of online answers stands.
    pub refused: bool,
    /// How many have agreed to online answers.
    pub agreed: usize,
    /// The school's classes.
    pub classes: Vec<(ClassId, ClassName)>,
}

/// An identity number but for its last four characters.
fn mask_id(id: &NationalId) -> String {
    let text = id.as_str();
    let hidden = text.chars().count().saturating_sub(4);
    "*".repeat(hidden) + id.last_four()
}

fn names(rows: &[ClassRow]) -> Vec<(ClassId, ClassName)> {
    rows.iter()
        .map(|row| (row.class_id, class_name(row)))
        .collect()
}

impl PeopleFilter {
    fn fits(&self, person: &OpenPerson) -> bool {
        let text: String = to_half_width(&self.text).split_whitespace().collect();
        let lower = text.to_lowercase();
        let contains = |field: &str| field.to_lowercase().replace(' ', "").contains(&lower);
        person.row.left_day.is_some() == self.left
            && self.class.is_none_or(|class| class == person.row.class_id)
            && (contains(&person.profile.name)
                || person.profile.student_no.as_deref().is_some_and(contains))
    }
}

impl Services {
    /// A part of a school's roster. Searching opens every name of the school, and of no other.
    pub async fn school_people(
        &self,
        actor: &Actor,
        school: SchoolId,
        filter: &PeopleFilter,
    ) -> Result<PeoplePage> {
        let mut tx = self.store.read().await?;
        let (place, info) = self
            .school_for(&mut tx, actor, Action::ChangeRoster, school)
            .await?;
        drop(tx);
        let word = if filter.text.is_empty() {
            "roster.read"
        } else {
            "roster.search"
        };
        let subject = format!("school:{school}");
        self.audit_list(actor, &place, subject, word, self.today_at(&info))
            .await?;
        let mut tx = self.store.read().await?;
        let rows = tx.classes_of(school).await?;
        let class_names: HashMap<ClassId, ClassName> = names(&rows).into_iter().collect();
        let mut people = self.roster_of(&mut tx, school).await?;
        let left = people.iter().filter(|p| p.row.left_day.is_some()).count();
        let attending = people.len() - left;
        people.retain(|p| filter.fits(p));
        people.sort_by_key(|p| (p.profile.class, p.row.seat, p.row.person_id));
        let total = people.len();
        let people = people
            .into_iter()
            .skip(filter.offset)
            .take(filter.limit)
            .map(|p| PersonEntry {
                person: p.row.person_id,
                seat: p.row.seat,
                class: class_names
                    .get(&p.row.class_id)
                    .copied()
                    .unwrap_or(p.profile.class),
                masked_id: p
                    .profile
                    .national_id
                    .as_ref()
                    .map(mask_id)
                    .unwrap_or_default(),
                guardians: p.profile.guardians.len(),
                left: p.row.left_day,
                student_no: p.profile.student_no.unwrap_or_default(),
                name: p.profile.name,
            })
            .collect();
        Ok(PeoplePage {
            people,
            total,
            attending,
            left,
            classes: names(&rows),
        })
    }

    /// One person of the roster; the reading is written down.
    pub async fn person_record(&self, actor: &Actor, person: PersonId) -> Result<PersonRecord> {
        let mut tx = self.store.read().await?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::ChangeRoster, &place)?;
        drop(tx);
        self.audit_read(actor, &place, person, "person.read")
            .await?;
        let mut tx = self.store.read().await?;
        let classes = names(&tx.classes_of(row.school_id).await?);
        let mut guardians = Vec::new();
        for link in tx.guardians_of(person).await? {
            if link.status != "unlinked" {
                guardians.push(self.guardian_entry(&mut tx, &link).await?);
            }
        }
        let consents = tx.consents_for(person).await?;
        let open = self.open_person(row)?;
        let class_name = classes
            .iter()
            .find(|(id, _)| *id == open.row.class_id)
            .map_or(open.profile.class, |(_, name)| *name);
        Ok(PersonRecord {
            person,
            school: open.row.school_id,
            masked_id: open
                .profile
                .national_id
                .as_ref()
                .map(mask_id)
                .unwrap_or_default(),
            class: open.row.class_id,
            class_name,
            seat: open.row.seat,
            joined: open.row.joined_day,
            left: open.row.left_day,
            profile: open.profile,
            guardians,
            refused: stands_refused(&consents),
            agreed: consents.iter().filter(|c| c.answer == "given").count(),
            classes,
        })
    }

    async fn to_change(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
    ) -> Result<(Place, PersonRow, Day)> {
        let (place, row) = self.place_of_person(tx, person).await?;
        actor.require(Action::ChangeRoster, &place)?;
        let info = self.school_info(tx, row.school_id).await?;
        Ok((place, row, self.today_at(&info)))
    }

    /// Opens the day before the roster changes, so that its counters are there to change.
    async fn open_day_of(&self, actor: &Actor, person: PersonId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let (_, row, _) = self.to_change(&mut tx, actor, person).await?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        drop(tx);
        self.ensure_open(info.zone).await
    }

    /// Takes somebody off the roster. Their records stay, and they can come back.
    ///
    /// # Errors
    /// [`Refusal::AlreadySettled`] for those who left already.
    pub async fn leave_school(&self, actor: &Actor, person: PersonId) -> Result<()> {
        self.open_day_of(actor, person).await?;
        let mut tx = self.store.write().await?;
        let (place, row, today) = self.to_change(&mut tx, actor, person).await?;
        if row.left_day.is_some() {
            return Err(Refusal::AlreadySettled.into());
        }
        let opened = self.opened_state(&mut tx, person).await?;
        let mut ledger = Ledger::new(self);
        ledger.count(&opened, today, -1);
        ledger.write(&mut tx).await?;
        tx.leave_roster(&[person], today).await?;
        self.note(&mut tx, actor, &place, person, "person.leave", None)
            .await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// Takes somebody back onto the roster, into the class they left.
    ///
    /// # Errors
    /// [`Refusal::AlreadySettled`] for those who attend.
    pub async fn return_to_school(&self, actor: &Actor, person: PersonId) -> Result<()> {
        self.open_day_of(actor, person).await?;
        let mut tx = self.store.write().await?;
        let (place, row, today) = self.to_change(&mut tx, actor, person).await?;
        let left = row
            .left_day
            .ok_or(Error::Refused(Refusal::AlreadySettled))?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        let opened = self.opened_state(&mut tx, person).await?;
        let tabled = self.tabled(&mut tx, &[person]).await?;
        let state = self.with_tabled(&opened, &tabled)?;
        let mut ledger = Ledger::new(self);
        let place_back = (row.class_id, left);
        take_back(&mut ledger, opened, state, place_back, &info, today)?;
        ledger.write(&mut tx).await?;
        tx.join_roster(row.school_id, person..=person).await?;
        self.note(&mut tx, actor, &place, person, "person.return", None)
            .await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// Moves somebody to another class of the same school, to its next seat.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] for a class of another school, [`Refusal::AlreadySettled`] for the class they are in
    /// and for those who left.
    pub async fn move_to_class(
        &self,
        actor: &Actor,
        person: PersonId,
        class: ClassId,
    ) -> Result<()> {
        self.open_day_of(actor, person).await?;
        let mut tx = self.store.write().await?;
        let (place, row, today) = self.to_change(&mut tx, actor, person).await?;
        let to = tx
            .class(class)
            .await?
            .filter(|c| c.school_id == row.school_id)
            .ok_or(Error::Refused(Refusal::FieldInvalid))?;
        if class == row.class_id || row.left_day.is_some() {
            return Err(Refusal::AlreadySettled.into());
        }
        let classmates = tx.people_of_class(class).await?;
        let mut seating = Seating::new(row.school_id, std::slice::from_ref(&to), classmates.iter());
        let mut open = self.open_person(row)?;
        let words = format!(
            "{} → {}",
            open.profile.class.label(Lang::Zh),
            class_name(&to).label(Lang::Zh)
        );
        open.profile.class = class_name(&to);
        open.profile.seat.clear();
        open.row.class_id = class;
        open.row.seat = seating.seat(class, "");
        open.row.profile_enc = self.seal_profile(&open.key, person.0, &open.profile)?;
        tx.update_people(&[(open.row, None)]).await?;
        let opened = self.opened_state(&mut tx, person).await?;
        let mut ledger = Ledger::new(self);
        place_in_class(&mut ledger, opened, class, today)?;
        ledger.write(&mut tx).await?;
        self.note(&mut tx, actor, &place, person, "person.move", Some(&words))
            .await?;
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    async fn note(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        person: PersonId,
        action: &str,
        detail: Option<&str>,
    ) -> Result<()> {
        let entry = Entry {
            actor,
            place,
            action,
            subject: person_subject(person),
            detail: detail.map(|words| (words, None)),
        };
        self.audit(tx, entry).await
    }
}
