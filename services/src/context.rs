//! What every decision needs besides the person: rulebooks, risk areas, and the school's calendar.

use crate::bureau::ReasonLabels;
use crate::{Error, Result, Services};
use domain::access::Place;
use domain::decision::{Calendar, Context};
use domain::facts::{RiskArea, RiskAreas, RiskLevel};
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::rulebook::stack::{Entry, stack};
use domain::rulebook::{Rulebook, Symptom};
use domain::{Day, Text, Zone};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, RwLock};
use store::{SchoolRow, Tx};

/// The rules of all regions, compiled once for each chain of regions.
#[derive(Debug)]
pub(crate) struct RuleSet {
    /// Every version that judges days, judged some, or will; verified.
    entries: Vec<Entry>,
    /// Each of them compiled by itself, for the names of reasons.
    pub(crate) books: Vec<Rulebook>,
    /// What judges a region: its own rulebooks and those above it.
    chains: RwLock<HashMap<RegionCode, Arc<[Rulebook]>>>,
    /// The declared areas, each with the region for whose schools it counts.
    areas: Vec<(RegionCode, RiskArea)>,
    /// What screens call the reasons, made at the first use.
    pub(crate) labels: OnceLock<ReasonLabels>,
}

/// A school with what is derived from its settings.
#[derive(Debug)]
pub struct SchoolInfo {
    /// The stored row.
    pub row: SchoolRow,
    /// Its time zone.
    pub zone: Zone,
    pub(crate) calendar: Calendar,
    risk: RiskAreas,
    rulebooks: Arc<[Rulebook]>,
}

impl RuleSet {
    /// The rulebooks that judge a region, the widest region first.
    pub(crate) fn of(&self, region: &RegionCode) -> Result<Arc<[Rulebook]>> {
        if let Some(books) = self.chains.read().map_err(poisoned)?.get(region) {
            return Ok(Arc::clone(books));
        }
        let books = stack(&self.entries, region)
            .map_err(|e| Error::internal(format!("the rulebooks of {region}: {e}")))?;
        let books: Arc<[Rulebook]> = books.into();
        let mut chains = self.chains.write().map_err(poisoned)?;
        chains.insert(region.clone(), Arc::clone(&books));
        Ok(books)
    }
}

/// Days of calendar kept around today.
const CALENDAR_BACK: i32 = 120;
const CALENDAR_AHEAD: i32 = 60;

impl SchoolInfo {
    /// What the domain needs to decide about this school's people.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            rulebooks: &self.rulebooks,
            risk: &self.risk,
            calendar: &self.calendar,
            late_limit: i32::try_from(self.row.late_days).unwrap_or(1),
        }
    }

    /// The place of somebody in one of its classes.
    pub(crate) fn place_of(&self, class: ClassId, person: PersonId) -> Place {
        Place {
            region: self.row.region_code.clone(),
            school: Some(self.row.school_id),
            class: Some(class),
            person: Some(person),
        }
    }

    /// The rulebooks that judge its days, the widest region first, then run by run of days: each says itself of which
    /// days it is in force.
    pub fn rulebooks(&self) -> &[Rulebook] {
        &self.rulebooks
    }

    /// The symptoms that forms of a day offer: those of all rulebooks in force, each number once.
    pub(crate) fn symptoms(&self, day: Day) -> Vec<&Symptom> {
        let mut out: Vec<&Symptom> = Vec::new();
        for book in self.rulebooks.iter().filter(|book| book.in_force(day)) {
            for symptom in &book.document().symptoms {
                if out.iter().all(|known| known.number != symptom.number) {
                    out.push(symptom);
                }
            }
        }
        out
    }
}

