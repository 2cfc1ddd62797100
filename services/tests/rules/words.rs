//! The words of symptoms by which other programs report.

use super::*;
use domain::rulebook::Symptom;
use services::interface::{NotTaken, SentReport};
use services::rules::BookView;

on_both_engines![a_program_tells_symptoms_by_the_words_of_every_rulebook_in_force];

fn symptom(number: u8, code: &str) -> Symptom {
    Symptom {
        number,
        code: code.into(),
        title: Text::new(code, code),
        severe: false,
        fever: false,
    }
}

impl Country {
    /// Brings a draft with these symptoms into force on 17 September 2020.
    async fn with_symptoms(
        &self,
        author: &Actor,
        second: &Actor,
        code: &str,
        (view, symptoms): (BookView, Vec<Symptom>),
    ) {
        let document = Document {
            symptoms,
            ..view.document
        };
        let draft = (document, view.revision);
        self.bring_in(author, second, code, view.line.no, draft)
            .await;
    }

    /// Which of these words a report of today is refused for.
    async fn unknown(&self, n: u8, words: &[&str]) -> Vec<usize> {
        let mut tx = self.services.store.read().await.unwrap();
        let school = tx.school_by_code(SCHOOL).await.unwrap().unwrap().school_id;
        drop(tx);
        let admin = account(9, Role::SchoolAdmin, Scope::School(school));
        let report = SentReport {
            student_no: "201900001".into(),
            id: [n; 16],
            day: Zone::SHANGHAI.day_of(self.clock.now()),
            based_on: 0,
            tenths: None,
            symptoms: words.iter().map(|word| (*word).to_owned()).collect(),
            symptoms_since: None,
            facts: Vec::new(),
            note: String::new(),
            is_message: false,
        };
        let results = self.services.report_all(&admin, SCHOOL, vec![report]).await;
        match results.unwrap().remove(0) {
            Ok(_) => Vec::new(),
            Err(NotTaken::Symptoms(places)) => places,
            Err(other) => panic!("{other:?}"),
        }
    }
}

async fn a_program_tells_symptoms_by_the_words_of_every_rulebook_in_force(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn, here) = (&country.services, region("CN"), region("330503"));
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let shipped = country.shipped(&author).await;
    let next = services.start_draft(&author, &cn, shipped).await.unwrap();
    let next = services.rulebook(&author, &cn, next).await.unwrap();
    let mut symptoms = next.document.symptoms.clone();
    symptoms.retain(|symptom| symptom.code != "rash");
    symptoms.push(symptom(11, "loss_of_smell"));
    let of_the_country = (next, symptoms);
    country
        .with_symptoms(&author, &second, "CN", of_the_country)
        .await;
    let title = Text::new("南浔区", "Nanxun");
    let own = services.start_new_book(&author, &here, "nanxun", title);
    let own = own.await.unwrap();
    let own = services.rulebook(&author, &here, own).await.unwrap();
    let of_the_district = (own, vec![symptom(40, "itchy_eyes")]);
    country
        .with_symptoms(&author, &second, "330503", of_the_district)
        .await;

    let words = ["cough", "rash", "loss_of_smell", "itchy_eyes"];
    assert_eq!(country.unknown(1, &words).await, [2, 3]);
    country.wake_up_on("2020-09-17", 7 * 60).await;
    assert_eq!(country.unknown(2, &words).await, [1]);
    assert_eq!(
        country
            .unknown(3, &["itchy_eyes", "cough", "loss_of_smell"])
            .await,
        [0; 0]
    );
}
