//! What a batch of reports has to know about its people, read by one statement.

use crate::guardians::read_consents;
use crate::people::here;
use crate::query::query_scalar;
use crate::words::{self, bytes, missing, number};
use crate::{ConsentRow, StateRow, Tx};
use domain::Day;
use domain::ids::{ClassId, PersonId, ReportId, SchoolId};

/// What is known about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The state.
    pub state: StateRow,
    /// The last answer of each guardian about consent, as [`Tx::consents_for`] gives them.
    pub consents: Vec<ConsentRow>,
}

impl Tx {
    /// What is known about several people, in no order; those who have left the roster are not among them.
    pub async fn known(&mut self, people: &[PersonId]) -> crate::Result<Vec<Known>> {
        let texts: Vec<Option<String>> = query_scalar(concat!(
            "SELECT string_agg(concat_ws(' ', s.person_id, s.school_id, s.class_id, s.day, s.code,
                 coalesce(CAST(s.ends_day AS TEXT), '-'), coalesce(CAST(s.reported_day AS TEXT), '-'), coalesce(CAST(s.channel AS TEXT), '-'),
                 s.revision, coalesce(CAST(s.told_day AS TEXT), '-'), coalesce(CAST(s.told_id AS TEXT), '-'), hex(s.state_enc), hex(s.wrapped),
                 coalesce(s.consents, '-')), ';')
             FROM person_state s WHERE s.person_id IN ($list) AND s.wrapped IS NOT NULL AND ",
            here!("s")
        ))
        .list(people.iter().copied())
        .fetch_all(self)
        .await?;
        Ok(words::rows(&texts, "what is known about a person", read)?)
    }
}

fn read(text: &str) -> Option<Known> {
    let mut words = text.split(' ');
    let person_id = PersonId(number(&mut words)?);
    let state = StateRow {
        person_id,
        school_id: SchoolId(number(&mut words)?),
        class_id: ClassId(number(&mut words)?),
        day: Day(number(&mut words)?),
        code: number(&mut words)?,
        ends_day: missing(words.next()?).ok()?.map(Day),
        reported_day: missing(words.next()?).ok()?.map(Day),
        channel: missing(words.next()?).ok()?,
        revision: number(&mut words)?,
        told_day: missing(words.next()?).ok()?.map(Day),
        told_id: missing(words.next()?).ok()?.map(ReportId),
        state_enc: bytes(words.next()?)?,
        wrapped: bytes(words.next()?)?,
    };
    let consents = read_consents(person_id, words.next()?).ok()?;
    Some(Known { state, consents })
}