impl Services {
    /// A school with its settings, calendar and rules; kept until settings change or a day begins.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is no such school.
    pub async fn school_info(&self, tx: &mut Tx, id: SchoolId) -> Result<Arc<SchoolInfo>> {
        self.notice_settings(tx.settings_mark());
        if let Some(info) = self.schools.read().map_err(poisoned)?.get(&id) {
            return Ok(Arc::clone(info));
        }
        if tx.is_a_look() {
            // What is kept is never a replica's.
            let mut tx = self.store.read().await?;
            return Box::pin(self.school_info(&mut tx, id)).await;
        }
        let row = tx.school(id).await?.ok_or(Error::Forbidden)?;
        let zone: Zone = row.zone.parse().unwrap_or(Zone::SHANGHAI);
        let today = zone.day_of(self.clock.now());
        let mut calendar = Calendar::default();
        for (day, open) in tx
            .school_days(id, today.plus(-CALENDAR_BACK), today.plus(CALENDAR_AHEAD))
            .await?
        {
            calendar.exceptions.insert(day, open);
        }
        let rules = self.rule_set(tx).await?;
        let rulebooks = rules.of(&row.region_code)?;
        let areas = rules.areas.iter();
        let risk = RiskAreas {
            areas: areas
                .filter(|(owner, _)| owner.contains(&row.region_code))
                .map(|(_, area)| area.clone())
                .collect(),
        };
        let info = Arc::new(SchoolInfo {
            row,
            zone,
            calendar,
            risk,
            rulebooks,
        });
        let mut schools = self.schools.write().map_err(poisoned)?;
        // What was read before a change must not outlive it.
        if tx.may_be_kept(&self.store) {
            schools.insert(id, Arc::clone(&info));
        }
        Ok(info)
    }

    /// The rules in force, compiled once.
    pub(crate) async fn rule_set(&self, tx: &mut Tx) -> Result<Arc<RuleSet>> {
        self.notice_settings(tx.settings_mark());
        if let Some(set) = self.rules.read().map_err(poisoned)?.as_ref() {
            return Ok(Arc::clone(set));
        }
        if tx.is_a_look() {
            let mut tx = self.store.read().await?;
            return Box::pin(self.rule_set(&mut tx)).await;
        }
        let entries = self.rulebook_entries(tx).await?;
        let compiled = entries
            .iter()
            .map(|entry| Rulebook::compile(entry.document.clone()));
        let books = compiled
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|e| Error::internal(format!("a stored rulebook: {e}")))?;
        let mut areas = Vec::new();
        for row in tx.risk_areas().await? {
            let name = tx
                .region(&row.region_code)
                .await?
                .map_or_else(|| row.region_code.to_string(), |r| r.name);
            let area = RiskArea {
                region: row.region_code,
                name: Text::new(name.clone(), name),
                level: if row.level == "high" {
                    RiskLevel::High
                } else {
                    RiskLevel::Medium
                },
                from: row.from_day,
                to: row.to_day,
                look_back: u16::try_from(row.look_back).unwrap_or(RiskArea::LOOK_BACK_DAYS),
            };
            areas.push((row.owner_code, area));
        }
        let set = Arc::new(RuleSet {
            entries,
            books,
            chains: RwLock::default(),
            areas,
            labels: OnceLock::new(),
        });
        let mut rules = self.rules.write().map_err(poisoned)?;
        if tx.may_be_kept(&self.store) {
            *rules = Some(Arc::clone(&set));
        }
        Ok(set)
    }

    /// Reads settings, calendars and rules anew at the next use; call it after changing them.
    pub(crate) fn forget_schools(&self) {
        self.store.next_generation();
        if let Ok(mut rules) = self.rules.write() {
            *rules = None;
        }
        if let Ok(mut schools) = self.schools.write() {
            schools.clear();
        }
        if let Ok(mut regions) = self.regions.write() {
            regions.clear();
        }
    }

    /// The day it is now at a school.
    pub fn today_at(&self, info: &SchoolInfo) -> Day {
        info.zone.day_of(self.clock.now())
    }
}

pub(crate) fn poisoned<T>(_: std::sync::PoisonError<T>) -> Error {
    Error::internal("a cache lock was poisoned by a panic")
}

/// Time zones with the names that the database has for them.
pub(crate) fn zones_by_name(names: impl IntoIterator<Item = String>) -> Vec<(String, Zone)> {
    let zones = names.into_iter().map(|name| {
        let zone = name.parse().unwrap_or(Zone::SHANGHAI);
        (name, zone)
    });
    zones.collect()
}
