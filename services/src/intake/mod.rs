//! The way of a report: queued, its sender recognised, and written in batches by one writer, which answers after the
//! commit. Both have a thread of their own: among the requests, each of their steps would wait for a turn.

mod batch;
mod judge;
mod recognise;

pub(crate) use judge::{with_report, without_report};

use crate::accounts::SessionToken;
use crate::recolour::Opened;
use crate::redecide::Pace;
use crate::vault::Cell;
use crate::{Actor, Error, Result, Services};
use domain::Day;
use domain::decision::Decision;
use domain::ids::{PersonId, ReportId};
use domain::report::{Answers, Channel};
use std::sync::{Arc, Weak};
use store::ReportRow;
use tokio::sync::{mpsc, oneshot};

/// Reports that may wait; above it a submission is answered with 503. At about 1 kB each, 4 MB.
const QUEUE: usize = 4_096;
/// Reports whose senders are known and that wait for the writer.
const READY: usize = 1_024;
/// Reports that one commit may write however long it takes; how many more is learnt from the last ones. Where a commit
/// waits long for its disk, fewer at a time would only make more of them wait.
const LEAST_BATCH: usize = 256;

/// A report as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Of whom it speaks.
    pub person: PersonId,
    /// Of which day.
    pub day: Day,
    /// The form's own random number: the same one is the same answer, however often it arrives.
    pub id: [u8; 16],
    /// The latest revision of that day when the form was made; 0 for none.
    pub based_on: u16,
    /// The answers.
    pub answers: Answers,
    /// How it comes in.
    pub channel: Channel,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is the report of that day.
    Accepted,
    /// It would weaken a yellow or red; the colour holds until the teacher confirms.
    Pending,
    /// It was made from an older form; both are kept, and the worse one holds.
    Stale,
}

/// The answer to a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Its revision, from 1.
    pub revision: u16,
    /// What became of it.
    pub fate: Fate,
    /// The code of today.
    pub decision: Decision,
}

/// A report that waits until its sender is known.
#[derive(Debug)]
struct Sent {
    submission: Submission,
    sender: Sender,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// Who sends a report.
#[derive(Debug)]
enum Sender {
    /// Somebody who has been recognised.
    Actor(Actor),
    /// Whoever this session stands for.
    Session(SessionToken),
}

/// A report that waits for the writer.
#[derive(Debug)]
struct Job {
    submission: Submission,
    actor: Actor,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// The queue's entrance.
#[derive(Debug)]
pub(crate) struct Intake(mpsc::Sender<Sent>);

/// The queue's exit.
pub(crate) struct Queue(mpsc::Receiver<Sent>);

impl Intake {
    pub fn new() -> (Self, Queue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Queue(receiver))
    }
}

/// Starts the intake; it ends when the services are gone.
///
/// # Errors
/// What the system says about another thread.
pub(crate) fn start(services: Weak<Services>, Queue(queue): Queue) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("intake".into())
        .spawn(move || {
            let (ready, jobs) = mpsc::channel(READY);
            runtime.block_on(async {
                let recognising = recognise::run(services.clone(), queue, ready);
                tokio::join!(recognising, write(services, jobs));
            });
        })?;
    Ok(())
}

async fn write(services: Weak<Services>, mut ready: mpsc::Receiver<Job>) {
    let mut pace = Pace::at_least(LEAST_BATCH);
    let mut jobs = Vec::new();
    while ready.recv_many(&mut jobs, pace.size()).await > 0 {
        let Some(services) = services.upgrade() else {
            break;
        };
        let batch = std::mem::take(&mut jobs);
        let (reports, began) = (batch.len(), services.clock.now());
        let writer = Arc::clone(&services);
        // A task of its own: a panic ends this batch, whose senders are told to try again, not the intake.
        let written = tokio::spawn(async move { writer.write_batch(batch).await }).await;
        if let Err(error) = written {
            tracing::error!(%error, "the writer of reports broke off a batch");
        }
        pace.took(reports, services.clock.now().0 - began.0);
        services.write_many_uses().await;
    }
}

impl Services {
    /// Takes a report and answers once it is durable. Whether the actor may report, and whether the report can be
    /// taken, is decided by the batch that writes it: over the very rows it changes, and without a query of its own.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's scope, [`Error::Answers`] with the fields to mend,
    /// [`Error::Refused`] with the other reasons, [`Error::Overloaded`] when too many wait.
    pub async fn report(&self, actor: &Actor, submission: Submission) -> Result<Receipt> {
        self.send(Sender::Actor(actor.clone()), submission).await
    }

    /// As [`Services::report`], for whoever has this session: what nearly all families send at the same time of the
    /// morning waits once, and not for its sender to be recognised first.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`] where the session has ended, and those of [`Services::report`].
    pub async fn report_by_session(
        &self,
        token: &SessionToken,
        submission: Submission,
    ) -> Result<Receipt> {
        self.send(Sender::Session(token.clone()), submission).await
    }

    async fn send(&self, sender: Sender, submission: Submission) -> Result<Receipt> {
        let (answer, received) = oneshot::channel();
        let sent = Sent {
            submission,
            sender,
            answer,
        };
        self.intake
            .0
            .try_send(sent)
            .map_err(|_| Error::Overloaded)?;
        received.await.map_err(|_| Error::Overloaded)?
    }

    async fn write_batch(&self, jobs: Vec<Job>) {
        metrics::histogram!("fuxue_intake_batch_reports")
            .record(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
        match self.write_jobs(&jobs).await {
            Ok(answers) => {
                self.store.mark_change();
                for (job, answer) in jobs.into_iter().zip(answers) {
                    // A guardian who has gone away meanwhile needs no answer; the report is kept.
                    let _ = job.answer.send(answer);
                }
            }
            Err(error) => {
                tracing::error!(%error, reports = jobs.len(), "a batch of reports was not written");
                let is_shared = jobs.len() > 1 && matches!(error, Error::Internal(_));
                for job in jobs {
                    if is_shared {
                        // One of them may be at fault: the others shall not suffer for it.
                        Box::pin(self.write_batch(vec![job])).await;
                    } else {
                        let _ = job.answer.send(Err(Error::Overloaded));
                    }
                }
            }
        }
    }

    pub(crate) fn seal_answers(
        &self,
        opened: &Opened,
        report: ReportId,
        answers: &Answers,
    ) -> Result<Vec<u8>> {
        let plain = crate::blob::write(answers)?;
        Ok(opened.key.seal(
            &*self.entropy,
            Cell::new("report", "answers_enc", report.0),
            &plain,
        ))
    }

    pub(crate) fn open_answers(&self, opened: &Opened, row: &ReportRow) -> Result<Option<Answers>> {
        let Some(sealed) = &row.answers_enc else {
            return Ok(None);
        };
        let plain = opened
            .key
            .open(Cell::new("report", "answers_enc", row.report_id.0), sealed)
            .map_err(|_| Error::internal(format!("report {} does not open", row.report_id)))?;
        crate::blob::read(&plain).map(Some)
    }
}
