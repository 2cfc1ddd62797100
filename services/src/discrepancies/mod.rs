//! Discrepancies: an official record for days on which a report denies it. Officers settle them; families and teachers
//! see that there is one.

use crate::audit::{Entry, person as person_subject};
use crate::classroom::needed_note;
use crate::family::Seen;
use crate::people::{OpenPerson, class_name};
use crate::recolour::Opened;
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, SchoolInfo, Services};
use domain::access::Action;
use domain::facts::{Discrepancy, discrepancies};
use domain::ids::{ClassId, PersonId, RegionCode, SchoolId};
use domain::roster::ClassName;
use domain::state::Finding;
use domain::{Day, Text};
use std::collections::HashMap;
use store::{SettlementRow, Tx};

/// Discrepancies on a page.
pub const DISCREPANCIES_PAGE: usize = 30;
/// Records received longer ago cannot be denied any more: their discrepancies are past due.
const RECORD_DAYS: i32 = 60;

/// One discrepancy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscrepancyView {
    /// The record in question.
    pub record: i64,
    /// About whom.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// Their class.
    pub class: (ClassId, ClassName),
    /// Their school.
    pub school: (SchoolId, Text),
    /// What differs, in plain words.
    pub text: Text,
    /// Who issued the record.
    pub authority: String,
    /// The first day it is open.
    pub opened: Day,
    /// The last day it can be open.
    pub due: Day,
}

/// A page of the open ones, those due soonest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscrepanciesPage {
    /// The region's name.
    pub region: Text,
    /// The present day there.
    pub today: Day,
    /// Those asked for on this page.
    pub open: Vec<DiscrepancyView>,
    /// How many are open over all pages.
    pub total: usize,
}

/// The word of a finding in tables and forms.
pub fn finding_word(finding: Finding) -> &'static str {
    match finding {
        Finding::RecordRight => "record_right",
        Finding::ReportRight => "report_right",
        Finding::BothRight => "both_right",
    }
}

/// The finding of a word; an unknown one changes nothing about the record.
pub(crate) fn finding_of(word: &str) -> Finding {
    match word {
        "report_right" => Finding::ReportRight,
        "both_right" => Finding::BothRight,
        _ => Finding::RecordRight,
    }
}

/// Those of a person that are open today.
fn open_of(opened: &Opened, info: &SchoolInfo, today: Day) -> Vec<Discrepancy> {
    let mut found = discrepancies(&opened.kept.state, &info.context(), today);
    found.retain(|discrepancy| discrepancy.is_open(today));
    found
}

