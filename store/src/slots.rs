//! The numbers of regions at the end of every five minutes: for "compared with yesterday at this time".

use crate::query::{query, query_as};
use crate::rollups::by_region;
use crate::{Result, Tx};
use domain::Day;
use domain::ids::{RegionCode, SchoolId};
use std::collections::BTreeMap;

/// The numbers at the end of five minutes; as a change, each may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotNumbers {
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

/// One slot of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct SlotRow {
    /// Its number in the day.
    pub slot: i64,
    /// The numbers at its end.
    #[sqlx(flatten)]
    pub numbers: SlotNumbers,
}

impl std::ops::AddAssign for SlotNumbers {
    fn add_assign(&mut self, other: Self) {
        self.reported += other.reported;
        self.green += other.green;
        self.yellow += other.yellow;
        self.red += other.red;
        self.grey += other.grey;
    }
}

impl Tx {
    /// Writes every region's numbers of this moment into its slot.
    pub async fn write_slots(&mut self, zone: &str, day: Day, slot: i64) -> Result<()> {
        query(
            "INSERT INTO region_slot (region_code, zone, day, slot, reported, green, yellow, red, grey)
             SELECT region_code, zone, day, $3, CAST(sum(guardian + paper + proxy) AS BIGINT), CAST(sum(green) AS BIGINT),
                    CAST(sum(yellow) AS BIGINT), CAST(sum(red) AS BIGINT), CAST(sum(grey) AS BIGINT)
             FROM region_sum WHERE zone = $1 AND day = $2 GROUP BY region_code, zone, day
             ON CONFLICT (region_code, zone, day, slot) DO UPDATE SET reported = excluded.reported, green = excluded.green,
                 yellow = excluded.yellow, red = excluded.red, grey = excluded.grey",
        )
        .bind(zone)
        .bind(day)
        .bind(slot)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Adds a school's numbers in slots of days to those of all regions around it.
    pub async fn add_slots(
        &mut self,
        school: SchoolId,
        slots: &[(Day, i64, SlotNumbers)],
    ) -> Result<()> {
        let Some(place) = self.place_of(school).await? else {
            return Ok(());
        };
        let moves = slots
            .iter()
            .map(|(day, slot, numbers)| (&*place, *day, BTreeMap::from([(*slot, *numbers)])));
        let regions = by_region(moves, |sum, by| {
            for (slot, numbers) in by {
                *sum.entry(*slot).or_default() += *numbers;
            }
        });
        let rows: Vec<_> = regions
            .iter()
            .flat_map(|(key, slots)| {
                slots
                    .iter()
                    .map(move |(slot, numbers)| (key, *slot, *numbers))
            })
            .collect();
        query(
            "INSERT INTO region_slot (region_code, zone, day, slot, reported, green, yellow, red, grey) $rows
             ON CONFLICT (region_code, zone, day, slot) DO UPDATE SET reported = region_slot.reported + excluded.reported,
                 green = region_slot.green + excluded.green, yellow = region_slot.yellow + excluded.yellow,
                 red = region_slot.red + excluded.red, grey = region_slot.grey + excluded.grey",
        )
        .rows(&rows, |b, ((region, zone, day), slot, numbers)| {
            b.bind(region)
                .bind(&**zone)
                .bind(*day)
                .bind(*slot)
                .bind(numbers.reported)
                .bind(numbers.green)
                .bind(numbers.yellow)
                .bind(numbers.red)
                .bind(numbers.grey);
        })
        .execute(self)
        .await?;
        Ok(())
    }

    /// The last two slots of a day not after `slot`, with the numbers of a region in one zone; the later one first.
    pub async fn slots_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
        slot: i64,
    ) -> Result<Vec<SlotRow>> {
        Ok(query_as(
            "SELECT slot, reported, green, yellow, red, grey FROM region_slot
             WHERE region_code = $1 AND zone = $2 AND day = $3 AND slot <= $4 ORDER BY slot DESC LIMIT 2",
        )
        .bind(region)
        .bind(zone)
        .bind(day)
        .bind(slot)
        .fetch_all(self)
        .await?)
    }

    /// Forgets at most `page` slots of the days before `day`; says whether there may be more.
    pub async fn delete_slots_before(&mut self, day: Day, page: i64) -> Result<bool> {
        Ok(query(
            "DELETE FROM region_slot WHERE (region_code, zone, day, slot) IN
                 (SELECT region_code, zone, day, slot FROM region_slot WHERE day < $1 ORDER BY day LIMIT $2)",
        )
        .bind(day)
        .execute_page(page, self)
        .await?)
    }
}
