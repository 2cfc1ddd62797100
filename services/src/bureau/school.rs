//! One school or class: numbers by class, and the flagged people behind masked names.

use crate::actor::Actor;
use crate::audit::class as class_subject;
use crate::people::class_name;
use crate::{Error, Result, Services};
use domain::access::{Action, Place};
use domain::decision::{Decision, decide};
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::roster::ClassName;
use domain::screen::ClassLine;
use domain::{Code, Day, Text};
use store::{Numbers, Tx};

/// Somebody yellow or red. Names are masked, and seats are not told.
#[derive(Debug, Clone, PartialEq)]
pub struct Flagged {
    /// Who.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// Their class.
    pub class: ClassName,
    /// Today's decision.
    pub decision: Decision,
    /// Which day of how many of the shown isolation this is.
    pub nth: Option<(u16, u16)>,
}

/// The numbers of a school or class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// On the roster.
    pub students: i64,
    /// Reported by any channel.
    pub reported: i64,
    /// May attend.
    pub green: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Neither.
    pub grey: i64,
}

impl Counts {
    fn add(&mut self, n: &Numbers) {
        self.students += n.students;
        self.reported += n.reported();
        self.green += n.green;
        self.yellow += n.yellow;
        self.red += n.red;
        self.grey += n.grey;
    }

    /// How many show a code.
    pub fn of(&self, code: Code) -> i64 {
        match code {
            Code::Green => self.green,
            Code::Yellow => self.yellow,
            Code::Red => self.red,
            Code::Grey => self.grey,
        }
    }
}

/// A school, or one class of it, as the bureau sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolView {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub name: Text,
    /// The regions around that the reader may see, widest first.
    pub around: Vec<(RegionCode, Text)>,
    /// Whom families may ask there.
    pub contact: String,
    /// The class, where the page is about one.
    pub class: Option<(ClassId, ClassName)>,
    /// Today there.
    pub day: Day,
    /// The sums now.
    pub now: Counts,
    /// The sums at the end of yesterday.
    pub before: Option<Counts>,
    /// The classes.
    pub classes: Vec<ClassLine>,
    /// Those with a colour, red first, the longest first.
    pub flagged: Vec<Flagged>,
}

impl Services {
    /// A school with its classes and flagged people; audited as the reading of a list.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn bureau_school(&self, actor: &Actor, school: SchoolId) -> Result<SchoolView> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::SeeRegion, &place)?;
        let view = self
            .school_view(&mut tx, actor, &place, school, None)
            .await?;
        drop(tx);
        self.audit_list(
            actor,
            &place,
            format!("school:{school}"),
            "school.read",
            view.day,
        )
        .await?;
        Ok(view)
    }

    /// One class of a school; as [`Self::bureau_school`].
    pub async fn bureau_class(&self, actor: &Actor, class: ClassId) -> Result<SchoolView> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::SeeRegion, &place)?;
        let school = place.school.ok_or(Error::Forbidden)?;
        let view = self
            .school_view(&mut tx, actor, &place, school, Some(class))
            .await?;
        drop(tx);
        self.audit_list(actor, &place, class_subject(class), "class.read", view.day)
            .await?;
        Ok(view)
    }

    async fn school_view(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        school: SchoolId,
        only: Option<ClassId>,
    ) -> Result<SchoolView> {
        let info = self.school_info(tx, school).await?;
        let today = self.today_at(&info);
        let rules = self.rule_set(tx).await?;
        let labels = self.reason_labels(&rules);
        let wanted = |class: ClassId| only.is_none_or(|id| id == class);
        let sum = |rows: Vec<store::CounterRow>| {
            rows.iter()
                .filter(|r| wanted(r.class_id))
                .fold(None, |sum: Option<Counts>, row| {
                    let mut counts = sum.unwrap_or_default();
                    counts.add(&row.numbers);
                    Some(counts)
                })
        };
        let now = sum(tx.counters_of_school(school, today).await?).unwrap_or_default();
        let before = sum(tx.counters_of_school(school, today.plus(-1)).await?);
        let mut classes = self.class_lines(tx, school, today, labels).await?;
        classes.retain(|c| wanted(c.id));
        let class = match only {
            Some(id) => tx.class(id).await?.map(|row| (id, class_name(&row))),
            None => None,
        };
        Ok(SchoolView {
            school,
            name: info.row.names(),
            around: self.regions_of(tx, actor, &place.region).await?,
            contact: info.row.contact.clone(),
            class,
            day: today,
            now,
            before,
            classes,
            flagged: self.masked_flagged(tx, school, only, today).await?,
        })
    }

    async fn masked_flagged(
        &self,
        tx: &mut Tx,
        school: SchoolId,
        only: Option<ClassId>,
        today: Day,
    ) -> Result<Vec<Flagged>> {
        let info = self.school_info(tx, school).await?;
        let names: std::collections::HashMap<ClassId, ClassName> = tx
            .classes_of(school)
            .await?
            .iter()
            .map(|c| (c.class_id, class_name(c)))
            .collect();
        let mut out = Vec::new();
        for row in tx.flagged_of_school(school).await? {
            let Some(class) = names
                .get(&row.class_id)
                .filter(|_| only.is_none_or(|id| id == row.class_id))
            else {
                continue;
            };
            let person = row.person_id;
            let opened = self.open_state(row)?;
            let decision = decide(&opened.kept.state, &info.context(), today, today);
            if !decision.code.is_flagged() {
                continue;
            }
            let Some(profile) = tx.person(person).await? else {
                continue;
            };
            out.push(Flagged {
                person,
                name: self.open_person(profile)?.masked(),
                class: *class,
                nth: nth_day(&decision, today),
                decision,
            });
        }
        out.sort_by_key(|f| {
            (
                std::cmp::Reverse(f.decision.code),
                std::cmp::Reverse(f.decision.ends.unwrap_or(Day(i32::MAX))),
                f.class,
            )
        });
        Ok(out)
    }
}

/// Which day of how many of the principal isolation it is: the day after its start is the first.
pub(super) fn nth_day(decision: &Decision, today: Day) -> Option<(u16, u16)> {
    let reason = decision.principal().filter(|r| r.days > 0)?;
    let gone = reason.start.map_or(1, |start| today.since(start).max(1));
    Some((
        u16::try_from(gone).unwrap_or(u16::MAX).min(reason.days),
        reason.days,
    ))
}
