//! Replay: a draft is run over the last 14 days of the region's real facts, to show who would change colour.
//!
//! Both sides are judged as if they had always been in force: the draft, and the version it would take the place of.
//! So a draft without changes changes nobody. It runs beside the requests, reads page by page, never writes but its
//! result, and can be cancelled.

mod run;
mod tally;

use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{PersonId, RegionCode, RulebookNo, SchoolId};
use domain::roster::ClassName;
use domain::{Code, Day, Millis, Text};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use store::{RulebookReplayRow, Tx};
use tokio_util::sync::CancellationToken;

use tally::Tally;

/// Days of facts that a replay looks at, today included.
pub const REPLAY_DAYS: i32 = 14;

/// Replays that are running, by version.
#[derive(Debug, Default)]
pub(crate) struct Replays(Mutex<HashMap<RulebookNo, Arc<Progress>>>);

/// How far one has come.
#[derive(Debug)]
pub(crate) struct Progress {
    revision: i64,
    done: AtomicU64,
    total: u64,
    has_failed: AtomicBool,
    stop: CancellationToken,
}

/// How the replay of a version stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayView {
    /// This revision was not replayed, or somebody cancelled it.
    None,
    /// It is running: people looked at, of how many.
    Running {
        /// People looked at.
        done: u64,
        /// People in all.
        total: u64,
    },
    /// It stopped because of a fault that the log names; starting again may help.
    Failed,
    /// It is done.
    Done(Box<ReplayResult>),
}

/// What a draft would have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayResult {
    /// When it was replayed.
    pub at: Millis,
    /// The first day looked at.
    pub from: Day,
    /// The last day looked at.
    pub to: Day,
    /// People looked at.
    pub people: u64,
    /// Days of people looked at.
    pub person_days: u64,
    /// People whose colour would differ on some day.
    pub changed: u64,
    /// Days of people on which the colour would differ.
    pub changed_days: u64,
    /// Days of people on which a rule of the draft has no answer.
    pub undecidable: u64,
    /// The changed people by their colours on the last day that differs, the largest first.
    pub flows: Vec<Flow>,
    /// Grey, green, yellow and red people on the last day, as it is.
    pub before: [u64; 4],
    /// The same with the draft.
    pub after: [u64; 4],
    /// The schools concerned, the most changed people first.
    pub schools: Vec<SchoolShare>,
    /// The rules by which people would get or lose a colour, the most changed people first.
    pub rules: Vec<RuleShare>,
    /// Some of those who would change, each with their last day that differs.
    pub examples: Vec<ReplayExample>,
}

/// People who would go from one colour to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// As it is.
    pub from: Code,
    /// With the draft.
    pub to: Code,
    /// How many people.
    pub people: u64,
}

/// What a school's people would see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolShare {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub name: Text,
    /// Its people whose colour would differ on some day.
    pub changed: u64,
    /// Its classes with such people.
    pub classes: u64,
}

/// What one rule has to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleShare {
    /// The rulebook; empty where a rule had no answer.
    pub rulebook: String,
    /// The rule; empty where a rule had no answer.
    pub rule: String,
    /// Its label.
    pub label: Text,
    /// Changed people whose colour would come from it.
    pub gains: u64,
    /// Changed people whose colour comes from it now and would no longer.
    pub losses: u64,
}

/// Somebody who would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayExample {
    /// Who.
    pub person: PersonId,
    /// The masked name.
    pub name: String,
    /// Their school.
    pub school: Text,
    /// Their class.
    pub class: ClassName,
    /// The day.
    pub day: Day,
    /// The colour as it is, and the label of its reason.
    pub before: (Code, Option<Text>),
    /// The colour with the draft, and the label of its reason.
    pub after: (Code, Option<Text>),
}

