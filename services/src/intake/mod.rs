//! The way of a report: queued, its sender recognised, judged, and written in batches by one writer, which answers after
//! the commit; while it writes one batch, the next is judged. All this has threads of its own: among the requests, each
//! of its steps would wait for a turn.

mod batch;
mod bulk;
mod draft;
mod judge;
mod picture;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

pub(crate) use judge::{check_reach, fate_of, with_report, without_report};

use crate::accounts::SessionToken;
use crate::pace::Pace;
use crate::recolour::Opened;
use crate::vault::Cell;
use crate::{Actor, Error, Result, Services};
use batch::Batch;
use domain::Day;
use domain::decision::Decision;
use domain::ids::{PersonId, ReportId};
use domain::report::{Answers, Channel};
use picture::Picture;
use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;
use store::ReportRow;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Reports that may wait; above it a submission is answered with 503. At about 1 kB each, 4 MB.
const QUEUE: usize = 4_096;
/// The longest that a report waits before it is answered with 503. When its turn comes it is written nevertheless, and
/// sent again it is the same one.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Reports that one commit may write however long it takes; how many more is learnt from the last ones. Where a commit
/// waits long for its disk, fewer at a time would only make more of them wait.
const LEAST_BATCH: usize = 256;
/// Reports that are worth a transaction of their own, to be judged while others are written; of fewer, each would cost
/// more than it gains.
const WORTH_JUDGING: usize = 32;

/// How often to make sure that a picture still holds while a batch takes its time.
const GLANCE: Duration = Duration::from_millis(10);

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

/// A report that waits.
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

/// A report whose sender is known.
#[derive(Debug)]
struct Job {
    submission: Submission,
    actor: Actor,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// The queue's entrance.
#[derive(Debug)]
pub(crate) struct Intake {
    queue: mpsc::Sender<Sent>,
    /// Room for bulks.
    bulks: Semaphore,
}

/// The queue's exit.
pub(crate) struct Queue(mpsc::Receiver<Sent>);

impl Intake {
    pub fn new() -> (Self, Queue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let intake = Self {
            queue: sender,
            bulks: Semaphore::new(bulk::AT_A_TIME),
        };
        (intake, Queue(receiver))
    }
}

/// Starts the intake; it ends when the services are gone.
///
/// # Errors
/// What the system says about another thread.
pub(crate) fn start(services: Weak<Services>, Queue(queue): Queue) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("intake-step")
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("intake".into())
        .spawn(move || {
            runtime.block_on(write(services, queue));
        })?;
    Ok(())
}

/// Writes what is sent until nobody can send any more. Where the writer is free and no more are being added, what has been
/// judged is written at once; beside it the next are gathered and judged.
async fn write(services: Weak<Services>, mut queue: mpsc::Receiver<Sent>) {
    let mut pace = Pace::at_least(LEAST_BATCH);
    let mut waiting = Vec::new();
    let mut judging: Vec<Step<(Batch, Option<Picture>)>> = Vec::new();
    let mut judged: Option<Batch> = None;
    let mut writing: Vec<Step<i64>> = Vec::new();
    let mut picture: Option<Picture> = None;
    // Of whom the batches speak that were written while the picture was looked at.
    let mut hidden = Vec::new();
    loop {
        let is_idle = judging.is_empty() && judged.is_none() && writing.is_empty();
        if is_idle && waiting.is_empty() {
            picture = None;
            if queue.recv_many(&mut waiting, pace.size()).await == 0 {
                break;
            }
        }
        let Some(services) = services.upgrade() else {
            break;
        };
        let has_room = writing.len() < services.store.writers();
        if has_room && judged.as_ref().is_some_and(Batch::is_judged) {
            writing.extend(judged.take().map(|batch| write_batch(&services, batch)));
        }
        let len = |judged: Option<&Batch>| judged.map_or(0, Batch::len);
        let is_worth = writing.is_empty() || waiting.len() >= WORTH_JUDGING;
        if judging.is_empty() && is_worth && len(judged.as_ref()) < pace.size() {
            let (now, later) = apart(waiting, judged.as_ref(), &writing);
            waiting = later;
            if !now.is_empty() {
                let batch = judged.take().unwrap_or_else(|| Batch::new(&services));
                judging.push(judge(batch, now, picture.take()));
            }
        }
        if writing.len() < services.store.writers() && judging.is_empty() {
            // The writer has to judge them: first all were added that could be.
            writing.extend(judged.take().map(|batch| write_batch(&services, batch)));
        }
        let room = pace
            .size()
            .saturating_sub(len(judged.as_ref()) + waiting.len());
        let is_open = room > 0 && judging.is_empty();
        tokio::select! {
            biased;
            (people, ms) = end(&mut writing) => {
                pace.took(people.len(), ms.unwrap_or(0));
                hidden.extend(people);
            }
            (_, ended) = end(&mut judging) => {
                let (batch, looked_at) = ended.unzip();
                judged = batch.filter(|batch| batch.len() > 0);
                picture = looked_at.flatten();
            }
            _ = queue.recv_many(&mut waiting, room), if is_open => {}
            () = sleep(GLANCE), if picture.is_some() => {}
        }
        if judging.is_empty() {
            picture = picture.filter(|picture| picture.holds(&services));
            if let Some(picture) = &mut picture {
                picture.hide(&hidden);
            }
            hidden.clear();
        }
    }
}

