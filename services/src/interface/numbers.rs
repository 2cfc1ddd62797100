//! The numbers of a school's classes, for other programs; nobody is named in them.

use super::reports::school_of;
use crate::actor::Actor;
use crate::people::class_name;
use crate::{Result, Services};
use domain::access::Action;
use domain::roster::ClassName;
use domain::{Day, Text};
use store::Numbers;

/// One class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassNumbers {
    /// Its name.
    pub name: ClassName,
    /// Its numbers.
    pub numbers: Numbers,
}

/// A school on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolDay {
    /// Its name.
    pub name: Text,
    /// Today there.
    pub day: Day,
    /// Its classes with somebody in them, as schools list them.
    pub classes: Vec<ClassNumbers>,
}

impl Services {
    /// The classes of a school with their numbers of today.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's scope.
    pub async fn school_numbers(&self, actor: &Actor, code: &str) -> Result<SchoolDay> {
        let mut tx = self.store.read().await?;
        let school = school_of(&mut tx, code).await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::SeeSchool, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        let day = self.today_at(&info);
        let rows = tx.counters_of_school(school, day).await?;
        let classes = tx
            .classes_of(school)
            .await?
            .iter()
            .filter_map(|class| {
                let row = rows.iter().find(|row| row.class_id == class.class_id)?;
                Some(ClassNumbers {
                    name: class_name(class),
                    numbers: row.numbers,
                })
            })
            .filter(|class| class.numbers.students > 0)
            .collect();
        Ok(SchoolDay {
            name: info.row.names(),
            day,
            classes,
        })
    }
}
