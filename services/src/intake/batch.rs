//! One batch of reports: a few reads for all of them, the judgement of each, a few writes, one commit. What is known of
//! some people is read while others are judged.

use super::judge::{check_answers, check_day, fate, fate_of, with_report};
use super::{Fate, Job, Receipt, Submission};
use crate::audit::{Entry, person as person_subject};
use crate::context::SchoolInfo;
use crate::family::{ConsentState, consent_of, stands_refused};
use crate::recolour::{Ledger, Opened};
use crate::{Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::decision::decide;
use domain::ids::{PersonId, ReportId, SchoolId};
use domain::report::{Answers, Channel, ChannelGroup, DayReport};
use domain::{Day, Zone};
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use store::{ConsentRow, Known, ReportRow, Retired, Tx, meanwhile};

/// What is known about the people of a batch, and what the batch has made of it so far.
#[derive(Default)]
struct Batch<'a> {
    states: HashMap<PersonId, Opened>,
    schools: HashMap<SchoolId, Arc<SchoolInfo>>,
    consents: HashMap<PersonId, Vec<ConsentRow>>,
    /// The revisions of each person and day in question, oldest first, with those that this batch adds.
    revisions: HashMap<(PersonId, Day), Vec<Revision>>,
    /// What staff have entered for families, and about whom.
    entered: Vec<(&'a Job, Place)>,
}

/// How often the start of a day may come between.
const TURNS: usize = 8;
/// People who are judged while as many others are read.
const TOGETHER: usize = 64;

/// One revision, and what this batch does to it.
struct Revision {
    row: ReportRow,
    is_new: bool,
    /// It was in force before this batch and no longer is.
    is_retired: bool,
}

impl Services {
    /// Writes reports, and gives the answer to each.
    pub(super) async fn write_jobs(&self, jobs: &[Job]) -> Result<Vec<Result<Receipt>>> {
        // By people, those of each in the order in which they came.
        let mut order: Vec<usize> = (0..jobs.len()).collect();
        order.sort_by_key(|at| jobs.get(*at).map(|job| job.submission.person));
        for _ in 0..TURNS {
            match self.try_jobs(jobs, &order).await? {
                ControlFlow::Break(answers) => return Ok(answers),
                // The start of a day needs the writer for itself.
                ControlFlow::Continue(zone) => self.ensure_open(zone).await?,
            }
        }
        Err(Error::Overloaded)
    }

    /// As [`Services::write_jobs`]; nothing is written where the day has not begun in a zone of theirs.
    async fn try_jobs(
        &self,
        jobs: &[Job],
        order: &[usize],
    ) -> Result<ControlFlow<Vec<Result<Receipt>>, Zone>> {
        let people = distinct(jobs.iter().map(|job| job.submission.person));
        let days = distinct(jobs.iter().map(|job| job.submission.day));
        let mut tx = self.store.write_for(&people).await?;
        let (mut batch, mut ledger) = (Batch::default(), Ledger::new(self));
        let mut answers: Vec<_> = jobs.iter().map(|_| Err(Error::Overloaded)).collect();
        let mut failed = None;
        let mut pieces = people.chunks(TOGETHER);
        let mut piece = pieces.next();
        let mut known = tx.known(piece.unwrap_or_default(), &days).await?;
        let mut rest = order;
        while let Some(people) = piece {
            let schools = known.iter().map(|known| known.state.school_id).collect();
            let schools = self.infos_of(&mut tx, schools).await?;
            if let Some(zone) = self.not_yet_open(&schools) {
                return Ok(ControlFlow::Continue(zone));
            }
            batch.schools.extend(schools);
            batch.note_revisions(&mut tx, &known, &days).await?;
            let last = people.last().copied();
            let of_these = |at: &usize| jobs.get(*at).map(|job| job.submission.person) <= last;
            let (these, after) = rest.split_at(rest.partition_point(of_these));
            rest = after;
            let read = std::mem::take(&mut known);
            let judge = || {
                let judged = self.judge(&mut batch, &mut ledger, read, jobs, these, &mut answers);
                failed = failed.take().or(judged.err());
            };
            piece = pieces.next();
            match piece {
                Some(next) => known = meanwhile(tx.known(next, &days), judge).await?,
                None => judge(),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let entered = std::mem::take(&mut batch.entered);
        let entries = entered.iter().map(|(job, place)| entry_of(job, place));
        self.audit_all(&mut tx, entries.collect()).await?;
        batch.write(&mut tx).await?;
        ledger.write(&mut tx).await?;
        tx.commit().await?;
        Ok(ControlFlow::Break(answers))
    }

    /// Judges the jobs of some people.
    fn judge<'a>(
        &self,
        batch: &mut Batch<'a>,
        ledger: &mut Ledger<'_>,
        known: Vec<Known>,
        jobs: &'a [Job],
        these: &[usize],
        answers: &mut [Result<Receipt>],
    ) -> Result<()> {
        for Known {
            state, consents, ..
        } in known
        {
            let person = state.person_id;
            batch.states.insert(person, self.open_state(state)?);
            batch.consents.insert(person, consents);
        }
        for at in these {
            let (Some(job), Some(answer)) = (jobs.get(*at), answers.get_mut(*at)) else {
                continue;
            };
            *answer = match self.take(ledger, batch, job) {
                Err(error @ (Error::Internal(_) | Error::Overloaded)) => return Err(error),
                taken => taken,
            };
        }
        Ok(())
    }

    /// A zone whose present day has not begun, or is just beginning. Never waits: whoever begins a day waits for
    /// the writer, which this batch holds.
    fn not_yet_open(&self, schools: &HashMap<SchoolId, Arc<SchoolInfo>>) -> Option<Zone> {
        let open = self.open_days.try_lock().ok();
        let has_begun = |zone: &Zone| {
            open.as_ref()
                .is_some_and(|open| open.get(zone.name()) == Some(&zone.day_of(self.clock.now())))
        };
        schools
            .values()
            .map(|info| info.zone)
            .find(|zone| !has_begun(zone))
    }

    /// Judges one report and notes what follows from it.
    fn take<'a>(
        &self,
        ledger: &mut Ledger<'_>,
        batch: &mut Batch<'a>,
        job: &'a Job,
    ) -> Result<Receipt> {
        let sent = &job.submission;
        let opened = batch.states.get_mut(&sent.person).ok_or(Error::Forbidden)?;
        let info = batch
            .schools
            .get(&opened.row.school_id)
            .ok_or(Error::Forbidden)?;
        let place = place_of(opened, info);
        job.actor.require(action(sent.channel), &place)?;
        let today = self.today_at(info);
        let revisions = batch.revisions.entry((sent.person, sent.day)).or_default();
        if let Some(known) = revisions.iter().find(|r| r.row.submission == sent.id) {
            return Ok(Receipt {
                revision: u16::try_from(known.row.revision).unwrap_or(u16::MAX),
                fate: fate_of(&known.row),
                decision: decide(&opened.kept.state, &info.context(), today, today),
            });
        }
        let consents = batch.consents.get(&sent.person);
        require_agreement(consents.map_or(&[], Vec::as_slice), job)?;
        check_day(sent, info, today, &opened.kept.state)?;
        check_answers(sent, &opened.kept.state, info, today)?;
        let latest = revisions.last().map_or(0, |r| r.row.revision);
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
        let fate = fate(info, &opened.kept.state, &state, sent.day, today, is_stale);
        if fate == Fate::Accepted {
            // Neither of two answers that did not know of each other is dropped: the teacher sees both.
            let is_conflict = is_stale
                && opened
                    .kept
                    .state
                    .report_of(sent.day)
                    .is_some_and(|r| r.answers != sent.answers);
            for earlier in revisions.iter_mut() {
                earlier.retire(is_conflict);
            }
        }
        let id = ReportId(self.next_id());
        revisions.push(Revision {
            row: ReportRow {
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
            },
            is_new: true,
            is_retired: false,
        });
        metrics::counter!("fuxue_reports_total", "channel" => channel_word(sent.channel))
            .increment(1);
        if sent.channel.group() != ChannelGroup::Guardian {
            batch.entered.push((job, place));
        }
        let decision = if fate == Fate::Accepted {
            if sent.day < today {
                ledger.count_late(opened, &state, info, sent.day, today);
            }
            ledger.recolour(opened, state, info, today, "report")?
        } else {
            decide(&opened.kept.state, &info.context(), today, today)
        };
        Ok(Receipt {
            revision,
            fate,
            decision,
        })
    }
}

/// What staff enter for a family stands in the school's log; a guardian's report is its own record.
fn entry_of<'a>(job: &'a Job, place: &'a Place) -> Entry<'a> {
    Entry {
        actor: &job.actor,
        place,
        action: match job.submission.channel {
            Channel::GateSlip => "report.slip",
            Channel::Proxy(_) => "report.proxy",
            _ => "report.paper",
        },
        subject: person_subject(job.submission.person),
        detail: None,
    }
}

impl Batch<'_> {
    /// Reads the revisions of those who have reported before.
    async fn note_revisions(&mut self, tx: &mut Tx, known: &[Known], days: &[Day]) -> Result<()> {
        let reported = known.iter().filter(|known| known.is_reported);
        let reported: Vec<_> = reported.map(|known| known.state.person_id).collect();
        for row in tx.revisions_of(&reported, days).await? {
            let of_the_day = self.revisions.entry((row.person_id, row.day)).or_default();
            of_the_day.push(Revision {
                row,
                is_new: false,
                is_retired: false,
            });
        }
        Ok(())
    }

    async fn write(self, tx: &mut Tx) -> Result<()> {
        let (mut added, mut retired) = (Vec::new(), Vec::new());
        for revision in self.revisions.into_values().flatten() {
            if revision.is_new {
                added.push(revision.row);
            } else if revision.is_retired {
                retired.push(Retired {
                    report_id: revision.row.report_id,
                    is_conflict: revision.row.status == "pending",
                });
            }
        }
        tx.retire_reports(&retired).await?;
        // In the order of their numbers: the table grows at its end.
        added.sort_unstable_by_key(|row| row.report_id);
        Ok(tx.insert_reports(&added).await?)
    }
}

