//! One snapshot of a region: a few rows of sums, never a count of people, nor of schools.

use super::reasons::ReasonLabels;
use super::region::{RegionInfo, SchoolNames};
use crate::actor::Actor;
use crate::people::class_name;
use crate::recolour::TurnDetail;
use crate::vault::Cell;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::screen::{
    AreaLine, BookInForce, ClassLine, FeedItem, OpenSchool, ReasonCount, SchoolLine, ScreenMode,
    ScreenSnapshot, ScreenSort, Totals, TrendDay, heat, per_mille, rank,
};
use domain::{Code, Day, Millis, Text, Zone};
use std::collections::{BTreeMap, HashMap};
use store::{ClassRow, Numbers, PersonRow, RegionRow, SchoolNumbers, SlotNumbers, TurnRow, Tx};

/// Days of the trend.
const TREND_DAYS: i32 = 14;
/// Turns in the feed.
const FEED: i64 = 8;
/// Reasons of one colour that are named; the rest are *other*.
const REASONS: usize = 6;
/// Places of each order that are sent of a wide region: five pages of a screen.
const RANKED: usize = 30;
/// A region with more schools is wide.
const WIDE: usize = 2 * RANKED;
/// Classes of an opened school.
const CLASSES: usize = 3;

/// Which school a screen opens in place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opened {
    /// The first of the ranking.
    #[default]
    First,
    /// None.
    Closed,
    /// This one, if it lies in the region.
    School(SchoolId),
}

/// A time zone of a region, and its today.
pub(super) struct ZoneDay {
    pub name: String,
    pub zone: Zone,
    pub today: Day,
}

