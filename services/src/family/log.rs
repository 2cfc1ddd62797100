//! Who has looked at a child's data or changed it, as the audit log has it, for the guardian.

use super::guardians::Relation;
use crate::actor::grant_of;
use crate::audit::{class as class_subject, person as person_subject};
use crate::{Actor, Result, Services};
use domain::access::{Action, Role};
use domain::ids::PersonId;
use domain::{Day, Millis};
use store::{AuditRow, Tx};

/// Entries of one page.
const PAGE: i64 = 30;

/// Who did it, as a role and never by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogWho {
    /// The reader.
    You,
    /// Another guardian.
    Guardian(Relation),
    /// Somebody with this role.
    Staff(Role),
    /// Somebody whose role has ended since.
    FormerStaff,
    /// Another program with this name, which the school or the bureau let in.
    Key(String),
    /// The program itself.
    Program,
    /// Whoever runs the machine.
    Operator,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The day, at the school.
    pub day: Day,
    /// Minute of that day.
    pub minute: u32,
    /// Who.
    pub who: LogWho,
    /// What, in the log's stable word.
    pub action: String,
    /// Whether it was about the whole class.
    pub is_class: bool,
}

/// A page of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildLog {
    /// The child's full name.
    pub name: String,
    /// Which page this is, from 0.
    pub page: i64,
    /// Whether there is a further one.
    pub has_more: bool,
    /// Its entries.
    pub entries: Vec<LogEntry>,
}

impl Services {
    /// A page of the child's audit log. A guardian who is only claimed sees entries since they joined.
    pub async fn child_log(&self, actor: &Actor, person: PersonId, page: i64) -> Result<ChildLog> {
        let page = page.clamp(0, 10_000);
        let mut tx = self.store.read().await?;
        let loaded = self
            .load_child(&mut tx, actor, person, Action::ReadChildLog)
            .await?;
        let since = if loaded.link.is_confirmed {
            Millis(0)
        } else {
            loaded.info.zone.at(loaded.link.since, 0)
        };
        let (person_key, class_key) =
            (person_subject(person), class_subject(loaded.class.class_id));
        let mut rows = tx
            .audit_about(&person_key, &class_key, PAGE + 1, page * PAGE)
            .await?;
        rows.retain(|row| row.at >= since);
        let has_more = i64::try_from(rows.len()).unwrap_or_default() > PAGE;
        rows.truncate(usize::try_from(PAGE).unwrap_or_default());
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push(LogEntry {
                day: loaded.info.zone.day_of(row.at),
                minute: loaded.info.zone.minute_of(row.at),
                who: self.who(&mut tx, actor, person, &row).await?,
                is_class: row.subject == class_key,
                action: row.action,
            });
        }
        Ok(ChildLog {
            name: loaded.person.profile.name,
            page,
            has_more,
            entries,
        })
    }

    async fn who(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
        row: &AuditRow,
    ) -> Result<LogWho> {
        let Some(id) = row.actor_id else {
            return Ok(match row.actor_kind.as_str() {
                "command" => LogWho::Operator,
                "device" => LogWho::Staff(Role::Guard),
                _ => LogWho::Program,
            });
        };
        if row.actor_kind == "key" {
            return Ok(LogWho::Key(self.key_name(tx, id.0).await?));
        }
        if Some(id) == actor.id() {
            return Ok(LogWho::You);
        }
        let roles: Vec<Role> = tx
            .grants_of(id)
            .await?
            .iter()
            .filter_map(|grant| Some(grant_of(grant)?.role))
            .collect();
        if let Some(link) = tx.guardianship(id, person).await?
            && (roles.is_empty() || row.action.starts_with("guardian."))
        {
            let relation = Relation::parse(&link.relation).unwrap_or(Relation::Other);
            return Ok(LogWho::Guardian(relation));
        }
        Ok(roles
            .into_iter()
            .max()
            .map_or(LogWho::FormerStaff, LogWho::Staff))
    }
}
