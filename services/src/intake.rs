//! The way of a report: authorised, queued, and written in batches by one writer, which answers after the commit.

use crate::audit::{Entry, person as person_subject};
use crate::context::SchoolInfo;
use crate::recolour::{Ledger, Opened};
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::Action;
use domain::decision::{Decision, all_well_available, decide, weakens};
use domain::ids::{PersonId, ReportId};
use domain::report::{Answers, Channel, ChannelGroup, DayReport, Temperature, faults};
use domain::state::State;
use domain::{Code, Day};
use std::collections::{BTreeSet, HashMap};
use std::sync::Weak;
use store::{ReportRow, Tx};
use tokio::sync::{mpsc, oneshot};

/// Reports that may wait; above it a submission is answered with 503. At about 1 kB each, 4 MB.
const QUEUE: usize = 4_096;
/// Reports written by one commit.
const BATCH: usize = 512;

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

#[derive(Debug)]
struct Job {
    submission: Submission,
    actor: Actor,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// The queue's entrance.
#[derive(Debug)]
pub(crate) struct Intake(mpsc::Sender<Job>);

/// The queue's exit.
pub(crate) struct Queue(mpsc::Receiver<Job>);

impl Intake {
    pub fn new() -> (Self, Queue) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Queue(receiver))
    }
}

/// Starts the writer; it ends when the services are gone.
pub(crate) fn start(services: Weak<Services>, Queue(mut queue): Queue) {
    tokio::spawn(async move {
        let mut jobs = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut jobs, BATCH).await > 0 {
            let Some(services) = services.upgrade() else {
                break;
            };
            let batch = std::mem::take(&mut jobs);
            // A task of its own: a panic ends this batch, whose senders are told to try again, not the intake.
            let written = tokio::spawn(async move { services.write_batch(batch).await }).await;
            if let Err(error) = written {
                tracing::error!(%error, "the writer of reports broke off a batch");
            }
        }
    });
}

impl Services {
    /// Takes a report and answers once it is durable.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's scope, [`Error::Answers`] with the fields to mend,
    /// [`Error::Refused`] with the other reasons, [`Error::Overloaded`] when too many wait.
    pub async fn report(&self, actor: &Actor, submission: Submission) -> Result<Receipt> {
        let mut tx = self.store.read().await?;
        let (place, row) = self.place_of_person(&mut tx, submission.person).await?;
        let info = self.school_info(&mut tx, row.school_id).await?;
        if row.left_day.is_some() {
            return Err(Error::Forbidden);
        }
        let by_guardian = submission.channel.group() == ChannelGroup::Guardian;
        actor.require(
            if by_guardian {
                Action::ReportForChild
            } else {
                Action::ReportByProxy
            },
            &place,
        )?;
        self.require_agreement(&mut tx, actor, &submission).await?;
        drop(tx);
        self.ensure_open(info.zone).await?;
        let (answer, received) = oneshot::channel();
        let job = Job {
            submission,
            actor: actor.clone(),
            answer,
        };
        self.intake.0.try_send(job).map_err(|_| Error::Overloaded)?;
        received.await.map_err(|_| Error::Overloaded)?
    }

