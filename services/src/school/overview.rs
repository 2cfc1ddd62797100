//! The school at a glance: classes, flagged people, and what a new school still has to do.

use crate::people::class_name;
use crate::{Actor, Error, Result, SchoolInfo, Services};
use domain::access::{Action, Place, Role, Scope};
use domain::decision::decide;
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::roster::ClassName;
use domain::{Code, Day, Text, Zone};
use std::collections::HashMap;
use std::sync::Arc;
use store::{ClassRow, Numbers, Tx};

/// What every page of a school shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolCard {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub name: Text,
    /// Its day now.
    pub today: Day,
    /// Its time zone.
    pub zone: Zone,
}

/// A class with its numbers of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassSummary {
    /// The class.
    pub class: ClassId,
    /// Its name.
    pub name: ClassName,
    /// Today's numbers.
    pub numbers: Numbers,
}

/// Somebody who is observing or isolating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlaggedPerson {
    /// Who.
    pub person: PersonId,
    /// Their full name.
    pub name: String,
    /// Their class.
    pub class: ClassName,
    /// Their class's number.
    pub class_id: ClassId,
    /// Their seat.
    pub seat: i64,
    /// Yellow or red.
    pub code: Code,
    /// The principal reason.
    pub reason: Option<Text>,
    /// The last day, where it has an end.
    pub ends: Option<Day>,
}

/// The steps with which a new school begins, and whether each is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent steps of a list"
)]
pub struct SetUp {
    /// Families know whom to ask.
    pub settings: bool,
    /// There are people on the roster.
    pub roster: bool,
    /// Some class has a teacher with an account.
    pub staff: bool,
    /// Slips have been printed.
    pub slips: bool,
}

impl SetUp {
    /// Whether nothing is left to do.
    pub fn is_done(self) -> bool {
        self.settings && self.roster && self.staff && self.slips
    }
}

/// The school today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolOverview {
    /// Its classes with people, as schools list them.
    pub classes: Vec<ClassSummary>,
    /// Those observing or isolating, red first.
    pub flagged: Vec<FlaggedPerson>,
    /// The sum of the classes.
    pub sum: Numbers,
    /// What a new school still has to do.
    pub set_up: SetUp,
}

impl Services {
    /// What a page of a school shows of it, for those who may do `action` there.
    pub async fn school_card(
        &self,
        actor: &Actor,
        action: Action,
        school: SchoolId,
    ) -> Result<SchoolCard> {
        let mut tx = self.store.read().await?;
        let (_, info) = self.school_for(&mut tx, actor, action, school).await?;
        Ok(SchoolCard {
            school,
            name: info.row.names(),
            today: self.today_at(&info),
            zone: info.zone,
        })
    }

    /// A school, for those who may do `action` there.
    pub(super) async fn school_for(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        action: Action,
        school: SchoolId,
    ) -> Result<(Place, Arc<SchoolInfo>)> {
        let place = self.place_of_school(tx, school).await?;
        actor.require(action, &place)?;
        Ok((place, self.school_info(tx, school).await?))
    }

    /// The classes of a school, as schools list them.
    pub async fn school_classes(
        &self,
        actor: &Actor,
        school: SchoolId,
    ) -> Result<Vec<(ClassId, ClassName)>> {
        let mut tx = self.store.read().await?;
        self.school_for(&mut tx, actor, Action::SeeSchool, school)
            .await?;
        let rows = tx.classes_of(school).await?;
        Ok(rows
            .iter()
            .map(|row| (row.class_id, class_name(row)))
            .collect())
    }

    /// The school today.
    pub async fn school_overview(&self, actor: &Actor, school: SchoolId) -> Result<SchoolOverview> {
        let mut tx = self.store.read().await?;
        let (place, info) = self
            .school_for(&mut tx, actor, Action::SeeSchool, school)
            .await?;
        drop(tx);
        self.ensure_open(info.zone).await?;
        let today = self.today_at(&info);
        self.audit_list(
            actor,
            &place,
            format!("school:{school}"),
            "school.read",
            today,
        )
        .await?;
        let mut tx = self.store.read().await?;
        let rows = tx.classes_of(school).await?;
        let numbers: HashMap<ClassId, Numbers> = tx
            .counters_of_school(school, today)
            .await?
            .into_iter()
            .map(|row| (row.class_id, row.numbers))
            .collect();
        let mut sum = Numbers::default();
        let mut classes = Vec::new();
        for row in &rows {
            let numbers = numbers.get(&row.class_id).copied().unwrap_or_default();
            if numbers.students > 0 {
                sum += numbers;
                classes.push(ClassSummary {
                    class: row.class_id,
                    name: class_name(row),
                    numbers,
                });
            }
        }
        let flagged = self.flagged(&mut tx, &info, &rows, today).await?;
        let set_up = self
            .set_up(&mut tx, actor, &info, !classes.is_empty())
            .await?;
        Ok(SchoolOverview {
            classes,
            flagged,
            sum,
            set_up,
        })
    }

    async fn flagged(
        &self,
        tx: &mut Tx,
        info: &SchoolInfo,
        classes: &[ClassRow],
        today: Day,
    ) -> Result<Vec<FlaggedPerson>> {
        let names: HashMap<ClassId, ClassName> = classes
            .iter()
            .map(|row| (row.class_id, class_name(row)))
            .collect();
        let mut out = Vec::new();
        for state in tx.flagged_of_school(info.row.school_id).await? {
            let opened = self.open_state(state)?;
            let decision = decide(&opened.kept.state, &info.context(), today, today);
            if !decision.code.is_flagged() {
                continue;
            }
            let id = opened.row.person_id;
            let row = tx.person(id).await?.ok_or(Error::Forbidden)?;
            let class = names.get(&row.class_id).copied().ok_or(Error::Forbidden)?;
            let person = self.open_person(row)?;
            out.push(FlaggedPerson {
                person: id,
                name: person.profile.name,
                class,
                class_id: person.row.class_id,
                seat: person.row.seat,
                code: decision.code,
                reason: decision.principal().map(|r| r.label.clone()),
                ends: decision.ends,
            });
        }
        out.sort_by_key(|p| (std::cmp::Reverse(p.code), p.class, p.seat));
        Ok(out)
    }

    async fn set_up(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        info: &SchoolInfo,
        has_people: bool,
    ) -> Result<SetUp> {
        let school = info.row.school_id;
        let staff = self.school_staff(actor, school).await?;
        let teaches = staff
            .iter()
            .flat_map(|s| &s.grants)
            .any(|g| g.role == Role::Teacher && matches!(g.scope, Scope::Class(_)));
        Ok(SetUp {
            settings: !info.row.contact.is_empty(),
            roster: has_people,
            staff: teaches,
            slips: tx.school_has_slips(school).await?,
        })
    }
}
