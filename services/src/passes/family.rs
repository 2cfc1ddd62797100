//! The passes that a guardian shows: the live one, renewed about every minute, and today's letter.

use super::Issued;
use crate::actor::Actor;
use crate::family::Seen;
use crate::gather::{self, Asking, Gather};
use crate::{Error, Result, Services};
use domain::decision::decide;
use domain::ids::PersonId;
use domain::lang::Text;
use domain::pass::{LIVE_FOR, Says};
use domain::roster::ClassName;
use domain::{Code, Day, Millis};
use std::sync::Arc;
use store::PassHolderRow;

/// A guardian's live pass; without one today, only the colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePass {
    /// Today's colour.
    pub code: Code,
    /// The pass; none while there is neither a report nor a running isolation.
    pub issued: Option<Issued>,
    /// Milliseconds for which it is still valid.
    pub left: i64,
}

/// Today's letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayLetter {
    /// The child.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// The class.
    pub class: ClassName,
    /// The school's name.
    pub school: Text,
    /// Whom to ask.
    pub contact: String,
    /// Today.
    pub today: Day,
    /// Minutes since midnight.
    pub minute: u32,
    /// Today's colour.
    pub code: Code,
    /// The pass; none while there is neither a report nor a running isolation.
    pub issued: Option<Issued>,
}

impl Services {
    /// The live pass of a guardian's child. Renewing it is no read that the log would show.
    pub async fn live_pass(&self, actor: &Actor, person: PersonId) -> Result<LivePass> {
        self.live_pass_of(&self.see_child(actor, person).await?)
            .await
    }

    /// The live pass of a child that is already read.
    pub(crate) async fn live_pass_of(&self, seen: &Seen) -> Result<LivePass> {
        let loaded = &seen.loaded;
        let (code, holder) = self.todays_pass(seen).await?;
        let Some(holder) = holder else {
            return Ok(LivePass {
                code,
                issued: None,
                left: 0,
            });
        };
        let keys = self.pass_keys().await?;
        let now = self.clock.now();
        let says = Says::Live {
            code,
            day: loaded.today,
        };
        let until = Millis(now.0 + LIVE_FOR.0);
        let issued = self.issue(&keys, &loaded.person, &holder, says, (now, until))?;
        Ok(LivePass {
            code,
            left: (issued.expires.0 - now.0).max(0),
            issued: Some(issued),
        })
    }

    /// Today's letter for a guardian's child, valid until midnight.
    pub async fn day_letter(&self, actor: &Actor, person: PersonId) -> Result<DayLetter> {
        let seen = self.see_child(actor, person).await?;
        let (code, holder) = self.todays_pass(&seen).await?;
        let loaded = &seen.loaded;
        let now = self.clock.now();
        let issued = match holder {
            Some(holder) => {
                let keys = self.pass_keys().await?;
                let says = Says::DayLetter {
                    code,
                    day: loaded.today,
                };
                let midnight = loaded.info.zone.at(loaded.today.next(), 0);
                Some(self.issue(&keys, &loaded.person, &holder, says, (now, midnight))?)
            }
            None => None,
        };
        Ok(DayLetter {
            person,
            name: loaded.person.masked(),
            class: crate::people::class_name(&loaded.class),
            school: loaded.info.row.names(),
            contact: loaded.info.row.contact.clone(),
            today: loaded.today,
            minute: loaded.info.zone.minute_of(now),
            code,
            issued,
        })
    }

    /// Today's colour, and the child's number in passes where a pass may be issued.
    async fn todays_pass(&self, seen: &Seen) -> Result<(Code, Option<PassHolderRow>)> {
        let (loaded, state) = (&seen.loaded, &seen.opened.kept.state);
        let code = decide(state, &loaded.info.context(), loaded.today, loaded.today).code;
        if code == Code::Grey || loaded.person.row.left_day.is_some() {
            return Ok((code, None));
        }
        let holder = match &seen.holder {
            Some(holder) => holder.clone(),
            None => self.holders.ask(loaded.person.row.person_id).await?,
        };
        Ok((code, Some(holder)))
    }

    /// Draws a number in passes for each who has none. On the first morning of a school all families come at once: a
    /// commit for each would keep their reports waiting.
    async fn draw_holders(&self, people: &[PersonId]) -> Result<Vec<PassHolderRow>> {
        let mut tx = self.store.write_for(people).await?;
        tx.brings_no_news();
        let holders = self.ensure_holders(&mut tx, people).await?;
        tx.commit().await?;
        let holder = |person| holders.get(person).cloned();
        let found: Option<Vec<_>> = people.iter().map(holder).collect();
        found.ok_or_else(|| Error::internal("a number in passes was not drawn"))
    }
}

/// Numbers in passes for people who have none.
pub(crate) type Holders = Gather<PersonId, PassHolderRow>;

/// Starts what answers [`Holders`].
pub(crate) fn draw_holders(services: &Arc<Services>, asking: Asking<PersonId, PassHolderRow>) {
    gather::start(Arc::downgrade(services), asking, |services, people| {
        Box::pin(services.draw_holders(people))
    });
}
