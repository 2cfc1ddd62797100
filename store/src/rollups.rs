//! Sums of the counters by school and by region, moved by the same transactions as the counters.
//!
//! Each server adds to region rows of its own, and a region's numbers are the sum of all servers' rows: the batches of all
//! servers would else wait for each other over the row of the country. Those of one server do, from there to the commit.

use crate::query::{query, query_as, query_scalar};
use crate::{CounterKey, Numbers, Result, Tx};
use domain::Day;
use domain::ids::{RegionCode, SchoolId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// The sums of a school or region on a day; as a change, each may be negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Sums {
    /// Classes with somebody in them.
    pub classes: i64,
    /// Turns to yellow or red; counted by region only.
    pub turns: i64,
    /// The people.
    #[sqlx(flatten)]
    pub numbers: Numbers,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.classes += other.classes;
        self.turns += other.turns;
        self.numbers += other.numbers;
    }
}

/// One school on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SchoolNumbers {
    /// The school.
    pub school_id: SchoolId,
    /// Its classes with somebody in them.
    pub classes: i64,
    /// The sum of them.
    #[sqlx(flatten)]
    pub numbers: Numbers,
}

/// One region on a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RegionSums {
    /// The region.
    pub region_code: RegionCode,
    /// The day.
    pub day: Day,
    /// The sums of its schools.
    #[sqlx(flatten)]
    pub sums: Sums,
}

/// What moved, by day and school.
pub(crate) type Moved = BTreeMap<(Day, SchoolId), Sums>;

/// A school's region and zone.
#[derive(Debug)]
pub(crate) struct Place {
    region: RegionCode,
    zone: Arc<str>,
}

/// Where schools lie, kept in memory: it never changes.
#[derive(Debug, Default)]
pub(crate) struct Places(RwLock<HashMap<SchoolId, Arc<Place>>>);

