//! Printed cards of a class, and the slips that families sign where no phone reports.

use super::Issued;
use super::keys::Purpose;
use crate::actor::Actor;
use crate::audit::{Entry, class as class_subject};
use crate::people::class_name;
use crate::{Error, Result, Services};
use domain::Day;
use domain::access::Action;
use domain::ids::{ClassId, PersonId};
use domain::lang::Text;
use domain::pass::{CARD_FOR, Says};
use domain::roster::ClassName;
use std::collections::HashMap;
use store::PassHolderRow;

/// A printed card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedCard {
    /// For whom.
    pub person: PersonId,
    /// The masked name, as the pass has it.
    pub name: String,
    /// Their seat number, by which the teacher hands the cards out.
    pub seat: i64,
    /// Their class.
    pub class: ClassName,
    /// Their school's name.
    pub school: Text,
    /// The how-manieth card of theirs this is.
    pub serial: u32,
    /// The pass.
    pub pass: Issued,
    /// The last day on which it can be used.
    pub until: Day,
}

/// Whether somebody has a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardStatus {
    /// Whose.
    pub person: PersonId,
    /// Their full name.
    pub name: String,
    /// Their seat number.
    pub seat: i64,
    /// How many cards were printed; the last one holds.
    pub serial: i64,
    /// When the last one was printed.
    pub printed: Option<Day>,
}

/// A sheet of slips to be signed at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WellSlips {
    /// The school's name.
    pub school: Text,
    /// The class.
    pub class: ClassName,
    /// Fever begins here, in tenths of a degree Celsius.
    pub threshold: u16,
    /// Seat number and full name of each person.
    pub people: Vec<(i64, String)>,
}

impl Services {
    /// Prints new cards for some people of a class (all without one when `people` is empty). Their older cards
    /// are void.
    pub async fn print_cards(
        &self,
        actor: &Actor,
        class: ClassId,
        people: &[PersonId],
    ) -> Result<Vec<PrintedCard>> {
        let keys = self.pass_keys().await?;
        let now = self.clock.now();
        // Nobody's card may become void before a new one can be signed.
        keys.signer(Purpose::Cards, now)?;
        let mut tx = self.store.write().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::PrintCards, &place)?;
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        let mut counted = Vec::new();
        let mut rows = tx.people_of_class(class).await?;
        rows.retain(|person| people.is_empty() || people.contains(&person.person_id));
        let ids: Vec<_> = rows.iter().map(|person| person.person_id).collect();
        let mut holders = self.ensure_holders(&mut tx, &ids).await?;
        for person in rows {
            let id = person.person_id;
            let person = self.open_person(person)?;
            let Some(holder) = holders.remove(&id) else {
                continue;
            };
            if people.is_empty() && holder.serial > 0 {
                continue;
            }
            let serial = tx.next_card(id, now, actor.id()).await?;
            counted.push((person, PassHolderRow { serial, ..holder }));
        }
        let detail = format!("{} cards", counted.len());
        let entry = Entry {
            actor,
            place: &place,
            action: "cards.print",
            subject: class_subject(class),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        // Devices at the gate take the new numbers along.
        self.store.mark_change();
        let until = domain::Millis(now.0 + CARD_FOR.0);
        counted
            .into_iter()
            .map(|(person, holder)| {
                let serial =
                    u32::try_from(holder.serial).map_err(|e| Error::internal(e.to_string()))?;
                let says = Says::Card { serial };
                let pass = self.issue(&keys, &person, &holder, says, (now, until))?;
                Ok(PrintedCard {
                    person: person.row.person_id,
                    name: person.masked(),
                    seat: person.row.seat,
                    class: class_name(&row),
                    school: info.row.names(),
                    serial,
                    until: info.zone.day_of(domain::Millis(pass.expires.0 - 1)),
                    pass,
                })
            })
            .collect()
    }

    /// Who of a class has a card, by seat.
    pub async fn card_statuses(&self, actor: &Actor, class: ClassId) -> Result<Vec<CardStatus>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::PrintCards, &place)?;
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        let holders: HashMap<PersonId, PassHolderRow> = tx
            .pass_holders_of_class(class)
            .await?
            .into_iter()
            .map(|holder| (holder.person_id, holder))
            .collect();
        let mut out = Vec::new();
        for person in tx.people_of_class(class).await? {
            let person = self.open_person(person)?;
            let holder = holders.get(&person.row.person_id);
            out.push(CardStatus {
                person: person.row.person_id,
                name: person.profile.name.clone(),
                seat: person.row.seat,
                serial: holder.map_or(0, |h| h.serial),
                printed: holder
                    .and_then(|h| h.card_at)
                    .map(|at| info.zone.day_of(at)),
            });
        }
        drop(tx);
        let today = self.today_at(&info);
        self.audit_list(actor, &place, class_subject(class), "cards.list", today)
            .await?;
        Ok(out)
    }

    /// The slips of a class: one to be signed at home for each person.
    pub async fn well_slips(&self, actor: &Actor, class: ClassId) -> Result<WellSlips> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_class(&mut tx, class).await?;
        actor.require(Action::PrintCards, &place)?;
        let row = tx.class(class).await?.ok_or(Error::Forbidden)?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        let today = self.today_at(&info);
        let mut people = Vec::new();
        for person in tx.people_of_class(class).await? {
            let person = self.open_person(person)?;
            people.push((person.row.seat, person.profile.name.clone()));
        }
        drop(tx);
        self.audit_list(
            actor,
            &place,
            class_subject(class),
            "well_slips.print",
            today,
        )
        .await?;
        Ok(WellSlips {
            school: info.row.names(),
            class: class_name(&row),
            threshold: info.context().fever_threshold(today),
            people,
        })
    }
}
