//! The audit log as the school reads it: who did and read what.

use crate::people::class_label;
use crate::{Actor, Result, Services};
use domain::access::Action;
use domain::ids::{AccountId, ClassId, DeviceId, PersonId, SchoolId};
use domain::{Day, Lang, Millis};
use std::collections::HashMap;
use store::{AuditRow, Tx};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogActor {
    /// Somebody with this name.
    Person(String),
    /// Another program with this name, by a key of the interface.
    Key(String),
    /// The program's own job.
    Job,
    /// Whoever runs the program on its machine.
    Command,
    /// A device at a gate.
    Device,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number in the chain.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// Who.
    pub actor: LogActor,
    /// The stable word of what was done.
    pub action: String,
    /// To whom or what, as people call it; empty for the school itself.
    pub subject: String,
    /// Words about it.
    pub detail: String,
}

/// A part of the log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The lines.
    pub entries: Vec<LogEntry>,
    /// How many there are in all.
    pub total: i64,
}

impl Services {
    /// A part of a school's log, newest first; with a day, as it was at that day's end.
    pub async fn school_log(
        &self,
        actor: &Actor,
        school: SchoolId,
        lang: Lang,
        until: Option<Day>,
        (offset, limit): (i64, i64),
    ) -> Result<LogPage> {
        let mut tx = self.store.read().await?;
        let (place, info) = self
            .school_for(&mut tx, actor, Action::SeeSchool, school)
            .await?;
        drop(tx);
        let subject = format!("school:{school}");
        self.audit_list(actor, &place, subject, "log.read", self.today_at(&info))
            .await?;
        let end = until.map(|day| info.zone.at(day.plus(1), 0));
        self.log_part(&format!("school:{school}"), lang, end, (offset, limit))
            .await
    }

    /// A part of a chain before an instant, newest first.
    pub(crate) async fn log_part(
        &self,
        chain: &str,
        lang: Lang,
        end: Option<Millis>,
        (offset, limit): (i64, i64),
    ) -> Result<LogPage> {
        let mut tx = self.store.read().await?;
        let total = match end {
            Some(end) => tx.audit_seq_before(chain, end).await?,
            None => tx.audit_tail(chain).await?.map_or(0, |(seq, _)| seq),
        };
        let rows = tx.audit_before(chain, total - offset.max(0), limit).await?;
        let mut people = HashMap::new();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push(self.log_entry(&mut tx, lang, row, &mut people).await?);
        }
        Ok(LogPage { entries, total })
    }

    /// A row of the log in words.
    pub(crate) async fn log_entry(
        &self,
        tx: &mut Tx,
        lang: Lang,
        row: AuditRow,
        names: &mut HashMap<AccountId, String>,
    ) -> Result<LogEntry> {
        let actor = match (row.actor_kind.as_str(), row.actor_id) {
            ("key", Some(id)) => LogActor::Key(self.key_name(tx, id.0).await?),
            (_, Some(id)) => LogActor::Person(self.name_of(tx, id, names).await?),
            ("command", None) => LogActor::Command,
            ("device", None) => LogActor::Device,
            _ => LogActor::Job,
        };
        let mut key = None;
        let subject = match row.subject.split_once(':') {
            Some(("person", id)) => match id.parse::<PersonId>() {
                Ok(id) => match tx.person(id).await? {
                    Some(person) => {
                        let open = self.open_person(person)?;
                        key = Some(open.key);
                        open.profile.name
                    }
                    None => String::new(),
                },
                Err(_) => String::new(),
            },
            Some(("class", id)) => match id.parse::<ClassId>() {
                Ok(id) => tx
                    .class(id)
                    .await?
                    .map(|class| class_label(&class, lang))
                    .unwrap_or_default(),
                Err(_) => String::new(),
            },
            Some(("device", id)) => match id.parse::<DeviceId>() {
                Ok(id) => tx
                    .gate_device(id)
                    .await?
                    .map(|row| row.name)
                    .unwrap_or_default(),
                Err(_) => String::new(),
            },
            Some(("account", id)) => match id.parse::<AccountId>() {
                Ok(id) => self.name_of(tx, id, names).await?,
                Err(_) => String::new(),
            },
            _ => String::new(),
        };
        Ok(LogEntry {
            detail: self.audit_detail(&row, key.as_ref()).unwrap_or_default(),
            seq: row.seq,
            at: row.at,
            actor,
            action: row.action,
            subject,
        })
    }

    pub(crate) async fn name_of(
        &self,
        tx: &mut Tx,
        id: AccountId,
        names: &mut HashMap<AccountId, String>,
    ) -> Result<String> {
        if let Some(name) = names.get(&id) {
            return Ok(name.clone());
        }
        let name = match tx.account(id).await? {
            Some(account) => self.account_profile(&account)?.name,
            None => format!("#{id}"),
        };
        names.insert(id, name.clone());
        Ok(name)
    }
}