impl Services {
    /// What a screen shows of a region now.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn screen(
        &self,
        actor: &Actor,
        region: &RegionCode,
        mode: ScreenMode,
        opened: Opened,
    ) -> Result<ScreenSnapshot> {
        let mut tx = self.store.look().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        let snapshot = self.snapshot(&mut tx, region, mode).await?;
        self.with_open(&mut tx, snapshot, opened).await
    }

    /// Writes down that somebody opened a screen that names people, masked; its refreshes are not reads.
    pub async fn screen_opened(&self, actor: &Actor, snapshot: &ScreenSnapshot) -> Result<()> {
        if snapshot.feed.is_none() {
            return Ok(());
        }
        let place = domain::access::Place::region(snapshot.region.clone());
        let subject = format!("region:{}", snapshot.region);
        self.audit_list(actor, &place, subject, "screen.read", snapshot.day)
            .await
    }

    /// The regions around a region that the actor may see, widest first, without the region itself.
    pub async fn regions_around(
        &self,
        actor: &Actor,
        region: &RegionCode,
    ) -> Result<Vec<(RegionCode, Text)>> {
        let mut tx = self.store.read().await?;
        let mut around = self.regions_of(&mut tx, actor, region).await?;
        around.retain(|(code, _)| code != region);
        Ok(around)
    }

    /// A region and those around it, as far as the actor may see them, widest first.
    pub(super) async fn regions_of(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        region: &RegionCode,
    ) -> Result<Vec<(RegionCode, Text)>> {
        let mut out = Vec::new();
        let mut next = Some(region.clone());
        while let Some(code) = next {
            let Some(row) = tx.region(&code).await? else {
                break;
            };
            if actor.may(
                Action::SeeRegion,
                &domain::access::Place::region(code.clone()),
            ) {
                out.push((code, row.names()));
            }
            next = row.parent;
        }
        out.reverse();
        Ok(out)
    }

    /// The snapshot without an opened school, for whoever has been authorised.
    pub(super) async fn snapshot(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        mode: ScreenMode,
    ) -> Result<ScreenSnapshot> {
        let now = self.clock.now();
        let info = self.region_info(tx, region).await?;
        let zones = zone_days(&info.zones, now);
        let Some(first) = zones.first() else {
            return Err(Error::internal("a region without a zone"));
        };
        let rules = self.rule_set(tx).await?;
        let labels = self.reason_labels(&rules);
        let is_wide = info.schools.len() > WIDE;
        // What is small can be hidden only where all is known.
        let whole = !is_wide || mode == ScreenMode::Public;
        let mut sums = Sums::default();
        for zone in &zones {
            sums.add(tx, region, zone, first.zone.minute_of(now))
                .await?;
            let schools = if whole {
                tx.school_numbers_within(region, &zone.name, zone.today)
                    .await?
            } else {
                info.first_schools(tx, zone, now, RANKED).await?
            };
            sums.schools.extend(schools);
        }
        let totals = totals(&sums.total.numbers);
        let mut lines: Vec<SchoolLine> = sums
            .schools
            .iter()
            .filter_map(|school| Some(school_line(school, info.schools.get(&school.school_id)?)))
            .collect();
        // Which neighbour is hidden beside a small number depends on the order, which must not change from look to look.
        rank(&mut lines, ScreenSort::Flagged);
        let areas = info.areas.iter();
        let areas = areas
            .filter_map(|a| sums.areas.get(&a.code).map(|n| area_line(a, n)))
            .collect();
        let snapshot = ScreenSnapshot {
            region: region.clone(),
            name: info.row.names(),
            mode,
            day: first.today,
            at: now,
            second: first.zone.second_of(now),
            spans_zones: zones.len() > 1,
            school_count: i64::try_from(info.schools.len()).unwrap_or(i64::MAX),
            class_count: sums.total.classes,
            now: totals,
            before: sums.before(),
            trend: trend(&sums.trend, first.today, &totals),
            reasons: reasons(&sums.reasons, labels),
            areas,
            ranked: lines.len(),
            schools: lines,
            open: None,
            feed: match mode {
                ScreenMode::Room => Some(self.feed(tx, &info, first, sums.total.turns).await?),
                ScreenMode::Public => None,
            },
            turned_today: Some(sums.total.turns),
            books: rules
                .of(region)?
                .iter()
                .filter(|b| b.in_force(first.today))
                .map(|b| BookInForce {
                    version: b.version().to_string(),
                    since: b.document().effective_from,
                })
                .collect(),
        };
        let mut snapshot = match mode {
            ScreenMode::Room => snapshot,
            ScreenMode::Public => snapshot.public(),
        };
        if is_wide {
            snapshot.keep_ranked(RANKED);
        }
        Ok(snapshot)
    }

    /// Opens a school in place. Where outsiders look on, none: its classes are too small.
    pub(super) async fn with_open(
        &self,
        tx: &mut Tx,
        mut snapshot: ScreenSnapshot,
        opened: Opened,
    ) -> Result<ScreenSnapshot> {
        if snapshot.mode == ScreenMode::Public {
            return Ok(snapshot);
        }
        let first = || {
            snapshot
                .schools
                .first()
                .filter(|s| s.red != Some(0) || s.yellow != Some(0))
                .map(|s| s.id)
        };
        let school = match opened {
            Opened::Closed => None,
            Opened::First => first(),
            Opened::School(id) if snapshot.schools.iter().any(|s| s.id == id) => Some(id),
            Opened::School(id) => {
                let line = self.unranked_line(tx, &snapshot.region, id).await?;
                let id = line.as_ref().map(|line| line.id);
                snapshot.schools.extend(line);
                id
            }
        };
        let Some(id) = school else {
            return Ok(snapshot);
        };
        let rules = self.rule_set(tx).await?;
        let labels = self.reason_labels(&rules);
        let info = self.school_info(tx, id).await?;
        let mut classes = self
            .class_lines(tx, id, self.today_at(&info), labels)
            .await?;
        classes.retain(|c| c.red + c.yellow > 0);
        classes.sort_by_key(|c| (-c.red - c.yellow, -c.red, c.name));
        classes.truncate(CLASSES);
        snapshot.open = Some(OpenSchool { id, classes });
        Ok(snapshot)
    }

    /// A school of a wide region that has none of the first places; `None` where the region has no such school, or nobody
    /// is in it.
    async fn unranked_line(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        id: SchoolId,
    ) -> Result<Option<SchoolLine>> {
        let region = self.region_info(tx, region).await?;
        let Some(names) = region.schools.get(&id) else {
            return Ok(None);
        };
        let info = self.school_info(tx, id).await?;
        let today = self.today_at(&info);
        let mut numbers = Numbers::default();
        for class in tx.counters_of_school(id, today).await? {
            numbers += class.numbers;
        }
        let school = SchoolNumbers {
            school_id: id,
            classes: 0,
            numbers,
        };
        Ok((numbers.students > 0).then(|| school_line(&school, names)))
    }

    /// The classes of a school with their numbers and reasons, as schools list them.
    pub(super) async fn class_lines(
        &self,
        tx: &mut Tx,
        school: SchoolId,
        day: Day,
        labels: &ReasonLabels,
    ) -> Result<Vec<ClassLine>> {
        let mut why: HashMap<ClassId, Vec<(Text, i64)>> = HashMap::new();
        for row in tx.reasons_of_school(school, day).await? {
            let label = labels.get(Code::from_number(row.code), &row.reason_ix);
            let list = why.entry(row.class_id).or_default();
            match list.iter_mut().find(|(known, _)| *known == label) {
                Some((_, n)) => *n += row.people,
                None => list.push((label, row.people)),
            }
        }
        let counters: HashMap<_, _> = tx
            .counters_of_school(school, day)
            .await?
            .into_iter()
            .map(|c| (c.class_id, c.numbers))
            .collect();
        let lines = tx
            .classes_of(school)
            .await?
            .into_iter()
            .filter_map(|class| {
                let numbers = counters.get(&class.class_id).filter(|n| n.students > 0)?;
                let mut reasons = why.remove(&class.class_id).unwrap_or_default();
                reasons.sort_by_key(|(_, n)| -n);
                Some(ClassLine {
                    id: class.class_id,
                    name: class_name(&class),
                    students: numbers.students,
                    reported: numbers.reported(),
                    yellow: numbers.yellow,
                    red: numbers.red,
                    reasons,
                })
            });
        Ok(lines.collect())
    }

    /// The newest of a region's turns; `turns` is how many there are today.
    async fn feed(
        &self,
        tx: &mut Tx,
        info: &RegionInfo,
        zone: &ZoneDay,
        turns: i64,
    ) -> Result<Vec<FeedItem>> {
        let turns = tx
            .turns_within(&info.row.code, zone.today, turns.min(FEED))
            .await?;
        let people: Vec<PersonId> = turns.iter().map(|turn| turn.person_id).collect();
        let people = tx.people(&people).await?;
        let people: HashMap<PersonId, PersonRow> =
            people.into_iter().map(|row| (row.person_id, row)).collect();
        let classes: Vec<ClassId> = turns.iter().map(|turn| turn.class_id).collect();
        let classes: HashMap<ClassId, ClassRow> = tx
            .classes(&classes)
            .await?
            .into_iter()
            .map(|row| (row.class_id, row))
            .collect();
        let mut items = Vec::with_capacity(turns.len());
        for turn in turns {
            let (Some(person), Some(class)) =
                (people.get(&turn.person_id), classes.get(&turn.class_id))
            else {
                continue;
            };
            let school = info.schools.get(&turn.school_id);
            items.push(FeedItem {
                id: turn.turn_id,
                name: self.open_person(person.clone())?.masked(),
                school: school.map(|s| s.name.clone()).unwrap_or_default(),
                class: class_name(class),
                code: Code::from_number(turn.code),
                label: self.turn_label(&turn)?,
                ends: turn.ends_day,
                minute: zone.zone.minute_of(turn.at),
            });
        }
        Ok(items)
    }

    fn turn_label(&self, turn: &TurnRow) -> Result<Text> {
        let fault = |e: String| Error::internal(format!("turn {}: {e}", turn.turn_id));
        let key = self
            .vault
            .subject(turn.person_id.0, &turn.wrapped)
            .map_err(|_| fault("does not open".into()))?;
        let plain = key
            .open(
                Cell::new("turn", "detail_enc", turn.turn_id),
                &turn.detail_enc,
            )
            .map_err(|_| fault("does not open".into()))?;
        let detail: Option<TurnDetail> =
            serde_json::from_slice(&plain).map_err(|e| fault(e.to_string()))?;
        Ok(detail.map(|d| d.label).unwrap_or_default())
    }
}

