//! A school's settings and the days on which its calendar differs from the week.

use super::SchoolKind;
use super::create::NAME_EN_CHARS;
use crate::audit::Entry;
use crate::redecide::{Redecision, Whom};
use crate::{Actor, Refusal, Result, SchoolInfo, Services};
use domain::access::Action;
use domain::gate::VisitorPolicy;
use domain::ids::SchoolId;
use domain::{Day, Text};
use std::ops::RangeInclusive;
use store::Tx;

/// Days of calendar shown and changed before and after today.
const CALENDAR_BACK: i32 = 60;
const CALENDAR_AHEAD: i32 = 400;

/// Most days that are marked at once: a summer holiday is longer than two months.
pub const DAYS_AT_ONCE: i32 = 100;

/// What a school decides for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolSettings {
    /// Its name, at most 60 characters.
    pub name: String,
    /// What English pages call it, at most 120 characters; empty for the same name.
    pub name_en: String,
    /// Minute of the day at which reports are due, 0 to 1439.
    pub due_minute: i64,
    /// How many days back a late report by proxy may reach, 0 to 7.
    pub late_days: i64,
    /// The age in years from which students report for themselves, 6 to 30; `None` for never.
    pub self_report_age: Option<i64>,
    /// Whom families may ask, at most 200 characters.
    pub contact: String,
}

/// A setting that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingFault {
    /// Empty or too long.
    Name,
    /// Too long.
    NameEn,
    /// No minute of the day.
    DueMinute,
    /// Not 0 to 7.
    LateDays,
    /// Not 6 to 30.
    SelfReportAge,
    /// Too long.
    Contact,
}

impl SchoolSettings {
    /// What cannot be; empty when all can.
    pub fn faults(&self) -> Vec<SettingFault> {
        let chars = |text: &str| text.trim().chars().count();
        let age = self.self_report_age;
        [
            (SettingFault::Name, (1..=60).contains(&chars(&self.name))),
            (SettingFault::NameEn, chars(&self.name_en) <= NAME_EN_CHARS),
            (
                SettingFault::DueMinute,
                (0..1440).contains(&self.due_minute),
            ),
            (SettingFault::LateDays, (0..=7).contains(&self.late_days)),
            (
                SettingFault::SelfReportAge,
                age.is_none_or(|age| (6..=30).contains(&age)),
            ),
            (SettingFault::Contact, chars(&self.contact) <= 200),
        ]
        .into_iter()
        .filter(|(_, fits)| !fits)
        .map(|(fault, _)| fault)
        .collect()
    }
}

/// The settings as their page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsView {
    /// What can be changed.
    pub settings: SchoolSettings,
    /// The bureau's code of the school.
    pub code: String,
    /// What it teaches.
    pub kind: Option<SchoolKind>,
    /// Where it lies.
    pub region: Text,
    /// Days that differ from the week, and whether there is school.
    pub exceptions: Vec<(Day, bool)>,
    /// What happens with passes of other schools and issuers at the gates.
    pub visitors: VisitorPolicy,
}

impl Services {
    /// A school's settings.
    pub async fn school_settings(&self, actor: &Actor, school: SchoolId) -> Result<SettingsView> {
        let mut tx = self.store.read().await?;
        let (_, info) = self
            .school_for(&mut tx, actor, Action::ChangeSchool, school)
            .await?;
        let today = self.today_at(&info);
        let exceptions = tx
            .school_days(
                school,
                today.plus(-CALENDAR_BACK),
                today.plus(CALENDAR_AHEAD),
            )
            .await?;
        let row = &info.row;
        let region = tx.region(&row.region_code).await?;
        Ok(SettingsView {
            settings: SchoolSettings {
                name: row.name.clone(),
                name_en: row.name_en.clone(),
                due_minute: row.due_minute,
                late_days: row.late_days,
                self_report_age: row.self_report_age,
                contact: row.contact.clone(),
            },
            code: row.code.clone(),
            kind: SchoolKind::parse(&row.kind),
            region: region.map_or_else(
                || Text::new(row.region_code.as_str(), row.region_code.as_str()),
                |r| r.names(),
            ),
            exceptions,
            visitors: self.visitor_policy(&mut tx, school).await?,
        })
    }

    /// Changes a school's settings.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`]; see [`SchoolSettings::faults`].
    pub async fn change_school(
        &self,
        actor: &Actor,
        school: SchoolId,
        new: &SchoolSettings,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let (place, info) = self
            .school_for(&mut tx, actor, Action::ChangeSchool, school)
            .await?;
        if !new.faults().is_empty() {
            return Err(Refusal::FieldInvalid.into());
        }
        let mut row = info.row.clone();
        let redecide = row.late_days != new.late_days;
        row.name = new.name.trim().to_owned();
        new.name_en.trim().clone_into(&mut row.name_en);
        row.due_minute = new.due_minute;
        row.late_days = new.late_days;
        row.self_report_age = new.self_report_age;
        row.contact = new.contact.trim().to_owned();
        tx.update_school(&row).await?;
        let detail = format!(
            "{}; {}; due {}; late {}; age {:?}; {}",
            row.name, row.name_en, row.due_minute, row.late_days, row.self_report_age, row.contact
        );
        let entry = Entry {
            actor,
            place: &place,
            action: "school.change",
            subject: format!("school:{school}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        self.settle_school(tx, &info, redecide).await
    }

    /// Says that there is school on some days in a row, or none, against the week; `None` takes that back. Of
    /// several days, those that the week has just so are left alone: a holiday of a week names no Sunday.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] for days more than 60 back or 400 ahead, and for more than [`DAYS_AT_ONCE`].
    pub async fn change_calendar(
        &self,
        actor: &Actor,
        school: SchoolId,
        days: RangeInclusive<Day>,
        is_school_day: Option<bool>,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let (place, info) = self
            .school_for(&mut tx, actor, Action::ChangeSchool, school)
            .await?;
        let today = self.today_at(&info);
        let (first, last) = days.into_inner();
        let is_known = first >= today.plus(-CALENDAR_BACK) && last <= today.plus(CALENDAR_AHEAD);
        if !is_known || !(0..DAYS_AT_ONCE).contains(&last.since(first)) {
            return Err(Refusal::FieldInvalid.into());
        }
        for day in (first.0..=last.0).map(Day) {
            let differs = is_school_day.is_none_or(|open| open == day.is_weekend());
            if differs || first == last {
                tx.set_school_day(school, day, is_school_day).await?;
            }
        }
        let word = match is_school_day {
            Some(true) => "school",
            Some(false) => "no school",
            None => "as the week",
        };
        let detail = if first == last {
            format!("{first}: {word}")
        } else {
            format!("{first} – {last}: {word}")
        };
        let entry = Entry {
            actor,
            place: &place,
            action: "school.calendar",
            subject: format!("school:{school}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        self.settle_school(tx, &info, first <= today).await
    }

    /// Commits changed settings, and has everybody decided about anew where days of the past count differently now.
    async fn settle_school(&self, mut tx: Tx, before: &SchoolInfo, redecide: bool) -> Result<()> {
        let done = async {
            if redecide {
                let plan = Redecision {
                    whom: Whom::School(before.row.school_id),
                    region: before.row.region_code.clone(),
                    cause: "settings".into(),
                    subject: before.row.name.clone(),
                };
                self.plan_redecision(&mut tx, &plan).await?;
            }
            tx.commit().await?;
            Ok(())
        }
        .await;
        // Whatever was kept while this was under way may be the old settings, or ones that were rolled back.
        self.start_redecisions();
        self.store.mark_change();
        done
    }
}
