//! What a batch of reports has to know about its people, read by one statement.

use crate::people::here;
use crate::query::query_scalar;
use crate::words::{self, bytes, missing, number, parts};
use crate::{ConsentRow, StateRow, Tx};
use domain::ids::{AccountId, ClassId, PersonId, ReportId, SchoolId};
use domain::{Day, Millis};

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
            "WITH s AS (SELECT * FROM person_state WHERE person_id IN ($list))
             SELECT string_agg(concat_ws(' ', s.person_id, s.school_id, s.class_id, s.day, s.code,
                 coalesce(CAST(s.ends_day AS TEXT), '-'), coalesce(CAST(s.reported_day AS TEXT), '-'), coalesce(CAST(s.channel AS TEXT), '-'),
                 s.revision, coalesce(CAST(s.told_day AS TEXT), '-'), coalesce(CAST(s.told_id AS TEXT), '-'), hex(s.state_enc), hex(k.wrapped),
                 coalesce((SELECT string_agg(concat_ws(',', c.consent_id, c.account_id, c.at, c.answer, c.version), '/') FROM consent c
                  WHERE c.person_id = s.person_id
                    AND NOT EXISTS (SELECT 1 FROM guardianship g WHERE g.account_id = c.account_id AND g.person_id = c.person_id AND g.status = 'unlinked')), '-')
                 ), ';')
             FROM s JOIN subject_key k ON k.subject_id = s.person_id WHERE ",
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
    let mut consents: Vec<(i64, ConsentRow)> = Vec::new();
    for answer in parts(words.next()?, '/') {
        let mut words = answer.splitn(5, ',');
        let consent_id = number(&mut words)?;
        let row = ConsentRow {
            account_id: AccountId(number(&mut words)?),
            person_id,
            at: Millis(number(&mut words)?),
            answer: words.next()?.to_owned(),
            version: words.next()?.to_owned(),
        };
        // Each guardian's last answer holds.
        match consents
            .iter_mut()
            .find(|(_, known)| known.account_id == row.account_id)
        {
            Some(known) if known.0 < consent_id => *known = (consent_id, row),
            Some(_) => {}
            None => consents.push((consent_id, row)),
        }
    }
    Some(Known {
        state,
        consents: consents.into_iter().map(|(_, row)| row).collect(),
    })
}