/// The zones of a region's schools with their todays, the one with most schools first.
pub(super) fn zone_days(zones: &[(String, Zone)], now: Millis) -> Vec<ZoneDay> {
    let with_day = |(name, zone): &(String, Zone)| ZoneDay {
        name: name.clone(),
        zone: *zone,
        today: zone.day_of(now),
    };
    zones.iter().map(with_day).collect()
}

/// What the zones of a region add up to.
#[derive(Default)]
struct Sums {
    total: store::Sums,
    /// The first schools of each order, or all.
    schools: Vec<SchoolNumbers>,
    /// The regions directly inside.
    areas: HashMap<RegionCode, Numbers>,
    /// Days before today (0 is today) to yellow and red.
    trend: BTreeMap<i32, (i64, i64)>,
    reasons: BTreeMap<(i64, Vec<u8>), i64>,
    /// At this time yesterday; lost where one zone has none.
    before: Option<SlotNumbers>,
    lost: bool,
}

impl Sums {
    async fn add(
        &mut self,
        tx: &mut Tx,
        region: &RegionCode,
        zone: &ZoneDay,
        minute: u32,
    ) -> Result<()> {
        let (today, from) = (zone.today, zone.today.plus(1 - TREND_DAYS));
        for row in tx.region_sums(region, &zone.name, from, today).await? {
            let numbers = row.sums.numbers;
            let sum = self.trend.entry(today.since(row.day)).or_default();
            *sum = (sum.0 + numbers.yellow, sum.1 + numbers.red);
            if row.day == today {
                self.total += row.sums;
            }
        }
        for row in tx.sums_inside(region, &zone.name, today).await? {
            *self.areas.entry(row.region_code).or_default() += row.sums.numbers;
        }
        for (code, index, people) in tx.reasons_within(region, &zone.name, today).await? {
            *self.reasons.entry((code, index)).or_default() += people;
        }
        let (yesterday, slot) = (today.plus(-1), i64::from(minute / 5));
        let last = tx.slots_within(region, &zone.name, yesterday, slot);
        match *last.await? {
            // It began as the one before it ended.
            [ends, began] if ends.slot == slot => {
                let at = between(began.numbers, ends.numbers, minute % 5);
                *self.before.get_or_insert_default() += at;
            }
            [last, ..] => *self.before.get_or_insert_default() += last.numbers,
            [] => self.lost = true,
        }
        Ok(())
    }