impl Places {
    /// Other schools may get the same numbers.
    pub fn clear(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// A region in one zone on a day, in the order in which rows are written.
pub(crate) type RegionKey = (RegionCode, Arc<str>, Day);

/// Codes from the first inclusive to the last exclusive lie in a region.
pub(crate) fn bounds(region: &RegionCode) -> (&str, String) {
    match region.as_str() {
        RegionCode::COUNTRY => ("", "~".into()),
        code => (code, format!("{code}:")),
    }
}

/// The moves of each region around the places where something moved.
pub(crate) fn by_region<'a, T: Default>(
    moves: impl IntoIterator<Item = (&'a Place, Day, T)>,
    add: impl Fn(&mut T, &T),
) -> BTreeMap<RegionKey, T> {
    let mut own: BTreeMap<(&RegionCode, &Arc<str>, Day), T> = BTreeMap::new();
    for (place, day, by) in moves {
        add(
            own.entry((&place.region, &place.zone, day)).or_default(),
            &by,
        );
    }
    let mut all: BTreeMap<RegionKey, T> = BTreeMap::new();
    for ((region, zone, day), by) in own {
        for around in region.chain() {
            let key = (around, Arc::clone(zone), day);
            add(all.entry(key).or_default(), &by);
        }
    }
    all
}

impl Tx {
    /// Where some schools lie.
    async fn places_of(
        &mut self,
        schools: BTreeSet<SchoolId>,
    ) -> Result<HashMap<SchoolId, Arc<Place>>> {
        let places = Arc::clone(&self.places);
        let mut found = HashMap::with_capacity(schools.len());
        let mut unknown = Vec::new();
        {
            let known = places.0.read().unwrap_or_else(PoisonError::into_inner);
            for school in schools {
                match known.get(&school) {
                    Some(place) => {
                        found.insert(school, Arc::clone(place));
                    }
                    None => unknown.push(school),
                }
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let rows: Vec<(SchoolId, RegionCode, String)> =
            query_as("SELECT school_id, region_code, zone FROM school WHERE school_id IN ($list)")
                .list(unknown)
                .fetch_all(self)
                .await?;
        let rows = rows.into_iter().map(|(school, region, zone)| {
            let zone = zone.into();
            (school, Arc::new(Place { region, zone }))
        });
        let rows: Vec<_> = rows.collect();
        found.extend(rows.iter().cloned());
        // A school made by this very transaction may yet come to nothing.
        if !self.touches_settings() {
            let mut known = places.0.write().unwrap_or_else(PoisonError::into_inner);
            known.extend(rows);
        }
        Ok(found)
    }

    /// Where a school lies.
    pub(crate) async fn place_of(&mut self, school: SchoolId) -> Result<Option<Arc<Place>>> {
        Ok(self
            .places_of(BTreeSet::from([school]))
            .await?
            .remove(&school))
    }

    /// How many classes of some schools have somebody in them.
    pub(crate) async fn class_counts(
        &mut self,
        schools: impl IntoIterator<Item = (Day, SchoolId)>,
    ) -> Result<BTreeMap<(Day, SchoolId), i64>> {
        let mut counts = BTreeMap::new();
        for (day, school) in schools {
            let count = query_scalar(
                "SELECT count(*) FROM counter WHERE day = $1 AND school_id = $2 AND students > 0",
            )
            .bind(day)
            .bind(school);
            counts.insert((day, school), count.fetch_one(self).await?);
        }
        Ok(counts)
    }

    /// Notes by how much the classes of these schools that have somebody in them have become more since there were so many.
    pub(crate) async fn note_classes(
        &mut self,
        moved: &mut Moved,
        before: BTreeMap<(Day, SchoolId), i64>,
    ) -> Result<()> {
        let after = self.class_counts(before.keys().copied()).await?;
        for ((school, after), before) in after.into_iter().zip(before.into_values()) {
            moved.entry(school).or_default().classes += after - before;
        }
        Ok(())
    }

    /// Moves the sums of schools and of all regions around them.
    pub(crate) async fn roll_up(&mut self, moved: Moved) -> Result<()> {
        let schools = moved.keys().map(|(_, school)| *school).collect();
        let places = self.places_of(schools).await?;
        let mut rows = BTreeMap::new();
        let mut moves = Vec::with_capacity(moved.len());
        for ((day, school), sums) in &moved {
            let Some(place) = places.get(school).filter(|_| *sums != Sums::default()) else {
                continue;
            };
            moves.push((&**place, *day, *sums));
            if (sums.classes, sums.numbers) != (0, Numbers::default()) {
                rows.insert((*day, &place.zone, &place.region, *school), *sums);
            }
        }
        query(
            "INSERT INTO school_sum (day, zone, region_code, school_id, classes, students, guardian, paper, proxy, green, yellow, red, grey) $rows
             ON CONFLICT (day, zone, region_code, school_id) DO UPDATE SET classes = school_sum.classes + excluded.classes,
                     students = school_sum.students + excluded.students, guardian = school_sum.guardian + excluded.guardian,
                     paper = school_sum.paper + excluded.paper, proxy = school_sum.proxy + excluded.proxy, green = school_sum.green + excluded.green,
                     yellow = school_sum.yellow + excluded.yellow, red = school_sum.red + excluded.red, grey = school_sum.grey + excluded.grey",
        )
        .rows(&rows, |b, ((day, zone, region, school), sums)| {
            b.bind(*day)
                .bind(&***zone)
                .bind(*region)
                .bind(*school)
                .bind(sums.classes);
            sums.numbers.bind(b);
        })
        .defer("school_sum", self)
        .await?;
        let regions = by_region(moves, |sum, by| *sum += *by);
        let node = self.node();
        query(
            "INSERT INTO region_sum (region_code, zone, day, node_no, classes, turns, students, guardian, paper, proxy, green, yellow, red, grey) $rows
             ON CONFLICT (region_code, zone, day, node_no) DO UPDATE SET classes = region_sum.classes + excluded.classes,
                     turns = region_sum.turns + excluded.turns, students = region_sum.students + excluded.students,
                     guardian = region_sum.guardian + excluded.guardian, paper = region_sum.paper + excluded.paper, proxy = region_sum.proxy + excluded.proxy,
                     green = region_sum.green + excluded.green, yellow = region_sum.yellow + excluded.yellow, red = region_sum.red + excluded.red,
                     grey = region_sum.grey + excluded.grey",
        )
        .rows(&regions, |b, ((region, zone, day), sums)| {
            b.bind(region)
                .bind(&**zone)
                .bind(*day)
                .bind(node)
                .bind(sums.classes)
                .bind(sums.turns);
            sums.numbers.bind(b);
        })
        .defer("region_sum", self)
        .await?;
        Ok(())
    }

    /// Moves the people per reason of all regions around the classes.
    pub(crate) async fn roll_up_reasons(
        &mut self,
        changes: &BTreeMap<(CounterKey, i64, Vec<u8>), i64>,
    ) -> Result<()> {
        let schools = changes.keys().map(|(key, ..)| key.school).collect();
        let places = self.places_of(schools).await?;
        let moves = changes.iter().filter_map(|((key, code, reason), by)| {
            let place = places.get(&key.school)?;
            Some((&**place, key.day, BTreeMap::from([((*code, reason), *by)])))
        });
        let regions = by_region(moves, |sum, by| {
            for (reason, by) in by {
                *sum.entry(*reason).or_default() += by;
            }
        });
        let rows: Vec<_> = regions
            .iter()
            .flat_map(|(key, reasons)| reasons.iter().map(move |(reason, by)| (key, reason, *by)))
            .filter(|(.., by)| *by != 0)
            .collect();
        let node = self.node();
        query(
            "INSERT INTO region_reason (region_code, zone, day, node_no, code, reason_ix, people) $rows
             ON CONFLICT (region_code, zone, day, node_no, code, reason_ix) DO UPDATE SET people = region_reason.people + excluded.people",
        )
        .rows(&rows, |b, ((region, zone, day), (code, reason), by)| {
            b.bind(region)
                .bind(&**zone)
                .bind(*day)
                .bind(node)
                .bind(*code)
                .bind(reason.as_slice())
                .bind(*by);
        })
        .defer("region_reason", self)
        .await?;
        Ok(())
    }

    /// The numbers of a region's schools in one zone on a day, in no order.
    pub async fn school_numbers_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
    ) -> Result<Vec<SchoolNumbers>> {
        let (from, to) = bounds(region);
        let text: Option<String> =
            query_scalar(concat!("SELECT ", as_text!(), " FROM ", schools_within!()))
                .bind(day)
                .bind(zone)
                .bind(from)
                .bind(to)
                .fetch_one(self)
                .await?;
        read(text)
    }

    /// Of the same, those that come first in one of two orders, by what they are ranked by: most yellow and red; least
    /// reported by families themselves. At most `first` of each, by number.
    pub async fn first_schools_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
        first: i64,
    ) -> Result<Vec<SchoolNumbers>> {
        let (from, to) = bounds(region);
        let (flagged, behind): (Option<String>, Option<String>) = query_as(concat!(
            "SELECT (SELECT ",
            as_text!(),
            " FROM (SELECT * FROM ",
            schools_within!(),
            " ORDER BY yellow + red DESC, red DESC, school_id LIMIT $5) a),
             (SELECT ",
            as_text!(),
            " FROM (SELECT * FROM ",
            schools_within!(),
            " ORDER BY (guardian + paper) * 1000 / students, school_id LIMIT $5) b)"
        ))
        .bind(day)
        .bind(zone)
        .bind(from)
        .bind(to)
        .bind(first)
        .fetch_one(self)
        .await?;
        let mut schools = read(flagged)?;
        schools.extend(read(behind)?);
        schools.sort_by_key(|school| school.school_id);
        schools.dedup_by_key(|school| school.school_id);
        Ok(schools)
    }

    /// The numbers of some schools in one zone on a day, in no order.
    pub async fn numbers_of_schools(
        &mut self,
        schools: &[SchoolId],
        zone: &str,
        day: Day,
    ) -> Result<Vec<SchoolNumbers>> {
        let places = self.places_of(schools.iter().copied().collect()).await?;
        let texts: Vec<Option<String>> = query_scalar(concat!(
            "WITH asked (region, school) AS ($rows) SELECT ",
            as_text!(),
            // In this order: SQLite would rather go through all schools for each of sixty that are asked for.
            " FROM asked CROSS JOIN school_sum
              WHERE region_code = region AND school_id = school AND day = $1 AND zone = $2 AND students > 0"
        ))
        .bind(day)
        .bind(zone)
        .rows(&places, |b, (school, place)| {
            b.bind(&place.region).bind(*school);
        })
        .fetch_all(self)
        .await?;
        let schools = texts.into_iter().map(read);
        Ok(schools.collect::<Result<Vec<_>>>()?.concat())
    }

    /// The sums of a region in one zone on each of several days, oldest first.
    pub async fn region_sums(
        &mut self,
        region: &RegionCode,
        zone: &str,
        from: Day,
        to: Day,
    ) -> Result<Vec<RegionSums>> {
        Ok(query_as(concat!(
            region_sums!(),
            " WHERE region_code = $1 AND zone = $2 AND day BETWEEN $3 AND $4 GROUP BY region_code, day ORDER BY day"
        ))
        .bind(region)
        .bind(zone)
        .bind(from)
        .bind(to)
        .fetch_all(self)
        .await?)
    }

    /// The sums in one zone on a day of the regions directly inside another that have schools.
    pub async fn sums_inside(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
    ) -> Result<Vec<RegionSums>> {
        Ok(query_as(concat!(
            region_sums!(),
            " WHERE region_code IN (SELECT code FROM region WHERE parent = $1) AND zone = $2 AND day = $3
              GROUP BY region_code, day HAVING sum(classes) > 0 ORDER BY region_code"
        ))
        .bind(region)
        .bind(zone)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The people per reason of a region in one zone on a day: colour, blind index, people.
    pub async fn reasons_within(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
    ) -> Result<Vec<(i64, Vec<u8>, i64)>> {
        Ok(query_as(
            "SELECT code, reason_ix, CAST(sum(people) AS BIGINT) FROM region_reason
             WHERE region_code = $1 AND zone = $2 AND day = $3 GROUP BY code, reason_ix HAVING sum(people) > 0 ORDER BY 3 DESC",
        )
        .bind(region)
        .bind(zone)
        .bind(day)
        .fetch_all(self)
        .await?)
    }
}

macro_rules! region_sums {
    () => {
        "SELECT region_code, day, CAST(sum(classes) AS BIGINT) AS classes, CAST(sum(turns) AS BIGINT) AS turns, CAST(sum(students) AS BIGINT) AS students,
             CAST(sum(guardian) AS BIGINT) AS guardian, CAST(sum(paper) AS BIGINT) AS paper, CAST(sum(proxy) AS BIGINT) AS proxy, CAST(sum(green) AS BIGINT) AS green,
             CAST(sum(yellow) AS BIGINT) AS yellow, CAST(sum(red) AS BIGINT) AS red, CAST(sum(grey) AS BIGINT) AS grey FROM region_sum"
    };
}
use region_sums;

/// Schools with somebody in them: $1 is the day, $2 the zone, $3 and $4 the bounds of the region.
macro_rules! schools_within {
    () => {
        "school_sum WHERE day = $1 AND zone = $2 AND region_code >= $3 AND region_code < $4 AND students > 0"
    };
}
use schools_within;

/// Schools as one text, which costs less than a row for each: see `crate::known`.
macro_rules! as_text {
    () => {
        "string_agg(concat_ws(' ', school_id, classes, students, guardian, paper, proxy, green, yellow, red, grey), ';')"
    };
}
use as_text;

/// The schools of such a text; there is none where there are no schools.
fn read(text: Option<String>) -> Result<Vec<SchoolNumbers>> {
    let text = text.unwrap_or_default();
    let schools = text.split(';').filter(|school| !school.is_empty());
    let schools = schools.map(|school| {
        read_one(school).ok_or_else(|| sqlx::Error::Decode("the numbers of a school".into()).into())
    });
    schools.collect()
}

fn read_one(text: &str) -> Option<SchoolNumbers> {
    let mut words = text.split(' ').map(str::parse::<i64>);
    let mut next = || words.next()?.ok();
    Some(SchoolNumbers {
        school_id: SchoolId(next()?),
        classes: next()?,
        numbers: Numbers {
            students: next()?,
            guardian: next()?,
            paper: next()?,
            proxy: next()?,
            green: next()?,
            yellow: next()?,
            red: next()?,
            grey: next()?,
        },
    })
}
