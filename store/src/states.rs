//! The compact state of each person, and the code derived from it.

use crate::guardians::last_consents;
use crate::people::here;
use crate::query::{RowBinder, query, query_as};
use crate::{Before, Result, Tx};
use domain::Day;
use domain::ids::{ClassId, PersonId, RegionCode, ReportId, SchoolId};

/// One person's state row.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StateRow {
    /// Whose.
    pub person_id: PersonId,
    /// Their school.
    pub school_id: SchoolId,
    /// Their class.
    pub class_id: ClassId,
    /// The day for which `code` and `ends_day` were computed; a later day needs a new look.
    pub day: Day,
    /// `domain::Code` by number.
    pub code: i64,
    /// The last day of the shown colour, where it has an end.
    pub ends_day: Option<Day>,
    /// The latest day with an accepted report.
    pub reported_day: Option<Day>,
    /// Channel of that report, by number.
    pub channel: Option<i64>,
    /// The accepted revision of that day.
    pub revision: i64,
    /// The latest day with a report, whatever became of it.
    pub told_day: Option<Day>,
    /// The last revision of that day, from which all others are found.
    pub told_id: Option<ReportId>,
    /// `domain::state::State`, encrypted under the person's key.
    pub state_enc: Vec<u8>,
    /// The person's key, wrapped by the key file.
    pub wrapped: Vec<u8>,
}

/// The state of somebody who may have left.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AnyStateRow {
    /// The state.
    #[sqlx(flatten)]
    pub state: StateRow,
    /// When they left the roster, if they have: from that day on they are not counted.
    pub left_day: Option<Day>,
}