impl Services {
    /// Starts the replay of a version as it is saved now. One that is running for an older revision is cancelled;
    /// one for this revision goes on.
    ///
    /// # Errors
    /// [`Refusal::RulebookFaulty`] where it does not compile, [`Refusal::RulebookState`] where it is in force already.
    pub async fn start_replay(
        self: &Arc<Self>,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        if book.status.has_days() {
            return Err(Refusal::RulebookState.into());
        }
        self.require_compiling(&mut tx, &book).await?;
        let plan = self.plan_replay(&mut tx, &book).await?;
        let total =
            u64::try_from(tx.people_count_within(&book.row.region_code).await?).unwrap_or_default();
        self.audit_book(&mut tx, actor, &book, "replay", None)
            .await?;
        tx.commit().await?;
        let progress = Arc::new(Progress {
            revision: book.row.revision,
            done: AtomicU64::new(0),
            total,
            has_failed: AtomicBool::new(false),
            stop: CancellationToken::new(),
        });
        {
            let mut running = self
                .replays
                .0
                .lock()
                .map_err(|_| Error::internal("the list of replays is poisoned"))?;
            if let Some(earlier) = running.get(&no) {
                if earlier.revision == book.row.revision
                    && !earlier.has_failed.load(Ordering::Acquire)
                {
                    return Ok(());
                }
                earlier.stop.cancel();
            }
            running.insert(no, Arc::clone(&progress));
        }
        let services = Arc::clone(self);
        tokio::spawn(async move {
            let outcome = services.run_replay(&plan, &progress).await;
            let kept = match outcome {
                Ok(Some(tally)) => services.keep_replay(no, &progress, &tally).await,
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = kept {
                tracing::error!(rulebook = %no, %error, "a replay stopped");
                progress.has_failed.store(true, Ordering::Release);
                return;
            }
            services.forget_replay(no, &progress);
        });
        Ok(())
    }

    /// Cancels a replay that is running.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not draft there.
    pub async fn cancel_replay(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<()> {
        let mut tx = self.store.read().await?;
        self.book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        self.stop_replay(no);
        Ok(())
    }

    /// How the replay of a version stands.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not draft there.
    pub async fn replay(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<ReplayView> {
        // Looked at first: whoever is off this list has kept the result.
        let running = self
            .replays
            .0
            .lock()
            .ok()
            .and_then(|running| running.get(&no).cloned());
        let mut tx = self.store.read().await?;
        let book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        let running = running.filter(|progress| progress.revision == book.row.revision);
        let has_failed = |progress: &Arc<Progress>| progress.has_failed.load(Ordering::Acquire);
        if let Some(progress) = running.as_ref().filter(|progress| !has_failed(progress)) {
            return Ok(ReplayView::Running {
                done: progress.done.load(Ordering::Acquire),
                total: progress.total,
            });
        }
        let row = tx
            .rulebook_replay(no)
            .await?
            .filter(|row| row.revision == book.row.revision);
        // A result stays one where a second try at it has failed.
        let Some(row) = row else {
            return Ok(match running {
                Some(_) => ReplayView::Failed,
                None => ReplayView::None,
            });
        };
        let failed = |e: String| Error::internal(format!("replay of rulebook {no}: {e}"));
        let cell = Cell::new("rulebook_replay", "result_enc", no.0);
        let plain = self
            .vault
            .general()
            .open(cell, &row.result_enc)
            .map_err(|e| failed(e.to_string()))?;
        let tally: Tally = serde_json::from_slice(&plain).map_err(|e| failed(e.to_string()))?;
        let result = self.replay_result(&mut tx, row.at, tally).await?;
        drop(tx);
        if !result.examples.is_empty() {
            let subject = format!("rulebook:{no}");
            self.audit_list(
                actor,
                &book.place(),
                subject,
                "rulebook.replay.read",
                result.to,
            )
            .await?;
        }
        Ok(ReplayView::Done(Box::new(result)))
    }

    /// Cancels whatever replay of a version is running.
    pub(super) fn stop_replay(&self, no: RulebookNo) {
        if let Ok(mut running) = self.replays.0.lock()
            && let Some(progress) = running.remove(&no)
        {
            progress.stop.cancel();
        }
    }

    /// Takes a finished replay off the list, unless another one took its place.
    fn forget_replay(&self, no: RulebookNo, progress: &Arc<Progress>) {
        if let Ok(mut running) = self.replays.0.lock()
            && running
                .get(&no)
                .is_some_and(|other| Arc::ptr_eq(other, progress))
        {
            running.remove(&no);
        }
    }

    /// Keeps a result, unless the draft has changed since.
    async fn keep_replay(&self, no: RulebookNo, progress: &Progress, tally: &Tally) -> Result<()> {
        let mut tx = self.store.write().await?;
        if progress.stop.is_cancelled()
            || tx
                .rulebook(no)
                .await?
                .is_none_or(|row| row.revision != progress.revision)
        {
            return Ok(());
        }
        let plain = serde_json::to_vec(tally).map_err(|e| Error::internal(e.to_string()))?;
        let cell = Cell::new("rulebook_replay", "result_enc", no.0);
        tx.put_rulebook_replay(&RulebookReplayRow {
            rulebook_no: no,
            revision: progress.revision,
            at: self.clock.now(),
            result_enc: self.vault.general().seal(&*self.entropy, cell, &plain),
        })
        .await?;
        Ok(tx.commit().await?)
    }

    /// A result with the names of schools and the masked names of people.
    async fn replay_result(&self, tx: &mut Tx, at: Millis, tally: Tally) -> Result<ReplayResult> {
        let mut schools = Vec::new();
        for (school, share) in &tally.schools {
            let name = tx
                .school(*school)
                .await?
                .map(|row| row.names())
                .unwrap_or_default();
            let classes = u64::try_from(share.classes.len()).unwrap_or(u64::MAX);
            schools.push(SchoolShare {
                school: *school,
                name,
                changed: share.people,
                classes,
            });
        }
        schools.sort_by(|a, b| (b.changed, &a.name.zh).cmp(&(a.changed, &b.name.zh)));
        let mut examples = Vec::new();
        for example in &tally.examples {
            // Whoever has left the roster since is no example any more.
            let Some(row) = tx.person(example.person).await? else {
                continue;
            };
            let Some(class) = tx.class(row.class_id).await? else {
                continue;
            };
            let school = tx
                .school(row.school_id)
                .await?
                .map(|row| row.names())
                .unwrap_or_default();
            examples.push(ReplayExample {
                person: example.person,
                name: self.open_person(row)?.masked(),
                school,
                class: crate::people::class_name(&class),
                day: example.day,
                before: example.before.clone(),
                after: example.after.clone(),
            });
        }
        Ok(tally.into_result(at, schools, examples))
    }
}
