//! Numbers per class and day, kept by the same transaction that moves them, with the sums of them in [`crate::rollups`].
//! A screen never counts people.

use crate::people::here;
use crate::query::{RowBinder, query, query_as, query_scalar};
use crate::rollups::Moved;
use crate::{Result, Sums, TurnRow, Tx};
use domain::Day;
use domain::ids::{ClassId, RegionCode, SchoolId};
use std::collections::{BTreeMap, BTreeSet};

/// Which counter row, in the order in which they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterKey {
    /// The day.
    pub day: Day,
    /// The class's school.
    pub school: SchoolId,
    /// The class.
    pub class: ClassId,
}

/// The numbers of one class or of a sum of classes; as a change, each may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Numbers {
    /// On the roster.
    pub students: i64,
    /// Reported by guardians or oneself.
    pub guardian: i64,
    /// Reported on paper.
    pub paper: i64,
    /// Reported by a teacher for them.
    pub proxy: i64,
    /// May attend.
    pub green: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Neither reported nor under a colour.
    pub grey: i64,
}

impl Numbers {
    /// Students who are neither reported nor under a colour.
    pub fn grey(students: i64) -> Self {
        Self {
            students,
            grey: students,
            ..Self::default()
        }
    }

    /// Reported by any channel.
    pub fn reported(&self) -> i64 {
        self.guardian + self.paper + self.proxy
    }
}

impl Numbers {
    /// The next columns of a row, in the order of the fields.
    pub(crate) fn bind(&self, row: &mut RowBinder<'_, '_>) {
        row.bind(self.students)
            .bind(self.guardian)
            .bind(self.paper)
            .bind(self.proxy)
            .bind(self.green)
            .bind(self.yellow)
            .bind(self.red)
            .bind(self.grey);
    }
}

impl std::ops::AddAssign for Numbers {
    fn add_assign(&mut self, other: Self) {
        self.students += other.students;
        self.guardian += other.guardian;
        self.paper += other.paper;
        self.proxy += other.proxy;
        self.green += other.green;
        self.yellow += other.yellow;
        self.red += other.red;
        self.grey += other.grey;
    }
}

/// One class and day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CounterRow {
    /// The class.
    pub class_id: ClassId,
    /// The day.
    pub day: Day,
    /// Its numbers.
    #[sqlx(flatten)]
    pub numbers: Numbers,
}

/// People per reason in one class on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReasonRow {
    /// The class.
    pub class_id: ClassId,
    /// `domain::Code` by number.
    pub code: i64,
    /// Blind index of the principal reason's code.
    pub reason_ix: Vec<u8>,
    /// How many.
    pub people: i64,
}

impl Tx {
    /// Adds changes to the counters, and turns to yellow or red. What several writers add to is written table by table, each
    /// once and in the order of its keys, [`Tx::add_reasons`] afterwards, so that two never wait for each other in a ring;
    /// and last of all, because whoever adds to the same rows waits until the commit.
    pub async fn add_counters(
        &mut self,
        changes: &BTreeMap<CounterKey, Numbers>,
        turns: &[TurnRow],
    ) -> Result<()> {
        if changes.is_empty() && turns.is_empty() {
            return Ok(());
        }
        self.touch_numbers();
        self.insert_turns(turns).await?;
        // Only where somebody comes or goes may a class become empty or be so no longer.
        let rosters: BTreeSet<(Day, SchoolId)> = changes
            .iter()
            .filter(|(_, n)| n.students != 0)
            .map(|(key, _)| (key.day, key.school))
            .collect();
        let before = self.class_counts(rosters).await?;
        let rows: Vec<_> = changes.iter().collect();
        query(
            "INSERT INTO counter (day, school_id, class_id, students, guardian, paper, proxy, green, yellow, red, grey) $rows
             ON CONFLICT (day, school_id, class_id) DO UPDATE SET students = counter.students + excluded.students, guardian = counter.guardian + excluded.guardian,
                     paper = counter.paper + excluded.paper, proxy = counter.proxy + excluded.proxy, green = counter.green + excluded.green,
                     yellow = counter.yellow + excluded.yellow, red = counter.red + excluded.red, grey = counter.grey + excluded.grey",
        )
        .rows(rows, |b, (key, n)| {
            b.bind(key.day)
                .bind(key.school)
                .bind(key.class);
            n.bind(b);
        })
        .defer("counter", self)
        .await?;
        let mut moved = Moved::new();
        for (key, numbers) in changes {
            moved.entry((key.day, key.school)).or_default().numbers += *numbers;
        }
        for turn in turns {
            let of_the_day = (turn.day, turn.school_id);
            moved.entry(of_the_day).or_default().turns += 1;
        }
        self.note_classes(&mut moved, before).await?;
        self.roll_up(moved).await
    }

