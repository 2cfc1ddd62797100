//! What the forms of the teacher need: proxy reports, and whole classes from paper.

use super::answers::symptom_titles;
use super::frame::{ClassFrame, Entered};
use crate::actor::Actor;
use crate::clock::bytes;
use crate::family::stands_refused;
use crate::{Result, Services};
use domain::access::Action;
use domain::decision::all_well_available;
use domain::ids::{ClassId, PersonId};
use domain::{Code, Day, Text};
use std::collections::HashMap;
use store::{ReportRow, StateRow, Tx};

/// A symptom that forms offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// Its number in the rulebook.
    pub number: u8,
    /// Its title.
    pub title: Text,
}

/// What the form of a proxy report needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyForm {
    /// What stands around the page.
    pub frame: ClassFrame,
    /// Whose report.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The seat number.
    pub seat: i64,
    /// Today's code.
    pub code: Code,
    /// The days that can be reported, today first, each with its latest revision (0 for none).
    pub days: Vec<(Day, u16)>,
    /// Symptoms to choose from.
    pub symptoms: Vec<Symptom>,
    /// The fever threshold in tenths of a degree Celsius.
    pub threshold: u16,
    /// Whether *all well* may be said for today.
    pub all_well: bool,
    /// A guardian refused online reporting: only the check on paper is entered.
    pub paper_only: bool,
    /// A fresh submission id, in hexadecimal.
    pub submission: String,
}

/// One row of the paper form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The student number.
    pub student_no: Option<String>,
    /// The seat number.
    pub seat: i64,
    /// The code of the day.
    pub code: Code,
    /// Latest revision of the day; 0 for none.
    pub revision: u16,
    /// A guardian refused online reporting: only *checked on paper: may, may not attend* is entered.
    pub paper_only: bool,
    /// Whether *all well* may be said.
    pub all_well: bool,
    /// A fresh submission id, in hexadecimal.
    pub submission: String,
}

/// What the form of a whole class needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperForm {
    /// What stands around the page.
    pub frame: ClassFrame,
    /// Those without a report today, by seat.
    pub rows: Vec<PaperRow>,
    /// Symptoms to choose from.
    pub symptoms: Vec<Symptom>,
    /// The fever threshold in tenths of a degree Celsius.
    pub threshold: u16,
}

/// One of a class whose paper form may be entered.
pub(super) struct PaperPupil {
    pub row: PaperRow,
    /// What was reported of the day, oldest first.
    revisions: Vec<ReportRow>,
}

impl PaperPupil {
    /// Whether there is a report of the day, in force or waiting for the teacher.
    pub fn has_report(&self) -> bool {
        let counts = |row: &ReportRow| matches!(row.status.as_str(), "accepted" | "pending");
        self.revisions.iter().any(counts)
    }

    /// The report that this submission was taken as.
    pub fn sent(&self, id: [u8; 16]) -> Option<&ReportRow> {
        self.revisions.iter().find(|row| row.submission == id)
    }
}

/// The number of the latest of a day's revisions, oldest first; 0 for none. What waits for the teacher has one, too.
fn latest_of(revisions: &[ReportRow]) -> u16 {
    revisions
        .last()
        .map_or(0, |row| u16::try_from(row.revision).unwrap_or(u16::MAX))
}

/// What was reported of a day of those people, oldest first.
async fn revisions_on(
    tx: &mut Tx,
    states: impl Iterator<Item = &StateRow>,
    day: Day,
) -> Result<HashMap<PersonId, Vec<ReportRow>>> {
    let mut revisions: HashMap<_, Vec<_>> = HashMap::new();
    for row in tx.revisions_told(states, day).await? {
        if row.day == day {
            revisions.entry(row.person_id).or_default().push(row);
        }
    }
    Ok(revisions)
}

impl Services {
    fn fresh_submission(&self) -> String {
        let random: [u8; 16] = bytes(&*self.entropy);
        format!("{:032x}", u128::from_be_bytes(random))
    }

    pub(super) fn symptoms_of(entered: &Entered, today: Day) -> Vec<Symptom> {
        symptom_titles(&entered.info, today)
            .into_iter()
            .map(|(number, title)| Symptom { number, title })
            .collect()
    }

