//! Deciding about many people anew, in the background: after a rulebook, a risk area, records or days off changed.
//!
//! A job is written down in the transaction that makes it necessary, so that neither a crash nor a restart loses it.
//! People are looked at page by page beside the writer; only those whose decision differs are written, in pieces
//! short enough that reports do not wait, each of which notes the last person done.

mod progress;

use crate::context::SchoolInfo;
use crate::pace::Pace;
use crate::recolour::{Ledger, Opened};
use crate::vault::Cell;
use crate::{Result, Services};
use domain::decision::{Decision, decide};
use domain::ids::{PersonId, RegionCode, SchoolId};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};
use store::{Job, RedecisionRow, StateRow, Tx};
use tokio::sync::mpsc;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use progress::RedecisionProgress;

/// People looked at together; nobody waits for that.
pub(crate) const PAGE: i64 = 2_000;

/// Who is to be decided about anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Everybody on the rosters of a region and all below.
    Region(RegionCode),
    /// Everybody on the roster of a school.
    School(SchoolId),
    /// These people, whose records or clearances changed: their facts are read again too.
    People(Vec<PersonId>),
}

/// Why, and for whom, decisions are to be taken anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redecision {
    /// Who.
    pub whom: Whom,
    /// The region whose officers see the progress.
    pub region: RegionCode,
    /// What the decisions name as their cause, in a stable word: `risk_area`, `record`, `rulebook` …
    pub cause: String,
    /// Which area, list or rulebook, for people to read.
    pub subject: String,
}

/// Wakes the runner; its other end sleeps until then.
#[derive(Debug)]
pub(crate) struct Bell(mpsc::Sender<()>);

/// The runner's ear.
pub(crate) struct Ear(mpsc::Receiver<()>);

impl Bell {
    pub fn new() -> (Self, Ear) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), Ear(receiver))
    }

    fn ring(&self) {
        // A full channel means that it rings already.
        let _ = self.0.try_send(());
    }
}

/// Starts the runner; it ends when the services are gone.
pub(crate) fn start(services: Weak<Services>, Ear(mut ear): Ear) {
    tokio::spawn(async move {
        while ear.recv().await.is_some() {
            loop {
                let Some(services) = services.upgrade() else {
                    return;
                };
                match services.redecide_here().await {
                    Ok(true) => tokio::task::yield_now().await,
                    Ok(false) => break,
                    Err(error) => {
                        // The next bell, a minute later at most, tries again.
                        tracing::error!(%error, "deciding anew stopped");
                        break;
                    }
                }
            }
        }
    });
}

impl Services {
    /// Writes down, in the transaction that makes it necessary, that people are to be decided about anew. After its
    /// commit call [`Self::start_redecisions`].
    pub(crate) async fn plan_redecision(&self, tx: &mut Tx, plan: &Redecision) -> Result<i64> {
        let job = self.next_id();
        let (scope_kind, scope, total) = match &plan.whom {
            Whom::Region(code) => (
                "region",
                code.to_string(),
                tx.people_count_within(code).await?,
            ),
            Whom::School(id) => (
                "school",
                id.to_string(),
                tx.people_count_of_school(*id).await?,
            ),
            Whom::People(people) => (
                "people",
                String::new(),
                i64::try_from(people.len()).unwrap_or(i64::MAX),
            ),
        };
        tx.insert_redecision(&RedecisionRow {
            job_id: job,
            region_code: plan.region.clone(),
            cause: plan.cause.clone(),
            subject: plan.subject.clone(),
            scope_kind: scope_kind.into(),
            scope,
            at: self.clock.now(),
            total,
            done: 0,
            changed: 0,
            after_person: PersonId(0),
            finished_at: None,
        })
        .await?;
        if let Whom::People(people) = &plan.whom {
            tx.insert_redecision_people(job, people).await?;
        }
        Ok(job)
    }

    /// Lets what was planned begin, and whatever a stop interrupted go on. Rules, areas and calendars are read anew.
    pub(crate) fn start_redecisions(&self) {
        self.forget_schools();
        self.redecisions.ring();
    }

