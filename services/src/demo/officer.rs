//! Work for the health officer and the school: sources, a stay that a family did not report, clearances that wait. All
//! through the services that the pages use.

use super::accounts::{DISTRICT, Stage, TEACHER};
use super::people::seat;
use super::trouble::AUTHORITY;
use crate::clearances::{ClearanceKind, NewClearance};
use crate::people::OpenPerson;
use crate::records::NewRecord;
use crate::{Actor, Error, Result, Services};
use domain::access::{Grant, Role, Scope};
use domain::ids::{PersonId, RegionCode};
use domain::list::{ListKind, Who};
use domain::state::RecordKind;
use domain::{Code, Day, Millis};
use std::collections::BTreeMap;
use store::SourceRow;

/// Where the telephone company's list saw somebody: a place without risk.
const SEEN_IN: &str = "330106";
/// The authority behind that list.
const CARRIER: &str = "通信大数据行程（演示）";

pub(super) fn district() -> Result<RegionCode> {
    RegionCode::parse(DISTRICT).map_err(|e| Error::internal(e.to_string()))
}

impl Services {
    /// Notes where the records and areas of the days told come from.
    pub(super) async fn write_demo_sources(
        &self,
        kinds: &BTreeMap<ListKind, i64>,
        areas: i64,
        at: Millis,
    ) -> Result<()> {
        let records = kinds.iter().map(|(kind, n)| (kind.word(), "list", *n));
        let mut tx = self.store.write().await?;
        for (kind, way, entries) in records.chain([("risk_area", "entered", areas)]) {
            let source = SourceRow {
                region_code: district()?,
                authority: AUTHORITY.into(),
                kind: kind.into(),
                way: way.into(),
                entries: 0,
                updated_at: at,
            };
            tx.touch_source(self.next_id(), &source, entries).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lets a list deny one family's report, and the teacher submit two clearances.
    pub(super) async fn give_demo_work(&self, stage: &Stage, today: Day) -> Result<()> {
        if let Some(person) = self.quiet_child(stage).await? {
            let new = NewRecord {
                who: Who {
                    national_id: person.profile.national_id.clone(),
                    phone: None,
                    name: person.profile.name.clone(),
                },
                kind: RecordKind::Stay {
                    region: RegionCode::parse(SEEN_IN)
                        .map_err(|e| Error::internal(e.to_string()))?,
                    arrived: today.plus(-4),
                    left: Some(today.plus(-2)),
                    transit: false,
                },
                authority: CARRIER.into(),
            };
            self.enter_record(&Actor::command(), &district()?, &new)
                .await?;
        }
        let first = stage.children[0].0 - i64::from(seat::OWN);
        for (seat, kind, issuer) in [
            (
                seat::FEVER,
                ClearanceKind::ClinicNote,
                "南浔区人民医院（演示）",
            ),
            (
                seat::SEVERE,
                ClearanceKind::NegativeTest,
                "湖州市中心医院（演示）",
            ),
        ] {
            let person = PersonId(first + i64::from(seat));
            self.submit_demo_clearance(stage, person, kind, issuer, today)
                .await?;
        }
        Ok(())
    }

    /// Somebody of the demo's school, outside the demo's classes, who is green and says nothing of a stay.
    async fn quiet_child(&self, stage: &Stage) -> Result<Option<OpenPerson>> {
        let mut tx = self.store.read().await?;
        let rows = tx
            .states_of_school(stage.school, PersonId(0), i64::from(u16::MAX))
            .await?;
        for row in rows.into_iter().rev() {
            let is_quiet = row.class_id != stage.class
                && !stage.children.contains(&row.person_id)
                && row.code == Code::Green.number();
            if !is_quiet {
                continue;
            }
            let opened = self.open_state(row)?;
            if domain::facts::standing(&opened.kept.state).is_empty()
                && let Some(person) = tx.person(opened.row.person_id).await?
            {
                let person = self.open_person(person)?;
                if person.profile.national_id.is_some() {
                    return Ok(Some(person));
                }
            }
        }
        Ok(None)
    }

    async fn submit_demo_clearance(
        &self,
        stage: &Stage,
        person: PersonId,
        kind: ClearanceKind,
        issuer: &str,
        today: Day,
    ) -> Result<()> {
        let teacher = Actor::account(
            TEACHER,
            vec![Grant {
                role: Role::Teacher,
                scope: Scope::Class(stage.class),
            }],
        );
        // The smallest demos have no such child.
        let page = match self.clearance_page(&teacher, person).await {
            Err(Error::Forbidden) => return Ok(()),
            page => page?,
        };
        if let Some(reason) = page.clearable.first() {
            let new = NewClearance {
                reason: reason.reason.clone(),
                kind: Some(kind),
                date: Some(today),
                issuer: issuer.into(),
                note: String::new(),
            };
            self.submit_clearance(&teacher, person, &new).await?;
        }
        Ok(())
    }
}
