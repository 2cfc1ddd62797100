//! What is kept of children themselves, read by one statement: in the morning all families come together.

use crate::guardians::read_consents;
use crate::query::query_as;
use crate::{ClassRow, ConsentRow, PassHolderRow, PersonRow, Result, StateRow, Tx};
use domain::Millis;
use domain::ids::{AccountId, PersonId};

/// One child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildRow {
    /// As the roster has them.
    pub person: PersonRow,
    /// Their class.
    pub class: ClassRow,
    /// Their state; where they belong is as the roster has it.
    pub state: StateRow,
    /// The last answer of each guardian about consent, as [`Tx::consents_for`] gives them.
    pub consents: Vec<ConsentRow>,
    /// Their number in passes, where one has been drawn.
    pub holder: Option<PassHolderRow>,
}

/// The same as the statement gives it.
#[derive(sqlx::FromRow)]
struct Read {
    #[sqlx(flatten)]
    person: PersonRow,
    #[sqlx(flatten)]
    class: ClassRow,
    #[sqlx(flatten)]
    state: StateRow,
    consents: Option<String>,
    holder: Option<i64>,
    serial: Option<i64>,
    card_at: Option<Millis>,
    card_by: Option<AccountId>,
}

impl Tx {
    /// Several people by their numbers, in no order, with those who have left; whoever has no class or no state is not
    /// among them.
    pub async fn children(&mut self, people: &[PersonId]) -> Result<Vec<ChildRow>> {
        let read: Vec<Read> = query_as(
            "SELECT p.person_id, p.school_id, p.class_id, p.seat, p.joined_day, l.left_day, p.profile_enc, s.wrapped,
                 c.stage, c.grade, c.number, c.teacher_enc,
                 s.day, s.code, s.ends_day, s.reported_day, s.channel, s.revision, s.told_day, s.told_id, s.state_enc, s.consents,
                 h.holder, h.serial, h.card_at, h.card_by
             FROM person p JOIN class c ON c.class_id = p.class_id
             JOIN person_state s ON s.person_id = p.person_id AND s.wrapped IS NOT NULL
             LEFT JOIN pass_holder h ON h.person_id = p.person_id
             LEFT JOIN leaver l ON l.person_id = p.person_id
             WHERE p.person_id IN ($list)",
        )
        .list(people.iter().copied())
        .fetch_all(self)
        .await?;
        Ok(read
            .into_iter()
            .map(ChildRow::try_from)
            .collect::<sqlx::Result<_>>()?)
    }
}

impl TryFrom<Read> for ChildRow {
    type Error = sqlx::Error;

    fn try_from(read: Read) -> sqlx::Result<Self> {
        let holder = read.holder.zip(read.serial);
        let consents = read.consents.as_deref().unwrap_or("-");
        Ok(Self {
            consents: read_consents(read.person.person_id, consents)?,
            holder: holder.map(|(holder, serial)| PassHolderRow {
                person_id: read.person.person_id,
                holder,
                serial,
                card_at: read.card_at,
                card_by: read.card_by,
            }),
            person: read.person,
            class: read.class,
            state: read.state,
        })
    }
}
