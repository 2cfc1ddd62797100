//! One person with the full grounds of their code, masked; and the lifting of the mask, with a reason.

use super::school::nth_day;
use crate::actor::Actor;
use crate::audit::{Entry, person as person_subject};
use crate::people::class_name;
use crate::{Refusal, Result, Services};
use domain::access::Action;
use domain::decision::{Decision, Outlook, Trace, decide, explain, outlook};
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::report::Channel;
use domain::roster::ClassName;
use domain::rulebook::Document;
use domain::{Day, Millis, Text};
use store::Tx;

/// Names that one account may reveal within an hour.
pub const REVEALS_PER_HOUR: i64 = 30;
const HOUR: i64 = 3_600_000;
/// The shortest and longest reason for a reveal, in characters.
const WHY: std::ops::RangeInclusive<usize> = 4..=200;

/// What the bureau sees of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct BureauPerson {
    /// Who.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// Their class.
    pub class: (ClassId, ClassName),
    /// Their school, its name, and whom one may ask there.
    pub school: (SchoolId, Text, String),
    /// The regions around that the reader may see, widest first.
    pub around: Vec<(RegionCode, Text)>,
    /// Today there.
    pub day: Day,
    /// Today's decision.
    pub decision: Decision,
    /// Which day of how many of the shown isolation this is.
    pub nth: Option<(u16, u16)>,
    /// Why.
    pub trace: Trace,
    /// The rulebooks behind it.
    pub books: Vec<Document>,
    /// What could still change the code.
    pub outlook: Outlook,
    /// How today's report came in, and at which minute; `None` without one.
    pub told: Option<(Channel, u32)>,
}

impl Services {
    /// A person with their decision and its grounds; audited as the reading of one person.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's regions.
    pub async fn bureau_person(&self, actor: &Actor, person: PersonId) -> Result<BureauPerson> {
        let mut tx = self.store.read().await?;
        let (place, _) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::SeeRegion, &place)?;
        let view = self.masked_person(&mut tx, actor, person).await?;
        drop(tx);
        self.audit_read(actor, &place, person, "person.read")
            .await?;
        Ok(view)
    }

    async fn masked_person(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
    ) -> Result<BureauPerson> {
        let (place, row) = self.place_of_person(tx, person).await?;
        let info = self.school_info(tx, row.school_id).await?;
        let class = tx
            .class(row.class_id)
            .await?
            .ok_or(crate::Error::Forbidden)?;
        let (class_id, school_id) = (row.class_id, row.school_id);
        let today = self.today_at(&info);
        let opened = self.opened_state(tx, person).await?;
        let (state, context) = (&opened.kept.state, info.context());
        let decision = decide(state, &context, today, today);
        let trace = explain(state, &context, today, today);
        Ok(BureauPerson {
            person,
            name: self.open_person(row)?.masked(),
            class: (class_id, class_name(&class)),
            school: (school_id, info.row.names(), info.row.contact.clone()),
            around: self.regions_of(tx, actor, &place.region).await?,
            day: today,
            nth: nth_day(&decision, today),
            books: info.books_behind(&trace),
            told: state
                .report_of(today)
                .map(|report| (report.channel, info.zone.minute_of(report.at))),
            outlook: outlook(state, &context, today),
            trace,
            decision,
        })
    }

    /// Lifts the mask from one name: the full name, once. Written down with the reason, under the person's own
    /// key; their guardians read it in their log.
    ///
    /// # Errors
    /// [`Refusal::NoteNeeded`] without a reason of 4 to 200 characters, [`Refusal::RevealCap`] after
    /// [`REVEALS_PER_HOUR`].
    pub async fn reveal(&self, actor: &Actor, person: PersonId, why: &str) -> Result<String> {
        let mut tx = self.store.write().await?;
        let (place, row) = self.place_of_person(&mut tx, person).await?;
        actor.require(Action::RevealName, &place)?;
        let why = why.trim();
        if !WHY.contains(&why.chars().count()) {
            return Err(Refusal::NoteNeeded.into());
        }
        if let Some(account) = actor.id() {
            let since = Millis(self.clock.now().0 - HOUR);
            if tx.audit_count(account, "person.reveal", since).await? >= REVEALS_PER_HOUR {
                return Err(Refusal::RevealCap.into());
            }
        }
        let opened = self.open_person(row)?;
        let entry = Entry {
            actor,
            place: &place,
            action: "person.reveal",
            subject: person_subject(person),
            detail: Some((why, Some(&opened.key))),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        Ok(opened.profile.name)
    }
}
