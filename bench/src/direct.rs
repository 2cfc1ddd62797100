//! Reports past HTTP.

use domain::Day;
use domain::ids::PersonId;
use domain::report::{Answers, Channel, Learned};
use services::intake::Submission;
use services::{Actor, Services};

/// How a teacher enters a report for a family that called.
pub const BY_TEACHER: Channel = Channel::Proxy(Learned::Call);

/// Takes a first report of a child and a day.
pub async fn report(services: &Services, child: u32, day: Day, answers: Answers, channel: Channel) {
    let (child, of) = (u128::from(child), u128::from(day.0.unsigned_abs()));
    let submission = Submission {
        person: PersonId(i64::try_from(child).unwrap()),
        day,
        // Another than that of any other day, and than the family's own.
        id: (of << 64 | child).to_be_bytes(),
        based_on: 0,
        answers,
        channel,
    };
    services.report(&Actor::job(), submission).await.unwrap();
}