    async fn write_batch(&self, jobs: Vec<Job>) {
        metrics::histogram!("fuxue_intake_batch_reports")
            .record(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
        let mut answers = Vec::with_capacity(jobs.len());
        match self.write_jobs(&jobs, &mut answers).await {
            Ok(()) => {
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

    async fn write_jobs(&self, jobs: &[Job], answers: &mut Vec<Result<Receipt>>) -> Result<()> {
        let mut tx = self.store.write().await?;
        let people: Vec<PersonId> = jobs
            .iter()
            .map(|j| j.submission.person)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut states = HashMap::with_capacity(people.len());
        for row in tx.states(&people).await? {
            states.insert(row.person_id, self.open_state(row)?);
        }
        let mut ledger = Ledger::new(self);
        for job in jobs {
            let answer = match states.get_mut(&job.submission.person) {
                Some(opened) => match self.take(&mut tx, &mut ledger, opened, job).await {
                    Err(error @ (Error::Internal(_) | Error::Overloaded)) => return Err(error),
                    answer => answer,
                },
                None => Err(Error::Forbidden),
            };
            answers.push(answer);
        }
        ledger.write(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn take(
        &self,
        tx: &mut Tx,
        ledger: &mut Ledger<'_>,
        opened: &mut Opened,
        job: &Job,
    ) -> Result<Receipt> {
        let sent = &job.submission;
        let info = self.school_info(tx, opened.row.school_id).await?;
        let today = self.today_at(&info);
        if let Some(known) = tx.report_by_submission(sent.person, &sent.id).await? {
            if known.day != sent.day {
                return Err(Refusal::NotThisDay.into());
            }
            return Ok(Receipt {
                revision: u16::try_from(known.revision).unwrap_or(u16::MAX),
                fate: fate_of(&known),
                decision: decide(&opened.kept.state, &info.context(), today, today),
            });
        }
        // Consent may have been withdrawn while the report waited in the queue.
        self.require_agreement(tx, &job.actor, sent).await?;
        let revisions = tx.reports_of(sent.person, sent.day, sent.day).await?;
        check_day(sent, &info, today, &opened.kept.state)?;
        check_answers(sent, &opened.kept.state, &info, today)?;
        let latest = revisions.last().map_or(0, |r| r.revision);
        let revision =
            u16::try_from(latest + 1).map_err(|_| Error::Refused(Refusal::AnswersInvalid))?;
        let at = self.clock.now();
        let report = DayReport {
            day: sent.day,
            revision,
            channel: sent.channel,
            at,
            answers: sent.answers.clone(),
        };
        let state = with_report(&opened.kept.state, report);
        let is_stale = i64::from(sent.based_on) != latest;
        let fate = fate(&info, &opened.kept.state, &state, sent.day, today, is_stale);
        let id = ReportId(self.next_id());
        let row = ReportRow {
            report_id: id,
            school_id: opened.row.school_id,
            class_id: opened.row.class_id,
            person_id: sent.person,
            day: sent.day,
            revision: i64::from(revision),
            based_on: i64::from(sent.based_on),
            submission: sent.id.to_vec(),
            channel: sent.channel.number(),
            account_id: job.actor.id(),
            at,
            status: if fate == Fate::Accepted {
                "accepted"
            } else {
                "pending"
            }
            .into(),
            stale: is_stale,
            answers_enc: Some(self.seal_answers(opened, id, &sent.answers)?),
            note_enc: None,
        };
        tx.insert_reports(std::slice::from_ref(&row)).await?;
        metrics::counter!("fuxue_reports_total", "channel" => channel_word(sent.channel))
            .increment(1);
        if sent.channel.group() != ChannelGroup::Guardian {
            self.audit_proxy(tx, &job.actor, opened, sent).await?;
        }
        let decision = if fate == Fate::Accepted {
            // Neither of two answers that did not know of each other is dropped: the teacher sees both.
            let is_conflict = is_stale
                && opened
                    .kept
                    .state
                    .report_of(sent.day)
                    .is_some_and(|r| r.answers != sent.answers);
            tx.retire_accepted(sent.person, sent.day, id, is_conflict)
                .await?;
            if sent.day < today {
                ledger.count_late(opened, &state, &info, sent.day, today);
            }
            ledger.recolour(opened, state, &info, today, "report")?
        } else {
            decide(&opened.kept.state, &info.context(), today, today)
        };
        Ok(Receipt {
            revision,
            fate,
            decision,
        })
    }

    /// The guardian's consent for online answers; for a refused child, nothing but the paper check.
    async fn require_agreement(&self, tx: &mut Tx, actor: &Actor, sent: &Submission) -> Result<()> {
        if sent.channel.group() == ChannelGroup::Guardian {
            self.require_consent(tx, actor, sent.person).await
        } else {
            self.require_paper_only(tx, sent).await
        }
    }

    /// What staff enter for a family stands in the school's log; a guardian's report is its own record.
    async fn audit_proxy(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        opened: &Opened,
        sent: &Submission,
    ) -> Result<()> {
        let place = self.place_of_class(tx, opened.row.class_id).await?;
        let entry = Entry {
            actor,
            place: &place,
            action: if sent.channel.group() == ChannelGroup::Proxy {
                "report.proxy"
            } else {
                "report.paper"
            },
            subject: person_subject(sent.person),
            detail: None,
        };
        self.audit(tx, entry).await
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

/// `state` with `report` in place of what its day said before.
pub(crate) fn with_report(state: &State, report: DayReport) -> State {
    let mut state = state.clone();
    match state.reports.binary_search_by_key(&report.day, |r| r.day) {
        Ok(place) => {
            if let Some(slot) = state.reports.get_mut(place) {
                *slot = report;
            }
        }
        Err(place) => state.reports.insert(place, report),
    }
    state
}

/// `state` as if nothing had been reported for `day`.
pub(crate) fn without_report(state: &State, day: Day) -> State {
    let mut state = state.clone();
    state.reports.retain(|report| report.day != day);
    state
}

/// Accepted, unless a yellow or red would become milder, or an older form is not worse than what holds. A first
/// report of a day is compared with an all-well one: that a day is filled in weakens nothing.
fn fate(
    info: &SchoolInfo,
    known: &State,
    state: &State,
    day: Day,
    today: Day,
    is_stale: bool,
) -> Fate {
    let context = info.context();
    let said = known.report_of(day);
    let neutral;
    let basis = if said.is_some() {
        known
    } else {
        let filled = state.report_of(day).map(|r| DayReport {
            answers: Answers::all_well(),
            ..r.clone()
        });
        neutral = filled.map_or_else(|| known.clone(), |report| with_report(known, report));
        &neutral
    };
    let before = decide(basis, &context, today, today);
    let after = decide(state, &context, today, today);
    let same_answers = said
        .zip(state.report_of(day))
        .is_some_and(|(a, b)| a.answers == b.answers);
    if is_stale
        && said.is_some()
        && !same_answers
        && Code::max(after.code, Code::Grey) <= Code::max(before.code, Code::Grey)
    {
        Fate::Stale
    } else if weakens(&before, &after) {
        Fate::Pending
    } else {
        Fate::Accepted
    }
}

fn fate_of(row: &ReportRow) -> Fate {
    match (row.status.as_str(), row.stale) {
        ("pending" | "refused", true) => Fate::Stale,
        ("pending" | "refused", false) => Fate::Pending,
        _ => Fate::Accepted,
    }
}

fn check_day(sent: &Submission, info: &SchoolInfo, today: Day, state: &State) -> Result<()> {
    let late = i32::try_from(info.row.late_days).unwrap_or(0);
    let reaches_back = sent.channel.group() != ChannelGroup::Guardian;
    if sent.day == today {
        Ok(())
    } else if !reaches_back || sent.day > today {
        Err(Refusal::NotThisDay.into())
    } else if sent.day < today.plus(-late) || sent.day < state.joined {
        Err(Refusal::DayTooLate.into())
    } else {
        Ok(())
    }
}

fn check_answers(sent: &Submission, state: &State, info: &SchoolInfo, today: Day) -> Result<()> {
    let wrong = faults(&sent.answers, state, sent.day);
    if !wrong.is_empty() {
        return Err(Error::Answers(wrong));
    }
    let one_click = sent.channel == Channel::Web && sent.answers == Answers::all_well();
    if one_click && !all_well_available(state, &info.context(), today) {
        return Err(Refusal::AllWellUnavailable.into());
    }
    if sent.answers.temperature == Temperature::BelowThreshold
        && sent.answers.symptoms.is_empty()
        && sent.answers.symptoms_since.is_some()
    {
        return Err(Refusal::AnswersInvalid.into());
    }
    Ok(())
}

fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "web",
        Channel::Proxy(_) => "proxy",
        Channel::Paper => "paper",
        Channel::GateSlip => "gate_slip",
        Channel::Message => "message",
        Channel::Import => "import",
        Channel::Interface => "interface",
    }
}