    /// Adds changes to the counters per reason, in key order. The key is day and class, colour, blind index of the reason.
    pub async fn add_reasons(
        &mut self,
        changes: &BTreeMap<(CounterKey, i64, Vec<u8>), i64>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        self.touch_numbers();
        let rows: Vec<_> = changes.iter().collect();
        query(
            "INSERT INTO counter_reason (day, school_id, class_id, code, reason_ix, people) $rows
             ON CONFLICT (day, school_id, class_id, code, reason_ix) DO UPDATE SET people = counter_reason.people + excluded.people",
        )
        .rows(rows, |b, ((key, code, reason_ix), people)| {
            b.bind(key.day)
                .bind(key.school)
                .bind(key.class)
                .bind(*code)
                .bind(reason_ix.as_slice())
                .bind(*people);
        })
        .defer("counter_reason", self)
        .await?;
        self.roll_up_reasons(changes).await
    }

    /// Starts the day `to` in one zone with the classes as those of `from` ended: every one with its students, all of them grey.
    /// What was counted on `to` before that, around midnight, moved people away from grey, and still does.
    pub async fn carry_counters(&mut self, zone: &str, from: Day, to: Day) -> Result<()> {
        self.touch_numbers();
        let early: Vec<SchoolId> = query_scalar(
            "SELECT DISTINCT c.school_id FROM counter c JOIN school s ON s.school_id = c.school_id WHERE s.zone = $1 AND c.day = $2",
        )
        .bind(zone)
        .bind(to)
        .fetch_all(self)
        .await?;
        let early = early.into_iter().map(|school| (to, school));
        let before = self.class_counts(early).await?;
        query(
            "INSERT INTO counter (day, school_id, class_id, students, grey)
             SELECT $3, c.school_id, c.class_id, c.students, c.students FROM counter c JOIN school s ON s.school_id = c.school_id
             WHERE s.zone = $1 AND c.day = $2 AND c.students > 0 ORDER BY c.school_id, c.class_id
             ON CONFLICT (day, school_id, class_id) DO UPDATE SET students = counter.students + excluded.students, grey = counter.grey + excluded.grey",
        )
        .bind(zone)
        .bind(from)
        .bind(to)
        .execute(self)
        .await?;
        let schools: Vec<(SchoolId, i64, i64)> = query_as(
            "SELECT school_id, classes, students FROM school_sum WHERE zone = $1 AND day = $2 AND students > 0",
        )
        .bind(zone)
        .bind(from)
        .fetch_all(self)
        .await?;
        let mut moved = Moved::new();
        for (school, classes, students) in schools {
            let sums = Sums {
                // Where somebody came or left early, a class may be there on both days, or on one of them.
                classes: if before.contains_key(&(to, school)) {
                    0
                } else {
                    classes
                },
                turns: 0,
                numbers: Numbers::grey(students),
            };
            moved.insert((to, school), sums);
        }
        self.note_classes(&mut moved, before).await?;
        self.roll_up(moved).await
    }