macro_rules! state {
    ($($besides:literal)?) => {
        concat!("SELECT s.person_id, s.school_id, s.class_id, s.day, s.code, s.ends_day, s.reported_day, s.channel, s.revision, s.told_day, s.told_id, s.state_enc, s.wrapped", $($besides,)? "
         FROM (SELECT * FROM person_state WHERE wrapped IS NOT NULL) s")
    };
}
pub(crate) use state;

impl Tx {
    /// Writes the state rows of new people, whose wrapped keys must be in place: beside the state lies what else a report has
    /// to know of its person.
    pub async fn insert_states(&mut self, rows: &[StateRow]) -> Result<()> {
        query(concat!(
            "WITH new (person_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc, school_id, class_id) AS ($rows)
             INSERT INTO person_state (person_id, school_id, class_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc, wrapped, consents)
             SELECT new.person_id, new.school_id, new.class_id, new.day, new.code, new.ends_day, new.reported_day, new.channel, new.revision,
                 new.told_day, new.told_id, new.state_enc, (SELECT k.wrapped FROM subject_key k WHERE k.subject_id = new.person_id), ",
            last_consents!("new"),
            " FROM new",
        ))
        .rows(rows, |b, row| {
            row.bind(b);
            b.bind(row.school_id).bind(row.class_id);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Writes changed state rows, all but where their people belong: an index over classes need not be touched.
    pub async fn update_states(&mut self, rows: &[StateRow]) -> Result<()> {
        query(update!("", ""))
            .rows(rows, |b, row| row.bind(b))
            .defer("person_state", self)
            .await?;
        Ok(())
    }

    /// Writes changed state rows of people who belong to another class of their school now.
    pub async fn move_states(&mut self, rows: &[StateRow]) -> Result<()> {
        query(update!(", class_id", ", class_id = new.class_id"))
            .rows(rows, |b, row| {
                row.bind(b);
                b.bind(row.class_id);
            })
            .execute(self)
            .await?;
        Ok(())
    }

    /// The state of one person, also of one who has left.
    pub async fn state(&mut self, person: PersonId) -> Result<Option<AnyStateRow>> {
        Ok(query_as(concat!(
            state!(
                ", (SELECT l.left_day FROM leaver l WHERE l.person_id = s.person_id) AS left_day"
            ),
            " WHERE s.person_id = $1"
        ))
        .bind(person)
        .fetch_optional(self)
        .await?)
    }

    /// The states of several people, in no order; those who have left the roster are not among them.
    pub async fn states(&mut self, people: &[PersonId]) -> Result<Vec<StateRow>> {
        Ok(query_as(concat!(
            state!(),
            " WHERE s.person_id IN ($list) AND ",
            here!("s")
        ))
        .list(people.iter().copied())
        .fetch_all(self)
        .await?)
    }

    /// The states of those now in a class.
    pub async fn states_of_class(&mut self, class: ClassId) -> Result<Vec<StateRow>> {
        Ok(
            query_as(concat!(state!(), " WHERE s.class_id = $1 AND ", here!("s")))
                .bind(class)
                .fetch_all(self)
                .await?,
        )
    }

    /// The yellow and red people of a school, red first.
    pub async fn flagged_of_school(&mut self, school: SchoolId) -> Result<Vec<StateRow>> {
        Ok(query_as(concat!(
            state!(),
            " WHERE s.school_id = $1 AND s.code >= 2 AND ",
            here!("s"),
            " ORDER BY s.code DESC, s.ends_day DESC, s.person_id"
        ))
        .bind(school)
        .fetch_all(self)
        .await?)
    }

    /// The yellow and red people of a zone whose row is older than a day, after one of them. Pages by school, code and
    /// person, as the index over them lies in a file.
    pub async fn flagged_of_zone_before(
        &mut self,
        zone: &str,
        day: Day,
        after: Option<&StateRow>,
        limit: i64,
    ) -> Result<Vec<StateRow>> {
        let (school, code, person) = after.map_or((SchoolId(0), 0, PersonId(0)), |row| {
            (row.school_id, row.code, row.person_id)
        });
        Ok(query_as(concat!(
            state!(),
            " JOIN school c ON c.school_id = s.school_id
              WHERE c.zone = $1 AND s.code >= 2 AND s.day < $2 AND (s.school_id, s.code, s.person_id) > ($3, $4, $5) AND ",
            here!("s"),
            " ORDER BY s.school_id, s.code, s.person_id LIMIT $6"
        ))
        .bind(zone)
        .bind(day)
        .bind(school)
        .bind(code)
        .bind(person)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// Everybody in a zone, to be looked at when a day begins. Pages by person.
    pub async fn states_of_zone(
        &mut self,
        zone: &str,
        after: PersonId,
        limit: i64,
    ) -> Result<Vec<StateRow>> {
        Ok(query_as(concat!(
            state!(),
            " JOIN school c ON c.school_id = s.school_id WHERE c.zone = $1 AND s.person_id > $2 AND ",
            here!("s"),
            " ORDER BY s.person_id LIMIT $3"
        ))
        .bind(zone)
        .bind(after)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }

    /// All states of a region, for a rebuild or a re-decision. Pages by person.
    pub async fn states_within(
        &mut self,
        region: &RegionCode,
        after: PersonId,
        limit: i64,
    ) -> Result<Vec<StateRow>> {
        Ok(query_as(concat!(
            state!(),
            " JOIN school c ON c.school_id = s.school_id
              WHERE ($1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':')) AND s.person_id > $2 AND ",
            here!("s"),
            " ORDER BY s.person_id LIMIT $3"
        ))
        .bind(region)
        .bind(after)
        .bind(limit)
        .fetch_all(self)
        .await?)
    }
}

/// Writes new values into rows, and into further columns besides.
macro_rules! update {
    ($columns:literal, $set:literal) => {
        concat!(
            "WITH new (person_id, day, code, ends_day, reported_day, channel, revision, told_day, told_id, state_enc",
            $columns,
            ") AS ($rows)
             UPDATE person_state SET day = new.day, code = new.code, ends_day = new.ends_day, reported_day = new.reported_day,
                 channel = new.channel, revision = new.revision, told_day = new.told_day, told_id = new.told_id, state_enc = new.state_enc",
            $set,
            " FROM new WHERE person_state.person_id = new.person_id"
        )
    };
}
use update;

impl StateRow {
    /// Who, and the columns that every change may touch.
    fn bind<'q>(&'q self, row: &mut RowBinder<'_, 'q>) {
        row.bind(self.person_id)
            .bind(self.day)
            .bind(self.code)
            .bind(self.ends_day)
            .bind(self.reported_day)
            .bind(self.channel)
            .bind(self.revision)
            .bind(self.told_day)
            .bind(self.told_id)
            .bind(self.state_enc.as_slice());
    }

    /// The code on `today`: the stored one if it was computed for that day. Flagged rows are computed anew
    /// each midnight, so an older row belongs to somebody who has not reported yet.
    pub fn code_on(&self, today: Day) -> domain::Code {
        if self.day == today {
            domain::Code::from_number(self.code)
        } else {
            domain::Code::Grey
        }
    }

    /// Puts a new report at the beginning of the person's list, where none of a later day is; gives the one that was there.
    pub fn tell(&mut self, report: ReportId, day: Day) -> Before {
        Before {
            before_id: self.told_id.replace(report),
            before_day: self.told_day.replace(day),
        }
    }

    /// Whether there is an accepted report of `today`.
    pub fn reported_on(&self, today: Day) -> bool {
        self.reported_day == Some(today)
    }
}
