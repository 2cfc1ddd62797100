//! Reports past HTTP, as a teacher enters them for families.

use domain::Day;
use domain::ids::PersonId;
use domain::report::{Answers, Channel, Learned};
use services::intake::Submission;
use services::{Actor, Services};

/// Takes a first report of a child and a day.
pub async fn report(services: &Services, child: u32, day: Day, answers: Answers) {
    let (child, of) = (u128::from(child), u128::from(day.0.unsigned_abs()));
    let submission = Submission {
        person: PersonId(i64::try_from(child).unwrap()),
        day,
        // Another than that of any other day, and than the family's own.
        id: (of << 64 | child).to_be_bytes(),
        based_on: 0,
        answers,
        channel: Channel::Proxy(Learned::Call),
    };
    services.report(&Actor::job(), submission).await.unwrap();
}
