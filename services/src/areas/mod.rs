//! Risk areas: declared, changed and lifted by health officers, one by one or by lists; readable by everybody.

mod import;
mod view;

pub use import::{AreaFate, AreaPreview, AreaPreviewRow, AreasApplied};
pub use view::{AREAS_PAGE, AreaView, AreasPage, PublicAreas};

use crate::audit::Entry;
use crate::records::AUTHORITY;
use crate::redecide::{Redecision, Whom};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::facts::{RiskArea, RiskLevel};
use domain::ids::RegionCode;
use domain::{Day, Millis};
use store::{RiskAreaRow, SourceRow, Tx};

/// The longest look-back in days.
pub const LOOK_BACK_MAX: u16 = 60;
/// The earliest first day, counted back from today: isolations of earlier stays are long over.
const FROM_BACK: i32 = 90;
/// The latest last day, counted from today.
const TO_AHEAD: i32 = 366;

/// An area as an officer declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArea {
    /// Where.
    pub region: RegionCode,
    /// Its level.
    pub level: RiskLevel,
    /// The first day of the declaration.
    pub from: Day,
    /// The last day, where it was lifted.
    pub to: Option<Day>,
    /// Days before the declaration that count too.
    pub look_back: u16,
    /// The authority behind it, 2 to 40 characters.
    pub authority: String,
}

/// What cannot be about an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AreaFault {
    /// The first day lies after today, or far back.
    From,
    /// The last day lies before the first, or far ahead.
    To,
    /// More than [`LOOK_BACK_MAX`].
    LookBack,
    /// Empty or too long.
    Authority,
}

impl NewArea {
    /// What cannot be; empty when all can.
    pub fn faults(&self, today: Day) -> Vec<AreaFault> {
        let ends_well = |to: Day| to >= self.from && to <= today.plus(TO_AHEAD);
        let chars = self.authority.trim().chars().count();
        [
            (
                AreaFault::From,
                (today.plus(-FROM_BACK)..=today).contains(&self.from),
            ),
            (AreaFault::To, self.to.is_none_or(ends_well)),
            (AreaFault::LookBack, self.look_back <= LOOK_BACK_MAX),
            (AreaFault::Authority, AUTHORITY.contains(&chars)),
        ]
        .into_iter()
        .filter(|(_, fits)| !fits)
        .map(|(fault, _)| fault)
        .collect()
    }
}

pub(crate) fn level_word(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::High => "high",
        RiskLevel::Medium => "medium",
    }
}

fn says_the_same(a: &RiskAreaRow, b: &RiskAreaRow) -> bool {
    let said = |row: &RiskAreaRow| {
        (
            row.region_code.clone(),
            row.owner_code.clone(),
            row.level.clone(),
            (row.from_day, row.to_day, row.look_back),
            row.authority.clone(),
        )
    };
    said(a) == said(b)
}

impl Services {
    /// Declares an area for a bureau's schools; everybody there is decided about anew in the background.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions, [`Refusal::FieldInvalid`]; see [`NewArea::faults`],
    /// [`Refusal::RegionUnknown`].
    pub async fn declare_area(
        &self,
        actor: &Actor,
        owner: &RegionCode,
        new: &NewArea,
    ) -> Result<i64> {
        let mut tx = self.store.write().await?;
        let place = self.may_declare(&mut tx, actor, owner).await?;
        self.check_area(&mut tx, owner, new).await?;
        let row = self.area_row(self.next_id(), owner, new, actor, "entered");
        // A form that was sent twice is one declaration.
        let declared = tx.risk_areas().await?;
        if let Some(same) = declared.iter().find(|other| says_the_same(other, &row)) {
            return Ok(same.area_id);
        }
        self.put_area(&mut tx, actor, &place, &row, "area.declare", 1)
            .await?;
        self.plan_areas(&mut tx, owner, &new.authority).await?;
        self.commit_areas(tx).await?;
        Ok(row.area_id)
    }

    /// Changes an area: its level, days, look-back or authority. The region stays: another place is another area.
    ///
    /// # Errors
    /// As [`Self::declare_area`].
    pub async fn change_area(&self, actor: &Actor, area: i64, new: &NewArea) -> Result<()> {
        let mut tx = self.store.write().await?;
        let old = tx.risk_area(area).await?.ok_or(Error::Forbidden)?;
        let owner = old.owner_code.clone();
        let place = self.may_declare(&mut tx, actor, &owner).await?;
        self.check_area(&mut tx, &owner, new).await?;
        let row = RiskAreaRow {
            region_code: old.region_code,
            way: old.way,
            ..self.area_row(area, &owner, new, actor, "")
        };
        self.put_area(&mut tx, actor, &place, &row, "area.change", 0)
            .await?;
        self.plan_areas(&mut tx, &owner, &new.authority).await?;
        self.commit_areas(tx).await
    }