impl Revision {
    /// A later revision is in force; in a conflict this one waits for the teacher beside it.
    fn retire(&mut self, is_conflict: bool) {
        if self.row.status == "accepted" {
            self.row.status = if is_conflict { "pending" } else { "replaced" }.into();
            self.row.stale |= is_conflict;
            self.is_retired = true;
        }
    }
}

fn place_of(opened: &Opened, info: &SchoolInfo) -> Place {
    Place {
        region: info.row.region_code.clone(),
        school: Some(opened.row.school_id),
        class: Some(opened.row.class_id),
        person: Some(opened.row.person_id),
    }
}

fn action(channel: Channel) -> Action {
    match channel {
        Channel::Web => Action::ReportForChild,
        Channel::GateSlip => Action::WorkGate,
        // A program's key acts for a school, as its staff do.
        Channel::Proxy(_)
        | Channel::Paper
        | Channel::Message
        | Channel::Import
        | Channel::Interface => Action::ReportByProxy,
    }
}

/// The guardian's consent for online answers; for a refused child, only *checked on paper: may attend, or may not*.
fn require_agreement(consents: &[ConsentRow], job: &Job) -> Result<()> {
    let Submission {
        channel, answers, ..
    } = &job.submission;
    if *channel == Channel::Web {
        return match consent_of(consents, job.actor.id()) {
            ConsentState::Given => Ok(()),
            ConsentState::Open => Err(Refusal::ConsentMissing.into()),
            ConsentState::Refused => Err(Refusal::ConsentRefused.into()),
        };
    }
    let is_check = *answers == Answers::all_well() || *answers == Answers::paper_refused();
    let is_paper = matches!(channel, Channel::Paper | Channel::GateSlip);
    if !stands_refused(consents) || (is_paper && is_check) {
        Ok(())
    } else {
        Err(Refusal::ConsentRefused.into())
    }
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

/// Each once, in order.
fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}