/// What can be added to a batch, and what must wait: whoever is spoken of already is not judged by what was known before.
fn apart(
    waiting: Vec<Sent>,
    judged: Option<&Batch>,
    writing: &[Step<i64>],
) -> (Vec<Sent>, Vec<Sent>) {
    let written = writing.iter().flat_map(|step| &step.people);
    let judged = judged.into_iter().flat_map(Batch::people);
    let taken: HashSet<PersonId> = judged.chain(written.copied()).collect();
    let is_free = |sent: &Sent| !taken.contains(&sent.submission.person);
    waiting.into_iter().partition(is_free)
}

/// What is done with a batch, in a task of its own: a panic ends this batch, whose senders are told to try again, not the
/// intake.
struct Step<T> {
    name: &'static str,
    /// Of whom each of its reports speaks.
    people: Vec<PersonId>,
    task: JoinHandle<T>,
}

/// Adds reports to a batch.
fn judge(
    mut batch: Batch,
    sent: Vec<Sent>,
    mut picture: Option<Picture>,
) -> Step<(Batch, Option<Picture>)> {
    let added = sent.iter().map(|sent| sent.submission.person);
    Step {
        name: "judging",
        people: batch.people().chain(added).collect(),
        task: tokio::spawn(async move {
            batch.add(sent, &mut picture).await;
            (batch, picture)
        }),
    }
}

/// Writes a batch; gives the milliseconds it took.
fn write_batch(services: &Arc<Services>, batch: Batch) -> Step<i64> {
    let services = Arc::clone(services);
    Step {
        name: "writing",
        people: batch.people().collect(),
        task: tokio::spawn(async move {
            let began = services.clock.now();
            batch.write().await;
            let took = services.clock.now().0 - began.0;
            services.write_many_uses().await;
            took
        }),
    }
}

/// Waits for the end of one of these steps, for ever where there is none. Gives of whom its batch speaks, and what it gave
/// unless it broke off.
async fn end<T>(steps: &mut Vec<Step<T>>) -> (Vec<PersonId>, Option<T>) {
    let (at, ended) = poll_fn(|context| {
        for (at, step) in steps.iter_mut().enumerate() {
            if let Poll::Ready(ended) = Pin::new(&mut step.task).poll(context) {
                return Poll::Ready((at, ended));
            }
        }
        Poll::Pending
    })
    .await;
    let Step { name, people, .. } = steps.swap_remove(at);
    let ended = ended.inspect_err(|error| {
        tracing::error!(%error, reports = people.len(), "{name} a batch of reports broke off");
    });
    (people, ended.ok())
}

/// The answer to a report that waits.
type Answer = oneshot::Receiver<Result<Receipt>>;

/// What comes before a wait is over.
async fn answered(answer: Answer, wait: impl Future<Output = ()>) -> Result<Receipt> {
    tokio::select! {
        biased;
        answer = answer => answer.map_err(|_| Error::Overloaded)?,
        () = wait => Err(Error::Overloaded),
    }
}

impl Services {
    /// Takes a report and answers once it is durable. Whether the actor may report, and whether the report can be
    /// taken, is decided by the batch that writes it: over the very rows it changes, and without a query of its own.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's scope, [`Error::Answers`] with the fields to mend,
    /// [`Error::Refused`] with the other reasons, [`Error::Overloaded`] when too many wait, or this one for too long.
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

    /// As [`Services::report`] for several, which come in in their order; gives their answers in that order, too. Where one
    /// finds the queue full, there is no room for those after it: nothing later of the same person overtakes it.
    async fn report_each(
        &self,
        actor: &Actor,
        submissions: Vec<Submission>,
    ) -> Vec<Result<Receipt>> {
        let mut has_room = true;
        let queue = |submission: Submission| {
            if !has_room {
                return Err(Error::Overloaded);
            }
            let queued = self.queue(Sender::Actor(actor.clone()), submission);
            has_room = queued.is_ok();
            queued
        };
        let queued: Vec<_> = submissions.into_iter().map(queue).collect();
        let mut wait = pin!(sleep(LONGEST_WAIT));
        let mut answers = Vec::with_capacity(queued.len());
        for queued in queued {
            answers.push(match queued {
                Ok(answer) => answered(answer, wait.as_mut()).await,
                Err(error) => Err(error),
            });
        }
        answers
    }

    async fn send(&self, sender: Sender, submission: Submission) -> Result<Receipt> {
        let answer = self.queue(sender, submission)?;
        answered(answer, sleep(LONGEST_WAIT)).await
    }

    fn queue(&self, sender: Sender, submission: Submission) -> Result<Answer> {
        let (answer, received) = oneshot::channel();
        let sent = Sent {
            submission,
            sender,
            answer,
        };
        let queued = self.intake.queue.try_send(sent);
        queued.map_err(|_| Error::Overloaded)?;
        Ok(received)
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
