//! Daily reports in bulk, by student number: through the intake, as any other report.

use crate::actor::Actor;
use crate::audit::Entry;
use crate::context::SchoolInfo;
use crate::intake::{Receipt, Submission};
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::identity::{clean, tidy_student_no};
use domain::ids::{PersonId, SchoolId};
use domain::report::{
    Answers, Channel, FaultReason, Field, Symptoms, Temperature, Told, changes_of,
};
use domain::{Day, Text};
use std::collections::HashMap;
use store::{StateRow, Tx};

/// Most reports in one request.
pub const REPORTS_MAX: usize = 1_000;

/// One report as another program sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentReport {
    /// The person's student number at the school, however it is written.
    pub student_no: String,
    /// Chosen by the program: the same one is the same report.
    pub id: [u8; 16],
    /// The day that it speaks of.
    pub day: Day,
    /// The latest revision of that day that the program knows; 0 for none.
    pub based_on: u16,
    /// In tenths of a degree; `None` for *below the threshold*.
    pub tenths: Option<u16>,
    /// Symptoms, by the words of the rulebooks in force.
    pub symptoms: Vec<String>,
    /// When they began.
    pub symptoms_since: Option<Day>,
    /// Standing facts, whether or not they were told before.
    pub facts: Vec<Told>,
    /// Words to the teacher.
    pub note: String,
    /// Over a message channel instead of the school's own system.
    pub is_message: bool,
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The words at these places are no symptoms of the rulebooks in force.
    #[error("unknown symptoms: {0:?}")]
    Symptoms(Vec<usize>),
    /// As any other report; changes are told by the place of their fact.
    #[error(transparent)]
    Other(#[from] Error),
}

type Taken<T> = std::result::Result<T, NotTaken>;

/// A report for the intake, and the fact behind each of its changes.
struct Made {
    submission: Submission,
    places: Vec<usize>,
}