    /// Goes on with what a failure or a stop interrupted.
    pub fn resume_redecisions(&self) {
        self.redecisions.ring();
    }

    /// Does everything that is planned, and returns when it is done.
    pub async fn finish_redecisions(&self) -> Result<()> {
        loop {
            let _held = self.store.hold(Job::Redecide).await?;
            if !self.redecide_page().await? {
                return Ok(());
            }
        }
    }

    /// One page, unless another server is at work on it; its marks will say when it is done, and the next minute looks
    /// whether it has died.
    async fn redecide_here(&self) -> Result<bool> {
        match self.store.try_hold(Job::Redecide).await? {
            Some(_held) => self.redecide_page().await,
            None => Ok(false),
        }
    }

    /// One page of the oldest job; says whether there may be more.
    pub(crate) async fn redecide_page(&self) -> Result<bool> {
        let mut pace = self.pace.lock().await;
        let Some(job) = self.store.read().await?.next_redecision().await? else {
            return Ok(false);
        };
        if job.after_person == PersonId(0) {
            // Whoever holds the writer may still decide by the old rules: what follows shall see their work.
            drop(self.store.write().await?);
        }
        let mut tx = self.store.read().await?;
        let rows = self.page_of(&mut tx, &job).await?;
        let Some(last) = rows.last().map(|row| row.person_id) else {
            drop(tx);
            let mut tx = self.store.write().await?;
            tx.finish_redecision(job.job_id, self.clock.now()).await?;
            tx.commit().await?;
            tracing::info!(
                cause = job.cause,
                subject = job.subject,
                people = job.total,
                "decided anew"
            );
            return Ok(true);
        };
        let people: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let moved = if job.scope_kind == "people" {
            people.clone()
        } else {
            self.moved(&mut tx, rows).await?
        };
        drop(tx);
        self.write_moved(&mut pace, job, &people, &moved, last)
            .await?;
        Ok(true)
    }

    async fn page_of(&self, tx: &mut Tx, job: &RedecisionRow) -> Result<Vec<StateRow>> {
        let after = job.after_person;
        Ok(match job.scope_kind.as_str() {
            "region" => match RegionCode::parse(&job.scope) {
                Ok(code) => tx.states_within(&code, after, PAGE).await?,
                Err(_) => Vec::new(),
            },
            "school" => match job.scope.parse() {
                Ok(school) => tx.states_of_school(school, after, PAGE).await?,
                Err(_) => Vec::new(),
            },
            _ => tx.states_of_redecision(job.job_id, after, PAGE).await?,
        })
    }

    /// Those of a page whose decision is not what their row says any more.
    async fn moved(&self, tx: &mut Tx, rows: Vec<StateRow>) -> Result<Vec<PersonId>> {
        let infos = self
            .infos_of(tx, rows.iter().map(|row| row.school_id).collect())
            .await?;
        let mut moved = BTreeSet::new();
        let mut same = HashMap::new();
        for row in rows {
            let Some(info) = infos.get(&row.school_id) else {
                continue;
            };
            let opened = self.open_state(row)?;
            let today = opened.present(self.today_at(info));
            let after = decide(&opened.kept.state, &info.context(), today, today);
            if differs(&opened, &after) {
                moved.insert(opened.row.person_id);
            } else if after.code.is_flagged() {
                same.insert(opened.row.person_id, (opened, after));
            }
        }
        // The row knows the principal reason only; what else holds somebody is in their latest decision.
        let people: Vec<PersonId> = same.keys().copied().collect();
        for row in tx.latest_decisions(&people).await? {
            let Some((opened, after)) = same.get(&row.person_id) else {
                continue;
            };
            let cell = Cell::new("decision", "detail_enc", row.decision_id.0);
            let known = opened
                .key
                .open(cell, &row.detail_enc)
                .ok()
                .and_then(|plain| serde_json::from_slice::<Decision>(&plain).ok());
            if known.is_none_or(|known| rules_of(&known) != rules_of(after)) {
                moved.insert(row.person_id);
            }
        }
        Ok(moved.into_iter().collect())
    }