    /// Withdraws an area declared in error: it is as if it had never been.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions, [`Refusal::NoteNeeded`] without a reason.
    pub async fn withdraw_area(&self, actor: &Actor, area: i64, why: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut row = tx.risk_area(area).await?.ok_or(Error::Forbidden)?;
        let owner = row.owner_code.clone();
        let place = self.may_declare(&mut tx, actor, &owner).await?;
        let why = why.trim();
        if !crate::records::WHY.contains(&why.chars().count()) {
            return Err(Refusal::NoteNeeded.into());
        }
        let now = self.clock.now();
        row.withdrawn_at = Some(now);
        row.changed_at = now;
        row.changed_by = actor.id();
        tx.put_risk_area(&row).await?;
        tx.touch_source(self.next_id(), &source_of(&row), -1)
            .await?;
        let entry = Entry {
            actor,
            place: &place,
            action: "area.withdraw",
            subject: format!("area:{area}"),
            detail: Some((why, None)),
        };
        self.audit(&mut tx, entry).await?;
        self.plan_areas(&mut tx, &owner, &row.authority).await?;
        self.commit_areas(tx).await
    }

    async fn may_declare(&self, tx: &mut Tx, actor: &Actor, owner: &RegionCode) -> Result<Place> {
        let place = self.place_of_region(tx, owner).await?;
        actor.require(Action::DeclareRiskAreas, &place)?;
        Ok(place)
    }

    async fn check_area(&self, tx: &mut Tx, owner: &RegionCode, new: &NewArea) -> Result<()> {
        if tx.region(&new.region).await?.is_none() {
            return Err(Refusal::RegionUnknown.into());
        }
        let today = self.today_in(tx, owner).await?;
        if new.faults(today).is_empty() {
            Ok(())
        } else {
            Err(Refusal::FieldInvalid.into())
        }
    }

    fn area_row(
        &self,
        area_id: i64,
        owner: &RegionCode,
        new: &NewArea,
        actor: &Actor,
        way: &str,
    ) -> RiskAreaRow {
        RiskAreaRow {
            area_id,
            region_code: new.region.clone(),
            level: level_word(new.level).into(),
            from_day: new.from,
            to_day: new.to,
            look_back: i64::from(new.look_back),
            authority: new.authority.trim().to_owned(),
            owner_code: owner.clone(),
            way: way.into(),
            changed_at: self.clock.now(),
            changed_by: actor.id(),
            withdrawn_at: None,
        }
    }

    /// Keeps an area, notes its source and writes down who did it; `entries` is how many more there are.
    async fn put_area(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Place,
        row: &RiskAreaRow,
        action: &str,
        entries: i64,
    ) -> Result<()> {
        tx.put_risk_area(row).await?;
        tx.touch_source(self.next_id(), &source_of(row), entries)
            .await?;
        let to = row.to_day.map(|day| day.to_string()).unwrap_or_default();
        let detail = format!(
            "{} {}; {}–{to}; {} days back; {}",
            row.region_code, row.level, row.from_day, row.look_back, row.authority
        );
        let entry = Entry {
            actor,
            place,
            action,
            subject: format!("area:{}", row.area_id),
            detail: Some((&detail, None)),
        };
        self.audit(tx, entry).await
    }

    async fn plan_areas(&self, tx: &mut Tx, owner: &RegionCode, authority: &str) -> Result<i64> {
        let plan = Redecision {
            whom: Whom::Region(owner.clone()),
            region: owner.clone(),
            cause: "risk_area".into(),
            subject: authority.trim().to_owned(),
        };
        self.plan_redecision(tx, &plan).await
    }

    /// Commits changed areas, and lets the re-decision begin.
    async fn commit_areas(&self, tx: Tx) -> Result<()> {
        let done = tx.commit().await;
        // Whatever was kept while this was under way may be the old areas, or ones that were rolled back.
        self.start_redecisions();
        Ok(done?)
    }
}

fn source_of(row: &RiskAreaRow) -> SourceRow {
    SourceRow {
        region_code: row.owner_code.clone(),
        authority: row.authority.clone(),
        kind: "risk_area".into(),
        way: row.way.clone(),
        entries: 0,
        updated_at: Millis(row.changed_at.0),
    }
}

/// The area's level by its word.
pub(crate) fn level_of(row: &RiskAreaRow) -> RiskLevel {
    if row.level == "high" {
        RiskLevel::High
    } else {
        RiskLevel::Medium
    }
}

/// The look-back of a stored area.
pub(crate) fn look_back_of(row: &RiskAreaRow) -> u16 {
    u16::try_from(row.look_back).unwrap_or(RiskArea::LOOK_BACK_DAYS)
}
