//! Numbers per class and day, kept by the same transaction that moves them. A screen sums these and never counts people.

use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::Day;
use domain::ids::{ClassId, RegionCode, SchoolId};

/// Which counter row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterKey {
    /// The class.
    pub class: ClassId,
    /// The day.
    pub day: Day,
    /// The class's school.
    pub school: SchoolId,
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
    /// Reported by any channel.
    pub fn reported(&self) -> i64 {
        self.guardian + self.paper + self.proxy
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

/// One school on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SchoolNumbers {
    /// The school.
    pub school_id: SchoolId,
    /// Its classes.
    pub classes: i64,
    /// The sum of them.
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

/// One school's numbers at the end of five minutes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotRow {
    /// The school.
    pub school_id: SchoolId,
    /// The day.
    pub day: Day,
    /// Minute of the day divided by five.
    pub slot: i64,
    /// Reported by any channel.
    pub reported: i64,
    /// May attend.
    pub green: i64,
    /// Observing.
    pub yellow: i64,
    /// Isolating.
    pub red: i64,
    /// Neither.
    pub grey: i64,
}

impl Tx {
    /// Adds changes to the counters; rows come in key order, so that two writers never wait for each other in a ring.
    pub async fn add_counters(
        &mut self,
        changes: &std::collections::BTreeMap<CounterKey, Numbers>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        self.touch_numbers();
        let rows: Vec<_> = changes.iter().collect();
        query(
            "INSERT INTO counter (class_id, day, school_id, students, guardian, paper, proxy, green, yellow, red, grey) $rows
             ON CONFLICT (class_id, day) DO UPDATE SET students = counter.students + excluded.students, guardian = counter.guardian + excluded.guardian,
                     paper = counter.paper + excluded.paper, proxy = counter.proxy + excluded.proxy, green = counter.green + excluded.green,
                     yellow = counter.yellow + excluded.yellow, red = counter.red + excluded.red, grey = counter.grey + excluded.grey",
        )
        .rows(rows, |b, (key, n)| {
            b.bind(key.class)
                .bind(key.day)
                .bind(key.school)
                .bind(n.students)
                .bind(n.guardian)
                .bind(n.paper)
                .bind(n.proxy)
                .bind(n.green)
                .bind(n.yellow)
                .bind(n.red)
                .bind(n.grey);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Adds changes to the counters per reason, in key order. The key is class and day, colour, blind index of the reason.
    pub async fn add_reasons(
        &mut self,
        changes: &std::collections::BTreeMap<(CounterKey, i64, Vec<u8>), i64>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        self.touch_numbers();
        let rows: Vec<_> = changes.iter().collect();
        query(
            "INSERT INTO counter_reason (class_id, day, school_id, code, reason_ix, people) $rows
             ON CONFLICT (class_id, day, code, reason_ix) DO UPDATE SET people = counter_reason.people + excluded.people",
        )
        .rows(rows, |b, ((key, code, reason_ix), people)| {
            b.bind(key.class)
                .bind(key.day)
                .bind(key.school)
                .bind(*code)
                .bind(reason_ix.as_slice())
                .bind(*people);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// Forgets the counters of a day in one zone, before they are materialised anew.
    pub async fn clear_counters(&mut self, zone: &str, day: Day) -> Result<()> {
        self.touch_numbers();
        for sql in [
            "DELETE FROM counter WHERE day = $2 AND school_id IN (SELECT school_id FROM school WHERE zone = $1)",
            "DELETE FROM counter_reason WHERE day = $2 AND school_id IN (SELECT school_id FROM school WHERE zone = $1)",
        ] {
            query(sql).bind(zone).bind(day).execute(self).await?;
        }
        Ok(())
    }

    /// Starts a day in one zone: every class with its students, all of them grey.
    pub async fn start_counters(&mut self, zone: &str, day: Day) -> Result<()> {
        self.touch_numbers();
        query(
            "INSERT INTO counter (class_id, day, school_id, students, grey)
             SELECT p.class_id, $2, p.school_id, count(*), count(*) FROM person p JOIN school s ON s.school_id = p.school_id
             WHERE s.zone = $1 AND p.left_day IS NULL GROUP BY p.class_id, p.school_id",
        )
        .bind(zone)
        .bind(day)
        .execute(self)
        .await?;
        Ok(())
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
            "SELECT class_id, day, students, guardian, paper, proxy, green, yellow, red, grey FROM counter WHERE class_id = $1 AND day = $2",
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

    /// The sums of a region's schools in one zone on a day, by school.
    pub async fn school_numbers_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
    ) -> Result<Vec<SchoolNumbers>> {
        Ok(query_as(
            "SELECT c.school_id, count(*) AS classes, CAST(sum(c.students) AS BIGINT) AS students, CAST(sum(c.guardian) AS BIGINT) AS guardian, CAST(sum(c.paper) AS BIGINT) AS paper,
                 CAST(sum(c.proxy) AS BIGINT) AS proxy, CAST(sum(c.green) AS BIGINT) AS green, CAST(sum(c.yellow) AS BIGINT) AS yellow, CAST(sum(c.red) AS BIGINT) AS red, CAST(sum(c.grey) AS BIGINT) AS grey
             FROM counter c JOIN school s ON s.school_id = c.school_id
             WHERE c.day = $2 AND s.zone = $3 AND c.students > 0 AND ($1 = 'CN' OR (s.region_code >= $1 AND s.region_code < $1 || ':'))
             GROUP BY c.school_id ORDER BY c.school_id",
        )
        .bind(region)
        .bind(day)
        .bind(zone)
        .fetch_all(self)
        .await?)
    }

    /// The sums of a region's schools in one zone on each of several days, oldest first: day, yellow, red, reported.
    pub async fn trend_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        from: Day,
        to: Day,
    ) -> Result<Vec<(Day, i64, i64, i64)>> {
        Ok(query_as(
            "SELECT c.day, CAST(sum(c.yellow) AS BIGINT), CAST(sum(c.red) AS BIGINT), CAST(sum(c.guardian + c.paper + c.proxy) AS BIGINT)
             FROM counter c JOIN school s ON s.school_id = c.school_id
             WHERE c.day BETWEEN $2 AND $3 AND s.zone = $4 AND ($1 = 'CN' OR (s.region_code >= $1 AND s.region_code < $1 || ':'))
             GROUP BY c.day ORDER BY c.day",
        )
        .bind(region)
        .bind(from)
        .bind(to)
        .bind(zone)
        .fetch_all(self)
        .await?)
    }

    /// The people per reason of a region's schools in one zone on a day: colour, blind index, people.
    pub async fn reasons_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
    ) -> Result<Vec<(i64, Vec<u8>, i64)>> {
        Ok(query_as(
            "SELECT r.code, r.reason_ix, CAST(sum(r.people) AS BIGINT) FROM counter_reason r JOIN school s ON s.school_id = r.school_id
             WHERE r.day = $2 AND s.zone = $3 AND r.people > 0 AND ($1 = 'CN' OR (s.region_code >= $1 AND s.region_code < $1 || ':'))
             GROUP BY r.code, r.reason_ix ORDER BY 3 DESC",
        )
        .bind(region)
        .bind(day)
        .bind(zone)
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

    /// Writes every school's numbers of this moment into its slot.
    pub async fn write_slots(&mut self, zone: &str, day: Day, slot: i64) -> Result<()> {
        query(
            "INSERT INTO counter_slot (school_id, day, slot, reported, green, yellow, red, grey)
             SELECT c.school_id, c.day, $3, CAST(sum(c.guardian + c.paper + c.proxy) AS BIGINT), CAST(sum(c.green) AS BIGINT), CAST(sum(c.yellow) AS BIGINT), CAST(sum(c.red) AS BIGINT), CAST(sum(c.grey) AS BIGINT)
             FROM counter c JOIN school s ON s.school_id = c.school_id WHERE s.zone = $1 AND c.day = $2 GROUP BY c.school_id, c.day
             ON CONFLICT (school_id, day, slot) DO UPDATE SET reported = excluded.reported, green = excluded.green,
                 yellow = excluded.yellow, red = excluded.red, grey = excluded.grey",
        )
        .bind(zone)
        .bind(day)
        .bind(slot)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Keeps slots as they are given.
    pub async fn insert_slots(&mut self, rows: &[SlotRow]) -> Result<()> {
        for row in rows {
            query(
                "INSERT INTO counter_slot (school_id, day, slot, reported, green, yellow, red, grey) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (school_id, day, slot) DO NOTHING",
            )
            .bind(row.school_id)
            .bind(row.day)
            .bind(row.slot)
            .bind(row.reported)
            .bind(row.green)
            .bind(row.yellow)
            .bind(row.red)
            .bind(row.grey)
            .execute(self)
            .await?;
        }
        Ok(())
    }

    /// The sums of a region's schools in one zone at the last slot of a day not after `slot`: reported, green,
    /// yellow, red, grey. `None` where there is none.
    pub async fn slot_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
        slot: i64,
    ) -> Result<Option<(i64, i64, i64, i64, i64)>> {
        Ok(query_as(
            "SELECT CAST(sum(c.reported) AS BIGINT), CAST(sum(c.green) AS BIGINT), CAST(sum(c.yellow) AS BIGINT), CAST(sum(c.red) AS BIGINT), CAST(sum(c.grey) AS BIGINT)
             FROM counter_slot c JOIN school s ON s.school_id = c.school_id
             WHERE c.day = $2 AND c.slot = (SELECT max(slot) FROM counter_slot WHERE day = $2 AND slot <= $3) AND s.zone = $4
               AND ($1 = 'CN' OR (s.region_code >= $1 AND s.region_code < $1 || ':'))
             GROUP BY c.day",
        )
        .bind(region)
        .bind(day)
        .bind(slot)
        .bind(zone)
        .fetch_optional(self)
        .await?)
    }

    /// Forgets slots older than a day.
    pub async fn delete_slots_before(&mut self, day: Day) -> Result<()> {
        query("DELETE FROM counter_slot WHERE day < $1")
            .bind(day)
            .execute(self)
            .await?;
        Ok(())
    }

    /// The last day closed in each zone that has schools.
    pub async fn closed_days(&mut self) -> Result<Vec<(String, Option<Day>)>> {
        Ok(query_as(
            "SELECT z.zone, c.day FROM (SELECT DISTINCT zone FROM school) z LEFT JOIN closed_day c ON c.zone = z.zone ORDER BY z.zone",
        )
        .fetch_all(self)
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
