//! What stands around every page of a class: its names, the tabs with what waits, and the day.

use crate::actor::Actor;
use crate::context::SchoolInfo;
use crate::people::class_name;
use crate::{Error, Result, Services};
use domain::access::{Action, Place, Role, Scope};
use domain::ids::{ClassId, SchoolId};
use domain::roster::ClassName;
use domain::{Day, Text};
use std::sync::Arc;
use store::{ClassRow, Numbers, Tx};

/// The surroundings of a class's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassFrame {
    /// The class.
    pub class: ClassId,
    /// Its name.
    pub name: ClassName,
    /// Its school.
    pub school: SchoolId,
    /// The school's name.
    pub school_name: Text,
    /// Who is signed in.
    pub who: String,
    /// The classes of the signed-in teacher, this one among them; empty for others.
    pub classes: Vec<(ClassId, ClassName)>,
    /// Reports and objections that wait for the teacher.
    pub corrections: u32,
    /// Guardians to be confirmed.
    pub new_guardians: u32,
    /// The present day at the school.
    pub today: Day,
    /// Minutes since midnight there.
    pub minute: u32,
    /// Minute of the day at which reports are due.
    pub due_minute: u32,
    /// Days that a late report may reach back.
    pub late_days: i32,
}

/// The numbers of a class on a day. They add up: green, yellow, red and grey are all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Its people.
    pub numbers: Numbers,
    /// A high temperature at the gate, confirmed today.
    pub fevers: i64,
    /// Slips from the gate to be confirmed.
    pub slips: i64,
}

/// A class, its place and its school, once the actor may do `action` there.
pub(crate) struct Entered {
    pub place: Place,
    pub row: ClassRow,
    pub info: Arc<SchoolInfo>,
}

impl Services {
    pub(super) async fn enter_class(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        class: ClassId,
        action: Action,
    ) -> Result<Entered> {
        let place = self.place_of_class(tx, class).await?;
        actor.require(action, &place)?;
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(tx, row.school_id).await?;
        Ok(Entered { place, row, info })
    }

    /// What stands around a class's pages.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the class's teachers and the school's administrators.
    pub async fn class_frame(&self, actor: &Actor, class: ClassId) -> Result<ClassFrame> {
        let mut tx = self.store.read().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::SeeClass)
            .await?;
        self.frame_of(&mut tx, actor, &entered).await
    }

    pub(super) async fn frame_of(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        entered: &Entered,
    ) -> Result<ClassFrame> {
        let (info, class) = (&entered.info, entered.row.class_id);
        let mut classes = Vec::new();
        for scope in actor.scopes_of(Role::Teacher) {
            if let Scope::Class(id) = scope
                && let Some(row) = tx.class(*id).await?
            {
                classes.push((*id, class_name(&row)));
            }
        }
        classes.sort_by_key(|(_, name)| *name);
        let who = match actor.id() {
            Some(id) => tx.account(id).await?,
            None => None,
        };
        let who = who.map(|row| self.account_profile(&row)).transpose()?;
        let waiting = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let guardians = tx.guardians_of_class(class).await?;
        let now = self.clock.now();
        let corrections =
            tx.pending_reports(class).await?.len() + tx.open_contests(class).await?.len();
        Ok(ClassFrame {
            class,
            name: class_name(&entered.row),
            school: entered.row.school_id,
            school_name: info.row.names(),
            who: who.map(|p| p.name).unwrap_or_default(),
            classes,
            corrections: waiting(corrections),
            new_guardians: waiting(guardians.iter().filter(|g| g.status == "claimed").count()),
            today: self.today_at(info),
            minute: info.zone.minute_of(now),
            due_minute: u32::try_from(info.row.due_minute).unwrap_or_default(),
            late_days: i32::try_from(info.row.late_days).unwrap_or_default(),
        })
    }

    /// The numbers of a class now, for a page that refreshes itself; no read of anybody.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes.
    pub async fn class_counts(&self, actor: &Actor, class: ClassId) -> Result<ClassCounts> {
        let mut tx = self.store.read().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::SeeClass)
            .await?;
        drop(tx);
        self.ensure_open(entered.info.zone).await?;
        let today = self.today_at(&entered.info);
        let mut tx = self.store.read().await?;
        let row = tx.counter_of_class(class, today).await?;
        let (fevers, slips) = self.gate_alerts(&mut tx, &entered, today).await?;
        Ok(ClassCounts {
            numbers: row.map(|row| row.numbers).unwrap_or_default(),
            fevers,
            slips,
        })
    }
}
