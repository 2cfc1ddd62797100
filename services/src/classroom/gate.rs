//! Who may enter today, for the guard: masked names and verdicts, and nothing that tells why.

use crate::actor::Actor;
use crate::people::class_name;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::gate::Verdict;
use domain::ids::{ClassId, SchoolId};
use domain::roster::ClassName;
use domain::{Code, Day, Text};

/// One class in the guard's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateClass {
    /// The class.
    pub class: ClassId,
    /// Its name.
    pub name: ClassName,
}

/// One person at the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateEntry {
    /// The masked name.
    pub name: String,
    /// The seat number; 0 where there is none.
    pub seat: i64,
    /// The class.
    pub class: ClassName,
    /// What the guard does.
    pub verdict: Verdict,
    /// The code behind it, for its shape.
    pub code: Code,
    /// The last day of a refusal, where one is known.
    pub until: Option<Day>,
}

/// The guard's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateView {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub school_name: Text,
    /// The present day.
    pub today: Day,
    /// Minutes since midnight.
    pub minute: u32,
    /// Today's numbers of the school: admit, refuse, report first.
    pub counts: (i64, i64, i64),
    /// The classes to choose from.
    pub classes: Vec<GateClass>,
    /// The chosen class.
    pub chosen: Option<ClassId>,
    /// Its people by seat.
    pub entries: Vec<GateEntry>,
}

impl Services {
    /// The guard's page of a school, with the people of one class.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the school's guards and administrators, and for a class of another
    /// school.
    pub async fn gate_view(
        &self,
        actor: &Actor,
        school: SchoolId,
        chosen: Option<ClassId>,
    ) -> Result<GateView> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::SeeGate, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        drop(tx);
        self.ensure_open(info.zone).await?;
        let mut tx = self.store.read().await?;
        let today = self.today_at(&info);
        let classes = tx.classes_of(school).await?;
        let mut counts = (0, 0, 0);
        for row in tx.counters_of_school(school, today).await? {
            counts.0 += row.numbers.green;
            counts.1 += row.numbers.yellow + row.numbers.red;
            counts.2 += row.numbers.grey;
        }
        let mut entries = Vec::new();
        if let Some(class) = chosen {
            let row = classes
                .iter()
                .find(|row| row.class_id == class)
                .ok_or(Error::Forbidden)?;
            let states = tx.states_of_class(class).await?;
            for person in tx.people_of_class(class).await? {
                let person = self.open_person(person)?;
                let state = states.iter().find(|s| s.person_id == person.row.person_id);
                let code = state.map_or(Code::Grey, |s| s.code_on(today));
                entries.push(GateEntry {
                    name: person.masked(),
                    seat: person.row.seat,
                    class: class_name(row),
                    verdict: code.into(),
                    code,
                    until: state.filter(|_| code.is_flagged()).and_then(|s| s.ends_day),
                });
            }
        }
        drop(tx);
        if let Some(class) = chosen {
            let subject = crate::audit::class(class);
            self.audit_list(actor, &place, subject, "gate.read", today)
                .await?;
        }
        Ok(GateView {
            school,
            school_name: info.row.names(),
            today,
            minute: info.zone.minute_of(self.clock.now()),
            counts,
            classes: classes
                .iter()
                .map(|row| GateClass {
                    class: row.class_id,
                    name: class_name(row),
                })
                .collect(),
            chosen,
            entries,
        })
    }
}