    async fn latest_revision(&self, tx: &mut Tx, person: PersonId, day: Day) -> Result<u16> {
        Ok(latest_of(&tx.reports_of(person, day, day).await?))
    }

    /// What the form of a proxy report needs.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's classes, or where the person is not in the class.
    pub async fn proxy_form(
        &self,
        actor: &Actor,
        class: ClassId,
        person: PersonId,
    ) -> Result<ProxyForm> {
        let mut tx = self.store.read().await?;
        let (_, open) = self
            .enter_person(&mut tx, actor, class, person, Action::ReportByProxy)
            .await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::ReportByProxy)
            .await?;
        let frame = self.frame_of(&mut tx, actor, &entered).await?;
        let today = frame.today;
        let opened = self.opened_state(&mut tx, person).await?;
        let mut days = Vec::new();
        for back in 0..=frame.late_days {
            let day = today.plus(-back);
            if day >= opened.kept.state.joined || back == 0 {
                days.push((day, self.latest_revision(&mut tx, person, day).await?));
            }
        }
        let ctx = entered.info.context();
        Ok(ProxyForm {
            person,
            name: open.profile.name.clone(),
            seat: open.row.seat,
            code: opened.row.code_on(today),
            days,
            symptoms: Self::symptoms_of(&entered, today),
            threshold: ctx.fever_threshold(today),
            all_well: all_well_available(&opened.kept.state, &ctx, today),
            paper_only: stands_refused(&tx.consents_for(person).await?),
            submission: self.fresh_submission(),
            frame,
        })
    }

    /// What the paper form of a class needs: those without a report today.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] outside the actor's classes.
    pub async fn paper_form(&self, actor: &Actor, class: ClassId) -> Result<PaperForm> {
        let mut tx = self.store.read().await?;
        let entered = self
            .enter_class(&mut tx, actor, class, Action::ReportByProxy)
            .await?;
        let frame = self.frame_of(&mut tx, actor, &entered).await?;
        let today = frame.today;
        let is_missing = |row: &StateRow| !row.reported_on(today);
        let pupils = self
            .paper_pupils(&mut tx, &entered, today, is_missing)
            .await?;
        Ok(PaperForm {
            rows: pupils.into_iter().map(|pupil| pupil.row).collect(),
            symptoms: Self::symptoms_of(&entered, today),
            threshold: entered.info.context().fever_threshold(today),
            frame,
        })
    }

    /// Those of a class for whom `is_asked` holds, by seat, as the entry of papers of a day needs them.
    pub(super) async fn paper_pupils(
        &self,
        tx: &mut Tx,
        entered: &Entered,
        day: Day,
        is_asked: impl Fn(&StateRow) -> bool,
    ) -> Result<Vec<PaperPupil>> {
        let (class, ctx) = (entered.row.class_id, entered.info.context());
        let consents = tx.consents_of_class(class).await?;
        let states = tx.states_of_class(class).await?.into_iter();
        let mut states: HashMap<_, _> = states
            .filter(is_asked)
            .map(|row| (row.person_id, row))
            .collect();
        let mut revisions = revisions_on(tx, states.values(), day).await?;
        let mut pupils = Vec::new();
        for row in tx.people_of_class(class).await? {
            let person = row.person_id;
            let Some(state) = states.remove(&person) else {
                continue;
            };
            let (open, opened) = (self.open_person(row)?, self.open_state(state)?);
            let revisions = revisions.remove(&person).unwrap_or_default();
            let row = PaperRow {
                person,
                name: open.profile.name.clone(),
                student_no: open.profile.student_no.clone(),
                seat: open.row.seat,
                code: opened.row.code_on(day),
                revision: latest_of(&revisions),
                paper_only: consents
                    .get(&person)
                    .is_some_and(|rows| stands_refused(rows)),
                all_well: all_well_available(&opened.kept.state, &ctx, day),
                submission: self.fresh_submission(),
            };
            pupils.push(PaperPupil { row, revisions });
        }
        Ok(pupils)
    }
}