    /// What to add to the counters of a few schools on `day`, so that every class has as many students as its roster: more or
    /// fewer who are grey.
    pub async fn uncounted(
        &mut self,
        schools: &[SchoolId],
        day: Day,
    ) -> Result<BTreeMap<CounterKey, Numbers>> {
        // Named one by one, so that no engine plans to go through all people of a zone for a few schools.
        let rows: Vec<(SchoolId, ClassId, i64)> = query_as(concat!(
            "SELECT school_id, class_id, CAST(sum(more) AS BIGINT) FROM
                 (SELECT p.school_id, p.class_id, count(*) AS more FROM person p WHERE p.school_id IN ($list) AND ",
            here!("p"),
            "     GROUP BY p.school_id, p.class_id
                  UNION ALL
                  SELECT school_id, class_id, -students FROM counter WHERE day = $1 AND school_id IN ($list)) n
             GROUP BY school_id, class_id HAVING sum(more) <> 0"
        ))
        .bind(day)
        .list(schools.iter().copied())
        .list(schools.iter().copied())
        .fetch_all(self)
        .await?;
        let changes = rows
            .into_iter()
            .map(|(school, class, more)| (CounterKey { day, school, class }, Numbers::grey(more)));
        Ok(changes.collect())
    }

    /// The counters of a school's classes on a day.
    pub async fn counters_of_school(
        &mut self,
        school: SchoolId,
        day: Day,
    ) -> Result<Vec<CounterRow>> {
        Ok(query_as(
            "SELECT class_id, day, students, guardian, paper, proxy, green, yellow, red, grey FROM counter
             WHERE day = $2 AND school_id = $1 ORDER BY class_id",
        )
        .bind(school)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The counter of one class on a day.
    pub async fn counter_of_class(
        &mut self,
        class: ClassId,
        day: Day,
    ) -> Result<Option<CounterRow>> {
        Ok(query_as(
            "SELECT class_id, day, students, guardian, paper, proxy, green, yellow, red, grey FROM counter
             WHERE day = $2 AND school_id = (SELECT school_id FROM class WHERE class_id = $1) AND class_id = $1",
        )
        .bind(class)
        .bind(day)
        .fetch_optional(self)
        .await?)
    }

    /// The time zones of a region's schools.
    pub async fn zones_within(&mut self, region: &RegionCode) -> Result<Vec<String>> {
        Ok(query_scalar(
            "SELECT zone FROM school WHERE $1 = 'CN' OR (region_code >= $1 AND region_code < $1 || ':') GROUP BY zone ORDER BY count(*) DESC, zone",
        )
        .bind(region)
        .fetch_all(self)
        .await?)
    }

    /// The people per reason of a school's classes on a day.
    pub async fn reasons_of_school(
        &mut self,
        school: SchoolId,
        day: Day,
    ) -> Result<Vec<ReasonRow>> {
        Ok(query_as(
            "SELECT class_id, code, reason_ix, people FROM counter_reason WHERE day = $2 AND school_id = $1 AND people > 0 ORDER BY class_id, code DESC, people DESC",
        )
        .bind(school)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The last day closed in each zone that has schools.
    pub async fn closed_days(&mut self) -> Result<Vec<(String, Option<Day>)>> {
        Ok(query_as(
            "SELECT z.zone, c.day FROM (SELECT DISTINCT zone FROM school) z LEFT JOIN closed_day c ON c.zone = z.zone ORDER BY z.zone",
        )
        .fetch_all(self)
        .await?)
    }

    /// The last day closed in a zone.
    pub async fn closed_day(&mut self, zone: &str) -> Result<Option<Day>> {
        Ok(query_scalar("SELECT day FROM closed_day WHERE zone = $1")
            .bind(zone)
            .fetch_optional(self)
            .await?)
    }

    /// Notes the last day closed in a zone.
    pub async fn set_closed_day(&mut self, zone: &str, day: Day) -> Result<()> {
        query("INSERT INTO closed_day (zone, day) VALUES ($1, $2) ON CONFLICT (zone) DO UPDATE SET day = excluded.day")
            .bind(zone)
            .bind(day)
            .execute(self)
            .await?;
        Ok(())
    }
}