    /// The schools of some people, each with its day opened.
    pub(crate) async fn infos_of(
        &self,
        tx: &mut Tx,
        schools: BTreeSet<SchoolId>,
    ) -> Result<HashMap<SchoolId, Arc<SchoolInfo>>> {
        let mut infos = HashMap::with_capacity(schools.len());
        for school in schools {
            infos.insert(school, self.school_info(tx, school).await?);
        }
        Ok(infos)
    }

    /// Writes the moved people of a page in pieces, and moves the job to the page's end.
    async fn write_moved(
        &self,
        pace: &mut Pace,
        mut job: RedecisionRow,
        people: &[PersonId],
        moved: &[PersonId],
        last: PersonId,
    ) -> Result<()> {
        let mut rest = moved;
        let mut looked_at = 0;
        loop {
            let (piece, after) = rest.split_at(pace.size().min(rest.len()));
            rest = after;
            let to = match piece.last() {
                Some(person) if !rest.is_empty() => *person,
                _ => last,
            };
            let seen = people.partition_point(|p| *p <= to);
            let done = i64::try_from(seen - looked_at).unwrap_or(0);
            looked_at = seen;
            let mut tx = self.store.write().await?;
            let began = self.clock.now();
            let changed = self.redecide_piece(&mut tx, &job, piece).await?;
            if !tx.advance_redecision(&job, to, done, changed).await? {
                // Another process works on this job too; its pages are as good.
                return Ok(());
            }
            tx.commit().await?;
            pace.took(piece.len(), self.clock.now().0 - began.0);
            if changed > 0 {
                self.store.mark_change();
            }
            job.after_person = to;
            if rest.is_empty() {
                return Ok(());
            }
            // Reports come first.
            tokio::task::yield_now().await;
        }
    }

    async fn redecide_piece(
        &self,
        tx: &mut Tx,
        job: &RedecisionRow,
        people: &[PersonId],
    ) -> Result<i64> {
        if people.is_empty() {
            return Ok(0);
        }
        let rows = tx.states(people).await?;
        let infos = self
            .infos_of(tx, rows.iter().map(|row| row.school_id).collect())
            .await?;
        let tabled = match job.scope_kind.as_str() {
            "people" => Some(self.tabled(tx, people).await?),
            _ => None,
        };
        let mut ledger = Ledger::new(self);
        let mut changed = 0;
        for row in rows {
            let Some(info) = infos.get(&row.school_id) else {
                continue;
            };
            let mut opened = self.open_state(row)?;
            let today = opened.present(self.today_at(info));
            if let Some(tabled) = &tabled {
                let state = self.with_tabled(&opened, tabled)?;
                let before = (opened.row.code_on(today), opened.row.ends_day);
                let after = ledger.recolour(&mut opened, state, info, today, &job.cause)?;
                changed += i64::from(before != (after.code, after.ends));
            } else {
                let after = decide(&opened.kept.state, &info.context(), today, today);
                ledger.redecide(&mut opened, info, &after, &job.cause)?;
                changed += 1;
            }
        }
        ledger.write(tx).await?;
        Ok(changed)
    }
}

/// Whether a decision says something else than the row's copy of the last one.
fn differs(opened: &Opened, after: &Decision) -> bool {
    let row = &opened.row;
    let code = row.code_on(after.day);
    code != after.code
        || after.code.is_flagged()
            && (row.ends_day != after.ends
                || opened.kept.reason.as_deref() != after.principal().map(|r| r.code.as_str()))
}

/// The rules behind a decision.
fn rules_of(decision: &Decision) -> BTreeSet<(&str, &str)> {
    decision
        .reasons
        .iter()
        .map(|r| (r.rulebook_id.as_str(), r.rule_id.as_str()))
        .collect()
}
