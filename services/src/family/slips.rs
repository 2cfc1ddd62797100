//! Printing invitation slips: one strip per child, single use, fourteen days.

use crate::actor::Actor;
use crate::audit::{Entry, class as class_subject};
use crate::clock::bytes;
use crate::codes::{Code, code_hash};
use crate::people::class_name;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::ids::{ClassId, PersonId, SlipId};
use domain::roster::ClassName;
use domain::{Day, Millis, Text};
use std::collections::HashMap;
use store::SlipRow;

/// How long a slip lives.
const SLIP_LIFE: i64 = 14 * 86_400_000;

/// One strip of the class's sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedSlip {
    /// For whom.
    pub person: PersonId,
    /// Their full name; the sheet is for the class teacher's hands.
    pub name: String,
    /// Their class.
    pub class: ClassName,
    /// Their school's name.
    pub school: Text,
    /// The code, known only now: the database keeps its hash.
    pub code: Code,
    /// The last day on which it can be used.
    pub until: Day,
}

/// How far a child's invitation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipStatus {
    /// Whose.
    pub person: PersonId,
    /// Their full name.
    pub name: String,
    /// Their seat number.
    pub seat: i64,
    /// Guardians linked now.
    pub guardians: usize,
    /// The last day of an open slip.
    pub open_until: Option<Day>,
    /// Wrong answers on the open slip.
    pub failures: i64,
    /// Whether the roster has a phone or id that the slip can ask for.
    pub can_be_claimed: bool,
}

impl Services {
    /// Issues new slips for some people of a class (all without a guardian when `people` is empty); their older
    /// open slips are void.
    pub async fn print_slips(
        &self,
        actor: &Actor,
        class: ClassId,
        people: &[PersonId],
    ) -> Result<Vec<PrintedSlip>> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::PrintSlips, &place)?;
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        let linked: Vec<PersonId> = tx
            .guardians_of_class(class)
            .await?
            .into_iter()
            .map(|g| g.person_id)
            .collect();
        let now = self.clock.now();
        let expires_at = Millis(now.0 + SLIP_LIFE);
        let mut out = Vec::new();
        for person in tx.people_of_class(class).await? {
            let wanted = if people.is_empty() {
                !linked.contains(&person.person_id)
            } else {
                people.contains(&person.person_id)
            };
            let person = self.open_person(person)?;
            if !wanted || !person.profile.can_be_invited() {
                continue;
            }
            let code = Code::new(bytes(&*self.entropy));
            tx.insert_slip(&SlipRow {
                slip_id: SlipId(self.next_id()),
                code_hash: code_hash(&code),
                school_id: row.school_id,
                class_id: class,
                person_id: person.row.person_id,
                issued_by: actor.id(),
                issued_at: now,
                expires_at,
                failures: 0,
                status: "open".into(),
                used_by: None,
                second_claim_at: None,
            })
            .await?;
            out.push(PrintedSlip {
                person: person.row.person_id,
                name: person.profile.name.clone(),
                class: class_name(&row),
                school: info.row.names(),
                code,
                until: info.zone.day_of(expires_at),
            });
        }
        let detail = format!("{} slips", out.len());
        self.audit(
            &mut tx,
            Entry {
                actor,
                place: &place,
                action: "slips.print",
                subject: class_subject(class),
                detail: Some((&detail, None)),
            },
        )
        .await?;
        tx.commit().await?;
        Ok(out)
    }

    /// How far the invitations of a class have come, by seat.
    pub async fn slip_statuses(&self, actor: &Actor, class: ClassId) -> Result<Vec<SlipStatus>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::PrintSlips, &place)?;
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        let mut guardians: HashMap<PersonId, usize> = HashMap::new();
        for guardian in tx.guardians_of_class(class).await? {
            *guardians.entry(guardian.person_id).or_default() += 1;
        }
        let now = self.clock.now();
        let slips: HashMap<PersonId, SlipRow> = tx
            .slips_of_class(class)
            .await?
            .into_iter()
            .map(|s| (s.person_id, s))
            .collect();
        let mut out = Vec::new();
        for person in tx.people_of_class(class).await? {
            let person = self.open_person(person)?;
            let id = person.row.person_id;
            let open = slips
                .get(&id)
                .filter(|s| s.status == "open" && now < s.expires_at);
            out.push(SlipStatus {
                person: id,
                name: person.profile.name.clone(),
                seat: person.row.seat,
                guardians: guardians.get(&id).copied().unwrap_or_default(),
                open_until: open.map(|s| info.zone.day_of(s.expires_at)),
                failures: open.map_or(0, |s| s.failures),
                can_be_claimed: person.profile.can_be_invited(),
            });
        }
        drop(tx);
        let today = self.today_at(&info);
        self.audit_list(actor, &place, class_subject(class), "slips.list", today)
            .await?;
        Ok(out)
    }
}
