//! What a batch of reports is going to write: a few reads for all of them, the judgement of each, a few writes. What is
//! known of some people is read while others are judged.

use super::judge::{check_answers, check_day, fate, fate_of, with_report};
use super::{Fate, Job, Receipt, Submission};
use crate::audit::{Entry, person as person_subject};
use crate::context::SchoolInfo;
use crate::family::{ConsentState, consent_of, stands_refused};
use crate::gather::distinct;
use crate::recolour::{Ledger, Opened};
use crate::{Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::decision::decide;
use domain::ids::{PersonId, ReportId, SchoolId};
use domain::report::{Answers, Channel, ChannelGroup, DayReport};
use domain::{Day, Zone};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;
use store::{Before, ConsentRow, Known, Relinked, ReportRow, Retired, StateRow, Tx, meanwhile};

/// What is known about the people of a batch, and what it is going to write.
pub(super) struct Draft {
    services: Arc<Services>,
    states: HashMap<PersonId, Opened>,
    schools: HashMap<SchoolId, Arc<SchoolInfo>>,
    consents: HashMap<PersonId, Vec<ConsentRow>>,
    /// The revisions of each person from the first day in question on, oldest first, with those that this batch adds.
    revisions: HashMap<PersonId, BTreeMap<Day, Vec<Revision>>>,
    /// Which of the reports staff have entered for families, and about whom.
    entered: Vec<(usize, Place)>,
    ledger: Ledger<Arc<Services>>,
    answers: Vec<Result<Receipt>>,
}

/// People who are judged while as many others are read.
const TOGETHER: usize = 64;
/// Days back for which a form that comes again is the same answer; more than a late report may reach.
const KNOWN_AGAIN: i32 = 21;

/// One revision, and what this batch does to it.
struct Revision {
    row: ReportRow,
    is_new: bool,
    /// It was in force before this batch and no longer is.
    is_retired: bool,
    /// This batch adds the one before it.
    is_relinked: bool,
}

impl Draft {
    pub fn new(services: &Arc<Services>) -> Self {
        Self {
            services: Arc::clone(services),
            states: HashMap::new(),
            schools: HashMap::new(),
            consents: HashMap::new(),
            revisions: HashMap::new(),
            entered: Vec::new(),
            ledger: Ledger::new(Arc::clone(services)),
            answers: Vec::new(),
        }
    }

    /// Judges the reports from the `first` on, of people of whom none before speaks, by what a transaction sees; breaks
    /// off where the day has not begun in a zone of theirs.
    pub async fn judge(
        &mut self,
        tx: &mut Tx,
        jobs: &[Job],
        first: usize,
    ) -> Result<ControlFlow<Zone>> {
        let new = jobs.get(first..).unwrap_or_default();
        let people = distinct(new.iter().map(|job| job.submission.person));
        let first_days = self.first_days(new);
        // By people, those of each in the order in which they came.
        let mut order: Vec<usize> = (first..jobs.len()).collect();
        order.sort_by_key(|at| jobs.get(*at).map(|job| job.submission.person));
        self.answers
            .resize_with(jobs.len(), || Err(Error::Overloaded));
        let mut failed = None;
        let mut pieces = people.chunks(TOGETHER);
        let mut piece = pieces.next();
        let mut known = tx.known(piece.unwrap_or_default()).await?;
        let mut rest = order.as_slice();
        while let Some(people) = piece {
            let schools = known.iter().map(|known| known.state.school_id).collect();
            let schools = self.services.infos_of(tx, schools).await?;
            if let Some(zone) = self.services.not_yet_open(&schools) {
                return Ok(ControlFlow::Break(zone));
            }
            self.schools.extend(schools);
            self.note_revisions(tx, &known, &first_days).await?;
            let last = people.last().copied();
            let of_these = |at: &usize| jobs.get(*at).map(|job| job.submission.person) <= last;
            let (these, after) = rest.split_at(rest.partition_point(of_these));
            rest = after;
            let read = mem::take(&mut known);
            let judge = || {
                let judged = self.judge_these(read, jobs, these);
                failed = failed.take().or(judged.err());
            };
            piece = pieces.next();
            match piece {
                Some(next) => known = meanwhile(tx.known(next), judge).await?,
                None => judge(),
            }
        }
        failed.map_or(Ok(ControlFlow::Continue(())), Err)
    }

    /// The first day that each person's reports speak of. What is older than any report may be is left out: it will be
    /// refused, and nobody makes a batch read years of reports.
    fn first_days(&self, jobs: &[Job]) -> HashMap<PersonId, Day> {
        let today = Zone::SHANGHAI.day_of(self.services.clock.now());
        let oldest = today.plus(-KNOWN_AGAIN);
        let sent = jobs.iter().map(|job| &job.submission);
        let mut first_days = HashMap::new();
        for sent in sent.filter(|sent| sent.day >= oldest) {
            let first = first_days.entry(sent.person).or_insert(sent.day);
            *first = sent.day.min(*first);
        }
        first_days
    }

    /// Reads the revisions of those of whom there are some of the first day in question or later.
    async fn note_revisions(
        &mut self,
        tx: &mut Tx,
        known: &[Known],
        first_days: &HashMap<PersonId, Day>,
    ) -> Result<()> {
        let told = known.iter().filter_map(|Known { state, .. }| {
            let first = *first_days.get(&state.person_id)?;
            (state.told_day? >= first).then_some((state, first))
        });
        let (states, firsts): (Vec<_>, Vec<_>) = told.unzip();
        let Some(first) = firsts.into_iter().min() else {
            return Ok(());
        };
        for row in tx.revisions_told(states, first).await? {
            let of_the_person = self.revisions.entry(row.person_id).or_default();
            of_the_person.entry(row.day).or_default().push(Revision {
                row,
                is_new: false,
                is_retired: false,
                is_relinked: false,
            });
        }
        Ok(())
    }

    /// Judges the jobs of some people.
    fn judge_these(&mut self, known: Vec<Known>, jobs: &[Job], these: &[usize]) -> Result<()> {
        let mut unreadable = HashSet::new();
        for Known {
            state, consents, ..
        } in known
        {
            let person = state.person_id;
            match self.services.open_state(state) {
                Ok(opened) => {
                    self.states.insert(person, opened);
                    self.consents.insert(person, consents);
                }
                Err(error) => {
                    // Nobody else's report suffers for it.
                    tracing::error!(%error, "a report was not taken");
                    unreadable.insert(person);
                }
            }
        }
        for at in these {
            let Some(job) = jobs.get(*at) else {
                continue;
            };
            let taken = if unreadable.contains(&job.submission.person) {
                Err(Error::internal("a state does not open"))
            } else {
                match self.take(*at, job) {
                    Err(error @ (Error::Internal(_) | Error::Overloaded)) => return Err(error),
                    taken => taken,
                }
            };
            if let Some(answer) = self.answers.get_mut(*at) {
                *answer = taken;
            }
        }
        Ok(())
    }

    /// Judges one report and notes what follows from it.
    fn take(&mut self, at: usize, job: &Job) -> Result<Receipt> {
        let (sent, services) = (&job.submission, &self.services);
        let opened = self.states.get_mut(&sent.person).ok_or(Error::Forbidden)?;
        let info = self
            .schools
            .get(&opened.row.school_id)
            .ok_or(Error::Forbidden)?;
        let place = info.place_of(opened.row.class_id, sent.person);
        job.actor.require(action(sent.channel), &place)?;
        let today = services.today_at(info);
        let days = self.revisions.entry(sent.person).or_default();
        let revisions = days.entry(sent.day).or_default();
        if let Some(known) = revisions.iter().find(|r| r.row.submission == sent.id) {
            return Ok(Receipt {
                revision: u16::try_from(known.row.revision).unwrap_or(u16::MAX),
                fate: fate_of(&known.row),
                decision: decide(&opened.kept.state, &info.context(), today, today),
            });
        }
        let consents = self.consents.get(&sent.person);
        require_agreement(consents.map_or(&[], Vec::as_slice), job)?;
        check_day(sent, info, today, &opened.kept.state)?;
        check_answers(sent, &opened.kept.state, info, today)?;
        let latest = revisions.last().map_or(0, |r| r.row.revision);
        let revision =
            u16::try_from(latest + 1).map_err(|_| Error::Refused(Refusal::AnswersInvalid))?;
        let now = services.clock.now();
        let report = DayReport {
            day: sent.day,
            revision,
            channel: sent.channel,
            at: now,
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
        let id = ReportId(services.next_id());
        let before = put_before(later(days, sent.day), &mut opened.row, id, sent.day);
        days.entry(sent.day).or_default().push(Revision {
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
                at: now,
                status: if fate == Fate::Accepted {
                    "accepted"
                } else {
                    "pending"
                }
                .into(),
                stale: is_stale,
                answers_enc: Some(services.seal_answers(opened, id, &sent.answers)?),
                note_enc: None,
                before,
            },
            is_new: true,
            is_retired: false,
            is_relinked: false,
        });
        if sent.channel.group() != ChannelGroup::Guardian {
            self.entered.push((at, place));
        }
        let decision = if fate == Fate::Accepted {
            self.ledger
                .count_late(opened, &state, info, sent.day, today);
            self.ledger.recolour(opened, state, info, today, "report")?
        } else {
            self.ledger.keep(opened)?;
            decide(&opened.kept.state, &info.context(), today, today)
        };
        Ok(Receipt {
            revision,
            fate,
            decision,
        })
    }

    /// Writes what was judged, and gives the answer to each report.
    pub async fn write(self, mut tx: Tx, jobs: &[Job]) -> Result<Vec<Result<Receipt>>> {
        let entered = self.entered.iter();
        let entries = entered.filter_map(|(at, place)| Some(entry_of(jobs.get(*at)?, place)));
        let entries = entries.collect();
        self.services.audit_all(&mut tx, entries).await?;
        let (mut added, mut retired, mut relinked) = (Vec::new(), Vec::new(), Vec::new());
        for revision in self
            .revisions
            .into_values()
            .flat_map(BTreeMap::into_values)
            .flatten()
        {
            let Revision {
                row,
                is_new,
                is_retired,
                is_relinked,
            } = revision;
            if is_new {
                added.push(row);
                continue;
            }
            if is_retired {
                retired.push(Retired {
                    report_id: row.report_id,
                    day: row.day,
                    is_conflict: row.status == "pending",
                });
            }
            if is_relinked {
                relinked.push(Relinked {
                    report_id: row.report_id,
                    day: row.day,
                    before: row.before,
                });
            }
        }
        tx.retire_reports(&retired).await?;
        tx.relink_reports(&relinked).await?;
        // In the order of their numbers: the table grows at its end.
        added.sort_unstable_by_key(|row| row.report_id);
        tx.insert_reports(&added).await?;
        self.ledger.write(&mut tx).await?;
        tx.commit().await?;
        for channel in added
            .iter()
            .filter_map(|row| Channel::from_number(row.channel))
        {
            metrics::counter!("fuxue_reports_total", "channel" => channel_word(channel))
                .increment(1);
        }
        Ok(self.answers)
    }
}

impl Services {
    /// A zone whose present day has not begun, or is just beginning. Never waits: whoever begins a day waits for
    /// the writer, which this batch may hold.
    fn not_yet_open(&self, schools: &HashMap<SchoolId, Arc<SchoolInfo>>) -> Option<Zone> {
        let open = self.open_days.try_read().ok();
        let has_begun = |zone: &Zone| {
            open.as_ref()
                .is_some_and(|open| open.get(zone.name()) == Some(&zone.day_of(self.clock.now())))
        };
        schools
            .values()
            .map(|info| info.zone)
            .find(|zone| !has_begun(zone))
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

/// The first revision of the next later day of which there is one.
fn later(days: &mut BTreeMap<Day, Vec<Revision>>, day: Day) -> Option<&mut Revision> {
    days.range_mut((Bound::Excluded(day), Bound::Unbounded))
        .find_map(|(_, revisions)| revisions.first_mut())
}

/// Puts a new revision into its person's list: before the first one of a later day, otherwise at the beginning, which the
/// state names. Gives where the list goes on from it. That nobody else adds to the list meanwhile holds as it does for the
/// state: whoever writes for a person does so alone.
fn put_before(
    later: Option<&mut Revision>,
    state: &mut StateRow,
    id: ReportId,
    day: Day,
) -> Before {
    let Some(later) = later else {
        return state.tell(id, day);
    };
    later.is_relinked = true;
    let new = Before {
        before_id: Some(id),
        before_day: Some(day),
    };
    mem::replace(&mut later.row.before, new)
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
    let is_paper = channel.group() == ChannelGroup::Paper;
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