impl Services {
    /// A page of a region's open discrepancies, masked.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the region's health officers.
    pub async fn region_discrepancies(
        &self,
        actor: &Actor,
        region: &RegionCode,
        skip: usize,
    ) -> Result<DiscrepanciesPage> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SettleDiscrepancy, &place)?;
        let today = self.today_in(&mut tx, region).await?;
        let since = today.plus(-RECORD_DAYS);
        let mut people = tx.people_with_records_within(region, since).await?;
        let readings = tx.gate_readings_within(region, since).await?;
        let readings = self.open_readings(&mut tx, readings).await?;
        people.extend(readings.iter().map(|reading| reading.person));
        people.sort_unstable();
        people.dedup();
        let mut open = Vec::new();
        for row in tx.states(&people).await? {
            let info = self.school_info(&mut tx, row.school_id).await?;
            let opened = self.open_state(row)?;
            let day = self.today_at(&info);
            for discrepancy in open_of(&opened, &info, day) {
                open.push((opened.row.person_id, discrepancy));
            }
        }
        open.sort_by_key(|(person, discrepancy)| (discrepancy.due, *person, discrepancy.record));
        let total = open.len();
        let shown: Vec<_> = open
            .into_iter()
            .skip(skip)
            .take(DISCREPANCIES_PAGE)
            .collect();
        let page = DiscrepanciesPage {
            region: self.region_name(&mut tx, region).await?,
            today,
            open: self.discrepancy_views(&mut tx, shown).await?,
            total,
        };
        drop(tx);
        let subject = format!("region:{region}");
        self.audit_list(actor, &place, subject, "discrepancy.list", today)
            .await?;
        Ok(page)
    }

    async fn discrepancy_views(
        &self,
        tx: &mut Tx,
        shown: Vec<(PersonId, Discrepancy)>,
    ) -> Result<Vec<DiscrepancyView>> {
        let ids: Vec<PersonId> = shown.iter().map(|(person, _)| *person).collect();
        let mut people: HashMap<PersonId, OpenPerson> = HashMap::new();
        for row in tx.people(&ids).await? {
            people.insert(row.person_id, self.open_person(row)?);
        }
        let mut views = Vec::with_capacity(shown.len());
        for (id, discrepancy) in shown {
            let Some(person) = people.get(&id) else {
                continue;
            };
            let class = tx
                .class(person.row.class_id)
                .await?
                .ok_or(Error::Forbidden)?;
            let info = self.school_info(tx, person.row.school_id).await?;
            views.push(DiscrepancyView {
                record: discrepancy.record.0,
                person: id,
                name: person.masked(),
                class: (class.class_id, class_name(&class)),
                school: (info.row.school_id, info.row.names()),
                text: self.discrepancy_text(tx, &discrepancy).await?,
                authority: discrepancy.authority,
                opened: discrepancy.opened,
                due: discrepancy.due,
            });
        }
        Ok(views)
    }

    async fn discrepancy_text(&self, tx: &mut Tx, discrepancy: &Discrepancy) -> Result<Text> {
        let names = self.region_names_in(tx, discrepancy.place.clone()).await?;
        let place = names.into_values().next();
        Ok(discrepancy.text(place.as_ref()))
    }

    /// Settles an open discrepancy. Where the report was right, the record is withdrawn too. The person is decided
    /// about in the same transaction.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions, [`Refusal::NoteNeeded`], [`Refusal::AlreadySettled`] where
    /// it is not open any more.
    pub async fn settle_discrepancy(
        &self,
        actor: &Actor,
        record: i64,
        finding: Finding,
        note: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let row = tx.official_record(record).await?;
        let reading = match &row {
            Some(_) => None,
            None => self.reading(&mut tx, record).await?,
        };
        let of_record = row.as_ref().map(|row| row.person_id);
        let about = of_record.or(reading.as_ref().map(|reading| reading.person));
        let about = about.ok_or(Error::Forbidden)?;
        let (place, person) = self.place_of_person(&mut tx, about).await?;
        actor.require(Action::SettleDiscrepancy, &place)?;
        let note = needed_note(note)?;
        let info = self.school_info(&mut tx, person.school_id).await?;
        let today = self.today_at(&info);
        let opened = self.opened_state(&mut tx, about).await?;
        let is_open = open_of(&opened, &info, today)
            .iter()
            .any(|discrepancy| discrepancy.record.0 == record);
        let cell = Cell::new("discrepancy_settlement", "note_enc", record);
        let settlement = SettlementRow {
            record_id: record,
            person_id: about,
            finding: finding_word(finding).into(),
            on_day: today,
            settled_by: actor.id(),
            settled_at: self.clock.now(),
            note_enc: opened.key.seal(&*self.entropy, cell, note.as_bytes()),
        };
        if !is_open || !tx.insert_settlement(&settlement).await? {
            return Err(Refusal::AlreadySettled.into());
        }
        let entry = Entry {
            actor,
            place: &place,
            action: "discrepancy.settle",
            subject: person_subject(about),
            detail: Some((&note, Some(&opened.key))),
        };
        self.audit(&mut tx, entry).await?;
        match (row, reading) {
            (Some(row), _) if finding == Finding::ReportRight => {
                self.withdraw_in(&mut tx, actor, &place, &row, &note)
                    .await?;
            }
            (None, Some(reading)) if finding == Finding::ReportRight => {
                // The gate measured wrongly: as if it had not.
                let (entry, to) = ((record, reading.row.day), (None, "struck"));
                let now = self.clock.now();
                tx.settle_gate_entry(entry, to, actor.id(), now, None)
                    .await?;
                self.redecide_now(&mut tx, about, "discrepancy").await?;
            }
            _ => self.redecide_now(&mut tx, about, "discrepancy").await?,
        }
        tx.commit().await?;
        self.store.mark_change();
        Ok(())
    }

    /// What of a child's answers and records does not fit together, each with the day by which it is to be settled.
    pub(crate) async fn discrepancies_of(&self, seen: &Seen) -> Result<Vec<(Text, Day)>> {
        let (loaded, opened) = (&seen.loaded, &seen.opened);
        // What was reported before an unconfirmed guardian joined is not theirs to read.
        let open = open_of(opened, &loaded.info, loaded.today).into_iter();
        let open: Vec<_> = open.filter(|d| d.opened >= loaded.link.since).collect();
        let mut out = Vec::with_capacity(open.len());
        if !open.is_empty() {
            let mut tx = self.store.read().await?;
            for discrepancy in open {
                let text = self.discrepancy_text(&mut tx, &discrepancy).await?;
                out.push((text, discrepancy.due));
            }
        }
        Ok(out)
    }

    /// How many discrepancies are open in a class. A number, no read of anybody.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's classes.
    pub async fn class_discrepancies(&self, actor: &Actor, class: ClassId) -> Result<usize> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::SeeClass, &place)?;
        let mut count = 0;
        for row in tx.states_of_class(class).await? {
            let info = self.school_info(&mut tx, row.school_id).await?;
            let today = self.today_at(&info);
            count += open_of(&self.open_state(row)?, &info, today).len();
        }
        Ok(count)
    }
}