    fn before(&self) -> Option<Totals> {
        let n = self.before.filter(|_| !self.lost)?;
        Some(Totals {
            students: n.green + n.yellow + n.red + n.grey,
            reported: Some(n.reported),
            green: Some(n.green),
            yellow: Some(n.yellow),
            red: Some(n.red),
            grey: Some(n.grey),
        })
    }
}

/// The numbers so many minutes into a slot that `began` and `ends` with these.
fn between(began: SlotNumbers, ends: SlotNumbers, minutes: u32) -> SlotNumbers {
    let at = |began: i64, ends: i64| began + (ends - began) * i64::from(minutes) / 5;
    let people = |n: SlotNumbers| n.green + n.yellow + n.red + n.grey;
    let (green, yellow, red) = (
        at(began.green, ends.green),
        at(began.yellow, ends.yellow),
        at(began.red, ends.red),
    );
    SlotNumbers {
        reported: at(began.reported, ends.reported),
        green,
        yellow,
        red,
        // So that the people are as many as they were.
        grey: at(people(began), people(ends)) - green - yellow - red,
    }
}

fn totals(n: &Numbers) -> Totals {
    Totals {
        students: n.students,
        reported: Some(n.reported()),
        green: Some(n.green),
        yellow: Some(n.yellow),
        red: Some(n.red),
        grey: Some(n.grey),
    }
}

fn school_line(school: &SchoolNumbers, names: &SchoolNames) -> SchoolLine {
    let n = &school.numbers;
    SchoolLine {
        id: school.school_id,
        name: names.name.clone(),
        area: names.area.clone(),
        share: per_mille(n.reported(), n.students),
        own: per_mille(n.guardian + n.paper, n.students),
        yellow: Some(n.yellow),
        red: Some(n.red),
        grey: Some(n.grey),
    }
}

fn area_line(area: &RegionRow, n: &Numbers) -> AreaLine {
    AreaLine {
        code: area.code.clone(),
        name: area.names(),
        share: per_mille(n.reported(), n.students),
        yellow: Some(n.yellow),
        red: Some(n.red),
        heat: heat(n.yellow + n.red, n.students),
    }
}

fn trend(sums: &BTreeMap<i32, (i64, i64)>, today: Day, now: &Totals) -> Vec<TrendDay> {
    (0..TREND_DAYS)
        .rev()
        .map(|back| {
            let (yellow, red) = match sums.get(&back) {
                Some((yellow, red)) => (Some(*yellow), Some(*red)),
                None if back == 0 => (now.yellow, now.red),
                None => (Some(0), Some(0)),
            };
            TrendDay {
                day: today.plus(-back),
                yellow,
                red,
            }
        })
        .collect()
}

/// Red reasons, then yellow ones, the most frequent first; what is left over, and what no rulebook names, is *other*.
fn reasons(sums: &BTreeMap<(i64, Vec<u8>), i64>, labels: &ReasonLabels) -> Vec<ReasonCount> {
    let mut out = Vec::new();
    for code in [Code::Red, Code::Yellow] {
        let mut list: Vec<(Text, i64)> = Vec::new();
        let other = labels.get(code, &[]);
        let mut rest = 0;
        for ((_, index), people) in sums
            .iter()
            .filter(|((number, _), _)| *number == code.number())
        {
            let label = labels.get(code, index);
            if label == other {
                rest += people;
            } else {
                list.push((label, *people));
            }
        }
        list.sort_by_key(|(_, people)| -people);
        if list.len() > REASONS || (rest > 0 && list.len() == REASONS) {
            rest += list
                .split_off(REASONS - 1)
                .iter()
                .map(|(_, n)| n)
                .sum::<i64>();
        }
        if rest > 0 {
            list.push((other, rest));
        }
        out.extend(list.into_iter().map(|(label, people)| ReasonCount {
            code,
            label,
            people: Some(people),
        }));
    }
    out
}
