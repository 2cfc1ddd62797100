//! Daily reports in bulk, by student number: through the intake, as any other report.

use crate::actor::Actor;
use crate::audit::Entry;
use crate::context::SchoolInfo;
use crate::intake::{Receipt, Submission};
use crate::{Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{PersonId, SchoolId};
use domain::report::{Answers, Channel, FactChange, StandingFact, Symptoms, Temperature};
use domain::{Day, Text};
use std::collections::HashMap;

/// Most reports in one request.
pub const REPORTS_MAX: usize = 1_000;

/// One report as another program sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentReport {
    /// The person's student number at the school.
    pub student_no: String,
    /// Chosen by the program: the same one is the same report.
    pub id: [u8; 16],
    /// The day that it speaks of.
    pub day: Day,
    /// The latest revision of that day that the program knows; 0 for none.
    pub based_on: u16,
    /// In tenths of a degree; `None` for *below the threshold*.
    pub tenths: Option<u16>,
    /// Symptoms, by the words of the rulebook in force.
    pub symptoms: Vec<String>,
    /// When they began.
    pub symptoms_since: Option<Day>,
    /// New standing facts.
    pub facts: Vec<StandingFact>,
    /// Words to the teacher.
    pub note: String,
    /// Over a message channel instead of the school's own system.
    pub is_message: bool,
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
    ) -> Result<Vec<Result<Receipt>>> {
        let mut tx = self.store.read().await?;
        let school = school_of(&mut tx, code).await?;
        let place = self.place_of_school(&mut tx, school).await?;
        actor.require(Action::ReportByProxy, &place)?;
        let info = self.school_info(&mut tx, school).await?;
        let indexes: Vec<Vec<u8>> = sent
            .iter()
            .map(|report| self.vault.index("student_no", report.student_no.trim()))
            .collect();
        let mut people: HashMap<Vec<u8>, Vec<PersonId>> = HashMap::new();
        for (index, person) in tx.people_by_student_nos(school, &indexes).await? {
            people.entry(index).or_default().push(person);
        }
        drop(tx);
        let made = sent.into_iter().zip(indexes).map(|(report, index)| {
            match people.get(&index).map(Vec::as_slice) {
                Some([person]) => submission(*person, report, &info),
                _ => Err(Refusal::StudentUnknown.into()),
            }
        });
        let results = self.report_many(actor, made.collect()).await;
        let taken = results.iter().filter(|result| result.is_ok()).count();
        let detail = Text::new(
            format!("共 {} 份，当时收下 {taken} 份", results.len()),
            format!("{taken} of {} taken at once", results.len()),
        );
        let mut tx = self.store.write().await?;
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
}

/// The school of a code; a code that does not exist is answered like one outside the key's scope.
pub(super) async fn school_of(tx: &mut store::Tx, code: &str) -> Result<SchoolId> {
    let row = tx.school_by_code(code).await?.ok_or(Error::Forbidden)?;
    Ok(row.school_id)
}

fn submission(person: PersonId, sent: SentReport, info: &SchoolInfo) -> Result<Submission> {
    let known = info
        .rulebooks()
        .first()
        .map(|book| book.document().symptoms.as_slice());
    let mut symptoms = Symptoms::default();
    for word in &sent.symptoms {
        let symptom = known
            .unwrap_or_default()
            .iter()
            .find(|symptom| symptom.code == *word)
            .ok_or(Refusal::SymptomUnknown)?;
        symptoms = symptoms.with(symptom.number);
    }
    Ok(Submission {
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
            changes: sent.facts.into_iter().map(FactChange::Add).collect(),
            note: sent.note,
            paper_refused: false,
        },
        channel: if sent.is_message {
            Channel::Message
        } else {
            Channel::Interface
        },
    })
}