impl Services {
    /// Takes reports of a school's people; one result for each, in their order.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the key has no such right at the school. A report that cannot be taken has its
    /// error in its own place.
    pub async fn report_all(
        &self,
        actor: &Actor,
        code: &str,
        sent: Vec<SentReport>,
    ) -> Result<Vec<Taken<Receipt>>> {
        let mut tx = self.store.read().await?;
        let school = school_of(&mut tx, code).await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ReportByProxy, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        let people = self.people_numbered(&mut tx, school, &sent).await?;
        let states = states_of(&mut tx, &sent, &people).await?;
        drop(tx);
        let made = sent.into_iter().zip(people);
        let made = made.map(|(report, person)| self.made(person, report, &info, &states));
        let results = self.report_made(actor, made.collect()).await;
        let taken = results.iter().filter(|result| result.is_ok()).count();
        let detail = Text::new(
            format!("共 {} 份，当时收下 {taken} 份", results.len()),
            format!("{taken} of {} taken at once", results.len()),
        );
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        let entry = Entry {
            actor,
            place: &place,
            action: "interface.reports",
            subject: format!("school:{school}"),
            detail: Some((&format!("{} / {}", detail.zh, detail.en), None)),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        Ok(results)
    }

    /// Of whom each report speaks; `None` where nobody has its number, or several have.
    async fn people_numbered(
        &self,
        tx: &mut Tx,
        school: SchoolId,
        sent: &[SentReport],
    ) -> Result<Vec<Option<PersonId>>> {
        // As the roster keeps it.
        let kept = |report: &SentReport| tidy_student_no(&clean(&report.student_no));
        let indexes: Vec<Vec<u8>> = sent
            .iter()
            .map(|report| self.vault.index("student_no", &kept(report)))
            .collect();
        let mut people: HashMap<Vec<u8>, Vec<PersonId>> = HashMap::new();
        for (index, person) in tx.people_by_student_nos(school, &indexes).await? {
            people.entry(index).or_default().push(person);
        }
        let only = |index| match people.get(index).map(Vec::as_slice) {
            Some([person]) => Some(*person),
            _ => None,
        };
        Ok(indexes.iter().map(only).collect())
    }

    fn made(
        &self,
        person: Option<PersonId>,
        sent: SentReport,
        info: &SchoolInfo,
        states: &HashMap<PersonId, StateRow>,
    ) -> Taken<Made> {
        let person = person.ok_or(Error::from(Refusal::StudentUnknown))?;
        let symptoms = symptoms(&sent.symptoms, info, sent.day)?;
        let (mut places, mut changes) = (Vec::new(), Vec::new());
        if !sent.facts.is_empty() {
            let row = states.get(&person).ok_or(Error::Forbidden)?;
            let state = self.open_state(row.clone())?.kept.state;
            let of_facts = changes_of(sent.facts, &state, sent.day).map_err(Error::Answers)?;
            (places, changes) = of_facts.into_iter().unzip();
        }
        let submission = Submission {
            person,
            day: sent.day,
            id: sent.id,
            based_on: sent.based_on,
            answers: Answers {
                temperature: sent
                    .tenths
                    .map_or(Temperature::BelowThreshold, Temperature::Tenths),
                symptoms,
                symptoms_since: sent.symptoms_since,
                changes,
                note: sent.note,
                paper_refused: false,
            },
            channel: if sent.is_message {
                Channel::Message
            } else {
                Channel::Interface
            },
        };
        Ok(Made { submission, places })
    }

    /// Sends what could be made through the intake; what could not be keeps its error in its place.
    async fn report_made(&self, actor: &Actor, made: Vec<Taken<Made>>) -> Vec<Taken<Receipt>> {
        let mut submissions = Vec::new();
        let mut rest = Vec::with_capacity(made.len());
        for made in made {
            rest.push(made.map(|Made { submission, places }| {
                submissions.push(submission);
                places
            }));
        }
        let mut answers = self.report_many(actor, submissions).await.into_iter();
        let results = rest.into_iter().map(|places| {
            let places = places?;
            let answer = answers.next().unwrap_or(Err(Error::Overloaded));
            answer.map_err(|error| by_facts(error, &places).into())
        });
        results.collect()
    }
}

/// The school of a code; a code that does not exist is answered like one outside the key's scope.
pub(super) async fn school_of(tx: &mut Tx, code: &str) -> Result<SchoolId> {
    let row = tx.school_by_code(code).await?.ok_or(Error::Forbidden)?;
    Ok(row.school_id)
}

/// The states of those about whom facts are told: what they change depends on what is known.
async fn states_of(
    tx: &mut Tx,
    sent: &[SentReport],
    people: &[Option<PersonId>],
) -> Result<HashMap<PersonId, StateRow>> {
    let telling = sent.iter().zip(people);
    let telling = telling.filter(|(report, _)| !report.facts.is_empty());
    let telling: Vec<PersonId> = telling.filter_map(|(_, person)| *person).collect();
    let rows = tx.states(&telling).await?.into_iter();
    Ok(rows.map(|row| (row.person_id, row)).collect())
}

fn symptoms(words: &[String], info: &SchoolInfo, day: Day) -> Taken<Symptoms> {
    let known = info.symptoms(day);
    let mut symptoms = Symptoms::default();
    let mut unknown = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let meant = known.iter().filter(|symptom| symptom.code == *word);
        let meant = meant.fold(Symptoms::default(), |all, one| all.with(one.number));
        if meant.is_empty() {
            unknown.push(place);
        }
        symptoms.0 |= meant.0;
    }
    if unknown.is_empty() {
        Ok(symptoms)
    } else {
        Err(NotTaken::Symptoms(unknown))
    }
}

/// The faults of changes by the places of their facts. What was known has changed where the intake does not know a fact:
/// sent again, the report is made by what is known then.
fn by_facts(error: Error, places: &[usize]) -> Error {
    let Error::Answers(mut faults) = error else {
        return error;
    };
    let is_unknown = |reason| reason == FaultReason::UnknownFact;
    if faults.iter().any(|fault| is_unknown(fault.reason)) {
        return Error::Overloaded;
    }
    for fault in &mut faults {
        if let Field::Change(change) = &mut fault.field
            && let Some(place) = places.get(*change)
        {
            *change = *place;
        }
    }
    Error::Answers(faults)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::report::AnswerFault;

    #[test]
    fn faults_name_facts_and_what_has_changed_meanwhile_is_no_fault() {
        let fault = |field, reason| AnswerFault { field, reason };
        let note = fault(Field::Note, FaultReason::TooLong);
        let late = |place| fault(Field::Change(place), FaultReason::InFuture);
        let told = by_facts(Error::Answers(vec![late(1), note]), &[0, 4]);
        let Error::Answers(faults) = told else {
            unreachable!("{told:?}");
        };
        assert_eq!(faults, [late(4), note]);
        let gone = fault(Field::Change(0), FaultReason::UnknownFact);
        let told = by_facts(Error::Answers(vec![late(1), gone]), &[0, 4]);
        assert!(matches!(told, Error::Overloaded), "{told:?}");
    }
}
